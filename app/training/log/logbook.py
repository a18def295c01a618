"""The log as the engine reads it: each set once, placed in a week, in exact numbers.

Science 4.2. normalise() turns whatever was uploaded, in any order and any number of times, into
the same Logbook; what is odd becomes a data note and never an error.
"""

import datetime
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import NamedTuple
from uuid import UUID

from app.training.catalog.exercises import EXERCISES
from app.training.catalog.tracks import DEFINITIONS, TRACKS, Track
from app.training.log.completed import CompletedSession, CompletedSet
from app.training.planning.plan_constants import LoadUnit, PlanConstants
from app.training.planning.spec import Spec
from app.training.planning.week import SetSide

# Scores, reserves and loads come with four decimals at most; they are counted in ten-thousandths.
SCALE = 10_000
# Loads are compared in units of 10^-12 kg, in which both kilograms and pounds are whole numbers.
PER_KG = 10**8
PER_LB = 45_359_237
# What file formats round to: 1/32 kg.
ROUNDING = 10**12 // 32
MOST_REPS = 100
MOST_BODY_MASSES = 3
BELOW_ANY_RUNG = -1
# The tracks that the pain of a site counts for. Any other site, or none, counts for all tracks.
SITES: Mapping[str, tuple[Track, ...]] = {
    site: tuple(track for track in TRACKS if site in DEFINITIONS[track].pain_sites)
    for definition in DEFINITIONS.values()
    for site in definition.pain_sites
}


@dataclass(frozen=True, slots=True)
class DataNote:
    """Something in the log that could not be taken as it was."""

    code: str
    """Stable code."""
    sentence: str
    """What was done with it."""
    session_id: UUID
    """The session that it is about."""
    set_id: UUID | None
    """The set that it is about, if it is about one."""


NOTES: Mapping[str, str] = {
    "UNKNOWN_EXERCISE": "No exercise of the catalogue has this slug, so the set does not count.",
    "WEEK_REQUIRED": "The programme has no dates and the session no week, so it does not count.",
    "OUT_OF_RANGE": "Lies outside of the programme's weeks, so it does not count.",
    "IMPLAUSIBLE_IGNORED": "More than 100 repetitions or three body masses: not counted.",
    "CONTRADICTORY_EFFORT": "Reserve and exertion contradict each other; the harder one counts.",
    "OTHER_PROGRAMME": "Belongs to another programme, so it does not count.",
}


class MorningAfter(NamedTuple):
    """Pain on the morning after a session, and the tracks that its site speaks for."""

    score: int
    """In ten-thousandths."""
    tracks: tuple[Track, ...]


class Record(NamedTuple):
    """A set as the engine reads it. A season has a thousand, and tuples are made the fastest."""

    week: int
    place: int | None
    """The session's place in its week as it was logged, if it was."""
    session_id: UUID
    date: datetime.date
    """In the programme's time zone."""
    track: Track
    rung: int
    """Number on the ladder; below any rung for an alternative that stands beside it."""
    side: SetSide | None
    set_index: int
    reps: int | None
    load: int | None
    """In 10^-12 kg; None where it is unknown."""
    rir: int | None
    """In ten-thousandths."""
    pain: int | None
    """In ten-thousandths."""
    work: bool
    one_sided: bool
    """Whether the exercise is done one leg at a time."""
    units: int
    """A set of both legs is two units, one side is one; an unknown side is both."""
    done: bool
    """Whether it counts as done."""
    morning: MorningAfter | None

    @property
    def logged(self) -> bool:
        """Whether it shows that somebody trained: a done set, or a warm-up with a word on pain."""
        return self.done or (not self.work and self.reps != 0 and self.pain is not None)


@dataclass(frozen=True, slots=True)
class Logbook:
    """Everything that was done in a programme, by week."""

    weeks: Mapping[int, tuple[Record, ...]]
    red_flag_weeks: frozenset[int]
    notes: tuple[DataNote, ...]

    def of_week(self, week: int) -> tuple[Record, ...]:
        """The records of one week."""
        return self.weeks.get(week, ())


def scaled(number: float) -> int:
    """A number of at most four decimals in ten-thousandths."""
    return round(number * SCALE)


