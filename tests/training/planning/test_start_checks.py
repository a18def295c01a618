"""Tests of the checks of a spec's `start`: whether it fits equipment, days, level and core."""

from typing import Any, cast

import pytest
from hypothesis import given

from app.training import engine
from app.training.planning import plan_constants
from app.training.planning.spec import Spec, SpecFields
from app.training.planning.spec_building import SpecError
from app.training.planning.start import HeldDose, Start, TrackStart
from app.training.planning.start_checks import check_start
from tests.training.strategies import make_constants, specs

Path = tuple[str | int, ...]
DUMBBELL: SpecFields = {"equipment": ("dumbbell",), "load_increment": 2.5}


def find_error(wish: SpecFields, **start: Any) -> tuple[Path, str] | None:
    """Return the path and the detail of the error of a start; None if it fits."""
    try:
        fields = cast(SpecFields, {**wish, "start": Start(**start)})
        check_start(make_constants(**fields))
    except SpecError as bad:
        return bad.path, bad.detail
    return None


class TestCheckStart:
    @pytest.mark.parametrize(
        ("wish", "start"),
        [
            ({}, {"straight_knee": TrackStart(2)}),
            ({}, {"straight_knee": TrackStart(2, reps=20, load=0.0, sets=6)}),
            ({}, {"step_up": TrackStart(3, reps=1)}),
            (DUMBBELL, {"bent_knee": TrackStart(7, reps=8, load=40.0)}),
            ({**DUMBBELL, "loads": (6, 11)}, {"bent_knee": TrackStart(7, load=11)}),
            ({"core": ("plank",)}, {"plank": TrackStart(2, seconds=5)}),
            ({"core": ("plank",)}, {"plank": TrackStart(2, seconds=30, sets=2)}),
            ({}, {"since": 9, "step_up": TrackStart(2, due="test", due_rung=3)}),
            ({}, {"since": 9, "step_up": TrackStart(2, held=HeldDose(7, reps=8, load=99))}),
            ({"days_per_week": 6}, {"straight_knee": TrackStart(2, sets=9)}),
            ({"level": "advanced"}, {"straight_knee": TrackStart(6, sets=8)}),
        ],
    )
    def test_accepts_a_start_that_fits(self, wish: SpecFields, start: dict[str, Any]) -> None:
        assert find_error(wish, **start) is None

    @pytest.mark.parametrize(
        ("wish", "start", "path", "allowed"),
        [
            ({}, TrackStart(9), "rung", "one of 0, 1, 2, 3"),
            ({}, TrackStart(7), "rung", "one of 0, 1, 2, 3"),
            ({}, TrackStart(2, seconds=30), "seconds", "left out: this rung counts reps"),
            ({}, TrackStart(2, reps=0), "reps", "between 1 and 20"),
            ({}, TrackStart(2, reps=21), "reps", "between 1 and 20"),
            ({}, TrackStart(2, load=5.0), "load", "0: this rung takes no external load"),
            ({}, TrackStart(2, sets=1), "sets", "between 2 and 6"),
            ({}, TrackStart(2, sets=7), "sets", "between 2 and 6"),
            ({"age": 70}, TrackStart(2, sets=7), "sets", "between 2 and 6"),
        ],
    )
    def test_names_the_field_and_what_is_allowed(
        self, wish: SpecFields, start: TrackStart, path: str, allowed: str
    ) -> None:
        found = find_error(wish, step_up=start)
        assert found
        assert found[0] == ("start", "step_up", path)
        assert allowed in found[1]

    @pytest.mark.parametrize(
        ("loads", "load", "allowed"),
        [
            ((), 1.0, "a multiple of 2.5 up to 40"),
            ((), 42.5, "a multiple of 2.5 up to 40"),
            ((), 0.0, "a multiple of 2.5 up to 40"),
            ((6.0, 11.0), 7.0, "one of the owned loads up to 11"),
            ((6.0, 50.0), 50.0, "one of the owned loads up to 6"),
        ],
    )
    def test_rejects_a_load_that_cannot_be_had(
        self, loads: tuple[float, ...], load: float, allowed: str
    ) -> None:
        found = find_error({**DUMBBELL, "loads": loads}, bent_knee=TrackStart(7, load=load))
        assert found == (("start", "bent_knee", "load"), f"must be {allowed}")

    def test_needs_the_load_of_a_continued_programme(self) -> None:
        assert find_error(DUMBBELL, bent_knee=TrackStart(7)) is None
        found = find_error(DUMBBELL, bent_knee=TrackStart(7), since=3)
        assert found == (("start", "bent_knee", "load"), "must be a multiple of 2.5 up to 40")

    def test_needs_the_track_in_core(self) -> None:
        found = find_error({"core": ("bridge",)}, plank=TrackStart(2))
        assert found == (("start", "plank"), "needs the track in `core`")

    @pytest.mark.parametrize(
        ("start", "path", "allowed"),
        [
            (TrackStart(2, reps=9), "reps", "left out: this rung counts seconds"),
            (TrackStart(2, seconds=12), "seconds", "a multiple of 5"),
            (TrackStart(2, seconds=35), "seconds", "between 5 and 30"),
        ],
    )
    def test_counts_holds_in_seconds(self, start: TrackStart, path: str, allowed: str) -> None:
        found = find_error({"core": ("plank",)}, plank=start)
        assert found
        assert found[0] == ("start", "plank", path)
        assert allowed in found[1]

    @pytest.mark.parametrize(
        ("start", "path"),
        [
            ({"caution": True}, ("caution",)),
            ({"run": 2}, ("run",)),
            ({"test": (20, 20)}, ("test",)),
            ({"notes": ("CAUTION_LIFTED",)}, ("notes",)),
            ({"step_up": TrackStart(2, hits=1)}, ("step_up", "hits")),
            ({"step_up": TrackStart(2, suspended=True)}, ("step_up", "suspended")),
            ({"step_up": TrackStart(2, why="CLEARED")}, ("step_up", "why")),
        ],
    )
    def test_rejects_what_a_client_cannot_know(self, start: dict[str, Any], path: Path) -> None:
        found = find_error({}, **start)
        assert found
        assert found[0] == ("start", *path)
        assert "needs `since`" in found[1]
        assert find_error({}, **start, since=0) is None

    @pytest.mark.parametrize(
        ("start", "path", "allowed"),
        [
            (TrackStart(2, due="test"), ("due_rung",), "one of 0, 1, 2, 3"),
            (TrackStart(2, due="test", due_rung=6), ("due_rung",), "one of 0, 1, 2, 3"),
            (TrackStart(2, due="up", due_rung=3), ("due_rung",), "for a due `test` only"),
            (TrackStart(2, held=HeldDose(9, reps=9)), ("held", "rung"), "one of 0, 1, 2, 3, 4"),
            (TrackStart(2, held=HeldDose(4, seconds=9)), ("held", "seconds"), "must be left out"),
            (TrackStart(2, held=HeldDose(4, reps=99)), ("held", "reps"), "between 1 and 25"),
        ],
    )
    def test_rejects_a_standing_that_no_programme_has(
        self, start: TrackStart, path: Path, allowed: str
    ) -> None:
        found = find_error({}, step_up=start, since=1)
        assert found
        assert found[0] == ("start", "step_up", *path)
        assert allowed in found[1]

    @given(specs(begin_from=1, continued=True))
    def test_accepts_only_what_can_be_planned_and_followed(self, spec: Spec) -> None:
        try:
            check_start(plan_constants.derive(spec))
        except SpecError:
            return
        ref = engine.identify(spec)
        assert len(ref.plan().weeks) == spec.weeks
        assert ref.follow([]).log.notes == ()
