"""Tests of Pushoff CSV cells that cannot be stored: unknown or cut, with a remark."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.formats.csv import pushoff_csv
from app.formats.imported_file import ImportedFile
from app.training.log.completed import CompletedSession
from tests.formats.csv.import_checks import (
    is_valid_upload,
    list_remark_codes,
    list_remark_details,
    make_context,
    upload,
)


def read(text: str) -> ImportedFile:
    imported = pushoff_csv.read(text.encode(), make_context())
    assert is_valid_upload(imported)
    return imported


class TestBadCells:
    @pytest.mark.parametrize(
        ("column", "cell"),
        [
            ("reps", "1001"),
            ("reps", "-1"),
            ("reps", "12.5"),
            ("reps", "NaN"),
            ("reps", "1e3"),
            ("reps", "9" * 5000),
            ("reps", "١٢"),
            ("load_kg", "1000.1"),
            ("load_kg", "inf"),
            ("load_kg", '"1,250"'),
            ("duration_s", "86401"),
            ("rir", "11"),
            ("rpe", "-0.5"),
            ("pain", "bad"),
            ("side", "up"),
            ("prescribed_reps", "1001"),
            ("set_version", str(2**53)),
            ("performed_at", "1999-10-06T18:30:00Z"),
        ],
    )
    def test_reads_a_bad_cell_of_a_set_as_unknown(self, column: str, cell: str) -> None:
        imported = read(f"started_at,exercise,{column}\n2026-10-06T18:30Z,step-up,{cell}\n")
        expected = read("started_at,exercise\n2026-10-06T18:30Z,step-up\n").sessions[0].sets[0]
        one = imported.sessions[0].sets[0]
        assert replace(one, set_id=expected.set_id) == expected
        (pointer,) = [r.pointer for r in imported.remarks if r.code == "value_dropped"]
        assert pointer == f"/sessions/0/sets/0/{column}"

    @pytest.mark.parametrize(
        ("column", "cell"),
        [
            ("week", "53"),
            ("session", "8"),
            ("srpe", "10.5"),
            ("session_version", "-1"),
            ("ended_at", "2027-10-06T18:30:00Z"),
            ("ended_at", "9999-12-31T23:59:59-23:59"),
            ("status", "done"),
            ("morning_pain_score", "11"),
            ("morning_pain_site", "knee"),
            ("heel_rise_test_left", "20"),
            ("heel_rise_test_surface", "floor"),
        ],
    )
    def test_reads_a_bad_cell_of_a_session_as_unknown(self, column: str, cell: str) -> None:
        imported = read(f"started_at,exercise,{column}\n2026-10-06T18:30Z,,{cell}\n")
        (session,) = imported.sessions
        assert session == CompletedSession(
            session_id=session.session_id,
            athlete_id="runner-7",
            started_at=datetime(2026, 10, 6, 18, 30, tzinfo=UTC),
        )
        assert list_remark_codes(imported) == ["value_dropped"]

    def test_cuts_a_text_to_the_maximum_length(self) -> None:
        text = f"started_at,exercise,notes\n2026-10-06T18:30Z,{'x' * 101},{'n' * 2001}\n"
        imported = read(text)
        assert len(imported.sessions[0].notes or "") == 2000
        assert len(imported.sessions[0].sets[0].exercise) == 100
        assert list_remark_codes(imported).count("text_cut") == 2

    @pytest.mark.parametrize("flags", ['["\\ud800"]', '["\\u0000"]', '["a", 1]', "[" * 3000])
    def test_returns_no_character_that_cannot_be_stored(self, flags: str) -> None:
        cell = flags.replace('"', '""')
        imported = read(f'started_at,exercise,red_flags\n2026-10-06T18:30Z,,"{cell}"\n')
        (session,) = imported.sessions
        assert not any("\0" in flag or "\ud800" in flag for flag in session.red_flags)
        assert upload(session) == session

    def test_limits_the_number_of_red_flags(self) -> None:
        cell = ";".join(f"flag {number}" for number in range(30))
        imported = read(f"started_at,exercise,red_flags\n2026-10-06T18:30Z,,{cell}\n")
        assert len(imported.sessions[0].red_flags) == 20
        assert list_remark_codes(imported) == ["value_dropped"]

    def test_removes_nuls(self) -> None:
        imported = read("started_at,exercise,notes\n2026-10-06T18:30Z,,a\0b\n")
        assert imported.sessions[0].notes == "ab"
        assert list_remark_details(imported, "nul_removed") == ["1 NUL characters were left out."]

    def test_ignores_a_bad_session_id(self) -> None:
        imported = read("session_id,started_at,exercise\nx,2026-10-06T18:30Z,step-up\n")
        assert imported.sessions[0].session_id.version == 5
        assert list_remark_details(imported, "value_dropped")[0].startswith(
            "Line 2: session_id must be a UUID"
        )
