"""The time of files: export of a workout, import of a recording, rejection of 8 MiB of bad data."""

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
from tests.formats.fit import raw_fit, watch_simulator

FILE_BYTES = 50_000
HOSTILE_BYTES = 8 * 2**20
SPEC = {"level": "advanced", "equipment": ["dumbbell"], "days_per_week": 3}
QUERY = {"athlete_id": "runner-7"}


def measure() -> Iterator[Measurement]:
    """Yield the figures, measured over HTTP on a new server."""
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
        yield Measurement("export of workout.fit", times, 20, "ms")
        yield from _measure_import(client, server.process.pid, workout)
        yield from _measure_hostile(client)


def _measure_import(client: httpx.Client, pid: int, workout: bytes) -> Iterator[Measurement]:
    """Yield the time of an import, and the growth in memory over twenty of them."""
    recording = _add_heart_rate(watch_simulator.perform(workout))
    _import_recording(client, recording)
    before = servers.read_memory_bytes(pid)
    times = tuple(_import_s(client, recording) for _ in range(4 * ROUNDS))
    grown = (servers.read_memory_bytes(pid) - before) / 1e6
    yield Measurement("import of 50 KB", times, 0.4, "s", detail=f"{len(recording):,} bytes of FIT")
    yield Measurement("growth over twenty of them", (grown,), 32, "MB")


def _measure_hostile(client: httpx.Client) -> Iterator[Measurement]:
    """Yield the time of 8 MiB of empty FIT records, and of /livez during that import.

    The import ends after its limit of two seconds, so three repetitions are enough.
    """
    hostile = raw_fit.define_message(20, []) + bytes(HOSTILE_BYTES - 100)
    head = struct.pack("<2BHI4sH", 14, 0x20, 2100, len(hostile), b".FIT", 0)
    times: list[float] = []
    waits: list[float] = []
    for _ in range(3):
        stopped = threading.Event()
        poller = threading.Thread(target=_poll_health, args=(str(client.base_url), stopped, waits))
        poller.start()
        times.append(_import_s(client, head + hostile + b"\0\0"))
        stopped.set()
        poller.join()
    yield Measurement(
        "8 MiB of hostile bytes", tuple(times), 2.5, "s", detail="2 s and its transport"
    )
    worst = tuple(sorted(1000 * wait for wait in waits)[-len(waits) // 100 :])
    yield Measurement("/livez meanwhile, worst 1 %", worst, 50, "ms", detail=f"of {len(waits)}")


def _poll_health(address: str, stopped: threading.Event, waits: list[float]) -> None:
    """Request /livez repeatedly, and record the seconds of each response."""
    with httpx.Client(base_url=address) as client:
        while not stopped.wait(0.005):
            waits.append(_request_s(client, "GET", "/livez"))


def _add_heart_rate(activity: bytes) -> bytes:
    """Return the activity with a heart rate every second, as watches record it, in FILE_BYTES."""
    body = activity[activity[0] : -2]
    types = {253: raw_fit.UINT32, 3: raw_fit.UINT8}
    beats = b""
    while len(body) + len(beats) < FILE_BYTES:
        beats += raw_fit.message(20, types, {253: raw_fit.EVENING + len(beats), 3: 120})
    return raw_fit.build_file(body, beats)


def _request_s(client: httpx.Client, method: str, path: str) -> float:
    """Return the seconds of one request, which must succeed."""
    began = time.perf_counter()
    client.request(method, path).raise_for_status()
    return time.perf_counter() - began


def _import_s(client: httpx.Client, data: bytes) -> float:
    """Return the seconds of one import. Raises RuntimeError for a 5xx."""
    began = time.perf_counter()
    answer = client.post("/sessions/import", params=QUERY, content=data)
    if answer.status_code >= 500:
        raise RuntimeError(f"an import answered {answer.status_code}")
    return time.perf_counter() - began


def _import_recording(client: httpx.Client, data: bytes) -> None:
    """Import a recording. Raises RuntimeError unless it is mapped completely."""
    result = client.post("/sessions/import", params=QUERY, content=data).raise_for_status().json()
    if not result["sessions"][0]["sets"] or result["unmapped"]:
        raise RuntimeError("the recording was not understood")
