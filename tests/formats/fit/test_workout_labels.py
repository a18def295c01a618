"""Names and notes: whatever is written on a workout is read off it again."""

from typing import Any

import pytest

from app.formats.fit import workout_labels
from app.formats.fit.workout_labels import Movement, Origin
from app.training.catalog.exercises import EXERCISES
from app.training.catalog.tracks import TRACKS
from app.training.planning.week import PlannedSet, Prescription
from tests.formats.pictures import SPECS, plan


def all_sets() -> list[tuple[Prescription, PlannedSet]]:
    """Every set of many programmes, those in pounds among them."""
    wishes: list[dict[str, Any]] = [
        *SPECS.values(),
        {**SPECS["26 loaded weeks"], "units": "imperial"},
    ]
    return [
        (exercise, one)
        for wish in wishes
        for week in plan(**wish).weeks
        for session in week.sessions
        for exercise in session.exercises
        for one in exercise.sets
    ]


class TestNoteStep:
    def test_fits_in_and_is_read_again(self) -> None:
        sets = all_sets()
        assert {exercise.track for exercise, _ in sets} == set(TRACKS)
        for exercise, one in sets:
            note = workout_labels.note_step(exercise, one)
            assert len(note.encode()) <= workout_labels.MOST_BYTES
            movement = Movement(EXERCISES[exercise.slug], one.side)
            assert workout_labels.find_movement(None, note) == movement
            assert (
                workout_labels.find_movement(workout_labels.name_step(exercise, one.side), None)
                == movement
            )
            pounds = one.load if one.load_unit == "lb" else None
            assert workout_labels.find_pounds(note) == pounds

    def test_gives_at_least_one_cue(self) -> None:
        for exercise, one in all_sets():
            note = workout_labels.note_step(exercise, one)
            assert 1 <= sum(cue in note for cue in exercise.cues) <= workout_labels.MOST_CUES


class TestFindMovement:
    def test_trusts_a_note_more_than_a_name(self) -> None:
        found = workout_labels.find_movement("Step-up (left)", "Slowly. [seated-heel-raise/both]")
        assert found == Movement(EXERCISES["seated-heel-raise"], "both")

    @pytest.mark.parametrize(
        ("name", "note"),
        [
            (None, None),
            ("", ""),
            ("Plank (left)", "[plank/left]"),
            ("(left)", "[step-up/middle]"),
            ("Step-up (both)", "[step-up/left] and more"),
            ("x" * 255, "[" * 255),
        ],
    )
    def test_knows_only_what_is_ours(self, name: str | None, note: str | None) -> None:
        assert workout_labels.find_movement(name, note) is None

    def test_knows_no_side_of_one_leg_at_a_time_without_being_told(self) -> None:
        assert workout_labels.find_movement("Step-up", None) == Movement(EXERCISES["step-up"], None)


class TestFindOrigin:
    def test_reads_what_was_written(self) -> None:
        told = workout_labels.describe("AYo_-7", 52, 6)
        assert workout_labels.find_origin(None, told) == Origin(52, 6, "AYo_-7")
        assert workout_labels.find_origin(workout_labels.title(52, 6), None) == Origin(52, 6)

    @pytest.mark.parametrize(
        "text",
        ["pushoff:a/0/1", "pushoff:a/53/1", "pushoff:a/1/8", "pushoff:/1/1", "pushoff:a b/1/1"],
    )
    def test_takes_no_week_or_session_that_cannot_be(self, text: str) -> None:
        assert workout_labels.find_origin("Pushoff W0S1", text) is None


class TestCut:
    def test_never_leaves_part_of_a_character(self) -> None:
        assert [workout_labels.cut("aüb", most) for most in range(5)] == ["", "a", "a", "aü", "aüb"]
