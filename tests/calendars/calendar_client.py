"""A person's calendar as tests meet it: opened over HTTP, and read as a calendar app reads it."""

import datetime
from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import Any

import httpx
from icalendar import Calendar

from tests.athletes.journal_uploads import RUNNER, program_id_of
from tests.client import Json
from tests.training.journal import Journal

MONDAY = datetime.datetime.now(UTC).date() - timedelta(days=datetime.datetime.now(UTC).weekday())


def make_journal(weeks_ago: int = 3, **wish: Any) -> Journal:
    """A programme that began on a Monday not long ago, so that its sets are not of the future."""
    return Journal(start_date=MONDAY - timedelta(weeks=weeks_ago), **wish)


async def create_calendar(client: httpx.AsyncClient, journal: Journal, **changes: Any) -> Json:
    """A calendar of the journal's programme; a change to None leaves a field out."""
    sent = {"athlete_id": RUNNER, "program_id": program_id_of(journal), "at": "18:30", **changes}
    body = {name: value for name, value in sent.items() if value is not None}
    answer = await client.post("/calendars", json=body)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


def parse_events(answer: httpx.Response) -> dict[str, Any]:
    """The events of an answer by name, none of which a reader complains about."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar: Any = Calendar.from_ical(answer.content)
    assert [one.errors for one in calendar.walk() if one.errors] == []
    return {str(event["uid"]): event for event in calendar.walk("VEVENT")}


async def read_events(client: httpx.AsyncClient, path: str) -> dict[str, Any]:
    """The events at an address by name."""
    return parse_events(await client.get(path))


def sequence_of(events: Mapping[str, Any]) -> int:
    """The one number that all events of a calendar have."""
    (number,) = {int(event["sequence"]) for event in events.values()}
    return number


def list_cancelled(events: Mapping[str, Any]) -> list[str]:
    """The sessions that are cancelled, as W2S1."""
    return [
        str(event["summary"]).split()[1].rstrip(":")
        for event in events.values()
        if event["status"] == "CANCELLED"
    ]
