"""The CPU of planning, in calibration loops of plain integer arithmetic, and beside engine 1."""

import asyncio
import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from statistics import median

from fastapi import FastAPI
from starlette.types import Message, Scope

from app.main import create_app
from app.settings import Settings
from app.training import engine
from app.training.planning.spec import SpecFields
from app.training.planning.spec_building import build_spec
from benchmarks.measurements import ROUNDS, Measurement, divide, interleave

REPEATS = 20
_BROTLI = {"accept-encoding": "br"}
LOOP_STEPS = 1_000
# Goal S2: 1 ms for 12 weeks and 5 ms for 52, on a machine where a loop takes 50 µs.
MAX_LOOPS = {12: 20.0, 52: 100.0}
# Engine 1 is gone. These are its loops, measured once by this module (benchmarks/README.md).
ENGINE_1_LOOPS = {12: 16.6, 52: 74.3}
ENGINE_1_POST_LOOPS = 39.7
MAX_TO_ENGINE_1 = 1.3
MAX_POST_TO_ENGINE_1 = 0.8


def measure() -> Iterator[Measurement]:
    """Yield the CPU of planning 12 and 52 weeks and of a request, and planning's share of it."""
    for weeks, goal in MAX_LOOPS.items():
        ours, loops = interleave(partial(_plan_cpu_s, {"weeks": weeks}), calibration_loop_cpu_s)
        name, ratios, detail = f"plan of {weeks} weeks", divide(ours, loops), _tell(ours, loops)
        yield Measurement(name, ratios, goal, "loops", detail=detail)
        yield _compare(f"{weeks} weeks beside engine 1", ratios, ENGINE_1_LOOPS[weeks])
    yield Measurement(
        "planning's share of a first POST", tuple(_measure_shares()), 0.5, "", at_least=True
    )
    ours, loops = interleave(_FirstPosts().measure_cpu_s, calibration_loop_cpu_s)
    yield _compare(
        "a first POST beside engine 1",
        divide(ours, loops),
        ENGINE_1_POST_LOOPS,
        goal=MAX_POST_TO_ENGINE_1,
        detail=_tell(ours, loops),
    )


def _tell(ours: list[float], loops: list[float]) -> str:
    return f"{median(ours) * 1000:.2f} ms; a loop is {median(loops) * 1e6:.0f} µs"


def _compare(
    name: str,
    loops: tuple[float, ...],
    engine_1: float,
    *,
    goal: float = MAX_TO_ENGINE_1,
    detail: str = "",
) -> Measurement:
    """Return how many times as many loops something takes as with engine 1."""
    detail = f"engine 1: {engine_1:.1f} loops; {detail}".rstrip("; ")
    return Measurement(name, tuple(one / engine_1 for one in loops), goal, "x", detail=detail)


def _plan_cpu_s(fields: SpecFields) -> float:
    """Return the seconds of CPU for planning one programme."""
    settled = build_spec(fields)
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
    app = _create_app()
    asyncio.run(_post_all(app, [{"weeks": 1}]))
    for start in range(20, 20 * (ROUNDS + 1), 20):
        specs = [{"session_minutes": start + n, "age": 30 + n} for n in range(REPEATS)]
        settled = [build_spec(SpecFields(**fields)) for fields in specs]  # type: ignore[typeddict-item]
        began = time.process_time()
        for one in settled:
            engine.identify(one).plan()
        planning = time.process_time() - began
        yield planning / asyncio.run(_post_all(app, specs))


class _FirstPosts:
    """Requests for new programmes of 12 weeks, each planned, encoded and compressed once."""

    def __init__(self) -> None:
        self.app = _create_app()
        self.masses = itertools.count(4_000)
        # What a running service has in its caches.
        asyncio.run(_post_all(self.app, [{"weeks": 12}], _BROTLI))

    def measure_cpu_s(self) -> float:
        """Return the seconds of CPU for one request: the mean of 20, the median of REPEATS."""
        return median(self._post_new() for _ in range(REPEATS))

    def _post_new(self) -> float:
        specs = [{"body_mass": mass / 100} for mass in itertools.islice(self.masses, 20)]
        return asyncio.run(_post_all(self.app, specs, _BROTLI)) / len(specs)


def _create_app() -> FastAPI:
    """Return the service. Its limits are on, but too high to be reached."""
    return create_app(Settings(access_log=False, address_burst=10_000, program_cache_mb=8))


async def _post_all(
    app: FastAPI, specs: Sequence[Mapping[str, float]], headers: Mapping[str, str] | None = None
) -> float:
    """Return the seconds of CPU for sending specs to the app in this process, without a client.

    Raises RuntimeError for a response that is not a programme.
    """
    bodies = [json.dumps(fields).encode() for fields in specs]
    began = time.process_time()
    statuses = [await _post(app, body, headers or {}) for body in bodies]
    taken = time.process_time() - began
    if {*statuses} != {200}:
        raise RuntimeError(f"POST /programs answered {statuses}")
    return taken


async def _post(app: FastAPI, body: bytes, more_headers: Mapping[str, str]) -> int:
    """Return the status of one response. Its body is made and dropped."""
    statuses: list[int] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        statuses.extend([message["status"]] if "status" in message else [])

    headers = {"host": "localhost", "content-type": "application/json", **more_headers}
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