def weigh(ten_thousandths: int, unit: LoadUnit) -> int:
    """A mass in units of 10^-12 kg."""
    return ten_thousandths * (PER_KG if unit == "kg" else PER_LB)


def normalise(constants: PlanConstants, sessions: Iterable[CompletedSession]) -> Logbook:
    """The logbook of uploads; invariant under their order, repetition and lateness."""
    uploads = [*sessions]
    newest, sets = keep_sessions(uploads), keep_sets(uploads)
    notes: set[DataNote] = set()
    records: list[Record] = []
    flagged: set[int] = set()
    for session in newest:
        own = [*read_sets(constants, session, sets.get(session.session_id.int, ()), notes)]
        records += own
        if session.red_flags:
            flagged |= weeks_of_flag(constants.spec, session, own)
    weeks: dict[int, list[Record]] = {}
    for record in records:
        weeks.setdefault(record.week, []).append(record)
    return Logbook(
        weeks={week: tuple(sorted(weeks[week], key=in_order)) for week in sorted(weeks)},
        red_flag_weeks=frozenset(flagged),
        notes=tuple(sorted(notes, key=note_order)),
    )


def keep_sessions(sessions: Iterable[CompletedSession]) -> list[CompletedSession]:
    """Each session once, by id: the highest version, then the greater content (N1). Its sets are
    those of one upload only; all of them are what keep_sets() gives.
    """
    own: dict[UUID, CompletedSession] = {}
    for session in sessions:
        held = own.get(session.session_id)
        if held is None or rank(replace(session, sets=())) > rank(replace(held, sets=())):
            own[session.session_id] = session
    return sorted(own.values(), key=lambda session: session.session_id.int)


def keep_sets(sessions: Iterable[CompletedSession]) -> dict[int, list[CompletedSet]]:
    """Each set once, by its session, chosen in the same way (N1). Ids are taken as the numbers
    that they are, which are hashed three times as fast.
    """
    newest: dict[int, tuple[CompletedSet, int]] = {}
    for session in sessions:
        session_id = session.session_id.int
        for done in session.sets:
            new = (done, session_id)
            held = newest.setdefault(done.set_id.int, new)
            if held is not new and compete(new) > compete(held):
                newest[done.set_id.int] = new
    by_session: dict[int, list[CompletedSet]] = {}
    # By id, so that sets which nothing else tells apart come out in one order too.
    for set_id in sorted(newest):
        done, session_id = newest[set_id]
        by_session.setdefault(session_id, []).append(done)
    return by_session


def compete(kept: tuple[CompletedSet, int]) -> tuple[tuple[int, str], int]:
    """What decides between two sets of one id, which may stand in two sessions."""
    return rank(kept[0]), kept[1]


def rank(one: CompletedSession | CompletedSet) -> tuple[int, str]:
    """What decides between two uploads of one thing."""
    return one.version or 0, json.dumps(asdict(one), sort_keys=True, default=str)


def read_sets(
    constants: PlanConstants,
    session: CompletedSession,
    sets: Iterable[CompletedSet],
    notes: set[DataNote],
) -> Iterator[Record]:
    """The records of a session; what does not count leaves a note."""
    morning = read_morning_pain(session)
    for done in sets:
        date = day_of(constants.spec, done.performed_at)
        week = week_of(constants.spec, date, session.week)
        problem = problem_of(constants, week, done)
        if problem is not None:
            notes.add(write_note(problem, session, done))
            continue
        if contradicts(done):
            notes.add(write_note("CONTRADICTORY_EFFORT", session, done))
        if isinstance(week, int):
            yield read_set(session, done, week, date, morning)


def problem_of(constants: PlanConstants, week: int | str, done: CompletedSet) -> str | None:
    """Why a set does not count, or None."""
    if isinstance(week, str):
        return week
    if done.exercise not in EXERCISES:
        return "UNKNOWN_EXERCISE"
    return "IMPLAUSIBLE_IGNORED" if is_implausible(constants, done) else None


def day_of(spec: Spec, moment: datetime.datetime) -> datetime.date:
    """The day that a moment falls on in the programme's time zone."""
    try:
        return spec.date_at(moment)
    except OverflowError:
        # The first and the last hours of the calendar are another year elsewhere, which no date
        # can hold. Such a moment is a mistake anyway, and must not stop the log.
        return moment.date()


