"""GET /programs/{program_id}/chart.svg: the chart, its headers and its ETag."""

import httpx
import pytest
from fastapi import FastAPI

from app.formats.charts import chart
from tests.client import caller
from tests.formats.sample_programs import plan


class TestGetProgramChart:
    @pytest.fixture
    async def chart_path(self, sqlite_app: FastAPI) -> str:
        async with caller(sqlite_app) as client:
            made = await client.post("/programs", json={"weeks": 5})
        return f"/programs/{made.json()['program_id']}/chart.svg"

    async def test_returns_the_chart(self, chart_path: str, sqlite_app: FastAPI) -> None:
        async with caller(sqlite_app) as client:
            first, again = await client.get(chart_path), await client.get(chart_path)
        assert first.status_code == 200
        assert first.headers["content-type"] == "image/svg+xml"
        assert first.content == again.content == chart.draw_program(plan(weeks=5))
        assert again.headers["content-type"] == "image/svg+xml"

    async def test_allows_styles_and_nothing_else(
        self, chart_path: str, sqlite_app: FastAPI
    ) -> None:
        async with caller(sqlite_app) as client:
            answers: list[httpx.Response] = [await client.get(chart_path) for _ in range(2)]
        for answer in answers:
            policy = answer.headers["content-security-policy"]
            assert policy == "default-src 'none'; style-src 'unsafe-inline'"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["access-control-allow-origin"] == "*"

    async def test_returns_304_if_unchanged(self, chart_path: str, sqlite_app: FastAPI) -> None:
        async with caller(sqlite_app) as client:
            tag = (await client.get(chart_path)).headers["etag"]
            answer = await client.get(chart_path, headers={"If-None-Match": tag})
        assert (answer.status_code, answer.content) == (304, b"")

    async def test_returns_404_for_an_unknown_programme(self, sqlite_app: FastAPI) -> None:
        async with caller(sqlite_app) as client:
            answer = await client.get("/programs/nothing/chart.svg")
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
