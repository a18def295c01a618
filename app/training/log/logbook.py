"""The log of a programme as the engine reads it: each set once, in a week, in exact numbers.

build_logbook() turns the stored sessions of one programme, in any order and with repetitions, into
a Logbook (science 4.2). The fold and the measures read it. A set that cannot be counted becomes a
DataNote, never an error. Nothing here knows what was prescribed.
"""

import datetime
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import NamedTuple
from uuid import UUID

from app.training.catalog.exercises import EXERCISES
from app.training.catalog.reasons import NOTE_SENTENCES
from app.training.catalog.track_definitions import DEFINITIONS, TRACKS, Track
from app.training.log import limits
from app.training.log.completed import CompletedSession, CompletedSet
from app.training.planning.plan_constants import UNIT, LoadUnit, PlanConstants
from app.training.planning.spec import Spec
from app.training.planning.week import SetSide

# Scores, reserves and loads have four decimals at most. They are counted in ten-thousandths.
SCALE = 10_000
_MAX_RPE = int(limits.SCORE.high) * SCALE
# Loads are compared in nanograms (10^-12 kg), in which both kilograms and pounds are whole
# numbers. This is a ten-thousandth of each unit.
NG_PER_TEN_THOUSANDTH: Mapping[LoadUnit, int] = {"kg": 10**8, "lb": 45_359_237}
# File formats round loads to 1/32 kg.
LOAD_TOLERANCE_NG = 10**12 // 32
# Stands for the rung of an exercise that is an alternative beside the ladder.
OFF_LADDER = -1
# The tracks that the pain of a site counts for. Any other site, or none, counts for all tracks.
SITES: Mapping[str, tuple[Track, ...]] = {
    site: tuple(track for track in TRACKS if site in DEFINITIONS[track].pain_sites)
    for definition in DEFINITIONS.values()
    for site in definition.pain_sites
}


@dataclass(frozen=True, slots=True)
class DataNote:
    """Something in the log that was left out or corrected."""

    code: str
    """Stable code of the note."""
    sentence: str
    """What is odd, and how it was counted."""
    session_id: UUID
    """The session that the note is about."""
    set_id: UUID | None
    """The set that the note is about; null if it is about the whole session."""


class MorningScore(NamedTuple):
    """Pain on the morning after a session, with the tracks that it counts for."""

    score: int
    """In ten-thousandths."""
    tracks: tuple[Track, ...]


class SetRecord(NamedTuple):
    """A completed set as the engine reads it.

    A named tuple, because a season has about a thousand sets and tuples are the fastest to build.
    """

    week: int
    """Number of the week, from 1."""
    session: int | None
    """Number of the session in its week, if it was logged."""
    session_id: UUID
    date: datetime.date
    """In the programme's time zone."""
    track: Track
    rung: int
    """Number on the ladder; OFF_LADDER for an alternative beside it."""
    side: SetSide | None
    set_index: int
    reps: int | None
    load_ng: int | None
    """In nanograms; None where it is unknown."""
    rir: int | None
    """In ten-thousandths."""
    pain: int | None
    """In ten-thousandths."""
    is_work: bool
    """False for a warm-up set."""
    unilateral: bool
    """Whether the exercise is done one leg at a time."""
    units: int
    """Two for a set of both legs or of an unknown side, one for a set of one leg."""
    is_done: bool
    """Whether it is a work set with at least one repetition."""
    morning_pain: MorningScore | None

    @property
    def shows_training(self) -> bool:
        """Whether the athlete trained: a set that was done, or a warm-up set with a pain score."""
        return self.is_done or (not self.is_work and self.reps != 0 and self.pain is not None)


@dataclass(frozen=True, slots=True)
class Logbook:
    """All sets of a programme by week, with its warning signs and data notes."""

    weeks: Mapping[int, tuple[SetRecord, ...]]
    """The records of each week that has any, in order."""
    red_flag_weeks: frozenset[int]
    """Numbers of the weeks in which a warning sign was reported."""
    notes: tuple[DataNote, ...]

    def of_week(self, week: int) -> tuple[SetRecord, ...]:
        return self.weeks.get(week, ())


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


