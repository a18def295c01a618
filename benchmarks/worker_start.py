"""The start time and the memory of a worker, and the time of `pushoff --help`.

These figures are absolute. Each round starts a new process. Its memory is read when it is ready,
and again after it has answered requests of every kind that is measured here.
"""

import asyncio
import subprocess
import time
from collections.abc import Iterator
from tempfile import TemporaryDirectory

from benchmarks import servers, service_load, session_writes
from benchmarks.measurements import ROUNDS, Measurement
from benchmarks.service_load import Service
from tests.processes import PUSHOFF

MAX_MB, MAX_START_S, MAX_HELP_S = 100, 1.2, 0.2
# Of each kind. Four times as many need 2 % more memory, for the programmes in the cache. A setting
# limits them.
REQUESTS = 50


def measure() -> Iterator[Measurement]:
    """Yield the figures of several starts. The files are in the disk cache already."""
    with TemporaryDirectory() as folder:
        url, key = service_load.prepare_database(f"sqlite:///{folder}/bench.db")
        rounds = [(*_measure_start(url, key), _measure_help()) for _ in range(ROUNDS)]
    ready, idle, busy, helped = zip(*rounds, strict=True)
    yield Measurement("memory of a worker, ready", idle, MAX_MB, "MB")
    yield Measurement("memory of a worker, at work", busy, MAX_MB, "MB")
    yield Measurement("start to ready", ready, MAX_START_S, "s")
    yield Measurement("pushoff --help", helped, MAX_HELP_S, "s")


def _measure_start(url: str, key: str) -> tuple[float, float, float]:
    """Return the seconds until a new worker is ready, and its megabytes then and after work."""
    began = time.perf_counter()
    with servers.run_pushoff(url) as server:
        ready = time.perf_counter() - began
        idle, service = servers.read_memory_bytes(server[0].pid), Service(server, key, url)
        asyncio.run(service_load.send_all(server[1], _make_requests(service)))
        return ready, idle / 1e6, servers.read_memory_bytes(server[0].pid) / 1e6


def _make_requests(service: Service) -> Iterator[bytes]:
    """Yield requests of every kind that is measured here."""
    for number in range(REQUESTS):
        yield service.request("POST", "/programs", b'{"age": %d}' % (20 + number % 50))
        yield service.request("GET", "/exercises")
        yield session_writes.make_put(service, session_writes.make_session(session_writes.SETS))
        yield service.request("GET", "/sessions?limit=50")


def _measure_help() -> float:
    """Return the seconds of `pushoff --help`."""
    began = time.perf_counter()
    subprocess.run([PUSHOFF, "--help"], check=True, capture_output=True)
    return time.perf_counter() - began
