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

from app import db
from app.sessions.tables import SessionRow, SetRow
from app.training.log import (
    CompletedSession,
    CompletedSet,
    Device,
    Load,
    LoggedTest,
    MorningPain,
    Target,
)

SESSIONS: sa.Table = db.Row.metadata.tables[SessionRow.__tablename__]
SETS: sa.Table = db.Row.metadata.tables[SetRow.__tablename__]
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

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a driver gives what Python has types for; the same as the column types of `db` say."""

    id_of: Callable[[UUID], Any]
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
        to_id=lambda raw: UUID(bytes=raw),
        to_moment=lambda raw, offset: epoch(offset) + timedelta(microseconds=raw),
        to_json=json.loads,
    ),
    "postgresql": Spelling(
        id_of=lambda value: value,
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


def from_session(tenant_id: UUID, stored: StoredSession, now: datetime) -> dict[str, Any]:
    """A session as the columns of its row."""
    head: dict[str, Any] = {
        "tenant_id": tenant_id,
        "session_id": stored.session_id,
        "athlete_id": stored.athlete_id,
        "version": stored.version,
        "deleted": stored.deleted,
        "stored_at": now,
        "writes": 1,
    }
    content = stored.content
    if content is None:
        return dict.fromkeys(SESSIONS.c.keys()) | head
    started, ended = split(content.started_at), split(content.ended_at)
    return head | {
        "started_at": started[0],
        "started_offset": started[1],
        "ended_at": ended[0],
        "ended_offset": ended[1],
        "program_id": content.program_id,
        "week": content.week,
        "place": content.session,
        "status": content.status,
        "source": content.source,
        "device": content.device and asdict(content.device),
        "srpe": content.srpe,
        "morning_pain": content.morning_pain and asdict(content.morning_pain),
        "red_flags": list(content.red_flags) or None,
        "heel_rise_test": content.heel_rise_test and asdict(content.heel_rise_test),
        "notes": content.notes,
    }


def to_session(row: Row, spelling: Spelling) -> StoredSession:
    """A row of SESSION_COLUMNS as a session without its sets."""
    session_id, athlete_id, version, deleted = row[:4]
    content = None if deleted else make_session(row, spelling)
    return StoredSession(spelling.to_id(session_id), athlete_id, version, bool(deleted), content)


def make_session(row: Row, spelling: Spelling) -> CompletedSession:
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
    )


def from_set(tenant_id: UUID, stored: StoredSet) -> dict[str, Any]:
    """A set as the columns of its row."""
    head: dict[str, Any] = {
        "tenant_id": tenant_id,
        "set_id": stored.set_id,
        "session_id": stored.session_id,
        "version": stored.version,
        "deleted": stored.deleted,
    }
    content = stored.content
    if content is None:
        return dict.fromkeys(SETS.c.keys()) | head
    performed, load, target = split(content.performed_at), content.load, content.prescribed
    return head | {
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
        "performed_at": performed[0],
        "performed_offset": performed[1],
        "prescribed_reps": None if target is None else target.reps,
        "prescribed_load": None if target is None else target.load,
    }


def to_set(row: Row, spelling: Spelling) -> StoredSet:
    """A row of SET_COLUMNS as a set."""
    session_id, set_id, version, deleted = row[:4]
    content = None if deleted else make_set(row, spelling)
    own, whose = spelling.to_id(set_id), spelling.to_id(session_id)
    return StoredSet(own, whose, version, bool(deleted), content)


def make_set(row: Row, spelling: Spelling) -> CompletedSet:
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


def split(moment: datetime | None) -> tuple[datetime | None, int | None]:
    """A moment as UTC and its offset in minutes."""
    if moment is None:
        return None, None
    offset = moment.utcoffset() or timedelta()
    return moment.astimezone(UTC), int(offset.total_seconds()) // 60
