"""The journals of the training tests as JSON, as an app uploads them.

A journal without dates is in the future, so its moments are moved into the past; its weeks and
session numbers still say where they belong.
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
_INTO_PAST = datetime.timedelta(weeks=260)
_WEEK = TypeAdapter(Week)


def find_program_id(journal: Journal) -> str:
    """Return the id of a journal's programme."""
    return engine.identify(journal.spec).program_id


def encode_session(
    journal: Journal, done: CompletedSession, athlete_id: str = RUNNER, **changes: Any
) -> Json:
    """Return a session of a journal as JSON. A change to None leaves a field out.

    Its ids are derived from the athlete and the programme, so that each of them has other ids.
    """
    sent: Json = SESSION.dump_python(done, mode="json")
    program_id = find_program_id(journal)
    sent |= {"athlete_id": athlete_id, "program_id": program_id}
    for one in (sent, *sent["sets"]):
        for name in {"session_id", "set_id"} & one.keys():
            one[name] = str(uuid.uuid5(uuid.UUID(one[name]), f"{athlete_id}/{program_id}"))
        for name in {"started_at", "performed_at"} & one.keys():
            one[name] = _move_to_past(journal, one[name])
        one.pop("load_kg", None)
    sent["sets"] = [drop_nulls(one) for one in sent["sets"]]
    return drop_nulls({**sent, **changes})


def _move_to_past(journal: Journal, moment: str) -> str:
    """Return a moment that the service does not reject as a future one."""
    away = datetime.timedelta() if journal.spec.start_date else _INTO_PAST
    return (datetime.datetime.fromisoformat(moment) - away).isoformat()


def drop_nulls(sent: Json) -> Json:
    return {name: value for name, value in sent.items() if value is not None}


def encode_log(journal: Journal, athlete_id: str = RUNNER) -> list[Json]:
    """Return all sessions of a journal as JSON, in order."""
    return [encode_session(journal, done, athlete_id) for done in journal.log]


def encode_next_session(journal: Journal) -> Json:
    """Return the first session of the next week, which shows that the weeks before are over."""
    return encode_session(journal, log_week(journal.spec, journal.week)[0])


async def put_session(client: httpx.AsyncClient, sent: Json) -> Json:
    """Store a session and return the answer."""
    answer = await client.put(f"/sessions/{sent['session_id']}", json=sent)
    assert answer.status_code in (200, 201), answer.text
    body: Json = answer.json()
    return body


async def put_batch(client: httpx.AsyncClient, sent: Iterable[Json]) -> None:
    """Store up to 500 sessions in one batch."""
    answer = await client.post("/sessions/batch", json={"sessions": [*sent]})
    assert answer.status_code == 200, answer.text
    assert {one["outcome"] for one in answer.json()["outcomes"]} <= {
        "created", "updated", "unchanged",
    }  # fmt: skip


async def adapt(client: httpx.AsyncClient, program_id: str, **body: Any) -> Json:
    """Return the adaptation to a log in the request."""
    answer = await client.post(f"/programs/{program_id}/adapt", json=body)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def get_followed(
    client: httpx.AsyncClient, program_id: str, athlete_id: str = RUNNER, below: str = ""
) -> Json:
    """Return a programme after what was done, or the part of it at a path below."""
    answer = await client.get(f"/athletes/{athlete_id}/programs/{program_id}{below}")
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def write_notation(week: Json) -> str:
    """Return a week of an answer in the notation of the worked examples."""
    return "\n".join(["", *format_week(_WEEK.validate_python(week)), ""])


def list_codes(found: Iterable[Json]) -> list[str]:
    """Return the codes of reasons, changes or notes."""
    return [one["code"] for one in found]
