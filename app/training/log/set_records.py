"""A completed set as the engine reads it: exact numbers, and nothing that cannot be counted.

read_set() turns a stored set into a SetRecord or says why it does not count (science N6 to N8).
logbook calls it and puts the records into weeks and sessions; the fold and the measures read them.
"""

import datetime
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from uuid import UUID

from app.training.catalog.exercises import EXERCISES, LADDERS, Exercise
from app.training.catalog.track_definitions import DEFINITIONS, Track
from app.training.log import limits
from app.training.log.completed import CompletedSession, CompletedSet
from app.training.planning.plan_constants import UNIT, LoadUnit, PlanConstants
from app.training.planning.standing import SCALE
from app.training.planning.week import SetSide

_MAX_RPE = int(limits.SCORE.high) * SCALE
# Loads are compared in nanograms (10^-12 kg), in which both kilograms and pounds are whole
# numbers. This is a ten-thousandth of each unit.
NG_PER_TEN_THOUSANDTH: Mapping[LoadUnit, int] = {"kg": 10**8, "lb": 45_359_237}
# File formats round loads to 1/32 kg.
LOAD_TOLERANCE_NG = 10**12 // 32
# Stands for the rung of an exercise that is beside the ladder and never planned.
OFF_LADDER = -1
PAIN_WATCH = 3 * SCALE
"""Pain from here on holds a track back, in ten-thousandths (EV-16)."""


class SetPlace(NamedTuple):
    """The rung that a logged exercise counts as."""

    exercise: Exercise
    rung: int
    """Number on the ladder; OFF_LADDER for an exercise that is never planned. An alternative
    stands beside several rungs and counts as the hardest of them."""
    is_alternative: bool


def _list_set_places() -> Iterator[tuple[str, SetPlace]]:
    beside: dict[str, int] = {}
    for ladder in LADDERS.values():
        for rung in ladder:
            yield rung.slug, SetPlace(rung.exercise, rung.number, False)
            beside.update({exercise.slug: rung.number for exercise in rung.alternatives})
    for slug, exercise in EXERCISES.items():
        if exercise.rung is None:
            yield slug, SetPlace(exercise, beside.get(slug, OFF_LADDER), slug in beside)


SET_PLACES: Mapping[str, SetPlace] = dict(_list_set_places())
"""What each exercise of the catalogue counts as, by slug."""


class MorningScore(NamedTuple):
    """Pain on the morning after a session, with the tracks that it speaks for."""

    score: int
    """In ten-thousandths."""
    tracks: frozenset[Track]


class SetRecord(NamedTuple):
    """A completed set as the engine reads it.

    A named tuple, because a season has about a thousand sets and tuples are the fastest to build.
    """

    week: int
    """Number of the week that it counts for, from 1."""
    session: int
    """Number of the session in its week that it counts for; 0 for none."""
    session_id: UUID
    date: datetime.date
    """Date of its session in the programme's time zone."""
    track: Track
    rung: int
    """Number on the ladder; OFF_LADDER for an exercise that is never planned."""
    is_alternative: bool
    """Whether it was done with an alternative that stands for its rung at any load."""
    side: SetSide | None
    set_index: int
    reps: int
    """Repetitions, or counts of five seconds in a hold; 0 for a set that was only begun."""
    load_ng: int | None
    """In nanograms; None where it is unknown."""
    rir: int | None
    """In ten-thousandths."""
    pain: int | None
    """In ten-thousandths."""
    is_work: bool
    """False for a warm-up set."""
    unilateral: bool
    """Whether the exercise is done one side at a time."""
    units: int
    """Two for a set of both sides or of an unknown side, one for a set of one side."""
    morning: MorningScore | None

    @property
    def is_done(self) -> bool:
        """Whether it is a work set with at least one repetition."""
        return self.is_work and self.reps >= 1


def scale(number: float) -> int:
    """Return a number of at most four decimals in ten-thousandths."""
    return round(number * SCALE)


def to_nanograms(ten_thousandths: int, unit: LoadUnit) -> int:
    """Return a mass, given in ten-thousandths of its unit, in nanograms."""
    return ten_thousandths * NG_PER_TEN_THOUSANDTH[unit]


