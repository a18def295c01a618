"""Tests of what stands between two weeks: caution, sets, weak sides, first rungs, and `start`."""

from dataclasses import replace
from typing import Any, ClassVar, get_args

import pytest

from app.training.catalog.track_definitions import OPTIONAL_TRACKS, Track
from app.training.planning import standing
from app.training.planning.plan_constants import PlanConstants, derive
from app.training.planning.spec import (
    HeelRiseTest,
    Level,
    Ramp,
    SidePlankTest,
    SpecFields,
)
from app.training.planning.standing import Held, Standing, fresh_standing
from app.training.planning.start import HeldDose, Start, TrackStart
from tests.training.notation import SHORT
from tests.training.planning.states import at, find_rung, stand
from tests.training.strategies import make_constants

WITH_CORE: SpecFields = {"core": OPTIONAL_TRACKS}
LOADED: SpecFields = {"equipment": ("chair", "backpack"), "body_mass": 70}
WITH_PLANK: SpecFields = {**LOADED, "core": ("plank",)}


def begin(**fields: Any) -> tuple[PlanConstants, Standing]:
    constants = make_constants(**fields)
    return constants, fresh_standing(constants)


def find_start_rungs(**fields: Any) -> dict[str, int]:
    """Return the number of the first rung of each track."""
    constants, before = begin(**fields)
    return {SHORT[t]: before.start_rung(constants, t).number for t in constants.tracks}


def make_even_test(reps: int) -> HeelRiseTest:
    return HeelRiseTest(reps, reps)


class TestCaution:
    @pytest.mark.parametrize(("pain", "cautious"), [(0, False), (2, False), (3, True), (5, True)])
    def test_begins_at_pain_3(self, pain: int, cautious: bool) -> None:
        constants, before = begin(pain_now=pain)
        assert before.caution is before.is_cautious(constants) is cautious

    def test_begins_after_an_injury(self) -> None:
        constants, before = begin(injury_last_3_months=True)
        assert before.caution
        assert before.is_cautious(constants)

    def test_is_called_for_by_age_alone(self) -> None:
        constants, before = begin(age=70)
        assert not before.caution
        assert before.is_cautious(constants)

    def test_is_not_called_for_by_a_heel_that_must_not_drop(self) -> None:
        constants, before = begin(avoid_below_level=True)
        assert not before.is_cautious(constants)

    def test_ends_with_what_stands_and_not_with_the_spec(self) -> None:
        constants, before = begin(pain_now=5)
        assert not before._replace(caution=False).is_cautious(constants)


class TestSets:
    @pytest.mark.parametrize(
        ("level", "first", "full"),
        [("beginner", 4, 6), ("intermediate", 4, 6), ("advanced", 6, 8)],
    )
    def test_depend_on_level_and_sessions(self, level: Level, first: int, full: int) -> None:
        constants, before = begin(level=level)
        assert before.first_sets(constants, "step_up") == first
        assert before.full_sets(constants, "step_up") == full

    @pytest.mark.parametrize("level", get_args(Level))
    def test_are_two_to_three_a_session_in_a_cautious_plan(self, level: Level) -> None:
        constants, before = begin(level=level, age=70)
        assert before.first_sets(constants, "step_up") == 4
        assert before.full_sets(constants, "step_up") == 6

    def test_follow_the_sessions_that_hold_the_track(self) -> None:
        constants, before = begin(days_per_week=5)
        assert before.full_sets(constants, "straight_knee") == 9
        assert before.full_sets(constants, "step_up") == 6

    @pytest.mark.parametrize(("days", "half"), [(1, 2), (2, 3), (3, 5)])
    def test_grow_to_half_of_the_full_ones_rounded_up_in_maintenance(
        self, days: int, half: int
    ) -> None:
        constants, before = begin(days_per_week=days)
        state = at("SK6", 25)
        assert before.target_sets(constants, state) == 3 * days
        assert before.target_sets(constants, state._replace(maintain=True)) == half


class TestDeloadEvery:
    @pytest.mark.parametrize(("given", "careful"), [(0, 0), (3, 3), (4, 3), (8, 3)])
    def test_is_at_most_3_while_caution_holds(self, given: int, careful: int) -> None:
        constants, before = begin(deload_every=given, pain_now=4)
        assert before.deload_every(constants) == careful
        assert before._replace(caution=False).deload_every(constants) == given

    def test_is_at_most_3_at_a_cautious_age(self) -> None:
        constants, before = begin(deload_every=8, age=65)
        assert before.deload_every(constants) == 3


