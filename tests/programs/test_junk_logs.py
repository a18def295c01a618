"""Tests with logs that are well-formed but make no sense: none of them causes a 5xx."""

import asyncio
import datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from app.main import create_app
from app.settings import Settings
from app.training import engine
from app.training.catalog.exercises import EXERCISES
from app.training.catalog.reasons import NOTE_SENTENCES
from app.training.planning.spec import Spec
from tests.athletes.journal_uploads import _WEEK
from tests.client import Json, a_session, a_set, caller
from tests.training.journal import Journal
from tests.training.strategies import specs

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"
IDS = [f"00000000-0000-4000-8000-{number:012}" for number in range(4)]
ZONES = st.sampled_from(["Z", "+14:00", "-12:00", "+05:45"])
SCORES = st.none() | st.integers(0, 10) | st.integers(0, 100_000).map(lambda n: n / 10_000)
WORDS = st.sampled_from(["calf", "knee", "", "hop", "\u202e", "x" * 100]).filter(bool)


@pytest.fixture(scope="module")
def service() -> FastAPI:
    """A service without a database: logs are folded, never stored."""
    return create_app(Settings(database_url=SecretStr(NOWHERE), access_log=False))


def call(service: FastAPI, path: str, body: Json | None = None) -> Json:
    """Return the answer to a POST, or to a GET if there is no body."""

    async def send() -> httpx.Response:
        async with caller(service) as client:
            return await (client.get(path) if body is None else client.post(path, json=body))

    answer = asyncio.run(send())
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def moments() -> st.SearchStrategy[str]:
    """Generate moments of any year, most of them during a programme."""
    near = st.dates(datetime.date(2000, 1, 1), datetime.date(2101, 1, 1))
    far = st.dates(datetime.date(2, 1, 1), datetime.date(9998, 1, 1))
    times = st.times().map(lambda time: time.isoformat("seconds"))
    return st.builds(lambda day, time, zone: f"{day}T{time}{zone}", near | far, times, ZONES)


def objects(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    """Generate objects with any of these fields."""
    return st.fixed_dictionaries({}, optional=fields)


def completed_sets() -> st.SearchStrategy[Json]:
    loads = st.none() | objects(unit=st.sampled_from(["kg", "lb"])).map(
        lambda load: {"value": 20.5, "unit": "kg", **load}
    )
    extra = objects(
        set_id=st.sampled_from(IDS),
        version=st.none() | st.integers(0, 2**53 - 1),
        side=st.sampled_from(["both", "left", "right", None]),
        set_index=st.none() | st.integers(0, 1000),
        reps=st.none() | st.integers(0, 30) | st.integers(0, 1000),
        load=loads,
        load_kg=st.none() | st.integers(0, 1000),
        duration_s=st.none() | st.integers(0, 60) | st.integers(0, 864_000).map(lambda n: n / 10),
        rir=SCORES,
        rpe=SCORES,
        pain=SCORES,
        kind=st.sampled_from(["work", "warmup"]),
    )
    exercises = st.sampled_from(sorted(EXERCISES)) | WORDS
    needed = st.fixed_dictionaries({"exercise": exercises, "performed_at": moments()})
    return st.builds(lambda one, other: one | other, needed, extra)


def completed_sessions() -> st.SearchStrategy[Json]:
    pain = st.fixed_dictionaries({"score": st.integers(0, 10)}, optional={"site": WORDS})
    extra = objects(
        session_id=st.sampled_from(IDS),
        version=st.none() | st.integers(0, 3),
        week=st.none() | st.integers(1, 52),
        session=st.none() | st.integers(1, 7),
        status=st.sampled_from(["in_progress", "completed", "partial", "abandoned"]),
        srpe=SCORES,
        morning_pain=st.none() | pain,
        red_flags=st.just([]) | st.lists(WORDS, max_size=1),
        sets=st.lists(completed_sets(), max_size=8),
    )
    needed = st.fixed_dictionaries({"started_at": moments()})
    return st.builds(lambda one, other: one | other, needed, extra)


def days() -> st.SearchStrategy[str | None]:
    return st.none() | st.dates().map(datetime.date.isoformat)


FIRST_MOMENT = a_session(
    started_at="0001-01-01T00:00:00Z", sets=[a_set(performed_at="0001-01-01T00:00:00Z")]
)
LAST_MOMENT = a_session(
    started_at="9999-12-31T23:59:59Z", sets=[a_set(performed_at="9999-12-31T23:59:59Z")]
)
WEST = Journal(timezone="America/New_York", start_date=datetime.date(2027, 3, 1)).spec
EAST = Journal(timezone="Pacific/Chatham", start_date=datetime.date(2027, 3, 1)).spec


class TestJunkLog:
    @settings(max_examples=40)
    @given(
        specs(continued=True),
        st.lists(completed_sessions(), max_size=8),
        days(),
        st.integers(-1, 52),
    )
    @example(WEST, [FIRST_MOMENT], None, -1)
    @example(EAST, [LAST_MOMENT], None, -1)
    @example(WEST, [{**FIRST_MOMENT, "sets": [], "red_flags": ["x"]}], "0001-01-01", -1)
    @example(EAST, [{**LAST_MOMENT, "sets": [], "red_flags": ["x"]}], "9999-12-31", -1)
    def test_gets_a_week_or_none(
        self,
        service: FastAPI,
        spec: Spec,
        log: list[Json],
        as_of: str | None,
        through: int,
    ) -> None:
        body = {"sessions": log, "as_of": as_of, "through_week": None if through < 0 else through}
        path = f"/programs/{engine.identify(spec).program_id}"
        found = call(service, f"{path}/adapt", body)
        assert (found["week"] is not None) == (found["status"] == "planned")
        assert (found["reason"] is not None) == (found["status"] == "blocked")
        assert found["next"] is None or found["status"] == "planned"
        assert {note["code"] for note in found["data_notes"]} <= NOTE_SENTENCES.keys()
        if found["week"] is not None:
            assert _WEEK.validate_python(found["week"]).index <= spec.weeks
        follower = call(service, f"{path}/continue", {**body, "cleared": True})["program_id"]
        assert call(service, f"/programs/{follower}")["status"] == "planned"
