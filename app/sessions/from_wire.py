"""Turns uploads from the wire into values, for routes, batch and programs.

The clock and new ids are arguments. An impossible value raises ValidationFailed with the field. An
odd value becomes a note, an unknown field a warning. transactions stores the values.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from operator import attrgetter
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel

from app.sessions.schemas import LiveSetIn, Note, SessionIn, SetIn
from app.sessions.value_builder import list_plain_fields, make_builder
from app.training.catalog import reasons
from app.training.catalog.exercises import EXERCISES
from app.training.log import completed, limits
from app.training.log.completed import CompletedSession, CompletedSet, Target
from app.training.planning.load import Load
from app.web.http.problems import ValidationFailed, error_at_pointer

# A moment further ahead than this is noted; beyond limits.MAX_AHEAD it is rejected.
_MAX_SKEW = timedelta(minutes=5)
# Derived ids are version 5 UUIDs, each kind in its own name space.
_SESSION_ID_NAMESPACE = UUID("5bd0b5c5-3a0e-4a43-93fb-6b3b4b1f0a01")
MAX_NOTES = 50

_T = TypeVar("_T", completed.Device, completed.MorningPain, completed.LoggedTest)


def _make_getter(
    model: type[BaseModel], owner: type, special: Sequence[str]
) -> Callable[[Any], tuple[Any, ...]]:
    """Return a function that reads the plain fields of an upload.

    Raises KeyError if the model lacks one: it would be read unchecked, as an unknown field.
    """
    names = list_plain_fields(owner, special)
    if missing := set(names) - set(model.model_fields):
        raise KeyError(f"{model.__name__} has no field {min(missing)}")
    return attrgetter(*names)


# Fields that need code below. All others have the same name and value on the wire.
_SPECIAL_SESSION_FIELDS = (
    "session_id status device morning_pain red_flags heel_rise_test sets".split()
)
_SPECIAL_SET_FIELDS = "set_id version set_index load_kg load prescribed".split()
_get_session_fields = _make_getter(SessionIn, CompletedSession, _SPECIAL_SESSION_FIELDS)
_get_set_fields = _make_getter(SetIn, CompletedSet, _SPECIAL_SET_FIELDS)
_build_session = make_builder(CompletedSession, _SPECIAL_SESSION_FIELDS)
_build_set = make_builder(CompletedSet, _SPECIAL_SET_FIELDS)


@dataclass(frozen=True, slots=True)
class SessionUpload:
    """A session with the sets to merge into it."""

    session: CompletedSession
    opening: bool = False
    """Whether a single set was sent: the session's own fields are a guess and are written only if
    no session is stored."""
    recorded: bool = False
    """Whether it is a recording of a device or an app. It fills in unknown fields and replaces
    none, because the athlete may have corrected them since."""
    status_assumed: bool = False
    """Whether no status was sent. The assumed one does not replace a stored one."""
    fingerprint: bytes = b""
    """Keyed hash of the athlete's id, which identifies erased athletes."""
    notes: tuple[Note, ...] = ()
    warnings: tuple[Note, ...] = ()


def _make_rejection(path: Sequence[str | int], detail: str, code: str) -> ValidationFailed:
    error = error_at_pointer(path, detail, code)
    message = f"The upload cannot be stored: {error.pointer} {detail}."
    return ValidationFailed(message, errors=[error])


def derive_session_id(tenant_id: UUID, athlete_id: str, key: str) -> UUID:
    """Return the id of a session posted with an Idempotency-Key, the same for each retry.

    Two devices with one key do not meet: each has its athlete, whose id holds no slash.
    """
    return uuid.uuid5(_SESSION_ID_NAMESPACE, f"{tenant_id}/{athlete_id}/{key}")


def parse_session(sent: SessionIn, session_id: UUID, now: datetime) -> SessionUpload:
    """Parse a session with its sets. Raises ValidationFailed."""
    _check_moment(["started_at"], sent.started_at, now)
    if sent.ended_at is not None:
        _check_moment(["ended_at"], sent.ended_at, now)
    if sent.session_id not in (None, session_id):
        raise _make_rejection(["session_id"], "differs from the id in the URL", "id_mismatch")
    sets = _parse_sets(sent, session_id, now)
    notes = [*list_session_notes(sent, now)]
    for place, done in enumerate(sent.sets):
        notes += list_set_notes(done, f"/sets/{place}", now)
    session = parse_own_fields(sent, session_id, sets)
    return SessionUpload(
        session,
        status_assumed=sent.status is None,
        notes=tuple(notes[:MAX_NOTES]),
        warnings=_list_warnings(sent),
    )


def parse_own_fields(
    sent: SessionIn, session_id: UUID, sets: tuple[CompletedSet, ...]
) -> CompletedSession:
    """Parse a session, given its parsed sets. Without a status and sets, such as with nothing but
    the pain of the morning, it is in progress: it must not close a session that is to come.
    """
    return _build_session(
        session_id,
        sent.status or ("completed" if sets else "in_progress"),
        _parse_part(completed.Device, sent.device),
        _parse_part(completed.MorningPain, sent.morning_pain),
        tuple(sent.red_flags),
        _parse_part(completed.LoggedTest, sent.heel_rise_test),
        sets,
        *_get_session_fields(sent),
    )


