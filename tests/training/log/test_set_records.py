"""Completed sets as exact numbers: counts of holds, reserve, loads, and what cannot be counted."""

from typing import Any

import pytest

from app.training.catalog.exercises import EXERCISES
from app.training.log import set_records
from app.training.log.completed import CompletedSet, MorningPain
from app.training.log.set_records import (
    OFF_LADDER,
    SET_PLACES,
    MorningScore,
    RecordPlace,
    SetRecord,
)
from app.training.planning.load import Load
from app.training.planning.spec import SpecFields
from tests.training.journal import CORE, FIRST_DAY, make_id, make_session, make_set
from tests.training.notation import TRACK
from tests.training.strategies import make_constants

PLACE = RecordPlace(1, 2, make_id("session"), FIRST_DAY)


def read(done: CompletedSet, *, counts: bool = True) -> SetRecord:
    return set_records.read_set(done, PLACE, None, counts=counts)


def make_hold(duration_s: float | None, **fields: Any) -> CompletedSet:
    return make_set(exercise="plank", reps=None, duration_s=duration_s, **fields)


class TestReadSet:
    def test_has_its_place_and_exact_numbers(self) -> None:
        done = make_set(
            exercise="step-up", side="left", set_index=3, reps=12, load=Load(5.5, "kg"), rir=2.5,
            pain=1.25,
        )  # fmt: skip
        assert read(done) == SetRecord(
            week=1, session=2, session_id=make_id("session"), date=FIRST_DAY, track="step_up",
            rung=2, is_alternative=False, side="left", set_index=3, reps=12,
            load_ng=5_500_000_000_000, rir=25_000, pain=12_500, is_work=True, unilateral=True,
            units=1, morning=None,
        )  # fmt: skip

    def test_keeps_unknown_numbers_unknown(self) -> None:
        found = read(make_set(reps=None, load=None, rir=None, pain=None))
        assert (found.reps, found.load_ng, found.rir, found.pain) == (0, None, None, None)

    def test_keeps_the_pain_of_a_set_that_does_not_count(self) -> None:
        found = read(make_set(reps=101, pain=6), counts=False)
        assert (found.reps, found.pain, found.is_done) == (0, 60_000, False)

    @pytest.mark.parametrize(("side", "units"), [("both", 2), (None, 2), ("left", 1), ("right", 1)])
    @pytest.mark.parametrize("exercise", ["straight-leg-calf-raise", "step-up"])
    def test_counts_one_unit_for_each_side(
        self, exercise: str, side: str | None, units: int
    ) -> None:
        assert read(make_set(exercise=exercise, side=side)).units == units

    @pytest.mark.parametrize(
        ("fields", "done"),
        [
            ({}, True),
            ({"reps": 1}, True),
            ({"reps": 0}, False),
            ({"reps": None}, False),
            ({"kind": "warmup"}, False),
        ],
    )
    def test_is_done_with_a_repetition_of_work(self, fields: dict[str, Any], done: bool) -> None:
        assert read(make_set(**fields)).is_done == done


class TestHolds:
    @pytest.mark.parametrize(
        ("seconds", "counts"),
        [
            (0, 0),
            (2.4, 0),
            (2.5, 1),
            (17.4, 3),
            (17.5, 4),
            # 20 s asked: met. 30 s asked: 27.4 are five of six, 27.5 all.
            (18.9, 4),
            (27.4, 5),
            (27.49, 5),
            (27.5, 6),
            (30, 6),
            (600, 120),
        ],
    )
    def test_count_in_fives_to_the_nearest(self, seconds: float, counts: int) -> None:
        assert read(make_hold(seconds)).reps == counts

    def test_without_a_duration_are_not_done(self) -> None:
        assert not read(make_hold(None)).is_done

    def test_do_not_count_repetitions(self) -> None:
        assert read(make_set(exercise="plank", reps=4, duration_s=20.0)).reps == 4
        assert read(make_set(exercise="plank", reps=40, duration_s=20.0)).reps == 4

    def test_are_not_the_duration_of_other_sets(self) -> None:
        assert read(make_set(reps=15, duration_s=90.0)).reps == 15


class TestReserve:
    @pytest.mark.parametrize(
        ("rir", "rpe", "reserve", "contradicts"),
        [
            (None, None, None, False),
            (3, None, 3, False),
            (None, 8, 2, False),
            (None, 7.5, 2.5, False),
            (None, 10, 0, False),
            (6, 10, 0, True),
            (3, 8, 2, False),
            (3, 8.01, 1.99, True),
            (2, 7, 2, False),
            (1, 7, 1, True),
        ],
    )
    def test_is_the_lower_of_rir_and_rpe(
        self, rir: float | None, rpe: float | None, reserve: float | None, contradicts: bool
    ) -> None:
        done = make_set(rir=rir, rpe=rpe)
        assert read(done).rir == (None if reserve is None else set_records.scale(reserve))
        assert set_records.has_contradictory_effort(done) == contradicts


