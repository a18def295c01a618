"""Lists are sorted and their cursors return each session once, also during writes."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from app.sessions import cursors
from app.sessions.store import PagePosition, SessionFilter
from tests.client import a_session, a_set, caller, make_key, new_id, read_problem


async def store_sessions(client: httpx.AsyncClient, *sessions: Mapping[str, Any]) -> list[str]:
    """Store sessions and return their ids in order."""
    sent = [a_session(session_id=new_id(), **changes) for changes in sessions]
    answer = await client.post("/sessions/batch", json={"sessions": sent})
    assert {o["outcome"] for o in answer.json()["outcomes"]} == {"created"}
    return [one["session_id"] for one in sent]


def format_day(number: int) -> str:
    return f"2024-05-{number:02}T12:00:00Z"


async def list_ids(client: httpx.AsyncClient, **query: Any) -> list[str]:
    """Return the ids of one page."""
    answer = await client.get("/sessions", params={k.rstrip("_"): v for k, v in query.items()})
    assert answer.status_code == 200, answer.text
    return [item["session_id"] for item in answer.json()["items"]]


async def list_all_ids(client: httpx.AsyncClient, **query: Any) -> list[str]:
    """Return the ids of all pages."""
    found: list[str] = []
    cursor: Mapping[str, str] = {}
    while True:
        body = (await client.get("/sessions", params={**query, **cursor})).json()
        found += [item["session_id"] for item in body["items"]]
        assert len(found) < 1_000
        if body["next_cursor"] is None:
            return found
        cursor = {"cursor": body["next_cursor"]}


class TestList:
    async def test_is_empty_at_first(self, api: httpx.AsyncClient) -> None:
        answer = await api.get("/sessions")
        assert answer.json() == {"items": [], "next_cursor": None}
        assert "link" not in answer.headers

    async def test_is_sorted_newest_first_with_all_sets(self, api: httpx.AsyncClient) -> None:
        moments = [format_day(2), format_day(9), format_day(5)]
        ids = await store_sessions(api, *({"started_at": m, "sets": [a_set()]} for m in moments))
        items = (await api.get("/sessions")).json()["items"]
        assert [item["session_id"] for item in items] == [ids[1], ids[2], ids[0]]
        assert items == [(await api.get(f"/sessions/{i['session_id']}")).json() for i in items]

    @pytest.mark.parametrize("limit", [1, 2, 3, 7, 200])
    async def test_returns_each_session_once_in_pages(
        self, limit: int, api: httpx.AsyncClient
    ) -> None:
        # Three share each moment, so that the id has to settle the order.
        ids = await store_sessions(api, *({"started_at": format_day(1 + n // 3)} for n in range(7)))
        found = await list_all_ids(api, limit=limit)
        assert sorted(found) == sorted(ids)
        assert found == await list_ids(api)

    async def test_links_to_the_next_page(self, api: httpx.AsyncClient) -> None:
        ids = await store_sessions(api, *({"started_at": format_day(9 - n)} for n in range(3)))
        first = await api.get("/sessions?limit=2&athlete_id=runner-1&from=2024-01-01")
        link = first.headers["link"]
        assert link.startswith("</sessions?")
        assert link.endswith('>; rel="next"')
        second = await api.get(link[1:].partition(">")[0])
        assert [item["session_id"] for item in second.json()["items"]] == ids[2:]
        assert second.json()["next_cursor"] is None
        assert "link" not in second.headers

    async def test_returns_fifty_sessions_on_a_page_by_default(
        self, api: httpx.AsyncClient
    ) -> None:
        await store_sessions(api, *({} for _ in range(51)))
        assert len(await list_ids(api)) == 50
        assert len(await list_ids(api, limit=51)) == 51

    async def test_skips_no_session_while_others_are_stored_and_deleted(
        self, api: httpx.AsyncClient
    ) -> None:
        ids = await store_sessions(api, *({"started_at": format_day(28 - n)} for n in range(10)))
        body = (await api.get("/sessions?limit=4")).json()
        await store_sessions(api, {"started_at": format_day(29)}, {"started_at": format_day(27)})
        for gone in (ids[0], ids[3], ids[6]):
            await api.delete(f"/sessions/{gone}")
        rest = await list_all_ids(api, cursor=body["next_cursor"])
        assert [item["session_id"] for item in body["items"]] + rest == [*ids[:6], *ids[7:]]


class TestFilters:
    async def test_selects_the_sessions_of_a_person(self, api: httpx.AsyncClient) -> None:
        ids = await store_sessions(api, {"athlete_id": "ann"}, {"athlete_id": "ben"})
        assert await list_ids(api, athlete_id="ann") == [ids[0]]
        assert await list_ids(api, athlete_id="An") == []

    async def test_selects_the_sessions_of_a_programme(self, api: httpx.AsyncClient) -> None:
        ids = await store_sessions(api, {"program_id": "p"}, {"program_id": "q"}, {})
        assert await list_ids(api, program_id="p") == [ids[0]]
        assert await list_ids(api, program_id="p", athlete_id="runner-1") == [ids[0]]
        assert await list_ids(api, program_id="p", athlete_id="ann") == []

    async def test_includes_the_start_of_a_period_but_not_its_end(
        self, api: httpx.AsyncClient
    ) -> None:
        ids = await store_sessions(
            api, *({"started_at": f"2024-05-0{n}T00:00:00Z"} for n in (1, 2, 3))
        )
        assert await list_ids(api, from_="2024-05-02") == [ids[2], ids[1]]
        assert await list_ids(api, to="2024-05-02") == [ids[0]]
        assert await list_ids(api, from_="2024-05-02", to="2024-05-03T00:00:00Z") == [ids[1]]
        assert await list_ids(api, from_="2024-05-02T02:00:00+02:00", to="2024-05-03") == [ids[1]]

    async def test_accepts_an_unescaped_plus(self, api: httpx.AsyncClient) -> None:
        ids = await store_sessions(api, {"started_at": "2024-05-02T00:00:00Z"})
        answer = await api.get("/sessions?from=2024-05-02T02:00:00+02:00")
        assert [item["session_id"] for item in answer.json()["items"]] == ids

    async def test_applies_filters_to_every_page(self, api: httpx.AsyncClient) -> None:
        ids = await store_sessions(
            api, *({"started_at": format_day(28 - n), "athlete_id": "ab"[n % 2]} for n in range(10))
        )
        assert await list_all_ids(api, limit=2, athlete_id="b") == ids[1::2]


class TestCursor:
    async def test_is_rejected_with_another_filter(self, api: httpx.AsyncClient) -> None:
        await store_sessions(api, {}, {})
        cursor = (await api.get("/sessions?limit=1")).json()["next_cursor"]
        for other in ("athlete_id=runner-1", "program_id=p", "from=2024-01-01", "to=2025-01-01"):
            answer = await api.get(f"/sessions?{other}&cursor={cursor}")
            read_problem(answer, 400, "invalid-cursor")
        assert (await api.get(f"/sessions?limit=9&cursor={cursor}")).status_code == 200

    async def test_is_rejected_for_another_tenant(
        self, api: httpx.AsyncClient, stranger: httpx.AsyncClient
    ) -> None:
        await store_sessions(api, {}, {})
        await store_sessions(stranger, {}, {})
        cursor = (await api.get("/sessions?limit=1")).json()["next_cursor"]
        answer = await stranger.get(f"/sessions?cursor={cursor}")
        read_problem(answer, 400, "invalid-cursor")

    async def test_is_valid_for_every_key_of_its_tenant(self, app: FastAPI) -> None:
        one, other = [await make_key(app, "two-keys-" + str(id(app))) for _ in range(2)]
        async with caller(app, one) as client:
            await store_sessions(client, {}, {})
            cursor = (await client.get("/sessions?limit=1")).json()["next_cursor"]
        async with caller(app, other) as client:
            assert len(await list_ids(client, cursor=cursor)) == 1

    async def test_is_rejected_with_any_bit_flipped(self, api: httpx.AsyncClient) -> None:
        await store_sessions(api, {}, {})
        cursor = (await api.get("/sessions?limit=1")).json()["next_cursor"]
        data = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        for place in range(len(data)):
            turned = bytearray(data)
            turned[place] ^= 1
            text = base64.urlsafe_b64encode(turned).decode().rstrip("=")
            answer = await api.get("/sessions", params={"cursor": text})
            assert answer.status_code == 400, place
        for cut in (cursor[:-4], cursor + "AAAA", cursor[4:]):
            assert (await api.get("/sessions", params={"cursor": cut})).status_code == 400

    async def test_does_not_reveal_the_tenant(self, api: httpx.AsyncClient) -> None:
        await store_sessions(api, {"athlete_id": "canary-runner"}, {"athlete_id": "canary-runner"})
        answer = await api.get("/sessions?limit=1&athlete_id=canary-runner")
        cursor = answer.json()["next_cursor"]
        assert b"canary" not in base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))


class TestDecode:
    def test_accepts_a_cursor_of_an_earlier_version(self) -> None:
        filters = SessionFilter(athlete_id="runner-7", since=datetime(2026, 1, 1, tzinfo=UTC))
        position = PagePosition(datetime(2026, 2, 3, 4, 5, 6, 7, tzinfo=UTC), UUID(int=2))
        earlier = "AAZJ44tvYIcAAAAAAAAAAAAAAAAAAAACXr8LHjFJJolohx-n"
        assert cursors.encode(b"key", UUID(int=1), filters, position) == earlier
        assert cursors.decode(b"key", UUID(int=1), filters, earlier) == position
