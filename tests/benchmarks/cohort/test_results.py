"""Tests of the measures of a course, also on courses in which something went wrong."""

from dataclasses import replace

import pytest

from app.training.catalog.track_definitions import Track
from app.training.planning.dose import ExerciseSlot
from app.training.planning.week_plan import RenderedWeek
from benchmarks.cohort import results
from benchmarks.cohort.courses import Course, CourseWeek
from benchmarks.cohort.kinds import BEGINNER, HARD_LIFE, KINDS, NOISY, SEVENTY, WEEKS, Kind

TRACK: Track = "bent_knee"


def train(kind: Kind, seed: int = 1) -> list[CourseWeek]:
    return Course(kind, seed).train()


def change_slots(week: RenderedWeek, **changes: object) -> RenderedWeek:
    """Return a week in which the exercises of TRACK differ."""

    def change(slot: ExerciseSlot) -> ExerciseSlot:
        return slot._replace(**changes) if slot.rung.track == TRACK else slot  # type: ignore[arg-type]

    sessions = [one._replace(slots=tuple(map(change, one.slots))) for one in week.sessions]
    return replace(week, sessions=tuple(sessions))


def leave_out(week: RenderedWeek) -> RenderedWeek:
    """Return a week without TRACK."""
    sessions = [
        one._replace(slots=tuple(slot for slot in one.slots if slot.rung.track != TRACK))
        for one in week.sessions
    ]
    return replace(week, sessions=tuple(sessions))


class TestMeasure:
    def test_finds_the_progress_of_a_perfect_beginner(self) -> None:
        result = results.measure(train(BEGINNER))
        assert [*result.rungs.values()] == [6, 6, 3]
        assert result.full_week == 3
        assert result.progresses
        assert not result.lowered

    def test_finds_the_fall_of_a_runner_who_always_fails(self) -> None:
        result = results.measure(train(SEVENTY))
        assert result.lowered
        assert result.steps == 0
        assert not result.progresses
        assert result.full_week is None

    def test_finds_nothing_wrong_in_a_noisy_course(self) -> None:
        result = results.measure(train(NOISY))
        assert result.leaps == 0
        assert 0 < result.growth <= 0.25

    def test_finds_nothing_wrong_in_hard_lives(self) -> None:
        lives = [results.measure(train(HARD_LIFE, seed)) for seed in range(1, 9)]
        assert sum(life.stops for life in lives) > 0
        assert sum(life.leaps + life.asked_again + life.full_returns for life in lives) == 0


class TestLeaps:
    def test_counts_a_track_that_grows_too_fast(self) -> None:
        weeks = train(BEGINNER)
        weeks[5] = replace(weeks[5], week=change_slots(weeks[5].week, reps=40))
        result = results.measure(weeks)
        assert result.leaps == 1
        assert result.growth > 0.25

    def test_counts_nothing_after_a_pause(self) -> None:
        weeks = train(BEGINNER)
        standing = weeks[5].week.standing._replace(away=1)
        start = replace(weeks[5].week.start, standing=standing)
        weeks[5] = replace(
            weeks[5], week=replace(change_slots(weeks[5].week, reps=40), start=start)
        )
        assert results.measure(weeks).leaps == 0


class TestStops:
    @pytest.fixture
    def weeks(self) -> list[CourseWeek]:
        """A course in which pain stops TRACK in week 5, as it must be answered."""
        weeks = train(BEGINNER)
        weeks[4] = replace(weeks[4], stopped={TRACK})
        weeks[5] = replace(weeks[5], week=leave_out(weeks[5].week))
        weeks[6] = replace(weeks[6], week=change_slots(weeks[6].week, is_reduced=True))
        return weeks

    def test_accepts_a_week_off_and_a_reduced_return(self, weeks: list[CourseWeek]) -> None:
        result = results.measure(weeks)
        assert (result.stops, result.asked_again, result.full_returns) == (1, 0, 0)

    def test_counts_a_track_that_is_asked_for_in_the_next_week(
        self, weeks: list[CourseWeek]
    ) -> None:
        weeks[5] = weeks[6]
        assert results.measure(weeks).asked_again == 1

    def test_counts_a_return_with_the_full_dose(self, weeks: list[CourseWeek]) -> None:
        weeks[6] = weeks[7]
        assert results.measure(weeks).full_returns == 1

    def test_accepts_a_reduced_return_at_once_after_a_clearance(
        self, weeks: list[CourseWeek]
    ) -> None:
        weeks[5] = replace(weeks[6], cleared=True)
        assert results.measure(weeks).asked_again == 0

    def test_counts_what_next_asked_for_within_the_week(self, weeks: list[CourseWeek]) -> None:
        weeks[4] = replace(weeks[4], asked_again=2)
        assert results.measure(weeks).asked_again == 2


class TestCourse:
    @pytest.mark.parametrize("kind", [*KINDS, HARD_LIFE], ids=lambda kind: kind.name)
    def test_trains_every_kind_for_all_weeks(self, kind: Kind) -> None:
        assert len(train(kind)) == WEEKS

    def test_repeats_itself(self) -> None:
        assert train(HARD_LIFE, 3) == train(HARD_LIFE, 3)
