"""The same write many times at once, a fifth of the runs crashing before their commit: each has
one effect, and every answer is true.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
import structlog

from app.db import DatabaseUnavailable
from app.sessions import store
from tests.durability.rig import Request, Rig

IDS, COPIES = 100, 20
IDS_OF_A_FLAW, COPIES_OF_A_FLAW = 20, 10
CRASHES = 0.2
TRUE = Counter({(201, "created"): 1, (200, "unchanged"): COPIES - 1})
MOMENT = "2026-11-22T18:30:00+01:00"
PATIENT: dict[str, Any] = {"pool_wait_s": 100, "request_timeout_s": 200, "statement_timeout_s": 100}

Answers = Counter[tuple[int, str]]


@asynccontextmanager
async def workers(url: str) -> AsyncIterator[list[Rig]]:
    """Two of them, as two processes of one service would be."""
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(Rig(url, **PATIENT))
        yield [first, await stack.enter_async_context(Rig(url, first.key, **PATIENT))]


def crash_at_times(rig: Rig, draw: random.Random) -> None:
    """Some writes of a rig do all of their work, and then fail."""
    write = rig.database.write

    async def write_or_crash(fn: Any, *args: Any) -> Any:
        def run_and_crash(tx: sa.Connection, *args: Any) -> None:
            fn(tx, *args)
            raise DatabaseUnavailable("crashed before its commit")

        return await write(run_and_crash if draw.random() < CRASHES else fn, *args)

    rig.database.write = write_or_crash  # type: ignore[assignment]


def put(number: int) -> Request:
    """A session whose sets have no ids of their own."""
    session_id = str(UUID(int=number, version=4))
    sets = [{"exercise": name, "performed_at": MOMENT} for name in ("step_up", "another")]
    body = {"athlete_id": "runner-1", "started_at": MOMENT, "sets": sets}
    return Request("PUT", f"/sessions/{session_id}", (session_id,), body)


async def insist(rig: Rig, request: Request) -> tuple[int, str]:
    """The first answer that is not a crash."""
    while (told := await rig.send(request)).status == 503:
        pass
    return told.status, ", ".join(told.outcomes)


async def hammer(rigs: list[Rig], ids: int, copies: int) -> list[Answers]:
    """The answers to each of many writes, all sent at once, every copy to another worker."""
    requests = [put(number) for number in range(ids)]
    told = await asyncio.gather(
        *(insist(rigs[copy % len(rigs)], request) for request in requests for copy in range(copies))
    )
    return [Counter(told[start : start + copies]) for start in range(0, len(told), copies)]


class TestRetries:
    async def test_have_one_effect_and_true_answers(self, database_url: str, seed: int) -> None:
        draw = random.Random(seed)
        async with workers(database_url) as rigs:
            for rig in rigs:
                crash_at_times(rig, draw)
            answers = await hammer(rigs, IDS, COPIES)
            assert [told for told in answers if told != TRUE] == []
            assert await rigs[0].database.read(count) == (IDS, 2 * IDS)


def count(tx: sa.Connection) -> tuple[int, int]:
    """Sessions and sets that are stored."""
    counts = "SELECT (SELECT count(*) FROM sessions), (SELECT count(*) FROM sets)"
    sessions, sets = tx.exec_driver_sql(counts).one()
    return sessions, sets


class TestFlaw:
    """What the writes lean on is taken away, and the same harness has to see it."""

    async def test_is_seen_without_the_lock_on_ids(
        self, postgres_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(store, "hold", lambda *_, **__: None)
        async with workers(postgres_url) as rigs:
            answers = await hammer(rigs, IDS_OF_A_FLAW, COPIES_OF_A_FLAW)
        assert max(told[201, "created"] for told in answers) > 1

    async def test_is_seen_with_a_plain_insert(
        self, postgres_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def insert(tx: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
            tx.execute(sa.insert(table), rows)

        monkeypatch.setattr(store, "hold", lambda *_, **__: None)
        monkeypatch.setattr(store, "upsert", insert)
        async with workers(postgres_url) as rigs:
            with structlog.testing.capture_logs() as logged:
                answers = await hammer(rigs, IDS_OF_A_FLAW, COPIES_OF_A_FLAW)
        assert logged
        assert sum(told[500, ""] for told in answers) > 0

    async def test_is_seen_with_a_plain_begin(self, sqlite_url: str) -> None:
        async with workers(sqlite_url) as rigs:
            for rig in rigs:
                sa.event.listen(rig.engine, "before_cursor_execute", begin_late, retval=True)
            answers = await asyncio.gather(*(rigs[copy % 2].send(put(copy)) for copy in range(200)))
        assert {told.status for told in answers} == {201, 503}


def begin_late(
    _tx: sa.Connection, _cursor: object, statement: str, parameters: object, *_: object
) -> tuple[str, object]:
    return statement.replace("BEGIN IMMEDIATE", "BEGIN"), parameters
