"""Holds how bytes become a JSON value: at each limit and one beyond it, and never told back."""

import gzip
import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.http import json_body
from app.web.http.problems import (
    ContentTooLarge,
    MalformedJson,
    Problem,
    UnsupportedMediaType,
    ValidationFailed,
)

DEPTH, LONGEST = 32, 2_000
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.integers(-(10**17), 10**17) | st.floats(allow_nan=False, allow_infinity=False)


def values(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return st.recursive(
        st.none() | st.booleans() | NUMBERS | texts,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
        max_leaves=20,
    )


VALUES, BRACKETED = values(TEXTS), values(st.text('[]{}",\\:', max_size=5))


def parse(text: str | bytes) -> Any:
    return json_body.parse(text.encode() if isinstance(text, str) else text, DEPTH, LONGEST)


def status(call: Callable[[], object]) -> int:
    """What a call would be answered with."""
    try:
        call()
    except Problem as problem:
        return problem.status
    return 200


class TestParse:
    @given(VALUES)
    def test_reads_what_json_can_say(self, value: Any) -> None:
        for ascii_only in (True, False):
            assert parse(json.dumps(value, ensure_ascii=ascii_only)) == value

    @given(st.binary(max_size=200))
    def test_ends_in_a_value_or_a_problem_whatever_comes(self, body: bytes) -> None:
        assert status(lambda: parse(body)) in (200, 400, 413, 422)

    @pytest.mark.parametrize("depth", [1, 31, 32])
    def test_takes_as_many_levels_as_allowed(self, depth: int) -> None:
        assert parse("[" * depth + "]" * depth) is not None
        assert parse('{"a":' * depth + "1" + "}" * depth) is not None

    @pytest.mark.parametrize("depth", [33, 500, 100_000])
    def test_refuses_one_level_more(self, depth: int) -> None:
        for text in ("[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth):
            with pytest.raises(MalformedJson, match="deeper than 32 levels"):
                parse(text)

    @given(BRACKETED, st.integers(1, 4))
    def test_finds_the_depth_of_any_value(self, value: Any, depth: int) -> None:
        def measure(value: Any) -> int:
            inner = value.values() if isinstance(value, dict) else value
            here = isinstance(value, dict | list)
            return 1 + max(map(measure, inner), default=0) if here else 0

        text = json.dumps(value).encode()
        got = status(lambda: json_body.parse(text, depth, LONGEST))
        assert got == (200 if measure(value) <= depth else 400)

    @pytest.mark.parametrize("text", ['["[[[["]', '["]]]]"]', '{"[{[{": "\\"[[["}', '["[]", "]["]'])
    def test_takes_brackets_in_strings_for_no_levels(self, text: str) -> None:
        assert json_body.parse(text.encode(), 1, LONGEST) == json.loads(text)

    def test_is_not_led_astray_by_brackets_in_strings(self) -> None:
        with pytest.raises(MalformedJson, match="deeper than 32 levels"):
            parse('["]",' * 33 + "1" + ',"["]' * 33)

    def test_takes_as_many_values_as_allowed(self) -> None:
        # An opening bracket and the commas; the last value has none behind it.
        many = json_body.MAX_SEPARATORS - 1
        for fine in ([1] * (many + 1), dict.fromkeys(range(many + 1), 1)):
            assert len(parse(json.dumps(fine))) == many + 1
        more: object
        for more in ([1] * (many + 2), dict.fromkeys(range(many + 2), 1), [[]] * many):
            with pytest.raises(ContentTooLarge, match="50000 commas"):
                parse(json.dumps(more))

    @pytest.mark.parametrize("text", [",", "[", '\\",[', '\\\\",["'])
    def test_counts_none_in_strings(self, text: str) -> None:
        value = [text * 300] * 70 + [1] * 10
        assert parse(json.dumps(value)) == value
        with pytest.raises(ContentTooLarge):
            parse(json.dumps([*value, *[1] * json_body.MAX_SEPARATORS]))

    def test_takes_no_endless_row_of_strings_for_a_short_one(self) -> None:
        with pytest.raises(ContentTooLarge):
            parse(json.dumps([""] * 3 * json_body.MAX_SEPARATORS))

    @pytest.mark.parametrize(
        ("digits", "fits"), [("9" * 18, True), ("-" + "9" * 17, True), ("9" * 19, False)]
    )
    def test_takes_integers_that_a_column_holds(self, digits: str, fits: bool) -> None:
        if fits:
            assert parse(digits) == int(digits)
        else:
            with pytest.raises(ValidationFailed):
                parse(digits)

    @pytest.mark.parametrize("text", ["1e308", "-1e308", "1e-400", "0.1"])
    def test_takes_numbers_that_are_finite(self, text: str) -> None:
        assert parse(text) == float(text)

    @pytest.mark.parametrize("text", ["1e309", "-1e309", "1" + "0" * 400 + ".0"])
    def test_refuses_numbers_that_are_not(self, text: str) -> None:
        with pytest.raises(ValidationFailed):
            parse(text)

    def test_takes_strings_as_long_as_allowed(self) -> None:
        for character in ("x", "\U0001f9b5"):
            assert parse(json.dumps(character * LONGEST)) == character * LONGEST
            with pytest.raises(ValidationFailed):
                parse(json.dumps(character * (LONGEST + 1)))

    @pytest.mark.parametrize(
        ("text", "pointer"),
        [
            (r'"\ud800"', ""),
            (r'{"a": [1, "\udc00x"]}', "/a/1"),
            (r'{"a": {"b/c~d": "\ud83d\ud83d"}}', "/a/b~1c~0d"),
            (r'{"a": {"\ud800": 1}}', "/a"),
        ],
    )
    def test_points_at_what_is_no_text(self, text: str, pointer: str) -> None:
        with pytest.raises(ValidationFailed) as refused:
            parse(text)
        assert refused.value.errors is not None
        assert [error.pointer for error in refused.value.errors] == [pointer]

    def test_joins_what_is_a_pair(self) -> None:
        assert parse(r'"\ud83e\uddb5"') == "\U0001f9b5"

    def test_says_where_it_stopped(self) -> None:
        with pytest.raises(MalformedJson, match="line 2, column 8"):
            parse('{"a": 1,\n "b" : c4n4ry}')

    @pytest.mark.parametrize(
        "text", ["c4n4ry", '{"c4n4ry": 1, "c4n4ry": 2}', '"c4n4ry\\u0000"', '["c4n4ry\\ud800"]']
    )
    def test_does_not_repeat_what_was_sent(self, text: str) -> None:
        with pytest.raises(Problem) as refused:
            parse(text)
        assert b"c4n4ry" not in refused.value.body("/", "")


class TestIsStorable:
    @given(VALUES)
    def test_holds_for_what_can_be_kept(self, value: Any) -> None:
        assert json_body.is_storable(value)

    @pytest.mark.parametrize("text", ["a\0", "\ud800", "\udc00x"])
    def test_does_not_for_what_cannot_wherever_it_stands(self, text: str) -> None:
        for value in (text, [1, [text]], {"a": {"b": text}}, {"a": {text: 1}}):
            assert not json_body.is_storable(value)


class TestCheckMediaType:
    @pytest.mark.parametrize(
        "kind",
        ["application/json", "APPLICATION/JSON", "application/json;charset=utf-8",
         "application/json; charset=UTF-8; x=y", "application/problem+json"],
    )  # fmt: skip
    def test_takes_json(self, kind: str) -> None:
        assert json_body.check_media_type(kind) is None  # type: ignore[func-returns-value]

    @pytest.mark.parametrize(
        "kind",
        [None, "", "json", "text/json", "application/jsonp", "application/xml", "*/*",
         "application/json, text/plain", "application/json; charset=latin-1", "application/"],
    )  # fmt: skip
    def test_takes_nothing_else(self, kind: str | None) -> None:
        with pytest.raises(UnsupportedMediaType):
            json_body.check_media_type(kind)

    @given(st.text(max_size=50))
    def test_breaks_at_nothing(self, kind: str) -> None:
        assert status(lambda: json_body.check_media_type(kind)) in (200, 415)


def decompress(body: bytes, most: int = 10_000, ratio: int = 100) -> bytes:
    return json_body.decompress(body, "gzip", most, ratio)


class TestDecompress:
    @pytest.mark.parametrize("coding", [None, "", "identity", "Identity "])
    def test_leaves_plain_bytes_alone(self, coding: str | None) -> None:
        assert json_body.decompress(b"x", coding, 1, 1) == b"x"

    @given(st.binary(max_size=2_000))
    def test_undoes_gzip(self, plain: bytes) -> None:
        assert decompress(gzip.compress(plain)) == plain

    def test_stops_at_the_size(self) -> None:
        # Noise, so that the ratio is not what stops it.
        plain = bytes(zlib.crc32(bytes([n % 256, n // 256])) % 256 for n in range(2_000))
        assert decompress(gzip.compress(plain), most=2_000) == plain
        with pytest.raises(ContentTooLarge):
            decompress(gzip.compress(plain), most=1_999)

    def test_stops_at_the_ratio(self) -> None:
        packed = gzip.compress(bytes(50_000))
        assert decompress(packed, most=10**6, ratio=50_000 // len(packed) + 1) == bytes(50_000)
        with pytest.raises(ContentTooLarge):
            decompress(packed, most=10**6, ratio=50_000 // len(packed))

    @pytest.mark.parametrize("cut", [1, 8, 9, 15])
    def test_refuses_what_is_cut_short(self, cut: int) -> None:
        with pytest.raises(MalformedJson):
            decompress(gzip.compress(b"some text")[:-cut])

    @pytest.mark.parametrize("behind", [b"x", b"\0", gzip.compress(b"more", mtime=0)])
    def test_refuses_what_goes_on_behind(self, behind: bytes) -> None:
        with pytest.raises(MalformedJson):
            decompress(gzip.compress(b"some text") + behind)

    def test_refuses_a_wrong_checksum(self) -> None:
        packed = bytearray(gzip.compress(b"some text"))
        packed[-6] ^= 1
        with pytest.raises(MalformedJson):
            decompress(bytes(packed))

    @pytest.mark.parametrize("coding", ["br", "deflate", "zstd", "gzip, gzip", "gzip;q=1"])
    def test_knows_no_other_coding(self, coding: str) -> None:
        with pytest.raises(UnsupportedMediaType) as refused:
            json_body.decompress(b"x", coding, 10, 10)
        assert refused.value.headers == {"Accept-Encoding": "gzip"}
