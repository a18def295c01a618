"""Sessions and sets as the columns of their rows, and back, for store.

A field of CompletedSession or CompletedSet takes a column of the same name in tables, unless it is
listed as special here. Moments are kept in UTC beside the offset that they were given in. Rows do
not leave store.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from operator import attrgetter
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.database.rows import Row
from app.sessions.tables import SessionRow, SetRow
from app.sessions.value_builder import list_plain_fields, make_builder
from app.training.log.completed import (
    CompletedSession,
    CompletedSet,
    Device,
    Load,
    LoggedTest,
    MorningPain,
    Target,
)

SESSIONS: sa.Table = Row.metadata.tables[SessionRow.__tablename__]
SETS: sa.Table = Row.metadata.tables[SetRow.__tablename__]
# Fields that need code of their own below. All others take a column of the same name.
_SPECIAL_SESSION_FIELDS = (
    "session_id athlete_id version session started_at ended_at device morning_pain red_flags"
    " heel_rise_test sets"
).split()
_SPECIAL_SET_FIELDS = "set_id version load_kg load performed_at prescribed".split()
_SESSION_FIELDS = list_plain_fields(CompletedSession, _SPECIAL_SESSION_FIELDS)
_SET_FIELDS = list_plain_fields(CompletedSet, _SPECIAL_SET_FIELDS)
_build_session = make_builder(CompletedSession, _SPECIAL_SESSION_FIELDS)
_build_set = make_builder(CompletedSet, _SPECIAL_SET_FIELDS)
_get_session_fields = attrgetter(*_SESSION_FIELDS)
_get_set_fields = attrgetter(*_SET_FIELDS)


def _list_columns(table: sa.Table, names: str, plain: list[str]) -> list[sa.ColumnElement[Any]]:
    return [sa.type_coerce(table.c[n], sa.types.NULLTYPE) for n in (*names.split(), *plain)]


# The columns that are read, in the order in which make_session() and make_set() expect them, as the
# driver gives them. A list of 450 sets took 9.5 ms with columns found by name, 5.7 by position, and
# takes 3.8 without SQLAlchemy making ids and moments on the way.
SESSION_COLUMNS = _list_columns(
    SESSIONS,
    "session_id athlete_id version deleted place started_at started_offset ended_at ended_offset"
    " device morning_pain red_flags heel_rise_test",
    _SESSION_FIELDS,
)
SET_COLUMNS = _list_columns(
    SETS,
    "session_id set_id version deleted load load_unit performed_at performed_offset"
    " prescribed_reps prescribed_load",
    _SET_FIELDS,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MINUTE = timedelta(minutes=1)

FetchedRow = Sequence[Any]


@dataclass(frozen=True, slots=True)
class DriverCodec:
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
def _make_zone(minutes: int) -> timezone:
    """The time zone of an offset."""
    return timezone(timedelta(minutes=minutes)) if minutes else UTC


@cache
def _make_epoch(minutes: int) -> datetime:
    """The moment from which SQLite counts, in an offset."""
    return _EPOCH.astimezone(_make_zone(minutes))


DRIVER_CODECS = {
    "sqlite": DriverCodec(
        id_of=lambda value: value.int.to_bytes(16),
        moment_of=lambda value: (value - _EPOCH) // _MICROSECOND,
        json_of=json.dumps,
        to_id=lambda raw: UUID(bytes=raw),
        to_moment=lambda raw, offset: _make_epoch(offset) + timedelta(microseconds=raw),
        to_json=json.loads,
    ),
    "postgresql": DriverCodec(
        id_of=lambda value: value,
        # As text it takes no offset beyond 16 hours.
        moment_of=lambda value: value.astimezone(UTC),
        json_of=lambda value: value,
        to_id=lambda raw: raw,
        to_moment=lambda raw, offset: raw.astimezone(_make_zone(offset)),
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
    tenant_id: Any, stored: StoredSession, now: datetime, spelling: DriverCodec
) -> dict[str, Any]:
    """Return the row of a session that is not deleted; the tenant's id is encoded already."""
    content = stored.content
    assert content is not None  # noqa: S101  # what is deleted is updated in place
    ended_at, encode = content.ended_at, spelling.json_of
    row = dict(zip(_SESSION_FIELDS, _get_session_fields(content), strict=True))
    row["tenant_id"] = tenant_id
    row["session_id"] = spelling.id_of(content.session_id)
    row["athlete_id"] = content.athlete_id
    row["version"] = content.version
    row["deleted"] = False
    row["stored_at"] = spelling.moment_of(now)
    row["writes"] = 1
    row["started_at"] = spelling.moment_of(content.started_at)
    row["started_offset"] = _get_offset_minutes(content.started_at)
    row["ended_at"] = None if ended_at is None else spelling.moment_of(ended_at)
    row["ended_offset"] = None if ended_at is None else _get_offset_minutes(ended_at)
    row["place"] = content.session
    for name in ("device", "morning_pain", "heel_rise_test"):
        part = getattr(content, name)
        row[name] = None if part is None else encode(_list_parts(part))
    row["red_flags"] = encode(content.red_flags) if content.red_flags else None
    return row


