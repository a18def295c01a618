"""A person's stored programme as a calendar feed: what is loaded, and the feed built from it.

The routes under /calendars and /athletes load a FeedSource and respond with its feed, which the
file worker writes. An event changes only with a write or when a week passes. Each of the two raises
the sequence number, so all instances of the service answer with the same feed.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from fastapi import Request, Response

from app.calendars import store
from app.calendars.calendar import Calendar
from app.calendars.calendar_tokens import CalendarToken
from app.formats.ical.calendar_content import CANCELLED, PLANNED_AT, CalendarContent
from app.keys import api_keys
from app.programs import export_files
from app.sessions import erasure, fold_scheduling
from app.sessions import store as sessions
from app.sessions.store import LogEdition
from app.training.adapting import calendar_entries
from app.training.engine import ProgramRef
from app.training.log.completed import CompletedSession
from app.training.planning.spec import Spec
from app.web.http.problems import ValidationFailed, error_at_pointer

# More than a person has devices. It stops a client that creates calendars in a loop.
MAX_CALENDARS = 50


@dataclass(frozen=True, slots=True)
class FeedSource:
    """What a feed is built from, read in one transaction."""

    athlete_id: str
    program_id: str
    sessions: list[CompletedSession]
    """Everything that was done in the programme."""
    edition: LogEdition
    """The state of everything that is stored on the person."""
    at: str | None
    """The time of day to train at, as 18:30."""
    alarm_minutes: int | None


def create_calendar(
    tx: sa.Connection, tenant_id: UUID, new: Calendar, secret: str, fingerprint: bytes
) -> None:
    """Store a calendar.

    Raises AthleteErased, and ValidationFailed if the person has MAX_CALENDARS already.
    """
    erasure.check_not_erased(tx, tenant_id, fingerprint, new.created_at)
    if len(store.list_calendars(tx, tenant_id, new.athlete_id)) >= MAX_CALENDARS:
        error = error_at_pointer(["athlete_id"], "has too many calendars", "too_many_calendars")
        detail = f"A person has up to {MAX_CALENDARS} calendars. Revoke one first."
        raise ValidationFailed(detail, errors=[error])
    store.add_calendar(tx, tenant_id, new, api_keys.hash_secret(secret))


def load_feed(
    tx: sa.Connection,
    tenant_id: UUID,
    athlete_id: str,
    program_id: str,
    at: str | None,
    alarm_minutes: int | None,
) -> FeedSource:
    log = sessions.read_log(tx, tenant_id, athlete_id, program_id)
    edition = sessions.read_edition(tx, tenant_id, athlete_id)
    return FeedSource(athlete_id, program_id, log, edition, at, alarm_minutes)


def load_feed_by_token(tx: sa.Connection, token: CalendarToken) -> FeedSource | None:
    """Load the source of a calendar's feed. None if there is no such calendar, or it is revoked."""
    secret_hash = api_keys.hash_secret(token.secret)
    found = store.find_calendar(tx, token.tenant_id, secret_hash)
    if found is None:
        return None
    whose = (found.athlete_id, found.program_id)
    return load_feed(tx, token.tenant_id, *whose, found.at, found.alarm_minutes)


async def respond(
    request: Request, ref: ProgramRef, source: FeedSource, cache_headers: Mapping[str, str]
) -> Response:
    """Respond with the calendar of a programme with dates, after what was done until now."""
    now = datetime.datetime.now(UTC)
    sets = fold_scheduling.count_sets(source.sessions)
    feed = await fold_scheduling.run(lambda: build_feed(ref, source, now), sets=sets)
    return await export_files.calendar(feed).respond(request, cache_headers)


def build_feed(ref: ProgramRef, source: FeedSource, now: datetime.datetime) -> CalendarContent:
    """Build the feed of a programme with dates, after what was done until `now`."""
    today = ref.spec.date_at(now)
    followed = ref.follow(source.sessions, as_of=today)
    block = followed.describe_block()
    changed_at = max(_day_passed_at(ref.spec, today), source.edition.stored_at or PLANNED_AT)
    return CalendarContent(
        program_id=source.program_id,
        owner=source.athlete_id,
        entries=calendar_entries.list_followed(followed),
        time_zone=ref.spec.timezone,
        modified=max(PLANNED_AT, changed_at),
        sequence=source.edition.number + calendar_entries.count_past_days(ref.spec, today),
        at=None if source.at is None else datetime.time.fromisoformat(source.at),
        alarm_minutes=source.alarm_minutes,
        why_cancelled=CANCELLED if block is None else block.sentence,
    )


def _day_passed_at(spec: Spec, today: datetime.date) -> datetime.datetime:
    """Return when the last day of the programme that is over ended; PLANNED_AT if none is over."""
    past_days = calendar_entries.count_past_days(spec, today)
    if spec.start_date is None or past_days == 0:
        return PLANNED_AT
    day = spec.start_date + timedelta(days=past_days)
    midnight = datetime.datetime.combine(day, datetime.time(), ZoneInfo(spec.timezone))
    return midnight.astimezone(UTC)
