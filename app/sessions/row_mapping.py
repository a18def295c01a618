"""Sessions and sets as the columns of their rows, and back.

No row goes further than this: store hands on what is made here. Moments are kept in UTC beside
the offset that they were given in.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.database.rows import BaseRow
from app.sessions.tables import SessionRow, SetRow
from app.training.log.completed import (
    CompletedSession,
    CompletedSet,
    Device,
    Load,
    LoggedTest,
    MorningPain,
    Target,
)

SESSIONS: sa.Table = BaseRow.metadata.tables[SessionRow.__tablename__]
SETS: sa.Table = BaseRow.metadata.tables[SetRow.__tablename__]
# What is read of a row, in the order in which it is taken apart below: by its position and as the
# driver gives it. A list of 450 sets took 9.5 ms with columns that were found by their names, 5.7
# by position, and takes 3.8 without SQLAlchemy making ids and moments on the way.
SESSION_COLUMNS = tuple(
    sa.type_coerce(SESSIONS.c[name], sa.types.NULLTYPE)
    for name in (
        "session_id athlete_id version deleted program_id week place started_at started_offset"
        " ended_at ended_offset status source device srpe morning_pain red_flags heel_rise_test"
        " notes"
    ).split()
)
SET_COLUMNS = tuple(
    sa.type_coerce(SETS.c[name], sa.types.NULLTYPE)
    for name in (
        "session_id set_id version deleted exercise side set_index kind reps load load_unit"
        " duration_s rir rpe rpe_scale pain performed_at performed_offset prescribed_reps"
        " prescribed_load"
    ).split()
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)

FetchedRow = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a driver takes and gives what Python has types for; the same as the column types of
    `db` say.
    """

    id_of: Callable[[UUID], Any]
    moment_of: Callable[[datetime], Any]
    json_of: Callable[[Any], Any]
    to_id: Callable[[Any], UUID]
    to_moment: Callable[[Any, int], datetime]
    """From a stored moment to the offset, in minutes, that it was given in."""
    to_json: Callable[[Any], Any]


@cache
def zone(minutes: int) -> timezone:
    """The time zone of an offset."""
    return timezone(timedelta(minutes=minutes)) if minutes else UTC


@cache
def epoch(minutes: int) -> datetime:
    """The moment from which SQLite counts, in an offset."""
    return EPOCH.astimezone(zone(minutes))


