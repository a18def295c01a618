"""From the bytes of a request to a JSON value, strictly.

Media type, encoding, size, depth, duplicate keys and characters that no database keeps are
settled here, once, before validation sees anything. Raises problems of the 4xx kind and never
repeats what was sent.
"""

import json
import math
import re
import zlib
from collections.abc import Iterator
from email.message import Message
from typing import Any

from pydantic_core import PydanticSerializationError, to_json

from app.web.http.problems import (
    ContentTooLarge,
    MalformedJson,
    UnsupportedMediaType,
    ValidationFailed,
    at_pointer,
)

# Whatever value of a body but the first stands behind a comma or an opening bracket. They are
# counted before anything is parsed, because a count costs next to nothing, and a mebibyte of empty
# lists would cost 16 MB and a third of a second.
MOST_SEPARATORS = 50_000
MOST_SEPARATORS_OF_MANY = 250_000
# An integer beyond this fits no column; it is refused before Python spends time on its digits.
MOST_DIGITS = 18
GZIP = 16 + zlib.MAX_WBITS
CONTAINERS = (dict, list)
STRING = re.compile(rb'"[^"]*"?')


def check_media_type(content_type: str | None) -> None:
    """JSON, said so. Raises UnsupportedMediaType."""
    message = Message()
    message["content-type"] = content_type or ""
    subtype = message.get_content_subtype()
    json_like = subtype == "json" or subtype.endswith("+json")
    if not content_type or message.get_content_maintype() != "application" or not json_like:
        raise UnsupportedMediaType("Send the body as Content-Type: application/json.")
    if message.get_content_charset() not in (None, "utf-8", "utf8"):
        raise UnsupportedMediaType("JSON is sent in UTF-8.")


def decompress(body: bytes, encoding: str | None, most: int, ratio: int) -> bytes:
    """The body as it was before Content-Encoding. Raises for bombs, cuts and unknown codings."""
    coding = (encoding or "identity").strip().lower()
    if coding == "identity":
        return body
    if coding not in ("gzip", "x-gzip"):
        raise UnsupportedMediaType(
            "Content-Encoding may be gzip or left out.", headers={"Accept-Encoding": "gzip"}
        )
    limit = min(most, max(len(body) * ratio, 1024))
    inflater = zlib.decompressobj(GZIP)
    try:
        plain = inflater.decompress(body, limit + 1)
    except zlib.error as bad:
        raise MalformedJson("The body says gzip but is not.") from bad
    if len(plain) > limit:
        raise ContentTooLarge(
            f"The body may decompress to {most} bytes and to {ratio} times its size, no more."
        )
    if not inflater.eof or inflater.unused_data:
        raise MalformedJson("The gzip stream is cut short or followed by something else.")
    return plain


def parse(body: bytes, depth: int, longest: int, *, many: bool = False) -> Any:
    """The JSON value of a body. Raises MalformedJson, or ValidationFailed for what no JSON
    reader agrees on (numbers out of range, lone surrogates).

    In a body of `many` things such values are left for whoever reads them one by one, so that a
    fault of one holds back no other: numbers come out beyond every range, strings unchecked.
    """
    if not body:
        raise MalformedJson("The body is empty; send a JSON value.")
    check_separators(body, MOST_SEPARATORS_OF_MANY if many else MOST_SEPARATORS, depth)
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=make_object,
            parse_constant=refuse_constant,
            parse_int=pass_integer if many else parse_integer,
            parse_float=float if many else parse_float,
        )
    except UnicodeDecodeError as bad:
        raise MalformedJson("The body is not UTF-8.") from bad
    except json.JSONDecodeError as bad:
        raise MalformedJson(f"{bad.msg} at line {bad.lineno}, column {bad.colno}.") from bad
    except RecursionError as bad:
        raise too_deep(depth) from bad
    check_depth(value, depth)
    # Most bodies are short and hold no escapes; only in others is every string looked at.
    if not many and (b"\\u" in body or len(body) > longest):
        check_strings(value, longest)
    return value


def check_separators(body: bytes, most: int, depth: int) -> None:
    """Refuses a body of more values than anything that is sent here in earnest."""
    if sum(count_separators(body)) <= most:
        return
    # So many only with those in its strings, perhaps, which are left out where it matters.
    commas, opened = count_separators(leave_out_strings(body, most))
    if commas + opened <= most:
        return
    if opened > (commas + 1) * depth:
        raise too_deep(depth)
    raise ContentTooLarge(
        f"The body may hold {most} commas and opening brackets, those in strings not counted."
    )


