"""Tests of the progression of a track: repetitions, then a harder rung, then load."""

import pytest

from app.training.catalog.exercises import LADDERS
from app.training.catalog.track_definitions import TRACKS, Track
from app.training.planning import progression
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.progression import TrackState
from app.training.planning.spec import Start, TrackStart, to_hundredths
from tests.training.strategies import make_constants

# The runner of the worked example P2, who has a stair, a box and a backpack.
P2 = make_constants(
    level="intermediate",
    equipment=("chair", "backpack"),
    step_heights_cm=(18, 30),
    body_mass=65,
    load_increment=1,
)


def at_rung(track: Track, number: int, reps: int, load: float = 0, hits: int = 0) -> TrackState:
    rung = next(rung for rung in LADDERS[track] if rung.number == number)
    return TrackState(rung, reps, to_hundredths(load), hits)


def progress(
    constants: PlanConstants, begin: TrackState, sessions: int = 2
) -> tuple[str, int, int, float, int]:
    """Return the code of the reason, and rung, repetitions, load and hits after one step."""
    after, reason = progression.progress(constants, begin, sessions)
    return reason.code, after.rung.number, after.reps, after.load / 100, after.hits


class TestStartTrack:
    def test_starts_with_the_fewest_repetitions_of_the_first_rung(self) -> None:
        for track, number in zip(TRACKS, (4, 4, 3), strict=True):
            assert progression.start_track(P2, track) == at_rung(track, number, 12)

    def test_continues_where_the_programme_before_ended(self) -> None:
        begun = make_constants(
            equipment=("backpack",),
            load_increment=2.5,
            start=Start(bent_knee=TrackStart(5, 14), step_up=TrackStart(6, 9, 12.5)),
        )
        assert progression.start_track(begun, "bent_knee") == at_rung("bent_knee", 5, 14)
        assert progression.start_track(begun, "step_up") == at_rung("step_up", 6, 9, 12.5)
        assert progression.start_track(begun, "straight_knee") == at_rung("straight_knee", 2, 15)


class TestLoads:
    @pytest.mark.parametrize(
        ("body_mass", "increment", "first"),
        [(70, 1, 7), (65, 1, 6), (65, 2.5, 5), (30, 5, 5), (99.9, 0.25, 9.75), (64.35, 0.3, 6.3)],
    )
    def test_starts_with_a_tenth_of_body_mass(
        self, body_mass: float, increment: float, first: float
    ) -> None:
        constants = make_constants(body_mass=body_mass, load_increment=increment)
        assert progression.compute_first_load(constants) / 100 == first

    @pytest.mark.parametrize(
        ("body_mass", "increment", "load", "step"),
        [(65, 1, 6, 3), (65, 1, 15, 4), (70, 2.5, 7.5, 2.5), (30, 5, 5, 5), (250, 1, 150, 20)],
    )
    def test_adds_a_twentieth_of_body_mass_and_load(
        self, body_mass: float, increment: float, load: float, step: float
    ) -> None:
        constants = make_constants(body_mass=body_mass, load_increment=increment)
        assert progression.compute_load_step(constants, to_hundredths(load)) / 100 == step

    @pytest.mark.parametrize(("load", "heavy"), [(12.99, False), (13, True), (13.01, True)])
    def test_is_heavy_from_a_fifth_of_body_mass(self, load: float, heavy: bool) -> None:
        assert progression.is_heavy(P2, to_hundredths(load)) is heavy


class TestComputeRepStep:
    def test_returns_smaller_steps_for_shorter_sets(self) -> None:
        steps = {
            rung.reps_low: progression.compute_rep_step(rung)
            for track in TRACKS
            for rung in LADDERS[track]
        }
        assert steps == {15: 3, 12: 3, 10: 2, 8: 2, 6: 1}


class TestComputeEntryReps:
    @pytest.mark.parametrize(
        ("old", "number", "load", "reps"),
        [
            (at_rung("straight_knee", 2, 20), 3, 0, 12),  # 21 would fit, the rung begins at 12
            (at_rung("straight_knee", 5, 15), 6, 0, 12),
            (at_rung("step_up", 4, 15), 6, 6, 8),
            (at_rung("bent_knee", 1, 20), 2, 0, 10),  # 5/4 x 20 x 0.40 / 1.00, exactly
            (at_rung("bent_knee", 1, 12), 2, 0, 6),
            (at_rung("bent_knee", 1, 5), 2, 0, 5),  # never fewer than five
            (at_rung("step_up", 0, 15), 5, 0, 7),  # 7.03
            (at_rung("step_up", 0, 20), 5, 0, 9),  # 9.375, rounded down
            (at_rung("straight_knee", 7, 5, 20), 8, 20, 6),
            (at_rung("straight_knee", 7, 5, 5), 7, 39, 5),
        ],
    )
    def test_raises_the_work_of_a_set_by_a_quarter_at_most(
        self, old: TrackState, number: int, load: float, reps: int
    ) -> None:
        rung = at_rung(old.rung.track, number, 0).rung
        assert progression.compute_entry_reps(P2, old, rung, to_hundredths(load)) == reps


