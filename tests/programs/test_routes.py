"""Tests of /programs: the same bytes by body, query and id, without a database."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.programs.schemas import SpecIn
from app.programs.spec_query import PARAMETERS
from tests.client import Json, caller, opened, pointers, read_problem

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"
PROGRAM_CACHE = "public, max-age=86400, stale-while-revalidate=604800"

# Together they have every field of a spec, each with a value that changes the programme.
SPECS: list[Json] = [
    {},
    {"weeks": 5},
    {"days_per_week": 4},
    {"weekdays": [1, 3, 5]},
    {"level": "advanced", "ramp": "direct"},
    {"heel_rise_test": {"left": 18, "right": 25}},
    {"heel_rise_test": {"left": 8, "right": 9, "surface": "wedge", "date": "2026-04-30"}},
    {"age": 47, "sex": "female"},
    {"step_heights_cm": [15, 30, 46]},
    {"step_heights_cm": []},
    {"step_heights_in": [7.5, 12]},
    {"equipment": ["chair", "dumbbell"], "load_increment": 2.5, "body_mass": 71.25},
    {"equipment": []},
    {"units": "imperial", "body_mass": 150},
    {"start_date": "2026-05-04"},
    {"start_date": "2026-05-04", "race_date": "2026-06-28", "timezone": "Europe/Berlin"},
    {"run_schedule": ["rest", "easy", "hard", "rest", "easy", "long", "rest"]},
    {"pain_now": 2, "injury_last_3_months": True},
    {"avoid_below_level": True, "session_minutes": 30, "deload_every": 0},
    {"start": {"full_volume": True}},
    {
        "equipment": ["kettlebell"],
        "load_increment": 2.5,
        "start": {
            "straight_knee": {"rung": 7, "reps": 9, "load": 12.5},
            "bent_knee": {"rung": 2, "reps": 12},
            "step_up": {"rung": 2, "reps": 10},
        },
    },
]
BLOCKED: list[Json] = [
    {"pain_now": 6},
    {"red_flags": ["hot_swollen_calf"]},
    {"red_flags": ["something_that_we_do_not_know"]},
]
specs = pytest.mark.parametrize("spec", SPECS, ids=json.dumps)


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """A client without a key of a service without a database."""
    async with opened(NOWHERE) as app, caller(app) as offline:
        yield offline


def to_query(value: Any, name: str = "") -> list[tuple[str, str]]:
    """Return a spec as query parameters: dots for objects, repeated names for lists."""
    if isinstance(value, dict):
        dot = f"{name}." if name else ""
        return [pair for key, part in value.items() for pair in to_query(part, f"{dot}{key}")]
    if isinstance(value, list):
        return [pair for part in value for pair in to_query(part, name)] or [(name, "")]
    return [(name, value if isinstance(value, str) else json.dumps(value))]


class TestSpecs:
    def test_contains_every_field(self) -> None:
        used = {name for spec in SPECS + BLOCKED for name in spec}
        assert used == set(SpecIn.model_fields)

    def test_contains_every_parameter(self) -> None:
        used = {name for spec in SPECS + BLOCKED for name, _ in to_query(spec)}
        unused = {parameter["name"] for parameter in PARAMETERS} - used
        # All three tracks have the same three fields; the load of one track is enough.
        assert unused == {"start.bent_knee.load", "start.step_up.load"}


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
        for damaged in (program_id[:-1], f"{program_id}A", program_id.lower(), "x" * 201):
            read_problem(await client.get(f"/programs/{damaged}"), 404, "not-found")


class TestGetProgramWeekAndSession:
    async def test_is_the_same_as_in_the_programme(self, client: httpx.AsyncClient) -> None:
        whole = (await client.post("/programs", json={"weeks": 4})).json()
        place = f"/programs/{whole['program_id']}"
        for week in whole["weeks"]:
            part = await client.get(f"{place}/weeks/{week['index']}")
            assert part.json() == week
            assert part.headers["cache-control"] == PROGRAM_CACHE
            for number, session in enumerate(week["sessions"], 1):
                address = f"{place}/weeks/{week['index']}/sessions/{number}"
                assert (await client.get(address)).json() == session

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


class TestRejectedSpec:
    @pytest.mark.parametrize(
        ("spec", "where"),
        [
            ({"weeks": 0}, "weeks"),
            ({"week": 3}, "week"),
            ({"level": "pro"}, "level"),
            ({"heel_rise_test": {"left": 20}}, "heel_rise_test/right"),
            ({"heel_rise_test": {"left": 20, "right": 201}}, "heel_rise_test/right"),
            ({"weekdays": [0, 7]}, "weekdays/1"),
            ({"weekdays": []}, "weekdays"),
            ({"race_date": "2026-05-03"}, "race_date"),
            ({"start_date": "2026-05-04", "race_date": "2026-05-03"}, "race_date"),
            ({"start_date": "2026-02-30"}, "start_date"),
            ({"step_heights_cm": [18], "step_heights_in": [7]}, "step_heights_in"),
            ({"body_mass": 29}, "body_mass"),
            ({"deload_every": 2}, "deload_every"),
            ({"timezone": "Mars/Olympus"}, "timezone"),
            ({"age": 12}, "age"),
            ({"run_schedule": ["easy"] * 6}, "run_schedule"),
            ({"start": {"step_up": {"rung": 9, "reps": 9}}}, "start/step_up/rung"),
        ],
        ids=json.dumps,
    )
    async def test_points_at_the_field(
        self, spec: Json, where: str, client: httpx.AsyncClient
    ) -> None:
        problem = read_problem(await client.post("/programs", json=spec), 422, "validation-failed")
        assert pointers(problem) == [f"/{where}"]

    async def test_names_the_parameter_in_a_query(self, client: httpx.AsyncClient) -> None:
        for query, where in (
            ("weeks=0", "weeks"),
            ("weeks=1.5", "weeks"),
            ("weeks=%2B5", "weeks"),
            ("weeks=", "weeks"),
            ("heel_rise_test.left=20", "heel_rise_test.right"),
            ("injury_last_3_months=yes", "injury_last_3_months"),
            ("body_mass=1e2", "body_mass"),
            ("race_date=2026-05-03", "race_date"),
        ):
            answer = await client.get(f"/programs?{query}")
            assert pointers(read_problem(answer, 422, "validation-failed")) == [where]

    async def test_is_not_cached(self, client: httpx.AsyncClient) -> None:
        answer = await client.post("/programs", json={"weeks": 0})
        assert answer.headers["cache-control"] == "no-store"


class TestDatabase:
    async def test_is_not_used(self, client: httpx.AsyncClient) -> None:
        # The control: a route that needs the database reports that it is missing.
        answer = await client.get("/readyz")
        read_problem(answer, 503, "database-unavailable")