class TestFindWeakSide:
    @pytest.mark.parametrize(
        ("left", "right", "side"),
        [
            (20, 20, None),
            (20, 25, None),  # five is within the noise
            (20, 26, "left"),
            (26, 20, "right"),
            (34, 40, None),  # six of forty are 15 %, and 15 % is not beyond 15 %
            (33, 40, "left"),
            (0, 6, "left"),
            (170, 200, None),
            (200, 169, "right"),
        ],
    )
    def test_returns_a_side_behind_by_the_noise_and_by_more_than_15_percent(
        self, left: int, right: int, side: str | None
    ) -> None:
        assert standing.find_weak_side(left, right, noise=6) == side

    @pytest.mark.parametrize(
        ("left", "right", "side"), [(60, 89, None), (60, 90, "left"), (170, 200, None)]
    )
    def test_allows_30_seconds_in_a_side_plank(
        self, left: int, right: int, side: str | None
    ) -> None:
        assert standing.find_weak_side(left, right, noise=30) == side


class TestWeakSide:
    BOTH: ClassVar[SpecFields] = {
        **WITH_CORE,
        "heel_rise_test": HeelRiseTest(30, 20),
        "side_plank_test": SidePlankTest(60, 90),
    }

    def test_is_that_of_the_test_which_the_track_uses(self) -> None:
        constants, before = begin(**self.BOTH)
        sides = {SHORT[track]: before.weak_side(track, None) for track in constants.tracks}
        assert sides == {
            "SK": "right", "BK": "right", "SU": None, "SP": "left", "BR": None, "PL": None,
        }  # fmt: skip

    @pytest.mark.parametrize("track", ["straight_knee", "step_up", "side_plank"])
    def test_is_that_of_the_logged_sets_first(self, track: Track) -> None:
        _, before = begin(**self.BOTH)
        assert before.weak_side(track, "left") == "left"
        assert before.weak_side(track, "right") == "right"

    def test_is_none_without_a_test(self) -> None:
        _, before = begin(**WITH_CORE)
        assert before.weak_side("straight_knee", None) is None
        assert before.weak_side("side_plank", None) is None


