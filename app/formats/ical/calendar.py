"""A programme as iCalendar (RFC 5545): one event for each session.

The same feed is the same bytes, on any day and on any machine: moments and numbers are handed in.
Events stand in UTC, reckoned day by day in the programme's zone, so that no calendar needs rules
of ours for daylight saving. What stands in the plan is decided elsewhere.
"""

import datetime
import uuid
from collections.abc import Iterator
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo  # Of the pinned zones only: training.spec sees to that.

from icalendar import Alarm, Calendar, Event

from app.formats.ical import session_text
from app.formats.ical.feed import CalendarFeed, ProgramWithoutDates
from app.training.adapting.calendar_entries import CalendarEntry
from app.training.catalog.reasons import DISCLAIMER

NAME = "Pushoff"
PRODUCER = "-//Pushoff//Programmes//EN"
# The names of events are made from what they name, inside of this.
EVENTS = uuid.UUID("6f5c1e0a-3a55-5c0e-9d0f-5a7b8f1f2c63")
# A hint to those who subscribe; how often they ask is theirs to decide.
REFRESH = timedelta(hours=1)


def write(feed: CalendarFeed) -> bytes:
    """The calendar in UTF-8. Raises Undated."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCER)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for name in ("name", "x-wr-calname"):
        calendar.add(name, NAME)
    calendar.add("description", DISCLAIMER)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for entry in feed.entries:
        calendar.add_component(draw(feed, entry))
    spelled: bytes = calendar.to_ical()
    return spelled


def draw(feed: CalendarFeed, entry: CalendarEntry) -> Event:
    """The event of one session."""
    event = Event()
    event.add("uid", name(feed, entry))
    event.add("dtstamp", feed.modified.astimezone(UTC))
    event.add("last-modified", feed.modified.astimezone(UTC))
    event.add("sequence", feed.sequence)
    for key, moment in span(feed, entry):
        event.add(key, moment)
    event.add("summary", session_text.head_session(entry.week, entry.session))
    event.add("categories", [NAME, entry.week.phase.capitalize()])
    if feed.address is not None:
        below = f"weeks/{entry.week.index}/sessions/{entry.session.index}"
        event.add("url", f"{feed.address}/{below}")
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    # A session without a time, or one that is off, leaves the day free for others.
    busy = feed.at is not None and not entry.cancelled
    event.add("transp", "OPAQUE" if busy else "TRANSPARENT")
    if entry.cancelled:
        event.add("description", feed.why_cancelled)
        return event
    event.add("description", session_text.tell_session(entry.week, entry.session))
    if feed.alarm_minutes is not None:
        event.add_component(ring(feed.alarm_minutes, str(event["summary"])))
    return event


def name(feed: CalendarFeed, entry: CalendarEntry) -> str:
    """The name of an event for ever, whatever becomes of its session."""
    parts = (feed.program_id, entry.week.index, entry.planned_index, feed.owner)
    text = "/".join(str(part) for part in parts if part != "")
    return f"{uuid.uuid5(EVENTS, text)}@pushoff"


def span(feed: CalendarFeed, entry: CalendarEntry) -> Iterator[tuple[str, datetime.date]]:
    """When an event begins and when it ends. Raises Undated."""
    day = entry.session.date
    if day is None:
        raise ProgramWithoutDates("This programme has no dates; plan it with a start_date.")
    if feed.at is None:
        yield "dtstart", day
        yield "dtend", day + timedelta(days=1)
        return
    # An hour that the clocks leave out is told as if they had not, one that comes twice is the
    # first of the two: so says RFC 5545, and so does a time without a fold.
    local = datetime.datetime.combine(day, feed.at, ZoneInfo(feed.time_zone))
    begin = local.astimezone(UTC)
    yield "dtstart", begin
    yield "dtend", begin + timedelta(minutes=entry.session.est_minutes)


def ring(minutes: int, text: str) -> Alarm:
    """An alarm so long before the beginning."""
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", text)
    alarm.add("trigger", timedelta(minutes=-minutes))
    return alarm
