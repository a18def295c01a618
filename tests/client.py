"""An app over a real database, clients with keys, and bodies to send.

One app for each kind of database serves the whole run, because the first answer of an app is slow.
Tests do not affect each other, because each has its own tenant.
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
    """Start the service over a migrated database, and stop it after the block."""
    app = create_app(Settings(database_url=SecretStr(url), access_log=False, **settings))
    async with app.router.lifespan_context(app):
        yield app


def caller(app: FastAPI, key: str | None = None) -> httpx.AsyncClient:
    """Return a client of the app, with or without a key. An exception in the app is a 500."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers)


async def make_key(app: FastAPI, tenant: str | None = None, scopes: Iterable[str] = SCOPES) -> str:
    """Create a key of the named tenant, or of a new one."""
    name = tenant or f"tenant-{secrets.token_hex(8)}"
    key: str = await app.state.resources.database.write(commands.add_key, name, frozenset(scopes))
    return key


async def look_up(app: FastAPI, key: str) -> Key:
    """Return the stored row of a key."""
    credential = credentials.parse(key)
    assert credential is not None
    kept: Key | None = await app.state.resources.database.read(find_key, credential.key_id)
    assert kept is not None
    return kept


async def tenant_of(app: FastAPI, client: httpx.AsyncClient) -> UUID:
    """Return the id of the tenant of a client's key."""
    return (await look_up(app, client.headers["Authorization"].removeprefix("Bearer "))).tenant_id


def new_id() -> str:
    return str(uuid4())


def a_session(**changes: Any) -> Json:
    """Return a session to send. A change to None leaves the field out."""
    made = {"athlete_id": "runner-1", "started_at": "2024-05-06T18:30:00+02:00", **changes}
    return {name: value for name, value in made.items() if value is not None}


def a_set(**changes: Any) -> Json:
    """Return a set to send. A change to None leaves the field out."""
    made = {
        "exercise": "straight-leg-calf-raise",
        "side": "left",
        "reps": 12,
        "performed_at": "2024-05-06T18:35:00+02:00",
        **changes,
    }
    return {name: value for name, value in made.items() if value is not None}


def a_live_set(**changes: Any) -> Json:
    """Return a set to send without its session."""
    return a_set(**{"athlete_id": "runner-1", **changes})


def read_problem(answer: httpx.Response, status: int, slug: str) -> Json:
    """Return the body of a problem, after a check of its form (RFC 9457) and of its kind."""
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "application/problem+json",
    ), answer.text
    body: Json = answer.json()
    kind = problems.by_slug()[slug]
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
    assert len(body.get("errors", [])) <= problems.MAX_ERRORS
    return body


def slug_of(answer: httpx.Response) -> str:
    """Return the slug of a problem."""
    return str(answer.json()["type"]).removeprefix("/problems/")


def pointers(body: Json) -> list[str]:
    """Return the pointer or parameter of each error of a problem."""
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
    """The run's service. A test with this fixture runs once on each kind of database."""
    served: FastAPI = request.getfixturevalue(f"{request.param}_app")
    return served


@pytest.fixture
async def api(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a key of a new tenant, with every scope."""
    async with caller(app, await make_key(app)) as client:
        yield client


@pytest.fixture
async def stranger(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of another new tenant, with every scope."""
    async with caller(app, await make_key(app)) as client:
        yield client


@pytest.fixture
async def anyone(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a key."""
    async with caller(app) as client:
        yield client
