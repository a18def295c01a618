"""An athlete with a programme and the watch of the example, for tests through proxies."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from tests.client import Json
from tests.examples.unreliable_proxy import UnreliableProxy
from tests.processes import SECONDS, RunningServer, environment

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "examples" / "watch_companion.py"
PERFORMED = "2024-05-06T18:35:00+02:00"


@dataclass(frozen=True, slots=True)
class Runner:
    """An athlete with a programme and a watch."""

    port: int
    key: str
    athlete_id: str
    program_id: str
    token: str
    journal: Path

    def get(self, path: str) -> Json:
        """Return what the tenant's app gets from the service, without the proxy."""
        headers = {"Authorization": f"Bearer {self.key}"}
        response = httpx.get(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        assert response.status_code == 200, response.text
        body: Json = response.json()
        return body

    @property
    def program_path(self) -> str:
        return f"/athletes/{self.athlete_id}/programs/{self.program_id}"

    def sessions(self) -> list[Json]:
        found: list[Json] = self.get(f"/sessions?athlete_id={self.athlete_id}")["items"]
        return found

    def steps(self, week: int = 1, session: int = 1) -> list[Json]:
        """Return the planned sets."""
        path = f"/programs/{self.program_id}/weeks/{week}/sessions/{session}/planned.json"
        blocks = self.get(path)["blocks"]
        return [step for block in blocks for step in block["steps"] if step["phase"] == "work"]

    def command(self, proxy: UnreliableProxy) -> list[str]:
        options = {
            "url": proxy.address,
            "token": self.token,
            "athlete": self.athlete_id,
            "program": self.program_id,
            "journal": str(self.journal),
            "pause": "0.002",
        }
        named = [word for name, value in options.items() for word in (f"--{name}", value)]
        return [sys.executable, str(SCRIPT), *named]

    def train(self, proxy: UnreliableProxy) -> subprocess.CompletedProcess[str]:
        """Run the watch from its start to its end."""
        return subprocess.run(
            self.command(proxy),
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )


def make_runner(server: RunningServer, folder: Path, **wish: Any) -> Runner:
    athlete_id = f"runner-{uuid4()}"
    assert server.key is not None
    headers = {"Authorization": f"Bearer {server.key}"}
    with httpx.Client(base_url=server.address, headers=headers) as app:
        program_id = app.post("/programs", json=wish).json()["program_id"]
        made = app.post(f"/athletes/{athlete_id}/tokens", json={"expires_in_days": 1})
        token = made.json()["token"]
    assert token.startswith("pusht_")
    journal = folder / "watch.journal"
    return Runner(server.port, server.key, athlete_id, program_id, token, journal)


Done = tuple[str, str, int, int | None, float | None]


def describe_sets(sets: list[Json]) -> list[Done]:
    """Return exercise, side and number of each set, with its repetitions or its seconds."""
    names = ("exercise", "side", "set_index", "reps", "duration_s")
    return [tuple(one[name] for name in names) for one in sets]


def describe_steps(steps: list[Json]) -> list[Done]:
    return [
        (one["exercise"], one["side"], one["set"], goal.get("reps"), goal.get("seconds"))
        for one in steps
        for goal in [one["goal"]]
    ]


def check_session_is_complete(runner: Runner) -> None:
    """Fail unless every planned set is stored once and the session is closed."""
    (session,) = runner.sessions()
    assert (session["week"], session["session"]) == (1, 1)
    assert session["status"] == "completed"
    assert session["ended_at"] >= session["started_at"]
    assert describe_sets(session["sets"]) == describe_steps(runner.steps())


def fields(runner: Runner) -> Json:
    return {name: getattr(runner, name) for name in runner.__slots__}


def make_set(step: Json) -> Json:
    asked = {name: step[name] for name in ("exercise", "side")}
    return asked | {
        "set_index": step["set"],
        "reps": step["goal"]["reps"],
        "performed_at": PERFORMED,
    }


def send(
    proxy: UnreliableProxy, runner: Runner, method: str, path: str, body: Json
) -> httpx.Response | None:
    """Return the response, or None if it was lost."""
    headers = {"Authorization": f"Bearer {runner.token}"}
    try:
        return httpx.request(method, proxy.address + path, json=body, headers=headers)
    except httpx.TransportError:
        return None


def send_until_answered(
    proxy: UnreliableProxy, runner: Runner, method: str, path: str, body: Json
) -> None:
    """Send a request until it is answered."""
    while (answer := send(proxy, runner, method, path, body)) is None:
        pass
    assert answer.is_success, answer.text
