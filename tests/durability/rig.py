"""The service in this process, with a saboteur at its writers.

Sends writes, alone or so that they share a commit, and tells what is stored without any ids, so
that the same scene can be compared with itself.
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
from tests.durability.diary import Json
from tests.durability.sabotage import Saboteur

SECONDS = 10
TRIES = 3


@dataclass(frozen=True, slots=True)
class Request:
    """A write, and the sessions that it is about."""

    method: str
    path: str
    session_ids: tuple[str, ...]
    body: Json | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer says: its status and its outcomes."""

    status: int
    outcomes: tuple[str, ...]

    @property
    def fine(self) -> bool:
        return self.status < 300

    def repeated(self) -> "Told":
        """What the same write is told when it has been carried out before."""
        status = 200 if self.status == 201 else self.status
        return Told(status, tuple("unchanged" for _ in self.outcomes))


class Rig:
    """An app over a migrated, empty database. Its one writer can be sabotaged."""

    def __init__(self, url: str) -> None:
        settings = Settings(
            database_url=SecretStr(url), access_log=False, write_threads=1, pool_wait_s=5
        )
        key = commands.create_first_key(settings)
        app = main.create_app(settings)
        self._database: Database = app.state.resources.database
        self.saboteur = Saboteur(self._database._writers[0]._engine, url)
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, raise_app_exceptions=False),
            base_url="http://rig",
            headers={"Authorization": f"Bearer {key}"},
        )

    async def __aenter__(self) -> "Rig":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()
        await self._database.close()

    async def send(self, request: Request) -> Told:
        answer = await self._client.request(request.method, request.path, json=request.body)
        told = answer.json() if answer.content else {}
        items = told.get("outcomes") or [told]
        return Told(answer.status_code, tuple(i["outcome"] for i in items if "outcome" in i))

    async def send_together(self, requests: Sequence[Request]) -> list[Told]:
        """Send one write, or several so that the writer finds all of them at once."""
        if len(requests) == 1:
            return [await self.send(requests[0])]
        entered, opened = threading.Event(), threading.Event()

        def keep_the_writer(_tx: sa.Connection) -> None:
            entered.set()
            opened.wait(SECONDS)

        keeper = asyncio.create_task(self._database.write(keep_the_writer))
        tasks = [asyncio.create_task(self.send(request)) for request in requests]
        deadline = time.monotonic() + SECONDS
        while not keeper.done() and not (
            entered.is_set() and self._database._writes.qsize() == len(requests)
        ):
            assert time.monotonic() < deadline, "the writes do not arrive"
            await asyncio.sleep(0.001)
        opened.set()
        await asyncio.gather(keeper, return_exceptions=True)
        return await asyncio.gather(*tasks)

    async def retry(self, request: Request) -> Told:
        """Send a write until it is acknowledged."""
        told = await self.send(request)
        for _ in range(TRIES - 1):
            if told.status != 503:
                break
            told = await self.send(request)
        return told

    async def stored(self, request: Request) -> list[Json | None]:
        """The sessions that a write is about, without ids; None for one that is not there."""
        found: list[Json | None] = []
        for session_id in request.session_ids:
            answer = await self._client.get(f"/sessions/{session_id}")
            assert answer.status_code in (200, 404), answer.text
            found.append(anonymous(answer.json()) if answer.status_code == 200 else None)
        return found


def anonymous(session: Json) -> Json:
    sets = [without(done, "set_id") for done in session["sets"]]
    return without(session, "session_id") | {"sets": sets}


def without(thing: Json, key: str) -> Json:
    return {name: value for name, value in thing.items() if name != key}