SPELLINGS = {
    "sqlite": Spelling(
        id_of=lambda value: value.bytes,
        moment_of=lambda value: (value - EPOCH) // MICROSECOND,
        json_of=json.dumps,
        to_id=lambda raw: UUID(bytes=raw),
        to_moment=lambda raw, offset: epoch(offset) + timedelta(microseconds=raw),
        to_json=json.loads,
    ),
    "postgresql": Spelling(
        id_of=lambda value: value,
        # As text it takes no offset beyond 16 hours.
        moment_of=lambda value: value.astimezone(UTC),
        json_of=lambda value: value,
        to_id=lambda raw: raw,
        to_moment=lambda raw, offset: raw.astimezone(zone(offset)),
        to_json=lambda raw: raw,
    ),
}


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session as it is kept; `content` (without sets) is gone once it is deleted."""

    session_id: UUID
    athlete_id: str
    version: int | None
    deleted: bool
    content: CompletedSession | None


@dataclass(frozen=True, slots=True)
class StoredSet:
    """A set as it is kept; `content` is gone once it is deleted."""

    set_id: UUID
    session_id: UUID
    version: int | None
    deleted: bool
    content: CompletedSet | None


def from_session(
    tenant_id: UUID, stored: StoredSession, now: datetime, spelling: Spelling
) -> dict[str, Any]:
    """A session that is not deleted as the columns of its row, spelled for the driver."""
    content = stored.content
    assert content is not None  # noqa: S101  # what is deleted is updated in place
    ended_at, pain, test = content.ended_at, content.morning_pain, content.heel_rise_test
    tell = spelling.json_of
    return {
        "tenant_id": spelling.id_of(tenant_id),
        "session_id": spelling.id_of(content.session_id),
        "athlete_id": content.athlete_id,
        "version": content.version,
        "deleted": False,
        "stored_at": spelling.moment_of(now),
        "writes": 1,
        "started_at": spelling.moment_of(content.started_at),
        "started_offset": offset(content.started_at),
        "ended_at": None if ended_at is None else spelling.moment_of(ended_at),
        "ended_offset": None if ended_at is None else offset(ended_at),
        "program_id": content.program_id,
        "week": content.week,
        "place": content.session,
        "status": content.status,
        "source": content.source,
        "device": None if content.device is None else tell(asdict(content.device)),
        "srpe": content.srpe,
        "morning_pain": None if pain is None else tell(asdict(pain)),
        "red_flags": tell(content.red_flags) if content.red_flags else None,
        "heel_rise_test": None if test is None else tell(asdict(test)),
        "notes": content.notes,
    }


def to_session(row: FetchedRow, spelling: Spelling) -> StoredSession:
    """A row of SESSION_COLUMNS as a session without its sets."""
    session_id, athlete_id, version, deleted = row[:4]
    content = None if deleted else make_session(row, spelling)
    return StoredSession(spelling.to_id(session_id), athlete_id, version, bool(deleted), content)


def is_deleted(row: FetchedRow) -> bool:
    """Whether a row says that something was deleted."""
    return bool(row[3])


def make_session(
    row: FetchedRow, spelling: Spelling, sets: tuple[CompletedSet, ...] = ()
) -> CompletedSession:
    """What a session says that is not deleted."""
    (
        session_id, athlete_id, version, _deleted, program_id, week, place, started_at,
        started_offset, ended_at, ended_offset, status, source, device, srpe, pain, red_flags,
        test, notes,
    ) = row  # fmt: skip
    return CompletedSession(
        session_id=spelling.to_id(session_id),
        athlete_id=athlete_id,
        version=version,
        program_id=program_id,
        week=week,
        session=place,
        started_at=spelling.to_moment(started_at, started_offset),
        ended_at=None if ended_at is None else spelling.to_moment(ended_at, ended_offset),
        status=status,
        source=source,
        device=None if device is None else Device(**spelling.to_json(device)),
        srpe=srpe,
        morning_pain=None if pain is None else MorningPain(**spelling.to_json(pain)),
        red_flags=() if red_flags is None else tuple(spelling.to_json(red_flags)),
        heel_rise_test=None if test is None else LoggedTest(**spelling.to_json(test)),
        notes=notes,
        sets=sets,
    )


def from_set(tenant_id: UUID, stored: StoredSet, spelling: Spelling) -> dict[str, Any]:
    """A set that is not deleted as the columns of its row, spelled for the driver."""
    content = stored.content
    assert content is not None  # noqa: S101  # what is deleted is updated in place
    load, target = content.load, content.prescribed
    return {
        "tenant_id": spelling.id_of(tenant_id),
        "set_id": spelling.id_of(content.set_id),
        "session_id": spelling.id_of(stored.session_id),
        "version": content.version,
        "deleted": False,
        "exercise": content.exercise,
        "side": content.side,
        "set_index": content.set_index,
        "kind": content.kind,
        "reps": content.reps,
        "load": None if load is None else load.value,
        "load_unit": None if load is None else load.unit,
        "duration_s": content.duration_s,
        "rir": content.rir,
        "rpe": content.rpe,
        "rpe_scale": content.rpe_scale,
        "pain": content.pain,
        "performed_at": spelling.moment_of(content.performed_at),
        "performed_offset": offset(content.performed_at),
        "prescribed_reps": None if target is None else target.reps,
        "prescribed_load": None if target is None else target.load,
    }


def to_set(row: FetchedRow, spelling: Spelling) -> StoredSet:
    """A row of SET_COLUMNS as a set."""
    session_id, set_id, version, deleted = row[:4]
    content = None if deleted else make_set(row, spelling)
    own, whose = spelling.to_id(set_id), spelling.to_id(session_id)
    return StoredSet(own, whose, version, bool(deleted), content)


def make_set(row: FetchedRow, spelling: Spelling) -> CompletedSet:
    """What a set says that is not deleted."""
    (
        _session_id, set_id, version, _deleted, exercise, side, set_index, kind, reps, value, unit,
        duration_s, rir, rpe, rpe_scale, pain, performed_at, performed_offset, prescribed_reps,
        prescribed_load,
    ) = row  # fmt: skip
    load = None if value is None else Load(value, unit)
    target = None
    if prescribed_reps is not None or prescribed_load is not None:
        target = Target(prescribed_reps, prescribed_load)
    return CompletedSet(
        set_id=spelling.to_id(set_id),
        version=version,
        exercise=exercise,
        side=side,
        set_index=set_index,
        reps=reps,
        load_kg=None if load is None else load.kg,
        load=load,
        duration_s=duration_s,
        rir=rir,
        rpe=rpe,
        rpe_scale=rpe_scale,
        pain=pain,
        performed_at=spelling.to_moment(performed_at, performed_offset),
        kind=kind,
        prescribed=target,
    )


def offset(moment: datetime) -> int:
    """The offset in minutes that a moment was given in."""
    ahead = moment.utcoffset()
    return ahead // MINUTE if ahead else 0