def build_logbook(constants: PlanConstants, sessions: Iterable[CompletedSession]) -> Logbook:
    """Return the logbook of these sessions.

    The result does not depend on their order, on repetitions or on when they arrived.
    """
    uploads = [*sessions]
    newest_sessions, newest_sets = select_newest_sessions(uploads), _select_newest_sets(uploads)
    notes: set[DataNote] = set()
    weeks: dict[int, list[SetRecord]] = {}
    red_flag_weeks: set[int] = set()
    for session in newest_sessions:
        sets = newest_sets.get(session.session_id.int, ())
        for record in (records := [*_read_sets(constants, session, sets, notes)]):
            weeks.setdefault(record.week, []).append(record)
        if session.red_flags:
            red_flag_weeks |= _find_red_flag_weeks(constants.spec, session, records)
    return Logbook(
        weeks={week: tuple(sorted(weeks[week], key=_record_order)) for week in sorted(weeks)},
        red_flag_weeks=frozenset(red_flag_weeks),
        notes=tuple(sorted(notes, key=_note_order)),
    )


def select_newest_sessions(sessions: Iterable[CompletedSession]) -> list[CompletedSession]:
    """Return each session once, ordered by id.

    The highest version wins. Between equal versions the greater content does, so that the order
    of arrival does not matter. A returned session may lack sets that came with another upload of
    it; _select_newest_sets() collects those separately.
    """
    newest: dict[UUID, CompletedSession] = {}
    for session in sessions:
        rival = newest.setdefault(session.session_id, session)
        if rival is not session and _precedence(session) > _precedence(rival):
            newest[session.session_id] = session
    return sorted(newest.values(), key=lambda session: session.session_id.int)


def _select_newest_sets(sessions: Iterable[CompletedSession]) -> dict[int, list[CompletedSet]]:
    """Return each set once, by its session's id, chosen like sessions.

    Ids are compared as integers, which hash three times as fast as UUIDs.
    """
    newest: dict[int, tuple[CompletedSet, int]] = {}
    for session in sessions:
        session_id = session.session_id.int
        for completed in session.sets:
            candidate = (completed, session_id)
            rival = newest.setdefault(completed.set_id.int, candidate)
            if rival is not candidate and _set_precedence(candidate) > _set_precedence(rival):
                newest[completed.set_id.int] = candidate
    by_session: dict[int, list[CompletedSet]] = {}
    # Ordered by id, so that sets which nothing else distinguishes always have the same order.
    for set_id in sorted(newest):
        completed, session_id = newest[set_id]
        by_session.setdefault(session_id, []).append(completed)
    return by_session


def _set_precedence(candidate: tuple[CompletedSet, int]) -> tuple[tuple[int, str], int]:
    # Two sessions may hold one set. Then the greater session id decides last.
    return _precedence(candidate[0]), candidate[1]


def _precedence(upload: CompletedSession | CompletedSet) -> tuple[int, str]:
    """Return what decides between two uploads with one id: the version, then the content."""
    content = replace(upload, sets=()) if isinstance(upload, CompletedSession) else upload
    return upload.version or 0, json.dumps(asdict(content), sort_keys=True, default=str)


def _read_sets(
    constants: PlanConstants,
    session: CompletedSession,
    sets: Iterable[CompletedSet],
    notes: set[DataNote],
) -> Iterator[SetRecord]:
    """Yield the records of a session. A set that does not count adds a note instead."""
    morning_pain = _read_morning_pain(session)
    for completed in sets:
        date = _find_date(constants.spec, completed.performed_at)
        week = find_week(constants.spec, date, session.week)
        problem = _find_problem(constants, week, completed)
        if problem is not None:
            notes.add(_build_note(problem, session, completed))
            continue
        if _has_contradictory_effort(completed):
            notes.add(_build_note("CONTRADICTORY_EFFORT", session, completed))
        if isinstance(week, int):
            yield _read_set(session, completed, week, date, morning_pain)


