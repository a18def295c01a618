"""What the measures of a programme are, as values.

These dataclasses are also the answer on the wire, so their attribute docstrings are the API's
documentation. They are filled in by measures; nothing is worked out here. Heel-rise tests and
session loads stand with their rules in heel_rise and exertion.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, make_dataclass
from typing import Any, Literal

from app.training.adapting.followed_program import ProgramStatus
from app.training.catalog.tracks import DEFINITIONS, TISSUES, Track
from app.training.measures.caveats import Measure
from app.training.measures.heel_rise import HeelRise
from app.training.measures.session_load import SessionLoads
from app.training.planning.plan_constants import LoadUnit
from app.training.planning.spec import Side
from app.training.planning.training_days import WeekKind
from app.training.planning.week import Phase

Zone = Literal["0-2", "3-5", "6-10"]

_SETS: Mapping[str, str] = {
    tissue: f"Sets of {', '.join(names)}; a pair of sides counts once, a single side as a half."
    for tissue in TISSUES
    if (names := dict.fromkeys(d.plural for d in DEFINITIONS.values() if d.tissue == tissue))
}


@dataclass(frozen=True, slots=True)
class ProgressWeek:
    """A week that the measures cover: those that are over, and the running one."""

    week: int
    """Number of the week."""
    kind: WeekKind
    """What the calendar makes of it; lighter weeks are meant to be lower."""
    phase: Phase
    """What the training is about."""
    start_date: datetime.date | None
    """Its first day, where the programme has a start date."""
    over: bool
    """False for the running week, which is measured as far as it got."""


@dataclass(frozen=True, slots=True)
class TrackFigures:
    """One figure for each track in one week."""

    week: int
    """Number of the week."""
    tracks: Mapping[Track, float | None]
    """The figure of each track; null where there is none."""


@dataclass(frozen=True, slots=True)
class AdherenceWeek:
    """How much of a week's work was done."""

    week: int
    """Number of the week."""
    done_units: int
    """Units done: a set of both legs is two, a set of one leg is one."""
    prescribed_units: int
    """Units prescribed."""
    percent: int | None
    """Done of prescribed, at most 100; null where nothing was prescribed."""
    four_week_percent: int | None
    """The same over this week and the three before it; null while the week runs."""
    kept: bool | None
    """Whether 80 % or more was done; null where nothing was prescribed."""


@dataclass(frozen=True, slots=True)
class Adherence(Measure):
    """How much of what was prescribed was done."""

    streak_weeks: int
    """Weeks in a row, up to now, of which 80 % or more was done. The running week adds to it as
    soon as it is there and does not end it before; a week without work does neither."""
    weeks: tuple[AdherenceWeek, ...]
    """Week by week."""


# A field for each tissue of the catalogue. Any, because mypy cannot know these fields.
_TissueSets: Any = make_dataclass(
    "_TissueSets",
    [
        ("week", int, field(metadata={"description": "Number of the week."})),
        *((tissue, float, field(metadata={"description": text})) for tissue, text in _SETS.items()),
    ],
    frozen=True,
    slots=True,
)


@dataclass(frozen=True, slots=True)
class HardSetsWeek(_TissueSets):  # type: ignore[misc]
    """Sets done in a week, for each tissue."""


@dataclass(frozen=True, slots=True)
class HardSets(Measure):
    """Sets done, for each tissue."""

    reference_sets: int
    """Weekly sets for a reference line."""
    weeks: tuple[HardSetsWeek, ...]
    """Week by week."""


@dataclass(frozen=True, slots=True)
class TrackVolume:
    """Effective volume of a track in a week."""

    done: float
    """In planning units."""
    planned: float
    """In planning units."""
    ratio: float | None
    """Done by planned, not capped; null where nothing was planned."""


@dataclass(frozen=True, slots=True)
class VolumeWeek:
    """Effective volume of a week."""

    week: int
    """Number of the week."""
    ratio: float | None
    """Plan against actual: all that was done by all that was planned, not capped."""
    tracks: Mapping[Track, TrackVolume]
    """Each track."""


@dataclass(frozen=True, slots=True)
class EffectiveVolume(Measure):
    """Repetitions weighted by how hard the exercise and the load make them."""

    unit: Literal["planning units"]
    """Unit of the volumes."""
    weeks: tuple[VolumeWeek, ...]
    """Week by week."""


