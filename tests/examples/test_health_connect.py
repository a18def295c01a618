"""The Health Connect example against the service, in both directions."""

import copy
import datetime
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import httpx
import pytest

from examples import health_connect
from examples.health_connect import NAMESPACE, Companion
from tests.client import Json
from tests.processes import SECONDS, environment, serving

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "examples" / "health_connect.py"
FILE = ROOT / "examples" / "health_connect.json"
RECORDS: list[Json] = json.loads(FILE.read_text("utf-8"))["records"]
# Twelve weeks of a beginner, as in the README.
PROGRAM = "AgCZvl77"
FIRST, SECOND = (
    "5f0c2b9a-6d6e-4a53-9a0b-1f2e3d4c5b6a",
    str(uuid5(NAMESPACE, "org.example.companion/evening-2024-05-08")),
)


def make_companion(client: httpx.AsyncClient, program_id: str = PROGRAM) -> Companion:
    return Companion(client, "runner-1", program_id)


async def send(client: httpx.AsyncClient, *records: Json) -> list[str]:
    """Return the outcome of each record."""
    result = await make_companion(client).send(records or RECORDS)
    return [one["outcome"] for one in result["outcomes"]]


async def read(client: httpx.AsyncClient, session_id: str = FIRST) -> Json:
    answer = await client.get(f"/sessions/{session_id}")
    assert answer.status_code == 200, answer.text
    session: Json = answer.json()
    return session


def change_metadata(record: Json, **metadata: Any) -> Json:
    changed = copy.deepcopy(record)
    changed["metadata"] |= metadata
    return changed


def select_fields(sets: list[Json], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(one[name] for name in names) for one in sets]


async def fetch_first_session(companion: health_connect.Companion, week: int = 1) -> Json:
    """Return the first planned session of a week."""
    planned = await companion.fetch_planned(week, 1)
    assert planned is not None
    return planned


class TestSend:
    async def test_stores_every_set_with_its_exercise_and_side(
        self, api: httpx.AsyncClient
    ) -> None:
        assert await send(api) == ["created", "created"]
        session = await read(api)
        assert select_fields(session["sets"], "exercise", "side", "set_index", "reps") == [
            ("straight-leg-calf-raise", "both", 1, 15),
            ("straight-leg-calf-raise", "both", 2, 16),
            ("bent-knee-calf-raise", "both", 1, 15),
            ("bent-knee-calf-raise", "both", 2, 15),
            ("step-up", "left", 1, 15),
            ("step-up", "right", 1, None),
            ("step-up", "left", 2, 14),
            ("step-up", "right", 2, 13),
        ]
        assert [one["prescribed"]["reps"] for one in session["sets"]] == [15] * 8

    async def test_stores_the_session_s_own_fields(self, api: httpx.AsyncClient) -> None:
        await send(api)
        session = await read(api)
        assert (session["program_id"], session["week"], session["session"]) == (PROGRAM, 1, 1)
        assert (session["status"], session["version"]) == ("completed", 1)
        assert session["started_at"] == "2024-05-06T18:30:00+02:00"
        assert session["ended_at"] == "2024-05-06T18:45:40+02:00"
        assert session["source"] == "org.example.companion"
        device = {"manufacturer": "Example", "model": "Watch 1", "kind": "watch"}
        assert session["device"] == device

    async def test_stores_exertion_with_its_scale_and_times(self, api: httpx.AsyncClient) -> None:
        await send(api)
        first, *_, last = (await read(api))["sets"]
        assert (first["rpe"], first["rpe_scale"]) == (5, "borg-cr10")
        assert (last["rpe"], last["duration_s"]) == (8, 64)
        assert last["performed_at"] == "2024-05-06T18:44:36+02:00"

    async def test_guesses_neither_exercise_nor_side(self, api: httpx.AsyncClient) -> None:
        await send(api)
        session = await read(api, SECOND)
        assert session["status"] == "partial"
        assert select_fields(session["sets"], "exercise", "side") == [
            # Two of the four planned calf raises: they may be of either exercise.
            ("health_connect:65", None),
            ("health_connect:65", None),
            ("health_connect:36", None),
            ("step-up", "left"),
            ("step-up", "right"),
        ]
        assert [one["load_kg"] for one in session["sets"]] == [None, None, None, 5, 5]
        assert [one["rpe"] for one in session["sets"]] == [None, None, None, 7.5, 7.5]
        assert session["notes"] == "Rain, so lunges at home."

    async def test_changes_nothing_when_repeated(self, api: httpx.AsyncClient) -> None:
        await send(api)
        before = (await api.get("/sessions")).content
        assert await send(api) == ["unchanged", "unchanged"]
        assert (await api.get("/sessions")).content == before

    async def test_follows_the_versions_of_health_connect(self, api: httpx.AsyncClient) -> None:
        await send(api)
        better = change_metadata(RECORDS[0], clientRecordVersion=2)
        better["segments"][9]["repetitions"] = 15
        assert await send(api, better) == ["updated"]
        assert (await read(api))["sets"][5]["reps"] == 15
        assert await send(api, RECORDS[0]) == ["stale"]
        assert (await read(api))["sets"][5]["reps"] == 15

    async def test_returns_the_next_session(self, api: httpx.AsyncClient) -> None:
        result = await make_companion(api).send(RECORDS[:1])
        (following,) = result["next"]
        assert (following["next"]["week"], following["next"]["session"]) == (1, 2)

    async def test_stores_a_session_that_was_not_planned(self, api: httpx.AsyncClient) -> None:
        record = copy.deepcopy(RECORDS[0]) | {"title": "Evening"}
        assert await send(api, record) == ["created"]
        session = await read(api)
        assert session["program_id"] is None
        assert {one["exercise"] for one in session["sets"]} == {
            "health_connect:65",
            "health_connect:51",
        }