class TestFindSetProblem:
    @pytest.mark.parametrize(
        ("exercise", "problem"),
        [("burpee", "UNKNOWN_EXERCISE"), ("plank", "NOT_IN_PROGRAMME"), ("step-up", None)],
    )
    def test_names_what_the_programme_does_not_know(
        self, exercise: str, problem: str | None
    ) -> None:
        done = make_set(exercise=exercise)
        assert set_records.find_set_problem(make_constants(), done) == problem
        if exercise == "plank":
            assert set_records.find_set_problem(make_constants(**CORE), done) is None


class TestFindWorkProblem:
    @pytest.mark.parametrize(
        ("within", "beyond", "wish"),
        [
            ({"reps": 100}, {"reps": 101}, {}),
            ({"load": Load(210, "kg")}, {"load": Load(210.01, "kg")}, {}),
            ({"load": Load(462.97, "lb")}, {"load": Load(462.98, "lb")}, {}),
            ({"load": Load(240, "kg")}, {"load": Load(240.01, "kg")}, {"body_mass": 80}),
            (
                {"load": Load(462, "lb")},
                {"load": Load(462.01, "lb")},
                {"units": "imperial"},
            ),
        ],
    )
    def test_allows_100_repetitions_and_three_body_masses(
        self, within: dict[str, Any], beyond: dict[str, Any], wish: SpecFields
    ) -> None:
        constants = make_constants(**wish)
        assert set_records.find_work_problem(constants, make_set(**within)) is None
        found = set_records.find_work_problem(constants, make_set(**beyond))
        assert found == "IMPLAUSIBLE_IGNORED"

    @pytest.mark.parametrize(
        ("seconds", "problem"),
        [
            (502.4, None),
            (502.5, "IMPLAUSIBLE_IGNORED"),
            (0, None),
            (None, "HOLD_WITHOUT_DURATION"),
        ],
    )
    def test_needs_the_seconds_of_a_hold_and_allows_a_hundred_counts(
        self, seconds: float | None, problem: str | None
    ) -> None:
        constants = make_constants(**CORE)
        assert set_records.find_work_problem(constants, make_hold(seconds)) == problem

    def test_needs_no_seconds_of_a_warm_up(self) -> None:
        warm_up = make_hold(None, kind="warmup")
        assert set_records.find_work_problem(make_constants(**CORE), warm_up) is None


class TestSetPlaces:
    def test_know_every_exercise_of_the_catalogue(self) -> None:
        assert SET_PLACES.keys() == EXERCISES.keys()

    def test_count_an_alternative_as_the_hardest_rung_beside_it(self) -> None:
        place = SET_PLACES["leg-press-calf-raise"]
        assert (place.rung, place.is_alternative) == (8, True)
        assert SET_PLACES["single-leg-calf-raise-heavy"].is_alternative is False

    def test_count_an_exercise_beside_the_ladder_below_all_rungs(self) -> None:
        off = [place for place in SET_PLACES.values() if place.rung == OFF_LADDER]
        assert all(not place.is_alternative for place in off)


class TestReadMorning:
    @pytest.mark.parametrize(
        ("site", "tracks"),
        [
            *((site, {"SK", "BK"}) for site in ("calf", "achilles", "foot", "ankle")),
            ("knee", {"SU"}),
            ("hip", {"SU", "SP", "BR"}),
            ("back", {"SU", "SP", "BR", "PL"}),
            ("groin", {"SP"}),
            ("shoulder", {"SP", "PL"}),
            ("thigh", {"BR"}),
            (None, set(TRACK)),
            ("elbow", set(TRACK)),
        ],
    )
    def test_speaks_for_the_tracks_of_its_site(self, site: str | None, tracks: set[str]) -> None:
        session = make_session(morning_pain=MorningPain(4.5, site))
        assert set_records.read_morning(make_constants(**CORE), session) == MorningScore(
            45_000, frozenset(TRACK[short] for short in tracks)
        )

    @pytest.mark.parametrize("site", ["groin", "thigh"])
    def test_speaks_for_all_tracks_if_none_has_the_site(self, site: str) -> None:
        session = make_session(morning_pain=MorningPain(4, site))
        found = set_records.read_morning(make_constants(), session)
        assert found
        assert len(found.tracks) == 3

    def test_is_none_if_it_was_not_logged(self) -> None:
        assert set_records.read_morning(make_constants(), make_session(morning_pain=None)) is None