def week_of(spec: Spec, date: datetime.date, given: int | None) -> int | str:
    """The number of a day's week, or the code of what is wrong with it (N2)."""
    week = given
    if spec.start_date is not None:
        week = (date - spec.start_date).days // 7 + 1
    if week is None:
        return "WEEK_REQUIRED"
    return week if 1 <= week <= spec.weeks else "OUT_OF_RANGE"


def is_implausible(constants: PlanConstants, done: CompletedSet) -> bool:
    """More than anybody lifts or repeats (N4)."""
    if (done.reps or 0) > MOST_REPS:
        return True
    load = read_load(done)
    if load is None:
        return False
    unit: LoadUnit = "kg" if constants.spec.units == "metric" else "lb"
    return load > MOST_BODY_MASSES * weigh(constants.body_mass * 100, unit)


def read_set(
    session: CompletedSession,
    done: CompletedSet,
    week: int,
    date: datetime.date,
    morning: MorningAfter | None,
) -> Record:
    """One set of a known exercise."""
    exercise = EXERCISES[done.exercise]
    work = done.kind == "work"
    one_sided = exercise.laterality == "unilateral"
    # In the order of its fields: naming them takes 0.86 us a record, this 0.31.
    return Record(
        week,
        session.session,
        session.session_id,
        date,
        exercise.track,
        BELOW_ANY_RUNG if exercise.rung is None else exercise.rung,
        done.side,
        done.set_index,
        done.reps,
        read_load(done),
        read_reserve(done),
        None if done.pain is None else scaled(done.pain),
        work,
        one_sided,
        1 if one_sided and done.side in ("left", "right") else 2,
        work and done.reps is not None and done.reps >= 1,
        morning,
    )


def read_load(done: CompletedSet) -> int | None:
    """The load of a set in 10^-12 kg."""
    return None if done.load is None else weigh(scaled(done.load.value), done.load.unit)


def read_reserve(done: CompletedSet) -> int | None:
    """Repetitions in reserve: as given, from the exertion, or the lower of both (N5, EV-25)."""
    given = None if done.rir is None else scaled(done.rir)
    if done.rpe is None:
        return given
    implied = max(0, 10 * SCALE - scaled(done.rpe))
    return implied if given is None else min(given, implied)


def contradicts(done: CompletedSet) -> bool:
    """Whether reserve and exertion differ by more than one."""
    if done.rir is None or done.rpe is None:
        return False
    return abs(scaled(done.rir) - max(0, 10 * SCALE - scaled(done.rpe))) > SCALE


def read_morning_pain(session: CompletedSession) -> MorningAfter | None:
    """The score and the tracks that it speaks for (N6)."""
    pain = session.morning_pain
    if pain is None:
        return None
    return MorningAfter(scaled(pain.score), SITES.get(pain.site or "", TRACKS))


def weeks_of_flag(spec: Spec, session: CompletedSession, records: list[Record]) -> set[int]:
    """The weeks that a warning sign blocks: those of its session's sets, else of its start.

    One that lies outside of the programme counts for its nearest week: a warning sign is never
    dropped for its date.
    """
    if records:
        return {record.week for record in records}
    date = day_of(spec, session.started_at)
    week = session.week or 1
    if spec.start_date is not None:
        week = (date - spec.start_date).days // 7 + 1
    return {min(max(week, 1), spec.weeks)}


def in_order(record: Record) -> tuple[int, int, int, str, int]:
    """The order of a week's records (N7)."""
    return (
        record.place or 0,
        TRACKS.index(record.track),
        record.set_index,
        record.side or "",
        record.session_id.int,
    )


def write_note(code: str, session: CompletedSession, done: CompletedSet | None) -> DataNote:
    """A note in words."""
    return DataNote(code, NOTES[code], session.session_id, None if done is None else done.set_id)


def note_order(note: DataNote) -> tuple[str, int, int]:
    """Notes by code and by what they are about."""
    return note.code, note.session_id.int, note.set_id.int if note.set_id else -1