def _find_problem(constants: PlanConstants, week: int | str, completed: CompletedSet) -> str | None:
    if isinstance(week, str):
        return week
    if completed.exercise not in EXERCISES:
        return "UNKNOWN_EXERCISE"
    return "IMPLAUSIBLE_IGNORED" if _is_implausible(constants, completed) else None


def _find_date(spec: Spec, moment: datetime.datetime) -> datetime.date:
    try:
        return spec.date_at(moment)
    except OverflowError:
        # The first and last hours of the calendar may fall into a year of another zone that no
        # date can hold. Such a moment is a mistake, but it must not stop the fold.
        return moment.date()


def find_week(spec: Spec, date: datetime.date, logged_week: int | None) -> int | str:
    """Return the number of a date's week, or the code of the note that says why it has none."""
    week = _count_week(spec, date, logged_week)
    if week is None:
        return "WEEK_REQUIRED"
    return week if 1 <= week <= spec.weeks else "OUT_OF_RANGE"


def _count_week(spec: Spec, date: datetime.date, logged_week: int | None) -> int | None:
    """Return the week of a date. Without a start date, the logged week counts."""
    if spec.start_date is None:
        return logged_week
    return (date - spec.start_date).days // 7 + 1


def _is_implausible(constants: PlanConstants, completed: CompletedSet) -> bool:
    if (completed.reps or 0) > limits.MAX_PLAUSIBLE_REPS:
        return True
    return (_read_load(completed) or 0) > limits.MAX_PLAUSIBLE_BODY_MASSES * body_mass_ng(constants)


def _read_set(
    session: CompletedSession,
    completed: CompletedSet,
    week: int,
    date: datetime.date,
    morning_pain: MorningScore | None,
) -> SetRecord:
    exercise = EXERCISES[completed.exercise]
    is_work = completed.kind == "work"
    unilateral = exercise.laterality == "unilateral"
    # Positional, in the order of the fields: 0.31 us a record instead of 0.86 with keywords.
    return SetRecord(
        week,
        session.session,
        session.session_id,
        date,
        exercise.track,
        OFF_LADDER if exercise.rung is None else exercise.rung,
        completed.side,
        completed.set_index,
        completed.reps,
        _read_load(completed),
        _read_rir(completed),
        None if completed.pain is None else scale(completed.pain),
        is_work,
        unilateral,
        1 if unilateral and completed.side in ("left", "right") else 2,
        is_work and completed.reps is not None and completed.reps >= 1,
        morning_pain,
    )


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


def _has_contradictory_effort(completed: CompletedSet) -> bool:
    if completed.rir is None or completed.rpe is None:
        return False
    # More than one repetition apart.
    return abs(scale(completed.rir) - _rir_of_rpe(completed.rpe)) > SCALE


def _read_morning_pain(session: CompletedSession) -> MorningScore | None:
    if (pain := session.morning_pain) is None:
        return None
    return MorningScore(scale(pain.score), SITES.get(pain.site or "", TRACKS))


def _find_red_flag_weeks(
    spec: Spec, session: CompletedSession, records: list[SetRecord]
) -> set[int]:
    """Return the weeks that a session's warning sign blocks: those of its sets, else of its start.

    A date outside the programme counts for the nearest week: a warning sign is never dropped.
    """
    if records:
        return {record.week for record in records}
    week = _count_week(spec, _find_date(spec, session.started_at), session.week) or 1
    return {min(max(week, 1), spec.weeks)}


def _record_order(record: SetRecord) -> tuple[int, int, int, str, int]:
    return (
        record.session or 0,
        TRACKS.index(record.track),
        record.set_index,
        record.side or "",
        record.session_id.int,
    )


def _build_note(code: str, session: CompletedSession, completed: CompletedSet) -> DataNote:
    return DataNote(code, NOTE_SENTENCES[code], session.session_id, completed.set_id)


def _note_order(note: DataNote) -> tuple[str, int, int]:
    return note.code, note.session_id.int, note.set_id.int if note.set_id else -1
