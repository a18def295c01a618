"""Asymmetry: the left side against the right one, in one-sided sets and in tests."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.training.adapting import track_outcome
from app.training.catalog.omission import omit_if_empty
from app.training.catalog.track_definitions import StrengthTest, Track
from app.training.measures.heel_rise import HeelRise
from app.training.measures.measure_input import RUNGS, TrackWork, WeekWork, last_four_weeks
from app.training.measures.rounding import round_figure, round_percent
from app.training.measures.shared_fields import CAVEATS, Measure
from app.training.measures.side_plank import SidePlank
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.spec import SECONDS_PER_COUNT
from app.training.planning.standing import TEST_NOISE
from app.training.planning.start import Side


@dataclass(frozen=True, slots=True)
class SideBalance:
    """Left against right in the one-sided sets of a week."""

    percent: int
    """Difference as a percentage of the greater mean."""
    four_week_percent: int
    """Mean percentage of this week and those of the three weeks before that have one."""
    behind: Side | None
    """The side with the lower mean; null if both are equal."""
    left_reps: float | None = None
    """Mean repetitions of a set of the left side. Left out in a hold."""
    right_reps: float | None = None
    """Mean repetitions of a set of the right side. Left out in a hold."""
    left_s: float | None = None
    """Mean seconds of a hold on the left side. Only in a hold."""
    right_s: float | None = None
    """Mean seconds of a hold on the right side. Only in a hold."""

    __get_pydantic_core_schema__ = omit_if_empty("left_reps", "right_reps", "left_s", "right_s")


@dataclass(frozen=True, slots=True)
class AsymmetryWeek:
    """Left against right in a week."""

    week: int
    """Number of the week."""
    tracks: Mapping[Track, SideBalance | None]
    """Left against right for each track; null unless both sides have one-sided sets that are as
    prescribed or harder."""


@dataclass(frozen=True, slots=True)
class UnequalTest:
    """A test in which the sides differ by more than its noise."""

    test: StrengthTest
    """Which test."""
    date: datetime.date | None
    """Date of the test in the programme's time zone; null if it is unknown."""
    percent: int
    """Difference as a percentage of the better side."""
    behind: Side
    """The side with the lower result."""


@dataclass(frozen=True, slots=True)
class Asymmetry(Measure):
    """Left against right in one-sided sets and in tests."""

    tests: tuple[UnequalTest, ...]
    """The tests in which the sides differ by more than the noise of the test, the earliest first:
    6 repetitions of a heel-rise test, 30 seconds of a side-plank test. Others show nothing."""
    weeks: tuple[AsymmetryWeek, ...]
    """One entry for each week."""


# Mean repetitions or counts of left and right, and whether they are counts of a hold.
_Means = tuple[Fraction, Fraction, bool]


def measure_asymmetry(
    weeks: Sequence[WeekWork], heel_rise: HeelRise, side_plank: SidePlank | None
) -> Asymmetry:
    """Compare left with right in the one-sided sets of each week, and in the tests."""
    means = [
        {track: _find_means(work.constants, one) for track, one in work.tracks.items()}
        for work in weeks
    ]
    rows = []
    for at, work in enumerate(weeks):
        window = last_four_weeks(means, at)
        tracks = {
            track: _compare_sides([row.get(track) for row in window]) for track in work.tracks
        }
        rows.append(AsymmetryWeek(work.number, tracks))
    tests = [*_list_unequal_tests(heel_rise, side_plank)]
    tests.sort(key=lambda test: test.date or datetime.date.min)
    return Asymmetry(*CAVEATS["asymmetry"], tests=tuple(tests), weeks=tuple(rows))


def _find_means(constants: PlanConstants, work: TrackWork) -> _Means | None:
    """Return the means of left and right, of sets as prescribed or harder.

    None unless both sides have such sets. Seconds do not compare with repetitions, so a harder
    rung counts if it is a hold where the prescribed one is.
    """
    sides: dict[Side, list[int]] = {"left": [], "right": []}
    holds = [slot.rung.hold for slot in work.slots.values()]
    for record in work.done:
        slot = work.find_slot(record)
        if slot is None or not record.unilateral or record.side not in ("left", "right"):
            continue
        meets = track_outcome.matches(constants, slot, record)
        if meets and RUNGS[record.track, record.rung].hold == slot.rung.hold:
            sides[record.side].append(record.reps)
    left, right = sides["left"], sides["right"]
    if not left or not right:
        return None
    return Fraction(sum(left), len(left)), Fraction(sum(right), len(right)), holds[0]


def _compare_sides(window: Sequence[_Means | None]) -> SideBalance | None:
    """Compare the sides in the last week of a window, and over its weeks that have means."""
    if not window or window[-1] is None:
        return None
    left, right, hold = window[-1]
    gaps = [abs(a - b) / max(a, b) for a, b, _ in (one for one in window if one is not None)]
    lower: Side = "left" if left < right else "right"
    percent, behind = round_percent(gaps[-1]), None if left == right else lower
    four_weeks = round_percent(Fraction(sum(gaps), len(gaps)))
    if hold:
        left_s, right_s = (round_figure(one * SECONDS_PER_COUNT) for one in (left, right))
        return SideBalance(percent, four_weeks, behind, left_s=left_s, right_s=right_s)
    left_reps, right_reps = round_figure(left), round_figure(right)
    return SideBalance(percent, four_weeks, behind, left_reps=left_reps, right_reps=right_reps)


def _list_unequal_tests(heel_rise: HeelRise, side_plank: SidePlank | None) -> Iterator[UnequalTest]:
    results: list[tuple[StrengthTest, datetime.date | None, int, int]] = [
        ("heel_rise", test.date, test.left.reps, test.right.reps) for test in heel_rise.tests
    ]
    if side_plank is not None:
        results += [
            ("side_plank", test.date, test.left.seconds, test.right.seconds)
            for test in side_plank.tests
        ]
    for test, date, left, right in results:
        gap = abs(left - right)
        if gap >= TEST_NOISE[test]:
            percent = round_percent(Fraction(gap, max(left, right)))
            yield UnequalTest(test, date, percent, "left" if left < right else "right")
