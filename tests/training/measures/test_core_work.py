"""Holds and sets of core work (science part 5)."""

from dataclasses import replace

from app.training.measures.core_work import CoreWeek
from tests.training.journal import CORE, Journal, make_set, sets
from tests.training.measures.measured import measure


def measure_core(journal: Journal) -> list[CoreWeek]:
    core = measure(journal).core
    assert core is not None
    return [*core.weeks]


class TestMeasureCore:
    def test_counts_a_pair_of_sides_once_and_both_added_up(self) -> None:
        # 4 side planks on each side and 4 planks, 20 s each; 12 sets with the bridges.
        week = measure_core(Journal(**CORE).train())[0]
        assert week == CoreWeek(1, hold_s=160, side_hold_s=240, sets=12)

    def test_counts_a_single_side_as_a_half(self) -> None:
        only_left = sets("SP", side="right", omit=True)
        week = measure_core(Journal(**CORE).train(only_left, sets("PL", omit=True)))[0]
        assert week == CoreWeek(1, hold_s=40, side_hold_s=80, sets=6)

    def test_counts_to_the_nearest_five_seconds(self) -> None:
        week = measure_core(
            Journal(**CORE).train(sets("SP", omit=True), sets("PL", duration_s=17.4))
        )[0]
        assert (week.hold_s, week.side_hold_s) == (60, 60)

    def test_counts_repetitions_as_no_hold(self) -> None:
        journal = Journal(core=("bridge",)).train()
        assert measure_core(journal)[0] == CoreWeek(1, hold_s=0, side_hold_s=0, sets=4)

    def test_counts_a_hold_without_its_seconds_as_not_done(self) -> None:
        week = measure_core(Journal(core=("plank",)).train(sets("PL", duration_s=None)))[0]
        assert week == CoreWeek(1, hold_s=0, side_hold_s=0, sets=0)

    def test_equals_the_plan_if_all_was_done(self) -> None:
        journal = Journal(**CORE).train(weeks=6)
        planned = [week.total_hold_s for week in journal.followed.weeks()[:6]]
        assert [week.hold_s for week in measure_core(journal)[:6]] == planned

    def test_leaves_the_extra_set_of_a_weak_side_out_of_what_the_plan_counts(self) -> None:
        # 20 of 20 on the right, 5 on the left: the left side is behind, and gets one set more.
        journal = Journal(**CORE).train(sets("SP", side="left", duration_s=5.0))
        journal.train(sets("SP", side="left", duration_s=5.0))
        assert "(+1 left)" in journal.week_text
        journal.train()
        week, planned = measure_core(journal)[2], journal.followed.weeks()[2]
        assert week.hold_s == planned.total_hold_s
        groups = [e.sets for s in planned.sessions for e in s.exercises if e.sets[0].seconds]
        sides = sum(one.count * (one.seconds or 0) for group in groups for one in group)
        assert week.side_hold_s == sides

    def test_is_absent_without_core_tracks(self) -> None:
        journal = Journal().train()
        plank = make_set(exercise="plank", duration_s=60.0, reps=None)
        journal.log[0] = replace(journal.log[0], sets=(*journal.log[0].sets, plank))
        assert measure(journal).core is None
