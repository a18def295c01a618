"""Hevy's exports: what was lifted, in either unit, with the side where somebody noted it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.formats.csv import hevy
from app.formats.imported_file import (
    FileLimitExceeded,
    FileUnreadable,
    ImportedFile,
    UnmappedExercise,
)
from app.training.log.completed import CompletedSet, Load
from tests.formats.csv.import_checks import NOW, a_context, codes, details, is_taken_up

KG = (
    "title,start_time,end_time,description,exercise_title,superset_id,exercise_notes,set_index,"
    "set_type,weight_kg,reps,distance_km,duration_seconds,rpe"
)
LB = KG.replace("weight_kg", "weight_lbs").replace("distance_km", "distance_miles")


def a_row(**changes: str) -> str:
    cells = {
        "title": "Evening",
        "start_time": "20 Nov 2026, 19:30",
        "end_time": "20 Nov 2026, 19:52",
        "exercise_title": "Step Up",
        "set_index": "0",
        "set_type": "normal",
        "weight": "",
        "reps": "12",
    } | changes
    names = KG.replace("weight_kg", "weight").split(",")
    return ",".join('"{}"'.format(cells.get(name, "").replace('"', '""')) for name in names)


def read(*rows: str, header: str = KG, **changes: Any) -> ImportedFile:
    recording = hevy.read("\n".join([header, *rows, ""]).encode(), a_context(**changes))
    assert is_taken_up(recording)
    return recording


def read_set(header: str = KG, **changes: str) -> CompletedSet:
    (done,) = read(a_row(**changes), header=header).sessions[0].sets
    return done


def started(text: str, **changes: Any) -> str:
    return read(a_row(start_time=text, end_time=""), **changes).sessions[0].started_at.isoformat()


class TestSession:
    def test_holds_the_workout_with_its_times_and_texts(self) -> None:
        (session,) = read(a_row(description="Rain\noutside"), program_id="AQBH3FQM").sessions
        assert session.started_at.isoformat() == "2026-11-20T19:30:00+01:00"
        assert session.ended_at is not None
        assert session.ended_at.isoformat() == "2026-11-20T19:52:00+01:00"
        assert session.notes == "Evening\nRain\noutside"
        assert (session.source, session.program_id, session.week) == ("hevy", "AQBH3FQM", None)

    def test_is_one_for_each_start_and_title(self) -> None:
        rows = [a_row(), a_row(title="Other"), a_row(start_time="21 Nov 2026, 19:30"), a_row()]
        assert [len(session.sets) for session in read(*rows).sessions] == [2, 1, 1]

    def test_named_like_one_of_ours_takes_its_place_in_the_programme(self) -> None:
        row = a_row(title="Pushoff W3S2")
        (ours,) = read(row, program_id="AQBH3FQM").sessions
        (alone,) = read(row).sessions
        assert (ours.week, ours.session) == (3, 2)
        assert (alone.week, alone.session) == (None, None)

    def test_keeps_no_week_that_no_programme_has(self) -> None:
        (session,) = read(a_row(title="Pushoff W60S2"), program_id="AQBH3FQM").sessions
        assert (session.week, session.session) == (None, None)

    def test_is_the_same_from_the_same_file(self) -> None:
        assert read(a_row(), a_row()) == read(a_row(), a_row())

    def test_is_the_same_from_a_longer_history(self) -> None:
        first = read(a_row(), a_row(reps="11"))
        later = read(a_row(start_time="22 Nov 2026, 19:30", end_time=""), a_row(), a_row(reps="11"))
        assert later.sessions[1] == first.sessions[0]

    def test_keeps_its_id_when_the_zone_is_named_later(self) -> None:
        before = read(a_row(), time_zone=None).sessions[0]
        after = read(a_row()).sessions[0]
        assert (before.session_id, before.sets[0].set_id) == (
            after.session_id,
            after.sets[0].set_id,
        )
        assert before.started_at != after.started_at

    def test_is_another_for_somebody_else(self) -> None:
        ours, theirs = read(a_row()).sessions[0], read(a_row(), athlete_id="b").sessions[0]
        assert ours.session_id != theirs.session_id
        assert ours.sets[0].set_id != theirs.sets[0].set_id


class TestTimes:
    @pytest.mark.parametrize(
        "text",
        [
            "5 Jul 2026, 07:06",
            "05 July 2026 07:06:00",
            "Jul 5, 2026, 7:06 AM",
            "Jul 5, 2026, 7:06\u202fAM",
            "2026-07-05 07:06:00",
            "2026-07-05T07:06",
        ],
    )
    def test_are_read_however_they_are_written(self, text: str) -> None:
        assert started(text) == "2026-07-05T07:06:00+02:00"

    def test_in_the_afternoon_and_around_midnight_are_told_apart(self) -> None:
        halves = ["12:06 AM", "12:06 PM", "1:06 PM"]
        assert [started(f"5 Jul 2026, {half}")[11:16] for half in halves] == [
            "00:06",
            "12:06",
            "13:06",
        ]

    def test_that_come_twice_are_the_first(self) -> None:
        assert started("25 Oct 2026, 02:30") == "2026-10-25T02:30:00+02:00"

    def test_that_are_skipped_count_from_before_the_change(self) -> None:
        assert started("29 Mar 2026, 02:30") == "2026-03-29T02:30:00+01:00"

    def test_without_a_zone_are_taken_for_utc_and_that_is_said(self) -> None:
        recording = read(a_row(), time_zone=None)
        assert recording.sessions[0].started_at == datetime(2026, 11, 20, 19, 30, tzinfo=UTC)
        assert "time_zone_assumed" in codes(recording)

    def test_of_sets_follow_the_start_and_that_is_said(self) -> None:
        recording = read(a_row(), a_row(), a_row())
        assert [done.performed_at.second for done in recording.sessions[0].sets] == [0, 1, 2]
        assert details(recording, "times_estimated")[0].endswith("(3 of them).")

    def test_of_sets_never_run_further_ahead_than_an_upload_may(self) -> None:
        # The last minute that is taken, in Berlin.
        recording = read(*[a_row(start_time="24 Nov 2026, 13:00", end_time="")] * 3)
        times = {done.performed_at.astimezone(UTC) for done in recording.sessions[0].sets}
        assert times == {NOW.replace(day=24)}

    def test_that_end_in_the_future_have_no_end(self) -> None:
        recording = read(a_row(end_time="20 Nov 2027, 19:52"))
        assert recording.sessions[0].ended_at is None
        assert recording.remarks[-1].pointer == "/sessions/0/ended_at"

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "soon",
            "31 Feb 2026, 07:06",
            "5 Juli 26",
            "5 Okt 2026, 07:06",
            "5 Jul 1999, 07:06",
            "5 Jul 2027, 07:06",
            "5 Jul 2026, 25:06",
            "5 Jul 2026, 13:06 PM",
            "9999-12-31 23:59",
        ],
    )
    def test_that_are_none_lose_the_row(self, text: str) -> None:
        recording = read(a_row(), a_row(start_time=text))
        assert len(recording.sessions) == 1
        assert details(recording, "row_lost")[0].startswith("Line 3 ")

    def test_are_read_in_no_zone_that_there_is_not(self) -> None:
        with pytest.raises(FileUnreadable, match="IANA name"):
            hevy.read(f"{KG}\n{a_row()}\n".encode(), a_context(time_zone="Europe/Nowhere"))


class TestSet:
    def test_keeps_repetitions_and_kilograms(self) -> None:
        done = read_set(weight="7.5")
        assert (done.reps, done.load, done.load_kg) == (12, Load(7.5, "kg"), 7.5)

    def test_keeps_pounds_as_they_were_lifted(self) -> None:
        done = read_set(LB, weight="15")
        assert (done.load, done.load_kg) == (Load(15, "lb"), 6.8039)

    def test_keeps_kilograms_that_were_pounds_to_a_tenth_of_a_gram(self) -> None:
        assert read_set(weight="6.80388555").load == Load(6.8039, "kg")

    def test_leaves_unknown_what_is_empty(self) -> None:
        done = read_set(reps="", weight="")
        assert (done.reps, done.load, done.duration_s, done.rpe, done.rir) == (None,) * 5

    def test_keeps_ratings_on_their_own_scale(self) -> None:
        assert (read_set(rpe="7.5").rpe, read_set(rpe="7.5").rpe_scale) == (7.5, "lifting")
        assert (read_set(rpe="0").rpe, read_set(rpe="").rpe_scale) == (None, None)

    def test_knows_no_repetitions_of_timed_sets(self) -> None:
        done = read_set(reps="0", duration_seconds="60")
        assert (done.reps, done.duration_s) == (None, 60)

    def test_tells_warm_up_from_work(self) -> None:
        kinds = [read_set(set_type=kind).kind for kind in ("warmup", "normal", "failure")]
        assert kinds == ["warmup", "work", "work"]

    def test_guesses_no_reserve_from_failure_but_says_so(self) -> None:
        recording = read(a_row(set_type="failure"), a_row(set_type="dropset"))
        assert {done.rir for done in recording.sessions[0].sets} == {None}
        assert details(recording, "set_mark_lost")[0].endswith("(2 of them).")

    def test_counts_from_one_for_each_exercise_and_side(self) -> None:
        rows = [a_row(exercise_notes=note) for note in ("left", "left", "right", "", "left")]
        assert [done.set_index for done in read(*rows).sessions[0].sets] == [1, 2, 1, 1, 3]

    def test_says_what_has_no_place_here(self) -> None:
        recording = read(a_row(), a_row(superset_id="1"), a_row(distance_km="0"))
        assert details(recording, "not_kept")[0].endswith("(1 rows have some).")

    @pytest.mark.parametrize(
        ("column", "cell", "pointer"),
        [
            ("reps", "1001", "reps"),
            ("reps", "-3", "reps"),
            ("weight", "1000.5", "load"),
            ("duration_seconds", "90000", "duration_s"),
            ("rpe", "12", "rpe"),
        ],
    )
    def test_drops_what_nobody_does(self, column: str, cell: str, pointer: str) -> None:
        recording = read(a_row(**{column: cell}))
        (done,) = recording.sessions[0].sets
        assert getattr(done, pointer) is None
        assert f"/sessions/0/sets/0/{pointer}" in [found.pointer for found in recording.remarks]


class TestSide:
    @pytest.mark.parametrize(
        ("note", "side"),
        [
            ("left; straight knee", "left"),
            ("Right", "right"),
            ("L", "left"),
            ("(r)", "right"),
            ("slow, left side", "left"),
            ("knee straight; right", "right"),
            ("left, then right", None),
            ("left and right", None),
            ("L/R", None),
            ("two reps left", None),
            ("2 left in the tank", None),
            ("felt right", None),
            ("left knee hurts", None),
            ("right on", None),
            ("", None),
        ],
    )
    def test_comes_from_a_note_with_a_doubt(self, note: str, side: str | None) -> None:
        recording = read(a_row(exercise_notes=note))
        assert recording.sessions[0].sets[0].side == side
        assert codes(recording).count("side_from_notes") == (side is not None)

    @pytest.mark.parametrize(
        "title", ["Step Up (left)", "Step Up - Left", "Step Up [LEFT leg]", "Step-up: left"]
    )
    def test_comes_from_a_name_without_one(self, title: str) -> None:
        recording = read(a_row(exercise_title=title, exercise_notes="right"))
        done = recording.sessions[0].sets[0]
        assert (done.exercise, done.side) == ("step-up", "left")
        assert "side_from_notes" not in codes(recording)


class TestExercise:
    def test_that_is_not_ours_is_kept_and_listed(self) -> None:
        rows = [a_row(exercise_title=name) for name in ("Plank", "Calf Raise", "Step Up", "Plank")]
        recording = read(*rows)
        assert [done.exercise for done in recording.sessions[0].sets] == [
            "hevy:Plank",
            "hevy:Calf Raise",
            "step-up",
            "hevy:Plank",
        ]
        assert recording.unmapped == (
            UnmappedExercise("hevy:Plank", 2),
            UnmappedExercise("hevy:Calf Raise", 1),
        )

    def test_with_an_endless_name_is_cut(self) -> None:
        assert read_set(exercise_title="x" * 500).exercise == f"hevy:{'x' * 95}"

    def test_is_needed(self) -> None:
        recording = read(a_row(), a_row(exercise_title=" "))
        assert "has no exercise" in details(recording, "row_lost")[0]


class TestFile:
    def test_may_begin_with_a_byte_order_mark_and_end_lines_as_windows_does(self) -> None:
        data = f"\ufeff{KG}\r\n{a_row()}\r\n".encode()
        assert hevy.read(data, a_context()).sessions == read(a_row()).sessions

    def test_of_nothing_but_a_header_holds_nothing(self) -> None:
        recording = read()
        assert (recording.kind, recording.sessions, codes(recording)) == (
            "hevy_csv",
            (),
            ["no_sessions"],
        )

    def test_from_which_nothing_can_be_read_is_refused(self) -> None:
        with pytest.raises(FileUnreadable, match=r"No set could be read\. Line 2 has a start_time"):
            read(a_row(start_time="soon"))

    def test_of_other_columns_is_refused(self) -> None:
        with pytest.raises(FileUnreadable, match="exercise_title"):
            hevy.read(b"start_time,exercise\n1,2\n", a_context())

    def test_that_takes_too_long_is_refused(self) -> None:
        with pytest.raises(FileLimitExceeded, match="within 0 seconds"):
            read(a_row(), timeout_s=0)

    def test_of_one_session_without_end_is_cut_to_what_an_upload_takes(self) -> None:
        data = "\n".join([KG, *[a_row()] * 5_002, ""]).encode()
        recording = hevy.read(data, a_context())
        assert len(recording.sessions[0].sets) == 5_000
        assert max(done.set_index for done in recording.sessions[0].sets) == 1_000
        assert len(details(recording, "row_lost")) == 2

    def test_refuses_bad_rows_only_if_the_caller_is_strict(self) -> None:
        rows = [KG, a_row(), a_row(start_time="soon"), ""]
        with pytest.raises(FileUnreadable, match="Line 3"):
            hevy.read("\n".join(rows).encode(), replace(a_context(), strict=True))
