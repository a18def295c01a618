"""The rows of calendars. The tenant is first in the key, as in all tables. Only store uses them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, SmallInteger, Text, UniqueConstraint
from sqlmodel import Field

from app.database.rows import BaseRow, Instant, Uuid


class CalendarRow(BaseRow, table=True):
    """A calendar: its person, and the hash of the secret in its URL, never the secret."""

    __tablename__ = "calendars"
    __table_args__ = (
        UniqueConstraint("tenant_id", "secret_hash"),
        Index("ix_calendars_athlete", "tenant_id", "athlete_id", "created_at", "calendar_id"),
    )

    tenant_id: UUID = Field(primary_key=True, sa_type=Uuid)
    calendar_id: UUID = Field(primary_key=True, sa_type=Uuid)
    secret_hash: bytes = Field(sa_type=LargeBinary(32))
    athlete_id: str = Field(sa_type=Text)
    program_id: str = Field(sa_type=Text)
    at: str | None = Field(default=None, max_length=5)
    alarm_minutes: int | None = Field(default=None, sa_type=SmallInteger)
    created_at: datetime = Field(sa_type=Instant)
