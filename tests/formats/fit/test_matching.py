"""Round trips: a workout goes to a watch, and every exercise, side, repetition and load comes back.

If a watch drops the notes and names, the caller's programme must provide what they say.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.formats import steps
from app.formats.fit import activity, workout
from app.formats.fit.workout_lines import Layout
from app.formats.imported_file import ImportContext, ImportedFile
from app.training.catalog.exercises import EXERCISES
from app.training.log import set_records
from app.training.log.completed import CompletedSession, CompletedSet, Target
from app.training.planning import plan_constants
from app.training.planning.week import PlannedSets, Prescription, Session, Week
from tests.formats.fit import raw_fit, watch_simulator
from tests.formats.fit.watch_simulator import START, WatchOptions
from tests.formats.sample_programs import (
    CORE,
    FIT_NAMES,
    LOADED,
    MACHINES,
    SPECS,
    find_fit_names,
    plan,
)

PROGRAM = "AYoMAwIGAaSKVos"
CONTEXT = ImportContext("runner-7", datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC))
DATED = {"start_date": datetime.date(2026, 9, 7), "weeks": 12}
ATHLETES = {
    "beginner": {"weeks": 6, "level": "beginner"},
    "without a step": {"weeks": 6, "step_heights_cm": ()},
    "intermediate": {"weeks": 6, "level": "intermediate"},
    "kilograms": {**LOADED, "weeks": 6, "load_increment": 0.25},
    "pounds": {**LOADED, "weeks": 6, "units": "imperial"},
    "core": {**CORE, "weeks": 6},
    "machines": {**MACHINES, "weeks": 12},
}
each_layout = pytest.mark.parametrize("layout", ["flat", "repeat"])
each_athlete = pytest.mark.parametrize("fields", ATHLETES.values(), ids=list(ATHLETES))


def record(
    week: Week, session: Session, options: WatchOptions | None = None, **context: Any
) -> CompletedSession:
    """Return the session that comes back from a watch."""
    layout: Layout | None = context.pop("layout", None)
    planned = workout.write(PROGRAM, week.index, session, FIT_NAMES, layout)
    (found,) = read(watch_simulator.perform(planned, options), **context).sessions
    return found


def read(data: bytes, **context: Any) -> ImportedFile:
    return activity.read(data, replace(CONTEXT, fit_names=FIT_NAMES, **context))


def list_planned(session: Session) -> list[tuple[Prescription, PlannedSets]]:
    return [step.find(session) for step in steps.list_steps(session) if step.kind == "work"]


def expect(session: Session) -> Iterator[tuple[Any, ...]]:
    """Yield what is planned for each set, in kilograms. A load that the runner chooses, but does
    not tell the watch, is unknown.
    """
    for exercise, one in list_planned(session):
        kg = one.load.kg if one.load else 0
        target = Target(one.reps, one.load.value if one.load else None)
        yield (
            exercise.slug,
            one.side,
            one.reps if one.seconds is None else f"{one.seconds} s",
            kg if exercise.load_choice is None else None,
            None if target == Target() else target,
        )


def summarise(sets: Sequence[CompletedSet]) -> Iterator[tuple[Any, ...]]:
    """Yield what came back for each set."""
    for one in sets:
        hold = EXERCISES[one.exercise].unit == "seconds"
        dose = f"{one.duration_s:g} s" if hold and one.reps is None else one.reps
        yield one.exercise, one.side, dose, one.load_kg, one.prescribed


def sample_sessions(weeks: Sequence[Week], every: int = 4) -> Sequence[tuple[Week, Session]]:
    """Return every nth session of a programme, with its week."""
    return [(week, session) for week in weeks for session in week.sessions][::every]


class TestRoundTrip:
    @each_layout
    @each_athlete
    def test_restores_all_values(self, layout: Layout, fields: dict[str, Any]) -> None:
        for week, session in sample_sessions(plan(**fields).weeks):
            found = record(week, session, layout=layout)
            assert list(summarise(found.sets)) == list(expect(session))
            assert (found.program_id, found.week, found.session) == (
                PROGRAM,
                week.index,
                session.index,
            )
            assert found.status == "completed"

    @each_layout
    @each_athlete
    def test_restores_all_values_without_notes(
        self, layout: Layout, fields: dict[str, Any]
    ) -> None:
        weeks = plan(**fields).weeks
        for week, session in sample_sessions(weeks):
            found = record(
                week, session, WatchOptions(keeps_notes=False), layout=layout, weeks=weeks
            )
            assert list(summarise(found.sets)) == list(expect(session))

    @each_layout
    @each_athlete
    def test_restores_all_values_without_texts_if_the_programme_is_named(
        self, layout: Layout, fields: dict[str, Any]
    ) -> None:
        weeks = plan(**{**fields, **DATED, "weeks": 6}).weeks
        for week, session in sample_sessions(weeks):
            assert session.date is not None
            noon = datetime.datetime.combine(session.date, datetime.time(12), datetime.UTC)
            silent = WatchOptions(noon, keeps_title=False, keeps_names=False, keeps_notes=False)
            found = record(week, session, silent, layout=layout, weeks=weeks, program_id=PROGRAM)
            assert list(summarise(found.sets)) == list(expect(session))
            assert (found.week, found.session) == (week.index, session.index)

    @pytest.mark.parametrize("fields", SPECS.values(), ids=list(SPECS))
    def test_restores_programmes_of_all_kinds(self, fields: dict[str, Any]) -> None:
        for week, session in sample_sessions(plan(**fields).weeks, 9):
            assert list(summarise(record(week, session).sets)) == list(expect(session))

    def test_restores_pounds_without_note_and_programme(self) -> None:
        week = plan(**LOADED, weeks=6, units="imperial").weeks[3]
        found = record(week, week.sessions[0], WatchOptions(keeps_notes=False))
        assert list(summarise(found.sets)) == list(expect(week.sessions[0]))

    def test_restores_a_partial_session(self) -> None:
        week = plan(weeks=6).weeks[0]
        found = record(week, week.sessions[0], WatchOptions(skipped=2), layout="repeat")
        assert found.status == "partial"
        assert list(summarise(found.sets)) == list(expect(week.sessions[0]))[:-2]


class TestOrigin:
    week = plan(weeks=6).weeks[1]
    session = week.sessions[0]

    def test_is_the_programme_of_the_request(self) -> None:
        planned = workout.write(PROGRAM, 2, self.session, FIT_NAMES)
        found = read(watch_simulator.perform(planned), program_id="another")
        assert found.sessions[0].program_id == "another"
        assert "other_program" in [remark.code for remark in found.remarks]

    def test_has_no_week_without_a_programme(self) -> None:
        planned = workout.write("A" * 300, 2, self.session, FIT_NAMES)
        (unnamed,) = read(watch_simulator.perform(planned)).sessions
        assert (unnamed.program_id, unnamed.week, unnamed.session) == (None, None, None)
        (named,) = read(watch_simulator.perform(planned), program_id="AYo").sessions
        assert (named.program_id, named.week, named.session) == ("AYo", 2, 1)

    def test_is_unknown_between_equal_sessions(self) -> None:
        weeks = plan(weeks=6).weeks
        silent = WatchOptions(keeps_title=False, keeps_names=False, keeps_notes=False)
        assert list(expect(weeks[0].sessions[0])) == list(expect(weeks[0].sessions[1]))
        found = record(weeks[0], weeks[0].sessions[0], silent, weeks=weeks, program_id=PROGRAM)
        assert list(summarise(found.sets)) == list(expect(weeks[0].sessions[0]))
        assert (found.week, found.session) == (None, None)


class TestHold:
    week = plan(**CORE, weeks=6).weeks[0]
    session = week.sessions[0]

    def test_comes_back_in_seconds(self) -> None:
        holds = [
            one
            for one in record(self.week, self.session).sets
            if EXERCISES[one.exercise].unit == "seconds"
        ]
        assert [(one.exercise, one.side, one.duration_s) for one in holds] == [
            *[("side-plank-knees", side, 20) for side in ("left", "right")] * 2,
            *[("plank-knees", "both", 20)] * 2,
        ]
        assert {(one.reps, one.prescribed) for one in holds} == {(None, None)}

    def test_counts_for_the_programme(self) -> None:
        found = record(self.week, self.session)
        constants = plan_constants.derive(plan(**CORE, weeks=6).spec)
        assert len(found.sets) == len(list_planned(self.session))
        for one in found.sets:
            assert set_records.find_set_problem(constants, one) is None
            assert set_records.find_work_problem(constants, one) is None

    def test_makes_a_session_partial_if_it_is_left_out(self) -> None:
        assert record(self.week, self.session).status == "completed"
        # The last set, which is a hold, and the rest before it.
        found = record(self.week, self.session, WatchOptions(skipped=2))
        assert found.status == "partial"

    @each_layout
    def test_is_found_by_the_programme_alone(self, layout: Layout) -> None:
        weeks = plan(**{**CORE, **DATED, "weeks": 6}).weeks
        silent = WatchOptions(keeps_title=False, keeps_names=False, keeps_notes=False)
        found = record(weeks[0], weeks[0].sessions[0], silent, layout=layout, weeks=weeks)
        assert list(summarise(found.sets)) == list(expect(weeks[0].sessions[0]))

    def test_is_found_by_its_code_without_a_workout(self) -> None:
        found = record(self.week, self.session, WatchOptions(embeds=False), weeks=(self.week,))
        holds = {one.exercise: one.duration_s for one in found.sets if one.reps is None}
        assert holds == {"side-plank-knees": 20, "plank-knees": 20}


class TestLoadChoice:
    week = plan(**MACHINES).weeks[-1]
    session = week.sessions[0]

    def test_has_an_unknown_load_unless_the_runner_enters_one(self) -> None:
        found = record(self.week, self.session)
        loads = {one.exercise: one.load_kg for one in found.sets}
        assert loads == {
            "leg-press-calf-raise": None,
            "seated-machine-calf-raise": None,
            "step-up-slow-lower": 0,
        }

    def test_keeps_a_load_that_the_runner_enters(self) -> None:
        planned = watch_simulator.read(workout.write(PROGRAM, 26, self.session, FIT_NAMES))
        entered = [{**line, 12: 4000} if line.get(8) else line for line in planned["workout_step"]]
        performed = watch_simulator.unroll(entered)
        data = watch_simulator.write(planned, performed, WatchOptions())
        one = read(data).sessions[0].sets[0]
        assert (one.exercise, one.load_kg) == ("leg-press-calf-raise", 40)


def test_matches_the_names_that_the_equipment_calls_for() -> None:
    fields = {**LOADED, **DATED, "equipment": ["chair", "backpack"]}
    names = find_fit_names(**fields)
    weeks = plan(**fields).weeks
    session = weeks[5].sessions[0]
    assert names["single-leg-calf-raise-loaded"] != FIT_NAMES["single-leg-calf-raise-loaded"]
    silent = WatchOptions(keeps_title=False, keeps_names=False, keeps_notes=False)
    data = watch_simulator.perform(workout.write(PROGRAM, 6, session, names), silent)
    context = replace(CONTEXT, weeks=weeks, fit_names=names)
    (found,) = activity.read(data, context).sessions
    assert list(summarise(found.sets)) == list(expect(session))


class TestWithoutWorkout:
    silent = WatchOptions(embeds=False)

    def test_finds_exercises_by_code_and_programme(self) -> None:
        week = plan(**LOADED, **DATED).weeks[4]
        found = record(week, week.sessions[0], self.silent, weeks=(week,))
        assert [one.exercise for one in found.sets] == [
            e.slug for e, _ in list_planned(week.sessions[0])
        ]
        assert {one.side for one in found.sets} == {None}
        assert {one.prescribed for one in found.sets} == {None}

    def test_finds_exercises_by_the_names_that_the_equipment_calls_for(self) -> None:
        week = plan(**SPECS["26 loaded weeks"]).weeks[-1]
        found = record(week, week.sessions[0], self.silent, weeks=(week,))
        # Without the programme this code means the lighter version.
        assert found.sets[0].exercise == "single-leg-calf-raise-heavy"

    def test_leaves_straight_and_bent_knees_unmapped(self) -> None:
        week = plan(weeks=6, level="beginner").weeks[0]
        found = record(week, week.sessions[0], self.silent, weeks=(week,))
        assert {one.exercise for one in found.sets[:4]} == {"fit:1/18"}


class TestForeignWorkout:
    def perform(self, line: dict[int, int], **fields: int | None) -> CompletedSet:
        """Return a set recorded from a workout of one line that Pushoff did not write."""
        types = {254: 0x84, 1: 0x00, 2: 0x86, 7: 0x00, 10: 0x84, 11: 0x84, 12: 0x84}
        planned = raw_fit.message(27, types, {254: 0, **line})
        done = raw_fit.set_message(raw_fit.EVENING, line=0, **fields)
        data = raw_fit.build_file(
            raw_fit.file_id_message(),
            planned,
            done,
            raw_fit.session_message(),
            raw_fit.activity_message(),
        )
        (found,) = read(data).sessions
        return found.sets[0]

    def test_reads_a_warm_up(self) -> None:
        assert self.perform({1: 29, 2: 12, 7: 2}).kind == "warmup"

    def test_reads_the_target(self) -> None:
        one = self.perform({1: 29, 2: 15, 10: 1, 11: 18, 12: 230}, reps=13, weight=37)
        assert one.prescribed == Target(15, 2.3)
        assert (one.reps, one.load_kg) == (13, 2.3)

    def test_reads_a_load_that_differs_from_the_planned_one(self) -> None:
        one = self.perform({1: 29, 2: 15, 10: 1, 11: 18, 12: 230}, weight=40)
        assert one.load_kg == 2.5

    def test_reads_zero_reps_of_a_timed_line_as_unknown(self) -> None:
        assert self.perform({1: 0, 2: 30_000, 10: 1, 11: 18}, reps=0).reps is None
        assert self.perform({1: 29, 2: 15, 10: 1, 11: 18}, reps=0).reps == 0

    def test_reads_zero_reps_of_a_hold_as_unknown(self) -> None:
        one = self.perform({1: 5, 2: 0, 10: 19, 11: 43}, category=19, name=43, reps=0)
        assert (one.exercise, one.reps, one.duration_s) == ("plank", None, 40)

    def test_uses_the_code_of_the_line_if_the_watch_has_none(self) -> None:
        one = self.perform({1: 29, 2: 12, 10: 28, 11: 66}, category=65534, name=None)
        assert one.exercise == "step-up"

    def test_ignores_the_line_if_another_exercise_was_chosen(self) -> None:
        one = self.perform({1: 29, 2: 12, 10: 28, 11: 66}, category=1, name=6)
        assert (one.exercise, one.prescribed) == ("seated-heel-raise", None)

    def test_has_no_target_for_impossible_numbers(self) -> None:
        assert self.perform({1: 29, 2: 4_000_000_000, 12: 0}).prescribed is None


def test_records_a_session_that_starts_before_it_ends() -> None:
    week = plan(weeks=6).weeks[0]
    found = record(week, week.sessions[0])
    assert found.started_at == START
    assert found.started_at.utcoffset() == datetime.timedelta(hours=2)
    assert found.ended_at is not None
    assert found.sets[-1].performed_at < found.ended_at
