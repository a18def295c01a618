"""Tests of reading Hevy exports: sessions, times, sets, sides and exercises."""

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
from app.training.log.completed import CompletedSet
from app.training.planning.load import Load
from tests.formats.csv.import_checks import (
    NOW,
    is_valid_upload,
    list_remark_codes,
    list_remark_details,
    make_context,
)

KG = (
    "title,start_time,end_time,description,exercise_title,superset_id,exercise_notes,set_index,"
    "set_type,weight_kg,reps,distance_km,duration_seconds,rpe"
)
LB = KG.replace("weight_kg", "weight_lbs").replace("distance_km", "distance_miles")


def make_row(**changes: str) -> str:
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
    imported = hevy.read("\n".join([header, *rows, ""]).encode(), make_context(**changes))
    assert is_valid_upload(imported)
    return imported


def read_set(header: str = KG, **changes: str) -> CompletedSet:
    (one,) = read(make_row(**changes), header=header).sessions[0].sets
    return one


def started(text: str, **changes: Any) -> str:
    return (
        read(make_row(start_time=text, end_time=""), **changes).sessions[0].started_at.isoformat()
    )


class TestSession:
    def test_has_the_times_and_notes_of_the_workout(self) -> None:
        (session,) = read(make_row(description="Rain\noutside"), program_id="AQBH3FQM").sessions
        assert session.started_at.isoformat() == "2026-11-20T19:30:00+01:00"
        assert session.ended_at is not None
        assert session.ended_at.isoformat() == "2026-11-20T19:52:00+01:00"
        assert session.notes == "Evening\nRain\noutside"
        assert (session.source, session.program_id, session.week) == ("hevy", "AQBH3FQM", None)

    def test_is_built_for_each_start_and_title(self) -> None:
        rows = [
            make_row(),
            make_row(title="Other"),
            make_row(start_time="21 Nov 2026, 19:30"),
            make_row(),
        ]
        assert [len(session.sets) for session in read(*rows).sessions] == [2, 1, 1]

    def test_gets_week_and_session_from_a_pushoff_title(self) -> None:
        row = make_row(title="Pushoff W3S2")
        (ours,) = read(row, program_id="AQBH3FQM").sessions
        (alone,) = read(row).sessions
        assert (ours.week, ours.session) == (3, 2)
        assert (alone.week, alone.session) == (None, None)

    def test_ignores_a_week_beyond_the_longest_programme(self) -> None:
        (session,) = read(make_row(title="Pushoff W60S2"), program_id="AQBH3FQM").sessions
        assert (session.week, session.session) == (None, None)

    def test_is_equal_when_read_again(self) -> None:
        assert read(make_row(), make_row()) == read(make_row(), make_row())

    def test_is_equal_in_a_longer_history(self) -> None:
        first = read(make_row(), make_row(reps="11"))
        later = read(
            make_row(start_time="22 Nov 2026, 19:30", end_time=""), make_row(), make_row(reps="11")
        )
        assert later.sessions[1] == first.sessions[0]

    def test_keeps_its_id_with_another_time_zone(self) -> None:
        before = read(make_row(), time_zone=None).sessions[0]
        after = read(make_row()).sessions[0]
        assert (before.session_id, before.sets[0].set_id) == (
            after.session_id,
            after.sets[0].set_id,
        )
        assert before.started_at != after.started_at

    def test_has_another_id_for_another_athlete(self) -> None:
        ours, theirs = read(make_row()).sessions[0], read(make_row(), athlete_id="b").sessions[0]
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
    def test_parses_every_form_of_a_time(self, text: str) -> None:
        assert started(text) == "2026-07-05T07:06:00+02:00"

    def test_parses_a_time_with_am_or_pm(self) -> None:
        halves = ["12:06 AM", "12:06 PM", "1:06 PM"]
        assert [started(f"5 Jul 2026, {half}")[11:16] for half in halves] == [
            "00:06",
            "12:06",
            "13:06",
        ]

    def test_uses_the_first_of_two_equal_times(self) -> None:
        assert started("25 Oct 2026, 02:30") == "2026-10-25T02:30:00+02:00"

    def test_uses_the_offset_before_a_skipped_time(self) -> None:
        assert started("29 Mar 2026, 02:30") == "2026-03-29T02:30:00+01:00"

    def test_assumes_utc_with_a_remark_without_a_zone(self) -> None:
        imported = read(make_row(), time_zone=None)
        assert imported.sessions[0].started_at == datetime(2026, 11, 20, 19, 30, tzinfo=UTC)
        assert "time_zone_assumed" in list_remark_codes(imported)

    def test_estimates_the_times_of_sets_with_a_remark(self) -> None:
        imported = read(make_row(), make_row(), make_row())
        assert [one.performed_at.second for one in imported.sessions[0].sets] == [0, 1, 2]
        assert list_remark_details(imported, "times_estimated")[0].endswith("(3 of them).")

    def test_keeps_the_times_of_sets_within_the_limit_of_an_upload(self) -> None:
        # The latest minute that is accepted, in Berlin.
        imported = read(*[make_row(start_time="24 Nov 2026, 13:00", end_time="")] * 3)
        times = {one.performed_at.astimezone(UTC) for one in imported.sessions[0].sets}
        assert times == {NOW.replace(day=24)}

    def test_drops_an_end_in_the_future(self) -> None:
        imported = read(make_row(end_time="20 Nov 2027, 19:52"))
        assert imported.sessions[0].ended_at is None
        assert imported.remarks[-1].pointer == "/sessions/0/ended_at"

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
    def test_leaves_out_a_row_with_an_invalid_time(self, text: str) -> None:
        imported = read(make_row(), make_row(start_time=text))
        assert len(imported.sessions) == 1
        assert list_remark_details(imported, "row_lost")[0].startswith("Line 3 ")

    def test_rejects_an_unknown_zone(self) -> None:
        with pytest.raises(FileUnreadable, match="IANA name"):
            hevy.read(f"{KG}\n{make_row()}\n".encode(), make_context(time_zone="Europe/Nowhere"))


