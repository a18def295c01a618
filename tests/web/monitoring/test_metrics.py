"""Holds what is counted: every answer, by its route and never by what stands in its address."""

import re

import httpx
from fastapi import FastAPI

from tests.client import a_session, caller, make_key, new_id

LINE = re.compile(r"^[a-z_]+(\{.*\})? [0-9.e+-]+$|^# (HELP|TYPE) .+$", re.MULTILINE)


async def counted(client: httpx.AsyncClient, **labels: str) -> float:
    """How many requests were counted under these labels."""
    said = ",".join(f'{name}="{value}"' for name, value in labels.items())
    text = (await client.get("/metrics")).text
    found = re.search(rf"^pushoff_requests_total\{{{re.escape(said)}\}} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


class TestMetrics:
    async def test_count_each_answer_by_its_template(self, api: httpx.AsyncClient) -> None:
        labels = {"method": "GET", "route": "/sessions/{session_id}", "status": "404"}
        before = await counted(api, **labels)
        for _ in range(3):
            await api.get(f"/sessions/{new_id()}")
        assert await counted(api, **labels) == before + 3

    async def test_count_what_comes_from_the_shelf_like_the_rest(
        self, anyone: httpx.AsyncClient
    ) -> None:
        labels = {"method": "GET", "route": "/exercises/{slug}", "status": "200"}
        before = await counted(anyone, **labels)
        for _ in range(3):
            await anyone.get("/exercises/step-up")
        assert await counted(anyone, **labels) == before + 3

    async def test_hold_no_id_and_no_address(self, sqlite_app: FastAPI) -> None:
        client = caller(sqlite_app, await make_key(sqlite_app))
        session_id = new_id()
        program_id = (await client.post("/programs", json={"age": 47})).json()["program_id"]
        await client.put(f"/sessions/{session_id}", json=a_session(athlete_id="c4n4ry"))
        for path in (f"/programs/{program_id}", "/c4n4ry", "/sessions?athlete_id=c4n4ry"):
            await client.get(path)
        await client.request("C4N4RY", "/sessions")
        text = (await client.get("/metrics")).text
        for secret in (session_id, program_id, "c4n4ry", "C4N4RY"):
            assert secret not in text
        assert 'route="(no route)"' in text
        assert 'method="other"' in text

    async def test_are_in_the_format_of_prometheus(self, anyone: httpx.AsyncClient) -> None:
        answer = await anyone.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=")
        assert [line for line in answer.text.splitlines() if not LINE.match(line)] == []
        assert "pushoff_request_seconds_bucket{" in answer.text
