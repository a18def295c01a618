"""Tests of /livez and /readyz."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from app.web.http.shutdown_flag import Draining
from app.web.monitoring.health import ReadinessCheck
from tests.client import caller, opened, read_problem


class TestLiveness:
    async def test_does_not_need_a_database(self) -> None:
        async with opened("postgresql://nobody@127.0.0.1:1/x") as app, caller(app) as client:
            assert (await client.get("/livez")).json() == {"status": "ok"}


class TestReadiness:
    async def test_is_200_with_a_migrated_database(self, anyone: httpx.AsyncClient) -> None:
        answer = await anyone.get("/readyz")
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})

    @pytest.mark.parametrize("kind", ["empty", "older", "newer"])
    async def test_is_503_with_another_schema(
        self, kind: str, sqlite_url: str, tmp_path: Path
    ) -> None:
        url = f"sqlite:///{tmp_path}/empty.db" if kind == "empty" else sqlite_url
        if kind != "empty":
            revision = {"older": "200001010000", "newer": "999901010000"}[kind]
            with sqlite3.connect(url.removeprefix("sqlite:///")) as file:
                file.execute("UPDATE alembic_version SET version_num = ?", [revision])
            file.close()
        async with opened(url) as app, caller(app) as client:
            answer = await client.get("/readyz")
        body = read_problem(answer, 503, "database-unavailable")
        assert "pushoff migrate" in body["detail"]
        assert answer.headers["retry-after"]

    async def test_is_503_while_the_database_is_locked(self, sqlite_url: str) -> None:
        async with opened(sqlite_url) as app, caller(app) as client:
            assert (await client.get("/readyz")).status_code == 200
            other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            read_problem(await client.get("/readyz"), 503, "database-unavailable")
            assert (await client.get("/livez")).status_code == 200
            other.close()
            assert (await client.get("/readyz")).status_code == 200

    async def test_asks_the_database_once_for_all_within_a_second(self, sqlite_url: str) -> None:
        async with opened(sqlite_url, monitoring_cache_s=60) as app, caller(app) as client:
            database = app.state.resources.database
            asked = 0
            check_writable = database.check_writable

            async def count() -> None:
                nonlocal asked
                asked += 1
                await check_writable()

            database.check_writable = count
            answers = await asyncio.gather(*(client.get("/readyz") for _ in range(5)))
            answers.append(await client.get("/readyz"))
            assert [answer.status_code for answer in answers] == [200] * 6
        assert asked == 1

    async def test_keeps_a_failure_no_longer_than_the_setting(self, sqlite_url: str) -> None:
        async with opened(sqlite_url, monitoring_cache_s=60) as app, caller(app) as client:
            other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            read_problem(await client.get("/readyz"), 503, "database-unavailable")
            other.close()
            read_problem(await client.get("/readyz"), 503, "database-unavailable")
            app.state.readiness = ReadinessCheck(app.state.resources.database, 0)
            assert (await client.get("/readyz")).status_code == 200

    async def test_is_503_after_sigterm(self, sqlite_url: str) -> None:
        received: list[int] = []
        before = signal.signal(signal.SIGTERM, lambda number, _: received.append(number))
        try:
            async with opened(sqlite_url) as app, caller(app) as client:
                signal.raise_signal(signal.SIGTERM)
                answer = await client.get("/readyz")
                assert (await client.get("/livez")).status_code == 200
            read_problem(answer, 503, "shutting-down")
            assert answer.headers["retry-after"] == "1"
            # The previous handler, such as the server's, is still called, now and later.
            assert received == [signal.SIGTERM]
            signal.raise_signal(signal.SIGTERM)
            assert len(received) == 2
        finally:
            signal.signal(signal.SIGTERM, before)


class TestDraining:
    def test_lets_the_process_end_if_there_is_no_other_handler(self) -> None:
        program = (
            "import signal\n"
            "from app.web.http.shutdown_flag import Draining\n"
            "with Draining().watch():\n"
            "    signal.raise_signal(signal.SIGTERM)\n"
            "print('still there')\n"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
        assert (done.returncode, done.stdout) == (-signal.SIGTERM, b"")

    def test_is_not_set_at_first(self, sqlite_app: FastAPI) -> None:
        assert not Draining().is_set
        assert not sqlite_app.state.resources.draining.is_set
