"""Decompress and parse the body of a request, strictly.

Input: bytes and headers. Output: a JSON value, which validation reads next. Called by `routing`;
`sessions.batch` calls the string checks for one entry at a time. Media type, encoding, size, depth,
duplicate keys and characters that no database stores are checked here. Raises problems with a
4xx status, which never repeat what was sent.
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
    error_at_pointer,
)

# Every value of a body but the first follows a comma or an opening bracket. They are counted
# before parsing: a count costs next to nothing, while a mebibyte of empty lists would cost 16 MB
# and a third of a second.
MAX_SEPARATORS = 50_000
_MAX_SEPARATORS_LENIENT = 250_000
# No object of the API has as many fields. Each unknown one would become an error.
_MAX_MEMBERS = 200
# No column stores a larger integer, so it is rejected before Python spends time on its digits.
_MAX_DIGITS = 18
# The window size that makes zlib read a gzip header.
_GZIP = 16 + zlib.MAX_WBITS
_CONTAINERS = (dict, list)
_STRING = re.compile(rb'"[^"]*"?')

_Path = tuple[str | int, ...]


def check_media_type(content_type: str | None) -> None:
    """Check that a Content-Type is JSON in UTF-8. Raises UnsupportedMediaType."""
    message = Message()
    message["content-type"] = content_type or ""
    subtype = message.get_content_subtype()
    is_json = subtype == "json" or subtype.endswith("+json")
    if not content_type or message.get_content_maintype() != "application" or not is_json:
        raise UnsupportedMediaType("Send the body as Content-Type: application/json.")
    if message.get_content_charset() not in (None, "utf-8", "utf8"):
        raise UnsupportedMediaType("Send JSON in UTF-8.")


def decompress(body: bytes, encoding: str | None, max_bytes: int, max_ratio: int) -> bytes:
    """Undo Content-Encoding. Raises UnsupportedMediaType, MalformedJson for an invalid gzip
    stream, or ContentTooLarge for more than `max_bytes` or `max_ratio` times the body's size.
    """
    coding = (encoding or "identity").strip().lower()
    if coding == "identity":
        return body
    if coding not in ("gzip", "x-gzip"):
        headers = {"Accept-Encoding": "gzip"}
        raise UnsupportedMediaType("Send Content-Encoding: gzip, or omit it.", headers=headers)
    # A small body may always decompress to 1,024 bytes.
    limit = min(max_bytes, max(len(body) * max_ratio, 1024))
    decompressor = zlib.decompressobj(_GZIP)
    try:
        plain = decompressor.decompress(body, limit + 1)
    except zlib.error as error:
        raise MalformedJson("The body is not the gzip stream that its headers announce.") from error
    if len(plain) > limit:
        detail = f"The body may decompress to {max_bytes} bytes and to {max_ratio} times its size."
        raise ContentTooLarge(detail)
    if not decompressor.eof or decompressor.unused_data:
        raise MalformedJson("The gzip stream is incomplete, or other bytes follow it.")
    return plain


def parse(body: bytes, max_depth: int, max_string: int, *, lenient: bool = False) -> Any:
    """Parse the JSON value of a body. Raises MalformedJson or ContentTooLarge; ValidationFailed
    for values that JSON readers treat differently: numbers out of range and lone surrogates.

    `lenient` is for a batch, whose caller checks each entry, so that an error in one entry rejects
    no other. It allows more values, turns a number out of range into one that every later check
    rejects, and leaves strings unchecked.
    """
    if not body:
        raise MalformedJson("The body is empty; send a JSON value.")
    _check_separators(body, _MAX_SEPARATORS_LENIENT if lenient else MAX_SEPARATORS, max_depth)
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_build_object,
            parse_constant=_reject_constant,
            parse_int=_parse_integer_leniently if lenient else _parse_integer,
            parse_float=float if lenient else _parse_float,
        )
    except UnicodeDecodeError as error:
        raise MalformedJson("The body is not UTF-8.") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise MalformedJson(f"{error.msg} at {where}.") from error
    except RecursionError as error:
        raise _too_deep(max_depth) from error
    _check_depth(value, max_depth)
    # Most bodies are short and have no escapes, so their strings need no check.
    if not lenient and (b"\\u" in body or len(body) > max_string):
        check_strings(value, max_string)
    return value


def _check_separators(body: bytes, limit: int, max_depth: int) -> None:
    """Reject a body with more values than any real request has."""
    if sum(_count_separators(body)) <= limit:
        return
    # Separators inside strings do not count. Removing strings is slow, so it is done only here.
    commas, brackets = _count_separators(_remove_strings(body, limit))
    if commas + brackets <= limit:
        return
    if brackets > (commas + 1) * max_depth:
        raise _too_deep(max_depth)
    allowed = f"{limit} commas and opening brackets, not counting those in strings"
    raise ContentTooLarge(f"The body may have {allowed}.")


def _count_separators(text: bytes) -> tuple[int, int]:
    return text.count(b","), text.count(b"[") + text.count(b"{")


def _remove_strings(body: bytes, max_separators: int) -> bytes:
    """Return the body without its strings. Raises ContentTooLarge for more strings than a body
    with this many separators can have.
    """
    text = body.replace(rb"\\", b"").replace(rb"\"", b"")
    # A value and its key are two strings, of two quotes each.
    if text.count(b'"') > 4 * (max_separators + 1):
        raise ContentTooLarge(f"The body may have {2 * max_separators} strings.")
    return _STRING.sub(b"", text)


def _too_deep(max_depth: int) -> MalformedJson:
    return MalformedJson(f"The body nests deeper than {max_depth} levels.")


def _build_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > _MAX_MEMBERS:
        raise ContentTooLarge(f"An object may have {_MAX_MEMBERS} members.")
    built = dict(pairs)
    if len(built) != len(pairs):
        raise MalformedJson("An object uses the same key twice.")
    return built


def _reject_constant(_: str) -> Any:
    raise MalformedJson("NaN and Infinity are not JSON; omit an unknown value or send null.")


def _parse_integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS and len(digits.lstrip("-")) > _MAX_DIGITS:
        raise _out_of_range("an integer has too many digits")
    return int(digits)


def _parse_integer_leniently(digits: str) -> int:
    """Parse an integer; one with too many digits becomes another that is out of every range."""
    fits = len(digits) <= _MAX_DIGITS or len(digits.lstrip("-")) <= _MAX_DIGITS
    return int(digits if fits else f"1{'0' * _MAX_DIGITS}")


def _parse_float(text: str) -> float:
    """Parse a finite number. 1e999 would be stored as infinity, which no response can contain."""
    number = float(text)
    if not math.isfinite(number):
        raise _out_of_range("a number is too large to be finite")
    return number


def _out_of_range(detail: str) -> ValidationFailed:
    error = error_at_pointer([], detail, "number_too_large")
    return ValidationFailed("A number is out of range.", errors=[error])


def _check_depth(value: Any, max_depth: int) -> None:
    level = [value] if isinstance(value, _CONTAINERS) else []
    for _ in range(max_depth):
        if not level:
            return
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, _CONTAINERS)
        ]
    if level:
        raise _too_deep(max_depth)


def check_strings(value: Any, max_length: int) -> None:
    """Reject strings that are too long, contain NUL (which Postgres does not store) or a lone
    surrogate (which no encoding can write). Raises MalformedJson or ValidationFailed.
    """
    if _are_strings_valid(value, max_length):
        return
    for path, text in _iterate_strings(value, ()):
        if "\0" in text:
            raise MalformedJson("A string contains the NUL character.")
        if len(text) > max_length:
            raise _invalid_string(path, f"has more than {max_length} characters", "string_too_long")
        if not _is_unicode(text):
            raise _invalid_string(path, "is not valid Unicode text", "invalid_unicode")


def _are_strings_valid(value: Any, max_length: int) -> bool:
    """Check all strings, keys included, without their paths: finding the path of an invalid one
    takes three times as long, so `check_strings` does that only after this has failed.
    """
    left = [value]
    while left:
        node = left.pop()
        if isinstance(node, str):
            if "\0" in node or len(node) > max_length or not (node.isascii() or _is_unicode(node)):
                return False
        elif isinstance(node, dict):
            left += node
            left += node.values()
        elif isinstance(node, list):
            left += node
    return True


def is_storable(value: Any) -> bool:
    """Return whether a value contains neither NUL nor a lone surrogate, keys included.

    Pydantic's encoder fails at a lone surrogate, and takes a third of the time of a walk through
    the value. A text that looks like the escape of NUL counts as NUL.
    """
    try:
        return rb"\u0000" not in to_json(value)
    except PydanticSerializationError:
        return False


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _invalid_string(path: _Path, detail: str, code: str) -> ValidationFailed:
    error = error_at_pointer(path, detail, code)
    return ValidationFailed(f"A string in the body {detail}.", errors=[error])


def _iterate_strings(value: Any, path: _Path) -> Iterator[tuple[_Path, str]]:
    """Yield every string of a value with its path; a key has the path of its object."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _iterate_strings(item, (*path, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield path, key
            yield from _iterate_strings(item, (*path, key))
