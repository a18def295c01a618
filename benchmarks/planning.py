"""What planning costs, in loops of plain integer arithmetic."""

import asyncio
import time
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median

import httpx

from app.main import create_app
from app.settings import Settings
from app.training import identity, program, spec
from app.training.spec import SpecFields
from benchmarks.figures import Figure, divide, interleave

REPEATS = 20
LOOP_STEPS = 1_000
# S2 of the goals: 1 ms for 12 weeks and 5 ms for 52 where a loop takes 50 µs.
MOST_LOOPS = {12: 20.0, 52: 100.0}


def measure() -> Iterator[Figure]:
    """Planning 12 and 52 weeks, and its share of a request."""
    for weeks, goal in MOST_LOOPS.items():
        ours, loops = interleave(partial(plan, {"weeks": weeks}), calibrate)
        yield Figure(
            f"plan of {weeks} weeks",
            divide(ours, loops),
            goal,
            "loops",
            detail=f"{median(ours) * 1000:.2f} ms; a loop is {median(loops) * 1e6:.0f} µs",
        )
    yield Figure("planning's share of a first POST", tuple(shares()), 0.5, "", least=True)


def plan(fields: SpecFields) -> float:
    """Seconds of CPU for one programme."""
    settled = spec.settle(fields)
    program_id = identity.encode(settled)
    return clock(lambda: program.plan(settled, program_id))


def calibrate() -> float:
    """Seconds of CPU for a loop of plain integer arithmetic."""

    def loop() -> None:
        total = 0
        for step in range(LOOP_STEPS):
            total = (total * 31 + step) % 1_000_003

    return clock(loop)


def clock(work: Callable[[], object]) -> float:
    """Seconds of CPU for a piece of work, the median of some."""
    taken = []
    for _ in range(REPEATS):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return median(taken)


def shares() -> Iterator[float]:
    """The share of planning in the CPU of a request for a spec that was never asked for."""
    for start in (20, 40, 60):
        specs = [{"session_minutes": start + n, "age": 30 + n} for n in range(REPEATS)]
        settled = [spec.settle(SpecFields(**fields)) for fields in specs]  # type: ignore[typeddict-item]
        began = time.process_time()
        for one in settled:
            program.plan(one, identity.encode(one))
        planning = time.process_time() - began
        yield planning / asyncio.run(post_all(specs))


async def post_all(specs: list[dict[str, int]]) -> float:
    """Seconds of CPU for posting specs to the app in this process, its client's share taken out."""
    app = create_app(Settings(access_log=False, program_cache_mb=8))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        for path in ("/programs", "/nowhere"):
            await client.post(path, json={"weeks": 1})
        began = time.process_time()
        for _ in specs:
            await client.post("/nowhere", json={})
        idle = time.process_time() - began
        began = time.process_time()
        for fields in specs:
            (await client.post("/programs", json=fields)).raise_for_status()
        return time.process_time() - began - idle
