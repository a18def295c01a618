"""The service with a key and with load: many connections at once, and what they cost its process.

Hands prepared requests to a server and tells its CPU for each. What they say is for the benchmarks
that prepare them.
"""

import asyncio
import os
import subprocess
import sys
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import sqlalchemy as sa

from app import db
from app.keys import credentials, store
from app.keys.auth import SCOPES
from app.keys.store import Key
from app.migration import migrate
from app.settings import normalise_url
from benchmarks.serving import free_port, running
from tests import postgres

CONNECTIONS = 16
TENANT = uuid.UUID("22222222-2222-4222-8222-222222222222")
APP = "benchmarks.validating:build"
OPTIONS = ["--factory", "--http", "app.web.guard:GuardedProtocol", "--ws", "none"]
QUIET = ["--no-access-log", "--no-server-header", "--no-proxy-headers"]
# One key sends everything here, and what a log line costs is not what is asked.
SETTINGS = {"PUSHOFF_ACCESS_LOG": "false"}


@dataclass(frozen=True, slots=True)
class Service:
    """A server that runs, on a database of its own, and a key to it."""

    process: subprocess.Popen[bytes]
    port: int
    key: str
    url: str

    def request(self, method: str, path: str, body: bytes = b"") -> bytes:
        """A request as it goes over the wire."""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def weigh(self, requests: Sequence[bytes], connections: int = CONNECTIONS) -> float:
        """Seconds of the server's CPU for one of these requests, sent over all connections."""
        process = psutil.Process(self.process.pid)
        before = process.cpu_times()
        asyncio.run(send_all(self.port, requests, connections))
        after = process.cpu_times()
        return (after.user - before.user + after.system - before.system) / len(requests)

    def ask(self, request: bytes) -> bytes:
        """The body of one answer."""
        return asyncio.run(send_all(self.port, [request], connections=1))


async def send_all(port: int, requests: Iterable[bytes], connections: int = CONNECTIONS) -> bytes:
    """Sends requests, each connection its next one after its last is answered; the last answer."""
    left = iter(requests)
    answers = await asyncio.gather(*(send(port, left) for _ in range(connections)))
    return answers[0]


async def send(port: int, left: Iterator[bytes]) -> bytes:
    """The same over one connection. Raises RuntimeError for an answer that is no success."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = b""
    for request in left:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        body = await reader.readexactly(int(length or 0))
        if not head.startswith(b"HTTP/1.1 2"):
            raise RuntimeError(f"a request was answered {head[:12]!r} {body[:500]!r}")
    writer.close()
    await writer.wait_closed()
    return body


@contextmanager
def services() -> Iterator[dict[str, Service]]:
    """A service on SQLite and one on PostgreSQL, both durable, until the block ends."""
    with (
        TemporaryDirectory() as folder,
        postgres.cluster(Path(folder) / "pg", fsync=True) as server,
        serve(f"sqlite:///{folder}/bench.db") as on_sqlite,
        serve(server.create("bench")) as on_postgres,
    ):
        yield {"SQLite": on_sqlite, "PostgreSQL": on_postgres}


@contextmanager
def serve(url: str) -> Iterator[Service]:
    """The service on a new database, with one route more that only validates."""
    url = normalise_url(url)
    migrate(url)
    port = free_port()
    environment = {**SETTINGS, "PUSHOFF_DATABASE_URL": url}
    command = [sys.executable, "-m", "uvicorn", APP, *OPTIONS, *QUIET, "--port", str(port)]
    with running(command, environment, port, "/readyz") as process:
        yield Service(process, port, make_key(url), url)


def make_key(url: str) -> str:
    """A key of the benchmarks' tenant."""
    credential = credentials.mint()
    secret_hash = credentials.hash_secret(credential.secret)
    key = Key(
        credential.key_id, TENANT, "bench", secret_hash, SCOPES, datetime.now(UTC), revoked_at=None
    )
    with db.make_engine(sa.make_url(url), 5, read_only=False).begin() as tx:
        store.add_key(tx, key)
    return credential.spell()


def scale(full: int) -> int:
    """So many, or a fifth of them where it has to be quick."""
    return full // 5 if os.environ.get("BENCH") == "quick" else full
