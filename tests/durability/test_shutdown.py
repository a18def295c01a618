"""SIGTERM while companions write: every answer is whole, and what was acknowledged is there."""

import json
import signal
import time
from pathlib import Path

import pytest

from tests import processes
from tests.durability.acknowledgements import find_broken_promises
from tests.durability.clients import SECONDS, ClientGroup, ServiceAddress
from tests.durability.forked_server import ForkServer, KillableService
from tests.durability.write_generator import WriteGenerator

GRACE_S = 5


class TestSigterm:
    def test_loses_nothing_and_breaks_off_no_answer(
        self, fork_server: ForkServer, durable_url: str, tmp_path: Path, seed: int
    ) -> None:
        settings = {"database_url": durable_url, "graceful_shutdown_s": GRACE_S}
        with processes.serving(tmp_path, **settings) as server:
            assert server.key
            door = ServiceAddress(server.port, server.key)
            with ClientGroup(door, seed) as clients:
                clients.progress.wait_for_more(50)
                began = time.monotonic()
                code = server.stop()
                took = time.monotonic() - began
                records = clients.stop()
        assert (code, took < GRACE_S) == (0, True), server.log.read_text()
        assert [torn for record in records for torn in record.torn] == []
        service = KillableService(fork_server, durable_url, server.key)
        service.start()
        assert find_broken_promises(records, service.address.list_sessions()) == []
        service.stop()

    @pytest.mark.parametrize("options", [(), ("--workers=2",)])
    def test_stops_whatever_is_not_up_yet(self, options: tuple[str, ...], tmp_path: Path) -> None:
        # It listens by now, and imports the service.
        for _ in range(2):
            with processes.serving(tmp_path, *options) as server:
                assert server.stop() == 0, server.log.read_text()

    def test_answers_the_request_whose_body_is_still_on_its_way(
        self, sqlite_url: str, tmp_path: Path, seed: int
    ) -> None:
        write = WriteGenerator("slow", seed, []).put()
        body = json.dumps(write.body).encode()
        with processes.serving(tmp_path, database_url=sqlite_url) as server:
            assert server.key
            door = ServiceAddress(server.port, server.key)
            connection = door.connect()
            connection.putrequest(write.method, write.path)
            for name, value in door.headers().items():
                connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body[:10])
            assert door.get("/livez")["status"] == "ok"
            server.process.send_signal(signal.SIGTERM)
            wait_for_refusal(door)
            connection.send(body[10:])
            answer = connection.getresponse()
            assert (answer.status, json.loads(answer.read())["outcome"]) == (201, "created")
            connection.close()
            assert server.process.wait(SECONDS) == 0


def wait_for_refusal(door: ServiceAddress) -> None:
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
