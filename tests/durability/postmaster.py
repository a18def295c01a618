"""A PostgreSQL that keeps its promises to the disk, and that a test may kill and start again.

The ordinary test server (tests/postgres.py) runs without fsync, as it proves nothing about
durability; this is another one, started from the same binaries.
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

_PATIENCE_S = 30


class Postmaster:
    """The first process of a running PostgreSQL, by its data folder."""

    def __init__(self, server: postgres.Server, folder: Path) -> None:
        self.server = server
        self._folder = folder
        # PostgreSQL notes there how it was started.
        self._command = shlex.split((folder / "data" / "postmaster.opts").read_text())
        self._process: subprocess.Popen[bytes] | None = None

    def kill(self) -> None:
        """End it as `kill -9` does: no shutdown, no checkpoint, its children are on their own."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            return
        pid = int((self._folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        # Until it is reaped, its lock file names a process that seems to live.
        os.waitpid(pid, 0)

    def start(self) -> None:
        """Start it on what the kill has left, and return when it answers."""
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            try:
                self._start()
            except postgres.PostgresMissing:
                # A child of the killed one has not noticed yet, and still holds the shared memory.
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
def running(folder: Path) -> Iterator[Postmaster]:
    """A PostgreSQL in an empty folder, with fsync, that stops when the block ends."""
    # What a restart syncs file by file otherwise, and slowly, Linux can sync with one call.
    settings = {"recovery_init_sync_method": "syncfs"} if sys.platform == "linux" else {}
    with postgres.start_cluster(folder, fsync=True, settings=settings) as server:
        postmaster = Postmaster(server, folder)
        try:
            yield postmaster
        finally:
            postmaster.stop()
