"""Tests of POST /programs/{program_id}/simulate: the plan if all is done, with reasons if not."""

from typing import Any

import httpx
import pytest

from app.training.catalog.reasons import REASONS
from app.training.catalog.track_definitions import BASE_TRACKS
from tests.athletes.journal_uploads import find_program_id
from tests.client import Json, pointers, read_problem
from tests.training.journal import CORE, P2, Journal
from tests.training.week_reasons import list_sent_reasons

DEFAULT = find_program_id(Journal())
# What a plan does not have, or says in other words of what is to come.
ADDED = {"done", "reason", "other_reasons"}


async def simulate(
    client: httpx.AsyncClient, program_id: str = DEFAULT, **runner: Any
) -> httpx.Response:
    answer = await client.post(f"/programs/{program_id}/simulate", json=runner)
    assert answer.status_code == 200, answer.text
    return answer


async def run(client: httpx.AsyncClient, program_id: str = DEFAULT, **runner: Any) -> list[Json]:
    """Return the weeks of a simulation."""
    weeks: list[Json] = (await simulate(client, program_id, **runner)).json()["weeks"]
    return weeks


def drop_added(week: Json) -> Json:
    return {name: value for name, value in week.items() if name not in ADDED}


def list_reasons(week: Json) -> set[str]:
    return {why["code"] for why in list_sent_reasons(week).values()}


class TestSimulateProgram:
    @pytest.mark.parametrize(
        "journal", [Journal(), Journal(**P2), Journal(**CORE)], ids=["P1", "P2", "core"]
    )
    async def test_returns_the_planned_weeks_if_all_sets_are_done(
        self, journal: Journal, offline: httpx.AsyncClient
    ) -> None:
        plan = (await offline.get(f"/programs/{find_program_id(journal)}")).json()["weeks"]
        for runner in ({}, {"adherence": 1, "effort": "as_planned", "seed": 5}):
            weeks = await run(offline, find_program_id(journal), **runner)
            assert [drop_added(week) for week in weeks] == [drop_added(week) for week in plan]
            assert [list_reasons(week) for week in weeks] == [list_reasons(week) for week in plan]
            assert {week["done"] for week in weeks} == {1.0}

    async def test_returns_the_same_bytes_for_the_same_seed(
        self, offline: httpx.AsyncClient
    ) -> None:
        runner: Json = {"adherence": 0.7, "effort": "hard", "missed_weeks": [3]}
        first, again, other = [
            (await simulate(offline, seed=seed, **runner)).content for seed in (1, 1, 2)
        ]
        assert first == again
        assert first != other

    async def test_applies_missed_weeks(self, offline: httpx.AsyncClient) -> None:
        weeks = await run(offline, missed_weeks=[5, 9, 10])
        assert [week["done"] for week in weeks].count(0) == 3
        assert list_reasons(weeks[5]) == {"MISSED_WEEK_REPEAT"}
        assert list_reasons(weeks[10]) == {"LONG_BREAK_14"}
        assert list_sent_reasons(weeks[10])["step_up"]["sentence"].startswith("After 2 weeks away")

    async def test_returns_reasons_for_every_week(self, offline: httpx.AsyncClient) -> None:
        for week in await run(offline, adherence=0.6, effort="easy", seed=4):
            assert list(list_sent_reasons(week)) == list(BASE_TRACKS)
            for one in list_sent_reasons(week).values():
                assert one["code"] in REASONS
                assert one["sentence"]
                assert one["evidence"]
                assert one["basis"] in ("evidence", "engineering", "mixed")

    async def test_has_the_details_of_all_exercises(self, offline: httpx.AsyncClient) -> None:
        answer = (await simulate(offline, effort="hard", seed=3)).json()
        sessions = [one for week in answer["weeks"] for one in week["sessions"]]
        slugs = {exercise["slug"] for session in sessions for exercise in session["exercises"]}
        assert set(answer["exercise_details"]) == slugs

    async def test_has_a_disclaimer_and_is_not_cached(self, offline: httpx.AsyncClient) -> None:
        answer = await simulate(offline)
        simulated = answer.json()
        assert (simulated["program_id"], simulated["status"]) == (DEFAULT, "finished")
        assert len(simulated["disclaimers"]) == 1
        assert answer.headers["cache-control"] == "no-store"

    @pytest.mark.parametrize(
        ("runner", "pointer"),
        [
            ({"adherence": 1.01}, "/adherence"),
            ({"adherence": -0.1}, "/adherence"),
            ({"adherence": "1"}, "/adherence"),
            ({"adherence": True}, "/adherence"),
            ({"effort": "lazy"}, "/effort"),
            ({"missed_weeks": [0]}, "/missed_weeks/0"),
            ({"missed_weeks": [53]}, "/missed_weeks/0"),
            ({"missed_weeks": list(range(1, 54))}, "/missed_weeks"),
            ({"seed": -1}, "/seed"),
            ({"seed": 2**53}, "/seed"),
            ({"sed": 1}, "/sed"),
        ],
    )
    async def test_rejects_an_impossible_runner(
        self, runner: Json, pointer: str, offline: httpx.AsyncClient
    ) -> None:
        answer = await offline.post(f"/programs/{DEFAULT}/simulate", json=runner)
        assert pointer in pointers(read_problem(answer, 422, "validation-failed"))

    async def test_accepts_missed_weeks_beyond_the_programme(
        self, offline: httpx.AsyncClient
    ) -> None:
        assert await run(offline, missed_weeks=[40, 40]) == await run(offline)
