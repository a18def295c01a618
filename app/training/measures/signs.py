"""How it went: effort against plan, pain, and left against right.

Science part 5. Each function takes the weeks of a course and hands its measure to measures. What
the programme does about any of it is decided in outcome and adaptation.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from app.training.adapting import outcome
from app.training.catalog.tracks import TRACKS
from app.training.log.logbook import SCALE
from app.training.measures.caveats import CAVEATS
from app.training.measures.progress import (
    Asymmetry,
    AsymmetryWeek,
    EffortAccuracy,
    EffortWeek,
    PainScore,
    PainTrend,
    PainWeek,
    SideBalance,
    Zone,
)
from app.training.measures.rounding import print_figure, print_percent, print_ratio
from app.training.measures.week_work import TrackWork, WeekWork, recent
from app.training.planning.spec import Side


def measure_effort(weeks: Sequence[WeekWork]) -> EffortAccuracy:
    """Mean of logged less planned reserve."""
    rows = []
    for one in weeks:
        misses = {track: list(find_misses(one.tracks[track])) for track in TRACKS}
        tracks = {track: print_mean(misses[track]) for track in TRACKS}
        every = [miss for track in TRACKS for miss in misses[track]]
        rows.append(EffortWeek(one.week.index, print_mean(every), tracks))
    return EffortAccuracy(*CAVEATS["effort"], weeks=tuple(rows))


def find_misses(work: TrackWork) -> Iterator[int]:
    """Logged less planned reserve of each set in a session that asks for the track, in
    ten-thousandths.
    """
    for place, one in work.done:
        if one.rir is not None and place in work.asked:
            yield one.rir - work.asked[place].rir * SCALE


def print_mean(misses: Sequence[int]) -> float | None:
    """The mean in repetitions; None of nothing."""
    return print_ratio(sum(misses), len(misses) * SCALE)


def review_pain(weeks: Sequence[WeekWork]) -> PainTrend:
    """The worst pain of each week, during sets and on mornings."""
    rows = []
    for one in weeks:
        felt = [each for track in TRACKS for each in one.tracks[track].felt]
        # All mornings count here, also those whose site speaks for a track that was not trained.
        mornings = [each.morning.score for each in felt if each.morning is not None]
        tracks = {track: find_worst(one.tracks[track]) for track in TRACKS}
        rows.append(
            PainWeek(
                week=one.week.index,
                during=tell_pain(outcome.worst_pain(felt)),
                morning=tell_pain(max(mornings, default=None)),
                tracks={track: tell_pain(worst) for track, worst in tracks.items()},
            )
        )
    return PainTrend(*CAVEATS["pain"], weeks=tuple(rows))


def find_worst(work: TrackWork) -> int | None:
    """A track's worst pain of a week, as the engine reads it."""
    return outcome.greatest(outcome.worst_pain(work.felt), outcome.worst_morning(work.felt))


def tell_pain(score: int | None) -> PainScore | None:
    """A score with the zone that the engine puts it in."""
    if score is None:
        return None
    zone: Zone = "0-2" if score < outcome.PAIN_WATCH else "3-5"
    if score > outcome.PAIN_STOP:
        zone = "6-10"
    return PainScore(print_figure(Fraction(score, SCALE)), zone)


def measure_asymmetry(weeks: Sequence[WeekWork]) -> Asymmetry:
    """Left against right in the one-legged sets of each week."""
    means = [{track: find_means(one.tracks[track]) for track in TRACKS} for one in weeks]
    rows = []
    for place, one in enumerate(weeks):
        window = recent(means, place)
        tracks = {track: balance([week[track] for week in window]) for track in TRACKS}
        rows.append(AsymmetryWeek(one.week.index, tracks))
    return Asymmetry(*CAVEATS["asymmetry"], weeks=tuple(rows))


def find_means(work: TrackWork) -> tuple[Fraction, Fraction] | None:
    """Mean repetitions of left and right, of sets as prescribed or harder; None without both."""
    sides: dict[Side, list[int]] = {"left": [], "right": []}
    for place, one in work.done:
        alike = place in work.asked and outcome.meets(work.asked[place], one)
        if alike and one.one_sided and one.side in ("left", "right"):
            sides[one.side].append(one.reps or 0)
    left, right = sides["left"], sides["right"]
    if not left or not right:
        return None
    return Fraction(sum(left), len(left)), Fraction(sum(right), len(right))


def balance(window: Sequence[tuple[Fraction, Fraction] | None]) -> SideBalance | None:
    """The last of some weeks, with the mean of those that have a figure."""
    if not window or window[-1] is None:
        return None
    left, right = window[-1]
    gaps = [abs(a - b) / max(a, b) for a, b in (means for means in window if means is not None)]
    behind: Side = "left" if left < right else "right"
    return SideBalance(
        left_reps=print_figure(left),
        right_reps=print_figure(right),
        percent=print_percent(gaps[-1]),
        four_week_percent=print_percent(Fraction(sum(gaps), len(gaps))),
        behind=None if left == right else behind,
    )
