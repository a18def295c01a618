"""Pain trend: the worst pain of each week, during sets and on the mornings after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from app.training.adapting import track_outcome
from app.training.catalog.track_definitions import Track
from app.training.log.set_records import PAIN_WATCH
from app.training.measures.measure_input import WeekWork
from app.training.measures.rounding import round_figure
from app.training.measures.shared_fields import CAVEATS, Measure
from app.training.planning.standing import SCALE

Zone = Literal["0-2", "3-5", "6-10"]


@dataclass(frozen=True, slots=True)
class PainScore:
    """A pain score and its zone."""

    score: float
    """Pain from 0 to 10."""
    zone: Zone
    """Zone of the score. `0-2` is below 3: the exercise progresses. `3-5`: it holds. `6-10` is
    everything above 5: it is left out."""


@dataclass(frozen=True, slots=True)
class PainWeek:
    """The worst pain of a week."""

    week: int
    """Number of the week."""
    during: PainScore | None
    """Worst pain during any set, warm-up sets included; null if none was reported."""
    morning: PainScore | None
    """Worst pain on a morning after any session; null if none was reported."""
    tracks: Mapping[Track, PainScore | None]
    """Worst of both for each track, as the programme reacts to it; null if none was reported."""


@dataclass(frozen=True, slots=True)
class PainTrend(Measure):
    """The worst pain of each week."""

    weeks: tuple[PainWeek, ...]
    """One entry for each week."""


def measure_pain(weeks: Sequence[WeekWork]) -> PainTrend:
    """Find the worst pain of each week, during sets and on mornings."""
    rows = []
    for work in weeks:
        during = [record.pain for record in work.log.records if record.pain is not None]
        # Every morning counts here, also one whose site belongs to a track that was not trained.
        mornings = [up.morning.score for up in work.log.uploads if up.morning is not None]
        rows.append(
            PainWeek(
                week=work.number,
                during=_to_pain_score(max(during, default=None)),
                morning=_to_pain_score(max(mornings, default=None)),
                tracks={
                    track: _to_pain_score(track_outcome.find_pain(work.log, track).worst)
                    for track in work.tracks
                },
            )
        )
    return PainTrend(*CAVEATS["pain"], weeks=tuple(rows))


def find_worst_pain(work: WeekWork) -> float | None:
    """Return the worst pain of a week, during sets or on a morning, from 0 to 10; None if none was
    reported.
    """
    (week,) = measure_pain([work]).weeks
    scores = [one.score for one in (week.during, week.morning) if one is not None]
    return max(scores, default=None)


def _to_pain_score(score: int | None) -> PainScore | None:
    """Return a score, given in ten-thousandths, with the zone that the engine puts it in."""
    if score is None:
        return None
    zone: Zone = "0-2" if score < PAIN_WATCH else "3-5"
    if score > track_outcome.PAIN_STOP:
        zone = "6-10"
    return PainScore(round_figure(Fraction(score, SCALE)), zone)
