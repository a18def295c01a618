"""Tests that metrics count every response by its route template, and contain no id."""

import re

import httpx
from fastapi import FastAPI

from tests.client import a_session, caller, make_key, new_id

LINE = re.compile(r"^[a-z_]+(\{.*\})? [0-9.e+-]+$|^# (HELP|TYPE) .+$", re.MULTILINE)


async def read_count(client: httpx.AsyncClient, **labels: str) -> float:
    """Read the number of requests with these labels."""
    rendered = ",".join(f'{name}="{value}"' for name, value in labels.items())
    text = (await client.get("/metrics")).text
    found = re.search(
        rf"^pushoff_requests_total\{{{re.escape(rendered)}\}} (\S+)$", text, re.MULTILINE
    )
    return float(found[1]) if found else 0.0


class TestMetrics:
    async def test_counts_responses_by_route_template(self, api: httpx.AsyncClient) -> None:
        labels = {"method": "GET", "route": "/sessions/{session_id}", "status": "404"}
        before = await read_count(api, **labels)
        for _ in range(3):
            await api.get(f"/sessions/{new_id()}")
        assert await read_count(api, **labels) == before + 3

    async def test_counts_cached_answers(self, anyone: httpx.AsyncClient) -> None:
        labels = {"method": "GET", "route": "/exercises/{slug}", "status": "200"}
        before = await read_count(anyone, **labels)
        for _ in range(3):
            await anyone.get("/exercises/step-up")
        assert await read_count(anyone, **labels) == before + 3

    async def test_contains_no_id_and_no_path(self, sqlite_app: FastAPI) -> None:
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

    async def test_has_the_text_format_of_prometheus(self, anyone: httpx.AsyncClient) -> None:
        answer = await anyone.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=")
        assert [line for line in answer.text.splitlines() if not LINE.match(line)] == []
        assert "pushoff_request_seconds_bucket{" in answer.text
