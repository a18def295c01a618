"""`pushoff serve` as a process of its own, started and stopped for real.

Hands out its address, what it printed and the file that it logs to; asks nothing by itself.
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

# A test may ask as often as it likes, unless it is about just that.
UNLIMITED = {
    "key_requests_per_minute": 0,
    "address_requests_per_minute": 0,
    "max_in_flight": 0,
    "max_in_flight_each": 0,
}
SECONDS = 30
"""Far more than a start or a stop takes: a test that waits for longer has found a fault."""

PUSHOFF = str(Path(sys.executable).parent / "pushoff")


@dataclass(slots=True)
class RunningServer:
    """A server that takes connections."""

    process: subprocess.Popen[str]
    log: Path
    printed: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where it listens: `http://127.0.0.1:8000`."""
        return self.printed[0].removeprefix("Docs: ").removesuffix("/docs")

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    @property
    def key(self) -> str | None:
        """The key of its first start."""
        keys = [line.rpartition(" ")[2] for line in self.printed if line.startswith("Key ")]
        return keys[0] if keys else None

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Its exit code after it was asked to stop."""
        self.process.send_signal(number)
        return self.process.wait(SECONDS)


def environment(**settings: object) -> dict[str, str]:
    """Nothing but these settings, with no limits unless they say so, and where programs are."""
    given = {**UNLIMITED, **settings}
    named = {f"PUSHOFF_{name.upper()}": str(value) for name, value in given.items()}
    return {"PATH": os.defpath, **named}


def run(*arguments: str, folder: Path, **settings: object) -> subprocess.CompletedProcess[str]:
    """One command that ends by itself."""
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
    """A server in a folder, on a port that is free; killed at the end if it still runs."""
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
    """Reads what the server prints up to its last line, which says that it listens."""
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
