"""What a runner did, as an app sends it: the journals of the training tests in words of the wire.

A journal without dates lies ahead of any clock, so its moments are moved into the past; its
weeks and places say where they belong.
"""

import datetime
import uuid
from collections.abc import Iterable
from typing import Any

import httpx
from pydantic import TypeAdapter

from app.sessions.schemas import SESSION
from app.training import engine
from app.training.log.completed import CompletedSession
from app.training.planning.week import Week
from tests.client import Json
from tests.training.journal import Journal, log_week
from tests.training.notation import format_week

RUNNER = "runner-1"
AGO = datetime.timedelta(weeks=260)
WEEK = TypeAdapter(Week)


def address(journal: Journal) -> str:
    """The id of the programme that a journal follows."""
    return engine.identify(journal.spec).program_id


def spell(
    journal: Journal, done: CompletedSession, athlete_id: str = RUNNER, **changes: Any
) -> Json:
    """A session of a journal to send. Its ids follow from the athlete, so that each has their own;
    a change to None leaves a field out.
    """
    sent: Json = SESSION.dump_python(done, mode="json")
    sent |= {"athlete_id": athlete_id, "program_id": address(journal)}
    for one in (sent, *sent["sets"]):
        for name in {"session_id", "set_id"} & one.keys():
            one[name] = str(uuid.uuid5(uuid.UUID(one[name]), athlete_id))
        for name in {"started_at", "performed_at"} & one.keys():
            one[name] = earlier(journal, one[name])
        one.pop("load_kg", None)
    sent["sets"] = [without_nothing(one) for one in sent["sets"]]
    return without_nothing({**sent, **changes})


def earlier(journal: Journal, moment: str) -> str:
    """A moment that no service takes for one of the future."""
    away = datetime.timedelta() if journal.spec.start_date else AGO
    return (datetime.datetime.fromisoformat(moment) - away).isoformat()


def without_nothing(sent: Json) -> Json:
    return {name: value for name, value in sent.items() if value is not None}


def spell_all(journal: Journal, athlete_id: str = RUNNER) -> list[Json]:
    """Everything of a journal to send, in order."""
    return [spell(journal, done, athlete_id) for done in journal.log]


def begin_week(journal: Journal) -> Json:
    """The first session of the week to come, which says that the weeks before are over."""
    return spell(journal, log_week(journal.spec, journal.week)[0])


async def put(client: httpx.AsyncClient, sent: Json) -> Json:
    """The answer to a session that is taken."""
    answer = await client.put(f"/sessions/{sent['session_id']}", json=sent)
    assert answer.status_code in (200, 201), answer.text
    body: Json = answer.json()
    return body


async def put_all(client: httpx.AsyncClient, sent: Iterable[Json]) -> None:
    """Sends sessions one after the other, up to 500 at once."""
    answer = await client.post("/sessions/batch", json={"sessions": [*sent]})
    assert answer.status_code == 200, answer.text
    assert {one["outcome"] for one in answer.json()["outcomes"]} <= {
        "created", "updated", "unchanged",
    }  # fmt: skip


async def adapt(client: httpx.AsyncClient, program_id: str, **body: Any) -> Json:
    """The answer to a log that comes with the request."""
    answer = await client.post(f"/programs/{program_id}/adapt", json=body)
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    return told


async def get_course(
    client: httpx.AsyncClient, program_id: str, athlete_id: str = RUNNER, below: str = ""
) -> Json:
    """A programme as it stands, or a part below its address."""
    answer = await client.get(f"/athletes/{athlete_id}/programs/{program_id}{below}")
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    return told


def note_down(week: Json) -> str:
    """A week of an answer in the notation of the worked examples, on lines of their own."""
    return "\n".join(["", *format_week(WEEK.validate_python(week)), ""])


def codes(told: Iterable[Json]) -> list[str]:
    """The codes of reasons, changes or notes."""
    return [one["code"] for one in told]
