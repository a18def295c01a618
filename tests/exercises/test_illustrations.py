"""Tests of /exercises/{slug}/illustration.svg, and of the pictures that /exercises names."""

from collections.abc import AsyncIterator
from xml.etree import ElementTree

import httpx
import pytest

from app.training.catalog.exercises import EXERCISES
from tests.client import caller, opened, pointers, read_problem

STEP_UP = "/exercises/step-up/illustration.svg"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """A client without a key of a service without a database."""
    async with opened("postgresql://nobody@127.0.0.1:1/nothing") as app, caller(app) as offline:
        yield offline


async def get_picture(client: httpx.AsyncClient, path: str) -> str:
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    return answer.text


class TestGetIllustration:
    @pytest.mark.parametrize("slug", EXERCISES)
    async def test_is_a_picture_that_the_exercise_names(
        self, slug: str, client: httpx.AsyncClient
    ) -> None:
        exercise = (await client.get(f"/exercises/{slug}")).json()
        pictures = exercise["pictures"]
        assert pictures["license"] == "CC0-1.0"
        for path in (pictures["still"], pictures["motion"]):
            drawn = ElementTree.fromstring(await get_picture(client, path))
            assert drawn.findtext(f"{SVG}title") == exercise["name"]
            assert drawn.findtext(f"{SVG}desc") == pictures["alt"]

    async def test_draws_another_picture_for_each_view_and_theme(
        self, client: httpx.AsyncClient
    ) -> None:
        queries = [
            f"?view={view}&theme={theme}"
            for view in ("both", "start", "end", "motion")
            for theme in ("auto", "light", "dark")
        ]
        drawn = {await get_picture(client, STEP_UP + query) for query in queries}
        assert len(drawn) == len(queries)
        assert await get_picture(client, STEP_UP) == await get_picture(client, STEP_UP + queries[0])

    async def test_follows_the_theme_of_the_reader_only_if_none_is_chosen(
        self, client: httpx.AsyncClient
    ) -> None:
        assert "prefers-color-scheme" in await get_picture(client, STEP_UP)
        assert "prefers-color-scheme" not in await get_picture(client, f"{STEP_UP}?theme=dark")

    async def test_moves_only_where_motion_is_wanted(self, client: httpx.AsyncClient) -> None:
        assert "prefers-reduced-motion" in await get_picture(client, f"{STEP_UP}?view=motion")
        assert "@keyframes" not in await get_picture(client, STEP_UP)

    async def test_can_be_cached_and_loads_nothing(self, client: httpx.AsyncClient) -> None:
        answer = await client.get(f"{STEP_UP}?view=motion")
        policy = "default-src 'none'; style-src 'unsafe-inline'"
        assert answer.headers["content-security-policy"] == policy
        assert answer.headers["cache-control"] == "public, max-age=86400"
        sent = {"If-None-Match": answer.headers["etag"]}
        again = await client.get(f"{STEP_UP}?view=motion", headers=sent)
        assert (again.status_code, again.content) == (304, b"")

    async def test_is_compressed(self, client: httpx.AsyncClient) -> None:
        answer = await client.get(STEP_UP, headers={"Accept-Encoding": "br"})
        assert answer.headers["content-encoding"] == "br"
        assert int(answer.headers["content-length"]) <= 7 * 1024

    @pytest.mark.parametrize("query", ["view=", "view=above", "theme=neon", "theme=DARK"])
    async def test_rejects_an_unknown_value(self, query: str, client: httpx.AsyncClient) -> None:
        problem = read_problem(await client.get(f"{STEP_UP}?{query}"), 422, "validation-failed")
        assert pointers(problem) == [query.partition("=")[0]]

    @pytest.mark.parametrize(
        ("query", "slug"),
        [("view=both&view=end", "ambiguous-parameter"), ("side=left", "unknown-parameter")],
    )
    async def test_rejects_a_query_that_it_does_not_have(
        self, query: str, slug: str, client: httpx.AsyncClient
    ) -> None:
        read_problem(await client.get(f"{STEP_UP}?{query}"), 400, slug)

    @pytest.mark.parametrize("slug", ["yoga", "..%2Fstep-up", "STEP-UP", "step-up%20"])
    async def test_has_none_of_an_unknown_exercise(
        self, slug: str, client: httpx.AsyncClient
    ) -> None:
        answer = await client.get(f"/exercises/{slug}/illustration.svg")
        read_problem(answer, 404, "not-found")
