"""Tests of connecting to the right server and of abandoning a silent, slow or replaced one."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from app.database.postgres import FailoverConnection, Server, ServerList
from app.settings import normalise_url
from tests import postgres
from tests.durability import postgres_pair
from tests.durability.postgres_pair import PostgresPair

SILENCE_S = 0.2
PARAMETERS = {"user": "postgres", "dbname": "postgres", "connect_timeout": "2"}
WRITABLE = {**PARAMETERS, "target_session_attrs": "read-write"}


@pytest.fixture
def frozen() -> Iterator[Server]:
    """A server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield Server("127.0.0.1", listener.getsockname()[1])


@pytest.fixture
def alive(cluster: postgres.Server) -> Server:
    port = sa.make_url(cluster.address).port
    assert port
    return Server("127.0.0.1", port)


def build_list(*servers: Server) -> ServerList:
    """Return a new list of these servers."""
    addresses = ",".join(f"{server.host}:{server.port}" for server in servers)
    return ServerList(sa.make_url(normalise_url(f"postgresql://{addresses}/name")), SILENCE_S)


def connect_to(servers: ServerList, server: Server, max_wait_s: float = 5) -> FailoverConnection:
    """Return a connection to this server."""
    parameters = {"host": server.host, "port": server.port}
    return servers.connect(PARAMETERS | parameters, max_wait_s)


class TestServer:
    def test_responds_when_it_runs(self, alive: Server) -> None:
        assert alive.responds(SILENCE_S)

    def test_does_not_respond_when_it_is_gone_or_frozen(self, frozen: Server) -> None:
        assert not Server("127.0.0.1", postgres.free_port()).responds(SILENCE_S)
        began = time.monotonic()
        assert not frozen.responds(SILENCE_S)
        assert time.monotonic() - began < 2 * SILENCE_S

    def test_is_probed_through_a_unix_socket(self, tmp_path: Path) -> None:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(f"{tmp_path}/.s.PGSQL.5432")
            listener.listen()

            def reply() -> None:
                line, _ = listener.accept()
                with line:
                    assert len(line.recv(8)) == 8
                    line.sendall(b"N")

            thread = threading.Thread(target=reply)
            thread.start()
            assert Server(str(tmp_path), 5432).responds(SILENCE_S)
            thread.join()
        assert not Server(str(tmp_path), 1).responds(SILENCE_S)


class TestConnect:
    def test_skips_a_server_that_is_gone_or_frozen(self, frozen: Server, alive: Server) -> None:
        gone = Server("127.0.0.1", postgres.free_port())
        servers = build_list(gone, frozen, alive)
        began = time.monotonic()
        with closing(servers.connect(WRITABLE, 5)) as connection:
            assert connection.info.port == alive.port
            assert time.monotonic() - began < 1

    def test_tries_the_last_good_server_first(self, frozen: Server, alive: Server) -> None:
        servers = build_list(frozen, alive)
        servers.connect(WRITABLE, 5).close()
        began = time.monotonic()
        servers.connect(WRITABLE, 5).close()
        assert time.monotonic() - began < SILENCE_S

    def test_rejects_a_standby_until_it_is_promoted(self, tmp_path: Path) -> None:
        with postgres_pair.run_pair(tmp_path / "pair") as nodes:
            servers = build_list(*(Server("127.0.0.1", node.port) for node in list_servers(nodes)))
            with closing(servers.connect(WRITABLE, 5)) as connection:
                assert connection.info.port == nodes.primary.port
            nodes.primary.kill()
            with pytest.raises(psycopg.OperationalError, match="session is read-only"):
                servers.connect(WRITABLE, 5)
            nodes.promote()
            with closing(servers.connect(WRITABLE, 5)) as connection:
                assert connection.info.port == nodes.primary.port

    def test_reports_the_failure_of_each_server(self, frozen: Server, alive: Server) -> None:
        servers = build_list(frozen, alive)
        with pytest.raises(psycopg.OperationalError) as caught:
            servers.connect(WRITABLE | {"dbname": "nowhere", "password": "canary-7"}, 5)
        message = str(caught.value)
        assert f"127.0.0.1:{frozen.port} does not answer" in message
        assert 'database "nowhere" does not exist' in message
        assert "canary-7" not in message
        assert "\n" not in message


def list_servers(
    nodes: PostgresPair,
) -> tuple[postgres_pair.PostgresNode, postgres_pair.PostgresNode]:
    """Return the standby, then the primary."""
    return nodes.standby, nodes.primary


class TestWait:
    def test_continues_while_the_server_responds(self, alive: Server) -> None:
        with closing(connect_to(build_list(alive), alive)) as connection:
            slow = connection.execute("SELECT 'slow' FROM pg_sleep(%s)", [3 * SILENCE_S])
            assert slow.fetchone() == ("slow",)

    def test_cancels_a_statement_that_takes_too_long(self, alive: Server) -> None:
        with closing(connect_to(build_list(alive), alive, max_wait_s=SILENCE_S)) as connection:
            began = time.monotonic()
            with pytest.raises(psycopg.errors.QueryCanceled):
                connection.execute("SELECT pg_sleep(60)")
            assert time.monotonic() - began < 5 * SILENCE_S + 1
            connection.rollback()
            assert connection.execute("SELECT 1").fetchone() == (1,)

    def test_fails_soon_when_the_server_is_frozen(self, tmp_path: Path) -> None:
        with postgres_pair.run_pair(tmp_path / "pair") as nodes:
            primary = Server("127.0.0.1", nodes.primary.port)
            with closing(connect_to(build_list(primary), primary)) as connection:
                nodes.primary.freeze()
                began = time.monotonic()
                with pytest.raises(psycopg.OperationalError, match="does not answer any more"):
                    connection.execute("SELECT 1")
                assert time.monotonic() - began < 2 * SILENCE_S + 1
                assert connection.closed

    def test_begins_nothing_on_a_former_primary(self, tmp_path: Path) -> None:
        with postgres_pair.run_pair(tmp_path / "pair", synchronous=False) as nodes:
            servers = build_list(*(Server("127.0.0.1", node.port) for node in list_servers(nodes)))
            with (
                closing(servers.connect(WRITABLE, 5)) as idle,
                closing(servers.connect(WRITABLE, 5)) as busy,
            ):
                former = nodes.primary
                former.freeze()
                nodes.promote()
                with pytest.raises(psycopg.OperationalError, match="does not answer any more"):
                    busy.execute("SELECT 1")
                servers.connect(WRITABLE, 5).close()
                # It runs again, accepts writes, and does not know about its successor.
                former.thaw()
                with pytest.raises(psycopg.OperationalError, match="has taken over"):
                    idle.execute("SELECT 1")
