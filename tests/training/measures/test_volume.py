"""Effective volume, done beside planned (science part 5)."""

from hypothesis import HealthCheck, given, settings

from app.training.measures.volume import TrackVolume, VolumeWeek
from app.training.planning.load import Load
from app.training.planning.spec import Spec, SpecFields
from app.training.planning.start import Start, TrackStart
from app.training.planning.week import Week
from tests.properties import at_most
from tests.training.journal import CORE, P2, Journal, sets
from tests.training.measures.measured import measure, measure_first_week, train_weak_left
from tests.training.strategies import specs

# Nothing but machines to load the calves with, for somebody who has reached them.
MACHINES: SpecFields = {
    "equipment": ("leg_press",),
    "step_heights_cm": (18,),
    "start": Start(straight_knee=TrackStart(7)),
}


class TestMeasureVolume:
    def test_matches_a_week_computed_by_hand(self) -> None:
        # 4 sets of 15 at 1.00 were planned; 15 + 15 + 12 + 9 were done of the straight-knee raise.
        result = measure_first_week(sets("SK", session=2, reps=(12, 9))).volume.weeks[0]
        assert result == VolumeWeek(
            week=1,
            ratio=0.95,
            tracks={
                "straight_knee": TrackVolume(done=51, planned=60, ratio=0.85),
                "bent_knee": TrackVolume(done=60, planned=60, ratio=1),
                "step_up": TrackVolume(done=60, planned=60, ratio=1),
            },
        )

    def test_uses_the_mean_of_two_sides(self) -> None:
        result = measure_first_week(sets("SU", side="left", reps=10)).volume.weeks[0]
        assert result.tracks["step_up"] == TrackVolume(done=50, planned=60, ratio=0.83)

    def test_uses_the_coefficient_of_the_rung_that_was_done(self) -> None:
        result = measure_first_week(sets("BK", exercise="seated-heel-raise")).volume.weeks[0]
        assert result.tracks["bent_knee"] == TrackVolume(done=24, planned=60, ratio=0.4)

    def test_is_not_capped(self) -> None:
        result = measure_first_week(sets("SK", reps=30)).volume.weeks[0]
        assert result.tracks["straight_knee"].ratio == 2

    def test_adds_the_load_to_body_mass(self) -> None:
        # Science P2, week 11: 9 sets of 10 at 1.65 x (1 + 6/65); here with 13 kg instead of 6.
        journal = Journal(**P2).train(weeks=10).train(sets("SU", load=Load(13, "kg")))
        result = measure(journal).volume.weeks[10].tracks["step_up"]
        assert result == TrackVolume(done=178.2, planned=162.21, ratio=1.1)

    def test_counts_an_unknown_load_as_none(self) -> None:
        journal = Journal(**P2).train(weeks=10).train(sets("SU", load=None))
        assert measure(journal).volume.weeks[10].tracks["step_up"].done == 148.5

    def test_ignores_an_exercise_beside_the_ladder(self) -> None:
        journal = Journal(**CORE).train(sets("BR", exercise="bird-dog"))
        result = measure(journal)
        assert result.volume.weeks[0].tracks["bridge"].done == 0
        assert result.hard_sets.weeks[0].trunk == 12

    def test_counts_an_alternative_with_the_load_of_the_plan(self) -> None:
        # The machine's 60 kg say nothing about the weight that the calf lifts.
        journal = Journal(**MACHINES).train(sets("SK", load=Load(60, "kg")))
        assert "leg-press-calf-raise" in str(journal.log[0].sets)
        volume = measure(journal).volume.weeks[0].tracks["straight_knee"]
        assert volume.done == volume.planned > 0

    def test_counts_a_hold_in_fives(self) -> None:
        # 4 sets of 20 s at 0.60: four counts each.
        week = measure(Journal(**CORE).train(sets("PL", duration_s=17.4))).volume.weeks[0]
        assert week.tracks["side_plank"] == TrackVolume(done=9.6, planned=9.6, ratio=1)
        assert week.tracks["plank"] == TrackVolume(done=7.2, planned=9.6, ratio=0.75)

    def test_has_no_ratio_if_nothing_was_planned(self) -> None:
        result = measure(Journal().train().train(sets("SK", session=1, pain=7)))
        assert result.volume.weeks[2].tracks["straight_knee"] == TrackVolume(0, 0, None)

    def test_leaves_out_the_extra_set_of_a_weak_side(self) -> None:
        result = measure(train_weak_left().train()).volume.weeks[6].tracks["straight_knee"]
        assert result == TrackVolume(done=202.5, planned=202.5, ratio=1)

    @given(specs(weeks=5))
    @settings(max_examples=at_most(20), suppress_health_check=[HealthCheck.too_slow], deadline=None)
    def test_equals_the_plan_if_all_was_done(self, wanted: Spec) -> None:
        journal = Journal(wanted).train(weeks=5)
        result = measure(journal)
        weeks = journal.followed.weeks()[:5]
        for week, volume, hard in zip(
            weeks, result.volume.weeks, result.hard_sets.weeks, strict=True
        ):
            assert {t: one.done for t, one in volume.tracks.items()} == week.effective_volume
            assert {t: one.planned for t, one in volume.tracks.items()} == week.effective_volume
            assert hard.calf + hard.step + (hard.trunk or 0) == week.hard_sets
            assert volume.ratio == (1 if has_work(week) else None)


def has_work(week: Week) -> bool:
    return week.hard_sets > 0
