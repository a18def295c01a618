"""Tests of /evidence: the findings behind the ids in every reason, and how far each was checked."""

from collections.abc import AsyncIterator

import httpx
import pytest

from app.evidence.schemas import split_status
from app.main import create_app
from app.settings import Settings
from tests.training.week_reasons import list_sent_reasons


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(Settings(access_log=False)))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as opened:
        yield opened


class TestListEvidence:
    async def test_contains_every_id_that_a_programme_cites(
        self, client: httpx.AsyncClient
    ) -> None:
        listed = {row["id"] for row in (await client.get("/evidence")).json()["items"]}
        spec = {"core": ["side_plank", "bridge", "plank"]}
        programme = (await client.post("/programs", json=spec)).json()
        reasons = [
            reason for week in programme["weeks"] for reason in list_sent_reasons(week).values()
        ]
        cited = {one for reason in reasons + programme["notices"] for one in reason["evidence"]}
        assert {"EV-03", "EV-45", "EV-57"} <= cited
        assert cited <= listed

    async def test_cites_a_source_only_if_it_was_checked(self, client: httpx.AsyncClient) -> None:
        for row in (await client.get("/evidence")).json()["items"]:
            checked = {"verified", "as reported"} & set(row["status"])
            assert (row["source"] is not None) == bool(checked), row["id"]
            assert row["status"], row["id"]


class TestGetEvidence:
    @pytest.mark.parametrize("name", ["EV-44", "EV-77"])
    async def test_marks_an_engineering_choice(self, name: str, client: httpx.AsyncClient) -> None:
        row = (await client.get(f"/evidence/{name}")).json()
        assert (row["status"], row["source"]) == (["engineering choice"], None)

    async def test_hides_the_source_of_what_is_only_remembered(
        self, client: httpx.AsyncClient
    ) -> None:
        for name in ("EV-41", "EV-73", "EV-75"):
            row = (await client.get(f"/evidence/{name}")).json()
            assert (row["status"], row["source"]) == (["unverified"], None)

    async def test_answers_404_to_an_unknown_id(self, client: httpx.AsyncClient) -> None:
        assert (await client.get("/evidence/EV-99")).status_code == 404

    async def test_answers_304_to_a_current_etag(self, client: httpx.AsyncClient) -> None:
        tag = (await client.get("/evidence/EV-01")).headers["etag"]
        again = await client.get("/evidence/EV-01", headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")


class TestSplitStatus:
    @pytest.mark.parametrize(
        ("status", "marks"),
        [
            ("V", {"V"}),
            ("V (abstract, several copies)", {"V"}),
            ("M / V2", {"M", "V2"}),
            ("V (abstract) + V2 (decade table)", {"V", "V2"}),
        ],
    )
    def test_finds_the_marks_among_other_words(self, status: str, marks: set[str]) -> None:
        assert {"V", "V2", "M", "E"} & split_status(status) == marks
