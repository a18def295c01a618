"""A process that has loaded the service once, and forks servers from it at a word.

A server so started answers within a tenth of a second, so that a test can kill a hundred of them.
The listening socket outlives them: who connects meanwhile waits for the next one. The words, on
standard input: `start` with a flaw and settings, or the signal that ends the running server.
"""

import asyncio
import gc
import json
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from app import commands, main
from app.database.database import Database
from app.settings import Settings
from app.web.monitoring import logs
from tests.durability.companions import Door
from tests.durability.flaws import FLAWS

log = logging.getLogger(__name__)

ROOT = Path(__file__).parents[2]


class Nursery:
    """The test's side of it. One server runs at a time."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.port = int(self._read())

    def start(self, flaw: str, settings: dict[str, object]) -> None:
        self._ask("start", flaw, settings)

    def end(self, number: signal.Signals) -> int:
        """End the server with a signal; its exit code."""
        return self._ask(number.name)

    def _ask(self, *words: object) -> int:
        assert self._process.stdin
        print(json.dumps(words), file=self._process.stdin, flush=True)
        return int(self._read())

    def _read(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the nursery has ended; its log says why"
        return line


class Home:
    """A database with a service on it, which is started and killed."""

    def __init__(
        self, nursery: Nursery, url: str, key: str | None = None, flaw: str = "", **given: object
    ) -> None:
        self._nursery = nursery
        self._flaw = flaw
        self._settings = {"database_url": url, **given}
        key = key or commands.create_first_key(Settings(database_url=SecretStr(url)))
        assert key, "the database is not migrated, or has a key already"
        self.door = Door(nursery.port, key)

    def start(self) -> None:
        self._nursery.start(self._flaw, self._settings)

    def kill(self) -> None:
        """End the server as `kill -9` does."""
        assert self._nursery.end(signal.SIGKILL) == -signal.SIGKILL, "it had ended by itself"

    def stop(self) -> None:
        """End the server as an operator does."""
        assert self._nursery.end(signal.SIGTERM) == 0


@contextmanager
def opened(log: Path) -> Iterator[Nursery]:
    """A nursery; it ends, with its server, when the block does or when this process dies."""
    with (
        log.open("a") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "tests.durability.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PUSHOFF_PORT": "0", "PUSHOFF_LOG_LEVEL": "error"},
        ) as process,
    ):
        # Leaving the block closes its input, which is what ends it.
        yield Nursery(process)


def serve_at_a_word() -> None:
    """The other side: runs until its input ends."""
    settings = Settings()
    logs.configure(settings)
    app = warmed_up(settings)
    listener = commands.open_listener(settings)
    say(listener.getsockname()[1])
    server = None
    for line in sys.stdin:
        word, *rest = json.loads(line)
        if word == "start":
            server = fork(app, listener, *rest)
            say(server)
        elif server is not None:
            os.kill(server, signal.Signals[word])
            _, status = os.waitpid(server, 0)
            server = None
            say(os.waitstatus_to_exitcode(status))
    if server is not None:
        os.kill(server, signal.SIGKILL)


def say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def warmed_up(settings: Settings) -> FastAPI:
    """An app that has done whatever it does at its first request. No database is touched."""
    app = main.create_app(settings)

    async def ask_without_a_key() -> None:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://nursery") as client:
            assert (await client.post("/sessions", json={})).status_code == 401

    asyncio.run(ask_without_a_key())
    config = uvicorn.Config(
        app, http="app.web.layers.protocol_limits:GuardedProtocol", ws="none", log_config=None
    )
    config.load()
    config.get_loop_factory()
    gc.freeze()
    return app


def fork(app: FastAPI, listener: socket.socket, flaw: str, given: dict[str, object]) -> int:
    """Start a server as `pushoff serve` does; its process id."""
    child = os.fork()
    if child:
        return child
    try:
        settings = Settings.model_validate({**given, "access_log": False})
        app.state.resources = replace(
            app.state.resources, settings=settings, database=Database(settings)
        )
        main.build = lambda: app
        if flaw:
            FLAWS[flaw]()
        commands.run_server(settings, listener)
    except Exception:
        log.exception("the server broke")
        os._exit(1)
    finally:
        os._exit(0)  # Nothing of this copy of the nursery may run on.


if __name__ == "__main__":
    serve_at_a_word()
