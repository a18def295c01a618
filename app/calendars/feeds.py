"""From what is stored on a person to the feed of their calendar.

Hands Feeds to whoever answers with them. An event changes only with a write or with the turn of a
week, and each of the two raises the sequence, so that every instance tells the same.
"""

import datetime
from dataclasses import dataclass
from datetime import UTC, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.calendars import credentials, store
from app.calendars.credentials import CalendarToken
from app.calendars.store import Calendar
from app.formats.ical.feed import CANCELLED, PLANNED_AT, Feed
from app.sessions import erasure
from app.sessions import store as sessions
from app.sessions.store import Edition
from app.training import agenda, course, reasons
from app.training.log import CompletedSession
from app.training.spec import Spec
from app.web.problems import ValidationFailed, at_pointer

# More than anybody has devices, so that a loop gone wild ends.
MOST_CALENDARS = 50


@dataclass(frozen=True, slots=True)
class Followed:
    """A person's programme as it is stored, on one snapshot."""

    athlete_id: str
    program_id: str
    done: list[CompletedSession]
    """Everything that was done in it."""
    edition: Edition
    """Which state of everything that is held on the person this is."""
    at: str | None
    """The time of day to train at, as 18:30."""
    alarm_minutes: int | None


def open_calendar(
    tx: sa.Connection, tenant_id: UUID, new: Calendar, secret: str, print_of_id: bytes
) -> None:
    """Stores a calendar. Raises AthleteErased, and ValidationFailed if there are too many."""
    erasure.refuse_erased(tx, tenant_id, print_of_id, new.created_at)
    if len(store.list_calendars(tx, tenant_id, new.athlete_id)) >= MOST_CALENDARS:
        error = at_pointer(["athlete_id"], "has too many calendars", "too_many_calendars")
        raise ValidationFailed(
            f"A person has up to {MOST_CALENDARS} calendars. Revoke one first.", errors=[error]
        )
    store.add_calendar(tx, tenant_id, new, credentials.hash_secret(secret))


def follow(
    tx: sa.Connection,
    tenant_id: UUID,
    athlete_id: str,
    program_id: str,
    at: str | None,
    alarm_minutes: int | None,
) -> Followed:
    """A person's programme, to be shown like this."""
    done = sessions.read_log(tx, tenant_id, athlete_id, program_id)
    edition = sessions.read_edition(tx, tenant_id, athlete_id)
    return Followed(athlete_id, program_id, done, edition, at, alarm_minutes)


def follow_token(tx: sa.Connection, token: CalendarToken) -> Followed | None:
    """What a token opens, or None if it opens nothing, or nothing any more."""
    secret_hash = credentials.hash_secret(token.secret)
    found = store.find_calendar(tx, token.tenant_id, secret_hash)
    if found is None:
        return None
    whose = (found.athlete_id, found.program_id)
    return follow(tx, token.tenant_id, *whose, found.at, found.alarm_minutes)


def compose(spec: Spec, followed: Followed, now: datetime.datetime) -> Feed:
    """The feed of a dated programme as it stands at a moment."""
    today = course.date_at(spec, now)
    standing = course.take_up(spec, followed.done, as_of=today)
    blocked = standing.status == "blocked"
    return Feed(
        program_id=followed.program_id,
        owner=followed.athlete_id,
        entries=agenda.lay_out(standing),
        time_zone=spec.timezone,
        modified=max(PLANNED_AT, turned_at(spec, today), followed.edition.stored_at or PLANNED_AT),
        sequence=followed.edition.number + agenda.count_turns(spec, today),
        at=None if followed.at is None else datetime.time.fromisoformat(followed.at),
        alarm_minutes=followed.alarm_minutes,
        why_cancelled=reasons.explain("CLEARANCE_REQUIRED").sentence if blocked else CANCELLED,
    )


def turned_at(spec: Spec, today: datetime.date) -> datetime.datetime:
    """When the last week of a dated programme had passed by a day; long ago for the first one."""
    turns = agenda.count_turns(spec, today)
    if spec.start_date is None or turns == 0:
        return PLANNED_AT
    day = spec.start_date + timedelta(weeks=turns)
    midnight = datetime.datetime.combine(day, datetime.time(), ZoneInfo(spec.timezone))
    return midnight.astimezone(UTC)
