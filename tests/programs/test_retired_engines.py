"""Tests of ids of engine 1, which is retired: 410 with a link. Sessions under them are still
stored.
"""

import re

import httpx
import pytest

from app.training import engine
from app.training.planning import program_ids
from tests.client import a_session, new_id
from tests.training import golden
from tests.training.golden import Golden
from tests.training.strategies import make_spec

RETIRED = golden.load_retired()
RETIRED_ID = next(entry.id for entry in RETIRED if entry.name == "advanced")


class TestRetiredEngine:
    @pytest.mark.parametrize(
        "suffix", ["", "/weeks/1", "/chart.svg", "/weeks/1/sessions/1/planned.json"]
    )
    async def test_answers_410_with_a_link_to_the_same_spec(
        self, offline: httpx.AsyncClient, suffix: str
    ) -> None:
        answer = await offline.get(f"/programs/{RETIRED_ID}{suffix}")
        assert answer.status_code == 410
        assert answer.json()["type"] == "/problems/program-engine-retired"
        (path,) = re.findall('<(.+)>; rel="successor-version"', answer.headers["link"])
        assert path in answer.json()["detail"]
        successor = (await offline.get(path)).json()
        assert successor["spec"]["level"] == "advanced"
        assert successor["engine_version"] == engine.CURRENT.version == "2.0.0"

    @pytest.mark.parametrize("what", ["adapt", "continue", "simulate"])
    async def test_answers_410_to_a_log(self, offline: httpx.AsyncClient, what: str) -> None:
        answer = await offline.post(f"/programs/{RETIRED_ID}/{what}", json={})
        assert answer.status_code == 410
        assert 'rel="successor-version"' in answer.headers["link"]

    @pytest.mark.parametrize("entry", RETIRED, ids=lambda entry: entry.name)
    async def test_links_to_what_a_request_with_the_same_spec_returns(
        self, entry: Golden, offline: httpx.AsyncClient
    ) -> None:
        link = (await offline.get(f"/programs/{entry.id}")).headers["link"]
        planned = await offline.post("/programs", json=entry.wish)
        assert link == f'<{planned.headers["content-location"]}>; rel="successor-version"'

    async def test_stores_a_session_of_its_programme(self, api: httpx.AsyncClient) -> None:
        answer = await api.put(f"/sessions/{new_id()}", json=a_session(program_id=RETIRED_ID))
        assert answer.status_code == 201
        assert answer.json()["next"] is None
        assert [note["code"] for note in answer.json()["data_notes"]] == ["program_engine_retired"]

    async def test_answers_404_if_the_engine_was_never_served(
        self, offline: httpx.AsyncClient
    ) -> None:
        unknown = program_ids.encode(make_spec(), engine.CURRENT.number + 1)
        assert (await offline.get(f"/programs/{unknown}")).status_code == 404


class TestStoredId:
    async def test_may_have_400_characters(self, api: httpx.AsyncClient) -> None:
        """Storing what was done does not depend on decoding the id."""
        program_id = "x" * program_ids.MAX_ID_LENGTH
        path = f"/sessions/{new_id()}"
        assert (await api.put(path, json=a_session(program_id=program_id))).status_code == 201
        assert (await api.get(path)).json()["program_id"] == program_id
        listed = await api.get("/sessions", params={"program_id": program_id})
        assert len(listed.json()["items"]) == 1
        longer = await api.put(f"/sessions/{new_id()}", json=a_session(program_id=program_id + "x"))
        assert longer.status_code == 422
