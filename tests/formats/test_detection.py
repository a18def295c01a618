"""Tests of detecting the format of an uploaded file, and of rejecting hostile bytes quickly."""

import io
import pickle
import random
import time
import zipfile

import pytest

from app.formats import detection
from app.formats.csv import pushoff_csv, row_reader
from app.formats.imported_file import FileLimitExceeded, FileUnreadable, ImportedFile
from tests.formats.csv.import_checks import (
    is_valid_upload,
    list_remark_codes,
    list_remark_details,
    make_context,
)

HEVY = "start_time,exercise_title,set_index,reps,exercise_notes\n"
HEVY_ROW = '"20 Nov 2026, 19:30",Step Up,0,12,left\n'
STRONG = "Date;Exercise Name;Set Order;Reps\n2026-11-20 19:30:00;Step Up;1;12\n"
OURS = "started_at,exercise,reps\n2026-11-20T19:30:00Z,step-up,12\n"
MIB = 2**20


def read(data: bytes) -> ImportedFile:
    imported = detection.read(data, make_context())
    assert is_valid_upload(imported)
    return imported


def read_error(data: bytes) -> str:
    """The error that a file raises, within two seconds of processor time."""
    began = time.process_time()
    with pytest.raises((FileUnreadable, FileLimitExceeded)) as raised:
        detection.read(data, make_context())
    assert time.process_time() - began < 2
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)
    return f"{type(raised.value).__name__}: {raised.value}"


def pack(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, content)
    return file.getvalue()


class TestRead:
    @pytest.mark.parametrize(
        ("text", "kind"),
        [(HEVY + HEVY_ROW, "hevy_csv"), (STRONG, "strong_csv"), (OURS, "pushoff_csv")],
    )
    def test_detects_a_csv_by_its_columns(self, text: str, kind: str) -> None:
        imported = read(text.encode())
        assert (imported.kind, imported.sessions[0].sets[0].reps) == (kind, 12)

    def test_detects_a_pushoff_export(self) -> None:
        sessions = read(OURS.encode()).sessions
        assert read("".join(pushoff_csv.write(sessions)).encode()).sessions == sessions

    def test_detects_a_csv_in_a_zip(self) -> None:
        plain, packed = read(OURS.encode()), read(pack("walk.fit", OURS.encode()))
        assert packed == plain

    def test_ignores_the_case_and_the_order_of_columns(self) -> None:
        text = "Reps\tEXERCISE\t Started_At \n12\tstep-up\t2026-11-20T19:30:00Z\n"
        assert read(text.encode()).sessions[0].sets[0].reps == 12

    def test_detects_fit_by_its_header(self) -> None:
        # A header alone: the reader of FIT finds nothing in it, and says so in its own words.
        header = bytes([14, 0x20, 0, 0, 0, 0, 0, 0]) + b".FIT" + bytes(2)
        assert "columns" not in read_error(header)


class TestReadError:
    @pytest.mark.parametrize(
        ("data", "why"),
        [
            (b"", "The file is empty."),
            (b"\x89PNG\r\n\x1a\n" + bytes(100), "The text is not in UTF-8"),
            (b"%PDF-1.7\n", "The columns match no supported format"),
            (bytes(1000), "not a list of column names"),
            (b"\n", "not a list of column names"),
            (OURS.encode("utf-16"), "The text is in UTF-16"),
            (OURS.encode("utf-16-le"), "not a list of column names"),
            (b"a,a\n", "Two columns have the same name"),
            (b'"a\n1\n', "not a list of column names"),
            (",".join(f"c{n}" for n in range(201)).encode(), "not a list of column names"),
            (b"Datum;Name;Satz\n", "with English column names"),
            (b'{"sessions": []}', "The columns match no supported format"),
        ],
    )
    def test_names_the_fault_and_the_supported_formats(self, data: bytes, why: str) -> None:
        assert why in read_error(data)
        assert "Supported: a FIT activity, a CSV" in read_error(data)

    def test_is_raised_for_a_later_row_that_is_not_utf_8(self) -> None:
        text = HEVY + HEVY_ROW.replace("left", "löft")
        assert "not in UTF-8" in read_error(text.encode("latin-1"))

    def test_is_raised_for_a_zip_in_a_zip(self) -> None:
        assert "another ZIP" in read_error(pack("a.zip", pack("a.csv", OURS.encode())))

    def test_is_raised_for_an_empty_zip_and_an_empty_file_in_a_zip(self) -> None:
        assert "holds 0 files" in read_error(b"PK\x05\x06" + bytes(18))
        assert "is empty" in read_error(pack("a.csv", b""))

    def test_is_raised_for_a_file_that_is_too_large(self) -> None:
        assert "FileLimitExceeded: The file is larger than 8 MiB" in read_error(
            b"a" * (8 * MIB + 1)
        )
        noise = random.Random(1).randbytes(MIB // 16).hex().encode() * 64
        assert "The file in the ZIP is larger" in read_error(pack("a", noise + b"a"))

    def test_is_raised_for_too_many_rows(self) -> None:
        assert "more than 50,000 rows" in read_error(HEVY.encode() + b"\n" * 50_001)


class TestHostileBytes:
    @pytest.mark.parametrize(
        "data",
        [
            HEVY.encode() + b'"' + b"x" * (8 * MIB - 100),
            HEVY.encode() + b"," * 1_000_000 + b"\n",
            HEVY.encode() + b"\0" * (8 * MIB - 100),
            HEVY.encode() + b'"\n",' * (2 * MIB - 100),
            HEVY.encode() + b'"\n' * (4 * MIB - 100),
            HEVY.encode() + b"\n" * (8 * MIB - 100),
            HEVY.encode() + b"\r" * (8 * MIB - 100),
            b"," * (8 * MIB),
            b"x" * (8 * MIB),
            b"a\n" * (4 * MIB),
        ],
        ids=[
            "a cell",
            "commas",
            "nuls",
            "rows in cells",
            "quotes",
            "lines",
            "returns",
            "a header of commas",
            "a header",
            "short lines",
        ],
    )
    def test_rejects_hostile_bytes_quickly(self, data: bytes) -> None:
        assert read_error(data).startswith(("FileUnreadable", "FileLimitExceeded"))

    def test_keeps_the_rows_before_a_row_that_is_too_long(self) -> None:
        imported = read((HEVY + HEVY_ROW * 3 + '"' + "x" * 100_000).encode())
        assert len(imported.sessions[0].sets) == 3
        (detail,) = list_remark_details(imported, "row_lost")
        assert detail.startswith(
            f"Line 5 begins a row of more than {row_reader.MAX_ROW_LENGTH:,} characters"
        )

    def test_loses_the_rows_inside_of_an_open_quotation_mark(self) -> None:
        imported = read((HEVY + HEVY_ROW + '"\n' + HEVY_ROW * 3).encode())
        assert len(imported.sessions[0].sets) == 3
        assert "down to line 4" in list_remark_details(imported, "row_lost")[0]


class TestLongHistory:
    def test_is_read_with_few_remarks(self) -> None:
        text = HEVY + "".join(
            HEVY_ROW.replace("2026", str(2001 + number // 2_000)) for number in range(50_000)
        )
        imported = detection.read(text.encode(), make_context())
        assert [len(session.sets) for session in imported.sessions] == [2_000] * 25
        assert len(imported.remarks) < 30
        assert "more_remarks" in list_remark_codes(imported)
