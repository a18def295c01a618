"""Tests of /reasons: every code, its sentences and their params, and its ETags."""

from collections.abc import AsyncIterator

import httpx
import pytest

from app.main import create_app
from app.settings import Settings
from app.training.catalog import reasons
from tests.client import Json, read_problem
from tests.training.week_reasons import list_sent_reasons


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(Settings(access_log=False)))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as opened:
        yield opened


async def list_codes(client: httpx.AsyncClient) -> list[Json]:
    items: list[Json] = (await client.get("/reasons")).json()["items"]
    return items


class TestListReasons:
    async def test_contains_every_code_of_the_catalogue(self, client: httpx.AsyncClient) -> None:
        codes = [item["code"] for item in await list_codes(client)]
        assert codes == [rule.code for rule in reasons.list_reasons()]

    async def test_contains_each_code_as_at_its_own_url(self, client: httpx.AsyncClient) -> None:
        for item in await list_codes(client):
            assert (await client.get(f"/reasons/{item['code']}")).json() == item

    async def test_cites_evidence_that_can_be_read(self, client: httpx.AsyncClient) -> None:
        listed = {row["id"] for row in (await client.get("/evidence")).json()["items"]}
        for item in await list_codes(client):
            for wording in (item, *item["variants"].values()):
                assert set(wording["evidence"]) <= listed
                assert wording["basis"] == reasons.find_basis(wording["evidence"])

    async def test_contains_every_code_of_a_programme(self, client: httpx.AsyncClient) -> None:
        known = {item["code"]: item for item in await list_codes(client)}
        programme = (await client.post("/programs", json={"core": ["plank"]})).json()
        told = [one for week in programme["weeks"] for one in list_sent_reasons(week).values()]
        assert told
        for reason in told + programme["notices"]:
            rule = known[reason["code"]]
            wordings = [rule, *rule["variants"].values()]
            templates = [one[key] for one in wordings for key in ("planned", "earned") if one[key]]
            params = _Blank(reason.get("params", {}))
            filled = [template.format_map(params) for template in templates]
            assert reason["sentence"] in filled


class _Blank(dict[str, object]):
    """The params of a reason; what another variant names and this one does not is left blank."""

    def __missing__(self, _name: str) -> str:
        return ""


class TestGetReason:
    async def test_returns_both_sentences_with_their_params(
        self, client: httpx.AsyncClient
    ) -> None:
        assert (await client.get("/reasons/ADD_REPS")).json() == {
            "code": "ADD_REPS",
            "kind": "reason",
            "change": "reps up",
            "earned": "That went well, so each set goes to {dose}.",
            "planned": "If these sets go well, each set goes to {dose}.",
            "params": ["dose"],
            "evidence": ["EV-01"],
            "basis": "evidence",
            "variants": {},
        }

    async def test_returns_the_sentences_of_special_situations(
        self, client: httpx.AsyncClient
    ) -> None:
        found = (await client.get("/reasons/BELOW_TARGET_REGRESS")).json()
        assert set(found["variants"]) == {"rung", "load", "by_feel", "floor"}
        assert found["planned"] is None
        blocked = (await client.get("/reasons/CLEARANCE_REQUIRED")).json()
        assert set(blocked["variants"]) == {"warning_sign_logged", "pain_came_back"}

    async def test_answers_404_to_an_unknown_code(self, client: httpx.AsyncClient) -> None:
        for code in ("PARTIAL_WEEK_REPEAT", "add_reps", "x"):
            read_problem(await client.get(f"/reasons/{code}"), 404, "not-found")


class TestEtag:
    @pytest.mark.parametrize("path", ["/reasons", "/reasons/START"])
    async def test_is_answered_with_304_the_second_time(
        self, path: str, client: httpx.AsyncClient
    ) -> None:
        first = await client.get(path)
        again = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        for answer in (first, again):
            assert answer.headers["cache-control"] == "public, max-age=300, must-revalidate"
            assert answer.headers["access-control-allow-origin"] == "*"
