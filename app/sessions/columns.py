"""Sessions and sets as the columns of their rows, and back.

No row goes further than this: store hands on what is made here. Moments are kept in UTC beside
the offset that they were given in.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from app.db import Row
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

T = TypeVar("T")
SESSIONS: sa.Table = Row.metadata.tables[SessionRow.__tablename__]
SETS: sa.Table = Row.metadata.tables[SetRow.__tablename__]


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
    content = stored.content
    row: dict[str, Any] = dict.fromkeys(SESSIONS.c.keys())
    if content is not None:
        started, ended = split(content.started_at), split(content.ended_at)
        row |= {
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
    return row | {
        "tenant_id": tenant_id,
        "session_id": stored.session_id,
        "athlete_id": stored.athlete_id,
        "version": stored.version,
        "deleted": stored.deleted,
        "stored_at": now,
        "writes": 1,
    }


def to_session(row: sa.Row[Any]) -> StoredSession:
    """A row as a session without its sets."""
    content = None
    if not row.deleted:
        content = CompletedSession(
            session_id=row.session_id,
            athlete_id=row.athlete_id,
            version=row.version,
            program_id=row.program_id,
            week=row.week,
            session=row.place,
            started_at=join(row.started_at, row.started_offset),
            ended_at=None if row.ended_at is None else join(row.ended_at, row.ended_offset),
            status=row.status,
            source=row.source,
            device=make(Device, row.device),
            srpe=row.srpe,
            morning_pain=make(MorningPain, row.morning_pain),
            red_flags=tuple(row.red_flags or ()),
            heel_rise_test=make(LoggedTest, row.heel_rise_test),
            notes=row.notes,
        )
    return StoredSession(row.session_id, row.athlete_id, row.version, row.deleted, content)


def from_set(tenant_id: UUID, stored: StoredSet) -> dict[str, Any]:
    """A set as the columns of its row."""
    content = stored.content
    row: dict[str, Any] = dict.fromkeys(SETS.c.keys())
    if content is not None:
        performed = split(content.performed_at)
        row |= {
            "exercise": content.exercise,
            "side": content.side,
            "set_index": content.set_index,
            "kind": content.kind,
            "reps": content.reps,
            "load": content.load and content.load.value,
            "load_unit": content.load and content.load.unit,
            "duration_s": content.duration_s,
            "rir": content.rir,
            "rpe": content.rpe,
            "rpe_scale": content.rpe_scale,
            "pain": content.pain,
            "performed_at": performed[0],
            "performed_offset": performed[1],
            "prescribed_reps": content.prescribed and content.prescribed.reps,
            "prescribed_load": content.prescribed and content.prescribed.load,
        }
    return row | {
        "tenant_id": tenant_id,
        "set_id": stored.set_id,
        "session_id": stored.session_id,
        "version": stored.version,
        "deleted": stored.deleted,
    }


def to_set(row: sa.Row[Any]) -> StoredSet:
    """A row as a set."""
    content = None
    if not row.deleted:
        load = None if row.load is None else Load(row.load, row.load_unit)
        target = Target(row.prescribed_reps, row.prescribed_load)
        content = CompletedSet(
            set_id=row.set_id,
            version=row.version,
            exercise=row.exercise,
            side=row.side,
            set_index=row.set_index,
            reps=row.reps,
            load_kg=None if load is None else load.kg,
            load=load,
            duration_s=row.duration_s,
            rir=row.rir,
            rpe=row.rpe,
            rpe_scale=row.rpe_scale,
            pain=row.pain,
            performed_at=join(row.performed_at, row.performed_offset),
            kind=row.kind,
            prescribed=None if target == Target() else target,
        )
    return StoredSet(row.set_id, row.session_id, row.version, row.deleted, content)


def split(moment: datetime | None) -> tuple[datetime | None, int | None]:
    """A moment as UTC and its offset in minutes."""
    if moment is None:
        return None, None
    offset = moment.utcoffset() or timedelta()
    return moment.astimezone(UTC), int(offset.total_seconds()) // 60


def join(moment: datetime, offset: int) -> datetime:
    """A stored moment in the offset it was given in."""
    return moment.astimezone(UTC if offset == 0 else timezone(timedelta(minutes=offset)))


def make(kind: type[T], fields: Mapping[str, Any] | None) -> T | None:
    """A small value from its JSON column."""
    return None if fields is None else kind(**fields)
