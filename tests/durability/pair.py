"""Two PostgreSQL servers on loopback, one the standby of the other, for the tests of a failover.

Hands out their common address, and the ways in which the primary goes: killed, frozen, cut off.
After each, the two can be made a pair again with their roles exchanged. What is lost with a
process and not with a disk needs no fsync, so there is none.
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

PATIENCE_S = 30
STREAMING = "SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'"
RECEIVING = "SELECT count(*) = 1 FROM pg_stat_wal_receiver WHERE status = 'streaming'"


class Node:
    """One server: a data folder and a port, with or without a process."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self._data = folder / "data"
        self.port = postgres.free_port()
        self.address = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        self._process: subprocess.Popen[bytes] | None = None

    def initialise(self) -> None:
        # Each copy takes the log with it, which has at least two segments.
        postgres.initialise_data(self._data, "--wal-segsize=1")

    def copy(self, primary: "Node") -> None:
        """Become a standby of a primary, with all that it holds."""
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
        """End it with everything that belongs to it, as a machine does that loses its power."""
        if self._process is not None:
            self.signal(signal.SIGSTOP)
            self.signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """From now on it takes connections and answers none."""
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

    def ask(self, question: LiteralString, *values: object) -> object:
        """The first value of the answer, or None."""
        with psycopg.connect(self.address, autocommit=True, connect_timeout=PATIENCE_S) as admin:
            asked = admin.execute(question, values or None)
            row = asked.fetchone() if asked.description else None
        return row[0] if row else None

    def set(self, name: LiteralString, value: str) -> None:
        """Change a setting while it runs."""
        quoted = value.replace("'", "''")
        with psycopg.connect(self.address, autocommit=True) as admin:
            admin.execute(f"ALTER SYSTEM SET {name} = '{quoted}'".encode())
            admin.execute("SELECT pg_reload_conf()")


class Pair:
    """A primary and its standby."""

    def __init__(self, folder: Path, *, synchronous: bool) -> None:
        self.primary, self.standby = Node(folder / "one"), Node(folder / "two")
        self._synchronous = synchronous
        nodes = (self.primary, self.standby)
        places = ",".join(f"127.0.0.1:{node.port}" for node in nodes)
        self.url = f"postgresql://postgres@{places}/postgres"

    def start(self) -> None:
        self.primary.initialise()
        self.primary.start()
        self._follow()

    def stop(self) -> None:
        for node in (self.primary, self.standby):
            node.kill()

    def promote(self) -> None:
        """Make the standby the primary, whatever has become of the other."""
        assert self.standby.ask("SELECT pg_promote(true, 30)") is True
        self.primary, self.standby = self.standby, self.primary

    def join_again(self) -> None:
        """Make the former primary the standby of the new one."""
        self.standby.kill()
        self._follow()

    def cut(self) -> None:
        """The standby hears nothing more of the primary."""
        self._conninfo = str(self.standby.ask("SHOW primary_conninfo"))
        self.standby.set("primary_conninfo", "")
        wait_until(lambda: not self.standby.ask(RECEIVING))

    def mend(self) -> None:
        """It hears all again."""
        self.standby.set("primary_conninfo", self._conninfo)
        wait_until(lambda: bool(self.standby.ask(RECEIVING)))

    def _follow(self) -> None:
        self.standby.copy(self.primary)
        self.standby.start()
        wait_until(lambda: bool(self.standby.ask(RECEIVING)))
        if self._synchronous:
            self.primary.set("synchronous_commit", "remote_apply")
            self.primary.set("synchronous_standby_names", "*")
            wait_until(lambda: bool(self.primary.ask(STREAMING)))


@contextmanager
def running(folder: Path, *, synchronous: bool = True) -> Iterator[Pair]:
    """A pair with an empty database, which ends with the block."""
    pair = Pair(folder, synchronous=synchronous)
    try:
        pair.start()
        yield pair
    finally:
        pair.stop()


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, "it does not come true"
        time.sleep(0.005)
