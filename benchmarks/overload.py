"""More than a server can do: what it goes on doing at twice and five times its capacity.

The server has one core and the load the other. Capacity is what a crowd of connections gets out of
it without a cap; then requests arrive on their own, and each is timed from the moment at which it
was due. They store sessions of nine sets in a programme, on SQLite, and are told what comes next.
"""

import gc
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import psutil

from app.settings import Settings
from benchmarks import open_loop, servers, service_load, session_writes
from benchmarks.measurements import ROUNDS, Measurement, divide
from benchmarks.open_loop import RequestStream, Response
from benchmarks.service_load import Service

MIN_GOODPUT = 0.9
MAX_SLOWDOWN = 3
MAX_REJECTION_MS = 20
HALF, OVERLOADS = 0.5, (2, 5)
# Before a load lasts it is a burst, for which there are more places: that is over when it counts.
WARM_UP_S, SECONDS = 0.5, 3
# A load is offered anew, up to so often, where requests left later than this or others had more
# than this share of the server's core: that says something about neighbours, not about the server.
MAX_TRIES, MAX_LATE_MS, MAX_FOREIGN_SHARE = 3, 2.0, 0.04
# One session of each person or so: with each, the log grows that is read and folded.
KEYS, ATHLETES, WARM_UP_REQUESTS = 4, 500, 100
# So many at once keep a server busy; so many connections are never all taken.
PEAK_CONNECTIONS, LOAD_CONNECTIONS = 16, 400
PROBES_PER_SECOND = 20
PROBE = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
UNCAPPED = {"PUSHOFF_MAX_IN_FLIGHT": "0", "PUSHOFF_MAX_IN_FLIGHT_EACH": "0"}
AS_SHIPPED = {
    f"PUSHOFF_{name.upper()}": f"{Settings.model_fields[name].default}"
    for name in ("max_in_flight", "max_in_flight_each")
}


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What came of an offer: sessions stored a second, how many requests were refused, and the 99th
    percentiles of milliseconds until one was stored or refused, and of how late it was sent.
    """

    goodput: float
    refused: int
    stored_ms: float
    refused_ms: float
    late_ms: float
    foreign: float
    """The share of the server's core that others had."""

    @property
    def counts(self) -> bool:
        """Whether it was offered as it was meant to be."""
        return self.late_ms < MAX_LATE_MS and self.foreign < MAX_FOREIGN_SHARE


@dataclass(frozen=True, slots=True)
class SeededDatabase:
    """A database of people in their seventh week, and keys to it."""

    file: Path
    keys: tuple[str, ...]

    @contextmanager
    def serve(self, **settings: str) -> Iterator[Service]:
        """The service on a copy of it, on a core of its own, and warm."""
        with TemporaryDirectory() as folder:
            url = f"sqlite:///{shutil.copy(self.file, folder)}"
            with servers.run_pushoff(url, settings=settings) as server:
                process, port = server
                _pin(process.pid, core=0)
                service = Service(server, self.keys[0], url)
                open_loop.run_streams(
                    RequestStream(port, self.plan(service, [0.0] * WARM_UP_REQUESTS), KEYS)
                )
                yield service

    def plan(self, service: Service, moments: Sequence[float]) -> list[tuple[float, bytes]]:
        """A session to store for each moment, of one person after the other under all keys."""
        callers = [replace(service, key=key) for key in self.keys]
        fields = {
            "program_id": session_writes.PROGRAM,
            "week": session_writes.WEEKS + 1,
            "session": 1,
        }
        return [
            (
                moment,
                session_writes.make_put(
                    callers[number % KEYS],
                    session_writes.make_session(
                        session_writes.SETS, athlete_id=f"runner-{number % ATHLETES}", **fields
                    ),
                ),
            )
            for number, moment in enumerate(moments)
        ]


def measure() -> Iterator[Measurement]:
    """How much is left of its capacity to a server that is offered more, and what others wait."""
    with TemporaryDirectory() as folder, _on_core(1):
        nursery = _seed_database(Path(folder))
        rounds = [_measure_round(nursery, number) for number in range(ROUNDS)]
    for times in OVERLOADS:
        yield from _compare_rounds(times, rounds)


def _measure_round(nursery: SeededDatabase, number: int) -> dict[float, LoadResult]:
    """One round: the capacity, as a load of 1, and all others."""
    peak = _retry_if_disturbed(partial(_measure_peak, nursery))
    loads: dict[float, LoadResult] = {1: peak}
    for times in (HALF, *OVERLOADS):
        loads[times] = _retry_if_disturbed(
            partial(_offer_load, nursery, times * peak.goodput, Random(number))
        )
    return loads


def _retry_if_disturbed(load: Callable[[], LoadResult]) -> LoadResult:
    """The first of some tries that counts, or else the one that came nearest."""
    tried: list[LoadResult] = []
    while len(tried) < MAX_TRIES and not (tried and tried[-1].counts):
        tried.append(load())
    return min(tried, key=lambda one: (not one.counts, one.late_ms + 100 * one.foreign))


