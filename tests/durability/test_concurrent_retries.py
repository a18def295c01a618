"""The same write many times at once, while a fifth of the attempts crash before their commit: each
write has one effect, and every outcome is true.

These tests call the write functions directly, because there are too many copies for HTTP.
`test_statement_faults` checks outcomes over HTTP.
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
from tests.durability.run_sizes import RecordFigure, read_size

IDS = read_size("IDS", short=100, long=500)
COPIES = read_size("COPIES", short=20, long=50)
IDS_OF_FAULTY_SERVICE, COPIES_OF_FAULTY_SERVICE = 20, 10
CRASH_SHARE = 0.2
TRUE_OUTCOMES = Counter(created=1, unchanged=COPIES - 1)
TENANT = UUID(int=1, version=4)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
MOMENT = "2026-11-22T18:30:00+01:00"
LONG_TIMEOUTS: dict[str, Any] = {
    "pool_wait_s": 100,
    "request_timeout_s": 200,
    "statement_timeout_s": 100,
}

OutcomeCounts = Counter[str]


class Crash(Exception):
    """The process ended before its commit."""


@asynccontextmanager
async def open_two_workers(url: str) -> AsyncIterator[list[Database]]:
    """Open a database twice, as two processes of one service do."""
    settings = Settings(database_url=SecretStr(url), **LONG_TIMEOUTS)
    databases = [Database(settings), Database(settings)]
    try:
        yield databases
    finally:
        for database in databases:
            await database.close()


def make_upload(number: int) -> SessionUpload:
    """Return a session whose sets have no ids."""
    sets = [{"exercise": name, "performed_at": MOMENT} for name in ("step_up", "another")]
    body = {"athlete_id": "runner-1", "started_at": MOMENT, "sets": sets}
    session_id = UUID(int=number, version=4)
    return from_wire.parse_session(SessionIn.model_validate(body), session_id, NOW)


def put(tx: sa.Connection, upload: SessionUpload) -> str:
    result = transactions.store_upload(tx, TENANT, upload, transactions.Precondition(), NOW)
    return result.merge.outcome


def put_and_crash(tx: sa.Connection, upload: SessionUpload) -> str:
    put(tx, upload)
    raise Crash


async def write_until_committed(
    database: Database, upload: SessionUpload, randomness: random.Random
) -> str:
    """Repeat a write after each crash; return its outcome, or the name of its error."""
    while True:
        job = put_and_crash if randomness.random() < CRASH_SHARE else put
        try:
            return await database.write(job, upload)
        except Crash:
            continue
        except (sa.exc.IntegrityError, DatabaseFailure) as error:
            return type(error).__name__


async def write_copies_at_once(
    databases: list[Database], seed: int, ids: int, copies: int
) -> list[OutcomeCounts]:
    """Return the outcomes of each write. All copies are sent at once, in turn to each worker."""
    randomness = random.Random(seed)
    found = await asyncio.gather(
        *(
            write_until_committed(databases[copy % len(databases)], upload, randomness)
            for upload in map(make_upload, range(ids))
            for copy in range(copies)
        )
    )
    return [Counter(found[start : start + copies]) for start in range(0, len(found), copies)]


def count_rows(tx: sa.Connection) -> tuple[int, int]:
    """Return the number of sessions and of sets that are stored."""
    counts = "SELECT (SELECT count(*) FROM sessions), (SELECT count(*) FROM sets)"
    sessions, sets = tx.exec_driver_sql(counts).one()
    return sessions, sets


class TestConcurrentRetries:
    async def test_have_one_effect_and_true_outcomes(
        self, database_url: str, seed: int, record_property: RecordFigure
    ) -> None:
        async with open_two_workers(database_url) as databases:
            outcomes = await write_copies_at_once(databases, seed, IDS, COPIES)
            record_property("writes", IDS)
            record_property("copies", IDS * COPIES)
            record_property("untrue outcomes", sum(counts != TRUE_OUTCOMES for counts in outcomes))
            assert [counts for counts in outcomes if counts != TRUE_OUTCOMES] == []
            assert await databases[0].read(count_rows) == (IDS, 2 * IDS)


class TestFaultyService:
    """Each test removes something that writes depend on. The same harness must detect that."""

    async def test_without_the_lock_on_ids_is_detected(
        self, postgres_url: str, seed: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(store, "lock", lambda *_, **__: None)
        async with open_two_workers(postgres_url) as databases:
            outcomes = await write_copies_at_once(
                databases, seed, IDS_OF_FAULTY_SERVICE, COPIES_OF_FAULTY_SERVICE
            )
        assert max(counts["created"] for counts in outcomes) > 1

    async def test_with_a_plain_insert_is_detected(
        self, postgres_url: str, seed: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def insert(tx: sa.Connection, rows: dict[sa.Table, list[dict[str, Any]]]) -> None:
            for table, some in rows.items():
                if some:
                    tx.execute(sa.insert(table), some)

        monkeypatch.setattr(store, "lock", lambda *_, **__: None)
        monkeypatch.setattr(store, "upsert", insert)
        async with open_two_workers(postgres_url) as databases:
            outcomes = await write_copies_at_once(
                databases, seed, IDS_OF_FAULTY_SERVICE, COPIES_OF_FAULTY_SERVICE
            )
        assert sum(counts["IntegrityError"] for counts in outcomes) > 0

    async def test_with_a_plain_begin_is_detected(self, sqlite_url: str, seed: int) -> None:
        async with open_two_workers(sqlite_url) as databases:
            for database in databases:
                engine = database._writers[0]._engine
                sa.event.listen(engine, "before_cursor_execute", use_plain_begin, retval=True)
            outcomes = await write_copies_at_once(
                databases, seed, IDS_OF_FAULTY_SERVICE, COPIES_OF_FAULTY_SERVICE
            )
        assert sum(counts["DatabaseFailure"] for counts in outcomes) > 0


def use_plain_begin(
    _tx: sa.Connection, _cursor: object, statement: str, parameters: object, *_: object
) -> tuple[str, object]:
    return statement.replace("BEGIN IMMEDIATE", "BEGIN"), parameters