STEPS: list[Json] = [
    {"exercise": name, "side": side, "set": number, "health_connect": {"segment_code": code}}
    for name, side, number, code in [
        ("raise", "both", 1, 65),
        ("raise", "both", 2, 65),
        ("step-up", "left", 1, 51),
        ("step-up", "right", 1, 51),
    ]
]


def match_segments(*segments: tuple[int, int | None]) -> list[tuple[str, str | None] | None]:
    """Return the exercise and the side of each segment, which is given by its type and number."""
    sent = [
        {"segmentType": kind, "setIndex": index, "startTime": place}
        for place, (kind, index) in enumerate(segments)
    ]
    found = health_connect.match_steps(sent, STEPS)
    return [None if step is None else (step["exercise"], step["side"]) for _, step in found]


class TestMatchSteps:
    @pytest.mark.parametrize("indices", [(0, 1, 0, 0), (None,) * 4])
    def test_matches_as_many_segments_as_planned_in_their_order(
        self, indices: tuple[int | None, ...]
    ) -> None:
        assert match_segments(*zip((65, 65, 51, 51), indices, strict=True)) == [
            ("raise", "both"),
            ("raise", "both"),
            ("step-up", "left"),
            ("step-up", "right"),
        ]

    def test_guesses_no_side(self) -> None:
        assert match_segments((51, 0)) == [("step-up", None)]
        assert match_segments((65, None)) == [("raise", "both")]

    def test_guesses_no_exercise(self) -> None:
        assert match_segments((51, 5), (36, None)) == [None, None]


class TestDeriveId:
    def test_keeps_a_uuid(self) -> None:
        assert health_connect.derive_id(FIRST.upper(), "any.app") == FIRST

    def test_derives_a_uuid_from_any_other_id_and_the_app(self) -> None:
        ids = [health_connect.derive_id("workout-1", app) for app in ("a", "a", "b")]
        assert ids[0] == ids[1] != ids[2]
        assert UUID(ids[0]).version == 5


class TestReadMoment:
    @pytest.mark.parametrize(
        ("offset", "expected"),
        [
            ("+05:30", "2024-05-06T22:00:00+05:30"),
            ("-03:00", "2024-05-06T13:30:00-03:00"),
            ("Z", "2024-05-06T16:30:00+00:00"),
            (None, "2024-05-06T16:30:00+00:00"),
        ],
    )
    def test_keeps_the_offset(self, offset: str | None, expected: str) -> None:
        assert health_connect.read_moment("2024-05-06T16:30:00Z", offset).isoformat() == expected