class TestStartRung:
    @pytest.mark.parametrize(
        ("level", "rungs"),
        [
            ("beginner", {"SK": 2, "BK": 2, "SU": 2, "SP": 1, "BR": 1, "PL": 2}),
            ("intermediate", {"SK": 4, "BK": 4, "SU": 3, "SP": 2, "BR": 3, "PL": 3}),
            ("advanced", {"SK": 6, "BK": 6, "SU": 4, "SP": 3, "BR": 4, "PL": 4}),
        ],
    )
    def test_depends_on_the_level(self, level: Level, rungs: dict[str, int]) -> None:
        assert find_start_rungs(level=level, step_heights_cm=(18, 30), **WITH_CORE) == rungs

    @pytest.mark.parametrize(
        ("reps", "calf"),
        [
            *[(0, 1), (4, 1), (5, 2), (9, 2), (10, 3), (14, 3)],
            *[(15, 4), (19, 4), (20, 5), (24, 5), (25, 6), (200, 6)],
        ],
    )
    def test_follows_the_heel_rise_test_in_calf_raises(self, reps: int, calf: int) -> None:
        found = find_start_rungs(
            level="intermediate", heel_rise_test=make_even_test(reps), **WITH_CORE
        )
        assert (found["SK"], found["BK"]) == (calf, calf)
        assert (found["SP"], found["BR"], found["PL"]) == (2, 3, 3)

    @pytest.mark.parametrize(("reps", "step"), [(0, 1), (4, 1), (5, 3), (200, 3)])
    def test_is_low_in_step_ups_after_a_low_test_only(self, reps: int, step: int) -> None:
        found = find_start_rungs(level="intermediate", heel_rise_test=make_even_test(reps))
        assert found["SU"] == step

    @pytest.mark.parametrize(
        ("seconds", "rung"), [(0, 1), (39, 1), (40, 2), (59, 2), (60, 3), (89, 3), (90, 4)]
    )
    def test_follows_the_side_plank_test_in_side_planks(self, seconds: int, rung: int) -> None:
        found = find_start_rungs(side_plank_test=SidePlankTest(seconds, seconds), **WITH_CORE)
        assert found == {"SK": 2, "BK": 2, "SU": 2, "SP": rung, "BR": 1, "PL": 2}

    def test_follows_the_weaker_side(self) -> None:
        one = find_start_rungs(heel_rise_test=HeelRiseTest(40, 9))
        other = find_start_rungs(heel_rise_test=HeelRiseTest(4, 40))
        assert one == {"SK": 2, "BK": 2, "SU": 2}
        assert other == {"SK": 1, "BK": 1, "SU": 1}
        side = find_start_rungs(side_plank_test=SidePlankTest(90, 59), core=("side_plank",))
        assert side["SP"] == 2

    def test_follows_the_newest_test_and_not_the_spec(self) -> None:
        constants, before = begin(heel_rise_test=make_even_test(20))
        newer = before._replace(test=(10, 10))
        assert newer.start_rung(constants, "straight_knee").number == 3

    def test_is_the_next_lower_rung_if_equipment_is_missing(self) -> None:
        stair = find_start_rungs(level="advanced", step_heights_cm=(18,))
        floor = find_start_rungs(level="advanced", step_heights_cm=())
        assert stair == {"SK": 6, "BK": 6, "SU": 3}
        assert floor == {"SK": 5, "BK": 5, "SU": 0}

    def test_is_the_lowest_rung_if_none_is_lower(self) -> None:
        found = find_start_rungs(heel_rise_test=make_even_test(0), equipment=())
        assert found == {"SK": 1, "BK": 2, "SU": 1}

    def test_is_one_available_rung_lower_in_a_cautious_plan(self) -> None:
        assert find_start_rungs(age=70) == {"SK": 1, "BK": 1, "SU": 1}
        assert find_start_rungs(pain_now=3, level="advanced", step_heights_cm=(22,)) == {
            "SK": 5, "BK": 5, "SU": 0,
        }  # fmt: skip
        assert find_start_rungs(age=70, equipment=())["BK"] == 2

    def test_is_lower_after_a_test_too_in_a_cautious_plan(self) -> None:
        found = find_start_rungs(
            age=70,
            heel_rise_test=make_even_test(25),
            side_plank_test=SidePlankTest(90, 90),
            core=("side_plank",),
        )
        assert (found["SK"], found["SP"]) == (5, 3)


class TestFreshStanding:
    def test_begins_each_track_with_the_fewest_repetitions_of_its_first_rung(self) -> None:
        constants, before = begin(**WITH_CORE)
        assert [*before.tracks.values()] == [
            at("SK2", 15, sets=4, why="START"),
            at("BK2", 15, sets=4, why="START"),
            at("SU2", 15, sets=4, why="START"),
            at("SP1", 4, sets=4, why="START"),  # 20 seconds
            at("BR1", 15, sets=4, why="START"),
            at("PL2", 4, sets=4, why="START"),
        ]
        assert tuple(before.tracks) == constants.tracks

    @pytest.mark.parametrize(
        ("ramp", "age", "sets"),
        [("gentle", 30, 6), ("direct", 30, 8), ("direct", 70, 4), ("gentle", 70, 4)],
    )
    def test_begins_with_all_sets_if_wished_and_not_cautious(
        self, ramp: Ramp, age: int, sets: int
    ) -> None:
        _, before = begin(level="advanced", ramp=ramp, age=age)
        assert {state.sets for state in before.tracks.values()} == {sets}

    def test_knows_the_tests_of_the_spec(self) -> None:
        _, before = begin(
            heel_rise_test=HeelRiseTest(21, 23), side_plank_test=SidePlankTest(50, 60)
        )
        assert (before.test, before.side_test) == ((21, 23), (50, 60))

    def test_takes_what_a_client_gives_and_the_rest_as_for_a_fresh_track(self) -> None:
        _, before = begin(start=Start(straight_knee=TrackStart(4, reps=13)), **LOADED)
        assert before.tracks["straight_knee"] == at("SK4", 13, sets=4, why="START")
        assert before.tracks["bent_knee"] == at("BK2", 15, sets=4, why="START")

    def test_gives_a_rung_of_a_client_its_fewest_repetitions_and_its_first_load(self) -> None:
        start = Start(
            straight_knee=TrackStart(7), bent_knee=TrackStart(3), side_plank=TrackStart(3)
        )
        _, before = begin(start=start, core=("side_plank",), **LOADED)
        assert before.tracks["straight_knee"] == at("SK7", 8, 7, sets=4, why="START")
        assert before.tracks["bent_knee"] == at("BK3", 12, sets=4, why="START")
        assert before.tracks["side_plank"] == at("SP3", 5, sets=4, why="START")

    def test_takes_sets_and_load_and_seconds_of_a_client(self) -> None:
        start = Start(
            straight_knee=TrackStart(7, load=11.0, sets=6), plank=TrackStart(3, seconds=35)
        )
        _, before = begin(start=start, core=("plank",), **LOADED)
        assert before.tracks["straight_knee"] == at("SK7", 8, 11, sets=6, why="START")
        assert before.tracks["plank"].reps == 7

    def test_takes_what_a_continued_programme_leaves_out_as_nothing(self) -> None:
        start = Start(straight_knee=TrackStart(4, reps=13, sets=5), since=9)
        _, before = begin(start=start, heel_rise_test=make_even_test(25), pain_now=4)
        assert before.tracks["straight_knee"] == at("SK4", 13, sets=5)
        assert (before.since, before.caution, before.test, before.ever) == (9, False, None, False)


