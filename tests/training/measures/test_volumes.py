"""Sets, effective volume, time under tension and best loads (science part 5)."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from app.training.catalog.exercises import EXERCISES
from app.training.catalog.tracks import TRACKS
from app.training.log.completed import Load
from app.training.log.logbook import BELOW_ANY_RUNG
from app.training.measures import summary, volumes
from app.training.measures.progress import (
    HardSetsWeek,
    Progress,
    SystemLoad,
    TrackVolume,
    VolumeWeek,
)
from app.training.planning.spec import Spec
from app.training.planning.week import Week
from tests.properties import at_most
from tests.training.journal import (
    P2,
    Change,
    Journal,
    make_id,
    make_session,
    make_set,
    sessions,
    sets,
)
from tests.training.strategies import specs


def measured(journal: Journal) -> Progress:
    return summary.measure(journal.course, journal.log)


def first_week(*changes: Change) -> Progress:
    """P1 after its first week: 2 x 15 of three seed exercises, twice."""
    return measured(Journal().train(*changes))


def weak_left() -> Journal:
    """Science A10: after week 5 of P2, one set more for the left leg."""
    left = sets("SK", side="left", reps=12, rir=0)
    journal = Journal(**P2).train(weeks=4).train(left)
    assert "(+1 left)" in journal.told
    return journal


class TestHardSets:
    def test_counts_pairs_once_and_both_calf_raises_together(self) -> None:
        assert first_week().hard_sets.weeks[0] == HardSetsWeek(1, calf=8, step=4)

    def test_counts_a_single_side_as_a_half(self) -> None:
        told = first_week(sets("SU", session=1, side="left", omit=True))
        assert told.hard_sets.weeks[0] == HardSetsWeek(1, calf=8, step=3)

    def test_counts_neither_warm_up_sets_nor_attempts(self) -> None:
        told = first_week(sets("SK", kind="warmup"), sets("BK", reps=0), sets("SU", reps=None))
        assert told.hard_sets.weeks[0] == HardSetsWeek(1, calf=0, step=0)

    def test_counts_sets_of_any_rung(self) -> None:
        told = first_week(sets("BK", exercise="seated-heel-raise"))
        assert told.hard_sets.weeks[0].calf == 8

    def test_leaves_out_the_extra_set_of_a_weak_side(self) -> None:
        journal = weak_left().train()
        planned = journal.course.past[-1].hard_sets
        week = measured(journal).hard_sets.weeks[5]
        assert week.calf + week.step == planned == 27

    def test_counts_a_side_on_its_own_where_no_extra_set_was_asked_for(self) -> None:
        journal = Journal(**P2).train()
        more = make_set(
            exercise="two-up-one-down-calf-raise", side="left", set_index=9, set_id=make_id("more")
        )
        journal.log.append(make_session(more, session_id=make_id("more")))
        assert measured(journal).hard_sets.weeks[0].calf == 12.5

    def test_counts_the_other_sets_if_the_extra_one_was_left_out(self) -> None:
        journal = weak_left().train()
        # Only the extra set is a fourth one.
        journal.log = [
            replace(one, sets=tuple(done for done in one.sets if done.set_index < 4))
            for one in journal.log
        ]
        assert measured(journal).hard_sets.weeks[5] == HardSetsWeek(6, calf=18, step=9)


class TestVolume:
    def test_agrees_with_a_week_by_hand(self) -> None:
        # 4 sets of 15 at 1.00 were planned; 15 + 15 + 12 + 9 were done of the straight-knee raise.
        told = first_week(sets("SK", session=2, reps=(12, 9))).volume.weeks[0]
        assert told == VolumeWeek(
            week=1,
            ratio=0.95,
            tracks={
                "straight_knee": TrackVolume(done=51, planned=60, ratio=0.85),
                "bent_knee": TrackVolume(done=60, planned=60, ratio=1),
                "step_up": TrackVolume(done=60, planned=60, ratio=1),
            },
        )

    def test_takes_the_mean_of_two_sides(self) -> None:
        told = first_week(sets("SU", side="left", reps=10)).volume.weeks[0]
        assert told.tracks["step_up"] == TrackVolume(done=50, planned=60, ratio=0.83)

    def test_weighs_the_rung_that_was_done(self) -> None:
        told = first_week(sets("BK", exercise="seated-heel-raise")).volume.weeks[0]
        assert told.tracks["bent_knee"] == TrackVolume(done=24, planned=60, ratio=0.4)

    def test_is_not_capped(self) -> None:
        told = first_week(sets("SK", reps=30)).volume.weeks[0]
        assert told.tracks["straight_knee"].ratio == 2

    def test_weighs_the_load_beside_body_mass(self) -> None:
        # Science P2, week 11: 9 sets of 8 at 2.00 x (1 + 6/65); here with 13 kg instead of 6.
        journal = Journal(**P2).train(weeks=10).train(sets("SK", load=Load(13, "kg")))
        told = measured(journal).volume.weeks[10].tracks["straight_knee"]
        assert told == TrackVolume(done=172.8, planned=157.29, ratio=1.1)

    def test_takes_an_unknown_load_for_none(self) -> None:
        journal = Journal(**P2).train(weeks=10).train(sets("SK", load=None))
        assert measured(journal).volume.weeks[10].tracks["straight_knee"].done == 144

    def test_has_no_weight_for_what_stands_beside_the_ladder(self) -> None:
        told = first_week(sets("BK", exercise="seated-loaded-calf-raise"))
        assert told.volume.weeks[0].tracks["bent_knee"].done == 0
        assert told.hard_sets.weeks[0].calf == 8

    def test_has_no_ratio_where_nothing_was_planned(self) -> None:
        told = measured(Journal().train().train(sets("SK", session=1, pain=7)))
        assert told.volume.weeks[2].tracks["straight_knee"] == TrackVolume(0, 0, None)

    def test_leaves_out_the_extra_set_of_a_weak_side(self) -> None:
        told = measured(weak_left().train()).volume.weeks[5].tracks["straight_knee"]
        assert told == TrackVolume(done=202.5, planned=202.5, ratio=1)

    @given(specs(weeks=5))
    @settings(max_examples=at_most(20), suppress_health_check=[HealthCheck.too_slow], deadline=None)
    def test_is_what_was_planned_if_all_was_done(self, wanted: Spec) -> None:
        journal = Journal(wanted).train(weeks=5)
        told = measured(journal)
        for week, volume, hard in zip(
            journal.course.past, told.volume.weeks, told.hard_sets.weeks, strict=True
        ):
            assert {t: volume.tracks[t].done for t in TRACKS} == week.effective_volume
            assert {t: volume.tracks[t].planned for t in TRACKS} == week.effective_volume
            assert hard.calf + hard.step == week.hard_sets
            assert volume.ratio == (1 if has_work(week) else None)


def has_work(week: Week) -> bool:
    return week.hard_sets > 0


class TestTension:
    def test_agrees_with_the_tempo_by_hand(self) -> None:
        # 4 x 15 repetitions of 6 s, 6 s and, for both sides, 2 x 4 s.
        week = first_week().tension.weeks[0]
        assert week.tracks == {"straight_knee": 360, "bent_knee": 360, "step_up": 480}
        assert week.seconds == 1200

    def test_counts_one_side_once(self) -> None:
        week = first_week(sets("SU", side="left", omit=True)).tension.weeks[0]
        assert week.tracks["step_up"] == 240

    @pytest.mark.parametrize("side", ["both", None])
    def test_counts_both_sides_of_a_set_that_names_neither(self, side: str | None) -> None:
        journal = Journal()
        done = make_set(exercise="step-up", side=side, reps=10)
        journal.log.append(make_session(done))
        assert measured(journal).tension.weeks[0].seconds == 80

    def test_goes_by_the_exercise_that_was_done(self) -> None:
        week = first_week(sets("BK", exercise="seated-loaded-calf-raise")).tension.weeks[0]
        assert week.tracks["bent_knee"] == 360

    def test_knows_the_tempo_of_every_exercise_of_the_catalogue(self) -> None:
        assert len(volumes.TEMPOS) == len(EXERCISES)
        beside = [one for one in EXERCISES.values() if one.rung is None]
        assert {(one.track, BELOW_ANY_RUNG) for one in beside} <= set(volumes.TEMPOS)

    def test_counts_the_extra_set_of_a_weak_side(self) -> None:
        # 9 pairs of 15 at 6 s, and 15 more on the left.
        week = measured(weak_left().train()).tension.weeks[5]
        assert week.tracks["straight_knee"] == 2 * 9 * 15 * 6 + 15 * 6


class TestSystemLoad:
    def loaded(self, *changes: Change) -> SystemLoad:
        """P2 after week 11, in which the straight-knee raise is 3 x 8 at 6 kg."""
        return measured(Journal(**P2).train(weeks=10).train(*changes)).system_load

    def test_adds_body_mass_and_load(self) -> None:
        told = self.loaded()
        assert told.weeks[10].tracks == {"straight_knee": 71, "bent_knee": 71, "step_up": 71}
        assert told.weeks[0].tracks == {"straight_knee": 65, "bent_knee": 65, "step_up": 65}
        assert (told.unit, told.body_mass_assumed) == ("kg", False)

    def test_takes_the_most_of_a_set_of_6_repetitions(self) -> None:
        heavy = (Load(9, "kg"), Load(12, "kg"), Load(7, "kg"))
        told = self.loaded(sets("SK", load=heavy, reps=(6, 5, 8)))
        assert told.weeks[10].tracks["straight_knee"] == 74

    def test_names_the_most_of_all_weeks(self) -> None:
        told = self.loaded()
        assert told.best == {"straight_knee": 71, "bent_knee": 71, "step_up": 71}
        assert told.weeks[11].tracks == dict.fromkeys(TRACKS)

    def test_leaves_out_a_load_that_is_unknown(self) -> None:
        told = self.loaded(sets("SK", load=None))
        assert told.weeks[10].tracks["straight_knee"] is None

    @pytest.mark.parametrize("slug", ["seated-heel-raise", "seated-loaded-calf-raise"])
    def test_leaves_out_what_does_not_lift_the_body(self, slug: str) -> None:
        told = first_week(sets("BK", exercise=slug, load=Load(20, "kg"))).system_load
        assert told.best["bent_knee"] is None

    def test_is_in_the_unit_of_the_programme(self) -> None:
        told = measured(
            Journal(units="imperial").train(sets("SK", load=Load(10, "kg")))
        ).system_load
        # Nobody said what the runner weighs: 154 lb are assumed; 10 kg are 22.05 lb.
        assert (told.unit, told.body_mass_assumed) == ("lb", True)
        assert told.best == {"straight_knee": 176.05, "bent_knee": 154, "step_up": 154}

    def test_is_nothing_without_training(self) -> None:
        told = measured(Journal().train(sessions(omit=True))).system_load
        assert told.best == dict.fromkeys(TRACKS)
