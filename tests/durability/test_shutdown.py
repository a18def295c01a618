"""SIGTERM while companions write: every answer is whole, and what was acknowledged is there."""

import json
import signal
import time
from pathlib import Path

import pytest

from tests import processes
from tests.durability.author import Author
from tests.durability.companions import SECONDS, Crowd, Door
from tests.durability.diary import compare
from tests.durability.nursery import Home, Nursery

GRACE_S = 5


class TestSigterm:
    def test_loses_nothing_and_breaks_off_no_answer(
        self, servers: Nursery, durable_url: str, tmp_path: Path, seed: int
    ) -> None:
        settings = {"database_url": durable_url, "graceful_shutdown_s": GRACE_S}
        with processes.serving(tmp_path, **settings) as server:
            assert server.key
            door = Door(server.port, server.key)
            with Crowd(door, seed) as crowd:
                crowd.tally.await_more(50)
                began = time.monotonic()
                code = server.stop()
                took = time.monotonic() - began
                diaries = crowd.halt()
        assert (code, took < GRACE_S) == (0, True), server.log.read_text()
        assert [torn for diary in diaries for torn in diary.torn] == []
        home = Home(servers, durable_url, server.key)
        home.start()
        assert compare(diaries, home.door.sessions()) == []
        home.stop()

    @pytest.mark.parametrize("options", [(), ("--workers=2",)])
    def test_stops_whatever_is_not_up_yet(self, options: tuple[str, ...], tmp_path: Path) -> None:
        # It listens by now, and imports the service.
        for _ in range(2):
            with processes.serving(tmp_path, *options) as server:
                assert server.stop() == 0, server.log.read_text()

    def test_answers_the_request_whose_body_is_still_on_its_way(
        self, sqlite_url: str, tmp_path: Path, seed: int
    ) -> None:
        write = Author("slow", seed, []).put()
        body = json.dumps(write.body).encode()
        with processes.serving(tmp_path, database_url=sqlite_url) as server:
            assert server.key
            door = Door(server.port, server.key)
            connection = door.connect()
            connection.putrequest(write.method, write.path)
            for name, value in door.headers().items():
                connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body[:10])
            assert door.get("/livez")["status"] == "ok"
            server.process.send_signal(signal.SIGTERM)
            await_refusal(door)
            connection.send(body[10:])
            answer = connection.getresponse()
            assert (answer.status, json.loads(answer.read())["outcome"]) == (201, "created")
            connection.close()
            assert server.process.wait(SECONDS) == 0


def await_refusal(door: Door) -> None:
    """Return when the server takes no new connection."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        connection = door.connect()
        try:
            connection.connect()
        except (ConnectionRefusedError, ConnectionResetError):
            return
        finally:
            connection.close()
    raise AssertionError("the server goes on taking connections")
