"""The same write many times at once, a fifth of the runs crashing before their commit: each has
one effect, and every answer is true.

That writes over HTTP are answered so is seen in test_faults; here are too many for that.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from app.database.database import Database
from app.database.errors import DatabaseFailure
from app.sessions import from_wire, store, transactions
from app.sessions.from_wire import SessionUpload
from app.sessions.schemas import SessionIn
from app.settings import Settings
from tests.durability.sizes import Record, size

IDS = size("IDS", short=100, long=500)
COPIES = size("COPIES", short=20, long=50)
IDS_OF_A_FLAW, COPIES_OF_A_FLAW = 20, 10
CRASHES = 0.2
TRUE = Counter(created=1, unchanged=COPIES - 1)
TENANT = UUID(int=1, version=4)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
MOMENT = "2026-11-22T18:30:00+01:00"
PATIENT: dict[str, Any] = {
    "pool_wait_s": 100,
    "request_timeout_s": 200,
    "statement_timeout_s": 100,
}

Answers = Counter[str]


class Crash(Exception):
    """The process ended before its commit."""


@asynccontextmanager
async def workers(url: str) -> AsyncIterator[list[Database]]:
    """Two of them, as two processes of one service would be."""
    settings = Settings(database_url=SecretStr(url), **PATIENT)
    databases = [Database(settings), Database(settings)]
    try:
        yield databases
    finally:
        for database in databases:
            await database.close()


def draw_upload(number: int) -> SessionUpload:
    """A session whose sets have no ids of their own."""
    sets = [{"exercise": name, "performed_at": MOMENT} for name in ("step_up", "another")]
    body = {"athlete_id": "runner-1", "started_at": MOMENT, "sets": sets}
    session_id = UUID(int=number, version=4)
    return from_wire.parse_session(SessionIn.model_validate(body), session_id, NOW)


def put(tx: sa.Connection, upload: SessionUpload) -> str:
    return transactions.store_upload(
        tx, TENANT, upload, transactions.Precondition(), NOW
    ).merge.outcome


def put_and_crash(tx: sa.Connection, upload: SessionUpload) -> str:
    put(tx, upload)
    raise Crash


async def insist(database: Database, upload: SessionUpload, draw: random.Random) -> str:
    """The outcome of a write that is sent again after each crash, or the error that it met."""
    while True:
        job = put_and_crash if draw.random() < CRASHES else put
        try:
            return await database.write(job, upload)
        except Crash:
            continue
        except (sa.exc.IntegrityError, DatabaseFailure) as error:
            return type(error).__name__


async def hammer(databases: list[Database], seed: int, ids: int, copies: int) -> list[Answers]:
    """The answers to each of many writes, all sent at once, every copy to another worker."""
    draw = random.Random(seed)
    told = await asyncio.gather(
        *(
            insist(databases[copy % len(databases)], upload, draw)
            for upload in map(draw_upload, range(ids))
            for copy in range(copies)
        )
    )
    return [Counter(told[start : start + copies]) for start in range(0, len(told), copies)]


def count(tx: sa.Connection) -> tuple[int, int]:
    """Sessions and sets that are stored."""
    counts = "SELECT (SELECT count(*) FROM sessions), (SELECT count(*) FROM sets)"
    sessions, sets = tx.exec_driver_sql(counts).one()
    return sessions, sets


class TestRetries:
    async def test_have_one_effect_and_true_answers(
        self, database_url: str, seed: int, record_property: Record
    ) -> None:
        async with workers(database_url) as databases:
            answers = await hammer(databases, seed, IDS, COPIES)
            record_property("writes", IDS)
            record_property("copies", IDS * COPIES)
            record_property("untrue answers", sum(told != TRUE for told in answers))
            assert [told for told in answers if told != TRUE] == []
            assert await databases[0].read(count) == (IDS, 2 * IDS)


class TestFlaw:
    """What the writes lean on is taken away, and the same harness has to see it."""

    async def test_is_seen_without_the_lock_on_ids(
        self, postgres_url: str, seed: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(store, "lock", lambda *_, **__: None)
        async with workers(postgres_url) as databases:
            answers = await hammer(databases, seed, IDS_OF_A_FLAW, COPIES_OF_A_FLAW)
        assert max(told["created"] for told in answers) > 1

    async def test_is_seen_with_a_plain_insert(
        self, postgres_url: str, seed: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def insert(tx: sa.Connection, rows: dict[sa.Table, list[dict[str, Any]]]) -> None:
            for table, some in rows.items():
                if some:
                    tx.execute(sa.insert(table), some)

        monkeypatch.setattr(store, "lock", lambda *_, **__: None)
        monkeypatch.setattr(store, "upsert", insert)
        async with workers(postgres_url) as databases:
            answers = await hammer(databases, seed, IDS_OF_A_FLAW, COPIES_OF_A_FLAW)
        assert sum(told["IntegrityError"] for told in answers) > 0

    async def test_is_seen_with_a_plain_begin(self, sqlite_url: str, seed: int) -> None:
        async with workers(sqlite_url) as databases:
            for database in databases:
                writing = database._writers[0]._engine
                sa.event.listen(writing, "before_cursor_execute", begin_late, retval=True)
            answers = await hammer(databases, seed, IDS_OF_A_FLAW, COPIES_OF_A_FLAW)
        assert sum(told["DatabaseFailure"] for told in answers) > 0


def begin_late(
    _tx: sa.Connection, _cursor: object, statement: str, parameters: object, *_: object
) -> tuple[str, object]:
    return statement.replace("BEGIN IMMEDIATE", "BEGIN"), parameters
