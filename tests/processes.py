"""Runs `pushoff serve` and other commands as processes.

`serving` yields a running server with its address, its output and its log file.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

# Limits are off, unless a test is about limits.
UNLIMITED = {
    "key_requests_per_minute": 0,
    "address_requests_per_minute": 0,
    "max_in_flight": 0,
    "max_in_flight_each": 0,
}
SECONDS = 30
"""Much longer than a start or a stop takes: a test that waits this long has found a fault."""

PUSHOFF = str(Path(sys.executable).parent / "pushoff")


@dataclass(slots=True)
class RunningServer:
    """A server that accepts connections, and the lines that it has printed."""

    process: subprocess.Popen[str]
    log: Path
    printed: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """The address where it listens, such as `http://127.0.0.1:8000`."""
        return self.printed[0].removeprefix("Open: ").removesuffix("/")

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    @property
    def key(self) -> str | None:
        """The key that it printed, if this was its first start."""
        keys = [line.rpartition(" ")[2] for line in self.printed if line.startswith("Key ")]
        return keys[0] if keys else None

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Stop the server with a signal; return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(SECONDS)


def environment(**settings: object) -> dict[str, str]:
    """Return an environment with only PATH and the settings. Limits are off by default."""
    values = {**UNLIMITED, **settings}
    variables = {f"PUSHOFF_{name.upper()}": str(value) for name, value in values.items()}
    return {"PATH": os.defpath, **variables}


def run(*arguments: str, folder: Path, **settings: object) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [PUSHOFF, *arguments],
        env=environment(**settings),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )


@contextmanager
def serving(folder: Path, *options: str, **settings: object) -> Iterator[RunningServer]:
    """Run a server in a folder, on a free port. Kill it at the end if it still runs."""
    log = folder / "log"
    with log.open("ab") as errors:
        process = subprocess.Popen(
            [PUSHOFF, "serve", "--migrate", *options],
            env=environment(port=0, **settings),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    running = RunningServer(process, log)
    try:
        _wait_until_listening(running)
        yield running
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _wait_until_listening(running: RunningServer) -> None:
    """Read the output of the server up to its last line, which it prints when it listens."""
    out = running.process.stdout
    assert out is not None
    limit = threading.Timer(SECONDS, running.process.kill)
    limit.start()
    try:
        while not running.printed or not running.printed[-1].startswith("Try: "):
            line = out.readline()
            assert line, f"the server did not start:\n{running.log.read_text()}"
            running.printed.append(line.rstrip("\n"))
    finally:
        limit.cancel()
