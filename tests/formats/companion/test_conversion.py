"""Planned sessions for companions: every set a step that can be mapped, every loss pointed at."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter

from app.formats import steps
from app.formats.companion import conversion
from app.formats.companion.companion_session import (
    CompanionSession,
    CompanionStep,
    RepsGoal,
    TimeGoal,
)
from app.formats.fit import workout
from app.training.catalog.exercises import EXERCISES
from app.training.log.completed import Load
from app.training.planning.week import Session
from tests.formats.sample_programs import LOADED, START, each_program, plan

PROGRAM = "AYoMAwIGAaSKVos"
SESSION = TypeAdapter(CompanionSession)


def a_session(**fields: Any) -> Session:
    return plan(**{"level": "beginner", **fields}).weeks[0].sessions[0]


def write(session: Session, week: int = 1) -> CompanionSession:
    return conversion.convert_session(PROGRAM, week, session)


def flatten(told: CompanionSession) -> list[CompanionStep]:
    return [step for block in told.blocks for step in block.steps]


def with_set(session: Session, **changes: Any) -> Session:
    """A session of one exercise with one set that is different."""
    exercise = session.exercises[0]
    sets = (replace(exercise.sets[0], **changes),)
    return replace(session, exercises=(replace(exercise, sets=sets),))


def leads_somewhere(document: Any, pointer: str) -> bool:
    """Whether there is something where a JSON pointer leads, be it null."""
    found = document
    for part in pointer.split("/")[1:]:
        if isinstance(found, list):
            found = {str(place): one for place, one in enumerate(found)}
        if not isinstance(found, dict) or part not in found:
            return False
        found = found[part]
    return True


class TestPlan:
    @each_program
    def test_has_every_step_in_order(self, fields: dict[str, Any]) -> None:
        for week in plan(**fields).weeks:
            for session in week.sessions:
                told = [
                    (one.exercise, one.side, one.set, one.rpe_target)
                    if one.phase == "work"
                    else one.goal
                    for one in flatten(write(session, week.index))
                ]
                assert told == [expect(session, step) for step in steps.list_steps(session)]

    def test_has_a_block_for_each_exercise_and_no_rest_at_the_end(self) -> None:
        session = a_session()
        told = write(session)
        assert [block.exercise for block in told.blocks] == [e.slug for e in session.exercises]
        ends = [block.steps[-1].phase for block in told.blocks]
        assert ends == ["rest", "rest", "work"]

    def test_says_what_to_send_back(self) -> None:
        session = a_session(start_date=START)
        told = write(session, 7)
        assert (told.program_id, told.week, told.session) == (PROGRAM, 7, session.index)
        assert (told.title, told.date) == (f"Pushoff W7S{session.index}", session.date)
        assert told.est_minutes == session.est_minutes

    def test_keeps_its_id_when_the_session_changes(self) -> None:
        session = a_session()
        changed = replace(session, exercises=session.exercises[:1])
        assert write(session).id == write(changed).id
        assert str(write(session).id) == "6bd6767e-07a9-52df-b1a8-ffc3f3228f1a"

    def test_has_an_id_of_its_own_for_each_session(self) -> None:
        weeks = plan(weeks=12).weeks
        ids = {write(session, week.index).id for week in weeks for session in week.sessions}
        assert len(ids) == sum(len(week.sessions) for week in weeks)

    def test_is_strength_training_everywhere(self) -> None:
        activity = write(a_session()).activity
        assert (activity.fit_sport, activity.fit_sub_sport) == (10, 20)
        assert (activity.health_connect, activity.health_connect_code) == ("strength_training", 70)
        assert (activity.health_kit, activity.health_kit_code) == (
            "traditionalStrengthTraining",
            50,
        )


def expect(session: Session, step: steps.Step) -> object:
    if step.seconds is not None:
        return TimeGoal("time", step.seconds)
    exercise, one = step.find(session)
    return exercise.slug, one.side, one.n, one.rpe_target


class TestStep:
    def test_tells_a_set_in_words(self) -> None:
        session = a_session()
        told = [step.description for step in flatten(write(session)) if step.phase == "work"]
        assert told[0] == "Straight-leg calf raise: 15 to 20 reps"
        assert told[4:6] == ["Step-up, left: 15 to 20 reps", "Step-up, right: 15 to 20 reps"]

    def test_tells_one_number_where_there_is_no_range(self) -> None:
        (step,) = flatten(write(with_set(a_session(), reps_target=12, reps_max=12)))
        assert step.goal == RepsGoal("reps", 12, 12)
        assert step.description == "Straight-leg calf raise: 12 reps"
        assert step.workout_kit.display_name == "Straight-leg calf raise · 12 reps"

    @pytest.mark.parametrize(
        ("load", "unit", "words"), [(2.5, "kg", "2.5 kg"), (10.0, "lb", "10 lb")]
    )
    def test_tells_the_load_in_its_unit(self, load: float, unit: str, words: str) -> None:
        changes = {"load": load, "load_unit": unit, "side": "right"}
        (step,) = flatten(write(with_set(a_session(), **changes)))
        assert step.load == Load(load, "lb" if unit == "lb" else "kg")
        assert step.description == f"Straight-leg calf raise, right: 15 to 20 reps with {words}"
        name = f"Straight-leg calf raise R · 15-20 reps · {words}"
        assert step.workout_kit.display_name == name

    def test_knows_no_load_for_body_weight(self) -> None:
        assert {step.load for step in flatten(write(a_session()))} == {None}

    def test_of_rest_has_nothing_of_an_exercise(self) -> None:
        rest = flatten(write(a_session()))[1]
        assert (rest.phase, rest.goal) == ("rest", TimeGoal("time", 60))
        of_exercise = (rest.exercise, rest.side, rest.set, rest.load, rest.rpe_target)
        assert of_exercise == (None,) * 5
        assert (rest.tempo, rest.fit) == (None, None)
        assert rest.description == "Rest 60 seconds"


class TestFit:
    def test_has_names_and_numbers(self) -> None:
        step = flatten(write(a_session()))[0]
        assert step.fit is not None
        assert (step.fit.category, step.fit.category_code) == ("calf_raise", 1)
        assert (step.fit.name, step.fit.name_code) == ("standing_calf_raise", 18)
        assert step.fit.exact

    def test_says_what_is_only_near(self) -> None:
        near = [s.fit for s in flatten(write(a_session())) if s.exercise == "bent-knee-calf-raise"]
        assert [fit is not None and fit.exact for fit in near] == [False] * len(near)

    def test_is_null_where_fit_has_no_name(self) -> None:
        told = flatten(write(a_session(step_heights_cm=())))
        drives = [step for step in told if step.exercise == "standing-knee-drive"]
        assert drives
        assert {step.fit for step in drives} == {None}


class TestHealthConnect:
    def test_has_the_nearest_types_and_never_calls_them_exact(self) -> None:
        work = [step for step in flatten(write(a_session())) if step.exercise is not None]
        told = {
            EXERCISES[step.exercise or ""].track: (
                step.health_connect.segment_type,
                step.health_connect.segment_code,
            )
            for step in work
        }
        assert told == {
            "straight_knee": ("weightlifting", 65),
            "bent_knee": ("weightlifting", 65),
            "step_up": ("squat", 51),
        }
        assert {(s.health_connect.phase, s.health_connect.phase_code) for s in work} == {
            ("active", 3)
        }
        assert not any(step.health_connect.exact for step in work)

    def test_has_rests_of_its_own(self) -> None:
        rest = flatten(write(a_session()))[1].health_connect
        assert (rest.segment_type, rest.segment_code, rest.phase, rest.phase_code) == (
            "rest",
            44,
            "rest",
            2,
        )
        assert rest.exact


class TestWorkoutKit:
    def test_leaves_work_open_and_times_rests(self) -> None:
        work, rest = flatten(write(a_session()))[:2]
        assert (work.workout_kit.purpose, work.workout_kit.goal) == ("work", "open")
        assert (rest.workout_kit.purpose, rest.workout_kit.goal) == ("recovery", "time")


class TestWarnings:
    @each_program
    def test_point_into_this_document(self, fields: dict[str, Any]) -> None:
        for session in plan(**fields).weeks[0].sessions:
            told = write(session)
            document = SESSION.dump_python(told, mode="json")
            for warning in told.warnings:
                assert leads_somewhere(document, warning.pointer)
                assert warning.detail.endswith(".")
            assert not leads_somewhere(document, "/blocks/0/steps/99/side")

    def test_name_each_loss_once_for_each_exercise_and_format(self) -> None:
        told = write(a_session())
        marks = [(one.pointer.split("/")[2:3], one.format, one.code) for one in told.warnings]
        assert all(marks.count(mark) == 1 for mark in marks)

    def test_name_all_that_is_lost(self) -> None:
        changes = {"load": 10.0, "load_unit": "lb", "side": "left"}
        told = write(with_set(a_session(), **changes)).warnings
        found = {name: {w.code: w.pointer for w in told if w.format == name} for name in FORMATS}
        at = "/blocks/0/steps/0/"
        assert found["fit"] == {
            "tempo": f"{at}tempo",
            "effort": f"{at}rpe_target",
            "side": f"{at}side",
            "rep_range": f"{at}goal/reps_max",
            "load_unit": f"{at}load/unit",
            "pain": "",
        }
        assert found["health_connect"] == {
            "no_exact_name": f"{at}health_connect/segment_type",
            "tempo": f"{at}tempo",
            "side": f"{at}side",
            "rep_range": f"{at}goal/reps_max",
            "pain": "",
        }
        assert found["workout_kit"] == {
            "no_exact_name": f"{at}workout_kit/display_name",
            "tempo": f"{at}tempo",
            "effort": f"{at}rpe_target",
            "side": f"{at}side",
            "reps": f"{at}goal/reps",
            "load": f"{at}load",
            "pain": "",
        }

    def test_name_nothing_that_a_format_can_say(self) -> None:
        told = write(with_set(a_session(), reps_target=12, reps_max=12)).warnings
        assert {w.code for w in told if w.format == "fit"} == {"tempo", "effort", "pain"}
        health_connect = {w.code for w in told if w.format == "health_connect"}
        assert health_connect == {"no_exact_name", "tempo", "pain"}

    @pytest.mark.parametrize("fields", [LOADED, {"units": "imperial", **LOADED}, {}])
    def test_have_the_same_words_for_fit_as_its_workouts(self, fields: dict[str, Any]) -> None:
        session = a_session(**fields)
        mine = {
            (w.code, w.detail) for w in write(session).warnings if w.format == "fit" and w.pointer
        }
        assert mine == {(remark.code, remark.detail) for remark in workout.list_warnings(session)}


FORMATS = ("fit", "health_connect", "workout_kit")
