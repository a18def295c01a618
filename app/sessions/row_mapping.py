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

from app.database.rows import BaseRow
from app.sessions.tables import SessionRow, SetRow
from app.sessions.value_builder import list_plain_fields, make_builder
from app.training.log import completed
from app.training.log.completed import CompletedSession, CompletedSet, Target
from app.training.planning.load import Load

SESSIONS: sa.Table = BaseRow.metadata.tables[SessionRow.__tablename__]
SETS: sa.Table = BaseRow.metadata.tables[SetRow.__tablename__]
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
_EMPTY_SET_ROW: dict[str, Any] = {column.name: None for column in SETS.columns} | {"deleted": False}


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

FetchedRow = Sequence[Any]


@dataclass(frozen=True, slots=True)
class DriverCodec:
    """Conversions between Python values and those of a database driver.

    They equal those of the column types in database.rows.
    """

    encode_id: Callable[[UUID], Any]
    encode_moment: Callable[[datetime], Any]
    encode_json: Callable[[Any], Any]
    decode_id: Callable[[Any], UUID]
    decode_moment: Callable[[Any, int], datetime]
    """Takes a stored moment and its UTC offset in minutes."""
    decode_json: Callable[[Any], Any]


@cache
def _make_zone(minutes: int) -> timezone:
    return timezone(timedelta(minutes=minutes)) if minutes else UTC


@cache
def _make_epoch(minutes: int) -> datetime:
    """Return the epoch from which SQLite counts, in an offset."""
    return _EPOCH.astimezone(_make_zone(minutes))


DRIVER_CODECS = {
    "sqlite": DriverCodec(
        encode_id=lambda value: value.int.to_bytes(16),
        encode_moment=lambda value: (value - _EPOCH) // _MICROSECOND,
        encode_json=json.dumps,
        decode_id=lambda raw: UUID(bytes=raw),
        decode_moment=lambda raw, offset: _make_epoch(offset) + timedelta(microseconds=raw),
        decode_json=json.loads,
    ),
    "postgresql": DriverCodec(
        encode_id=lambda value: value,
        # Postgres accepts no offset beyond 16 hours as text.
        encode_moment=lambda value: value.astimezone(UTC),
        encode_json=lambda value: value,
        decode_id=lambda raw: raw,
        decode_moment=lambda raw, offset: raw.astimezone(_make_zone(offset)),
        decode_json=lambda raw: raw,
    ),
}


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session as it is stored; `content` (without sets) is None after a deletion."""

    session_id: UUID
    athlete_id: str
    version: int | None
    deleted: bool
    content: CompletedSession | None


@dataclass(frozen=True, slots=True)
class StoredSet:
    """A set as it is stored; `content` is None after a deletion."""

    set_id: UUID
    session_id: UUID
    version: int | None
    deleted: bool
    content: CompletedSet | None


def from_session(
    tenant_id: Any, stored: StoredSession, now: datetime, codec: DriverCodec
) -> dict[str, Any]:
    """Return the row of a session that is not deleted; the tenant's id is encoded already."""
    content = stored.content
    assert content is not None  # noqa: S101  # what is deleted is updated in place
    ended_at, encode = content.ended_at, codec.encode_json
    row = dict(zip(_SESSION_FIELDS, _get_session_fields(content), strict=True))
    row["tenant_id"] = tenant_id
    row["session_id"] = codec.encode_id(content.session_id)
    row["athlete_id"] = content.athlete_id
    row["version"] = content.version
    row["deleted"] = False
    row["stored_at"] = codec.encode_moment(now)
    row["writes"] = 1
    row["started_at"] = codec.encode_moment(content.started_at)
    row["started_offset"] = _get_offset_minutes(content.started_at)
    row["ended_at"] = None if ended_at is None else codec.encode_moment(ended_at)
    row["ended_offset"] = None if ended_at is None else _get_offset_minutes(ended_at)
    row["place"] = content.session
    for name in ("device", "morning_pain", "heel_rise_test"):
        part = getattr(content, name)
        row[name] = None
        if part is not None:
            row[name] = encode({n: getattr(part, n) for n in part.__dataclass_fields__})
    row["red_flags"] = encode(content.red_flags) if content.red_flags else None
    return row


def to_session(row: FetchedRow, codec: DriverCodec) -> StoredSession:
    """Return the session of a row of SESSION_COLUMNS, without its sets."""
    session_id, athlete_id, version, deleted = row[:4]
    content = None if deleted else make_session(row, codec)
    return StoredSession(codec.decode_id(session_id), athlete_id, version, bool(deleted), content)


def is_deleted(row: FetchedRow) -> bool:
    """Whether a row is a deletion."""
    return bool(row[3])


def make_session(
    row: FetchedRow, codec: DriverCodec, sets: tuple[CompletedSet, ...] = ()
) -> CompletedSession:
    """Return the session of a row that is not a deletion."""
    (
        session_id, athlete_id, version, _deleted, place, started_at, started_offset, ended_at,
        ended_offset, device, pain, red_flags, test, *plain,
    ) = row  # fmt: skip
    return _build_session(
        codec.decode_id(session_id),
        athlete_id,
        version,
        place,
        codec.decode_moment(started_at, started_offset),
        None if ended_at is None else codec.decode_moment(ended_at, ended_offset),
        None if device is None else completed.Device(**codec.decode_json(device)),
        None if pain is None else completed.MorningPain(**codec.decode_json(pain)),
        () if red_flags is None else tuple(codec.decode_json(red_flags)),
        None if test is None else completed.LoggedTest(**codec.decode_json(test)),
        sets,
        *plain,
    )


def from_set(tenant_id: Any, stored: StoredSet, codec: DriverCodec) -> dict[str, Any]:
    """Return the row of a set that is not deleted; the tenant's id is encoded already."""
    content = stored.content
    assert content is not None  # noqa: S101  # what is deleted is updated in place
    load, target = content.load, content.prescribed
    row = _EMPTY_SET_ROW.copy()
    row.update(zip(_SET_FIELDS, _get_set_fields(content), strict=True))
    row["tenant_id"] = tenant_id
    row["set_id"] = codec.encode_id(content.set_id)
    row["session_id"] = codec.encode_id(stored.session_id)
    row["version"] = content.version
    row["load"] = None if load is None else load.value
    row["load_unit"] = None if load is None else load.unit
    row["performed_at"] = codec.encode_moment(content.performed_at)
    row["performed_offset"] = _get_offset_minutes(content.performed_at)
    row["prescribed_reps"] = None if target is None else target.reps
    row["prescribed_load"] = None if target is None else target.load
    return row


def to_set(row: FetchedRow, codec: DriverCodec) -> StoredSet:
    """Return the set of a row of SET_COLUMNS."""
    session_id, set_id = codec.decode_id(row[0]), codec.decode_id(row[1])
    content = None if row[3] else make_set(row, codec)
    return StoredSet(set_id, session_id, row[2], bool(row[3]), content)


def make_set(row: FetchedRow, codec: DriverCodec) -> CompletedSet:
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
        codec.decode_id(set_id),
        version,
        None if load is None else load.kg,
        load,
        codec.decode_moment(performed_at, performed_offset),
        target,
        *plain,
    )


def _get_offset_minutes(moment: datetime) -> int:
    ahead = moment.utcoffset()
    return ahead.days * 1440 + ahead.seconds // 60 if ahead else 0