class TestToPlannedRecord:
    TODAY = datetime.date(2024, 5, 6)

    async def test_returns_a_planned_exercise_session_record(self, api: httpx.AsyncClient) -> None:
        planned = await fetch_first_session(make_companion(api))
        record = health_connect.to_planned_record(planned, 7, self.TODAY)
        assert record["metadata"] == {"clientRecordId": planned["id"], "clientRecordVersion": 7}
        assert (record["exerciseType"], record["title"]) == (70, "Pushoff W1S1")
        assert (record["startDate"], record["duration"]) == ("2024-05-06", "PT19M")
        assert [len(block["steps"]) for block in record["blocks"]] == [4, 4, 5]
        work, rest = record["blocks"][2]["steps"][:3:2]
        assert work == {
            "exerciseType": 51,
            "exercisePhase": 3,
            "completionGoal": {"type": "RepetitionsGoal", "repetitions": 15},
            "performanceTargets": [{"type": "RateOfPerceivedExertionTarget", "rpe": 6}],
            "description": "Step-up, left: 15 to 20 reps",
        }
        assert rest == {
            "exerciseType": 44,
            "exercisePhase": 2,
            "completionGoal": {"type": "DurationGoal", "duration": "PT60S"},
            "performanceTargets": [],
            "description": "Rest 60 seconds",
        }

    async def test_has_the_date_and_the_loads_of_the_plan(self, api: httpx.AsyncClient) -> None:
        wish = {
            "start_date": "2027-03-01",
            "level": "advanced",
            "units": "imperial",
            "equipment": ["chair", "dumbbell"],
            "step_heights_cm": [18, 30, 40],
        }
        program_id = (await api.post("/programs", json=wish)).json()["program_id"]
        planned = await fetch_first_session(make_companion(api, program_id), 6)
        record = health_connect.to_planned_record(planned, 0, self.TODAY)
        assert record["startDate"] == planned["date"] >= "2027-03-01"
        loads = [
            target["mass"]
            for block in record["blocks"]
            for step in block["steps"]
            for target in step["performanceTargets"]
            if target["type"] == "WeightTarget"
        ]
        assert loads
        assert all(set(mass) == {"inPounds"} and mass["inPounds"] > 0 for mass in loads)

    async def test_is_recorded_and_sent_back_as_it_was_planned(
        self, api: httpx.AsyncClient
    ) -> None:
        planned = await fetch_first_session(make_companion(api))
        record = perform(health_connect.to_planned_record(planned, 0, self.TODAY))
        assert await send(api, record) == ["created"]
        session = await read(api, planned["id"])
        steps = health_connect.list_steps(planned)
        assert select_fields(session["sets"], "exercise", "side", "reps") == [
            (step["exercise"], step["side"], step["goal"]["reps"]) for step in steps
        ]
        assert session["status"] == "completed"


def perform(planned: Json) -> Json:
    """Return the record of a runner who did exactly what was planned."""
    start = datetime.datetime(2024, 5, 6, 16, 30, tzinfo=datetime.UTC)
    steps = [step for block in planned["blocks"] for step in block["steps"]]
    moments = [start + place * datetime.timedelta(minutes=1) for place in range(len(steps) + 1)]
    return {
        "metadata": planned["metadata"] | {"dataOrigin": {"packageName": "org.example"}},
        "title": planned["title"],
        "startTime": moments[0].isoformat(),
        "endTime": moments[-1].isoformat(),
        "segments": [
            {
                "startTime": begin.isoformat(),
                "endTime": end.isoformat(),
                "segmentType": step["exerciseType"],
                "repetitions": step["completionGoal"].get("repetitions", 0),
            }
            for step, begin, end in zip(steps, moments, moments[1:], strict=False)
        ],
    }


class TestCommand:
    def test_sends_and_plans(self, tmp_path: Path) -> None:
        with serving(tmp_path) as server:
            options = {
                "url": server.address,
                "token": server.key,
                "athlete": "runner-1",
                "program": PROGRAM,
            }
            named = [str(word) for name, value in options.items() for word in (f"--{name}", value)]
            sent = run_script(*named, "send", str(FILE))
            planned = run_script(*named, "plan", "--week", "1", "--session", "2", "--version", "3")
        assert [one["outcome"] for one in sent["outcomes"]] == ["created", "created"]
        assert planned["title"] == "Pushoff W1S2"
        assert planned["metadata"]["clientRecordVersion"] == 3


def run_script(*arguments: str) -> Json:
    """Return the JSON that the script prints."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *arguments],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=SECONDS,
    )
    printed: Json = json.loads(done.stdout)
    return printed
