"""What files cost: a workout out, an evening's recording in, and eight MiB that mean no good."""

import struct
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from benchmarks import servers
from benchmarks.measurements import ROUNDS, Measurement
from tests import processes
from tests.formats.fit import raw_fit, watch

FILE_BYTES = 50_000
HOSTILE_BYTES = 8 * 2**20
SPEC = {"level": "advanced", "equipment": ["dumbbell"], "days_per_week": 3}
QUERY = {"athlete_id": "runner-7"}


def measure() -> Iterator[Measurement]:
    """Over HTTP, against a server of its own."""
    with (
        tempfile.TemporaryDirectory() as folder,
        processes.serving(Path(folder), "--migrate", access_log="false") as server,
        httpx.Client(base_url=server.address, timeout=30) as client,
    ):
        client.headers["Authorization"] = f"Bearer {server.key}"
        program = client.post("/programs", json=SPEC).json()["program_id"]
        path = f"/athletes/runner-7/programs/{program}/weeks/1/sessions/1/workout.fit"
        workout = client.get(path).content
        times = tuple(1000 * _request_s(client, "GET", path) for _ in range(4 * ROUNDS))
        yield Measurement("workout.fit as it stands", times, 20, "ms")
        yield from _measure_import(client, server.process.pid, workout)
        yield from _measure_hostile(client)


def _measure_import(client: httpx.Client, pid: int, workout: bytes) -> Iterator[Measurement]:
    """An evening's recording, and what the processes grow by while they read many."""
    evening = _add_heart_rate(watch.perform(workout))
    _import_recording(client, evening)
    before = servers.read_memory_bytes(pid)
    times = tuple(_import_s(client, evening) for _ in range(4 * ROUNDS))
    grown = (servers.read_memory_bytes(pid) - before) / 1e6
    yield Measurement("import of 50 KB", times, 0.4, "s", detail=f"{len(evening):,} bytes of FIT")
    yield Measurement("growth over twenty of them", (grown,), 32, "MB")


def _measure_hostile(client: httpx.Client) -> Iterator[Measurement]:
    """Eight MiB of records without content; meanwhile somebody asks whether we live.

    It ends when its two seconds are over, so three times tell as much as more.
    """
    hostile = raw_fit.define(20, []) + bytes(HOSTILE_BYTES - 100)
    head = struct.pack("<2BHI4sH", 14, 0x20, 2100, len(hostile), b".FIT", 0)
    times: list[float] = []
    waits: list[float] = []
    for _ in range(3):
        asking = threading.Event()
        asker = threading.Thread(target=_poll_health, args=(str(client.base_url), asking, waits))
        asker.start()
        times.append(_import_s(client, head + hostile + b"\0\0"))
        asking.set()
        asker.join()
    yield Measurement(
        "8 MiB of hostile bytes", tuple(times), 2.5, "s", detail="2 s and its transport"
    )
    worst = tuple(sorted(1000 * wait for wait in waits)[-len(waits) // 100 :])
    yield Measurement("/livez meanwhile, worst 1 %", worst, 50, "ms", detail=f"of {len(waits)}")


def _poll_health(address: str, done: threading.Event, waits: list[float]) -> None:
    """Asks for /livez again and again, and notes how long each answer took."""
    with httpx.Client(base_url=address) as client:
        while not done.wait(0.005):
            waits.append(_request_s(client, "GET", "/livez"))


def _add_heart_rate(activity: bytes) -> bytes:
    """The same activity with a heart rate every second, as watches record it, in FILE_BYTES."""
    body = activity[activity[0] : -2]
    types = {253: raw_fit.UINT32, 3: raw_fit.UINT8}
    beats = b""
    while len(body) + len(beats) < FILE_BYTES:
        beats += raw_fit.message(20, types, {253: raw_fit.EVENING + len(beats), 3: 120})
    return raw_fit.wrap(body, beats)


def _request_s(client: httpx.Client, method: str, path: str) -> float:
    """Seconds for one answer, which must be 200."""
    began = time.perf_counter()
    client.request(method, path).raise_for_status()
    return time.perf_counter() - began


def _import_s(client: httpx.Client, data: bytes) -> float:
    """Seconds for one import, whatever comes of it."""
    began = time.perf_counter()
    answer = client.post("/sessions/import", params=QUERY, content=data)
    if answer.status_code >= 500:
        raise RuntimeError(f"an import answered {answer.status_code}")
    return time.perf_counter() - began


def _import_recording(client: httpx.Client, data: bytes) -> None:
    """Imports a file that must be taken with all of its sets."""
    told = client.post("/sessions/import", params=QUERY, content=data).raise_for_status().json()
    if not told["sessions"][0]["sets"] or told["unmapped"]:
        raise RuntimeError("the recording was not understood")
