"""How a week went for each track: its pain, whether it was trained, and what its work leads to.

judge_week() gets a rendered week and its log; assume_perfect_week() judges one that is done exactly
as prescribed. The fold takes the steps that follow, and running_week shows pain at once.
"""

from collections.abc import Mapping
from typing import NamedTuple

from app.training.adapting import track_outcome
from app.training.adapting.track_outcome import WorkOutcome
from app.training.catalog.track_definitions import DEFINITIONS, Track
from app.training.log.logbook import WeekLog
from app.training.planning.dose import ExerciseSlot
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.standing import PAIN_CODES, TrackState
from app.training.planning.week_plan import RenderedWeek

REDUCING_CODES = frozenset(
    {"PAIN_ABOVE_5", "PAIN_WORSE_NEXT_MORNING", "PAIN_PERSISTS", "PAIN_NOT_SETTLING"}
)
"""Codes of pain that make a track lighter or stop it."""


class Judgement(NamedTuple):
    """How the week went for one track."""

    pain: int | None
    pain_code: str | None
    trained: bool
    work: WorkOutcome | None
    """None unless pain asks for nothing and the week is a build week."""


def assume_perfect_week(constants: PlanConstants, week: RenderedWeek) -> dict[Track, Judgement]:
    """Return the judgement of each track in a week that is done exactly as prescribed."""
    judged: dict[Track, Judgement] = {}
    prescribed: dict[Track, list[ExerciseSlot]] = {track: [] for track in week.standing.tracks}
    for session in week.sessions:
        for slot in session.slots:
            prescribed[slot.rung.track].append(slot)
    for track, state in week.standing.tracks.items():
        slots = prescribed[track]
        code = "RETURN_AFTER_PAIN" if state.suspended else None
        work = None
        if code is None and week.kind == "build":
            work = track_outcome.assume_perfect_work(constants, week, state, slots)
        judged[track] = Judgement(0 if slots else None, code, bool(slots), work)
    return judged


def judge_week(
    constants: PlanConstants, week: RenderedWeek, log: WeekLog
) -> dict[Track, Judgement]:
    """Return the judgement of each track of a week, by what was logged in it."""
    return {t: _judge_track(constants, week, log, s) for t, s in week.standing.tracks.items()}


def _judge_track(
    constants: PlanConstants, week: RenderedWeek, log: WeekLog, state: TrackState
) -> Judgement:
    track = state.rung.track
    pain = track_outcome.find_pain(log, track)
    code = track_outcome.judge_pain(pain, state)
    work = None
    if code is None and week.kind == "build":
        work = track_outcome.judge_work(constants, week, log, state, pain.worst)
    trained = any(record.track == track and record.is_done for record in log.records)
    return Judgement(pain.worst, code, trained, work)


def find_sore_tissues(judged: Mapping[Track, Judgement]) -> frozenset[str]:
    """Return the tissues of the tracks that pain stopped."""
    return frozenset(
        DEFINITIONS[track].tissue
        for track, one in judged.items()
        if one.pain_code == "PAIN_ABOVE_5"
    )


def show_strongest(*codes: str | None) -> str | None:
    """Return the strongest pain code among some codes; None if none is a pain code."""
    return min((c for c in codes if c in PAIN_CODES), key=PAIN_CODES.index, default=None)
