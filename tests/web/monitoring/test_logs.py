"""Tests of the log of a real server: a line of JSON for each request, without personal data."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.client import Json, a_session, a_set, new_id, read_problem
from tests.processes import SECONDS, RunningServer, serving

CANARY = "c4n4ry"
BREAKING = a_session(athlete_id=CANARY, notes=CANARY, sets=[a_set(exercise=CANARY)])
"""A session that needs the table of sets."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("logs")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[RunningServer]:
    with serving(folder, cursor_secret=f"{CANARY}-{'x' * 32}") as running:
        yield running


@pytest.fixture(scope="module")
def responses(server: RunningServer, folder: Path) -> list[httpx.Response]:
    """Responses to requests of all kinds, each with a value that the log must not contain. The last
    request fails in the database, because a table is missing.
    """
    key, path = str(server.key), f"/sessions/{CANARY}"
    with httpx.Client(base_url=server.address, timeout=SECONDS) as client:
        client.headers["X-Forwarded-For"] = f"{CANARY}, 192.0.2.1"
        program_id = client.post("/programs", json={"age": 47}).json()["program_id"]
        answers = [client.get(f"/programs/{program_id}"), client.get(f"/{CANARY}")]
        answers.append(client.get("/sessions", headers={"Authorization": f"Bearer {CANARY}"}))
        client.headers["Authorization"] = f"Bearer {key}"
        sent = a_session(athlete_id=CANARY, notes=CANARY, source=CANARY, device={CANARY: CANARY})
        session_id = new_id()
        answers += [
            client.put(f"/sessions/{session_id}", json=sent),
            client.put(f"/sessions/{session_id}", json=sent, headers={"If-Match": CANARY}),
            client.get("/sessions", params={"athlete_id": CANARY, "limit": CANARY}),
            client.get(path),
            client.post("/sessions", json={"athlete_id": CANARY, "started_at": CANARY}),
            client.get("/sessions", params={"cursor": CANARY}),
        ]
        with sqlite3.connect(folder / "pushoff.db") as file:
            file.execute("ALTER TABLE sets RENAME TO gone")
        file.close()
        answers.append(client.put(f"/sessions/{new_id()}", json=BREAKING))
    return answers


@pytest.fixture(scope="module")
def lines(responses: list[httpx.Response], server: RunningServer) -> list[Json]:
    assert [answer.status_code for answer in responses] == [
        200, 404, 401, 201, 412, 422, 422, 422, 400, 500,
    ]  # fmt: skip
    server.stop()
    return [json.loads(line) for line in server.log.read_text().splitlines()]


class TestLog:
    def test_has_a_line_for_each_request(
        self, lines: list[Json], responses: list[httpx.Response]
    ) -> None:
        by_id = {line["request_id"]: line for line in lines if line["event"] == "request"}
        for answer in responses:
            line = by_id[answer.headers["x-request-id"]]
            assert (line["status"], line["method"]) == (
                answer.status_code,
                answer.request.method,
            )
            assert line["ms"] > 0
            assert line["level"] == "info"
            assert line["timestamp"].endswith("Z")

    def test_contains_route_templates(self, lines: list[Json]) -> None:
        routes = {line["route"] for line in lines if line["event"] == "request"}
        assert routes == {
            "/programs", "/programs/{program_id}", "(no route)", "/sessions",
            "/sessions/{session_id}",
        }  # fmt: skip

    def test_contains_no_key_no_body_and_no_id(
        self, lines: list[Json], responses: list[httpx.Response], server: RunningServer
    ) -> None:
        text = server.log.read_text()
        secret = str(server.key).split("_")[2]
        for private in (CANARY, secret, responses[0].json()["program_id"], "192.0.2.1"):
            assert private not in text
        assert lines

    def test_contains_the_stack_trace_of_an_exception_without_values(
        self, lines: list[Json], responses: list[httpx.Response]
    ) -> None:
        (broken,) = [line for line in lines if line["event"] == "broke"]
        assert broken["request_id"] == responses[-1].headers["x-request-id"]
        assert broken["level"] == "error"
        assert "Traceback (most recent call last)" in broken["exception"]
        assert "no such table: sets" in broken["exception"]
        body = read_problem(responses[-1], 500, "internal-error")
        assert body["detail"] == "Internal error."
        assert "sets" not in responses[-1].text.replace(body["instance"], "")

    @pytest.mark.parametrize("log_format", ["json", "console"])
    def test_contains_no_local_variables_in_any_format(self, log_format: str) -> None:
        program = (
            "import structlog\n"
            "from app.settings import Settings\n"
            "from app.web.monitoring import logs\n"
            f"logs.configure(Settings(log_format={log_format!r}))\n"
            "try:\n"
            "    secret = 'c4n4' + 'ry'\n"
            "    raise RuntimeError('broken')\n"
            "except RuntimeError:\n"
            "    structlog.get_logger().exception('broke')\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )
        assert "RuntimeError: broken" in done.stderr
        assert CANARY not in done.stderr
        assert done.stdout == ""
