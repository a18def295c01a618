"""The log of a programme as the engine reads it: each set once, in a week, in exact numbers.

build_logbook() turns the stored sessions of one programme, in any order and with repetitions, into
a Logbook (science 4.2). The fold and the measures read it. A set that cannot be counted becomes a
DataNote, never an error. Nothing here knows what was prescribed.
"""

import datetime
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain, pairwise
from typing import NamedTuple
from uuid import UUID

from app.training.catalog.reasons import NOTE_SENTENCES, fill_in
from app.training.catalog.track_definitions import TRACKS, Track
from app.training.log import set_records
from app.training.log.completed import CompletedSession, CompletedSet, SessionStatus
from app.training.log.placing import PlacedUpload, SessionChooser, find_date, place_uploads
from app.training.log.set_records import (
    PAIN_WATCH,
    SET_PLACES,
    MorningScore,
    RecordPlace,
    SetRecord,
)
from app.training.planning.plan_constants import PlanConstants

# The same set of two devices is performed within so many seconds.
_DUPLICATE_SECONDS = 600
_DUPLICATE_WITHIN = datetime.timedelta(seconds=_DUPLICATE_SECONDS)
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


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


class LoggedUpload(NamedTuple):
    """What one session of the log adds to a week."""

    session_id: UUID
    date: datetime.date
    status: SessionStatus
    places: frozenset[int]
    """The sessions of the week that it counts for; empty for none."""
    morning: MorningScore | None
    records: tuple[SetRecord, ...]
    test: tuple[int, int] | None
    """A heel-rise test, left and right."""


class WeekLog(NamedTuple):
    """Everything that was logged for a week."""

    uploads: tuple[LoggedUpload, ...] = ()
    records: tuple[SetRecord, ...] = ()
    """The sets of all uploads, in order."""
    red_flag: bool = False
    """Whether a warning sign was logged."""

    def records_by_session(self) -> dict[int, list[SetRecord]]:
        """Return the records by the number of their session."""
        by_session: dict[int, list[SetRecord]] = {}
        for record in self.records:
            by_session.setdefault(record.session, []).append(record)
        return by_session


_EMPTY = WeekLog()


@dataclass(frozen=True, slots=True)
class Logbook:
    """All sets of a programme by week, with its warning signs and data notes."""

    weeks: Mapping[int, WeekLog]
    """The log of each week that has any, in order."""
    notes: tuple[DataNote, ...]

    def of_week(self, week: int) -> WeekLog:
        """Return the log of a week, which may be empty."""
        return self.weeks.get(week, _EMPTY)

    def last_week_with_sets(self) -> int:
        """Return the last week that holds a set; 0 if none does."""
        return max((week for week, log in self.weeks.items() if log.records), default=0)

    def last_flagged_week(self) -> int:
        """Return the last week in which a warning sign was logged; 0 if none was."""
        return max((week for week, log in self.weeks.items() if log.red_flag), default=0)


def build_logbook(constants: PlanConstants, sessions: Iterable[CompletedSession]) -> Logbook:
    """Return the logbook of these sessions.

    The result does not depend on their order, on repetitions or on when they arrived.
    """
    return _LogbookBuilder(constants).build(sessions)


class _HeldSpan(NamedTuple):
    """The session that holds a kind of set in a span of ten minutes, and when it was performed.

    There is only one: a set of another session in the same span is a duplicate.
    """

    session: int
    first: datetime.datetime
    last: datetime.datetime

    def is_near(self, moment: datetime.datetime) -> bool:
        """Return whether a set at a moment is within ten minutes of one of these."""
        return self.first - _DUPLICATE_WITHIN <= moment <= self.last + _DUPLICATE_WITHIN