class TestSet:
    def test_keeps_repetitions_and_kilograms(self) -> None:
        one = read_set(weight="7.5")
        assert (one.reps, one.load, one.load_kg) == (12, Load(7.5, "kg"), 7.5)

    def test_keeps_pounds(self) -> None:
        one = read_set(LB, weight="15")
        assert (one.load, one.load_kg) == (Load(15, "lb"), 6.8039)

    def test_rounds_kilograms_to_a_tenth_of_a_gram(self) -> None:
        assert read_set(weight="6.80388555").load == Load(6.8039, "kg")

    def test_keeps_empty_cells_unknown(self) -> None:
        one = read_set(reps="", weight="")
        assert (one.reps, one.load, one.duration_s, one.rpe, one.rir) == (None,) * 5

    def test_keeps_rpe_on_its_scale(self) -> None:
        assert (read_set(rpe="7.5").rpe, read_set(rpe="7.5").rpe_scale) == (7.5, "lifting")
        assert (read_set(rpe="0").rpe, read_set(rpe="").rpe_scale) == (None, None)

    def test_ignores_zero_repetitions_of_a_timed_set(self) -> None:
        one = read_set(reps="0", duration_seconds="60")
        assert (one.reps, one.duration_s) == (None, 60)

    def test_reads_the_seconds_of_a_hold(self) -> None:
        one = read_set(exercise_title="Side Plank (left)", reps="", duration_seconds="35")
        assert (one.exercise, one.side, one.reps) == ("side-plank", "left", None)
        assert one.duration_s == 35

    def test_adds_a_remark_on_a_hold_without_seconds(self) -> None:
        imported = read(make_row(exercise_title="Plank", reps="40"))
        assert imported.sessions[0].sets[0].reps == 40
        assert "hold_without_duration" in list_remark_codes(imported)

    def test_reads_warm_up_and_work(self) -> None:
        kinds = [read_set(set_type=kind).kind for kind in ("warmup", "normal", "failure")]
        assert kinds == ["warmup", "work", "work"]

    def test_guesses_no_rir_from_failure_and_adds_a_remark(self) -> None:
        imported = read(make_row(set_type="failure"), make_row(set_type="dropset"))
        assert {one.rir for one in imported.sessions[0].sets} == {None}
        assert list_remark_details(imported, "set_mark_lost")[0].endswith("(2 of them).")

    def test_is_numbered_for_each_exercise_and_side(self) -> None:
        rows = [make_row(exercise_notes=note) for note in ("left", "left", "right", "", "left")]
        assert [one.set_index for one in read(*rows).sessions[0].sets] == [1, 2, 1, 1, 3]

    def test_adds_a_remark_on_values_that_are_not_stored(self) -> None:
        imported = read(make_row(), make_row(superset_id="1"), make_row(distance_km="0"))
        assert list_remark_details(imported, "not_kept")[0].endswith("(1 rows have some).")

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
    def test_drops_a_value_out_of_range(self, column: str, cell: str, pointer: str) -> None:
        imported = read(make_row(**{column: cell}))
        (one,) = imported.sessions[0].sets
        assert getattr(one, pointer) is None
        assert f"/sessions/0/sets/0/{pointer}" in [found.pointer for found in imported.remarks]


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
    def test_comes_from_a_note_with_a_remark(self, note: str, side: str | None) -> None:
        imported = read(make_row(exercise_notes=note))
        assert imported.sessions[0].sets[0].side == side
        assert list_remark_codes(imported).count("side_from_notes") == (side is not None)

    @pytest.mark.parametrize(
        "title", ["Step Up (left)", "Step Up - Left", "Step Up [LEFT leg]", "Step-up: left"]
    )
    def test_comes_from_a_name_without_a_remark(self, title: str) -> None:
        imported = read(make_row(exercise_title=title, exercise_notes="right"))
        one = imported.sessions[0].sets[0]
        assert (one.exercise, one.side) == ("step-up", "left")
        assert "side_from_notes" not in list_remark_codes(imported)


