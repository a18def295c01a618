"""The base class of all rows, and the column types that SQLite and PostgreSQL store differently.

Every feature's ``tables`` derives from ``BaseRow``; Alembic reads ``BaseRow.metadata``.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

_Convert = Callable[[Any], Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Uuid(sa.TypeDecorator[UUID]):
    """A UUID. Native on PostgreSQL; 16 bytes on SQLite, where its text would take 36."""

    impl = sa.Uuid
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        return dialect.type_descriptor(sa.LargeBinary(16) if _is_sqlite(dialect) else sa.Uuid())

    def bind_processor(self, dialect: sa.Dialect) -> _Convert | None:
        return _uuid_to_bytes if _is_sqlite(dialect) else None

    def result_processor(self, dialect: sa.Dialect, _coltype: object) -> _Convert | None:
        return _uuid_from_bytes if _is_sqlite(dialect) else None


class Instant(sa.TypeDecorator[datetime]):
    """A point in time. Takes aware datetimes and returns UTC.

    SQLite stores microseconds since 1970, so that the values sort.
    """

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        stored = sa.BigInteger() if _is_sqlite(dialect) else sa.DateTime(timezone=True)
        return dialect.type_descriptor(stored)

    def bind_processor(self, dialect: sa.Dialect) -> _Convert | None:
        return _instant_to_integer if _is_sqlite(dialect) else _instant_to_utc

    def result_processor(self, dialect: sa.Dialect, _coltype: object) -> _Convert | None:
        return _instant_from_integer if _is_sqlite(dialect) else _instant_to_utc


Json = sa.JSON(none_as_null=True)
"""A JSON value, stored as text. No query looks inside it."""


class BaseRow(SQLModel):
    """The base class of all tables. Constraints get names, so that migrations can alter them."""

    metadata: ClassVar[sa.MetaData] = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def _is_sqlite(dialect: sa.Dialect) -> bool:
    return dialect.name == "sqlite"


def _uuid_to_bytes(value: UUID | None) -> bytes | None:
    return None if value is None else value.bytes


def _uuid_from_bytes(value: bytes | None) -> UUID | None:
    return None if value is None else UUID(bytes=value)


def _instant_to_integer(value: datetime | None) -> int | None:
    return None if value is None else (value - _EPOCH) // _MICROSECOND


def _instant_from_integer(value: int | None) -> datetime | None:
    return None if value is None else _EPOCH + value * _MICROSECOND


def _instant_to_utc(value: datetime | None) -> datetime | None:
    if value is not None and value.utcoffset() is None:
        raise TypeError("a point in time needs an offset from UTC")
    return None if value is None else value.astimezone(UTC)
