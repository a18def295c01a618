"""Names and notes of workouts: every text that is formatted can be parsed."""

from typing import Any

import pytest

from app.formats.fit import workout_labels
from app.formats.fit.workout_labels import Movement, WorkoutOrigin
from app.training.catalog.exercises import EXERCISES
from app.training.catalog.track_definitions import TRACKS
from app.training.planning.week import PlannedSets, Prescription
from tests.formats.sample_programs import FIT_NAMES, SPECS, plan


def format_note(exercise: Prescription, planned: PlannedSets) -> str:
    return workout_labels.format_step_note(exercise, planned, FIT_NAMES[exercise.slug])


def list_all_sets() -> list[tuple[Prescription, PlannedSets]]:
    """Return the sets of many programmes, some of them in pounds."""
    specs: list[dict[str, Any]] = [
        *SPECS.values(),
        {**SPECS["26 loaded weeks"], "units": "imperial"},
    ]
    return [
        (exercise, one)
        for fields in specs
        for week in plan(**fields).weeks
        for session in week.sessions
        for exercise in session.exercises
        for one in exercise.sets
    ]


class TestFormatStepNote:
    def test_fits_and_can_be_parsed(self) -> None:
        sets = list_all_sets()
        assert {exercise.track for exercise, _ in sets} == set(TRACKS)
        for exercise, one in sets:
            note = format_note(exercise, one)
            assert len(note.encode()) <= workout_labels.MAX_BYTES
            movement = Movement(EXERCISES[exercise.slug], one.side)
            assert workout_labels.parse_movement(None, note) == movement
            assert (
                workout_labels.parse_movement(
                    workout_labels.format_step_name(exercise, one.side), None
                )
                == movement
            )
            pounds = one.load.value if one.load and one.load.unit == "lb" else None
            assert workout_labels.parse_pounds(note) == pounds

    def test_has_at_least_one_cue(self) -> None:
        for exercise, one in list_all_sets():
            note = format_note(exercise, one)
            cues = sum(cue in note for cue in exercise.exercise.cues)
            assert 1 <= cues <= workout_labels.MAX_CUES


class TestParseMovement:
    def test_prefers_the_note_to_the_name(self) -> None:
        found = workout_labels.parse_movement("Step-up (left)", "Slowly. [seated-heel-raise/both]")
        assert found == Movement(EXERCISES["seated-heel-raise"], "both")

    @pytest.mark.parametrize(
        ("name", "note"),
        [
            (None, None),
            ("", ""),
            ("Burpee (left)", "[burpee/left]"),
            ("(left)", "[step-up/middle]"),
            ("Step-up (both)", "[step-up/left] and more"),
            ("x" * 255, "[" * 255),
        ],
    )
    def test_ignores_texts_of_others(self, name: str | None, note: str | None) -> None:
        assert workout_labels.parse_movement(name, note) is None

    def test_leaves_the_side_of_a_one_legged_exercise_unknown(self) -> None:
        assert workout_labels.parse_movement("Step-up", None) == Movement(
            EXERCISES["step-up"], None
        )


class TestParseOrigin:
    def test_parses_formatted_texts(self) -> None:
        for program_id in ("AYo_-7", "A" * 240):
            description = workout_labels.format_description(program_id, 52, 6)
            assert description is not None
            origin = WorkoutOrigin(52, 6, program_id)
            assert workout_labels.parse_origin(None, description) == origin
        assert workout_labels.parse_origin(
            workout_labels.format_title(52, 6), None
        ) == WorkoutOrigin(52, 6)

    @pytest.mark.parametrize(
        "text",
        ["pushoff:a/0/1", "pushoff:a/53/1", "pushoff:a/1/8", "pushoff:/1/1", "pushoff:a b/1/1"],
    )
    def test_ignores_impossible_weeks_and_sessions(self, text: str) -> None:
        assert workout_labels.parse_origin("Pushoff W0S1", text) is None


class TestTruncate:
    def test_does_not_split_characters(self) -> None:
        assert [workout_labels.truncate("aüb", size) for size in range(5)] == [
            "",
            "a",
            "a",
            "aü",
            "aüb",
        ]
