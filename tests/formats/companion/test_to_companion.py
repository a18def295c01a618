"""Planned sessions for companions: a step for each set, and a warning for what formats lack."""

from dataclasses import replace
from typing import Any, ClassVar

import pytest
from pydantic import TypeAdapter

from app.formats import steps
from app.formats.companion import to_companion
from app.formats.companion.companion_session import (
    CompanionSession,
    CompanionStep,
    RepsGoal,
    TimeGoal,
)
from app.formats.fit import workout
from app.training.catalog.exercises import EXERCISES
from app.training.planning.load import Load
from app.training.planning.week import Session
from tests.formats.sample_programs import (
    CORE,
    FIT_NAMES,
    LOADED,
    MACHINES,
    START,
    each_program,
    find_fit_names,
    plan,
)

PROGRAM = "AYoMAwIGAaSKVos"
SESSION = TypeAdapter(CompanionSession)


def plan_session(**fields: Any) -> Session:
    return plan(**{"level": "beginner", **fields}).weeks[0].sessions[0]


def convert(session: Session, week: int = 1) -> CompanionSession:
    return to_companion.convert_session(PROGRAM, week, session, FIT_NAMES)


def list_companion_steps(converted: CompanionSession) -> list[CompanionStep]:
    return [step for block in converted.blocks for step in block.steps]


def replace_set(session: Session, **changes: Any) -> Session:
    """Return the session with one exercise and one set, which is changed."""
    exercise = session.exercises[0]
    sets = (replace(exercise.sets[0], count=1, **changes),)
    return replace(session, exercises=(replace(exercise, sets=sets),))


def pointer_exists(document: Any, pointer: str) -> bool:
    """Return whether a JSON pointer points at a value, which may be null."""
    found = document
    for part in pointer.split("/")[1:]:
        if isinstance(found, list):
            found = {str(place): one for place, one in enumerate(found)}
        if not isinstance(found, dict) or part not in found:
            return False
        found = found[part]
    return True


class TestConvertSession:
    @each_program
    def test_has_every_step_in_order(self, fields: dict[str, Any]) -> None:
        for week in plan(**fields).weeks:
            for session in week.sessions:
                found = [
                    (one.exercise, one.side, one.set, one.rpe_target)
                    if one.phase == "work"
                    else one.goal
                    for one in list_companion_steps(convert(session, week.index))
                ]
                assert found == [summarise(session, step) for step in steps.list_steps(session)]

    def test_has_a_block_for_each_exercise_and_no_rest_at_the_end(self) -> None:
        session = plan_session()
        converted = convert(session)
        assert [block.exercise for block in converted.blocks] == [e.slug for e in session.exercises]
        ends = [block.steps[-1].phase for block in converted.blocks]
        assert ends == ["rest", "rest", "work"]

    def test_has_the_fields_to_send_back(self) -> None:
        session = plan_session(start_date=START)
        converted = convert(session, 7)
        assert (converted.program_id, converted.week, converted.session) == (
            PROGRAM,
            7,
            session.index,
        )
        assert (converted.title, converted.date) == (f"Pushoff W7S{session.index}", session.date)
        assert converted.est_minutes == session.est_minutes

    def test_keeps_the_id_of_a_changed_session(self) -> None:
        session = plan_session()
        changed = replace(session, exercises=session.exercises[:1])
        assert convert(session).id == convert(changed).id
        assert str(convert(session).id) == "6bd6767e-07a9-52df-b1a8-ffc3f3228f1a"

    def test_has_a_unique_id_for_each_session(self) -> None:
        weeks = plan(weeks=12).weeks
        ids = {convert(session, week.index).id for week in weeks for session in week.sessions}
        assert len(ids) == sum(len(week.sessions) for week in weeks)

    def test_is_strength_training_in_every_format(self) -> None:
        activity = convert(plan_session()).activity
        assert (activity.fit_sport, activity.fit_sub_sport) == (10, 20)
        assert (activity.health_connect, activity.health_connect_code) == ("strength_training", 70)
        assert (activity.health_kit, activity.health_kit_code) == (
            "traditionalStrengthTraining",
            50,
        )


def summarise(session: Session, step: steps.Step) -> object:
    exercise, one = step.find(session)
    if step.kind == "rest":
        return TimeGoal("time", exercise.rest_s, exercise.rest_s)
    return exercise.slug, one.side, step.number, one.rpe