class TestProgress:
    @pytest.mark.parametrize(
        ("begin", "reps"),
        [
            (at_rung("straight_knee", 2, 15), 18),
            (at_rung("straight_knee", 2, 18), 20),  # the top of the range
            (at_rung("straight_knee", 4, 12), 15),
            (at_rung("step_up", 6, 8, 6), 10),
            (at_rung("step_up", 7, 6, 15), 7),
            (at_rung("straight_knee", 2, 11), 13),  # 13.75: a quarter more is less than three more
            (at_rung("straight_knee", 2, 4), 5),
            (at_rung("straight_knee", 2, 3), 4),  # at least one more
            (at_rung("straight_knee", 2, 1), 2),
        ],
    )
    def test_adds_repetitions_first(self, begin: TrackState, reps: int) -> None:
        after, reason = progression.progress(P2, begin, 3)
        assert (reason.code, after.reps, after.hits) == ("ADD_REPS", reps, 0)
        assert (after.rung, after.load) == (begin.rung, begin.load)
        assert reason.sentence == f"You met the target, so each set goes to {reps}."

    def test_requires_the_top_of_the_range_in_two_sessions(self) -> None:
        top = at_rung("straight_knee", 2, 20)
        assert progress(P2, top, sessions=1) == ("HOLD_TWO_FOR_TWO", 2, 20, 0, 1)
        again = at_rung("straight_knee", 2, 20, hits=1)
        assert progress(P2, again, sessions=1) == ("NEXT_RUNG", 3, 12, 0, 0)
        assert progress(P2, top, sessions=2) == ("NEXT_RUNG", 3, 12, 0, 0)

    def test_resets_the_count_of_hits_with_new_repetitions(self) -> None:
        assert progress(P2, at_rung("straight_knee", 2, 18, hits=1))[-1] == 0

    def test_names_the_next_exercise(self) -> None:
        reason = progression.progress(P2, at_rung("step_up", 3, 15), 2).reason
        assert "next is " + LADDERS["step_up"][4].name in reason.sentence

    def test_starts_a_loaded_rung_with_the_first_load(self) -> None:
        assert progress(P2, at_rung("straight_knee", 6, 15)) == ("NEXT_RUNG", 7, 8, 6, 0)
        assert progress(P2, at_rung("step_up", 4, 15)) == ("NEXT_RUNG", 6, 8, 6, 0)

    def test_adds_load_at_the_top_and_reduces_repetitions(self) -> None:
        begin = at_rung("straight_knee", 7, 12, 6)
        after, reason = progression.progress(P2, begin, 2)
        assert (after.rung, after.reps, after.load) == (begin.rung, 8, 900)
        assert reason.sentence == "Add 3 kg; reps go back to 8."
        assert reason.params == {"delta": 3.0, "unit": "kg", "reps": 8}

    def test_moves_to_the_heavy_rung_with_the_same_load(self) -> None:
        assert progress(P2, at_rung("straight_knee", 7, 12, 12)) == ("ADD_LOAD", 7, 8, 15, 0)
        assert progress(P2, at_rung("straight_knee", 7, 12, 15)) == ("NEXT_RUNG", 8, 6, 15, 0)
        assert progress(P2, at_rung("step_up", 6, 12, 13)) == ("NEXT_RUNG", 7, 6, 13, 0)

    def test_adds_no_load_beyond_six_tenths_of_body_mass(self) -> None:
        assert progress(P2, at_rung("straight_knee", 8, 8, 36)) == ("ADD_LOAD", 8, 6, 39, 0)
        assert progress(P2, at_rung("straight_knee", 8, 8, 39)) == ("LADDER_TOP_HOLD", 8, 8, 39, 2)

    def test_keeps_adding_load_if_the_heavy_rung_is_not_available(self) -> None:
        # A stair of 18 cm serves the loaded step-up and not the heavy one.
        low = make_constants(equipment=("dumbbell",), body_mass=65, step_heights_cm=(18,))
        assert progress(low, at_rung("step_up", 6, 12, 20)) == ("ADD_LOAD", 6, 8, 24, 0)

    def test_adds_repetitions_on_the_last_unloaded_rung_and_then_holds(self) -> None:
        plain = make_constants()
        assert progress(plain, at_rung("straight_knee", 6, 15)) == ("ADD_REPS", 6, 18, 0, 0)
        assert progress(plain, at_rung("straight_knee", 6, 24)) == ("ADD_REPS", 6, 25, 0, 0)
        assert progress(plain, at_rung("straight_knee", 6, 25)) == ("LADDER_TOP_HOLD", 6, 25, 0, 2)
        assert progress(plain, at_rung("step_up", 3, 20)) == ("LADDER_TOP_HOLD", 3, 20, 0, 2)

    def test_waits_for_the_weak_side(self) -> None:
        single = TrackState(LADDERS["straight_knee"][4], 15, weak="left")
        after, reason = progression.progress(P2, single, 2)
        assert (after.rung, after.hits) == (single.rung, 2)
        assert reason.code == "ASYMMETRY_HOLD"
        assert reason.sentence.startswith("The left side is more than 15 % behind")

    def test_does_not_wait_in_exercises_of_both_legs(self) -> None:
        both = TrackState(LADDERS["straight_knee"][1], 20, weak="left")
        after, reason = progression.progress(P2, both, 2)
        assert (after.rung.number, after.weak, reason.code) == (3, "left", "NEXT_RUNG")

    def test_uses_pounds_with_imperial_units(self) -> None:
        pounds = make_constants(units="imperial", equipment=("dumbbell",), step_heights_cm=(30,))
        # 10 % of 154 lb is 15.4, and 5 % of 169 lb is 8.45: 15 and 7.5 in steps of 2.5.
        assert progress(pounds, at_rung("straight_knee", 6, 15)) == ("NEXT_RUNG", 7, 8, 15, 0)
        reason = progression.progress(pounds, at_rung("straight_knee", 7, 12, 15), 2).reason
        assert reason.sentence == "Add 7.5 lb; reps go back to 8."
