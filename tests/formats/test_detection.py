"""An uploaded file is read as what it is, whatever it is called, and never without end."""

import io
import pickle
import random
import time
import zipfile

import pytest

from app.formats import detection
from app.formats.csv import pushoff_csv, row_reader
from app.formats.imported_file import FileLimitExceeded, FileUnreadable, ImportedFile
from tests.formats.csv.import_checks import a_context, codes, details, is_taken_up

HEVY = "start_time,exercise_title,set_index,reps,exercise_notes\n"
HEVY_ROW = '"20 Nov 2026, 19:30",Step Up,0,12,left\n'
STRONG = "Date;Exercise Name;Set Order;Reps\n2026-11-20 19:30:00;Step Up;1;12\n"
OURS = "started_at,exercise,reps\n2026-11-20T19:30:00Z,step-up,12\n"
MIB = 2**20


def read(data: bytes) -> ImportedFile:
    recording = detection.read(data, a_context())
    assert is_taken_up(recording)
    return recording


def refusal(data: bytes) -> str:
    """Why a file is refused, which must not take long."""
    began = time.process_time()
    with pytest.raises((FileUnreadable, FileLimitExceeded)) as refused:
        detection.read(data, a_context())
    assert time.process_time() - began < 2
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)
    return f"{type(refused.value).__name__}: {refused.value}"


def pack(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, content)
    return file.getvalue()


class TestKind:
    @pytest.mark.parametrize(
        ("text", "kind"),
        [(HEVY + HEVY_ROW, "hevy_csv"), (STRONG, "strong_csv"), (OURS, "pushoff_csv")],
    )
    def test_is_told_by_the_columns(self, text: str, kind: str) -> None:
        recording = read(text.encode())
        assert (recording.kind, recording.sessions[0].sets[0].reps) == (kind, 12)

    def test_of_our_own_export_is_ours(self) -> None:
        sessions = read(OURS.encode()).sessions
        assert read("".join(pushoff_csv.write(sessions)).encode()).sessions == sessions

    def test_is_told_inside_of_a_zip(self) -> None:
        plain, packed = read(OURS.encode()), read(pack("walk.fit", OURS.encode()))
        assert packed == plain

    def test_is_told_whatever_the_case_and_the_order_of_columns(self) -> None:
        text = "Reps\tEXERCISE\t Started_At \n12\tstep-up\t2026-11-20T19:30:00Z\n"
        assert read(text.encode()).sessions[0].sets[0].reps == 12

    def test_of_a_fit_header_is_fit(self) -> None:
        # A header alone: the reader of FIT finds nothing in it, and says so in its own words.
        header = bytes([14, 0x20, 0, 0, 0, 0, 0, 0]) + b".FIT" + bytes(2)
        assert "columns" not in refusal(header)


class TestRefusal:
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
    def test_says_what_is_wrong_and_what_can_be_read(self, data: bytes, why: str) -> None:
        assert why in refusal(data)
        assert "Supported: a FIT activity, a CSV" in refusal(data)

    def test_meets_text_that_is_no_utf_8_further_down(self) -> None:
        text = HEVY + HEVY_ROW.replace("left", "löft")
        assert "not in UTF-8" in refusal(text.encode("latin-1"))

    def test_meets_a_zip_in_a_zip(self) -> None:
        assert "another ZIP" in refusal(pack("a.zip", pack("a.csv", OURS.encode())))

    def test_meets_an_empty_zip_and_an_empty_file_in_one(self) -> None:
        assert "holds 0 files" in refusal(b"PK\x05\x06" + bytes(18))
        assert "is empty" in refusal(pack("a.csv", b""))

    def test_meets_what_is_too_large_packed_or_not(self) -> None:
        assert "FileLimitExceeded: The file is larger than 8 MiB" in refusal(b"a" * (8 * MIB + 1))
        noise = random.Random(1).randbytes(MIB // 16).hex().encode() * 64
        assert "The file in the ZIP is larger" in refusal(pack("a", noise + b"a"))

    def test_meets_one_row_too_many(self) -> None:
        assert "more than 50,000 rows" in refusal(HEVY.encode() + b"\n" * 50_001)


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
    def test_cost_little(self, data: bytes) -> None:
        assert refusal(data).startswith(("FileUnreadable", "FileLimitExceeded"))

    def test_of_one_row_do_not_cost_the_rows_before_it(self) -> None:
        recording = read((HEVY + HEVY_ROW * 3 + '"' + "x" * 100_000).encode())
        assert len(recording.sessions[0].sets) == 3
        (detail,) = details(recording, "row_lost")
        assert detail.startswith(
            f"Line 5 begins a row of more than {row_reader.MAX_ROW_LENGTH:,} characters"
        )

    def test_of_a_quotation_mark_cost_the_rows_that_it_swallows(self) -> None:
        recording = read((HEVY + HEVY_ROW + '"\n' + HEVY_ROW * 3).encode())
        assert len(recording.sessions[0].sets) == 3
        assert "down to line 4" in details(recording, "row_lost")[0]


class TestLongHistory:
    def test_of_fifty_thousand_rows_is_read_with_few_remarks(self) -> None:
        text = HEVY + "".join(
            HEVY_ROW.replace("2026", str(2001 + number // 2_000)) for number in range(50_000)
        )
        recording = detection.read(text.encode(), a_context())
        assert [len(session.sets) for session in recording.sessions] == [2_000] * 25
        assert len(recording.remarks) < 30
        assert "more_remarks" in codes(recording)
