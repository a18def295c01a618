"""Tests of reading Strong exports in their dialects."""

from typing import Any

import pytest

from app.formats.csv import strong
from app.formats.imported_file import ImportedFile
from app.training.log.completed import CompletedSet
from app.training.planning.load import Load
from tests.formats.csv.import_checks import (
    is_valid_upload,
    list_remark_codes,
    list_remark_details,
    make_context,
)

SEMICOLON = (
    "Date;Workout Name;Exercise Name;Set Order;Weight;Weight Unit;Reps;RPE;Distance;Distance Unit;"
    "Seconds;Notes;Workout Notes;Workout Duration"
)
COMMA = (
    "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,"
    "Workout Notes,RPE"
)
NAMED = (
    "Workout #;Date;Workout Name;Duration (sec);Exercise Name;Set Order;Weight (lbs);Reps;RPE;"
    "Distance (meters);Seconds;Notes;Workout Notes"
)


def make_row(order: str = "1", weight: str = "10", unit: str = "kg", **changes: str) -> str:
    cells = {"reps": "15", "rpe": "", "seconds": "0", "notes": "", "duration": "22m"} | changes
    return (
        f"2026-11-20 19:30:00;Calf;Step Up;{order};{weight};{unit};{cells['reps']};{cells['rpe']};"
        f";;{cells['seconds']};{cells['notes']};;{cells['duration']}"
    )


def read(header: str, *rows: str, **changes: Any) -> ImportedFile:
    imported = strong.read("\n".join([header, *rows, ""]).encode(), make_context(**changes))
    assert is_valid_upload(imported)
    return imported


def read_set(*args: str, **changes: str) -> CompletedSet:
    (one,) = read(SEMICOLON, make_row(*args, **changes)).sessions[0].sets
    return one


class TestSemicolons:
    def test_contains_a_session_with_its_times(self) -> None:
        (session,) = read(SEMICOLON, make_row()).sessions
        assert session.started_at.isoformat() == "2026-11-20T19:30:00+01:00"
        assert session.ended_at is not None
        assert session.ended_at.isoformat() == "2026-11-20T19:52:00+01:00"
        assert (session.source, session.notes) == ("strong", "Calf")

    @pytest.mark.parametrize(
        ("unit", "load"),
        [("kg", Load(10, "kg")), ("lb", Load(10, "lb")), ("lbs", Load(10, "lb"))],
    )
    def test_names_the_unit(self, unit: str, load: Load) -> None:
        imported = read(SEMICOLON, make_row(unit=unit))
        assert imported.sessions[0].sets[0].load == load
        assert "weight_unit_assumed" not in list_remark_codes(imported)

    def test_allows_a_decimal_comma(self) -> None:
        assert read_set(weight="12,5").load == Load(12.5, "kg")

    def test_drops_a_load_in_an_unknown_unit(self) -> None:
        imported = read(SEMICOLON, make_row(unit="stone"))
        assert imported.sessions[0].sets[0].load is None
        assert imported.remarks[-1].pointer == "/sessions/0/sets/0/load"

    def test_distinguishes_zero_from_an_unknown_load(self) -> None:
        assert read_set(weight="0").load == Load(0, "kg")
        assert read_set(weight="").load is None


class TestCommas:
    ROW = (
        '2026-11-20 7:30:00\u202fPM,"Calf",1h 7m,"Standing Calf Raise",1,{weight},15.0,0,0.0,'
        '"left","warm\nday",8'
    )

    def test_contains_12_hour_times(self) -> None:
        (session,) = read(COMMA, self.ROW.format(weight=5)).sessions
        assert session.started_at.isoformat() == "2026-11-20T19:30:00+01:00"
        assert session.ended_at is not None
        assert session.ended_at.isoformat() == "2026-11-20T20:37:00+01:00"
        assert session.notes == "Calf\nwarm\nday"

    def test_contains_complete_sets(self) -> None:
        (one,) = read(COMMA, self.ROW.format(weight=5)).sessions[0].sets
        assert (one.exercise, one.side, one.reps) == ("straight-leg-calf-raise", "left", 15)
        assert (one.rpe, one.rpe_scale, one.duration_s) == (8, "lifting", None)

    def test_assumes_kilograms_with_a_remark(self) -> None:
        imported = read(COMMA, self.ROW.format(weight=5))
        assert imported.sessions[0].sets[0].load == Load(5, "kg")
        assert "weight_unit_assumed" in list_remark_codes(imported)

    def test_assumes_no_unit_for_a_weight_of_zero(self) -> None:
        imported = read(COMMA, self.ROW.format(weight="0.0"))
        assert "weight_unit_assumed" not in list_remark_codes(imported)

    def test_has_the_ids_of_the_other_dialect(self) -> None:
        semicolons = read(SEMICOLON, make_row()).sessions[0]
        row = "2026-11-20 7:30:00 PM,Calf,22m,Step Up,1,10,15,0,0,,,"
        commas = read(COMMA, row).sessions[0]
        assert commas.session_id == semicolons.session_id
        assert commas.sets[0].set_id == semicolons.sets[0].set_id


