"""Reading all pages while sessions are added and deleted: a session that exists from the first page
to the last is returned exactly once. The control pages by offset instead of by cursor.
"""

import random
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx
from fastapi import FastAPI

from tests.client import a_session, caller, make_key, new_id
from tests.durability.run_sizes import RecordFigure, read_size

ROWS = read_size("ROWS", short=200, long=10_000)
PAGE_SIZE = read_size("PAGE", short=20, long=100)
CHURN_SHARE = 0.2
MAX_BATCH = 500
START = datetime(2020, 1, 1, tzinfo=UTC)

NextPage = Callable[[], Awaitable[list[str]]]


class ChangingSessions:
    """Sessions at random moments, some of which are deleted while others are added."""

    def __init__(self, client: httpx.AsyncClient, seed: int) -> None:
        self._client = client
        self._random = random.Random(seed)
        self.stored: list[str] = []
        self.deleted: set[str] = set()

    async def add(self, count: int) -> list[str]:
        ids = [new_id() for _ in range(count)]
        for start in range(0, count, MAX_BATCH):
            batch = [
                a_session(session_id=one, started_at=self._moment())
                for one in ids[start : start + MAX_BATCH]
            ]
            answer = await self._client.post("/sessions/batch", json={"sessions": batch})
            assert {item["outcome"] for item in answer.json()["outcomes"]} == {"created"}
        self.stored += ids
        return ids

    async def exchange(self, count: int) -> None:
        """Delete this many sessions and add as many others."""
        self._random.shuffle(self.stored)
        deleting, self.stored = self.stored[:count], self.stored[count:]
        for one in deleting:
            assert (await self._client.delete(f"/sessions/{one}")).status_code == 204
        self.deleted.update(deleting)
        await self.add(count)

    async def read_all(self, next_page: NextPage) -> Counter[str]:
        """Return how often each id was returned while a fifth of all rows was exchanged."""
        seen: Counter[str] = Counter()
        count = max(1, int(ROWS * CHURN_SHARE) * PAGE_SIZE // ROWS)
        while page := await next_page():
            seen.update(page)
            if len(self.deleted) < ROWS * CHURN_SHARE:
                await self.exchange(count)
        return seen

    def _moment(self) -> str:
        # Whole seconds, so that several sessions share one moment.
        return (START + timedelta(seconds=self._random.randrange(ROWS))).isoformat()


def page_by_cursor(client: httpx.AsyncClient) -> NextPage:
    """Return a function that reads the next page by its cursor."""
    following: dict[str, str] | None = {}

    async def next_page() -> list[str]:
        nonlocal following
        if following is None:
            return []
        query = {"limit": str(PAGE_SIZE), **following}
        body = (await client.get("/sessions", params=query)).json()
        following = {"cursor": body["next_cursor"]} if body["next_cursor"] else None
        return [item["session_id"] for item in body["items"]]

    return next_page


def page_by_offset(client: httpx.AsyncClient) -> NextPage:
    """Return a function that reads the next page by counting rows from the beginning."""
    offset = 0

    async def next_page() -> list[str]:
        nonlocal offset
        found: list[str] = []
        read_page = page_by_cursor(client)
        while len(found) < offset + PAGE_SIZE and (page := await read_page()):
            found += page
        offset += PAGE_SIZE
        return found[offset - PAGE_SIZE : offset]

    return next_page


class TestPagination:
    async def test_by_cursor_returns_each_kept_session_once(
        self, app: FastAPI, seed: int, record_property: RecordFigure
    ) -> None:
        async with caller(app, await make_key(app)) as client:
            sessions = ChangingSessions(client, seed)
            rows = await sessions.add(ROWS)
            seen = await sessions.read_all(page_by_cursor(client))
        kept = [one for one in rows if one not in sessions.deleted]
        missed = sum(seen[one] == 0 for one in kept)
        record_property("rows", ROWS)
        record_property("deleted meanwhile", len(sessions.deleted))
        record_property("missed", missed)
        record_property("returned twice", sum(count > 1 for count in seen.values()))
        assert len(sessions.deleted) >= ROWS * CHURN_SHARE * 0.9
        assert missed == 0
        assert max(seen.values()) == 1

    async def test_by_offset_misses_some(self, sqlite_app: FastAPI, seed: int) -> None:
        async with caller(sqlite_app, await make_key(sqlite_app)) as client:
            sessions = ChangingSessions(client, seed)
            rows = (await sessions.add(ROWS))[:]
            seen = await sessions.read_all(page_by_offset(client))
        kept = [one for one in rows if one not in sessions.deleted]
        assert [one for one in kept if seen[one] != 1] != []