def parse_live_set(sent: LiveSetIn, session_id: UUID, set_id: UUID, now: datetime) -> SessionUpload:
    """Parse a single set, with the session that it creates if there is none.

    Raises ValidationFailed.
    """
    if sent.set_id not in (None, set_id):
        raise _make_rejection(["set_id"], "differs from the id in the URL", "id_mismatch")
    _check_moment(["performed_at"], sent.performed_at, now)
    index = 1 if sent.set_index is None else sent.set_index
    session = CompletedSession(
        session_id=session_id,
        athlete_id=sent.athlete_id,
        program_id=sent.program_id,
        week=sent.week,
        session=sent.session,
        started_at=sent.performed_at,
        status="in_progress",
        sets=(_parse_set(sent, set_id, index, None),),
    )
    notes = tuple(list_set_notes(sent, "", now))
    return SessionUpload(session, opening=True, notes=notes, warnings=_list_warnings(sent))


def _parse_sets(sent: SessionIn, session_id: UUID, now: datetime) -> tuple[CompletedSet, ...]:
    """Parse the sets of a session that will be stored.

    Raises ValidationFailed for an impossible moment and for two different sets with one id.
    """
    sets: dict[UUID, CompletedSet] = {}
    latest = now + limits.MAX_AHEAD
    for place, done in enumerate(parse_sets_with_ids(sent, session_id)):
        if not limits.EARLIEST <= done.performed_at <= latest:
            _check_moment(["sets", place, "performed_at"], done.performed_at, now)
        held = sets.setdefault(done.set_id, done)
        if held is not done and held != done:
            detail = "repeats the set_id of another set, or has none and repeats its exercise, side"
            detail += " and set_index; give each set its own"
            raise _make_rejection(["sets", place], detail, "duplicate_set")
    return tuple(sets.values())


def parse_sets_with_ids(sent: SessionIn, session_id: UUID) -> Iterator[CompletedSet]:
    """Parse sets, with ids and indices derived from their order where they have none.

    A set without a version gets that of its session.
    """
    counts: dict[tuple[str, str | None], int] = {}
    for one in sent.sets:
        kind = (one.exercise, one.side)
        counts[kind] = counts.get(kind, 0) + 1
        index = counts[kind] if one.set_index is None else one.set_index
        set_id = one.set_id or derive_set_id(session_id, one, index)
        yield _parse_set(one, set_id, index, sent.version)


def derive_set_id(session_id: UUID, sent: SetIn, index: int) -> UUID:
    """Return the id of a set that was sent without one, the same for each retry."""
    return uuid.uuid5(session_id, f"{sent.exercise}/{sent.side}/{index}")


def _parse_set(sent: SetIn, set_id: UUID, index: int, version: int | None) -> CompletedSet:
    load = None
    if sent.load is not None:
        load = Load(sent.load.value, sent.load.unit)
    elif sent.load_kg is not None:
        load = Load(sent.load_kg, "kg")
    target = None
    # An empty object is no prescription.
    if sent.prescribed is not None and (sent.prescribed.reps, sent.prescribed.load) != (None, None):
        target = Target(sent.prescribed.reps, sent.prescribed.load)
    return _build_set(
        set_id,
        version if sent.version is None else sent.version,
        index,
        None if load is None else load.kg,
        load,
        target,
        *_get_set_fields(sent),
    )


def _parse_part(kind: type[_T], sent: BaseModel | None) -> _T | None:
    return None if sent is None else kind(*[getattr(sent, n) for n in kind.__dataclass_fields__])


def _check_moment(path: Sequence[str | int], moment: datetime, now: datetime) -> None:
    if moment < limits.EARLIEST:
        raise _make_rejection(path, "must not be before the year 2000", "too_early")
    if moment - now > limits.MAX_AHEAD:
        raise _make_rejection(path, "is more than 24 hours in the future", "too_late")


def list_session_notes(sent: SessionIn | CompletedSession, now: datetime) -> Iterator[Note]:
    """Yield what to do after a warning sign, and notes on odd values of a session."""
    if sent.red_flags:
        # Said for every session, whatever its programme and whether that can be folded.
        warning = reasons.explain_block("WARNING_SIGN_LOGGED")
        yield Note(warning.code, warning.sentence, "/red_flags")
    if max(sent.started_at, sent.ended_at or sent.started_at) - now > _MAX_SKEW:
        yield _make_note("clock_skew", "/started_at")
    if sent.ended_at is not None and sent.ended_at < sent.started_at:
        yield _make_note("ended_before_start", "/ended_at")


def list_set_notes(sent: SetIn | CompletedSet, at: str, now: datetime) -> Iterator[Note]:
    """Yield notes on odd values of a set; `at` is the JSON pointer to it."""
    if sent.exercise not in EXERCISES:
        yield _make_note("UNKNOWN_EXERCISE", f"{at}/exercise")
    if sent.performed_at - now > _MAX_SKEW:
        yield _make_note("clock_skew", f"{at}/performed_at")


def _make_note(code: str, pointer: str) -> Note:
    return Note(code, reasons.NOTE_SENTENCES[code], pointer)


def _list_warnings(sent: SessionIn | SetIn) -> tuple[Note, ...]:
    unknown = islice(sent.unknown_fields(), MAX_NOTES)
    return tuple(_warn_of_unknown_field(path) for path in unknown)


def _warn_of_unknown_field(path: Sequence[str | int]) -> Note:
    detail = "This field is unknown and was not stored."
    if path == ("side_plank_test",):
        detail = "A side-plank test belongs in the `spec` of `continue`. It was not stored."
    return Note("unknown_field", detail, _make_pointer(path))


def _make_pointer(path: Sequence[str | int]) -> str:
    """Return a JSON pointer (RFC 6901), each step cut to 100 characters."""
    return "".join("/" + str(s)[:100].replace("~", "~0").replace("/", "~1") for s in path)
