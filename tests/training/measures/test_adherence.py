"""Adherence and the streak of kept weeks (science part 5)."""

import datetime

import pytest

from tests.training.journal import (
    FIRST_DAY,
    P2,
    Journal,
    make_id,
    make_session,
    make_set,
    sessions,
    sets,
)
from tests.training.measures.measured import (
    measure,
    measure_running,
)
from tests.training.strategies import make_spec


class TestMeasureAdherence:
    def test_is_100_percent_if_all_was_done(self) -> None:
        result = measure(Journal().train(weeks=5)).adherence
        assert [(one.percent, one.four_week_percent, one.kept) for one in result.weeks] == [
            *[(100, 100, True)] * 5,
            (0, None, False),
        ]
        assert result.streak_weeks == 5

    def test_counts_a_set_of_both_legs_as_two_units(self) -> None:
        # Week 1: 2 sets each of two two-legged and one one-legged exercise, in 2 sessions.
        (week, _) = measure(Journal().train(sessions(session=2, omit=True))).adherence.weeks
        assert (week.done_units, week.prescribed_units, week.percent) == (12, 24, 50)

    def test_counts_a_single_side_as_one_unit(self) -> None:
        (week, _) = measure(Journal().train(sets("SU", side="left", omit=True))).adherence.weeks
        assert (week.done_units, week.percent, week.kept) == (20, 83, True)

    def test_is_capped_at_100_percent(self) -> None:
        journal = Journal().train()
        more = [make_set(set_id=make_id("more", n)) for n in range(30)]
        journal.log.append(make_session(*more, session_id=make_id("more"), session=None))
        week = measure(journal).adherence.weeks[0]
        assert (week.done_units, week.percent, week.four_week_percent) == (84, 100, 100)

    def test_covers_four_weeks(self) -> None:
        journal = Journal().train(sessions(omit=True)).train(weeks=4)
        weeks = measure(journal).adherence.weeks
        # The units of a missed week, the same week again, one more of sets, a lighter one, all.
        assert [one.prescribed_units for one in weeks[:5]] == [24, 24, 30, 18, 36]
        # 24/48, 54/78 and 72/96; the fifth week has the missed one behind it.
        assert [one.four_week_percent for one in weeks] == [0, 50, 69, 75, 100, None]

    def test_keeps_a_week_of_exactly_80_percent(self) -> None:
        # Week 2 of P1 has 30 units, 6 of them in the first three straight-knee raises.
        short = sets("SK", session=1, omit=True)
        week = measure(Journal().train().train(short)).adherence.weeks[1]
        assert (week.done_units, week.prescribed_units, week.kept) == (24, 30, True)

    @pytest.mark.parametrize(
        ("third", "done", "percent", "kept"), [("SU", 35, 80, False), ("BK", 36, 82, True)]
    )
    def test_decides_on_exact_numbers(
        self, third: str, done: int, percent: int, kept: bool
    ) -> None:
        # The week has 44 units. Without 9 of them 79.55 % are done, which is printed as 80.
        left_out = (("SK", 1), ("SK", 2), (third, 1 if third == "SU" else 2))
        gaps = [sets(track, session=k, side="left", omit=True) for track, k in left_out]
        week = measure(Journal(**P2).train().train(*gaps)).adherence.weeks[1]
        assert (week.prescribed_units, week.done_units) == (44, done)
        assert (week.percent, week.kept) == (percent, kept)


class TestStreak:
    def test_ends_with_a_short_week(self) -> None:
        journal = Journal().train(weeks=2).train(sessions(session=2, omit=True)).train()
        assert measure(journal).adherence.streak_weeks == 1

    def test_ends_with_a_missed_week(self) -> None:
        assert measure(Journal().train(weeks=2).skip()).adherence.streak_weeks == 0

    def test_is_not_ended_by_the_running_week(self) -> None:
        journal = Journal().train(weeks=2)
        journal.log += Journal().train(weeks=3).log[-2:-1]
        result = measure_running(journal.spec, journal.log).adherence
        assert [one.percent for one in result.weeks] == [100, 100, 50]
        assert result.streak_weeks == 2

    def test_grows_with_the_running_week(self) -> None:
        wanted = make_spec(days_per_week=6)
        journal = Journal(wanted).train(weeks=2)
        # The last session has 4 of the week's 44 units.
        result = measure_running(wanted, journal.log[:-1]).adherence
        assert (result.weeks[-1].percent, result.streak_weeks) == (91, 2)

    def test_skips_a_week_without_work(self) -> None:
        # The race takes the only session of its week.
        race = datetime.date(2027, 3, 24)
        dated = Journal(weeks=5, weekdays=(2,), start_date=FIRST_DAY, race_date=race)
        result = measure(dated.train(weeks=5)).adherence
        assert [one.kept for one in result.weeks] == [True, True, True, None, True]
        assert (result.weeks[3].percent, result.streak_weeks) == (None, 4)
