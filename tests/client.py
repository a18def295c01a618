"""The service as a caller meets it: an app over a real database, callers with keys, and bodies.

One app for each kind of database serves the whole run, because an app's first answer is slow;
what keeps tests apart is that each has a tenant of its own. Hands out clients and plain JSON.
"""

import secrets
import shutil
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from app import commands
from app.keys import credentials
from app.keys.auth import SCOPES
from app.keys.store import Key, find_key
from app.main import create_app
from app.settings import Settings
from app.web.http import problems
from tests import postgres

ORIGIN = "http://127.0.0.1"
PROBLEM_FIELDS = {"type", "title", "status", "detail", "instance", "request_id"}

Json = dict[str, Any]


@asynccontextmanager
async def opened(url: str, **settings: Any) -> AsyncIterator[FastAPI]:
    """The service over a migrated database, from its first request to its last."""
    app = create_app(Settings(database_url=SecretStr(url), access_log=False, **settings))
    async with app.router.lifespan_context(app):
        yield app


def caller(app: FastAPI, key: str | None = None) -> httpx.AsyncClient:
    """A client of the app, with a key or without; what breaks inside is a 500, as it would be."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers)


async def make_key(app: FastAPI, tenant: str | None = None, scopes: Iterable[str] = SCOPES) -> str:
    """A key of a tenant, which is a new one unless it is named."""
    name = tenant or f"tenant-{secrets.token_hex(8)}"
    spelled: str = await app.state.database.write(commands.add_key, name, frozenset(scopes))
    return spelled


async def load_key(app: FastAPI, key: str) -> Key:
    """What is kept of a key that was spelled out."""
    credential = credentials.parse(key)
    assert credential is not None
    kept: Key | None = await app.state.database.read(find_key, credential.key_id)
    assert kept is not None
    return kept


async def tenant_of(app: FastAPI, client: httpx.AsyncClient) -> UUID:
    """The tenant that a client calls for."""
    return (await load_key(app, client.headers["Authorization"].removeprefix("Bearer "))).tenant_id


def new_id() -> str:
    return str(uuid4())


def a_session(**changes: Any) -> Json:
    """A session to send; a change to None leaves the field out."""
    made = {"athlete_id": "runner-1", "started_at": "2024-05-06T18:30:00+02:00", **changes}
    return {name: value for name, value in made.items() if value is not None}


def a_set(**changes: Any) -> Json:
    """A set to send; a change to None leaves the field out."""
    made = {
        "exercise": "straight-leg-calf-raise",
        "side": "left",
        "reps": 12,
        "performed_at": "2024-05-06T18:35:00+02:00",
        **changes,
    }
    return {name: value for name, value in made.items() if value is not None}


def a_live_set(**changes: Any) -> Json:
    """A set to send on its own."""
    return a_set(**{"athlete_id": "runner-1", **changes})


def read_problem(answer: httpx.Response, status: int, slug: str) -> Json:
    """The body of a problem, after holding its form to RFC 9457 and to the family."""
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "application/problem+json",
    ), answer.text
    body: Json = answer.json()
    kind = problems.family()[slug]
    assert PROBLEM_FIELDS <= set(body) <= PROBLEM_FIELDS | {"errors", "stored"}
    assert (body["type"], body["status"], body["title"]) == (
        f"/problems/{slug}",
        status,
        kind.title,
    )
    assert kind.status == status
    assert body["request_id"] == answer.headers["x-request-id"]
    assert answer.headers["cache-control"] == "no-store"
    for error in body.get("errors", []):
        assert set(error) in ({"detail", "code", "pointer"}, {"detail", "code", "parameter"})
    assert len(body.get("errors", [])) <= problems.MOST_ERRORS
    return body


def slug_of(answer: httpx.Response) -> str:
    """Which problem an answer is."""
    return str(answer.json()["type"]).removeprefix("/problems/")


def pointers(body: Json) -> list[str]:
    """Where a problem says that something is wrong."""
    return [error.get("pointer", error.get("parameter")) for error in body["errors"]]


@pytest.fixture(scope="session")
async def sqlite_app(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[FastAPI]:
    """The run's service on SQLite."""
    file = shutil.copy(sqlite_template, tmp_path_factory.mktemp("service"))
    async with opened(f"sqlite:///{file}") as app:
        yield app


@pytest.fixture(scope="session")
async def postgres_app(cluster: postgres.Server, postgres_template: str) -> AsyncIterator[FastAPI]:
    """The run's service on PostgreSQL."""
    name = f"pushoff_service_{secrets.token_hex(8)}"
    async with opened(cluster.create(name, postgres_template)) as app:
        yield app
    cluster.drop(name)


@pytest.fixture(params=["sqlite", "postgres"])
def app(request: pytest.FixtureRequest) -> FastAPI:
    """The run's service: each test that asks for it runs once on either kind of database."""
    served: FastAPI = request.getfixturevalue(f"{request.param}_app")
    return served


@pytest.fixture
async def api(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a tenant that nobody else knows, with every scope."""
    async with caller(app, await make_key(app)) as client:
        yield client


@pytest.fixture
async def stranger(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """The same of another tenant."""
    async with caller(app, await make_key(app)) as client:
        yield client


@pytest.fixture
async def anyone(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a key."""
    async with caller(app) as client:
        yield client
