"""A PostgreSQL with fsync that a test may kill and start again.

The ordinary test server (tests/postgres.py) runs without fsync, because it proves nothing about
durability. This is a second server, started from the same binaries.
"""

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import postgres

_TIMEOUT_S = 30


class KillablePostgres:
    """A running PostgreSQL. `kill` ends its first process, the postmaster."""

    def __init__(self, server: postgres.Server, folder: Path) -> None:
        self.server = server
        self._folder = folder
        # PostgreSQL writes its command line into this file.
        self._command = shlex.split((folder / "data" / "postmaster.opts").read_text())
        self._process: subprocess.Popen[bytes] | None = None

    def kill(self) -> None:
        """End the postmaster with SIGKILL: no shutdown, no checkpoint; its children live on."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            return
        pid = int((self._folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        # Until the process is reaped, its lock file names a process that still exists.
        os.waitpid(pid, 0)

    def start(self) -> None:
        """Start it on the data folder that the kill left, and return when it answers."""
        deadline = time.monotonic() + _TIMEOUT_S
        while True:
            try:
                self._start()
            except postgres.PostgresMissing:
                # A child of the killed postmaster still holds the shared memory.
                if time.monotonic() > deadline:
                    raise
            else:
                return

    def _start(self) -> None:
        log = self._folder / "restarted.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [
                    *postgres.unprivileged_prefix(),
                    *postgres.end_with_parent_prefix(),
                    *self._command,
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        postgres.wait_until_started(self.server, self._process, log)

    def stop(self) -> None:
        if self._process is not None:
            postgres.stop(self._process)


@contextmanager
def run_killable_postgres(folder: Path) -> Iterator[KillablePostgres]:
    """Run a PostgreSQL with fsync in an empty folder until the block ends."""
    # By default a restart syncs file by file, which is slow. Linux can sync all with one call.
    settings = {"recovery_init_sync_method": "syncfs"} if sys.platform == "linux" else {}
    with postgres.start_cluster(folder, fsync=True, settings=settings) as server:
        postmaster = KillablePostgres(server, folder)
        try:
            yield postmaster
        finally:
            postmaster.stop()
