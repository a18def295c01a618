"""Tests of /exercises: the list, its filters, its ETags, and access from other origins."""

from collections.abc import AsyncIterator

import httpx
import pytest

from app.training.catalog.exercises import LADDERS, MACHINES
from app.training.catalog.track_definitions import TRACKS
from tests.client import Json, caller, opened, pointers, read_problem

MINUTES = "public, max-age=300, must-revalidate"
SLUGS = [rung.exercise.slug for track in TRACKS for rung in LADDERS[track]]


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """A client without a key of a service without a database."""
    async with opened("postgresql://nobody@127.0.0.1:1/nothing") as app, caller(app) as offline:
        yield offline


async def list_exercises(client: httpx.AsyncClient, query: str = "") -> list[Json]:
    answer = await client.get(f"/exercises{query and '?'}{query}")
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


class TestListExercises:
    async def test_contains_every_rung_in_order(self, client: httpx.AsyncClient) -> None:
        items = await list_exercises(client)
        assert [item["slug"] for item in items] == SLUGS
        assert [(i["track"], i["rung"]) for i in items] == [
            (track, rung.number) for track in TRACKS for rung in LADDERS[track]
        ]

    async def test_contains_each_exercise_as_at_its_own_url(
        self, client: httpx.AsyncClient
    ) -> None:
        for item in await list_exercises(client):
            assert (await client.get(f"/exercises/{item['slug']}")).json() == item

    async def test_contains_the_fields_of_the_contract(self, client: httpx.AsyncClient) -> None:
        fields = (
            "slug name track rung seed summary why_it_matters muscles laterality unit equipment"
            " setup movement cues common_faults safety tempo dose step_height_cm loadable easier"
            " harder alternatives replaces_rungs fit evidence pictures"
        )
        for item in await list_exercises(client):
            assert set(item) == set(fields.split())

    async def test_gives_a_hold_in_seconds_and_without_a_tempo(
        self, client: httpx.AsyncClient
    ) -> None:
        items = await list_exercises(client)
        holds = [item for item in items if item["unit"] == "seconds"]
        assert 0 < len(holds) < len(items)
        for item in items:
            dose, held = item["dose"], item in holds
            assert (item["tempo"] is None) is held
            assert (dose["reps_low"] is None) is held
            assert (dose["seconds_low"] is None) is not held


class TestExerciseFilter:
    @pytest.mark.parametrize("track", TRACKS)
    async def test_selects_a_track(self, track: str, client: httpx.AsyncClient) -> None:
        items = await list_exercises(client, f"track={track}")
        assert items == [item for item in await list_exercises(client) if item["track"] == track]
        assert len(items) > 5

    async def test_selects_the_three_of_the_article(self, client: httpx.AsyncClient) -> None:
        assert len(await list_exercises(client, "seed=true")) == 3
        assert len(await list_exercises(client, "seed=false")) == len(SLUGS) - 3

    async def test_selects_a_muscle_in_any_role(self, client: httpx.AsyncClient) -> None:
        items = await list_exercises(client, "muscle=soleus")
        assert 0 < len(items) < len(SLUGS)
        for item in await list_exercises(client):
            works = {name for role in item["muscles"].values() for name in role}
            assert (item in items) is ("soleus" in works)

    async def test_selects_one_leg_at_a_time(self, client: httpx.AsyncClient) -> None:
        kinds = {item["laterality"] for item in await list_exercises(client)}
        assert len(kinds) > 1
        for kind in kinds:
            found = await list_exercises(client, f"laterality={kind}")
            assert {item["laterality"] for item in found} == {kind}

    async def test_selects_by_equipment(self, client: httpx.AsyncClient) -> None:
        nothing = await list_exercises(client, "equipment=floor")
        assert nothing
        assert {gear for item in nothing for gear in item["equipment"]} <= {"floor", "wall"}
        some = await list_exercises(client, "equipment=chair&equipment=step")
        assert len(nothing) < len(some) < len(SLUGS)
        assert {gear for item in some for gear in item["equipment"]} <= {
            "floor", "wall", "chair", "step",
        }  # fmt: skip

    async def test_accepts_any_one_of_the_loaders(self, client: httpx.AsyncClient) -> None:
        query = "equipment=step&equipment=chair"
        without = await list_exercises(client, query)
        for loader in ("dumbbell", "kettlebell", "backpack", "weight_vest"):
            assert len(await list_exercises(client, f"{query}&equipment={loader}")) > len(without)

    @pytest.mark.parametrize("machine", MACHINES)
    async def test_accepts_machines(self, machine: str, client: httpx.AsyncClient) -> None:
        items = await list_exercises(client, f"equipment={machine}")
        assert items == await list_exercises(client, "equipment=floor")

    async def test_applies_all_conditions(self, client: httpx.AsyncClient) -> None:
        query = "track=step_up&seed=true"
        (only,) = await list_exercises(client, query)
        assert (only["track"], only["seed"]) == ("step_up", True)
        assert await list_exercises(client, f"{query}&equipment=floor") == []

    @pytest.mark.parametrize(
        "query",
        ["track=arms", "muscle=brain", "equipment=chair&equipment=jetpack", "laterality=x",
         "seed=1", "track=", "equipment="],
    )  # fmt: skip
    async def test_rejects_an_unknown_value(self, query: str, client: httpx.AsyncClient) -> None:
        answer = await client.get(f"/exercises?{query}")
        (where,) = pointers(read_problem(answer, 422, "validation-failed"))
        assert where.startswith(query.partition("=")[0])

    async def test_rejects_an_unknown_parameter(self, client: httpx.AsyncClient) -> None:
        for query, slug in (
            ("tracks=x", "unknown-parameter"),
            ("track=a&track=b", "ambiguous-parameter"),
        ):
            read_problem(await client.get(f"/exercises?{query}"), 400, slug)


class TestEtag:
    @pytest.mark.parametrize(
        "path", ["/exercises", "/exercises?track=step_up", f"/exercises/{SLUGS[0]}"]
    )
    async def test_is_answered_with_304_the_second_time(
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

    async def test_differs_between_lists(self, client: httpx.AsyncClient) -> None:
        tags = {(await client.get(f"/exercises?track={track}")).headers["etag"] for track in TRACKS}
        assert len(tags) == len(TRACKS)


class TestGetExercise:
    async def test_returns_the_alternatives_of_an_exercise(self, client: httpx.AsyncClient) -> None:
        for item in await list_exercises(client):
            for slug in item["alternatives"]:
                found = (await client.get(f"/exercises/{slug}")).json()
                assert (found["slug"], found["track"]) == (slug, item["track"])

    async def test_answers_404_to_an_unknown_slug(self, client: httpx.AsyncClient) -> None:
        for slug in ("hop", "STEP-UP", "step-up%20", "step_up"):
            read_problem(await client.get(f"/exercises/{slug}"), 404, "not-found")
