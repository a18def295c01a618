"""Measures across programmes that follow one another (science part 5)."""

import datetime
from dataclasses import replace

import pytest

from app.training.log.completed import MorningPain
from app.training.measures import program_line, progress
from app.training.measures.progress import Progress
from tests.training.journal import CORE, FIRST_DAY, P2, Journal, make_id, sessions, sets
from tests.training.measures.measured import measure, measure_across

DAY = datetime.timedelta(days=1)


def number_weeks(result: Progress) -> list[tuple[int, int | None, int | None]]:
    """Return the number of each week, the number of its programme, and its number in it."""
    return [(one.week, one.program, one.program_week) for one in result.weeks]


class TestMeasureAcross:
    def test_needs_a_programme(self) -> None:
        with pytest.raises(ValueError, match="at least one programme"):
            progress.measure_progress_across([])

    def test_measures_one_programme_as_it_is_measured_alone(self) -> None:
        journal = Journal(**P2).train(weeks=5)
        alone, line = measure(journal), measure_across(journal)
        for name in ("adherence", "volume", "ladder", "pain", "asymmetry", "session_load"):
            assert getattr(line, name) == getattr(alone, name)
        assert number_weeks(line) == [(week, 1, week) for week in range(1, 7)]
        assert number_weeks(alone) == [(week, None, None) for week in range(1, 7)]

    def test_goes_on_as_if_the_programme_were_a_longer_one(self) -> None:
        first = Journal(weeks=12).train(weeks=6)
        second = first.carry_on().train(weeks=4)
        line, longer = measure_across(first, second), measure(Journal(weeks=12).train(weeks=10))
        for name in ("adherence", "hard_sets", "volume", "ladder", "tension", "effort", "pain"):
            assert getattr(line, name) == getattr(longer, name)
        assert [(one.week, one.kind, one.over) for one in line.weeks] == [
            (one.week, one.kind, one.over) for one in longer.weeks
        ]

    def test_numbers_the_weeks_on(self) -> None:
        first = Journal().train(weeks=2)
        second = first.carry_on().train()
        third = second.carry_on().train()
        result = measure_across(first, second, third)
        assert number_weeks(result) == [(1, 1, 1), (2, 1, 2), (3, 2, 1), (4, 3, 1), (5, 3, 2)]

    def test_counts_the_running_week_that_a_successor_took_over(self) -> None:
        first = Journal().train()
        begun = Journal().train(weeks=2).log[2]
        first.log.append(begun)
        second = first.carry_on().train()
        result = measure_across(first, second)
        assert number_weeks(result)[:3] == [(1, 1, 1), (2, 1, 2), (3, 2, 1)]
        assert [week.over for week in result.weeks] == [True, True, True, False]
        assert result.adherence.weeks[1].percent == 60

    def test_starts_where_the_first_known_programme_does(self) -> None:
        second = Journal().train(weeks=4).carry_on().train()
        assert number_weeks(measure_across(second))[:1] == [(5, 1, 1)]

    def test_leaves_out_the_weeks_after_the_start_of_a_successor(self) -> None:
        first = Journal().train(weeks=3)
        second = first.carry_on().train(weeks=2)
        # Nobody trained in the old programme, whose weeks went by all the same.
        first.skip(weeks=4)
        result = measure_across(first, second)
        assert [one.program for one in result.weeks] == [1, 1, 1, 2, 2, 2]
        assert result.adherence.streak_weeks == 5

    def test_leaves_out_the_weeks_after_the_start_of_a_new_programme(self) -> None:
        first = Journal(start_date=FIRST_DAY).train(weeks=2).skip(weeks=5)
        second = Journal(start_date=FIRST_DAY + 28 * DAY).train()
        result = measure_across(first, second)
        assert [one.program for one in result.weeks] == [1, 1, 1, 1, 2, 2]
        assert [one.week for one in result.weeks] == [1, 2, 3, 4, 5, 6]

    def test_keeps_every_week_with_a_set(self) -> None:
        first = Journal().train(weeks=2)
        second = first.carry_on().train()
        first.train(weeks=2)
        result = measure_across(first, second)
        assert [(one.week, one.program) for one in result.weeks][:5] == [
            (1, 1), (2, 1), (3, 1), (4, 1), (5, 2)
        ]  # fmt: skip

    def test_keeps_the_week_that_ended_with_a_block(self) -> None:
        first = Journal().train().train(sessions(1, red_flags=("night_pain",)))
        second = first.carry_on(cleared=True).train()
        assert number_weeks(measure_across(first, second))[:3] == [(1, 1, 1), (2, 1, 2), (3, 2, 1)]

    def test_has_core_only_in_the_weeks_of_core_tracks(self) -> None:
        first = Journal().train()
        second = first.carry_on(**CORE).train()
        result = measure_across(first, second)
        assert result.core is not None
        assert [week.sets for week in result.core.weeks] == [None, 12, 0]
        assert "plank" not in result.ladder.weeks[0].tracks
        assert result.ladder.weeks[1].tracks["plank"] == 2
        assert [week.trunk for week in result.hard_sets.weeks] == [None, 12, 0]

    def test_uses_the_unit_of_the_last_programme(self) -> None:
        first = Journal(body_mass=70.0).train()
        second = first.carry_on(units="imperial").train()
        load = measure_across(first, second).system_load
        assert load.unit == "lb"
        assert [week.tracks["step_up"] for week in load.weeks] == [154.32, 154.32, None]

    def test_compares_the_load_of_a_session_with_those_of_the_programme_before(self) -> None:
        ended = datetime.datetime.combine(FIRST_DAY, datetime.time(18, 30), datetime.UTC)
        first = Journal(start_date=FIRST_DAY)
        first.train(sessions(1, srpe=5, ended_at=ended), sessions(2, omit=True))
        second = first.carry_on()
        second.train(sessions(1, srpe=6, ended_at=ended + 7 * DAY), sessions(2, omit=True))
        (one,) = second.log
        second.log = [replace(one, session_id=make_id("second"))]
        loads = measure_across(first, second).session_load
        assert [(one.week, one.load, one.spike) for one in loads.sessions] == [
            (1, 150, None),
            (2, 180, 1.2),
        ]


class TestReadLine:
    def test_finds_the_week_of_each_session(self) -> None:
        journal = Journal().train(weeks=2)
        line = program_line.read_line(journal.followed, journal.log)
        assert [(one.week, one.is_trained) for one in line.sessions] == [
            (1, True), (1, True), (2, True), (2, True)
        ]  # fmt: skip

    def test_puts_a_late_session_that_hurt_into_the_week_of_its_work(self) -> None:
        late = sessions(2, days=5, morning_pain=MorningPain(4))
        journal = Journal(start_date=FIRST_DAY).train(late)
        line = program_line.read_line(journal.followed, journal.log)
        assert [one.week for one in line.sessions] == [1, 1]

    def test_has_no_week_for_a_session_outside_the_programme(self) -> None:
        journal = Journal(start_date=FIRST_DAY).train(sessions(2, days=-40, week=None))
        line = program_line.read_line(journal.followed, journal.log)
        assert [one.week for one in line.sessions] == [None, 1]

    def test_knows_which_sessions_have_a_set(self) -> None:
        journal = Journal().train(sets(session=2, omit=True))
        line = program_line.read_line(journal.followed, journal.log)
        assert [one.is_trained for one in line.sessions] == [True, False]
