"""A calendar app for tests: creates calendars over HTTP, and reads them as a calendar app does."""

import datetime
from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import Any

import httpx
from icalendar import Calendar

from tests.athletes.journal_uploads import RUNNER, find_program_id
from tests.client import Json
from tests.training.journal import Journal

MONDAY = datetime.datetime.now(UTC).date() - timedelta(days=datetime.datetime.now(UTC).weekday())


def make_journal(weeks_ago: int = 3, **wish: Any) -> Journal:
    """Return a programme that started on a recent Monday, so its sets are not in the future."""
    return Journal(start_date=MONDAY - timedelta(weeks=weeks_ago), **wish)


async def create_calendar(client: httpx.AsyncClient, journal: Journal, **changes: Any) -> Json:
    """Create a calendar of the journal's programme. A change to None leaves a field out."""
    sent = {"athlete_id": RUNNER, "program_id": find_program_id(journal), "at": "18:30", **changes}
    body = {name: value for name, value in sent.items() if value is not None}
    answer = await client.post("/calendars", json=body)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


def parse_events(answer: httpx.Response) -> dict[str, Any]:
    """Return the events of an answer by UID. None may have an error."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar: Any = Calendar.from_ical(answer.content)
    assert [one.errors for one in calendar.walk() if one.errors] == []
    return {str(event["uid"]): event for event in calendar.walk("VEVENT")}


async def read_events(client: httpx.AsyncClient, path: str) -> dict[str, Any]:
    """Return the events at a path by UID."""
    return parse_events(await client.get(path))


def find_sequence(events: Mapping[str, Any]) -> int:
    """Return the sequence number, which is the same in all events of a calendar."""
    (number,) = {int(event["sequence"]) for event in events.values()}
    return number


def list_cancelled(events: Mapping[str, Any]) -> list[str]:
    """Return the sessions that are cancelled, as W2S1."""
    return [
        str(event["summary"]).split()[1].rstrip(":")
        for event in events.values()
        if event["status"] == "CANCELLED"
    ]