class TestHeaderWithUnits:
    def test_has_the_unit_and_the_duration(self) -> None:
        row = "1;2026-11-20 19:30:00;Calf;3600;Step Up;1;10;15;;;0;;"
        imported = read(NAMED, row)
        (session,) = imported.sessions
        assert session.sets[0].load == Load(10, "lb")
        assert session.ended_at is not None
        assert (session.ended_at - session.started_at).total_seconds() == 3600
        assert "weight_unit_assumed" not in list_remark_codes(imported)


class TestSetOrder:
    def test_marks_warm_up(self) -> None:
        assert [read_set(order).kind for order in ("W", "1")] == ["warmup", "work"]

    def test_keeps_drop_sets_and_failure_with_a_remark(self) -> None:
        imported = read(SEMICOLON, make_row("D"), make_row("F"))
        assert [one.kind for one in imported.sessions[0].sets] == ["work", "work"]
        assert list_remark_details(imported, "set_mark_lost")[0].endswith("(2 of them).")

    def test_skips_and_counts_rest_timers_and_notes(self) -> None:
        orders = ["1", "Rest Timer", "2", "Note", "", "-1", "Rest Timer"]
        imported = read(SEMICOLON, *map(make_row, orders))
        assert [one.set_index for one in imported.sessions[0].sets] == [1, 2]
        assert list_remark_details(imported, "row_skipped")[0].endswith("(5 of them).")

    def test_keeps_ids_with_rest_timers(self) -> None:
        plain = read(SEMICOLON, make_row("1"), make_row("2")).sessions
        timed = read(SEMICOLON, make_row("1"), make_row("Rest Timer"), make_row("2")).sessions
        assert timed == plain

    def test_builds_no_session_with_only_rest_timers(self) -> None:
        imported = read(SEMICOLON, make_row("Rest Timer"))
        assert imported.sessions == ()
        assert "no_sessions" in list_remark_codes(imported)


class TestSet:
    def test_has_no_repetitions_if_timed(self) -> None:
        one = read_set(reps="0", seconds="45")
        assert (one.reps, one.duration_s) == (None, 45)

    def test_keeps_zero_repetitions(self) -> None:
        assert read_set(reps="0").reps == 0

    def test_has_the_side_of_its_note(self) -> None:
        assert read_set(notes="right").side == "right"


class TestDuration:
    @pytest.mark.parametrize(
        ("text", "seconds"),
        [
            ("22m", 1320),
            ("1h 7m", 4020),
            ("2h", 7200),
            ("45s", 45),
            ("1h 7m 5s", 4025),
            ("90", 90),
            ("25min", 1500),
        ],
    )
    def test_is_added_to_the_start(self, text: str, seconds: int) -> None:
        (session,) = read(SEMICOLON, make_row(duration=text)).sessions
        assert session.ended_at is not None
        assert (session.ended_at - session.started_at).total_seconds() == seconds

    @pytest.mark.parametrize("text", ["long", "-5m", "999h", "h"])
    def test_leaves_the_end_unknown_if_invalid(self, text: str) -> None:
        imported = read(SEMICOLON, make_row(duration=text))
        assert imported.sessions[0].ended_at is None
        assert list_remark_details(imported, "value_dropped")[0].startswith(
            "Line 2: the end of the workout"
        )


class TestDate:
    def test_is_noon_without_a_time(self) -> None:
        row = make_row().replace(" 19:30:00", "")
        started = read(SEMICOLON, row).sessions[0].started_at
        assert started.isoformat() == "2026-11-20T12:00:00+01:00"
