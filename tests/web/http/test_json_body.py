"""Tests of parsing and decompressing bodies: at each limit, one beyond it, and any bytes."""

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

MAX_DEPTH, MAX_STRING = 32, 2_000
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
    return json_body.parse(text.encode() if isinstance(text, str) else text, MAX_DEPTH, MAX_STRING)


def find_status(call: Callable[[], object]) -> int:
    """The status that a call would be answered with."""
    try:
        call()
    except Problem as problem:
        return problem.status
    return 200


class TestParse:
    @given(VALUES)
    def test_reads_any_json_value(self, value: Any) -> None:
        for ascii_only in (True, False):
            assert parse(json.dumps(value, ensure_ascii=ascii_only)) == value

    @given(st.binary(max_size=200))
    def test_returns_a_value_or_raises_a_problem_for_any_bytes(self, body: bytes) -> None:
        assert find_status(lambda: parse(body)) in (200, 400, 413, 422)

    @pytest.mark.parametrize("depth", [1, 31, 32])
    def test_accepts_the_maximum_depth(self, depth: int) -> None:
        assert parse("[" * depth + "]" * depth) is not None
        assert parse('{"a":' * depth + "1" + "}" * depth) is not None

    @pytest.mark.parametrize("depth", [33, 500, 100_000])
    def test_rejects_a_greater_depth(self, depth: int) -> None:
        for text in ("[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth):
            with pytest.raises(MalformedJson, match="deeper than 32 levels"):
                parse(text)

    @given(BRACKETED, st.integers(1, 4))
    def test_measures_the_depth_of_any_value(self, value: Any, depth: int) -> None:
        def measure(value: Any) -> int:
            inner = value.values() if isinstance(value, dict) else value
            here = isinstance(value, dict | list)
            return 1 + max(map(measure, inner), default=0) if here else 0

        text = json.dumps(value).encode()
        got = find_status(lambda: json_body.parse(text, depth, MAX_STRING))
        assert got == (200 if measure(value) <= depth else 400)

    @pytest.mark.parametrize("text", ['["[[[["]', '["]]]]"]', '{"[{[{": "\\"[[["}', '["[]", "]["]'])
    def test_does_not_count_brackets_in_strings_as_levels(self, text: str) -> None:
        assert json_body.parse(text.encode(), 1, MAX_STRING) == json.loads(text)

    def test_rejects_a_greater_depth_with_brackets_in_strings(self) -> None:
        with pytest.raises(MalformedJson, match="deeper than 32 levels"):
            parse('["]",' * 33 + "1" + ',"["]' * 33)

    def test_limits_the_number_of_values(self) -> None:
        # An opening bracket and the commas; there is none after the last value.
        count = json_body.MAX_SEPARATORS - 1
        accepted = [1] * (count + 1)
        assert parse(json.dumps(accepted)) == accepted
        rejected: object
        for rejected in ([1] * (count + 2), [{"a": 1}] * count, [[]] * count):
            with pytest.raises(ContentTooLarge, match="50000 commas"):
                parse(json.dumps(rejected))

    def test_limits_the_members_of_an_object(self) -> None:
        accepted = {f"{key}": 1 for key in range(200)}
        assert parse(json.dumps([accepted])) == [accepted]
        with pytest.raises(ContentTooLarge, match="200 members"):
            parse(json.dumps([accepted | {"one": "more"}]))

    @pytest.mark.parametrize("text", [",", "[", '\\",[', '\\\\",["'])
    def test_does_not_count_separators_in_strings(self, text: str) -> None:
        value = [text * 300] * 70 + [1] * 10
        assert parse(json.dumps(value)) == value
        with pytest.raises(ContentTooLarge):
            parse(json.dumps([*value, *[1] * json_body.MAX_SEPARATORS]))

    def test_limits_the_number_of_strings(self) -> None:
        with pytest.raises(ContentTooLarge):
            parse(json.dumps([""] * 3 * json_body.MAX_SEPARATORS))

    @pytest.mark.parametrize(
        ("digits", "fits"), [("9" * 18, True), ("-" + "9" * 17, True), ("9" * 19, False)]
    )
    def test_rejects_an_integer_that_no_column_can_store(self, digits: str, fits: bool) -> None:
        if fits:
            assert parse(digits) == int(digits)
        else:
            with pytest.raises(ValidationFailed):
                parse(digits)

    @pytest.mark.parametrize("text", ["1e308", "-1e308", "1e-400", "0.1"])
    def test_accepts_finite_numbers(self, text: str) -> None:
        assert parse(text) == float(text)

    @pytest.mark.parametrize("text", ["1e309", "-1e309", "1" + "0" * 400 + ".0"])
    def test_rejects_infinite_numbers(self, text: str) -> None:
        with pytest.raises(ValidationFailed):
            parse(text)

    def test_limits_the_length_of_strings(self) -> None:
        for character in ("x", "\U0001f9b5"):
            assert parse(json.dumps(character * MAX_STRING)) == character * MAX_STRING
            with pytest.raises(ValidationFailed):
                parse(json.dumps(character * (MAX_STRING + 1)))

    @pytest.mark.parametrize(
        ("text", "pointer"),
        [
            (r'"\ud800"', ""),
            (r'{"a": [1, "\udc00x"]}', "/a/1"),
            (r'{"a": {"b/c~d": "\ud83d\ud83d"}}', "/a/b~1c~0d"),
            (r'{"a": {"\ud800": 1}}', "/a"),
        ],
    )
    def test_points_at_a_lone_surrogate(self, text: str, pointer: str) -> None:
        with pytest.raises(ValidationFailed) as raised:
            parse(text)
        assert raised.value.errors is not None
        assert [error.pointer for error in raised.value.errors] == [pointer]

    def test_joins_a_surrogate_pair(self) -> None:
        assert parse(r'"\ud83e\uddb5"') == "\U0001f9b5"

    def test_reports_line_and_column(self) -> None:
        with pytest.raises(MalformedJson, match="line 2, column 8"):
            parse('{"a": 1,\n "b" : c4n4ry}')

    @pytest.mark.parametrize(
        "text", ["c4n4ry", '{"c4n4ry": 1, "c4n4ry": 2}', '"c4n4ry\\u0000"', '["c4n4ry\\ud800"]']
    )
    def test_does_not_repeat_the_input(self, text: str) -> None:
        with pytest.raises(Problem) as raised:
            parse(text)
        assert b"c4n4ry" not in raised.value.body("/", "")


class TestIsStorable:
    @given(VALUES)
    def test_is_true_for_any_valid_text(self, value: Any) -> None:
        assert json_body.is_storable(value)

    @pytest.mark.parametrize("text", ["a\0", "\ud800", "\udc00x"])
    def test_is_false_for_nul_and_lone_surrogates_anywhere(self, text: str) -> None:
        for value in (text, [1, [text]], {"a": {"b": text}}, {"a": {text: 1}}):
            assert not json_body.is_storable(value)


class TestCheckMediaType:
    @pytest.mark.parametrize(
        "kind",
        ["application/json", "APPLICATION/JSON", "application/json;charset=utf-8",
         "application/json; charset=UTF-8; x=y", "application/problem+json"],
    )  # fmt: skip
    def test_accepts_json(self, kind: str) -> None:
        assert json_body.check_media_type(kind) is None  # type: ignore[func-returns-value]

    @pytest.mark.parametrize(
        "kind",
        [None, "", "json", "text/json", "application/jsonp", "application/xml", "*/*",
         "application/json, text/plain", "application/json; charset=latin-1", "application/"],
    )  # fmt: skip
    def test_rejects_other_types(self, kind: str | None) -> None:
        with pytest.raises(UnsupportedMediaType):
            json_body.check_media_type(kind)

    @given(st.text(max_size=50))
    def test_accepts_or_rejects_any_text(self, kind: str) -> None:
        assert find_status(lambda: json_body.check_media_type(kind)) in (200, 415)


def decompress(body: bytes, max_bytes: int = 10_000, max_ratio: int = 100) -> bytes:
    return json_body.decompress(body, "gzip", max_bytes, max_ratio)


class TestDecompress:
    @pytest.mark.parametrize("coding", [None, "", "identity", "Identity "])
    def test_returns_an_uncompressed_body_unchanged(self, coding: str | None) -> None:
        assert json_body.decompress(b"x", coding, 1, 1) == b"x"

    @given(st.binary(max_size=2_000))
    def test_decompresses_gzip(self, plain: bytes) -> None:
        assert decompress(gzip.compress(plain)) == plain

    def test_limits_the_size(self) -> None:
        # Noise, so that the ratio is not what limits it.
        plain = bytes(zlib.crc32(bytes([n % 256, n // 256])) % 256 for n in range(2_000))
        assert decompress(gzip.compress(plain), max_bytes=2_000) == plain
        with pytest.raises(ContentTooLarge):
            decompress(gzip.compress(plain), max_bytes=1_999)

    def test_limits_the_ratio(self) -> None:
        packed = gzip.compress(bytes(50_000))
        assert decompress(packed, max_bytes=10**6, max_ratio=50_000 // len(packed) + 1) == bytes(
            50_000
        )
        with pytest.raises(ContentTooLarge):
            decompress(packed, max_bytes=10**6, max_ratio=50_000 // len(packed))

    @pytest.mark.parametrize("cut", [1, 8, 9, 15])
    def test_rejects_an_incomplete_stream(self, cut: int) -> None:
        with pytest.raises(MalformedJson):
            decompress(gzip.compress(b"some text")[:-cut])

    @pytest.mark.parametrize("rest", [b"x", b"\0", gzip.compress(b"more", mtime=0)])
    def test_rejects_bytes_after_the_stream(self, rest: bytes) -> None:
        with pytest.raises(MalformedJson):
            decompress(gzip.compress(b"some text") + rest)

    def test_rejects_a_wrong_checksum(self) -> None:
        packed = bytearray(gzip.compress(b"some text"))
        packed[-6] ^= 1
        with pytest.raises(MalformedJson):
            decompress(bytes(packed))

    @pytest.mark.parametrize("coding", ["br", "deflate", "zstd", "gzip, gzip", "gzip;q=1"])
    def test_rejects_other_codings(self, coding: str) -> None:
        with pytest.raises(UnsupportedMediaType) as raised:
            json_body.decompress(b"x", coding, 10, 10)
        assert raised.value.headers == {"Accept-Encoding": "gzip"}
