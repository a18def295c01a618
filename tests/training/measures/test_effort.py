"""Logged against planned reserve (science part 5)."""

from app.training.catalog.track_definitions import BASE_TRACKS
from tests.training.journal import CORE, Journal, make_id, make_session, make_set, sets
from tests.training.measures.measured import measure, measure_first_week


class TestMeasureEffort:
    def test_is_0_if_the_reserve_was_as_planned(self) -> None:
        week = measure_first_week().effort.weeks[0]
        assert (week.mean, week.tracks) == (0, dict.fromkeys(BASE_TRACKS, 0))

    def test_is_the_mean_of_logged_minus_planned(self) -> None:
        # Four sets with 4 planned: 4, 4, 1 and 0.
        week = measure_first_week(sets("SK", session=2, rir=(1, 0))).effort.weeks[0]
        assert week.tracks["straight_knee"] == -1.75
        # 4 sets, 4 sets and 8 sides.
        assert week.mean == -0.44

    def test_is_above_0_if_the_sets_were_easier(self) -> None:
        assert measure_first_week(sets(rir=6.5)).effort.weeks[0].mean == 2.5

    def test_reads_rpe_as_reserve(self) -> None:
        assert measure_first_week(sets(rir=None, rpe=8)).effort.weeks[0].mean == -2

    def test_uses_the_harder_of_rir_and_rpe(self) -> None:
        assert measure_first_week(sets(rir=6, rpe=10)).effort.weeks[0].mean == -4

    def test_skips_sets_without_a_logged_effort(self) -> None:
        week = measure_first_week(sets("SK", rir=(None, 2)), sets("BK", rir=None)).effort.weeks[0]
        assert (week.tracks["straight_knee"], week.tracks["bent_knee"]) == (-2, None)

    def test_uses_the_plan_of_the_week(self) -> None:
        # Four in reserve at first, three from week 3 on, five in the lighter week 4.
        result = measure(Journal().train(sets(rir=4), weeks=4)).effort.weeks
        assert [week.mean for week in result] == [0, 0, 1, -1, None]

    def test_skips_a_track_that_was_not_prescribed(self) -> None:
        journal = Journal().train().train(sets("SK", session=1, pain=7)).train()
        more = make_set(set_id=make_id("more"), set_index=9, rir=0)
        journal.log.append(make_session(more, session_id=make_id("more"), week=3))
        result = measure(journal)
        # Three of the bent knee, which was reduced, and the one that was not asked for.
        assert result.hard_sets.weeks[2].calf == 4
        assert result.effort.weeks[2].tracks["straight_knee"] is None

    def test_counts_five_seconds_of_a_hold_as_one(self) -> None:
        journal = Journal(**CORE).train(sets("PL", rir=2))
        assert measure(journal).effort.weeks[0].tracks["plank"] == -2

    def test_says_that_the_reserve_of_a_hold_is_a_guide(self) -> None:
        without, with_core = measure(Journal()).effort, measure(Journal(**CORE)).effort
        assert "hold" not in without.caveat
        assert "In a hold the reserve is a guide only" in with_core.caveat
        assert {*with_core.evidence} - {*without.evidence} == {"EV-72"}