class TestWriteStart:
    FULL: ClassVar[dict[str, Any]] = {
        "since": 11, "caution": True, "test": (20, 26), "side_test": (40, 71), "run": 2, "away": 3,
        "calm": 1, "cut": 1, "skipped": 1, "ever": True, "notes": ("RETEST_LOWER",),
    }  # fmt: skip

    def carry(self, *states: standing.TrackState, **fields: Any) -> tuple[Standing, Standing]:
        """Return a standing, and what is read from the `start` that is written from it."""
        constants = make_constants(**WITH_PLANK)
        before = stand(constants, *states, **fields)
        start = standing.write_start(before, before.tracks)
        return before, fresh_standing(derive(replace(constants.spec, start=start)))

    def test_keeps_all_that_stands(self) -> None:
        before, after = self.carry(
            at("SK7", 9, 12.5, hits=1, due="test", due_rung=8, why="EFFORT_TOO_HIGH", weak="left"),
            at(
                "BK3", 12, top=2, maintain=True, suspended=True, reduce=True, stopped=True,
                pain_prev=55_000, painful=3, why="PAIN_ABOVE_5",
            ),
            at("SU2", 15, held=Held(6, 9, 1250, 4), why="BELOW_TARGET_REGRESS", lowered="rung"),
            at("PL3", 7, held=Held(5, 6, 0, 1)),
            **self.FULL,
        )  # fmt: skip
        assert after == before

    def test_says_holds_in_seconds(self) -> None:
        before, _ = self.carry(at("PL3", 7, held=Held(5, 6, 0, 1)))
        written = standing.write_start(before, before.tracks).of("plank")
        assert written
        assert (written.reps, written.seconds) == (None, 35)
        assert written.held == HeldDose(5, None, 30, 0.0, 1)

    def test_says_what_was_lowered_only_with_the_reason_that_tells_it(self) -> None:
        before, _ = self.carry(at("SK2", 15, lowered="rung", why="EFFORT_TOO_HIGH"))
        written = standing.write_start(before, before.tracks).of("straight_knee")
        assert written
        assert written.lowered is None

    def test_says_only_the_tracks_that_it_is_given(self) -> None:
        before, _ = self.carry()
        only = {"plank": before.tracks["plank"]}
        start = standing.write_start(before, only)
        assert (start.of("plank") is None, start.of("step_up")) == (False, None)


class TestReps:
    @pytest.mark.parametrize(
        ("name", "counts", "told"), [("SK2", 15, (15, None)), ("SP2", 6, (None, 30))]
    )
    def test_are_told_as_repetitions_or_as_seconds(
        self, name: str, counts: int, told: tuple[int | None, int | None]
    ) -> None:
        reps, seconds = standing.write_reps(find_rung(name), counts)
        assert (reps, seconds) == told
        assert standing.read_reps(TrackStart(2, reps=reps, seconds=seconds)) == counts

    def test_are_none_where_neither_is_given(self) -> None:
        assert standing.read_reps(TrackStart(2)) is None


class TestMove:
    def test_forgets_what_was_counted_towards_the_old_target(self) -> None:
        before = at("SK2", 20, hits=2, due="test", due_rung=4, top=2, maintain=True, painful=2)
        after = before.move(find_rung("SK3"), 12, 0)
        assert after == at("SK3", 12, maintain=True, painful=2)
