"""Tests of ids of a retired engine: 410 with a link. Sessions under them are still stored."""

import re

import httpx
import pytest

from app.training import engine
from app.training.planning import program_ids
from tests.client import a_session, new_id
from tests.training.strategies import make_spec

RETIRED = 7
RETIRED_ID = program_ids.encode(make_spec(level="advanced"), RETIRED)


@pytest.fixture(autouse=True)
def retired_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "RETIRED", frozenset({RETIRED}))


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
        successor = (await offline.get(path)).json()
        assert successor["spec"]["level"] == "advanced"
        assert successor["engine_version"] == engine.CURRENT.version

    async def test_stores_a_session_of_its_programme(self, api: httpx.AsyncClient) -> None:
        answer = await api.put(f"/sessions/{new_id()}", json=a_session(program_id=RETIRED_ID))
        assert answer.status_code == 201
        assert answer.json()["next"] is None
        assert [note["code"] for note in answer.json()["data_notes"]] == ["program_engine_retired"]

    async def test_answers_404_if_the_engine_was_never_served(
        self, offline: httpx.AsyncClient
    ) -> None:
        unknown = program_ids.encode(make_spec(), RETIRED + 1)
        assert (await offline.get(f"/programs/{unknown}")).status_code == 404