def body_mass_ng(constants: PlanConstants) -> int:
    """Return the athlete's body mass in nanograms."""
    # The constants have it in hundredths.
    return to_nanograms(constants.body_mass * 100, UNIT[constants.spec.units])


def find_set_problem(constants: PlanConstants, completed: CompletedSet) -> str | None:
    """Return the code of the note that says why a set does not count, or None."""
    place = SET_PLACES.get(completed.exercise)
    if place is None:
        return "UNKNOWN_EXERCISE"
    return None if place.exercise.track in constants.tracks else "NOT_IN_PROGRAMME"


def find_work_problem(constants: PlanConstants, completed: CompletedSet) -> str | None:
    """Return the code of the note that says why a set's work does not count, or None. Its pain
    counts all the same.
    """
    exercise = SET_PLACES[completed.exercise].exercise
    hold = exercise.unit == "seconds"
    if completed.kind == "work" and hold and completed.duration_s is None:
        return "HOLD_WITHOUT_DURATION"
    load = _read_load(completed)
    if load and load > limits.MAX_PLAUSIBLE_BODY_MASSES * body_mass_ng(constants):
        return "IMPLAUSIBLE_IGNORED"
    too_many = _count_reps(completed, hold=hold) > limits.MAX_PLAUSIBLE_REPS
    return "IMPLAUSIBLE_IGNORED" if too_many else None


class RecordPlace(NamedTuple):
    """Where a set counts."""

    week: int
    session: int
    """Number of the session in its week; 0 for none."""
    session_id: UUID
    date: datetime.date


def read_set(
    completed: CompletedSet, place: RecordPlace, morning: MorningScore | None, *, counts: bool
) -> SetRecord:
    """Return the record of a set. One that does not count keeps its pain and has no repetitions."""
    at = SET_PLACES[completed.exercise]
    unilateral = at.exercise.laterality == "unilateral"
    hold = at.exercise.unit == "seconds"
    # Positional, in the order of the fields: 0.31 us a record instead of 0.86 with keywords.
    return SetRecord(
        *place,
        at.exercise.track,
        at.rung,
        at.is_alternative,
        completed.side,
        completed.set_index,
        _count_reps(completed, hold=hold) if counts else 0,
        _read_load(completed),
        _read_rir(completed),
        None if completed.pain is None else scale(completed.pain),
        completed.kind == "work",
        unilateral,
        1 if completed.side in ("left", "right") else 2,
        morning,
    )


def _count_reps(completed: CompletedSet, *, hold: bool) -> int:
    if not hold:
        return completed.reps or 0
    if completed.duration_s is None:
        return 0
    # To the nearest five seconds, from tenths: 18.9 s are four counts, 27.4 s five.
    tenths = scale(completed.duration_s) * 10 // SCALE
    return (tenths + 25) // 50


def _read_load(completed: CompletedSet) -> int | None:
    load = completed.load
    return None if load is None else to_nanograms(scale(load.value), load.unit)


def _read_rir(completed: CompletedSet) -> int | None:
    """Return the repetitions in reserve: as logged, from the RPE, or the lower of both (EV-25)."""
    logged = None if completed.rir is None else scale(completed.rir)
    if completed.rpe is None:
        return logged
    implied = _rir_of_rpe(completed.rpe)
    return implied if logged is None else min(logged, implied)


def _rir_of_rpe(rpe: float) -> int:
    return max(0, _MAX_RPE - scale(rpe))


def has_contradictory_effort(completed: CompletedSet) -> bool:
    """Return whether reserve and RPE are more than one repetition apart."""
    if completed.rir is None or completed.rpe is None:
        return False
    return abs(scale(completed.rir) - _rir_of_rpe(completed.rpe)) > SCALE


def read_morning(constants: PlanConstants, session: CompletedSession) -> MorningScore | None:
    """Return the morning pain of a session, with the tracks that it speaks for: those of its site,
    or all of them if the site is unknown or no track of the programme has it.
    """
    if (pain := session.morning_pain) is None:
        return None
    named = frozenset(t for t in constants.tracks if pain.site in DEFINITIONS[t].pain_sites)
    return MorningScore(scale(pain.score), named or frozenset(constants.tracks))
