"""SIGTERM while clients write: every response is complete, and acknowledged writes are stored."""

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
    def test_loses_no_write_and_truncates_no_response(
        self, fork_server: ForkServer, durable_url: str, tmp_path: Path, seed: int
    ) -> None:
        settings = {"database_url": durable_url, "graceful_shutdown_s": GRACE_S}
        with processes.serving(tmp_path, **settings) as server:
            assert server.key
            address = ServiceAddress(server.port, server.key)
            with ClientGroup(address, seed) as clients:
                clients.progress.wait_for_more(50)
                began = time.monotonic()
                code = server.stop()
                took = time.monotonic() - began
                records = clients.stop()
        assert (code, took < GRACE_S) == (0, True), server.log.read_text()
        assert [one for record in records for one in record.truncated] == []
        service = KillableService(fork_server, durable_url, server.key)
        service.start()
        assert find_broken_promises(records, service.address.list_sessions()) == []
        service.stop()

    @pytest.mark.parametrize("options", [(), ("--workers=2",)])
    def test_stops_a_server_that_is_still_starting(
        self, options: tuple[str, ...], tmp_path: Path
    ) -> None:
        # The server listens already, but it still imports the service.
        for _ in range(2):
            with processes.serving(tmp_path, *options) as server:
                assert server.stop() == 0, server.log.read_text()

    def test_answers_a_request_whose_body_is_still_arriving(
        self, sqlite_url: str, tmp_path: Path, seed: int
    ) -> None:
        write = WriteGenerator("slow", seed, []).put()
        body = json.dumps(write.body).encode()
        with processes.serving(tmp_path, database_url=sqlite_url) as server:
            assert server.key
            address = ServiceAddress(server.port, server.key)
            connection = address.connect()
            connection.putrequest(write.method, write.path)
            for name, value in address.headers().items():
                connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body[:10])
            assert address.get("/livez")["status"] == "ok"
            server.process.send_signal(signal.SIGTERM)
            wait_for_refusal(address)
            connection.send(body[10:])
            answer = connection.getresponse()
            assert (answer.status, json.loads(answer.read())["outcome"]) == (201, "created")
            connection.close()
            assert server.process.wait(SECONDS) == 0


def wait_for_refusal(address: ServiceAddress) -> None:
    """Return when the server accepts no new connection."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        connection = address.connect()
        try:
            connection.connect()
        except (ConnectionRefusedError, ConnectionResetError):
            return
        finally:
            connection.close()
    raise AssertionError("the server still accepts connections")