class _LogbookBuilder:
    """Takes the uploads of a log one after the other, and puts them into weeks."""

    def __init__(self, constants: PlanConstants) -> None:
        self.constants = constants
        self.chooser = SessionChooser(constants)
        self.notes: set[DataNote] = set()
        self.uploads: dict[int, list[LoggedUpload]] = {}
        self.red_flags: set[int] = set()
        # What holds each kind of set, by spans of ten minutes. So a set is compared with those of
        # three spans, and a long log takes no longer for each set than a short one.
        self.performed: dict[tuple[object, ...], dict[int, _HeldSpan]] = {}
        # Uploads that are not in `performed` yet, and when the last set so far was performed. Most
        # logs come in order, with hours between the uploads: then no set has to be compared.
        self.pending: list[tuple[PlacedUpload, Sequence[CompletedSet]]] = []
        self.latest: datetime.datetime | None = None

    def build(self, sessions: Iterable[CompletedSession]) -> Logbook:
        uploads = [*sessions]
        newest_sets = _select_newest_sets(uploads)
        placed, refused = place_uploads(self.constants, select_newest_sessions(uploads))
        for session, code in refused:
            self._refuse(session, code)
        for upload in placed:
            self._take(upload, newest_sets.get(upload.session.session_id.int, ()))
        weeks = sorted({*self.uploads, *self.red_flags})
        return Logbook(
            {week: self._build_week(week) for week in weeks},
            tuple(sorted(self.notes, key=_note_order)),
        )

    def _build_week(self, week: int) -> WeekLog:
        uploads = tuple(self.uploads.get(week, ()))
        return WeekLog(uploads, _merge_records(uploads), week in self.red_flags)

    def _refuse(self, session: CompletedSession, code: str) -> None:
        self._note(code, session)
        if session.red_flags:
            # A warning sign is never dropped: it counts for the nearest week. Without dates that is
            # the running one, which a flag of any later week blocks.
            spec = self.constants.spec
            day = find_date(spec, session.started_at)
            early = spec.start_date is not None and day < spec.start_date
            self.red_flags.add(1 if early else spec.weeks)

    def _take(self, upload: PlacedUpload, sets: Sequence[CompletedSet]) -> None:
        session = upload.session
        for code in upload.notes:
            self._note(code, session, w=upload.week)
        if session.red_flags:
            self.red_flags.add(upload.week)
        known = [one for one in sets if self._is_of_programme(upload, one)]
        twice = self._find_duplicates(upload, known)
        counted = [one for one in known if one not in twice] if twice else known
        morning = set_records.read_morning(self.constants, session)
        tracks = [*dict.fromkeys(SET_PLACES[one.exercise].exercise.track for one in counted)]
        places = self.chooser.choose(upload, tracks)
        at = {
            track: RecordPlace(upload.week, number, session.session_id, upload.date)
            for track, number in places.items()
        }
        records = [self._read(session, one, at, morning) for one in counted]
        records += self._read_painful(upload, twice, morning)
        test = session.heel_rise_test
        entry = LoggedUpload(
            session_id=session.session_id,
            date=upload.date,
            status=session.status,
            places=frozenset(places.values() if places else [self.chooser.choose_empty(upload)]),
            morning=morning,
            records=tuple(sorted(records, key=_record_order)),
            test=None if test is None else (test.left, test.right),
        )
        if upload.week_of_date != upload.week and self._hurts(upload, entry):
            self.uploads.setdefault(upload.week_of_date, []).append(
                _keep_pain(entry, upload.week_of_date)
            )
            entry = _leave_pain_out(entry)
        self.uploads.setdefault(upload.week, []).append(entry)

    def _hurts(self, upload: PlacedUpload, entry: LoggedUpload) -> bool:
        """Return whether pain belongs to the week of the date and not to that of the work."""
        if not 1 <= upload.week_of_date <= self.constants.spec.weeks:
            return False
        scores = [record.pain for record in entry.records]
        scores += [entry.morning.score] if entry.morning else []
        return bool(entry.records) and any(s is not None and s >= PAIN_WATCH for s in scores)

    def _is_of_programme(self, upload: PlacedUpload, completed: CompletedSet) -> bool:
        problem = set_records.find_set_problem(self.constants, completed)
        if problem is not None:
            self._note(problem, upload.session, completed)
        return problem is None

    def _read(
        self,
        session: CompletedSession,
        completed: CompletedSet,
        at: Mapping[Track, RecordPlace],
        morning: MorningScore | None,
    ) -> SetRecord:
        problem = set_records.find_work_problem(self.constants, completed)
        if problem is not None:
            self._note(problem, session, completed)
        if set_records.has_contradictory_effort(completed):
            self._note("CONTRADICTORY_EFFORT", session, completed)
        place = at[SET_PLACES[completed.exercise].exercise.track]
        return set_records.read_set(completed, place, morning, counts=problem is None)

    def _read_painful(
        self, upload: PlacedUpload, twice: Sequence[CompletedSet], morning: MorningScore | None
    ) -> list[SetRecord]:
        """Return the duplicates that hurt: the work counts once, but no pain is dropped."""
        for completed in twice:
            self._note("POSSIBLE_DUPLICATE", upload.session, completed)
        place = RecordPlace(upload.week, 0, upload.session.session_id, upload.date)
        records = [set_records.read_set(one, place, morning, counts=False) for one in twice]
        scores = [morning.score if morning else 0, *(record.pain or 0 for record in records)]
        return records if max(scores) >= PAIN_WATCH else []

    def _find_duplicates(
        self, upload: PlacedUpload, sets: Sequence[CompletedSet]
    ) -> list[CompletedSet]:
        """Return the sets that another session already holds at the same time."""
        if not sets:
            return []
        moments = [one.performed_at for one in sets]
        before, self.latest = self.latest, max([*moments, self.latest or moments[0]])
        if before is None or min(moments) - before > _DUPLICATE_WITHIN:
            self.pending.append((upload, sets))
            return []
        for earlier, theirs in self.pending:
            for one in theirs:
                self._is_duplicate(earlier, one)
        self.pending.clear()
        return [one for one in sets if self._is_duplicate(upload, one)]

    def _is_duplicate(self, upload: PlacedUpload, completed: CompletedSet) -> bool:
        """Return whether another session already holds a set like this at the same time. If not,
        this one does from now on.
        """
        at = SET_PLACES[completed.exercise]
        key = (at.exercise.track, at.rung, completed.side, completed.set_index)
        known = self.performed.setdefault(key, {})
        session, moment = upload.session.session_id.int, completed.performed_at
        at_span = (moment - _EPOCH) // _DUPLICATE_WITHIN
        for near in (at_span - 1, at_span, at_span + 1):
            held = known.get(near)
            if held is not None and held.session != session and held.is_near(moment):
                return True
        if set_records.find_work_problem(self.constants, completed) is not None:
            # Its work does not count, so another session may still bring it.
            return False
        held = known.get(at_span, _HeldSpan(session, moment, moment))
        known[at_span] = _HeldSpan(session, min(held.first, moment), max(held.last, moment))
        return False

    def _note(
        self,
        code: str,
        session: CompletedSession,
        completed: CompletedSet | None = None,
        **params: int,
    ) -> None:
        sentence = fill_in(NOTE_SENTENCES[code], **params)
        set_id = completed.set_id if completed else None
        self.notes.add(DataNote(code, sentence, session.session_id, set_id))


