"""The dose of an exercise in a session: its duration, its fit to the time, and how it is reduced.

week_plan calls it for each session (science 3.6, steps 4 and 5). All figures of the time model are
our own choices (EV-44).
"""

from collections.abc import Sequence
from typing import NamedTuple

from app.training.catalog.exercises import Rung
from app.training.catalog.track_definitions import DEFINITIONS
from app.training.planning.spec import Side

_WARM_UP_S = 180
_CHANGE_EXERCISE_S = 60
_SIDE_SWITCH_S = 10


class ExerciseSlot(NamedTuple):
    """One exercise of a session: sets, repetitions and load."""

    rung: Rung
    sets: int
    reps: int
    load: int = 0
    """Hundredths of the unit."""
    extra: Side | None = None
    """The side that does one extra set."""
    easy: bool = False
    """Whether effort is reduced, and not work alone."""


def estimate_seconds(slot: ExerciseSlot) -> int:
    """Return the duration of an exercise in seconds, with the rest between its sets."""
    sides = 2 if slot.rung.unilateral else 1
    one_side = slot.reps * slot.rung.rep_s
    one_set = one_side * sides + (_SIDE_SWITCH_S if sides == 2 else 0)
    extra = one_side + slot.rung.rest_s if slot.extra else 0
    return slot.sets * one_set + (slot.sets - 1) * slot.rung.rest_s + extra


def estimate_minutes(slots: Sequence[ExerciseSlot]) -> int:
    """Return the duration of a session with its warm-up, in minutes rounded up."""
    work = sum(estimate_seconds(slot) for slot in slots)
    return -(-(_WARM_UP_S + work + _CHANGE_EXERCISE_S * (len(slots) - 1)) // 60)


def fit_to_time(
    slots: Sequence[ExerciseSlot], budget: int
) -> tuple[tuple[ExerciseSlot, ...], bool]:
    """Return the slots that fit into `budget` minutes, and whether anything was removed."""
    fitted = tuple(slots)
    while fitted and estimate_minutes(fitted) > budget:
        shorter = shorten(fitted)
        if shorter == fitted:
            break
        fitted = shorter
    return fitted, fitted != tuple(slots)


def shorten(slots: tuple[ExerciseSlot, ...]) -> tuple[ExerciseSlot, ...]:
    """Remove the last extra set, else a set of the longest exercise, else an exercise."""
    extras = [place for place, slot in enumerate(slots) if slot.extra]
    yields = [DEFINITIONS[slot.rung.track].yields for slot in slots]
    longest = max(range(len(slots)), key=lambda place: (slots[place].sets, -yields[place]))
    if extras:
        place, shorter = extras[-1], slots[extras[-1]]._replace(extra=None)
    elif slots[longest].sets > 1:
        place, shorter = longest, slots[longest]._replace(sets=slots[longest].sets - 1)
    elif len(slots) == 1:
        return slots
    else:
        last = yields.index(min(yields))
        return (*slots[:last], *slots[last + 1 :])
    return (*slots[:place], shorter, *slots[place + 1 :])


def reduce_dose(sets: int, reps: int) -> tuple[int, int]:
    """Return the sets and repetitions of a reduced dose: 40 to 56 % less work (EV-27)."""
    if sets == 1:
        return 1, (reps + 1) // 2
    if sets == 2:
        return 1, reps
    # A spec's start may be a single repetition, and four fifths of 1 round down to 0.
    return (2 * sets + 1) // 3, max(1, 4 * reps // 5)
