"""Side-plank tests, compared with the test before (science 2.7b).

measure_side_plank() gets the specs of the programmes, which hold the tests. Here a test is only
information; `standing` decides how it sets the first rung. There are no norms: no source has a
table by age and sex (EV-59).
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from app.training.catalog.track_definitions import DEFINITIONS
from app.training.measures.rounding import round_percent_of
from app.training.measures.shared_fields import CAVEATS, Measure
from app.training.planning.spec import SidePlankTest, Spec
from app.training.planning.standing import TEST_NOISE

_NOISE_S = TEST_NOISE["side_plank"]


@dataclass(frozen=True, slots=True)
class SideResult:
    """One side in a side-plank test."""

    seconds: int
    """Seconds until the line was lost, this side facing the floor."""
    change: int | None
    """Difference from the test before, in seconds; null for the first test."""
    change_flagged: bool
    """Whether the change is 30 seconds or more in either direction. Less is noise."""


@dataclass(frozen=True, slots=True)
class SidePlankResult:
    """One side-plank test."""

    date: datetime.date | None
    """Date of the test; null if it is unknown."""
    left: SideResult
    """The left side."""
    right: SideResult
    """The right side."""
    asymmetry_percent: int | None
    """Difference between the sides as a percentage of the longer; null if both are 0."""
    asymmetry_flagged: bool
    """Whether the difference between the sides is 30 seconds or more. Less is noise."""


@dataclass(frozen=True, slots=True)
class SidePlank(Measure):
    """Side-plank tests, the earliest first."""

    noise_s: int
    """Changes between tests below this many seconds are noise: draw a band of this width."""
    tests: tuple[SidePlankResult, ...]
    """The tests of the spec, and of the specs before it, the earliest first."""


def measure_side_plank(specs: Iterable[Spec]) -> SidePlank:
    """Compare the tests of some specs that follow one another. One that a continued programme
    keeps counts once.
    """
    taken = dict.fromkeys(
        spec.side_plank_test
        for spec in specs
        if spec.side_plank_test is not None and uses_side_plank_test(spec)
    )
    tests = sorted(taken, key=lambda test: test.date or datetime.date.min)
    before = [None, *tests]
    return SidePlank(
        *CAVEATS["side_plank"],
        noise_s=_NOISE_S,
        tests=tuple(
            _compare_test(test, earlier) for test, earlier in zip(tests, before, strict=False)
        ),
    )


def uses_side_plank_test(spec: Spec) -> bool:
    """Return whether a track of a spec uses the test."""
    return any(DEFINITIONS[track].test == "side_plank" for track in spec.tracks)


def _compare_test(test: SidePlankTest, earlier: SidePlankTest | None) -> SidePlankResult:
    gap = abs(test.left - test.right)
    return SidePlankResult(
        date=test.date,
        left=_compare_side(test.left, None if earlier is None else earlier.left),
        right=_compare_side(test.right, None if earlier is None else earlier.right),
        asymmetry_percent=round_percent_of(gap, max(test.left, test.right)),
        asymmetry_flagged=gap >= _NOISE_S,
    )


def _compare_side(seconds: int, before: int | None) -> SideResult:
    """Compare one side. A change is flagged from the noise between days on (EV-58)."""
    change = None if before is None else seconds - before
    return SideResult(seconds, change, change is not None and abs(change) >= _NOISE_S)
