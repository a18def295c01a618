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
        more = [make_set(set_id=make_id("more", n), set_index=9 + n) for n in range(30)]
        journal.log.append(make_session(*more, session_id=make_id("more"), session=None))
        week = measure(journal).adherence.weeks[0]
        assert (week.done_units, week.percent, week.four_week_percent) == (84, 100, 100)

    def test_covers_four_weeks(self) -> None:
        journal = Journal().train(sessions(omit=True)).train(weeks=4)
        weeks = measure(journal).adherence.weeks
        # The units of a missed week, the same week again, more sets, all of them, a lighter one.
        assert [one.prescribed_units for one in weeks[:5]] == [24, 24, 30, 36, 24]
        # 24/48, 54/78 and 90/114; the fifth week has the missed one behind it.
        assert [one.four_week_percent for one in weeks] == [0, 50, 69, 79, 100, None]

    def test_keeps_a_week_of_exactly_80_percent(self) -> None:
        # Week 2 of P1 has 30 units, 6 of them in the first three straight-knee raises.
        short = sets("SK", session=1, omit=True)
        week = measure(Journal().train().train(short)).adherence.weeks[1]
        assert (week.done_units, week.prescribed_units, week.kept) == (24, 30, True)

    @pytest.mark.parametrize(
        ("more", "done", "percent", "kept"), [((1, 2), 43, 80, False), ((1,), 44, 81, True)]
    )
    def test_decides_on_exact_numbers(
        self, more: tuple[int, ...], done: int, percent: int, kept: bool
    ) -> None:
        # The week has 54 units. Without 11 of them 79.63 % are done, which is printed as 80.
        left_out = (("SK", 1), ("SK", 2), ("BK", 1))
        gaps = [sets(track, session=k, side="left", omit=True) for track, k in left_out]
        gaps += [sets("SU", session=1, side="left", number=n, omit=True) for n in more]
        week = measure(Journal(**P2).train(weeks=4).train(*gaps)).adherence.weeks[4]
        assert (week.prescribed_units, week.done_units) == (54, done)
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
        # The last session has 4 of the week's 42 units.
        result = measure_running(wanted, journal.log[:-1]).adherence
        assert (result.weeks[-1].percent, result.streak_weeks) == (90, 2)

    def test_skips_a_week_without_work(self) -> None:
        # The race takes the only session of its week.
        race = datetime.date(2027, 3, 24)
        dated = Journal(weeks=5, weekdays=(2,), start_date=FIRST_DAY, race_date=race)
        result = measure(dated.train(weeks=5)).adherence
        assert [one.kept for one in result.weeks] == [True, True, True, None, True]
        assert (result.weeks[3].percent, result.streak_weeks) == (None, 4)


class TestPain:
    def test_asks_only_for_what_was_done_of_a_track_that_stopped(self) -> None:
        # One set of two before it hurt on Monday; the track is out on Thursday.
        hurt = sets("SK", session=1, number=1, pain=7)
        rest = [sets("SK", session=1, number=2, omit=True), sets("SK", session=2, omit=True)]
        week = measure(Journal().train(hurt, *rest)).adherence.weeks[0]
        assert (week.done_units, week.prescribed_units, week.percent) == (18, 18, 100)

    def test_asks_only_for_what_was_done_of_its_siblings(self) -> None:
        hurt, left_out = sets("SK", session=1, pain=7), sets("BK", session=2, omit=True)
        week = measure(Journal().train(hurt, sets("SK", session=2, omit=True), left_out))
        assert week.adherence.weeks[0].prescribed_units == 4 + 4 + 8
        assert week.adherence.weeks[0].kept

    def test_asks_for_all_of_the_other_tissues(self) -> None:
        hurt, left_out = sets("SK", session=1, pain=7), sets("SU", omit=True)
        week = measure(Journal().train(hurt, left_out)).adherence.weeks[0]
        assert (week.done_units, week.prescribed_units, week.percent) == (16, 24, 67)

    def test_asks_for_all_while_pain_only_holds_the_track(self) -> None:
        held = [sets("SK", pain=4), sets("SK", session=2, omit=True)]
        week = measure(Journal().train(*held)).adherence.weeks[0]
        assert (week.prescribed_units, week.percent) == (24, 83)

    def test_asks_only_for_what_was_done_once_pain_does_not_settle(self) -> None:
        journal = Journal().train(sets("SK", pain=4))
        journal.train(sets("SK", pain=4), sets("SK", session=2, omit=True))
        week = measure(journal).adherence.weeks[1]
        # 20 of the others, whose sets grew, and 4 of the 8 that were planned.
        assert (week.done_units, week.prescribed_units) == (24, 24)

    def test_asks_for_what_pain_has_left_of_the_running_week(self) -> None:
        # Pain of 7 on Monday: on Thursday the bent knee has one set left, and the step-up two.
        journal = Journal(start_date=FIRST_DAY)
        journal.train(sets("SK", pain=7), sessions(2, omit=True))
        result = measure_running(journal.spec, journal.log, as_of=FIRST_DAY)
        week = result.adherence.weeks[0]
        assert (week.done_units, week.prescribed_units) == (12, 12 + 2 + 4)
        assert not result.weeks[0].over

    def test_asks_for_nothing_more_in_a_week_that_a_warning_sign_ended(self) -> None:
        stop = [sessions(1, red_flags=("night_pain",)), sessions(2, omit=True)]
        result = measure(Journal().train(weeks=2).train(*stop)).adherence
        week = result.weeks[2]
        assert (week.done_units, week.prescribed_units, result.streak_weeks) == (18, 18, 3)

    def test_does_not_count_a_week_that_pain_has_emptied(self) -> None:
        journal = Journal().train().train(sets(session=2, pain=7)).skip().train()
        result = measure(journal).adherence
        assert [one.kept for one in result.weeks[:4]] == [True, True, None, True]
        assert result.streak_weeks == 3
