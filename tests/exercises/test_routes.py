"""Holds the catalogue over HTTP: its filters, its validators, and that every page may read it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from app.training.catalog.exercises import LADDERS
from app.training.catalog.tracks import TRACKS
from tests.client import Json, caller, opened, pointers, read_problem

MINUTES = "public, max-age=300, must-revalidate"
SLUGS = [rung.exercise.slug for track in TRACKS for rung in LADDERS[track]]


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """A client without a key of a service whose database is not there."""
    async with opened("postgresql://nobody@127.0.0.1:1/nothing") as app, caller(app) as offline:
        yield offline


async def listed(client: httpx.AsyncClient, query: str = "") -> list[Json]:
    answer = await client.get(f"/exercises{query and '?'}{query}")
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


class TestList:
    async def test_has_every_rung_in_order(self, client: httpx.AsyncClient) -> None:
        items = await listed(client)
        assert [item["slug"] for item in items] == SLUGS
        assert [(i["track"], i["rung"]) for i in items] == [
            (track, rung.number) for track in TRACKS for rung in LADDERS[track]
        ]

    async def test_has_the_exercises_as_they_stand_alone(self, client: httpx.AsyncClient) -> None:
        for item in await listed(client):
            assert (await client.get(f"/exercises/{item['slug']}")).json() == item

    async def test_has_the_fields_of_the_contract(self, client: httpx.AsyncClient) -> None:
        fields = (
            "slug name track rung seed summary why_it_matters muscles laterality equipment setup"
            " movement cues common_faults safety tempo dose step_height_cm loadable easier harder"
            " alternatives fit evidence"
        )
        for item in await listed(client):
            assert set(item) == set(fields.split())


class TestFilters:
    @pytest.mark.parametrize("track", TRACKS)
    async def test_narrow_to_a_track(self, track: str, client: httpx.AsyncClient) -> None:
        items = await listed(client, f"track={track}")
        assert items == [item for item in await listed(client) if item["track"] == track]
        assert len(items) > 6

    async def test_narrow_to_the_three_of_the_article(self, client: httpx.AsyncClient) -> None:
        assert len(await listed(client, "seed=true")) == 3
        assert len(await listed(client, "seed=false")) == len(SLUGS) - 3

    async def test_narrow_to_a_muscle_in_any_role(self, client: httpx.AsyncClient) -> None:
        items = await listed(client, "muscle=soleus")
        assert 0 < len(items) < len(SLUGS)
        for item in await listed(client):
            works = {name for role in item["muscles"].values() for name in role}
            assert (item in items) is ("soleus" in works)

    async def test_narrow_to_one_leg_at_a_time(self, client: httpx.AsyncClient) -> None:
        kinds = {item["laterality"] for item in await listed(client)}
        assert len(kinds) > 1
        for kind in kinds:
            found = await listed(client, f"laterality={kind}")
            assert {item["laterality"] for item in found} == {kind}

    async def test_narrow_to_what_one_has(self, client: httpx.AsyncClient) -> None:
        nothing = await listed(client, "equipment=floor")
        assert nothing
        assert {gear for item in nothing for gear in item["equipment"]} <= {"floor", "wall"}
        some = await listed(client, "equipment=chair&equipment=step")
        assert len(nothing) < len(some) < len(SLUGS)
        assert {gear for item in some for gear in item["equipment"]} <= {
            "floor", "wall", "chair", "step",
        }  # fmt: skip

    async def test_take_any_one_of_the_loaders(self, client: httpx.AsyncClient) -> None:
        query = "equipment=step&equipment=chair"
        without = await listed(client, query)
        for loader in ("dumbbell", "kettlebell", "backpack", "weight_vest"):
            assert len(await listed(client, f"{query}&equipment={loader}")) > len(without)

    async def test_all_have_to_hold(self, client: httpx.AsyncClient) -> None:
        query = "track=step_up&seed=true"
        (only,) = await listed(client, query)
        assert (only["track"], only["seed"]) == ("step_up", True)
        assert await listed(client, f"{query}&equipment=floor") == []

    @pytest.mark.parametrize(
        "query",
        ["track=arms", "muscle=brain", "equipment=chair&equipment=jetpack", "laterality=x",
         "seed=1", "track=", "equipment="],
    )  # fmt: skip
    async def test_refuse_what_there_is_not(self, query: str, client: httpx.AsyncClient) -> None:
        answer = await client.get(f"/exercises?{query}")
        (where,) = pointers(read_problem(answer, 422, "validation-failed"))
        assert where.startswith(query.partition("=")[0])

    async def test_refuse_what_they_do_not_know(self, client: httpx.AsyncClient) -> None:
        for query, slug in (
            ("tracks=x", "unknown-parameter"),
            ("track=a&track=b", "ambiguous-parameter"),
        ):
            read_problem(await client.get(f"/exercises?{query}"), 400, slug)


class TestValidators:
    @pytest.mark.parametrize(
        "path", ["/exercises", "/exercises?track=step_up", f"/exercises/{SLUGS[0]}"]
    )
    async def test_save_the_body_the_second_time(
        self, path: str, client: httpx.AsyncClient
    ) -> None:
        for _ in range(2):
            first = await client.get(path)
            again = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")
            for answer in (first, again):
                assert answer.headers["cache-control"] == MINUTES
                assert answer.headers["access-control-allow-origin"] == "*"
                assert answer.headers["etag"] == first.headers["etag"]

    async def test_differ_between_lists(self, client: httpx.AsyncClient) -> None:
        tags = {(await client.get(f"/exercises?track={track}")).headers["etag"] for track in TRACKS}
        assert len(tags) == len(TRACKS)


class TestExercise:
    async def test_that_is_unknown_is_not_there(self, client: httpx.AsyncClient) -> None:
        for slug in ("hop", "STEP-UP", "step-up%20", "step_up"):
            read_problem(await client.get(f"/exercises/{slug}"), 404, "not-found")
