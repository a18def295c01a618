"""The CPU of planning, in calibration loops of plain integer arithmetic."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median

from fastapi import FastAPI
from starlette.types import Message, Scope

from app.main import create_app
from app.settings import Settings
from app.training import engine
from app.training.planning import spec
from app.training.planning.spec import SpecFields
from benchmarks.measurements import ROUNDS, Measurement, divide, interleave

REPEATS = 20
LOOP_STEPS = 1_000
# Goal S2: 1 ms for 12 weeks and 5 ms for 52, on a machine where a loop takes 50 µs.
MAX_LOOPS = {12: 20.0, 52: 100.0}


def measure() -> Iterator[Measurement]:
    """Yield the CPU of planning 12 and 52 weeks, and its share of a request."""
    for weeks, goal in MAX_LOOPS.items():
        ours, loops = interleave(partial(_plan_cpu_s, {"weeks": weeks}), calibration_loop_cpu_s)
        yield Measurement(
            f"plan of {weeks} weeks",
            divide(ours, loops),
            goal,
            "loops",
            detail=f"{median(ours) * 1000:.2f} ms; a loop is {median(loops) * 1e6:.0f} µs",
        )
    yield Measurement(
        "planning's share of a first POST", tuple(_measure_shares()), 0.5, "", at_least=True
    )


def _plan_cpu_s(fields: SpecFields) -> float:
    """Return the seconds of CPU for planning one programme."""
    settled = spec.build_spec(fields)
    ref = engine.identify(settled)
    return median_cpu_s(ref.plan)


def calibration_loop_cpu_s() -> float:
    """Return the seconds of CPU for one calibration loop."""

    def loop() -> None:
        total = 0
        for step in range(LOOP_STEPS):
            total = (total * 31 + step) % 1_000_003

    return median_cpu_s(loop)


def median_cpu_s(work: Callable[[], object]) -> float:
    """Return the seconds of CPU for a piece of work: the median of REPEATS."""
    taken = []
    for _ in range(REPEATS):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return median(taken)


def _measure_shares() -> Iterator[float]:
    """Yield the share of planning in the CPU of a request with a new spec."""
    # Limits are on, but too high to be reached.
    app = create_app(Settings(access_log=False, address_burst=10_000, program_cache_mb=8))
    asyncio.run(_post_all(app, [{"weeks": 1}]))
    for start in range(20, 20 * (ROUNDS + 1), 20):
        specs = [{"session_minutes": start + n, "age": 30 + n} for n in range(REPEATS)]
        settled = [spec.build_spec(SpecFields(**fields)) for fields in specs]  # type: ignore[typeddict-item]
        began = time.process_time()
        for one in settled:
            engine.identify(one).plan()
        planning = time.process_time() - began
        yield planning / asyncio.run(_post_all(app, specs))


async def _post_all(app: FastAPI, specs: list[dict[str, int]]) -> float:
    """Return the seconds of CPU for sending specs to the app in this process, without a client.

    Raises RuntimeError for a response that is not a programme.
    """
    bodies = [json.dumps(fields).encode() for fields in specs]
    began = time.process_time()
    statuses = [await _post(app, body) for body in bodies]
    taken = time.process_time() - began
    if {*statuses} != {200}:
        raise RuntimeError(f"POST /programs answered {statuses}")
    return taken


async def _post(app: FastAPI, body: bytes) -> int:
    """Return the status of one response. Its body is made and dropped."""
    statuses: list[int] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        statuses.extend([message["status"]] if "status" in message else [])

    headers = {"host": "localhost", "content-type": "application/json"}
    scope: Scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/programs",
        "raw_path": b"/programs",
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await app(scope, receive, send)
    return statuses[0]