def count_separators(text: bytes) -> tuple[int, int]:
    """How many commas there are, and how many opening brackets."""
    return text.count(b","), text.count(b"[") + text.count(b"{")


def leave_out_strings(body: bytes, most: int) -> bytes:
    """What stands between the strings of a body. Raises ContentTooLarge where it has so many of
    them that no count of its values could be small enough.
    """
    text = body.replace(rb"\\", b"").replace(rb"\"", b"")
    # A value and its key are two strings, of two quotes each.
    if text.count(b'"') > 4 * (most + 1):
        raise ContentTooLarge(f"The body may hold {2 * most} strings.")
    return STRING.sub(b"", text)


def too_deep(depth: int) -> MalformedJson:
    """The problem of a body that nests deeper than that."""
    return MalformedJson(f"The body nests deeper than {depth} levels.")


def make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of its key-value pairs, none of which may share a key."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise MalformedJson("An object uses the same key twice.")
    return made


def refuse_constant(_: str) -> Any:
    """NaN and the infinities are no JSON."""
    raise MalformedJson("NaN and Infinity are not JSON; leave out or send null what is unknown.")


def parse_integer(digits: str) -> int:
    """An integer that a 64-bit column could hold."""
    if len(digits) > MOST_DIGITS and len(digits.lstrip("-")) > MOST_DIGITS:
        raise ValidationFailed(
            "A number is out of range.",
            errors=[at_pointer([], "an integer has too many digits", "number_too_large")],
        )
    return int(digits)


def pass_integer(digits: str) -> int:
    """An integer, or one that is beyond every range as well."""
    fits = len(digits) <= MOST_DIGITS or len(digits.lstrip("-")) <= MOST_DIGITS
    return int(digits if fits else f"1{'0' * MOST_DIGITS}")


def parse_float(text: str) -> float:
    """A finite number: 1e999 would be stored as infinity and answered by nothing."""
    number = float(text)
    if not math.isfinite(number):
        raise ValidationFailed(
            "A number is out of range.",
            errors=[at_pointer([], "a number is too large to be finite", "number_too_large")],
        )
    return number


def check_depth(value: Any, most: int) -> None:
    """Refuses nesting beyond `most` levels."""
    level = [value] if isinstance(value, CONTAINERS) else []
    for _ in range(most):
        if not level:
            return
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, CONTAINERS)
        ]
    if level:
        raise too_deep(most)


def check_strings(value: Any, longest: int) -> None:
    """Refuses strings that are too long, NUL, which Postgres does not store, and half of a
    surrogate pair, which is no text in any encoding.
    """
    if is_sound(value, longest):
        return
    for path, text in strings(value, ()):
        if "\0" in text:
            raise MalformedJson("A string holds the NUL character.")
        if len(text) > longest:
            raise unacceptable(path, f"has more than {longest} characters", "string_too_long")
        if not is_unicode(text):
            raise unacceptable(path, "is not valid Unicode text", "invalid_unicode")


def is_sound(value: Any, longest: int) -> bool:
    """Whether all strings are fine, keys included. To know where one is that is not takes three
    times as long, and is asked only then.
    """
    left = [value]
    while left:
        node = left.pop()
        if isinstance(node, str):
            if "\0" in node or len(node) > longest or not (node.isascii() or is_unicode(node)):
                return False
        elif isinstance(node, dict):
            left += node
            left += node.values()
        elif isinstance(node, list):
            left += node
    return True


def is_storable(value: Any) -> bool:
    """Whether a value holds neither NUL nor half of a surrogate pair, keys included. Pydantic's
    encoder breaks at half of a pair, and takes a third of the time that a walk through the value
    does; a text that looks like NUL's escape is taken for it.
    """
    try:
        return rb"\u0000" not in to_json(value)
    except PydanticSerializationError:
        return False


def is_unicode(text: str) -> bool:
    """Whether a string can be written in UTF-8, which half of a surrogate pair cannot."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def unacceptable(path: tuple[str | int, ...], detail: str, code: str) -> ValidationFailed:
    """The problem of a string at a place in the body."""
    error = at_pointer(path, detail, code)
    return ValidationFailed(f"A string in the body {detail}.", errors=[error])


def strings(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every string of a value with its path; keys stand under the path of their object."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from strings(item, (*path, place))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield path, key
            yield from strings(item, (*path, key))
