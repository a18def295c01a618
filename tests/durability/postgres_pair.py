"""Two PostgreSQL servers on loopback, a primary and its standby, for the tests of a failover.

The primary can be killed, frozen, or cut off from its standby. Afterwards, `rejoin` makes the two a
pair again with their roles exchanged. The servers run without fsync, because these tests lose
processes and not disks.
"""

import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import LiteralString

import psutil
import psycopg

from tests import postgres

_TIMEOUT_S = 30
_IS_SYNCHRONOUS = "SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'"
_IS_RECEIVING = "SELECT count(*) = 1 FROM pg_stat_wal_receiver WHERE status = 'streaming'"


class PostgresNode:
    """One server: a data folder and a port, and a process while it runs."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self._data = folder / "data"
        self.port = postgres.free_port()
        self.address = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        self._process: subprocess.Popen[bytes] | None = None

    def initialise(self) -> None:
        # Each copy includes the write-ahead log, which has at least two segments: keep them small.
        postgres.initialise_data(self._data, "--wal-segsize=1")

    def copy(self, primary: "PostgresNode") -> None:
        """Replace the data folder by a copy of the primary's, as its standby."""
        shutil.rmtree(self._data, ignore_errors=True)
        source = f"host=127.0.0.1 port={primary.port} user=postgres"
        command = [postgres.binary("pg_basebackup"), "-D", str(self._data), "-d", source]
        options = ["--write-recovery-conf", "--checkpoint=fast", "--no-sync"]
        subprocess.run(
            [*postgres.unprivileged_prefix(), *command, *options],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
        )

    def start(self) -> None:
        settings = {
            "fsync": "off",
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "wal_receiver_status_interval": "1",
            "wal_retrieve_retry_interval": "100ms",
        }
        command = [postgres.binary("postgres"), "-D", str(self._data)]
        command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        log = self._folder / "log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [*postgres.unprivileged_prefix(), *postgres.end_with_parent_prefix(), *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        postgres.wait_until_started(postgres.Server(self.address), self._process, log)

    def kill(self) -> None:
        """End the server with all its processes at once, as a power loss does."""
        if self._process is not None:
            self.signal(signal.SIGSTOP)
            self.signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Stop all its processes: connections are accepted and never answered."""
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        if self._process is not None:
            self.signal(signal.SIGCONT)

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        first = psutil.Process(self._process.pid)
        for process in (first, *first.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def query(self, statement: LiteralString, *values: object) -> object:
        """Return the first value of the first row, or None."""
        with psycopg.connect(self.address, autocommit=True, connect_timeout=_TIMEOUT_S) as admin:
            cursor = admin.execute(statement, values or None)
            row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None

    def set(self, name: LiteralString, value: str) -> None:
        """Change a setting of the running server."""
        quoted = value.replace("'", "''")
        with psycopg.connect(self.address, autocommit=True) as admin:
            admin.execute(f"ALTER SYSTEM SET {name} = '{quoted}'".encode())
            admin.execute("SELECT pg_reload_conf()")


class PostgresPair:
    """A primary and its standby."""

    def __init__(self, folder: Path, *, synchronous: bool) -> None:
        self.primary, self.standby = PostgresNode(folder / "one"), PostgresNode(folder / "two")
        self._synchronous = synchronous
        nodes = (self.primary, self.standby)
        addresses = ",".join(f"127.0.0.1:{node.port}" for node in nodes)
        self.url = f"postgresql://postgres@{addresses}/postgres"

    def start(self) -> None:
        self.primary.initialise()
        self.primary.start()
        self._follow()

    def stop(self) -> None:
        for node in (self.primary, self.standby):
            node.kill()

    def promote(self) -> None:
        """Make the standby the primary, even if the other server does not respond."""
        assert self.standby.query("SELECT pg_promote(true, 30)") is True
        self.primary, self.standby = self.standby, self.primary

    def rejoin(self) -> None:
        """Make the former primary the standby of the new one."""
        self.standby.kill()
        self._follow()

    def disconnect_standby(self) -> None:
        """Stop the replication."""
        self._conninfo = str(self.standby.query("SHOW primary_conninfo"))
        self.standby.set("primary_conninfo", "")
        wait_until(lambda: not self.standby.query(_IS_RECEIVING))

    def reconnect_standby(self) -> None:
        self.standby.set("primary_conninfo", self._conninfo)
        wait_until(lambda: bool(self.standby.query(_IS_RECEIVING)))

    def _follow(self) -> None:
        self.standby.copy(self.primary)
        self.standby.start()
        wait_until(lambda: bool(self.standby.query(_IS_RECEIVING)))
        if self._synchronous:
            self.primary.set("synchronous_commit", "remote_apply")
            self.primary.set("synchronous_standby_names", "*")
            wait_until(lambda: bool(self.primary.query(_IS_SYNCHRONOUS)))


@contextmanager
def run_pair(folder: Path, *, synchronous: bool = True) -> Iterator[PostgresPair]:
    """Run a pair with an empty database until the block ends."""
    pair = PostgresPair(folder, synchronous=synchronous)
    try:
        pair.start()
        yield pair
    finally:
        pair.stop()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline, "the condition was not met in time"
        time.sleep(0.005)
