"""The steps of a session: left and right back to back, rests between sets, none at the end."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import Any

from app.formats import steps
from app.training.adapting import simulation
from app.training.planning.spec import HeelRiseTest
from app.training.planning.week import Session
from tests.formats.sample_programs import CORE, LOADED, each_program, plan


def plan_session(**fields: Any) -> Session:
    return plan(**fields).weeks[0].sessions[0]


class TestListSteps:
    @each_program
    def test_has_every_set_once(self, fields: dict[str, Any]) -> None:
        for week in plan(**fields).weeks:
            for session in week.sessions:
                work = [step for step in steps.list_steps(session) if step.kind == "work"]
                assert Counter((step.exercise, step.sets) for step in work) == {
                    (index, place): planned.count
                    for index, exercise in enumerate(session.exercises)
                    for place, planned in enumerate(exercise.sets)
                }
                assert len({(step.exercise, step.sets, step.number) for step in work}) == len(work)

    @each_program
    def test_does_the_sets_in_the_order_of_the_programme(self, fields: dict[str, Any]) -> None:
        for week in plan(**fields).weeks:
            for session in week.sessions:
                work = [step for step in steps.list_steps(session) if step.kind == "work"]
                assert [(step.number, step.find(session)[1]) for step in work] == [
                    numbered
                    for exercise in session.exercises
                    for numbered in simulation.list_sets(exercise)
                ]

    def test_puts_left_and_right_back_to_back(self) -> None:
        session = plan_session(**LOADED)
        found = [
            step.kind if step.kind == "rest" else step.find(session)[1].side
            for step in steps.list_steps(session)
        ]
        assert found[:6] == ["left", "right", "rest", "left", "right", "rest"]
        numbers = [step.number for step in steps.list_steps(session)]
        assert numbers[:6] == [1, 1, 1, 2, 2, 2]

    def test_rests_after_each_set_of_both_legs(self) -> None:
        session = plan_session(level="beginner")
        assert {one.side for one in session.exercises[0].sets} == {"both"}
        kinds = [step.kind for step in steps.list_steps(session)]
        assert kinds[:4] == ["work", "rest", "work", "rest"]

    def test_rests_as_long_as_the_exercise_says_also_between_exercises(self) -> None:
        session = plan_session(**LOADED)
        flat = steps.list_steps(session)
        rests = [step for step in flat if step.kind == "rest"]
        assert all(s.find_seconds(session) == s.find(session)[0].rest_s for s in rests)
        for before, after in pairwise(flat):
            if before.exercise != after.exercise:
                assert before.kind == "rest"

    @each_program
    def test_does_not_rest_after_the_last_set(self, fields: dict[str, Any]) -> None:
        sessions = [session for week in plan(**fields).weeks for session in week.sessions]
        assert all(steps.list_steps(session)[-1].kind == "work" for session in sessions)

    def test_puts_a_rest_after_an_extra_set_of_one_side(self) -> None:
        uneven = {"weeks": 8, "heel_rise_test": HeelRiseTest(35, 25, None), **LOADED}
        session = next(
            session
            for week in plan(**uneven).weeks
            for session in week.sessions
            if len({planned.count for planned in session.exercises[0].sets}) > 1
        )
        flat = [step for step in steps.list_steps(session) if step.exercise == 0]
        assert [step.kind for step in flat[-4:]] == ["work", "rest", "work", "rest"]
        assert flat[-2].find(session)[1].side == "right"

    def test_returns_no_steps_without_exercises(self) -> None:
        assert steps.list_steps(replace(plan_session(), exercises=())) == ()


class TestFindSeconds:
    def test_is_the_time_of_a_hold_or_a_rest_and_unknown_for_repetitions(self) -> None:
        session = plan_session(**CORE, level="beginner")
        found = {
            (step.find(session)[0].slug, step.kind): step.find_seconds(session)
            for step in steps.list_steps(session)
        }
        assert found["straight-leg-calf-raise", "work"] is None
        assert found["side-plank-knees", "work"] == 20
        assert found["side-plank-knees", "rest"] == 60
        assert found["straight-leg-calf-raise", "rest"] == 60
