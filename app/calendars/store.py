"""All SQL about calendars. Takes a transaction and a tenant first; values in and out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.calendars.tables import CalendarRow
from app.database.rows import BaseRow

CALENDARS: sa.Table = BaseRow.metadata.tables[CalendarRow.__tablename__]


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar as it is kept: whose, of which programme, and how it shows the sessions."""

    calendar_id: UUID
    athlete_id: str
    program_id: str
    at: str | None
    """The time of day, as 18:30; None for events of the whole day."""
    alarm_minutes: int | None
    created_at: datetime


def add_calendar(tx: sa.Connection, tenant_id: UUID, new: Calendar, secret_hash: bytes) -> None:
    """Stores a calendar under the hash of its secret."""
    tx.execute(
        sa.insert(CALENDARS).values(
            tenant_id=tenant_id,
            calendar_id=new.calendar_id,
            secret_hash=secret_hash,
            athlete_id=new.athlete_id,
            program_id=new.program_id,
            at=new.at,
            alarm_minutes=new.alarm_minutes,
            created_at=new.created_at,
        )
    )


def find_calendar(tx: sa.Connection, tenant_id: UUID, secret_hash: bytes) -> Calendar | None:
    """The calendar of a secret, or None if there is none, or none any more."""
    mine = (CALENDARS.c.tenant_id == tenant_id) & (CALENDARS.c.secret_hash == secret_hash)
    row = tx.execute(sa.select(CALENDARS).where(mine)).one_or_none()
    return None if row is None else to_calendar(row)


def list_calendars(tx: sa.Connection, tenant_id: UUID, athlete_id: str) -> list[Calendar]:
    """A person's calendars, the newest first."""
    theirs = (CALENDARS.c.tenant_id == tenant_id) & (CALENDARS.c.athlete_id == athlete_id)
    newest_first = (CALENDARS.c.created_at.desc(), CALENDARS.c.calendar_id.desc())
    rows = tx.execute(sa.select(CALENDARS).where(theirs).order_by(*newest_first))
    return [to_calendar(row) for row in rows]


def delete_calendar(tx: sa.Connection, tenant_id: UUID, calendar_id: UUID) -> bool:
    """Ends a calendar. Whether there was one."""
    mine = (CALENDARS.c.tenant_id == tenant_id) & (CALENDARS.c.calendar_id == calendar_id)
    return tx.execute(sa.delete(CALENDARS).where(mine)).rowcount > 0


def erase_athlete(tx: sa.Connection, tenant_id: UUID, athlete_id: str) -> bool:
    """Ends all calendars of a person. Whether there were any."""
    theirs = (CALENDARS.c.tenant_id == tenant_id) & (CALENDARS.c.athlete_id == athlete_id)
    return tx.execute(sa.delete(CALENDARS).where(theirs)).rowcount > 0


def to_calendar(row: sa.Row[Any]) -> Calendar:
    """A row as a value."""
    return Calendar(
        calendar_id=row.calendar_id,
        athlete_id=row.athlete_id,
        program_id=row.program_id,
        at=row.at,
        alarm_minutes=row.alarm_minutes,
        created_at=row.created_at,
    )