class TestExercise:
    def test_is_kept_and_listed_if_unmapped(self) -> None:
        rows = [
            make_row(exercise_title=name) for name in ("Burpee", "Calf Raise", "Step Up", "Burpee")
        ]
        imported = read(*rows)
        assert [one.exercise for one in imported.sessions[0].sets] == [
            "hevy:Burpee",
            "hevy:Calf Raise",
            "step-up",
            "hevy:Burpee",
        ]
        assert imported.unmapped == (
            UnmappedExercise("hevy:Burpee", 2),
            UnmappedExercise("hevy:Calf Raise", 1),
        )

    def test_has_a_name_of_limited_length(self) -> None:
        assert read_set(exercise_title="x" * 500).exercise == f"hevy:{'x' * 95}"

    def test_is_required(self) -> None:
        imported = read(make_row(), make_row(exercise_title=" "))
        assert "has no exercise" in list_remark_details(imported, "row_lost")[0]


class TestFile:
    def test_may_have_a_byte_order_mark_and_windows_line_ends(self) -> None:
        data = f"\ufeff{KG}\r\n{make_row()}\r\n".encode()
        assert hevy.read(data, make_context()).sessions == read(make_row()).sessions

    def test_has_no_sessions_with_only_a_header(self) -> None:
        imported = read()
        assert (imported.kind, imported.sessions, list_remark_codes(imported)) == (
            "hevy_csv",
            (),
            ["no_sessions"],
        )

    def test_is_rejected_if_every_row_is_lost(self) -> None:
        with pytest.raises(FileUnreadable, match=r"No set could be read\. Line 2 has a start_time"):
            read(make_row(start_time="soon"))

    def test_is_rejected_without_the_needed_columns(self) -> None:
        with pytest.raises(FileUnreadable, match="exercise_title"):
            hevy.read(b"start_time,exercise\n1,2\n", make_context())

    def test_is_rejected_after_the_timeout(self) -> None:
        with pytest.raises(FileLimitExceeded, match="within 0 seconds"):
            read(make_row(), timeout_s=0)

    def test_is_cut_to_the_sets_of_one_upload(self) -> None:
        data = "\n".join([KG, *[make_row()] * 5_002, ""]).encode()
        imported = hevy.read(data, make_context())
        assert len(imported.sessions[0].sets) == 5_000
        assert max(one.set_index for one in imported.sessions[0].sets) == 1_000
        assert len(list_remark_details(imported, "row_lost")) == 2

    def test_is_rejected_for_a_bad_row_in_strict_mode(self) -> None:
        rows = [KG, make_row(), make_row(start_time="soon"), ""]
        with pytest.raises(FileUnreadable, match="Line 3"):
            hevy.read("\n".join(rows).encode(), replace(make_context(), strict=True))
