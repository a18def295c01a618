"""Tests of a week and a session that are asked for alone: they are complete in themselves."""

from dataclasses import fields

from pydantic import TypeAdapter

from app.training.catalog.track_definitions import OPTIONAL_TRACKS
from app.training.planning.program_parts import (
    SessionAlone,
    WeekAlone,
    complete_session,
    complete_week,
)
from app.training.planning.week import Session, Week
from tests.training.queries import list_exercises
from tests.training.strategies import plan_program

PROGRAM = plan_program(weekdays=(0, 1), core=OPTIONAL_TRACKS)


class TestCompleteWeek:
    def test_adds_what_its_exercises_need(self) -> None:
        for week in PROGRAM.weeks:
            found = complete_week(week, PROGRAM.exercise_details).exercise_details
            assert found.keys() == {one.slug for one in list_exercises(week)}
            assert found.keys() < PROGRAM.exercise_details.keys()
            assert all(found[slug] == PROGRAM.exercise_details[slug] for slug in found)

    def test_changes_nothing_of_the_week(self) -> None:
        week = PROGRAM.weeks[4]
        alone = complete_week(week, PROGRAM.exercise_details)
        for field in fields(Week):
            assert getattr(alone, field.name) == getattr(week, field.name)

    def test_leaves_out_what_is_empty_as_the_programme_does(self) -> None:
        week = plan_program().weeks[0]
        sent = TypeAdapter(WeekAlone).dump_python(
            complete_week(week, plan_program().exercise_details)
        )
        assert sent.keys() == TypeAdapter(Week).dump_python(week).keys() | {"exercise_details"}


class TestCompleteSession:
    def test_adds_what_its_exercises_need(self) -> None:
        calf, rest = PROGRAM.weeks[0].sessions
        for session, count in ((calf, 2), (rest, 4)):
            found = complete_session(session, PROGRAM.exercise_details).exercise_details
            assert [*found] == [one.slug for one in session.exercises]
            assert len(found) == count

    def test_leaves_out_what_is_empty_as_the_programme_does(self) -> None:
        session = PROGRAM.weeks[0].sessions[0]
        alone = complete_session(session, PROGRAM.exercise_details)
        sent = TypeAdapter(SessionAlone).dump_python(alone)
        assert sent.keys() == TypeAdapter(Session).dump_python(session).keys() | {
            "exercise_details"
        }
