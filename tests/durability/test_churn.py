"""A walk through all pages while rows come and go: what stays from its beginning to its end is met
exactly once. The control counts rows instead of naming the last one, as an offset does.
"""

import random
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx
from fastapi import FastAPI

from tests.client import a_session, caller, make_key, new_id
from tests.durability.sizes import Record, size

ROWS = size("ROWS", short=200, long=10_000)
PAGE = size("PAGE", short=20, long=100)
SHARE = 0.2
MOST_IN_BATCH = 500
START = datetime(2020, 1, 1, tzinfo=UTC)

Pages = Callable[[], Awaitable[list[str]]]


class Churn:
    """Sessions at random moments, of which some go and others come."""

    def __init__(self, client: httpx.AsyncClient, seed: int) -> None:
        self._client = client
        self._draw = random.Random(seed)
        self.alive: list[str] = []
        self.gone: set[str] = set()

    async def add(self, many: int) -> list[str]:
        ids = [new_id() for _ in range(many)]
        for start in range(0, many, MOST_IN_BATCH):
            batch = [
                a_session(session_id=one, started_at=self._moment())
                for one in ids[start : start + MOST_IN_BATCH]
            ]
            answer = await self._client.post("/sessions/batch", json={"sessions": batch})
            assert {item["outcome"] for item in answer.json()["outcomes"]} == {"created"}
        self.alive += ids
        return ids

    async def go_on(self, many: int) -> None:
        """So many go, and so many others come."""
        self._draw.shuffle(self.alive)
        leaving, self.alive = self.alive[:many], self.alive[many:]
        for one in leaving:
            assert (await self._client.delete(f"/sessions/{one}")).status_code == 204
        self.gone.update(leaving)
        await self.add(many)

    async def walk(self, pages: Pages) -> Counter[str]:
        """What is met page by page, while a fifth of all rows is exchanged."""
        met: Counter[str] = Counter()
        many = max(1, int(ROWS * SHARE) * PAGE // ROWS)
        while page := await pages():
            met.update(page)
            if len(self.gone) < ROWS * SHARE:
                await self.go_on(many)
        return met

    def _moment(self) -> str:
        # Seconds, so that many share one.
        return (START + timedelta(seconds=self._draw.randrange(ROWS))).isoformat()


def by_cursor(client: httpx.AsyncClient) -> Pages:
    """The pages as the service names them."""
    following: dict[str, str] | None = {}

    async def turn() -> list[str]:
        nonlocal following
        if following is None:
            return []
        query = {"limit": str(PAGE), **following}
        body = (await client.get("/sessions", params=query)).json()
        following = {"cursor": body["next_cursor"]} if body["next_cursor"] else None
        return [item["session_id"] for item in body["items"]]

    return turn


def by_offset(client: httpx.AsyncClient) -> Pages:
    """The pages as somebody finds them who counts rows."""
    offset = 0

    async def turn() -> list[str]:
        nonlocal offset
        found: list[str] = []
        pages = by_cursor(client)
        while len(found) < offset + PAGE and (page := await pages()):
            found += page
        offset += PAGE
        return found[offset - PAGE : offset]

    return turn


class TestWalk:
    async def test_meets_each_that_stays_exactly_once(
        self, app: FastAPI, seed: int, record_property: Record
    ) -> None:
        async with caller(app, await make_key(app)) as client:
            churn = Churn(client, seed)
            rows = await churn.add(ROWS)
            met = await churn.walk(by_cursor(client))
        survivors = [one for one in rows if one not in churn.gone]
        missed = sum(met[one] == 0 for one in survivors)
        record_property("rows", ROWS)
        record_property("deleted meanwhile", len(churn.gone))
        record_property("missed", missed)
        record_property("met twice", sum(count > 1 for count in met.values()))
        assert len(churn.gone) >= ROWS * SHARE * 0.9
        assert missed == 0
        assert max(met.values()) == 1

    async def test_would_miss_some_by_counting(self, sqlite_app: FastAPI, seed: int) -> None:
        async with caller(sqlite_app, await make_key(sqlite_app)) as client:
            churn = Churn(client, seed)
            rows = (await churn.add(ROWS))[:]
            met = await churn.walk(by_offset(client))
        survivors = [one for one in rows if one not in churn.gone]
        assert [one for one in survivors if met[one] != 1] != []
