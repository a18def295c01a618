"""What there is once for each worker: how soon it is ready, and how much memory it needs.

Both are absolute, and so is how soon help is there. Each round starts a new process. Its memory is
read as soon as it is ready, and once it has answered everything that is measured here.
"""

import asyncio
import subprocess
import time
from collections.abc import Iterator
from tempfile import TemporaryDirectory

from benchmarks import servers, storing, traffic
from benchmarks.figures import ROUNDS, Figure
from benchmarks.traffic import Service
from tests.processes import PUSHOFF

MOST_MB, LONGEST_S, LONGEST_HELP_S = 100, 1.2, 0.2
# Of each kind. Four times as many need 2 % more: programmes are kept, as many as a setting allows.
REQUESTS = 50


def measure() -> Iterator[Figure]:
    """Medians of some starts, of files that this process has read already."""
    with TemporaryDirectory() as folder:
        url, key = traffic.prepare(f"sqlite:///{folder}/bench.db")
        rounds = [(*start(url, key), clock_help()) for _ in range(ROUNDS)]
    ready, idle, busy, helped = zip(*rounds, strict=True)
    yield Figure("memory of a worker, ready", idle, MOST_MB, "MB")
    yield Figure("memory of a worker, at work", busy, MOST_MB, "MB")
    yield Figure("start to ready", ready, LONGEST_S, "s")
    yield Figure("pushoff --help", helped, LONGEST_HELP_S, "s")


def start(url: str, key: str) -> tuple[float, float, float]:
    """Seconds until a new worker is ready, and its megabytes then and once it has worked."""
    began = time.perf_counter()
    with servers.pushoff(url) as server:
        ready = time.perf_counter() - began
        idle, service = servers.weigh(server[0].pid), Service(server, key, url)
        asyncio.run(traffic.send_all(server[1], work(service)))
        return ready, idle / 1e6, servers.weigh(server[0].pid) / 1e6


def work(service: Service) -> Iterator[bytes]:
    """Requests of every kind that is measured here."""
    for number in range(REQUESTS):
        yield service.request("POST", "/programs", b'{"age": %d}' % (20 + number % 50))
        yield service.request("GET", "/exercises")
        yield storing.put(service, storing.make_session(storing.SETS))
        yield service.request("GET", "/sessions?limit=50")


def clock_help() -> float:
    """Seconds until help is there."""
    began = time.perf_counter()
    subprocess.run([PUSHOFF, "--help"], check=True, capture_output=True)
    return time.perf_counter() - began
