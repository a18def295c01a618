"""Writes a CalendarContent as iCalendar (RFC 5545), one event for each session.

The programme, athlete and calendar routes call `write` through the file worker. The same feed gives
the same bytes on every day and every machine, so nothing here reads a clock. Times are in UTC,
computed for each day in the programme's time zone, so that calendar apps need no daylight saving
rules from us. Which sessions are in the feed is decided in training.adapting.calendar_entries.
"""

import datetime
import uuid
from collections.abc import Iterator
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo  # Reads the pinned tzdata only: training.planning.spec sets its path.

from icalendar import Alarm, Calendar, Event

from app.formats.ical import session_text
from app.formats.ical.calendar_content import CalendarContent, ProgramWithoutDates
from app.training.adapting.calendar_entries import CalendarEntry
from app.training.catalog.reasons import DISCLAIMER

_NAME = "Pushoff"
_PRODUCT_ID = "-//Pushoff//Programmes//EN"
_EVENT_ID_NAMESPACE = uuid.UUID("6f5c1e0a-3a55-5c0e-9d0f-5a7b8f1f2c63")
# A hint only: calendar apps decide themselves how often they refresh.
_REFRESH_INTERVAL = timedelta(hours=1)


def write(feed: CalendarContent) -> bytes:
    """Return the calendar as UTF-8. Raises ProgramWithoutDates."""
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT_ID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", _NAME)
    calendar.add("x-wr-calname", _NAME)
    calendar.add("description", DISCLAIMER)
    calendar.add("refresh-interval", _REFRESH_INTERVAL, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for entry in feed.entries:
        calendar.add_component(_build_event(feed, entry))
    encoded: bytes = calendar.to_ical()
    return encoded


def _build_event(feed: CalendarContent, entry: CalendarEntry) -> Event:
    event = Event()
    event.add("uid", _derive_uid(feed, entry))
    event.add("dtstamp", feed.modified.astimezone(UTC))
    event.add("last-modified", feed.modified.astimezone(UTC))
    event.add("sequence", feed.sequence)
    for name, time in _list_times(feed, entry):
        event.add(name, time)
    event.add("summary", session_text.format_title(entry.week, entry.session))
    event.add("categories", [_NAME, entry.week.phase.capitalize()])
    if feed.address is not None:
        path = f"weeks/{entry.week.index}/sessions/{entry.session.index}"
        event.add("url", f"{feed.address}/{path}")
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    # An event without a time of day, or a cancelled one, does not make the athlete busy.
    busy = feed.at is not None and not entry.cancelled
    event.add("transp", "OPAQUE" if busy else "TRANSPARENT")
    if entry.cancelled:
        event.add("description", feed.why_cancelled)
        return event
    event.add("description", session_text.format_session(entry.week, entry.session))
    if feed.alarm_minutes is not None:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", str(event["summary"]))
        alarm.add("trigger", timedelta(minutes=-feed.alarm_minutes))
        event.add_component(alarm)
    return event


def _derive_uid(feed: CalendarContent, entry: CalendarEntry) -> str:
    """Return the UID of an event. It never changes, whatever happens to the session."""
    parts = (feed.program_id, entry.week.index, entry.session.index, feed.owner)
    text = "/".join(str(part) for part in parts if part != "")
    return f"{uuid.uuid5(_EVENT_ID_NAMESPACE, text)}@pushoff"


def _list_times(feed: CalendarContent, entry: CalendarEntry) -> Iterator[tuple[str, datetime.date]]:
    """Yield the start and the end of an event as properties. Raises ProgramWithoutDates."""
    day = entry.session.date
    if day is None:
        raise ProgramWithoutDates("This programme has no dates; plan it with a start_date.")
    if feed.at is None:
        yield "dtstart", day
        yield "dtend", day + timedelta(days=1)
        return
    # RFC 5545: a time that is skipped when the clocks go forward has the offset from before the
    # change, and a time that occurs twice is the first of the two. Python does so with fold=0.
    local = datetime.datetime.combine(day, feed.at, ZoneInfo(feed.time_zone))
    start = local.astimezone(UTC)
    yield "dtstart", start
    yield "dtend", start + timedelta(minutes=entry.session.est_minutes)
