"""Asymmetry: repetitions of the left leg against the right one in one-legged sets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.training.adapting import track_outcome
from app.training.catalog.track_definitions import TRACKS, Track
from app.training.measures.measure_input import TrackWork, WeekWork, last_four_weeks
from app.training.measures.rounding import round_figure, round_percent
from app.training.measures.shared_fields import CAVEATS, Measure
from app.training.planning.spec import Side


@dataclass(frozen=True, slots=True)
class SideBalance:
    """Left against right in the one-legged sets of a week."""

    left_reps: float
    """Mean repetitions of a set of the left leg."""
    right_reps: float
    """Mean repetitions of a set of the right leg."""
    percent: int
    """Difference as a percentage of the greater mean."""
    four_week_percent: int
    """Mean percentage of this week and those of the three weeks before that have one."""
    behind: Side | None
    """The side with the lower mean; null if both are equal."""


@dataclass(frozen=True, slots=True)
class AsymmetryWeek:
    """Left against right in a week."""

    week: int
    """Number of the week."""
    tracks: Mapping[Track, SideBalance | None]
    """Left against right for each track; null unless both sides have one-legged sets that are as
    prescribed or harder."""


@dataclass(frozen=True, slots=True)
class Asymmetry(Measure):
    """Left against right in one-legged sets."""

    weeks: tuple[AsymmetryWeek, ...]
    """One entry for each week."""


def measure_asymmetry(weeks: Sequence[WeekWork]) -> Asymmetry:
    """Compare left with right in the one-legged sets of each week."""
    means = [{track: _find_means(work.tracks[track]) for track in TRACKS} for work in weeks]
    rows = []
    for at, work in enumerate(weeks):
        window = last_four_weeks(means, at)
        tracks = {track: _compare_sides([week[track] for week in window]) for track in TRACKS}
        rows.append(AsymmetryWeek(work.week.index, tracks))
    return Asymmetry(*CAVEATS["asymmetry"], weeks=tuple(rows))


def _find_means(work: TrackWork) -> tuple[Fraction, Fraction] | None:
    """Return the mean repetitions of left and right, of sets as prescribed or harder.

    None unless both sides have such sets.
    """
    sides: dict[Side, list[int]] = {"left": [], "right": []}
    for index, record in work.done:
        if index not in work.prescribed or not record.unilateral:
            continue
        meets = track_outcome.meets_prescription(work.prescribed[index], record)
        if meets and record.side in ("left", "right"):
            sides[record.side].append(record.reps or 0)
    left, right = sides["left"], sides["right"]
    if not left or not right:
        return None
    return Fraction(sum(left), len(left)), Fraction(sum(right), len(right))


def _compare_sides(window: Sequence[tuple[Fraction, Fraction] | None]) -> SideBalance | None:
    """Compare the sides in the last week of a window, and over its weeks that have means."""
    if not window or window[-1] is None:
        return None
    left, right = window[-1]
    gaps = [abs(a - b) / max(a, b) for a, b in (means for means in window if means is not None)]
    behind: Side = "left" if left < right else "right"
    return SideBalance(
        left_reps=round_figure(left),
        right_reps=round_figure(right),
        percent=round_percent(gaps[-1]),
        four_week_percent=round_percent(Fraction(sum(gaps), len(gaps))),
        behind=None if left == right else behind,
    )
