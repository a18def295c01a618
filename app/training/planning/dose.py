"""The dose of an exercise in a session: its duration, its fit to the time, and how it is reduced.

week_plan calls it for each session (science 3.7, steps 5 and 6). All figures of the time model are
our own choices (EV-44).
"""

from collections.abc import Sequence
from typing import NamedTuple

from app.training.catalog.exercises import Rung
from app.training.catalog.track_definitions import DEFINITIONS
from app.training.planning.plan_constants import PrintedExercise
from app.training.planning.start import Side

_WARM_UP_S = 180
_CHANGE_EXERCISE_S = 60
_SIDE_SWITCH_S = 10


class ExerciseSlot(NamedTuple):
    """One exercise of a session: sets, repetitions and load."""

    rung: Rung
    printed: PrintedExercise
    sets: int
    reps: int
    """Repetitions, or counts of five seconds in a hold."""
    load: int
    """Hundredths of the unit."""
    rir: int
    """Repetitions to keep in reserve."""
    extra: Side | None = None
    """The side that does one extra set."""
    is_reduced: bool = False
    """Whether pain reduced it."""

    @property
    def units(self) -> int:
        """The units that it asks for: two for each set, one for each side."""
        return 2 * self.sets


def estimate_seconds(slot: ExerciseSlot) -> int:
    """Return the duration of an exercise in seconds, with the rest between its sets."""
    sides = 2 if slot.printed.unilateral else 1
    one_side = slot.reps * slot.rung.rep_s
    one_set = one_side * sides + (_SIDE_SWITCH_S if sides == 2 else 0)
    extra = one_side + slot.rung.rest_s if slot.extra else 0
    return slot.sets * one_set + (slot.sets - 1) * slot.rung.rest_s + extra


def estimate_minutes(slots: Sequence[ExerciseSlot]) -> int:
    """Return the duration of a session with its warm-up, in minutes rounded up."""
    work = sum([estimate_seconds(slot) for slot in slots])
    return -(-(_WARM_UP_S + work + _CHANGE_EXERCISE_S * (len(slots) - 1)) // 60)


def fit_to_time(
    slots: tuple[ExerciseSlot, ...], budget: int, turn: int
) -> tuple[tuple[ExerciseSlot, ...], bool]:
    """Return the slots that fit into `budget` minutes, and whether anything was cut.

    Who yields takes turns: the order begins with the last exercise, and moves on with each `turn`.
    """
    if estimate_minutes(slots) <= budget:
        return slots, False
    start = turn % len(slots)
    backwards = [slot.rung.track for slot in reversed(slots)]
    order = [*backwards[start:], *backwards[:start]]
    fitted = {slot.rung.track: slot for slot in slots}
    while len(fitted) > 0 and estimate_minutes([*fitted.values()]) > budget:
        if not _cut(fitted, order):
            break
    return tuple(fitted.values()), tuple(fitted.values()) != slots


def _cut(fitted: dict[str, ExerciseSlot], order: Sequence[str]) -> bool:
    """Remove an extra set, else a set, else an exercise. Return False if nothing can go."""
    extras = [track for track, slot in fitted.items() if slot.extra]
    if extras:
        fitted[extras[-1]] = fitted[extras[-1]]._replace(extra=None)
        return True
    present = [track for track in order if track in fitted]
    optional = [t for t in present if DEFINITIONS[t].optional and fitted[t].sets > 1]
    candidates = optional or present
    most = max(fitted[track].sets for track in candidates)
    if most > 1:
        track = next(track for track in candidates if fitted[track].sets == most)
        fitted[track] = fitted[track]._replace(sets=most - 1)
        return True
    if len(fitted) == 1:
        return False
    del fitted[present[0]]
    return True


def reduce_dose(sets: int, reps: int) -> tuple[int, int]:
    """Return the sets and repetitions of a reduced dose: 40 to 60 % less work (EV-27)."""
    if sets == 1:
        return 1, (reps + 1) // 2
    if sets == 2:
        return 1, reps
    # A spec's start may be a single repetition, and four fifths of 1 round down to 0.
    return (2 * sets + 1) // 3, max(1, 4 * reps // 5)
