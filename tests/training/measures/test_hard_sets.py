"""Sets done for each tissue (science part 5)."""

from dataclasses import replace

from pydantic import TypeAdapter

from app.training.measures.hard_sets import HardSetsWeek
from tests.training.journal import CORE, P2, Journal, make_id, make_session, make_set, sets
from tests.training.measures.measured import measure, measure_first_week, train_weak_left


class TestMeasureHardSets:
    def test_counts_pairs_once_and_both_calf_raises_together(self) -> None:
        assert measure_first_week().hard_sets.weeks[0] == HardSetsWeek(1, calf=8, step=4)

    def test_counts_a_single_side_as_a_half(self) -> None:
        result = measure_first_week(sets("SU", session=1, side="left", omit=True))
        assert result.hard_sets.weeks[0] == HardSetsWeek(1, calf=8, step=3)

    def test_counts_neither_warm_up_sets_nor_attempts(self) -> None:
        result = measure_first_week(
            sets("SK", kind="warmup"), sets("BK", reps=0), sets("SU", reps=None)
        )
        assert result.hard_sets.weeks[0] == HardSetsWeek(1, calf=0, step=0)

    def test_counts_sets_of_any_rung(self) -> None:
        result = measure_first_week(sets("BK", exercise="seated-heel-raise"))
        assert result.hard_sets.weeks[0].calf == 8

    def test_leaves_out_the_extra_set_of_a_weak_side(self) -> None:
        journal = train_weak_left().train()
        planned = journal.followed.weeks()[6].hard_sets
        week = measure(journal).hard_sets.weeks[6]
        assert week.calf + week.step == planned == 27

    def test_counts_an_extra_side_that_was_not_prescribed(self) -> None:
        journal = Journal(**P2).train()
        more = make_set(
            exercise="two-up-one-down-calf-raise", side="left", set_index=9, set_id=make_id("more")
        )
        journal.log.append(make_session(more, session_id=make_id("more")))
        assert measure(journal).hard_sets.weeks[0].calf == 12.5

    def test_counts_the_other_sets_without_the_extra_one(self) -> None:
        journal = train_weak_left().train()
        # Only the extra set is a fourth one.
        journal.log = [
            replace(one, sets=tuple(done for done in one.sets if done.set_index < 4))
            for one in journal.log
        ]
        assert measure(journal).hard_sets.weeks[6] == HardSetsWeek(7, calf=18, step=9)

    def test_counts_the_trunk_only_with_core_tracks(self) -> None:
        # 2 sets each of six exercises, twice.
        week = measure(Journal(**CORE).train()).hard_sets.weeks[0]
        assert week == HardSetsWeek(1, calf=8, step=4, trunk=12)
        wire = TypeAdapter(HardSetsWeek).dump_python(measure_first_week().hard_sets.weeks[0])
        assert wire == {"week": 1, "calf": 8, "step": 4}

    def test_has_a_trunk_of_zero_with_core_tracks_that_are_not_done(self) -> None:
        journal = Journal(**CORE).train(*(sets(t, omit=True) for t in ("SP", "BR", "PL")))
        wire = TypeAdapter(HardSetsWeek).dump_python(measure(journal).hard_sets.weeks[0])
        assert wire == {"week": 1, "calf": 8, "step": 4, "trunk": 0}
