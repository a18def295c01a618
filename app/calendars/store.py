"""All SQL about calendars. Each function takes a transaction and a tenant first, then values.

Called by feeds and routes, and by the routes of /athletes for an export and an erasure.
"""

from dataclasses import asdict, fields
from uuid import UUID

import sqlalchemy as sa

from app.calendars.calendar import Calendar
from app.calendars.tables import CalendarRow
from app.database.rows import BaseRow

CALENDARS: sa.Table = BaseRow.metadata.tables[CalendarRow.__tablename__]


_COLUMNS = [CALENDARS.c[field.name] for field in fields(Calendar)]


def add_calendar(tx: sa.Connection, tenant_id: UUID, new: Calendar, secret_hash: bytes) -> None:
    """Store a calendar under the hash of its secret."""
    values = {"tenant_id": tenant_id, "secret_hash": secret_hash, **asdict(new)}
    tx.execute(sa.insert(CALENDARS).values(values))


def find_calendar(tx: sa.Connection, tenant_id: UUID, secret_hash: bytes) -> Calendar | None:
    """Find the calendar of a secret. None if there is none, or if it was revoked."""
    mine = (CALENDARS.c.tenant_id == tenant_id) & (CALENDARS.c.secret_hash == secret_hash)
    row = tx.execute(sa.select(*_COLUMNS).where(mine)).one_or_none()
    return None if row is None else Calendar(*row)


def list_calendars(tx: sa.Connection, tenant_id: UUID, athlete_id: str) -> list[Calendar]:
    """Return a person's calendars, newest first."""
    theirs = (CALENDARS.c.tenant_id == tenant_id) & (CALENDARS.c.athlete_id == athlete_id)
    newest_first = (CALENDARS.c.created_at.desc(), CALENDARS.c.calendar_id.desc())
    rows = tx.execute(sa.select(*_COLUMNS).where(theirs).order_by(*newest_first))
    return [Calendar(*row) for row in rows]


def delete_calendar(tx: sa.Connection, tenant_id: UUID, calendar_id: UUID) -> bool:
    """Delete a calendar. Return whether there was one."""
    mine = (CALENDARS.c.tenant_id == tenant_id) & (CALENDARS.c.calendar_id == calendar_id)
    return tx.execute(sa.delete(CALENDARS).where(mine)).rowcount > 0


def erase_athlete(tx: sa.Connection, tenant_id: UUID, athlete_id: str) -> bool:
    """Delete all calendars of a person. Return whether there were any."""
    theirs = (CALENDARS.c.tenant_id == tenant_id) & (CALENDARS.c.athlete_id == athlete_id)
    return tx.execute(sa.delete(CALENDARS).where(theirs)).rowcount > 0
