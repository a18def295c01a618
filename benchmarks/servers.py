"""Starts and stops servers as processes, and reads the CPU and memory that they use.

The benchmarks load these servers: `pushoff serve`, or any ASGI app on uvicorn.
"""

import http.client
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from types import MappingProxyType

import psutil

from tests.postgres import free_port
from tests.processes import PUSHOFF

TIMEOUT_S = 30
# Limits are on, but too high to be reached. The access log is off, because a line for each request
# costs as much CPU as a cached response, in this service and in any other.
SETTINGS = {
    "PUSHOFF_KEY_REQUESTS_PER_MINUTE": "1000000",
    "PUSHOFF_KEY_BURST": "1000",
    "PUSHOFF_ADDRESS_REQUESTS_PER_MINUTE": "1000000",
    "PUSHOFF_ADDRESS_BURST": "1000",
    "PUSHOFF_MAX_IN_FLIGHT": "1000",
    "PUSHOFF_MAX_IN_FLIGHT_EACH": "1000",
    "PUSHOFF_ACCESS_LOG": "false",
}

Server = tuple[subprocess.Popen[bytes], int]
"""A process, and the port where it listens."""


@contextmanager
def run_pushoff(
    url: str, *options: str, settings: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Server]:
    """Run `pushoff serve` on a database until the block ends."""
    port = free_port()
    own = {**settings, "PUSHOFF_DATABASE_URL": url, "PUSHOFF_PORT": str(port)}
    command = [PUSHOFF, "serve", "--migrate", *options]
    with _run_process(command, port, "/readyz", own) as process:
        yield process, port


@contextmanager
def run_uvicorn(app: str, *options: str, ready: str, url: str = "") -> Iterator[Server]:
    """Run an ASGI app on uvicorn. It is ready when it answers 200 at the path `ready`."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", app, "--port", str(port), "--no-access-log"]
    settings = {"PUSHOFF_DATABASE_URL": url} if url else {}
    with _run_process([*command, *options], port, ready, settings) as process:
        yield process, port


def start_all(stack: ExitStack, servers: Iterable[AbstractContextManager[Server]]) -> list[Server]:
    """Start servers in parallel, as each start needs one core. They end with the stack."""
    with ThreadPoolExecutor() as pool:
        return [*pool.map(stack.enter_context, servers)]


@contextmanager
def _run_process(
    command: list[str], port: int, ready: str, settings: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:

    process = subprocess.Popen(
        command,
        env={**os.environ, **SETTINGS, **settings},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_ready(process, port, ready)
        yield process
    finally:
        process.terminate()
        process.wait(TIMEOUT_S)


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, ready: str) -> None:
    """Return when a server answers 200. Raises RuntimeError after TIMEOUT_S."""
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", ready)
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.005)
    raise RuntimeError(f"the server on port {port} did not start")


def find_processes(pid: int) -> list[psutil.Process]:
    """Return a server's process and its child processes."""
    server = psutil.Process(pid)
    return [server, *server.children(recursive=True)]


def read_cpu_s(pid: int) -> float:
    """Return the seconds of CPU, user and system, of a server with its child processes."""
    return sum(map(read_process_cpu_s, find_processes(pid)))


def read_process_cpu_s(process: psutil.Process) -> float:
    """Return the seconds of CPU of one process, including threads that have ended.

    Linux has a CPU clock in nanoseconds for each process. Its number is computed as
    clock_getcpuclockid(3) does it. psutil only has hundredths of a second.
    """
    if platform.system() == "Linux":
        return time.clock_gettime(~process.pid << 3 | 2)
    times = process.cpu_times()
    return times.user + times.system


def read_memory_bytes(pid: int) -> int:
    """Return the bytes of memory of a server with its child processes."""
    return sum(one.memory_info().rss for one in find_processes(pid))