def _merge_records(uploads: Sequence[LoggedUpload]) -> tuple[SetRecord, ...]:
    """Return the records of all uploads in order."""
    runs = sorted([u.records for u in uploads if u.records], key=lambda run: run[0].session)
    merged = chain.from_iterable(runs)
    # Each is sorted by session first, so those of different sessions are in order already.
    if all(one[-1].session < other[0].session for one, other in pairwise(runs)):
        return tuple(merged)
    return tuple(sorted(merged, key=_record_order))


def _keep_pain(entry: LoggedUpload, week: int) -> LoggedUpload:
    """Return an upload for the week of its date: its pain of 3 or more, and no work."""
    morning = entry.morning if entry.morning and entry.morning.score >= PAIN_WATCH else None
    records = [
        record._replace(
            week=week,
            session=0,
            reps=0,
            pain=record.pain if record.pain is not None and record.pain >= PAIN_WATCH else None,
            morning=morning,
        )
        for record in entry.records
    ]
    return entry._replace(
        places=frozenset(), morning=morning, records=tuple(records), test=None, status="in_progress"
    )


def _leave_pain_out(entry: LoggedUpload) -> LoggedUpload:
    """Return an upload for the week of its work: without its pain of 3 or more."""
    morning = entry.morning if entry.morning and entry.morning.score < PAIN_WATCH else None
    records = [
        record._replace(
            pain=None if record.pain is None or record.pain >= PAIN_WATCH else record.pain,
            morning=morning,
        )
        for record in entry.records
    ]
    return entry._replace(morning=morning, records=tuple(records))


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


def _record_order(record: SetRecord) -> tuple[int, int, int, str, int]:
    return (
        record.session,
        TRACKS.index(record.track),
        record.set_index,
        record.side or "",
        record.session_id.int,
    )


def _note_order(note: DataNote) -> tuple[str, int, int]:
    return note.code, note.session_id.int, note.set_id.int if note.set_id else -1
