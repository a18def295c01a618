"""Start and stop `pushoff serve` as a separate process.

Gives its address, its printed lines and its log file. It sends no requests.
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

# No limits on requests, except in tests of these limits.
UNLIMITED = {
    "key_requests_per_minute": 0,
    "address_requests_per_minute": 0,
    "max_in_flight": 0,
    "max_in_flight_each": 0,
}
SECONDS = 30
"""Far more than a start or a stop takes. A test that waits longer has found a fault."""

PUSHOFF = str(Path(sys.executable).parent / "pushoff")


@dataclass(slots=True)
class Running:
    """A server that accepts connections."""

    process: subprocess.Popen[str]
    log: Path
    printed: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Its base URL, such as `http://127.0.0.1:8000`."""
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
        """Stop the server with a signal and return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(SECONDS)


def environment(**settings: object) -> dict[str, str]:
    """Return an environment with PATH and these settings. Limits are off unless they are set."""
    given = {**UNLIMITED, **settings}
    named = {f"PUSHOFF_{name.upper()}": str(value) for name, value in given.items()}
    return {"PATH": os.defpath, **named}


def run(*arguments: str, folder: Path, **settings: object) -> subprocess.CompletedProcess[str]:
    """Run a command that ends by itself."""
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
def serving(folder: Path, *options: str, **settings: object) -> Iterator[Running]:
    """Start a server in a folder on a free port. Kill it after the block if it still runs."""
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
    running = Running(process, log)
    try:
        await_start(running)
        yield running
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def await_start(running: Running) -> None:
    """Read the printed lines up to the last one, which says that the server listens."""
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
