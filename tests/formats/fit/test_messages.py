"""Decoding FIT files: values, limits and damage. Hostile files take neither long nor much."""

import time

import pytest

from app.formats.fit import messages
from app.formats.fit.messages import FitFiles, FitMessage, MessageKind
from app.formats.imported_file import FileLimitExceeded, FileUnreadable
from tests.formats.fit.raw_fit import (
    STRING,
    UINT32,
    build_file,
    define_message,
    file_id_message,
    message,
    session_message,
    set_message,
)

MAX_BYTES = messages.MAX_BYTES
WIDE_FIELDS = [(number, 255, 0) for number in range(255)]
EMPTY_RECORDS = b"\0" * 2_000_000


def read(data: bytes, seconds: float = 2.0) -> FitFiles:
    return messages.read(data, messages.Deadline.start(seconds))


class TestRead:
    def test_groups_messages_by_kind(self) -> None:
        (one,) = read(
            build_file(file_id_message(), session_message(), set_message(), set_message())
        ).files
        assert {kind: len(found) for kind, found in one.messages.items()} == {
            MessageKind.FILE_ID: 1,
            MessageKind.SESSION: 1,
            MessageKind.SET: 2,
        }

    def test_reads_the_first_element_of_an_array(self) -> None:
        array = define_message(225, [(7, 6, 0x84)]) + b"\0\x1c\0\x11\0\x01\0"
        assert read(build_file(array)).files[0].last(MessageKind.SET).integer(7) == 28

    def test_replaces_invalid_utf_8_in_texts(self) -> None:
        name = define_message(26, [(8, 4, STRING)]) + b"\0Fu\xdf\0"
        assert read(build_file(name)).files[0].last(MessageKind.WORKOUT).text(8) == "Fu\ufffd"

    def test_reads_messages_with_compressed_timestamps(self) -> None:
        packed = define_message(225, [(3, 1, 2)]) + b"\x85\x0c" + b"\x86\x0d"
        sets = read(build_file(packed)).files[0].messages[MessageKind.SET]
        assert [one.integer(3) for one in sets] == [12, 13]

    def test_ignores_developer_fields(self) -> None:
        own = b"\x60\0\0\xe1\0\1\3\1\2\1\3\1\0" + b"\0\x0c\x63"
        assert read(build_file(own)).files[0].last(MessageKind.SET).integer(3) == 12


class TestFitMessage:
    def test_returns_whole_numbers_only(self) -> None:
        odd = FitMessage(
            {1: 3.0, 2: 3.5, 3: float("inf"), 4: float("nan"), 5: "3", 6: b"3", 7: None}
        )
        assert [odd.integer(number) for number in range(1, 9)] == [3, *[None] * 7]

    def test_returns_texts_only(self) -> None:
        odd = FitMessage({1: "text", 2: b"text", 3: 3})
        assert [odd.text(number) for number in (1, 2, 3, 4)] == ["text", None, None, None]


class TestLimits:
    @pytest.mark.parametrize("data", [b"", b"\0" * 20, b"{}", b"PK\3\4" * 10], ids=repr)
    def test_rejects_other_formats(self, data: bytes) -> None:
        with pytest.raises(FileUnreadable, match="not a FIT file"):
            read(data)

    def test_rejects_too_many_bytes(self) -> None:
        with pytest.raises(FileLimitExceeded, match="8 MiB"):
            read(b"\0" * (MAX_BYTES + 1))

    @pytest.mark.parametrize(
        ("data", "limit"),
        [
            (build_file(define_message(225, []), b"\0" * 3000), "2,000 sets"),
            (build_file(define_message(18, []), b"\0" * 3000), "50 sessions"),
            (build_file(define_message(27, []), b"\0" * 3000), "500 workout steps"),
            (build_file(define_message(0, []), b"\0" * 3000), "headers"),
            (build_file(file_id_message()) * 60, "50 FIT files"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_limits_each_kind_of_message(self, data: bytes, limit: str) -> None:
        with pytest.raises(FileLimitExceeded, match=limit):
            read(data)

    def test_limits_empty_records(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(messages, "MAX_RECORDS", 10_000)
        with pytest.raises(FileLimitExceeded, match="10,000 records"):
            read(build_file(define_message(20, []), b"\0" * 20_000))

    @pytest.mark.parametrize(
        "body",
        [
            define_message(20, []) + EMPTY_RECORDS,
            define_message(20, [(253, 4, UINT32)]) + b"\x9f" * 400_000,
            define_message(20, WIDE_FIELDS) + (b"\0" + b"\1" * 65_025) * 25,
            define_message(225, [(number, 1, 0) for number in range(255)]) * 2_000,
        ],
        ids=["empty records", "packed times", "wide records", "wide definitions"],
    )
    def test_limits_the_time(self, body: bytes) -> None:
        started = time.monotonic()
        # The check sum is left out: computing it would take longer than the time limit.
        header = b"\x0c\x20\x34\x08" + len(body).to_bytes(4, "little") + b".FIT"
        with pytest.raises(FileLimitExceeded, match="longer than"):
            read(header + body, seconds=0.1)
        assert time.monotonic() - started < 0.5

    def test_accepts_a_wide_valid_definition(self) -> None:
        (one,) = read(
            build_file(file_id_message(), define_message(225, WIDE_FIELDS), b"\0" + b"\1" * 65_025)
        ).files
        assert one.last(MessageKind.SET).integer(3) == 1


class TestDamage:
    def test_is_distinguished_from_a_cut(self) -> None:
        assert read(build_file(file_id_message(), set_message())[:-9]).damage == "truncated"
        assert read(build_file(file_id_message(), b"\x05")).damage == "damaged"
        assert read(build_file(file_id_message())).damage is None

    def test_keeps_messages_before_it(self) -> None:
        found = read(
            build_file(file_id_message(), set_message(), message(225, {3: UINT32}, {3: 9})[:-2])
        )
        assert len(found.files[0].messages[MessageKind.SET]) == 1