class TestCompanionStep:
    def test_describes_a_set_in_words(self) -> None:
        session = plan_session()
        descriptions = [
            step.description
            for step in list_companion_steps(convert(session))
            if step.phase == "work"
        ]
        assert descriptions[0] == "Straight-leg calf raise: 15 to 20 reps"
        assert descriptions[4:6] == [
            "Step-up, left: 15 to 20 reps",
            "Step-up, right: 15 to 20 reps",
        ]

    def test_describes_one_number_without_a_range(self) -> None:
        (step,) = list_companion_steps(convert(replace_set(plan_session(), reps=12, reps_max=12)))
        assert step.goal == RepsGoal("reps", 12, 12)
        assert step.description == "Straight-leg calf raise: 12 reps"
        assert step.workout_kit.display_name == "Straight-leg calf raise · 12 reps"

    @pytest.mark.parametrize(
        ("load", "words"), [(Load(2.5, "kg"), "2.5 kg"), (Load(10, "lb"), "10 lb")]
    )
    def test_describes_the_load_in_its_unit(self, load: Load, words: str) -> None:
        changed = replace_set(plan_session(), load=load, side="right")
        (step,) = list_companion_steps(convert(changed))
        assert step.load == load
        assert step.description == f"Straight-leg calf raise, right: 15 to 20 reps with {words}"
        name = f"Straight-leg calf raise R · 15-20 reps · {words}"
        assert step.workout_kit.display_name == name

    def test_has_no_load_for_body_weight(self) -> None:
        assert {step.load for step in list_companion_steps(convert(plan_session()))} == {None}

    def test_has_no_exercise_in_a_rest(self) -> None:
        rest = list_companion_steps(convert(plan_session()))[1]
        assert (rest.phase, rest.goal) == ("rest", TimeGoal("time", 60, 60))
        of_exercise = (rest.exercise, rest.side, rest.set, rest.load, rest.rpe_target)
        assert of_exercise == (None,) * 5
        assert (rest.tempo, rest.fit) == (None, None)
        assert rest.description == "Rest 60 seconds"


class TestHold:
    session = plan_session(**CORE)
    steps_by_slug: ClassVar = {
        step.exercise: step
        for step in list_companion_steps(convert(session))
        if step.exercise is not None
    }

    def test_has_a_goal_in_seconds(self) -> None:
        step = self.steps_by_slug["side-plank-knees"]
        assert step.goal == TimeGoal("time", 20, 30)
        assert (step.tempo, step.load, step.rpe_target) == (None, None, 6)
        assert (step.workout_kit.purpose, step.workout_kit.goal) == ("work", "time")

    def test_is_described_in_words(self) -> None:
        step = self.steps_by_slug["side-plank-knees"]
        assert step.description == "Side plank from the knees, right: 20 to 30 seconds"
        assert step.workout_kit.display_name == "Side plank from the knees R · 20-30 s"

    def test_has_the_codes_of_other_vocabularies(self) -> None:
        codes = {
            slug: (
                step.health_connect.segment_type,
                step.health_connect.segment_code,
                step.fit and (step.fit.category_code, step.fit.name_code),
            )
            for slug, step in self.steps_by_slug.items()
        }
        assert codes["side-plank-knees"] == ("plank", 41, (19, 66))
        assert codes["bridge"] == ("hip_thrust", 25, (10, 11))
        assert codes["plank-knees"] == ("plank", 41, (19, 22))

    def test_has_repetitions_where_the_exercise_moves(self) -> None:
        step = self.steps_by_slug["bridge"]
        assert step.goal == RepsGoal("reps", 15, 20)
        assert step.workout_kit.goal == "open"


class TestLoadChoice:
    session = plan(**MACHINES).weeks[-1].sessions[0]

    def test_has_no_load(self) -> None:
        converted = convert(self.session)
        chosen = {block.exercise: block.load_choice for block in converted.blocks}
        assert chosen == {
            "leg-press-calf-raise": "to_rir",
            "seated-machine-calf-raise": "to_rir",
            "step-up-slow-lower": None,
        }
        assert {step.load for step in list_companion_steps(converted)} == {None}

    def test_is_described_in_words(self) -> None:
        press = list_companion_steps(convert(self.session))[0]
        name = "Calf raise on the leg press, one leg"
        dose = "6 to 8 reps with a weight that leaves 2 in reserve"
        assert press.description == f"{name}, left: {dose}"
        assert press.workout_kit.display_name == f"{name} L · 6-8 reps · 2 in reserve"


class TestFit:
    def test_depends_on_the_equipment(self) -> None:
        fields = {**LOADED, "equipment": ["chair", "backpack"], "weeks": 12}
        session = plan(**fields).weeks[5].sessions[0]
        names = find_fit_names(**fields)
        step = to_companion.convert_session(PROGRAM, 6, session, names).blocks[0].steps[0]
        assert step.exercise == "single-leg-calf-raise-loaded"
        assert step.fit is not None
        assert (step.fit.name_code, step.fit.exact) == (15, False)

    def test_has_names_and_numbers(self) -> None:
        step = list_companion_steps(convert(plan_session()))[0]
        assert step.fit is not None
        assert (step.fit.category, step.fit.category_code) == ("calf_raise", 1)
        assert (step.fit.name, step.fit.name_code) == ("standing_calf_raise", 18)
        assert step.fit.exact

    def test_is_not_exact_for_a_similar_name(self) -> None:
        similar = [
            s.fit
            for s in list_companion_steps(convert(plan_session()))
            if s.exercise == "bent-knee-calf-raise"
        ]
        assert [fit is not None and fit.exact for fit in similar] == [False] * len(similar)

    def test_is_null_without_a_fit_name(self) -> None:
        found = list_companion_steps(convert(plan_session(step_heights_cm=())))
        drives = [step for step in found if step.exercise == "standing-knee-drive"]
        assert drives
        assert {step.fit for step in drives} == {None}


