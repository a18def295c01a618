"""A process that has loaded the service once, and forks a server from it at a word.

A server so started answers within a tenth of a second, so a hundred can be killed in a test. The
listening socket outlives them: who connects meanwhile waits for the next one. Words come on
standard input: `start`, or the number of the signal that shall end the running server.
"""

import asyncio
import gc
import os
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from app import commands, main
from app.settings import Settings
from app.web import logs
from tests.durability.companions import Door
from tests.durability.flaws import FLAWS

ROOT = Path(__file__).parents[2]


class Nursery:
    """The test's side of it. One server runs at a time."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        port, key = self._read().split()
        self.door = Door(int(port), key)

    def start(self) -> None:
        self._ask("start")

    def kill(self) -> int:
        """End the server as `kill -9` does; its exit code, which tells that it still ran."""
        return self._ask(str(signal.SIGKILL.value))

    def stop(self) -> int:
        """End the server with SIGTERM; its exit code."""
        return self._ask(str(signal.SIGTERM.value))

    def _ask(self, word: str) -> int:
        assert self._process.stdin
        print(word, file=self._process.stdin, flush=True)
        return int(self._read())

    def _read(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the nursery has ended; see its log"
        return line


@contextmanager
def opened(url: str, log: Path, flaw: str = "", **settings: object) -> Iterator[Nursery]:
    """A nursery on a migrated, empty database; it ends, with its server, when the block does."""
    given = {"database_url": url, "port": 0, "access_log": "off", "log_level": "error", **settings}
    environment = os.environ | {f"PUSHOFF_{name.upper()}": str(given[name]) for name in given}
    command = [sys.executable, "-m", "tests.durability.nursery", flaw]
    with (
        log.open("a") as errors,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=ROOT,
            env=environment,
        ) as process,
    ):
        # Leaving the block closes its input, which is what ends it.
        yield Nursery(process)


def serve_at_a_word(flaw: str) -> None:
    """The other side: runs until its input ends."""
    settings = Settings()
    logs.configure(settings)
    if flaw:
        FLAWS[flaw]()
    warm_up(settings)
    listener = commands.listen(settings)
    print(listener.getsockname()[1], commands.make_first_key(settings), flush=True)
    server = None
    for word in sys.stdin:
        if word == "start\n":
            server = fork(settings, listener)
            print(server, flush=True)
        elif server is not None:
            os.kill(server, int(word))
            _, status = os.waitpid(server, 0)
            server = None
            print(os.waitstatus_to_exitcode(status), flush=True)
    if server is not None:
        os.kill(server, signal.SIGKILL)


def warm_up(settings: Settings) -> None:
    """Do once what every server would do at its first request. The database is not touched."""
    app = main.create_app(settings)
    main.build = lambda: app

    async def ask_without_a_key() -> None:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://nursery") as client:
            answer = await client.post("/sessions", json={})
            assert answer.status_code == 401

    asyncio.run(ask_without_a_key())
    gc.freeze()


def fork(settings: Settings, listener: socket.socket) -> int:
    """Start a server as `pushoff serve` does; its process id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        commands.run_server(settings, listener)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve_at_a_word(sys.argv[1])
