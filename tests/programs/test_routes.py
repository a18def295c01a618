"""Tests of /programs: the same bytes by body, query and id, without a database."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from app.programs.schemas import SpecIn
from app.programs.spec_query import PARAMETERS
from app.training.catalog.track_definitions import TRACKS
from app.training.planning.start_checks import CLIENT_FIELDS
from tests.client import Json, caller, opened, read_problem
from tests.programs.spec_samples import ALL_CORE, BLOCKED, SPECS, specs, to_query

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"
PROGRAM_CACHE = "public, max-age=86400, stale-while-revalidate=604800"


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """A client without a key of a service without a database."""
    async with opened(NOWHERE) as app, caller(app) as offline:
        yield offline


class TestSpecs:
    def test_contains_every_field(self) -> None:
        used = {name for spec in SPECS + BLOCKED for name in spec}
        assert used == set(SpecIn.model_fields)

    def test_contains_every_parameter(self) -> None:
        used = {name for spec in SPECS + BLOCKED for name, _ in to_query(spec)}
        # All tracks have the same fields in `start`, so each field of one track is enough.
        kept = {name.split(".")[-1] for name in used if name.startswith("start.")}
        assert kept == set(CLIENT_FIELDS)
        unused = {parameter["name"] for parameter in PARAMETERS} - used
        assert [name for name in unused if not name.startswith("start.")] == []

    def test_contains_no_parameter_for_what_only_continue_writes(self) -> None:
        of_start = [p["name"] for p in PARAMETERS if p["name"].startswith("start.")]
        assert of_start == [f"start.{track}.{name}" for track in TRACKS for name in CLIENT_FIELDS]


class TestGetProgram:
    @specs
    async def test_is_the_same_by_body_query_and_id(
        self, spec: Json, client: httpx.AsyncClient
    ) -> None:
        posted = await client.post("/programs", json=spec)
        assert (posted.status_code, posted.json()["status"]) == (200, "planned")
        queried = await client.get("/programs", params=httpx.QueryParams(tuple(to_query(spec))))
        again = await client.get(f"/programs/{posted.json()['program_id']}")
        assert posted.content == queried.content == again.content
        assert len({a.headers["etag"] for a in (posted, queried, again)}) == 1
        place = f"/programs/{posted.json()['program_id']}"
        assert posted.headers["content-location"] == queried.headers["content-location"] == place

    async def test_has_another_id_for_every_spec(self, client: httpx.AsyncClient) -> None:
        ids = [(await client.post("/programs", json=s)).json()["program_id"] for s in SPECS]
        assert len(set(ids)) == len(SPECS)

    @specs
    async def test_is_the_same_without_the_cache(
        self, spec: Json, client: httpx.AsyncClient
    ) -> None:
        posted = await client.post("/programs", json=spec)
        async with opened(NOWHERE, program_cache_mb=0) as app, caller(app) as forgetful:
            again = await forgetful.get(posted.headers["content-location"])
        assert again.content == posted.content

    async def test_is_cached_for_a_day_under_its_id(self, client: httpx.AsyncClient) -> None:
        place = (await client.post("/programs", json={})).headers["content-location"]
        answer = await client.get(place)
        assert answer.headers["cache-control"] == PROGRAM_CACHE
        assert answer.headers["content-type"] == "application/json"
        same = {"If-None-Match": answer.headers["etag"]}
        again = await client.get(place, headers=same)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == answer.headers["etag"]
        assert again.headers["cache-control"] == PROGRAM_CACHE

    async def test_is_cached_for_minutes_as_a_preview(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/programs?weeks=6")
        assert answer.headers["cache-control"] == "public, max-age=300"
        again = await client.get(
            "/programs?weeks=6", headers={"If-None-Match": answer.headers["etag"]}
        )
        assert (again.status_code, again.content) == (304, b"")

    async def test_answers_404_to_a_damaged_id(self, client: httpx.AsyncClient) -> None:
        program_id = (await client.post("/programs", json={"weeks": 7})).json()["program_id"]
        for place in range(len(program_id)):
            other = "A" if program_id[place] != "A" else "B"
            damaged = program_id[:place] + other + program_id[place + 1 :]
            read_problem(await client.get(f"/programs/{damaged}"), 404, "not-found")
        for damaged in (program_id[:-1], f"{program_id}A", program_id.lower(), "x" * 401):
            read_problem(await client.get(f"/programs/{damaged}"), 404, "not-found")


class TestGetProgramWeekAndSession:
    @pytest.mark.parametrize("spec", [{"weeks": 4}, {**ALL_CORE, "weeks": 4}], ids=json.dumps)
    async def test_is_the_same_as_in_the_programme(
        self, spec: Json, client: httpx.AsyncClient
    ) -> None:
        whole = (await client.post("/programs", json=spec)).json()
        place = f"/programs/{whole['program_id']}"
        for week in whole["weeks"]:
            part = await client.get(f"{place}/weeks/{week['index']}")
            details = part.json().pop("exercise_details")
            assert part.json() == {**week, "exercise_details": details}
            assert part.headers["cache-control"] == PROGRAM_CACHE
            for session in week["sessions"]:
                address = f"{place}/weeks/{week['index']}/sessions/{session['index']}"
                found = (await client.get(address)).json()
                assert found == {**session, "exercise_details": found["exercise_details"]}

    async def test_is_complete_in_itself(self, client: httpx.AsyncClient) -> None:
        whole = (await client.post("/programs", json={**ALL_CORE, "weeks": 8})).json()
        place = f"/programs/{whole['program_id']}/weeks/7"
        week = (await client.get(place)).json()
        session = (await client.get(f"{place}/sessions/2")).json()
        for part, exercises in (
            (week, [e for one in week["sessions"] for e in one["exercises"]]),
            (session, session["exercises"]),
        ):
            slugs = list(dict.fromkeys(exercise["slug"] for exercise in exercises))
            assert list(part["exercise_details"]) == slugs
            for slug in slugs:
                assert part["exercise_details"][slug] == whole["exercise_details"][slug]

    async def test_finds_a_session_by_its_place_in_the_full_week(
        self, client: httpx.AsyncClient
    ) -> None:
        # The race on Sunday takes the Friday before it, and the Monday and Wednesday after it.
        spec = {
            "start_date": "2027-03-01",
            "weekdays": [0, 2, 4],
            "races": [{"date": "2027-03-14", "taper": False}],
            "weeks": 3,
        }
        whole = (await client.post("/programs", json=spec)).json()
        places = [[one["index"] for one in week["sessions"]] for week in whole["weeks"]]
        assert places == [[1, 2, 3], [1, 2], [3]]
        place = f"/programs/{whole['program_id']}/weeks/3/sessions"
        assert (await client.get(f"{place}/3")).json()["date"] == "2027-03-19"
        gone = read_problem(await client.get(f"{place}/1"), 404, "not-found")
        assert gone["detail"] == "The week has the sessions 3."

    async def test_answers_304_to_a_current_etag(self, client: httpx.AsyncClient) -> None:
        program_id = (await client.post("/programs", json={})).json()["program_id"]
        for part in ("weeks/1", "weeks/1/sessions/1"):
            first = await client.get(f"/programs/{program_id}/{part}")
            named = {"If-None-Match": first.headers["etag"]}
            again = await client.get(f"/programs/{program_id}/{part}", headers=named)
            assert (again.status_code, again.content) == (304, b"")

    async def test_answers_404_outside_of_the_programme(self, client: httpx.AsyncClient) -> None:
        whole = (await client.post("/programs", json={"weeks": 4})).json()
        place, days = f"/programs/{whole['program_id']}", len(whole["weeks"][3]["sessions"])
        assert (await client.get(f"{place}/weeks/4/sessions/{days}")).status_code == 200
        for part in ("weeks/5", f"weeks/4/sessions/{days + 1}", "weeks/100", "week/1", "weeks"):
            read_problem(await client.get(f"{place}/{part}"), 404, "not-found")
        for part in ("weeks/0", "weeks/101", "weeks/4/sessions/0", "weeks/x"):
            read_problem(await client.get(f"{place}/{part}"), 422, "validation-failed")

    async def test_answers_404_to_an_unknown_id(self, client: httpx.AsyncClient) -> None:
        for part in ("weeks/1", "weeks/1/sessions/1"):
            read_problem(await client.get(f"/programs/x/{part}"), 404, "not-found")


class TestBlocked:
    @pytest.mark.parametrize("spec", BLOCKED, ids=json.dumps)
    async def test_has_a_reason_and_is_not_cached(
        self, spec: Json, client: httpx.AsyncClient
    ) -> None:
        posted = await client.post("/programs", json=spec)
        queried = await client.get("/programs", params=httpx.QueryParams(tuple(to_query(spec))))
        assert posted.content == queried.content
        for answer in (posted, queried):
            body = answer.json()
            assert (answer.status_code, body["status"]) == (200, "blocked")
            assert {"code", "sentence", "evidence", "disclaimers"} <= set(body)
            assert not {"program_id", "weeks"} & set(body)
            assert answer.headers["cache-control"] == "no-store"
            assert not {"etag", "content-location"} & set(answer.headers)


class TestDatabase:
    async def test_is_not_used(self, client: httpx.AsyncClient) -> None:
        # The control: a route that needs the database reports that it is missing.
        answer = await client.get("/readyz")
        read_problem(answer, 503, "database-unavailable")
