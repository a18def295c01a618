"""Sends requests to a running service over many connections, and measures the server's CPU.

The benchmarks make the requests; this module starts the services and sends the requests.
"""

import asyncio
import os
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from app.database.engines import make_engine
from app.database.migration import migrate
from app.keys import api_keys, store
from app.keys.auth import SCOPES
from app.keys.store import Key
from app.settings import normalise_url
from benchmarks import servers
from benchmarks.servers import Server
from tests import postgres

QUICK = os.environ.get("BENCH") == "quick"
CONNECTIONS = 16
TENANT = uuid.UUID("22222222-2222-4222-8222-222222222222")
_APP = "benchmarks.validation_app:build"
_OPTIONS = ["--factory", "--http", "app.web.layers.protocol_limits:GuardedProtocol", "--ws", "none"]
_WITHOUT_HEADERS = ["--no-server-header", "--no-proxy-headers"]

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Service:
    """A running server on a database, and a key for it."""

    server: Server
    key: str
    url: str

    def request(self, method: str, path: str, body: bytes = b"") -> bytes:
        """Return the bytes of a request."""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def measure_cpu_s(self, requests: Sequence[bytes], connections: int = CONNECTIONS) -> float:
        """Return the server's mean CPU for these requests, sent over several connections."""
        process, port = self.server
        before = servers.read_cpu_s(process.pid)
        asyncio.run(send_all(port, requests, connections))
        return (servers.read_cpu_s(process.pid) - before) / len(requests)

    def fetch(self, request: bytes) -> bytes:
        """Return the body of one response."""
        return asyncio.run(send_all(self.server[1], [request], connections=1))


async def send_all(port: int, requests: Iterable[bytes], connections: int = CONNECTIONS) -> bytes:
    """Send requests over new connections; return the last body over the first connection."""
    left = iter(requests)
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(connections)]
    bodies = await asyncio.gather(*(send(connection, left) for connection in opened))
    await close(opened)
    return bodies[0]


async def send(connection: Connection, left: Iterator[bytes]) -> bytes:
    """Send the remaining requests, each after the response to the one before.

    Returns the last body. Raises RuntimeError for a response that is not a success.
    """
    reader, writer = connection
    body = b""
    for request in left:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        body = await reader.readexactly(int(length or 0))
        if not head.startswith(b"HTTP/1.1 2"):
            raise RuntimeError(f"a request was answered with {head[:12]!r} {body[:500]!r}")
    return body


async def close(opened: Iterable[Connection]) -> None:

    for _, writer in opened:
        writer.close()
        await writer.wait_closed()


@contextmanager
def run_services() -> Iterator[dict[str, Service]]:
    """Run a service on a new SQLite database and one on a new PostgreSQL, both durable."""
    with (
        TemporaryDirectory() as folder,
        postgres.start_cluster(Path(folder) / "pg", fsync=True) as server,
        ExitStack() as stack,
    ):
        urls = {"SQLite": f"sqlite:///{folder}/bench.db", "PostgreSQL": server.create("bench")}
        databases = [prepare_database(url) for url in urls.values()]
        started = servers.start_all(stack, [_run_validation_app(url) for url, _ in databases])
        yield {
            name: Service(one, key, url)
            for name, one, (url, key) in zip(urls, started, databases, strict=True)
        }


def _run_validation_app(url: str) -> AbstractContextManager[Server]:

    return servers.run_uvicorn(_APP, *_OPTIONS, *_WITHOUT_HEADERS, ready="/readyz", url=url)


def prepare_database(url: str) -> tuple[str, str]:
    """Migrate a new database; return its URL in the service's form, and a key."""
    url = normalise_url(url)
    migrate(url)
    return url, make_key(url)


def make_key(url: str) -> str:
    """Create a key of the benchmarks' tenant."""
    credential = api_keys.generate()
    secret_hash = api_keys.hash_secret(credential.secret)
    key = Key(
        credential.key_id, TENANT, "bench", secret_hash, SCOPES, datetime.now(UTC), revoked_at=None
    )
    with make_engine(sa.make_url(url), 5, read_only=False).begin() as tx:
        store.add_key(tx, key)
    return credential.encode()


def scale_count(full: int) -> int:
    """Return `full`, or a tenth of it in a quick run."""
    return full // 10 if QUICK else full