def _list_parts(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def to_session(row: FetchedRow, spelling: DriverCodec) -> StoredSession:
    """Return the session of a row of SESSION_COLUMNS, without its sets."""
    session_id, athlete_id, version, deleted = row[:4]
    content = None if deleted else make_session(row, spelling)
    return StoredSession(spelling.to_id(session_id), athlete_id, version, bool(deleted), content)


def is_deleted(row: FetchedRow) -> bool:
    """Whether a row is a deletion."""
    return bool(row[3])


def make_session(
    row: FetchedRow, spelling: DriverCodec, sets: tuple[CompletedSet, ...] = ()
) -> CompletedSession:
    """Return the session of a row that is not a deletion."""
    (
        session_id, athlete_id, version, _deleted, place, started_at, started_offset, ended_at,
        ended_offset, device, pain, red_flags, test, *plain,
    ) = row  # fmt: skip
    return _build_session(
        spelling.to_id(session_id),
        athlete_id,
        version,
        place,
        spelling.to_moment(started_at, started_offset),
        None if ended_at is None else spelling.to_moment(ended_at, ended_offset),
        None if device is None else Device(**spelling.to_json(device)),
        None if pain is None else MorningPain(**spelling.to_json(pain)),
        () if red_flags is None else tuple(spelling.to_json(red_flags)),
        None if test is None else LoggedTest(**spelling.to_json(test)),
        sets,
        *plain,
    )


def from_set(tenant_id: Any, stored: StoredSet, spelling: DriverCodec) -> dict[str, Any]:
    """Return the row of a set that is not deleted; the tenant's id is encoded already."""
    content = stored.content
    assert content is not None  # noqa: S101  # what is deleted is updated in place
    load, target = content.load, content.prescribed
    row = dict(zip(_SET_FIELDS, _get_set_fields(content), strict=True))
    row["tenant_id"] = tenant_id
    row["set_id"] = spelling.id_of(content.set_id)
    row["session_id"] = spelling.id_of(stored.session_id)
    row["version"] = content.version
    row["deleted"] = False
    row["load"] = None if load is None else load.value
    row["load_unit"] = None if load is None else load.unit
    row["performed_at"] = spelling.moment_of(content.performed_at)
    row["performed_offset"] = _get_offset_minutes(content.performed_at)
    row["prescribed_reps"] = None if target is None else target.reps
    row["prescribed_load"] = None if target is None else target.load
    return row


def to_set(row: FetchedRow, spelling: DriverCodec) -> StoredSet:
    """Return the set of a row of SET_COLUMNS."""
    session_id, set_id, version, deleted = row[:4]
    content = None if deleted else make_set(row, spelling)
    own, whose = spelling.to_id(set_id), spelling.to_id(session_id)
    return StoredSet(own, whose, version, bool(deleted), content)


def make_set(row: FetchedRow, spelling: DriverCodec) -> CompletedSet:
    """Return the set of a row that is not a deletion."""
    (
        _session_id, set_id, version, _deleted, value, unit, performed_at, performed_offset,
        prescribed_reps, prescribed_load, *plain,
    ) = row  # fmt: skip
    load = None if value is None else Load(value, unit)
    target = None
    if prescribed_reps is not None or prescribed_load is not None:
        target = Target(prescribed_reps, prescribed_load)
    return _build_set(
        spelling.to_id(set_id),
        version,
        None if load is None else load.kg,
        load,
        spelling.to_moment(performed_at, performed_offset),
        target,
        *plain,
    )


def _get_offset_minutes(moment: datetime) -> int:
    """Return the UTC offset of a moment in minutes."""
    ahead = moment.utcoffset()
    return ahead // _MINUTE if ahead else 0
