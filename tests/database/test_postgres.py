"""Which server a connection goes to, and when it gives up one that is silent, slow or replaced."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from app.database.postgres import Connection, Server, Servers
from app.settings import normalise_url
from tests import postgres
from tests.durability import postgres_pair
from tests.durability.postgres_pair import PostgresPair

SILENCE_S = 0.2
WANTED = {"user": "postgres", "dbname": "postgres", "connect_timeout": "2"}
WRITABLE = {**WANTED, "target_session_attrs": "read-write"}


@pytest.fixture
def frozen() -> Iterator[Server]:
    """A server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield Server("127.0.0.1", listener.getsockname()[1])


@pytest.fixture
def alive(cluster: postgres.Server) -> Server:
    port = sa.make_url(cluster.address).port
    assert port
    return Server("127.0.0.1", port)


def naming(*servers: Server) -> Servers:
    """What is known of these servers at the start."""
    places = ",".join(f"{server.host}:{server.port}" for server in servers)
    return Servers(sa.make_url(normalise_url(f"postgresql://{places}/name")), SILENCE_S)


def reach(servers: Servers, alone: Server, patience_s: float = 5) -> Connection:
    """A connection to the only server that there is."""
    here = {"host": alone.host, "port": alone.port}
    return servers.connect(WANTED | here, patience_s)


class TestServer:
    def test_answers(self, alive: Server) -> None:
        assert alive.answers(SILENCE_S)

    def test_does_not_answer_when_it_is_gone_or_frozen(self, frozen: Server) -> None:
        assert not Server("127.0.0.1", postgres.free_port()).answers(SILENCE_S)
        began = time.monotonic()
        assert not frozen.answers(SILENCE_S)
        assert time.monotonic() - began < 2 * SILENCE_S

    def test_is_asked_through_a_socket_in_a_folder(self, tmp_path: Path) -> None:
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
            assert Server(str(tmp_path), 5432).answers(SILENCE_S)
            thread.join()
        assert not Server(str(tmp_path), 1).answers(SILENCE_S)


class TestConnect:
    def test_passes_by_what_is_gone_or_frozen(self, frozen: Server, alive: Server) -> None:
        gone = Server("127.0.0.1", postgres.free_port())
        servers = naming(gone, frozen, alive)
        began = time.monotonic()
        with closing(servers.connect(WRITABLE, 5)) as connection:
            assert connection.info.port == alive.port
            assert time.monotonic() - began < 1

    def test_tries_the_last_good_one_first(self, frozen: Server, alive: Server) -> None:
        servers = naming(frozen, alive)
        servers.connect(WRITABLE, 5).close()
        began = time.monotonic()
        servers.connect(WRITABLE, 5).close()
        assert time.monotonic() - began < SILENCE_S

    def test_refuses_a_standby_until_it_is_promoted(self, tmp_path: Path) -> None:
        with postgres_pair.run_pair(tmp_path / "pair") as nodes:
            servers = naming(*(Server("127.0.0.1", node.port) for node in both(nodes)))
            with closing(servers.connect(WRITABLE, 5)) as connection:
                assert connection.info.port == nodes.primary.port
            nodes.primary.kill()
            with pytest.raises(psycopg.OperationalError, match="session is read-only"):
                servers.connect(WRITABLE, 5)
            nodes.promote()
            with closing(servers.connect(WRITABLE, 5)) as connection:
                assert connection.info.port == nodes.primary.port

    def test_says_what_is_wrong_with_each(self, frozen: Server, alive: Server) -> None:
        servers = naming(frozen, alive)
        with pytest.raises(psycopg.OperationalError) as caught:
            servers.connect(WRITABLE | {"dbname": "nowhere", "password": "canary-7"}, 5)
        told = str(caught.value)
        assert f"127.0.0.1:{frozen.port} does not answer" in told
        assert 'database "nowhere" does not exist' in told
        assert "canary-7" not in told
        assert "\n" not in told


def both(nodes: PostgresPair) -> tuple[postgres_pair.PostgresNode, postgres_pair.PostgresNode]:
    """The standby first."""
    return nodes.standby, nodes.primary


class TestWait:
    def test_goes_on_while_the_server_answers_others(self, alive: Server) -> None:
        with closing(reach(naming(alive), alive)) as connection:
            slow = connection.execute("SELECT 'slow' FROM pg_sleep(%s)", [3 * SILENCE_S])
            assert slow.fetchone() == ("slow",)

    def test_ends_with_a_cancellation_when_it_takes_too_long(self, alive: Server) -> None:
        with closing(reach(naming(alive), alive, patience_s=SILENCE_S)) as connection:
            began = time.monotonic()
            with pytest.raises(psycopg.errors.QueryCanceled):
                connection.execute("SELECT pg_sleep(60)")
            assert time.monotonic() - began < 5 * SILENCE_S + 1
            connection.rollback()
            assert connection.execute("SELECT 1").fetchone() == (1,)

    def test_ends_soon_when_the_server_is_frozen(self, tmp_path: Path) -> None:
        with postgres_pair.run_pair(tmp_path / "pair") as nodes:
            primary = Server("127.0.0.1", nodes.primary.port)
            with closing(reach(naming(primary), primary)) as connection:
                nodes.primary.freeze()
                began = time.monotonic()
                with pytest.raises(psycopg.OperationalError, match="does not answer any more"):
                    connection.execute("SELECT 1")
                assert time.monotonic() - began < 2 * SILENCE_S + 1
                assert connection.closed

    def test_does_not_begin_on_a_server_that_was_replaced(self, tmp_path: Path) -> None:
        with postgres_pair.run_pair(tmp_path / "pair", synchronous=False) as nodes:
            servers = naming(*(Server("127.0.0.1", node.port) for node in both(nodes)))
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
                # It is back, takes writes, and knows nothing of its successor.
                former.thaw()
                with pytest.raises(psycopg.OperationalError, match="has taken over"):
                    idle.execute("SELECT 1")
