"""The service in this process, with fault injection at its writer.

It sends writes, one alone or several that share a commit. It returns what is stored without ids, so
that two runs of one scenario can be compared.
"""

import asyncio
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import httpx
import sqlalchemy as sa
from pydantic import SecretStr

from app import commands, main
from app.database.database import Database
from app.settings import Settings
from tests.durability.acknowledgements import Json
from tests.durability.fault_injection import FaultInjector

_TIMEOUT_S = 10
_MAX_TRIES = 3


@dataclass(frozen=True, slots=True)
class Request:
    """A write, and the sessions that it changes."""

    method: str
    path: str
    session_ids: tuple[str, ...]
    body: Json | None = None


@dataclass(frozen=True, slots=True)
class WriteResult:
    """The status and the outcomes of a response."""

    status: int
    outcomes: tuple[str, ...]

    @property
    def is_success(self) -> bool:
        return self.status < 300

    def repeated(self) -> "WriteResult":
        """Return the result of the same write when it has already taken effect."""
        status = 200 if self.status == 201 else self.status
        return WriteResult(status, tuple("unchanged" for _ in self.outcomes))


class FaultHarness:
    """An app over a migrated, empty database, with one writer in which faults are injected."""

    def __init__(self, url: str) -> None:
        settings = Settings(
            database_url=SecretStr(url), access_log=False, write_threads=1, pool_wait_s=5
        )
        key = commands.create_first_key(settings)
        app = main.create_app(settings)
        self._database: Database = app.state.resources.database
        self.injector = FaultInjector(self._database._writers[0]._engine, url)
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, raise_app_exceptions=False),
            base_url="http://harness",
            headers={"Authorization": f"Bearer {key}"},
        )

    async def __aenter__(self) -> "FaultHarness":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()
        await self._database.close()

    async def send(self, request: Request) -> WriteResult:
        response = await self._client.request(request.method, request.path, json=request.body)
        body = response.json() if response.content else {}
        items = body.get("outcomes") or [body]
        outcomes = tuple(item["outcome"] for item in items if "outcome" in item)
        return WriteResult(response.status_code, outcomes)

    async def send_together(self, requests: Sequence[Request]) -> list[WriteResult]:
        """Send one write, or several that the writer finds in its queue at the same time."""
        if len(requests) == 1:
            return [await self.send(requests[0])]
        entered, released = threading.Event(), threading.Event()

        def block_writer(_tx: sa.Connection) -> None:
            entered.set()
            released.wait(_TIMEOUT_S)

        blocker = asyncio.create_task(self._database.write(block_writer))
        tasks = [asyncio.create_task(self.send(request)) for request in requests]
        deadline = time.monotonic() + _TIMEOUT_S
        while not blocker.done() and not (
            entered.is_set() and self._database._writes.qsize() == len(requests)
        ):
            assert time.monotonic() < deadline, "the writes did not arrive"
            await asyncio.sleep(0.001)
        released.set()
        await asyncio.gather(blocker, return_exceptions=True)
        return await asyncio.gather(*tasks)

    async def retry(self, request: Request) -> WriteResult:
        """Send a write until it is acknowledged."""
        result = await self.send(request)
        for _ in range(_MAX_TRIES - 1):
            if result.status != 503:
                break
            result = await self.send(request)
        return result

    async def read_stored(self, request: Request) -> list[Json | None]:
        """Return the sessions that a write changes, without ids; None for one that is missing."""
        found: list[Json | None] = []
        for session_id in request.session_ids:
            response = await self._client.get(f"/sessions/{session_id}")
            assert response.status_code in (200, 404), response.text
            found.append(_without_ids(response.json()) if response.status_code == 200 else None)
        return found


def _without_ids(session: Json) -> Json:
    sets = [_without(one, "set_id") for one in session["sets"]]
    return _without(session, "session_id") | {"sets": sets}


def _without(item: Json, key: str) -> Json:
    return {name: value for name, value in item.items() if name != key}