@dataclass(frozen=True, slots=True)
class LadderPosition(Measure):
    """How far up its ladder each track is prescribed."""

    weeks: tuple[TrackFigures, ...]
    """Rung plus the way through its range of repetitions; null where the track is not in."""


@dataclass(frozen=True, slots=True)
class TensionWeek:
    """Time under tension in a week."""

    week: int
    """Number of the week."""
    seconds: int
    """All tracks, both sides added up."""
    tracks: Mapping[Track, int]
    """Seconds of each track."""


@dataclass(frozen=True, slots=True)
class TimeUnderTension(Measure):
    """How long the muscles worked, going by the tempo of the exercises."""

    weeks: tuple[TensionWeek, ...]
    """Week by week."""


@dataclass(frozen=True, slots=True)
class EffortWeek:
    """How well effort met the plan in a week."""

    week: int
    """Number of the week."""
    mean: float | None
    """Logged reserve less planned reserve, in repetitions, over all sets with a logged reserve;
    above 0 is easier than planned. Null where none was logged."""
    tracks: Mapping[Track, float | None]
    """The same for each track."""


@dataclass(frozen=True, slots=True)
class EffortAccuracy(Measure):
    """How well effort met the plan."""

    weeks: tuple[EffortWeek, ...]
    """Week by week."""


@dataclass(frozen=True, slots=True)
class PainScore:
    """A pain score and its zone."""

    score: float
    """0 to 10."""
    zone: Zone
    """0-2: progress, 3-5: hold, 6-10 (all above 5): leave the exercise out."""


@dataclass(frozen=True, slots=True)
class PainWeek:
    """The worst pain of a week."""

    week: int
    """Number of the week."""
    during: PainScore | None
    """Worst during any set, warm-up sets included; null if none was reported."""
    morning: PainScore | None
    """Worst on a morning after any session; null if none was reported."""
    tracks: Mapping[Track, PainScore | None]
    """Worst of both for each track, as the programme reacts to it."""


@dataclass(frozen=True, slots=True)
class PainTrend(Measure):
    """The worst pain, week by week."""

    weeks: tuple[PainWeek, ...]
    """Week by week."""


@dataclass(frozen=True, slots=True)
class SideBalance:
    """Left against right in the one-legged sets of a week."""

    left_reps: float
    """Mean repetitions of a set of the left leg."""
    right_reps: float
    """Mean repetitions of a set of the right leg."""
    percent: int
    """Difference as a percentage of the greater."""
    four_week_percent: int
    """Mean of this week's percentage and those of the three weeks before that have one."""
    behind: Side | None
    """The side with fewer; null if they are level."""


@dataclass(frozen=True, slots=True)
class AsymmetryWeek:
    """Left against right in a week."""

    week: int
    """Number of the week."""
    tracks: Mapping[Track, SideBalance | None]
    """Each track; null without one-legged sets of both sides that are as prescribed or harder."""


@dataclass(frozen=True, slots=True)
class Asymmetry(Measure):
    """Left against right in one-legged sets."""

    weeks: tuple[AsymmetryWeek, ...]
    """Week by week."""


@dataclass(frozen=True, slots=True)
class SystemLoad(Measure):
    """The most that was lifted: body mass and external load in a set of 6 repetitions or more."""

    unit: LoadUnit
    """Unit of the loads."""
    body_mass_assumed: bool
    """Whether the body mass in it is assumed, because the spec has none."""
    best: Mapping[Track, float | None]
    """The most of all weeks, for each track."""
    weeks: tuple[TrackFigures, ...]
    """The most of each week, for each track; null without such a set."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What was done in a programme, in measures."""

    status: ProgramStatus
    """Whether the programme goes on, is blocked or is finished."""
    weeks: tuple[ProgressWeek, ...]
    """The weeks that are measured, in the order in which every measure lists them."""
    adherence: Adherence
    """Done of prescribed."""
    hard_sets: HardSets
    """Sets done for each tissue."""
    volume: EffectiveVolume
    """Effective volume, done beside planned."""
    ladder: LadderPosition
    """How far up the ladders the prescription is."""
    tension: TimeUnderTension
    """Time under tension."""
    effort: EffortAccuracy
    """Logged against planned reserve."""
    pain: PainTrend
    """Worst pain and its zones."""
    asymmetry: Asymmetry
    """Left against right in one-legged sets."""
    heel_rise: HeelRise
    """Heel-rise tests."""
    system_load: SystemLoad
    """Body mass and load."""
    session_load: SessionLoads
    """Session ratings times minutes."""