def _compare_rounds(times: int, rounds: list[dict[float, LoadResult]]) -> Iterator[Measurement]:
    """What is promised at so many times the capacity."""
    peaks, halves, loads = [[one[load] for one in rounds] for load in (1, HALF, times)]
    goodput = divide([one.goodput for one in loads], [one.goodput for one in peaks])
    stored, peak = (median(one.goodput for one in each) for each in (loads, peaks))
    detail = f"{stored:.0f} a second of {peak:.0f}"
    yield Measurement(
        f"goodput at {times}x", goodput, MIN_GOODPUT, "x peak", least=True, detail=detail
    )
    slower = divide([one.stored_ms for one in loads], [one.stored_ms for one in halves])
    ours, usual = (median(one.stored_ms for one in each) for each in (loads, halves))
    detail = f"p99 {ours:.0f} ms against {usual:.0f} ms"
    yield Measurement(
        f"time until stored at {times}x", slower, MAX_SLOWDOWN, "x half", detail=detail
    )
    if not all(one.refused for one in loads):
        raise RuntimeError(f"nobody was refused at {times} times the capacity")
    waits = tuple(one.refused_ms for one in loads)
    late, foreign = max(one.late_ms for one in loads), max(one.foreign for one in loads)
    detail = f"p99; sent {late:.1f} ms late at most, neighbours {foreign:.0%}"
    detail += f"; {sum(not one.counts for one in loads)} rounds disturbed"
    yield Measurement(
        f"time until refused at {times}x", waits, MAX_REJECTION_MS, "ms", detail=detail
    )


def _seed_database(folder: Path) -> SeededDatabase:
    """Stores the first weeks of everybody, once for all rounds."""
    file = folder / "nursery.db"
    url, key = service_load.prepare_database(f"sqlite:///{file}")
    with servers.run_pushoff(url) as server:
        keys = (key, *(service_load.make_key(url) for _ in range(KEYS - 1)))
        service = Service(server, key, url)
        for number in range(ATHLETES):
            session_writes.store_season(service, f"runner-{number}")
    return SeededDatabase(file, keys)


def _measure_peak(nursery: SeededDatabase) -> LoadResult:
    """What a crowd gets stored where nobody is refused and each asks again once it is answered."""
    with nursery.serve(**UNCAPPED) as service:
        stream = RequestStream(
            service.server[1], nursery.plan(service, [0.0] * ATHLETES), PEAK_CONNECTIONS
        )
        took, foreign = _run_undisturbed(service, stream)
    # With no plan, nothing is late.
    return replace(_summarise(stream, took, foreign), late_ms=0)


def _offer_load(nursery: SeededDatabase, rate: float, chance: Random) -> LoadResult:
    """What becomes of so many requests a second, with health asked for beside them."""
    with nursery.serve(**AS_SHIPPED) as service:
        moments = open_loop.draw_arrivals(rate, WARM_UP_S + SECONDS, chance)
        stream = RequestStream(service.server[1], nursery.plan(service, moments), LOAD_CONNECTIONS)
        asked = range(int((WARM_UP_S + SECONDS) * PROBES_PER_SECOND))
        probes = [(number / PROBES_PER_SECOND, PROBE) for number in asked]
        health = RequestStream(service.server[1], probes, connections=1)
        _, foreign = _run_undisturbed(service, stream, health)
    if ill := [answer.head for answer in health.answers if answer.status != 200]:
        raise RuntimeError(f"health was told as {ill[0]!r}")
    return _summarise(stream, SECONDS, foreign, since=WARM_UP_S)


def _summarise(
    stream: RequestStream, seconds: float, foreign: float, since: float = 0
) -> LoadResult:
    """What came of a stream, of what was due from a moment on. Raises RuntimeError for an answer
    that nobody was promised.
    """
    answers = [answer for answer in stream.answers if answer.due >= since]
    stored = [answer.seconds for answer in answers if answer.status == 201]
    refused = [answer.seconds for answer in answers if _is_rejection(answer)]
    if len(stored) + len(refused) < len(answers):
        raise RuntimeError("a request was neither stored nor told when to come back")
    goodput, late = len(stored) / seconds, _p99_ms(stream.late)
    return LoadResult(goodput, len(refused), _p99_ms(stored), _p99_ms(refused), late, foreign)


def _is_rejection(answer: Response) -> bool:
    """Whether somebody was told when to come back."""
    return answer.status in (429, 503) and b"\r\nretry-after: " in answer.head.lower()


def _p99_ms(seconds: list[float]) -> float:
    """The 99th percentile in milliseconds; 0 of nothing."""
    return quantiles(seconds, n=100)[98] * 1000 if len(seconds) > 1 else 0.0


def _run_undisturbed(service: Service, *streams: RequestStream) -> tuple[float, float]:
    """Runs streams without a pause for this process's own garbage: how many seconds that took, and
    which share of the server's core others had meanwhile.
    """
    pid = service.server[0].pid
    gc.collect()
    gc.disable()
    try:
        ours, all_of_it = servers.read_cpu_s(pid), _core_cpu_s(0)
        took = open_loop.run_streams(*streams)
        others = _core_cpu_s(0) - all_of_it - (servers.read_cpu_s(pid) - ours)
        return took, max(0.0, others) / took
    finally:
        gc.enable()


def _core_cpu_s(core: int) -> float:
    """Seconds that a core has worked so far, for whomever."""
    times = psutil.cpu_times(percpu=True)[core]
    return float(sum(times) - times.idle - times.iowait - times.guest - times.guest_nice)


def _pin(pid: int, core: int) -> None:
    """Keeps all threads of a process on a core, and those that they will start."""
    for thread in psutil.Process(pid).threads():
        os.sched_setaffinity(thread.id, {core})


@contextmanager
def _on_core(core: int) -> Iterator[None]:
    """Keeps this process on a core until the block ends; what it starts is placed by pin."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)
