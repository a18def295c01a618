"""Specs, journals and codes for tests of what a track's week leads to."""

from typing import Any, cast

from app.training.adapting.track_outcome import WorkOutcome
from app.training.planning.spec import SpecFields
from app.training.planning.start import Start, TrackStart
from tests.training.journal import LONG, P2, Change, Journal

# Three sessions of SK4 3x12 R3, one leg at a time, growing to 15.
SHORT: SpecFields = {**P2, "ramp": "direct"}
# The same with SU6 3x8 @6 R2, growing to 12.
LOADED: SpecFields = {**SHORT, "start": Start(step_up=TrackStart(6, 8, load=6))}

MISSED = "TRACK_MISSED_REPEAT"
OTHER = "DIFFERENT_EXERCISE_LOGGED"
NOT_YET = "TARGET_NOT_YET_MET"
ONE_OF_TWO = "HOLD_TWO_FOR_TWO"
PARTLY = "INCOMPLETE_REPEAT"
EARLY = "INCOMPLETE_NOT_FAILED"
LOWER = "BELOW_TARGET_REGRESS"
HARD = "EFFORT_TOO_HIGH"


def begin(wish: SpecFields, **fields: Any) -> Journal:
    """Return a journal of a spec with some other fields."""
    return Journal(**cast(SpecFields, {**wish, **fields}))


def start_at(reps: int) -> SpecFields:
    """Return a spec whose straight-knee raises start with these repetitions."""
    return {**LONG, "start": Start(straight_knee=TrackStart(2, reps))}


def judge_work(wish: SpecFields, track: str, *changes: Change, **state: Any) -> WorkOutcome:
    """Return what the work of a track's first week leads to."""
    work = Journal(**wish).judge(track, *changes, **state).work
    assert work
    return work
