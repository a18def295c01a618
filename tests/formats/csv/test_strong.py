"""Strong's exports in both dialects: the same workouts, whichever phone wrote them."""

from typing import Any

import pytest

from app.formats.csv import strong
from app.formats.imported_file import ImportedFile
from app.training.log.completed import CompletedSet, Load
from tests.formats.csv.import_checks import a_context, codes, details, is_taken_up

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


def a_row(order: str = "1", weight: str = "10", unit: str = "kg", **changes: str) -> str:
    cells = {"reps": "15", "rpe": "", "seconds": "0", "notes": "", "took": "22m"} | changes
    return (
        f"2026-11-20 19:30:00;Calf;Step Up;{order};{weight};{unit};{cells['reps']};{cells['rpe']};"
        f";;{cells['seconds']};{cells['notes']};;{cells['took']}"
    )


def read(header: str, *rows: str, **changes: Any) -> ImportedFile:
    recording = strong.read("\n".join([header, *rows, ""]).encode(), a_context(**changes))
    assert is_taken_up(recording)
    return recording


def read_set(*args: str, **changes: str) -> CompletedSet:
    (done,) = read(SEMICOLON, a_row(*args, **changes)).sessions[0].sets
    return done


class TestSemicolons:
    def test_hold_a_session_with_its_times(self) -> None:
        (session,) = read(SEMICOLON, a_row()).sessions
        assert session.started_at.isoformat() == "2026-11-20T19:30:00+01:00"
        assert session.ended_at is not None
        assert session.ended_at.isoformat() == "2026-11-20T19:52:00+01:00"
        assert (session.source, session.notes) == ("strong", "Calf")

    @pytest.mark.parametrize(
        ("unit", "load"),
        [("kg", Load(10, "kg")), ("lb", Load(10, "lb")), ("lbs", Load(10, "lb"))],
    )
    def test_name_the_unit(self, unit: str, load: Load) -> None:
        recording = read(SEMICOLON, a_row(unit=unit))
        assert recording.sessions[0].sets[0].load == load
        assert "weight_unit_assumed" not in codes(recording)

    def test_may_have_decimals_after_a_comma(self) -> None:
        assert read_set(weight="12,5").load == Load(12.5, "kg")

    def test_keep_no_load_in_a_unit_that_is_not_known(self) -> None:
        recording = read(SEMICOLON, a_row(unit="stone"))
        assert recording.sessions[0].sets[0].load is None
        assert recording.remarks[-1].pointer == "/sessions/0/sets/0/load"

    def test_tell_no_load_from_an_unknown_one(self) -> None:
        assert read_set(weight="0").load == Load(0, "kg")
        assert read_set(weight="").load is None


class TestCommas:
    ROW = (
        '2026-11-20 7:30:00\u202fPM,"Calf",1h 7m,"Standing Calf Raise",1,{weight},15.0,0,0.0,'
        '"left","warm\nday",8'
    )

    def test_hold_the_same_with_times_that_say_pm(self) -> None:
        (session,) = read(COMMA, self.ROW.format(weight=5)).sessions
        assert session.started_at.isoformat() == "2026-11-20T19:30:00+01:00"
        assert session.ended_at is not None
        assert session.ended_at.isoformat() == "2026-11-20T20:37:00+01:00"
        assert session.notes == "Calf\nwarm\nday"

    def test_hold_sets_with_everything(self) -> None:
        (done,) = read(COMMA, self.ROW.format(weight=5)).sessions[0].sets
        assert (done.exercise, done.side, done.reps) == ("straight-leg-calf-raise", "left", 15)
        assert (done.rpe, done.rpe_scale, done.duration_s) == (8, "lifting", None)

    def test_are_taken_for_kilograms_and_that_is_said(self) -> None:
        recording = read(COMMA, self.ROW.format(weight=5))
        assert recording.sessions[0].sets[0].load == Load(5, "kg")
        assert "weight_unit_assumed" in codes(recording)

    def test_assume_nothing_of_no_weight(self) -> None:
        recording = read(COMMA, self.ROW.format(weight="0.0"))
        assert "weight_unit_assumed" not in codes(recording)

    def test_have_the_ids_of_the_other_dialect(self) -> None:
        semicolons = read(SEMICOLON, a_row()).sessions[0]
        row = "2026-11-20 7:30:00 PM,Calf,22m,Step Up,1,10,15,0,0,,,"
        commas = read(COMMA, row).sessions[0]
        assert commas.session_id == semicolons.session_id
        assert commas.sets[0].set_id == semicolons.sets[0].set_id


class TestHeaderWithUnits:
    def test_says_the_unit_and_the_seconds(self) -> None:
        row = "1;2026-11-20 19:30:00;Calf;3600;Step Up;1;10;15;;;0;;"
        recording = read(NAMED, row)
        (session,) = recording.sessions
        assert session.sets[0].load == Load(10, "lb")
        assert session.ended_at is not None
        assert (session.ended_at - session.started_at).total_seconds() == 3600
        assert "weight_unit_assumed" not in codes(recording)


class TestSetOrder:
    def test_marks_warm_up(self) -> None:
        assert [read_set(order).kind for order in ("W", "1")] == ["warmup", "work"]

    def test_marks_drop_sets_and_failure_which_is_said(self) -> None:
        recording = read(SEMICOLON, a_row("D"), a_row("F"))
        assert [done.kind for done in recording.sessions[0].sets] == ["work", "work"]
        assert details(recording, "set_mark_lost")[0].endswith("(2 of them).")

    def test_of_rest_timers_and_notes_is_skipped_and_counted(self) -> None:
        orders = ["1", "Rest Timer", "2", "Note", "", "-1", "Rest Timer"]
        recording = read(SEMICOLON, *map(a_row, orders))
        assert [done.set_index for done in recording.sessions[0].sets] == [1, 2]
        assert details(recording, "row_skipped")[0].endswith("(5 of them).")

    def test_of_rest_timers_does_not_change_the_ids(self) -> None:
        plain = read(SEMICOLON, a_row("1"), a_row("2")).sessions
        timed = read(SEMICOLON, a_row("1"), a_row("Rest Timer"), a_row("2")).sessions
        assert timed == plain

    def test_of_nothing_but_timers_makes_no_session(self) -> None:
        recording = read(SEMICOLON, a_row("Rest Timer"))
        assert recording.sessions == ()
        assert "no_sessions" in codes(recording)


class TestSet:
    def test_that_is_timed_has_no_repetitions(self) -> None:
        done = read_set(reps="0", seconds="45")
        assert (done.reps, done.duration_s) == (None, 45)

    def test_that_failed_has_none_done(self) -> None:
        assert read_set(reps="0").reps == 0

    def test_has_its_side_from_its_note(self) -> None:
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
        (session,) = read(SEMICOLON, a_row(took=text)).sessions
        assert session.ended_at is not None
        assert (session.ended_at - session.started_at).total_seconds() == seconds

    @pytest.mark.parametrize("text", ["long", "-5m", "999h", "h"])
    def test_that_is_none_leaves_the_end_unknown(self, text: str) -> None:
        recording = read(SEMICOLON, a_row(took=text))
        assert recording.sessions[0].ended_at is None
        assert details(recording, "value_dropped")[0].startswith("Line 2: the end of the workout")


class TestDate:
    def test_without_a_time_is_noon(self) -> None:
        row = a_row().replace(" 19:30:00", "")
        started = read(SEMICOLON, row).sessions[0].started_at
        assert started.isoformat() == "2026-11-20T12:00:00+01:00"
