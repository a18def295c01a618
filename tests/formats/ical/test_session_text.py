"""Tests of the text of a session: it holds everything that is planned and nothing else."""

import re
from dataclasses import replace
from typing import Any

import pytest

from app.formats.ical import session_text
from app.training.planning.load import Load
from app.training.planning.spec import HeelRiseTest
from app.training.planning.week import Prescription, Session, Week
from tests.formats.sample_programs import CORE, MACHINES, SPECS, plan


def first_session(**fields: Any) -> tuple[Week, Session]:
    """The first session of a programme."""
    week = plan(**fields).weeks[0]
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
        assert calf.endswith("Why: Your starting point, from what you told us.")

    def test_has_all_cues_reasons_and_advice(self) -> None:
        week, session = first_session(run_schedule=("hard",) * 7)
        text = session_text.format_session(week, session)
        assert session.timing_advice
        for exercise in session.exercises:
            assert all(f"- {cue}\n" in text for cue in exercise.exercise.cues)
            assert f"\nWhy: {week.find_reason(exercise.track).sentence}" in text
        assert all(advice.sentence in text for advice in session.timing_advice)

    def test_starts_with_the_week_and_the_minutes(self) -> None:
        week, session = first_session()
        assert session_text.format_session(week, session).startswith(
            f"Week 1, session 1. About {session.est_minutes} minutes, warm-up included.\n"
        )

    def test_has_the_session_type_in_its_title(self) -> None:
        week = plan(weekdays=(0, 1, 3, 4)).weeks[1]
        assert [session_text.format_title(week, one) for one in week.sessions[:2]] == [
            "Pushoff W2S1: calf raises",
            "Pushoff W2S2: step-ups",
        ]

    def test_prefers_the_reason_of_the_exercise_to_that_of_its_track(self) -> None:
        week, session = first_session()
        own = replace(week.find_reason("step_up"), sentence="Only today.")
        exercises = (replace(session.exercises[0], reason=own), *session.exercises[1:])
        text = session_text.format_session(week, replace(session, exercises=exercises))
        assert text.count("\nWhy: Only today.") == 1
        assert f"\nWhy: {week.find_reason('bent_knee').sentence}" in text

    def test_has_the_lines_of_a_hold(self) -> None:
        week, session = first_session(**CORE)
        plank = session_text.format_session(week, session).split("\n\n")[4]
        assert plank.splitlines()[:5] == [
            "4. Side plank from the knees",
            "2 sets of 20 to 30 seconds, body weight, on each side, left first.",
            "Rest 60 s after both sides.",
            "End each set with about 20 seconds in reserve.",
            "- Elbow under the shoulder; push the floor away.",
        ]

    def test_names_everything_that_a_session_holds_in_its_title(self) -> None:
        contents = "calf raises, step-ups, side planks, bridges and planks"
        assert session_text.format_title(*first_session(**CORE)) == f"Pushoff W1S1: {contents}"

    def test_has_a_title_without_exercises(self) -> None:
        week, session = first_session()
        empty = replace(session, exercises=())
        assert session_text.format_title(week, empty) == "Pushoff W1S1"

    def test_lets_the_runner_choose_the_load_of_an_alternative(self) -> None:
        week = plan(**MACHINES).weeks[-1]
        press = session_text.format_session(week, week.sessions[0]).split("\n\n")[1]
        assert press.splitlines()[:4] == [
            "1. Calf raise on the leg press, one leg",
            "4 sets of 6 to 8 repetitions, a weight of your choice, on each leg, left first.",
            "Tempo: 2 s up, 1 s hold, 3 s down. Rest 120 s after both legs.",
            "Take a weight that leaves about 2 repetitions in reserve at the end of each set.",
        ]

    @pytest.mark.parametrize("fields", SPECS.values(), ids=list(SPECS))
    def test_has_names_and_no_codes(self, fields: dict[str, Any]) -> None:
        code = re.compile(r"\w_\w|\b(?:SK|BK|SU|SP|BR|PL)\d\b|\bNone\b|[{}]")
        for week in plan(**fields).weeks:
            for session in week.sessions:
                text = session_text.format_session(week, session)
                assert code.search(text) is None
                assert code.search(session_text.format_title(week, session)) is None


class TestFormatSets:
    def test_has_the_load_in_its_unit(self) -> None:
        program = plan(level="advanced", units="imperial", equipment=("chair", "dumbbell"))
        exercises = program.weeks[-1].sessions[0].exercises
        loads = {exercise: exercise.sets[0].load for exercise in exercises}
        assert None not in loads.values()
        for exercise, load in loads.items():
            assert load is not None
            assert f", {load.value:g} lb" in format_sets(exercise)[0]

    def test_starts_with_the_weaker_leg(self) -> None:
        weak = HeelRiseTest(left=30, right=22, surface=None)
        exercise = next(
            exercise
            for week in plan(level="advanced", heel_rise_test=weak).weeks
            for session in week.sessions
            for exercise in session.exercises
            if len({planned.count for planned in exercise.sets}) == 2
        )
        extra, fewer = exercise.sets
        assert (extra.side, extra.count) == ("right", fewer.count + 1)
        dose = f"{extra.reps} to {extra.reps_max} repetitions, body weight"
        assert format_sets(exercise) == [
            f"{extra.count} sets of {dose}, right leg.",
            f"{fewer.count} sets of {dose}, left leg.",
        ]
        pairs = replace(exercise, sets=(replace(extra, count=fewer.count), fewer))
        assert format_sets(pairs)[0].endswith(", body weight, on each leg, right first.")

    def test_lists_different_sets_one_by_one(self) -> None:
        _, session = first_session()
        (same,) = session.exercises[0].sets
        one = replace(same, count=1)
        harder = replace(one, reps=12, reps_max=12, load=Load(2.5, "kg"))
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
