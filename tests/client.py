"""The app on a real database, HTTP clients with keys, and request bodies, for tests over HTTP.

One app for each kind of database serves the whole run, because an app's first response is slow.
Each test has its own tenant, which keeps tests apart.
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
from app.keys import api_keys, device_tokens
from app.keys.auth import SCOPES
from app.keys.device_tokens import Token
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
    """Run the app on a migrated database until the block ends.

    It waits longer for a database thread than a service would, because a busy machine can stall for
    a second, which is not what most tests are about. /readyz and /metrics are not cached.
    """
    settings = {"pool_wait_s": 5, "monitoring_cache_s": 0} | settings
    app = create_app(Settings(database_url=SecretStr(url), access_log=False, **settings))
    async with app.router.lifespan_context(app):
        yield app


def caller(app: FastAPI, key: str | None = None) -> httpx.AsyncClient:
    """Return a client of the app, with or without a key. Unhandled exceptions become a 500."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers)


async def make_key(app: FastAPI, tenant: str | None = None, scopes: Iterable[str] = SCOPES) -> str:
    """Create a key of the named tenant, or of a new one."""
    name = tenant or f"tenant-{secrets.token_hex(8)}"
    key: str = await app.state.resources.database.write(commands.add_key, name, frozenset(scopes))
    return key


async def load_key(app: FastAPI, key: str) -> Key:
    """Return the stored row of a key, as a value."""
    credential = api_keys.parse(key)
    assert credential is not None
    stored: Key | None = await app.state.resources.database.read(find_key, credential.key_id)
    assert stored is not None
    return stored


def sign_token(app: FastAPI, token: Token, key: Key) -> str:
    """Return a device token as the app signs it for a key."""
    service_key = app.state.resources.settings.derive_key(device_tokens.KEY_PURPOSE)
    return device_tokens.encode(
        token, device_tokens.derive_signing_key(service_key, key.secret_hash)
    )


async def tenant_of(app: FastAPI, client: httpx.AsyncClient) -> UUID:
    """Return the tenant of a client's key."""
    return (await load_key(app, client.headers["Authorization"].removeprefix("Bearer "))).tenant_id


def new_id() -> str:
    return str(uuid4())


def a_session(**changes: Any) -> Json:
    """Return the body of a session. A change to None omits the field."""
    body = {"athlete_id": "runner-1", "started_at": "2024-05-06T18:30:00+02:00", **changes}
    return {name: value for name, value in body.items() if value is not None}


def a_set(**changes: Any) -> Json:
    """Return a set of a session's body. A change to None omits the field."""
    body = {
        "exercise": "straight-leg-calf-raise",
        "side": "left",
        "reps": 12,
        "performed_at": "2024-05-06T18:35:00+02:00",
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def a_live_set(**changes: Any) -> Json:
    """Return the body of a live set."""
    return a_set(**{"athlete_id": "runner-1", **changes})


def read_problem(answer: httpx.Response, status: int, slug: str) -> Json:
    """Return the body of a problem. Fails unless it has the form of RFC 9457 and of its class."""
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
    """Return the slug of the problem in a response."""
    return str(answer.json()["type"]).removeprefix("/problems/")


def pointers(body: Json) -> list[str]:
    """Return the JSON pointer or the parameter of each error of a problem."""
    return [error.get("pointer", error.get("parameter")) for error in body["errors"]]


@pytest.fixture(scope="session")
async def sqlite_app(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[FastAPI]:
    """The app of this run on SQLite."""
    file = shutil.copy(sqlite_template, tmp_path_factory.mktemp("service"))
    async with opened(f"sqlite:///{file}") as app:
        yield app


@pytest.fixture(scope="session")
async def postgres_app(cluster: postgres.Server, postgres_template: str) -> AsyncIterator[FastAPI]:
    """The app of this run on PostgreSQL."""
    name = f"pushoff_service_{secrets.token_hex(8)}"
    async with opened(cluster.create(name, postgres_template)) as app:
        yield app
    cluster.drop(name)


@pytest.fixture(params=["sqlite", "postgres"])
def app(request: pytest.FixtureRequest) -> FastAPI:
    """The app of this run. A test that uses it runs once on each kind of database."""
    running: FastAPI = request.getfixturevalue(f"{request.param}_app")
    return running


@pytest.fixture
async def api(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a new tenant, with every scope."""
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
