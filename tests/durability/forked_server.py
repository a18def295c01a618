"""A process that loads the service once and then forks servers on command.

A forked server answers within a tenth of a second, so that a test can kill a hundred of them. The
listening socket stays open between two servers: a client that connects meanwhile waits for the next
one. Commands on standard input: `start` with a flaw and settings, or the name of the signal that
ends the running server.
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
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from app import commands, main
from app.database.database import Database
from app.settings import Settings
from app.web.monitoring import logs
from tests.durability.clients import ServiceAddress
from tests.durability.faulty_services import FLAWS

log = logging.getLogger(__name__)

ROOT = Path(__file__).parents[2]


class ForkServer:
    """Controls the process from the test. One server runs at a time."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.port = int(self._read())

    def start(self, flaw: str, settings: dict[str, object]) -> None:
        self._send("start", flaw, settings)

    def end(self, number: signal.Signals) -> int:
        """End the server with a signal; return its exit code."""
        return self._send(number.name)

    def _send(self, *words: object) -> int:
        assert self._process.stdin
        print(json.dumps(words), file=self._process.stdin, flush=True)
        return int(self._read())

    def _read(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the fork server has ended; its log contains the reason"
        return line


class KillableService:
    """A service on a database that can be started and killed many times.

    `flaw` names one of `faulty_services.FLAWS`. `key` is needed if the database has a key already.
    """

    def __init__(
        self,
        fork_server: ForkServer,
        url: str,
        key: str | None = None,
        flaw: str = "",
        **settings: object,
    ) -> None:
        self._fork_server = fork_server
        self._flaw = flaw
        self._settings = {"database_url": url, **settings}
        key = key or commands.create_first_key(Settings(database_url=SecretStr(url)))
        assert key, "the database is not migrated, or has a key already"
        self.address = ServiceAddress(fork_server.port, key)

    def start(self) -> None:
        self._fork_server.start(self._flaw, self._settings)

    def kill(self) -> None:
        """End the server with SIGKILL."""
        assert self._fork_server.end(signal.SIGKILL) == -signal.SIGKILL, (
            "the server had ended before"
        )

    def stop(self) -> None:
        """End the server with SIGTERM."""
        assert self._fork_server.end(signal.SIGTERM) == 0


@contextmanager
def run_fork_server(log: Path) -> Iterator[ForkServer]:
    """Run a fork server. It ends with its server when the block or this process ends."""
    with (
        log.open("a") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "tests.durability.forked_server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PUSHOFF_PORT": "0", "PUSHOFF_LOG_LEVEL": "error"},
        ) as process,
    ):
        # The end of the block closes its standard input, which ends it.
        yield ForkServer(process)


def _read_commands() -> None:
    """Run the commands of standard input until it ends."""
    settings = Settings()
    logs.configure(settings)
    app = _load_app(settings)
    listener = commands.open_listener(settings)
    _write_number(listener.getsockname()[1])
    server = None
    for line in sys.stdin:
        word, *rest = json.loads(line)
        if word == "start":
            server = _fork(app, listener, *rest)
            _write_number(server)
        elif server is not None:
            os.kill(server, signal.Signals[word])
            _, status = os.waitpid(server, 0)
            server = None
            _write_number(os.waitstatus_to_exitcode(status))
    if server is not None:
        os.kill(server, signal.SIGKILL)


def _write_number(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _load_app(settings: Settings) -> FastAPI:
    """Return an app that has answered its first request, which is slow. It used no database."""
    app = main.create_app(settings)

    async def request_without_key() -> None:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://fork-server") as client:
            assert (await client.post("/sessions", json={})).status_code == 401

    asyncio.run(request_without_key())
    config = uvicorn.Config(
        app, http="app.web.layers.protocol_limits:GuardedProtocol", ws="none", log_config=None
    )
    config.load()
    config.get_loop_factory()
    gc.freeze()
    return app


def _fork(app: FastAPI, listener: socket.socket, flaw: str, given: dict[str, object]) -> int:
    """Start a server as `pushoff serve` does; return its process id."""
    child = os.fork()
    if child:
        return child
    try:
        settings = Settings.model_validate({**given, "access_log": False})
        app.state.resources.settings = settings
        app.state.resources.database = Database(settings)
        main.build = lambda: app
        if flaw:
            FLAWS[flaw]()
        commands.run_server(settings, listener)
    except Exception:
        log.exception("the server failed")
        os._exit(1)
    finally:
        os._exit(0)  # The child must not return into the code of the fork server.


if __name__ == "__main__":
    _read_commands()
