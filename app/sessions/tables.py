"""The rows of sessions and sets, keyed by tenant first so that they can be sharded by it.

A deleted row keeps its id and version, so that a late older upload cannot bring it back, and
nothing of its content. Rows never leave store.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, SmallInteger, Text
from sqlmodel import Field

from app.database.rows import BaseRow, Instant, Json, Uuid


class SessionRow(BaseRow, table=True):
    """A completed session without its sets."""

    __tablename__ = "sessions"
    __table_args__ = (
        # One index for each way a list is asked for, newest first.
        Index("ix_sessions_newest", "tenant_id", "started_at", "session_id"),
        Index("ix_sessions_athlete", "tenant_id", "athlete_id", "started_at", "session_id"),
        Index("ix_sessions_everybody", "tenant_id", "program_id", "started_at", "session_id"),
        Index(
            "ix_sessions_program",
            "tenant_id",
            "athlete_id",
            "program_id",
            "started_at",
            "session_id",
        ),
    )

    tenant_id: UUID = Field(primary_key=True, sa_type=Uuid)
    session_id: UUID = Field(primary_key=True, sa_type=Uuid)
    athlete_id: str = Field(sa_type=Text)
    version: int | None = Field(default=None, sa_type=BigInteger)
    deleted: bool = False
    stored_at: datetime = Field(sa_type=Instant)
    # How often it or one of its sets was written, its deletion included.
    writes: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    started_at: datetime | None = Field(default=None, sa_type=Instant)
    started_offset: int | None = Field(default=None, sa_type=SmallInteger)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_offset: int | None = Field(default=None, sa_type=SmallInteger)
    program_id: str | None = Field(default=None, sa_type=Text)
    week: int | None = Field(default=None, sa_type=SmallInteger)
    place: int | None = Field(default=None, sa_type=SmallInteger)
    status: str | None = Field(default=None, sa_type=Text)
    source: str | None = Field(default=None, sa_type=Text)
    device: dict[str, Any] | None = Field(default=None, sa_type=Json)
    srpe: float | None = None
    morning_pain: dict[str, Any] | None = Field(default=None, sa_type=Json)
    red_flags: list[str] | None = Field(default=None, sa_type=Json)
    heel_rise_test: dict[str, Any] | None = Field(default=None, sa_type=Json)
    notes: str | None = Field(default=None, sa_type=Text)


class SetRow(BaseRow, table=True):
    """A completed set."""

    __tablename__ = "sets"
    __table_args__ = (Index("ix_sets_session", "tenant_id", "session_id"),)

    tenant_id: UUID = Field(primary_key=True, sa_type=Uuid)
    set_id: UUID = Field(primary_key=True, sa_type=Uuid)
    session_id: UUID = Field(sa_type=Uuid)
    version: int | None = Field(default=None, sa_type=BigInteger)
    deleted: bool = False
    exercise: str | None = Field(default=None, sa_type=Text)
    side: str | None = Field(default=None, sa_type=Text)
    set_index: int | None = Field(default=None, sa_type=SmallInteger)
    kind: str | None = Field(default=None, sa_type=Text)
    reps: int | None = Field(default=None, sa_type=SmallInteger)
    load: float | None = None
    load_unit: str | None = Field(default=None, sa_type=Text)
    duration_s: float | None = None
    rir: float | None = None
    rpe: float | None = None
    rpe_scale: str | None = Field(default=None, sa_type=Text)
    pain: float | None = None
    performed_at: datetime | None = Field(default=None, sa_type=Instant)
    performed_offset: int | None = Field(default=None, sa_type=SmallInteger)
    prescribed_reps: int | None = Field(default=None, sa_type=SmallInteger)
    prescribed_load: float | None = None


class ErasureRow(BaseRow, table=True):
    """That somebody was erased, without saying who: a keyed hash that late uploads meet."""

    __tablename__ = "erasures"

    tenant_id: UUID = Field(primary_key=True, sa_type=Uuid)
    fingerprint: bytes = Field(primary_key=True, sa_type=LargeBinary(32))
    erased_at: datetime = Field(sa_type=Instant)
