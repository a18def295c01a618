"""The example answers of openapi.yaml: what the app itself answers to the example requests.

`python -m tests.contract.example_answers` writes them to a file of the app, from which the OpenAPI
document takes them; `make openapi` is next. `test_example_answers` compares the file with the app.
Lists are cut to their first item, so that the document stays small.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from fastapi import FastAPI

from app.database import migration
from app.web.docs.operations import EXAMPLES_FILE
from tests.client import caller, make_key, opened
from tests.contract.document import OPERATIONS, Operation
from tests.contract.stored_examples import SESSION, SET, needs_stored_data, store_examples
from tests.processes import UNLIMITED

# A map with an entry for each exercise; one is enough to show its form.
_MAP = "exercise_details"
# Values that are new in each answer, with what stands for them.
_NEW = {
    "calendar_id": "3f0e1c52-8d1b-4b7a-9a55-2f6d1c7e9b10",
    "created_at": "2026-10-06T17:00:00Z",
    "expires_at": "2026-11-05T17:00:00Z",
    "exported_at": "2026-10-06T17:00:00Z",
    "session_id": "0190d1c5-6b1e-7c3a-9f57-1d2f3a4b5c6d",
    "token": "pusht_…",
    "url": "/calendars/pushcal_….ics",
}
JSON = "application/json"


def list_answered() -> list[Operation]:
    """Return the operations that answer JSON."""
    return [one for one in OPERATIONS if list_statuses(one)]


def list_statuses(operation: Operation) -> list[int]:
    """Return the statuses of the answers in JSON that are no problems."""
    responses = operation.responses.items()
    return [status for status, one in responses if status < 300 and JSON in one.get("content", {})]


async def make_answers(app: FastAPI) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """Yield the name of each operation that answers JSON, and its shortened answers by status.

    What a first request creates, a second one finds, with a lower status.
    """
    for operation in list_answered():
        needs_data = needs_stored_data(operation)
        async with caller(app, await make_key(app) if needs_data else None) as client:
            if operation.method == "GET" and needs_data:
                await store_examples(client)
            changes = await _store_newer(client) if operation.method == "DELETE" else {}
            answers: dict[str, Any] = {}
            for status in sorted(list_statuses(operation), reverse=True):
                answer = await client.request(**operation.request(operation.bodies[0], **changes))
                assert answer.status_code == status, answer.text
                answers[str(status)] = shorten(answer.json())
        yield operation.id, answers


async def _store_newer(client: httpx.AsyncClient) -> dict[str, int]:
    """Store the examples with a version, and return a version that is too old to delete them.

    Only such a deletion is answered with a body.
    """
    for one in (SESSION, SET):
        await client.request(**one.request(one.bodies[0] | {"version": 2}))
    return {"version": 1}


def shorten(value: Any) -> Any:
    """Return an answer with the first item of each list, and without what is new each time."""
    if isinstance(value, list):
        return [shorten(one) for one in value[:1]]
    if not isinstance(value, dict):
        return value
    return {name: _shorten_field(name, part) for name, part in value.items()}


def _shorten_field(name: str, value: Any) -> Any:
    if name in _NEW and isinstance(value, str):
        return _NEW[name]
    if name == _MAP:
        value = dict(list(value.items())[:1])
    return shorten(value)


async def _write() -> None:
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'examples.db'}"
        migration.migrate(url)
        async with opened(url, **UNLIMITED) as app:
            answers = {name: answer async for name, answer in make_answers(app)}
    EXAMPLES_FILE.write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    asyncio.run(_write())