class TestHealthConnect:
    def test_is_exact_for_the_plank_alone(self) -> None:
        exact = {
            step.exercise
            for week in plan(**CORE, level="intermediate").weeks
            for session in week.sessions
            for step in list_companion_steps(convert(session))
            if step.exercise is not None and step.health_connect.exact
        }
        assert exact == {"plank"}

    def test_has_the_nearest_type(self) -> None:
        work = [
            step
            for step in list_companion_steps(convert(plan_session()))
            if step.exercise is not None
        ]
        types = {
            EXERCISES[step.exercise or ""].track: (
                step.health_connect.segment_type,
                step.health_connect.segment_code,
            )
            for step in work
        }
        assert types == {
            "straight_knee": ("weightlifting", 65),
            "bent_knee": ("weightlifting", 65),
            "step_up": ("squat", 51),
        }
        assert {(s.health_connect.phase, s.health_connect.phase_code) for s in work} == {
            ("active", 3)
        }
        assert not any(step.health_connect.exact for step in work)

    def test_has_an_exact_type_for_rests(self) -> None:
        rest = list_companion_steps(convert(plan_session()))[1].health_connect
        assert (rest.segment_type, rest.segment_code, rest.phase, rest.phase_code) == (
            "rest",
            44,
            "rest",
            2,
        )
        assert rest.exact


class TestWorkoutKit:
    def test_has_an_open_goal_for_work_and_a_time_goal_for_rests(self) -> None:
        work, rest = list_companion_steps(convert(plan_session()))[:2]
        assert (work.workout_kit.purpose, work.workout_kit.goal) == ("work", "open")
        assert (rest.workout_kit.purpose, rest.workout_kit.goal) == ("recovery", "time")


class TestWarnings:
    @each_program
    def test_points_into_the_document(self, fields: dict[str, Any]) -> None:
        for session in plan(**fields).weeks[0].sessions:
            converted = convert(session)
            document = SESSION.dump_python(converted, mode="json")
            for warning in converted.warnings:
                assert pointer_exists(document, warning.pointer)
                assert warning.detail.endswith(".")
            assert not pointer_exists(document, "/blocks/0/steps/99/side")

    def test_lists_each_code_once_for_each_exercise_and_format(self) -> None:
        converted = convert(plan_session())
        keys = [(one.pointer.split("/")[2:3], one.format, one.code) for one in converted.warnings]
        assert all(keys.count(key) == 1 for key in keys)

    def test_lists_everything_that_a_format_cannot_express(self) -> None:
        changes = {"load": Load(10, "lb"), "side": "left"}
        warnings = convert(replace_set(plan_session(), **changes)).warnings
        found = {
            name: {w.code: w.pointer for w in warnings if w.format == name} for name in FORMATS
        }
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

    def test_lists_nothing_that_a_format_can_express(self) -> None:
        warnings = convert(replace_set(plan_session(), reps=12, reps_max=12)).warnings
        assert {w.code for w in warnings if w.format == "fit"} == {"tempo", "effort", "pain"}
        health_connect = {w.code for w in warnings if w.format == "health_connect"}
        assert health_connect == {"no_exact_name", "tempo", "pain"}

    def test_lists_what_is_lost_of_a_hold(self) -> None:
        session = plan_session(**CORE)
        hold = replace(session, exercises=session.exercises[5:])
        assert hold.exercises[0].slug == "plank-knees"
        found = {(one.format, one.code): one.pointer for one in convert(hold).warnings}
        at = "/blocks/0/steps/0/goal/seconds_max"
        ranges = {name: pointer for (name, code), pointer in found.items() if code == "hold_range"}
        assert ranges == dict.fromkeys(FORMATS, at)
        codes = {code for _, code in found}
        assert codes == {"no_exact_name", "effort", "hold_range", "pain"}

    def test_lists_a_load_of_the_runners_choice(self) -> None:
        found = convert(TestLoadChoice.session).warnings
        chosen = [(one.format, one.pointer) for one in found if one.code == "load_choice"]
        pointers = ["/blocks/0/steps/0/load", "/blocks/1/steps/0/load"]
        assert chosen == [(name, pointer) for pointer in pointers for name in FORMATS]

    @pytest.mark.parametrize(
        "fields", [LOADED, {"units": "imperial", **LOADED}, {}, CORE, {**LOADED, **CORE}]
    )
    def test_equals_the_warnings_of_the_fit_workout(self, fields: dict[str, Any]) -> None:
        session = plan_session(**fields)
        found = {
            (w.code, w.detail) for w in convert(session).warnings if w.format == "fit" and w.pointer
        }
        remarks = workout.list_warnings(session, FIT_NAMES)
        assert found == {(remark.code, remark.detail) for remark in remarks}


FORMATS = ("fit", "health_connect", "workout_kit")
