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
from app.training.log.completed import CompletedSession, CompletedSet, Load, Target
from app.training.planning.plan_constants import LoadUnit
from app.training.planning.week import PlannedSet, Prescription, Session, Week
from tests.formats.fit import raw_fit, watch_simulator
from tests.formats.fit.watch_simulator import START, WatchOptions
from tests.formats.sample_programs import LOADED, SPECS, plan

PROGRAM = "AYoMAwIGAaSKVos"
CONTEXT = ImportContext("runner-7", datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC))
DATED = {"start_date": datetime.date(2026, 9, 7), "weeks": 12}
ATHLETES = {
    "beginner": {"weeks": 6, "level": "beginner"},
    "without a step": {"weeks": 6, "step_heights_cm": ()},
    "intermediate": {"weeks": 6, "level": "intermediate"},
    "kilograms": {**LOADED, "weeks": 6, "load_increment": 0.25},
    "pounds": {**LOADED, "weeks": 6, "units": "imperial"},
}
each_layout = pytest.mark.parametrize("layout", ["flat", "repeat"])
each_athlete = pytest.mark.parametrize("fields", ATHLETES.values(), ids=list(ATHLETES))


def record(
    week: Week, session: Session, options: WatchOptions | None = None, **context: Any
) -> CompletedSession:
    """Return the session that comes back from a watch."""
    layout: Layout | None = context.pop("layout", None)
    planned = workout.write(PROGRAM, week.index, session, layout)
    (found,) = read(watch_simulator.perform(planned, options), **context).sessions
    return found


def read(data: bytes, **context: Any) -> ImportedFile:
    return activity.read(data, replace(CONTEXT, **context))


def list_planned(session: Session) -> list[tuple[Prescription, PlannedSet]]:
    return [step.find(session) for step in steps.list_steps(session) if step.kind == "work"]


def expect(session: Session) -> Iterator[tuple[Any, ...]]:
    """Yield what is planned for each set, in kilograms."""
    for exercise, one in list_planned(session):
        unit: LoadUnit = "lb" if one.load_unit == "lb" else "kg"
        target = Target(one.reps_target, one.load)
        yield exercise.slug, one.side, one.reps_target, Load(one.load or 0, unit).kg, target


def summarise(sets: Sequence[CompletedSet]) -> Iterator[tuple[Any, ...]]:
    """Yield what came back for each set."""
    for one in sets:
        yield one.exercise, one.side, one.reps, one.load_kg, one.prescribed


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
        planned = workout.write(PROGRAM, 2, self.session)
        found = read(watch_simulator.perform(planned), program_id="another")
        assert found.sessions[0].program_id == "another"
        assert "other_program" in [remark.code for remark in found.remarks]

    def test_has_no_week_without_a_programme(self) -> None:
        planned = workout.write("A" * 300, 2, self.session)
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
