"""The limits of what can be logged: one list for JSON uploads, CSV files, FIT files and charts.

A reader that finds a value beyond its limit refuses it (JSON) or keeps it as unknown (files), so
that nothing that a file reader accepts is refused by the storage after it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from app.training.planning.spec import HEEL_RISES, PAIN, WEEKS, Bounds

SCORE = PAIN
"""Pain, reps in reserve and ratings of perceived exertion."""
REPS = Bounds(0, 1000)
LOAD = Bounds(0, 1000)
"""In the unit of the load."""
DURATION_S = Bounds(0, 86_400)
SET_INDEX = Bounds(0, 1000)
SESSION_OF_WEEK = Bounds(1, 7)
# The highest integer that every JSON reader keeps exact.
VERSION = Bounds(0, 2**53 - 1)
# Loads are kept to a tenth of a gram, and all other numbers to as many decimals.
MAX_DECIMALS = 4

BOUNDS: Mapping[str, Bounds] = {
    "version": VERSION,
    "week": WEEKS,
    "session": SESSION_OF_WEEK,
    "srpe": SCORE,
    "morning_pain_score": SCORE,
    "heel_rise_test_left": HEEL_RISES,
    "heel_rise_test_right": HEEL_RISES,
    "set_index": SET_INDEX,
    "reps": REPS,
    "load_kg": LOAD,
    "load_value": LOAD,
    "duration_s": DURATION_S,
    "rir": SCORE,
    "rpe": SCORE,
    "pain": SCORE,
    "prescribed_reps": REPS,
    "prescribed_load": LOAD,
}
"""The bounds of every number of a session and a set; `load_value` is the field `value` of `load`.
"""

MAX_WORD_LENGTH = 100
"""Of every text that is not listed below, in characters."""
MAX_LENGTHS: Mapping[str, int] = {"athlete_id": 128, "program_id": 400, "notes": 2000}
MAY_BE_EMPTY = ("notes",)
"""Texts of which "" is a value and not the same as null."""
MAX_SETS = 5000
"""Sets of one session."""
MAX_RED_FLAGS = 20

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
# Watches and phones may run ahead by this much.
MAX_AHEAD = timedelta(hours=24)

# Beyond these a set is stored and does not count (science N6).
MAX_PLAUSIBLE_REPS = 100
MAX_PLAUSIBLE_BODY_MASSES = 3
