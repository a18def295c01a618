"""What finished answers cost, beside a bare ASGI app that sends the same bytes."""

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import psutil

from benchmarks.figures import Figure, divide, interleave

REQUESTS = 1_000
PATIENCE_S = 30
# Limits are on in what is measured, and out of reach.
OUT_OF_REACH = {
    "PUSHOFF_KEY_REQUESTS_PER_MINUTE": "1000000",
    "PUSHOFF_KEY_BURST": "10000",
    "PUSHOFF_ADDRESS_REQUESTS_PER_MINUTE": "1000000",
    "PUSHOFF_ADDRESS_BURST": "10000",
}
BARE_APP = """
import sys
BODY = open({body!r}, "rb").read()
HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())]

async def app(scope, receive, send):
    await send({{"type": "http.response.start", "status": 200, "headers": HEADERS}})
    await send({{"type": "http.response.body", "body": BODY}})
"""


def measure() -> Iterator[Figure]:
    """Both constant answers, and what a worker weighs and how soon it is ready."""
    with tempfile.TemporaryDirectory() as folder:
        # Metrics and request ids are on. A line of log for each request would cost as much again
        # as the answer, for the service as for the bare app.
        environment = {
            "PUSHOFF_DATABASE_URL": f"sqlite:///{folder}/bench.db",
            "PUSHOFF_ACCESS_LOG": "false",
        }
        with serve(environment):
            pass
        began = time.perf_counter()
        with serve(environment) as (server, port):
            ready = time.perf_counter() - began
            program_id = json.loads(fetch(port, "POST", "/programs", b"{}"))["program_id"]
            for path in ("/exercises", f"/programs/{program_id}"):
                yield compare(server, port, path, Path(folder))
            memory = psutil.Process(server.pid).memory_info().rss / 1e6
        yield Figure("memory of a worker", (memory,), 110, "MB")
        yield Figure("start to ready", (ready,), 1.5, "s")


def compare(server: subprocess.Popen[bytes], port: int, path: str, folder: Path) -> Figure:
    """CPU of a repeated answer as a multiple of the bare app's."""
    body = folder / "body.json"
    body.write_bytes(fetch(port, "GET", path))
    (folder / "bare.py").write_text(BARE_APP.format(body=str(body)), encoding="utf-8")
    with bare(folder) as (ceiling, bare_port):
        ours, theirs = interleave(
            lambda: cpu_of(server, port, path), lambda: cpu_of(ceiling, bare_port, "/")
        )
    name = "GET /exercises" if path == "/exercises" else "repeated GET /programs/{id}"
    detail = f"{median(ours) * 1e6:.0f} µs against {median(theirs) * 1e6:.0f} µs"
    return Figure(name, divide(ours, theirs), 3, "x bare ASGI", detail=detail)


def cpu_of(server: subprocess.Popen[bytes], port: int, path: str) -> float:
    """Seconds of the server's CPU for one request."""
    connection = http.client.HTTPConnection("127.0.0.1", port)

    def ask(times: int) -> None:
        for _ in range(times):
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{path} answers {answer.status}")

    ask(100)
    before = used(server.pid)
    ask(REQUESTS)
    return (used(server.pid) - before) / REQUESTS


def used(pid: int) -> float:
    """Seconds of CPU that a process has used, user and system, of all its threads.

    Linux counts them to the nanosecond; what psutil reads is rounded to hundredths of a second.
    """
    tasks = [*Path(f"/proc/{pid}/task").glob("*/schedstat")]
    if tasks:
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


def fetch(port: int, method: str, path: str, body: bytes | None = None) -> bytes:
    """The body of one answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request(method, path, body, {"Content-Type": "application/json"})
    return connection.getresponse().read()


@contextmanager
def serve(environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The service as it is run, ready to answer."""
    command = [sys.executable, "-m", "app", "serve", "--migrate"]
    port = free_port()
    with running(command, {**environment, "PUSHOFF_PORT": str(port)}, port, "/readyz") as server:
        yield server, port


@contextmanager
def bare(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The bare app on the same server."""
    port = free_port()
    options = ["--app-dir", str(folder), "--no-access-log", "--lifespan", "off"]
    command = [sys.executable, "-m", "uvicorn", "bare:app", "--port", str(port), *options]
    with running(command, {}, port, "/") as server:
        yield server, port


@contextmanager
def running(
    command: list[str], environment: dict[str, str], port: int, path: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A server that answers, until the block ends."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(command, env={**os.environ, **OUT_OF_REACH, **environment}, **quiet)  # type: ignore[call-overload]
    try:
        wait_for(server, port, path)
        yield server
    finally:
        server.terminate()
        server.wait(PATIENCE_S)


def wait_for(server: subprocess.Popen[bytes], port: int, path: str) -> None:
    """Returns when a server answers 200."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.005)
    raise RuntimeError(f"the server on port {port} did not come up")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
