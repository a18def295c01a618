"""Tests of the text of a session: it holds everything that is planned and nothing else."""

from dataclasses import replace
from typing import Any, cast

from app.formats.ical import session_text
from app.training.planning.spec import SpecFields
from app.training.planning.week import Prescription, Session, Week
from tests.training.journal import P2, Journal, sets
from tests.training.strategies import plan_program


def first_session(**fields: Any) -> tuple[Week, Session]:
    """The first session of a programme."""
    week = plan_program(**cast(SpecFields, fields)).weeks[0]
    return week, week.sessions[0]


def format_sets(exercise: Prescription) -> list[str]:
    return list(session_text.format_sets(exercise))


class TestFormatSession:
    def test_has_the_lines_of_each_exercise(self) -> None:
        week, session = first_session()
        calf, _, step = session_text.format_session(week, session).split("\n\n")[1:]
        assert calf.splitlines()[:3] == [
            "1. Straight-leg calf raise",
            "2 sets of 15 to 20 repetitions, body weight.",
            "Tempo: 2 s up, 1 s hold, 3 s down. Rest 60 s after each set.",
        ]
        assert step.splitlines()[:4] == [
            "3. Step-up",
            "2 sets of 15 to 20 repetitions, body weight, on each leg, left first.",
            "Step height: 18 cm.",
            "Tempo: 1 s up, 1 s hold, 2 s down. Rest 60 s after both legs.",
        ]
        assert "End each set with about 4 repetitions in reserve." in calf
        assert calf.endswith(
            "Why: Your starting point, chosen from your level, test and equipment."
        )

    def test_has_all_cues_reasons_and_advice(self) -> None:
        week, session = first_session(run_schedule=("hard",) * 7)
        text = session_text.format_session(week, session)
        assert session.timing_advice
        for exercise in session.exercises:
            assert all(f"- {cue}\n" in text for cue in exercise.cues)
            assert exercise.reason.sentence in text
        assert all(advice.sentence in text for advice in session.timing_advice)

    def test_starts_with_the_week_and_the_minutes(self) -> None:
        week, session = first_session()
        assert session_text.format_session(week, session).startswith(
            f"Week 1, session 1. About {session.est_minutes} minutes, warm-up included.\n"
        )

    def test_has_the_session_type_in_its_title(self) -> None:
        week = plan_program(weekdays=(0, 1, 3, 4)).weeks[1]
        assert [session_text.format_title(week, one) for one in week.sessions[:2]] == [
            "Pushoff W2S1: calf raises",
            "Pushoff W2S2: step-ups",
        ]


class TestFormatSets:
    def test_has_the_load_in_its_unit(self) -> None:
        program = plan_program(level="advanced", units="imperial", equipment=("chair", "dumbbell"))
        exercises = program.weeks[-1].sessions[0].exercises
        loads = [exercise for exercise in exercises if exercise.sets[0].load is not None]
        assert loads
        for exercise in loads:
            assert f", {exercise.sets[0].load:g} lb" in format_sets(exercise)[0]

    def test_starts_with_the_weaker_leg(self) -> None:
        week = Journal(**P2).train(weeks=4).train(sets("SK", side="right", reps=12, rir=0)).week
        exercise = week.sessions[0].exercises[0]
        assert format_sets(exercise) == [
            "4 sets of 15 repetitions, body weight, right leg.",
            "3 sets of 15 repetitions, body weight, left leg.",
        ]
        pairs = replace(exercise, sets=exercise.sets[:-1])
        assert format_sets(pairs) == [
            "3 sets of 15 repetitions, body weight, on each leg, right first."
        ]

    def test_lists_different_sets_one_by_one(self) -> None:
        _, session = first_session()
        one, two = session.exercises[0].sets
        harder = replace(two, reps_target=12, reps_max=12, load=2.5, load_unit="kg")
        exercise = replace(session.exercises[0], sets=(one, harder))
        assert format_sets(exercise) == [
            "1 set of 15 to 20 repetitions, body weight.",
            "1 set of 12 repetitions, 2.5 kg.",
        ]

    def test_names_a_single_side(self) -> None:
        _, session = first_session()
        step = session.exercises[2]
        left = replace(step, sets=tuple(one for one in step.sets if one.side == "left"))
        assert format_sets(left) == ["2 sets of 15 to 20 repetitions, body weight, left leg."]
