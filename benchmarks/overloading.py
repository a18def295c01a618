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
from benchmarks import arrivals, servers, storing, traffic
from benchmarks.arrivals import Answer, Stream
from benchmarks.figures import ROUNDS, Figure, divide
from benchmarks.traffic import Service

LEAST_GOODPUT = 0.9
MOST_SLOWER = 3
MOST_REFUSAL_MS = 20
HALF, OVERLOADS = 0.5, (2, 5)
# Before a load lasts it is a burst, for which there are more places: that is over when it counts.
LEAD_S, SECONDS = 0.5, 3
# A load is offered anew, up to so often, where requests left later than this or others had more
# than this share of the server's core: that says something about neighbours, not about the server.
TRIES, MOST_LATE_MS, MOST_FOREIGN = 3, 2.0, 0.04
# One session of each person or so: with each, the log grows that is read and folded.
KEYS, PEOPLE, WARM_UP = 4, 500, 100
# So many at once keep a server busy; so many connections are never all taken.
CROWD, LINES = 16, 400
PROBES_A_SECOND = 20
PROBE = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
UNCAPPED = {"PUSHOFF_MAX_IN_FLIGHT": "0", "PUSHOFF_MAX_IN_FLIGHT_EACH": "0"}
AS_SHIPPED = {
    f"PUSHOFF_{name.upper()}": f"{Settings.model_fields[name].default}"
    for name in ("max_in_flight", "max_in_flight_each")
}


@dataclass(frozen=True, slots=True)
class Load:
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
        return self.late_ms < MOST_LATE_MS and self.foreign < MOST_FOREIGN


@dataclass(frozen=True, slots=True)
class Nursery:
    """A database of people in their seventh week, and keys to it."""

    file: Path
    keys: tuple[str, ...]

    @contextmanager
    def serve(self, **settings: str) -> Iterator[Service]:
        """The service on a copy of it, on a core of its own, and warm."""
        with TemporaryDirectory() as folder:
            url = f"sqlite:///{shutil.copy(self.file, folder)}"
            with servers.pushoff(url, settings=settings) as server:
                process, port = server
                pin(process.pid, core=0)
                service = Service(server, self.keys[0], url)
                arrivals.run(Stream(port, self.plan(service, [0.0] * WARM_UP), KEYS))
                yield service

    def plan(self, service: Service, moments: Sequence[float]) -> list[tuple[float, bytes]]:
        """A session to store for each moment, of one person after the other under all keys."""
        callers = [replace(service, key=key) for key in self.keys]
        fields = {"program_id": storing.PROGRAM, "week": storing.WEEKS + 1, "session": 1}
        return [
            (
                moment,
                storing.put(
                    callers[number % KEYS],
                    storing.make_session(
                        storing.SETS, athlete_id=f"runner-{number % PEOPLE}", **fields
                    ),
                ),
            )
            for number, moment in enumerate(moments)
        ]


def measure() -> Iterator[Figure]:
    """How much is left of its capacity to a server that is offered more, and what others wait."""
    with TemporaryDirectory() as folder, on_core(1):
        nursery = found(Path(folder))
        rounds = [weigh(nursery, number) for number in range(ROUNDS)]
    for times in OVERLOADS:
        yield from judge(times, rounds)


def weigh(nursery: Nursery, number: int) -> dict[float, Load]:
    """One round: the capacity, as a load of 1, and all others."""
    peak = insist(partial(find_peak, nursery))
    loads: dict[float, Load] = {1: peak}
    for times in (HALF, *OVERLOADS):
        loads[times] = insist(partial(offer, nursery, times * peak.goodput, Random(number)))
    return loads


def insist(load: Callable[[], Load]) -> Load:
    """The first of some tries that counts, or else the one that came nearest."""
    tried: list[Load] = []
    while len(tried) < TRIES and not (tried and tried[-1].counts):
        tried.append(load())
    return min(tried, key=lambda one: (not one.counts, one.late_ms + 100 * one.foreign))


def judge(times: int, rounds: list[dict[float, Load]]) -> Iterator[Figure]:
    """What is promised at so many times the capacity."""
    peaks, halves, loads = [[one[load] for one in rounds] for load in (1, HALF, times)]
    goodput = divide([one.goodput for one in loads], [one.goodput for one in peaks])
    stored, peak = (median(one.goodput for one in each) for each in (loads, peaks))
    detail = f"{stored:.0f} a second of {peak:.0f}"
    yield Figure(
        f"goodput at {times}x", goodput, LEAST_GOODPUT, "x peak", least=True, detail=detail
    )
    slower = divide([one.stored_ms for one in loads], [one.stored_ms for one in halves])
    ours, usual = (median(one.stored_ms for one in each) for each in (loads, halves))
    detail = f"p99 {ours:.0f} ms against {usual:.0f} ms"
    yield Figure(f"time until stored at {times}x", slower, MOST_SLOWER, "x half", detail=detail)
    if not all(one.refused for one in loads):
        raise RuntimeError(f"nobody was refused at {times} times the capacity")
    waits = tuple(one.refused_ms for one in loads)
    late, foreign = max(one.late_ms for one in loads), max(one.foreign for one in loads)
    detail = f"p99; sent {late:.1f} ms late at most, neighbours {foreign:.0%}"
    detail += f"; {sum(not one.counts for one in loads)} rounds disturbed"
    yield Figure(f"time until refused at {times}x", waits, MOST_REFUSAL_MS, "ms", detail=detail)


def found(folder: Path) -> Nursery:
    """Stores the first weeks of everybody, once for all rounds."""
    file = folder / "nursery.db"
    url, key = traffic.prepare(f"sqlite:///{file}")
    with servers.pushoff(url) as server:
        keys = (key, *(traffic.make_key(url) for _ in range(KEYS - 1)))
        service = Service(server, key, url)
        for number in range(PEOPLE):
            storing.seed(service, f"runner-{number}")
    return Nursery(file, keys)


def find_peak(nursery: Nursery) -> Load:
    """What a crowd gets stored where nobody is refused and each asks again once it is answered."""
    with nursery.serve(**UNCAPPED) as service:
        stream = Stream(service.server[1], nursery.plan(service, [0.0] * PEOPLE), CROWD)
        took, foreign = attend(service, stream)
    # With no plan, nothing is late.
    return replace(summarise(stream, took, foreign), late_ms=0)


def offer(nursery: Nursery, rate: float, chance: Random) -> Load:
    """What becomes of so many requests a second, with health asked for beside them."""
    with nursery.serve(**AS_SHIPPED) as service:
        moments = arrivals.scatter(rate, LEAD_S + SECONDS, chance)
        stream = Stream(service.server[1], nursery.plan(service, moments), LINES)
        asked = range(int((LEAD_S + SECONDS) * PROBES_A_SECOND))
        probes = [(number / PROBES_A_SECOND, PROBE) for number in asked]
        health = Stream(service.server[1], probes, connections=1)
        _, foreign = attend(service, stream, health)
    if ill := [answer.head for answer in health.answers if answer.status != 200]:
        raise RuntimeError(f"health was told as {ill[0]!r}")
    return summarise(stream, SECONDS, foreign, since=LEAD_S)


def summarise(stream: Stream, seconds: float, foreign: float, since: float = 0) -> Load:
    """What came of a stream, of what was due from a moment on. Raises RuntimeError for an answer
    that nobody was promised.
    """
    answers = [answer for answer in stream.answers if answer.due >= since]
    stored = [answer.seconds for answer in answers if answer.status == 201]
    refused = [answer.seconds for answer in answers if is_refusal(answer)]
    if len(stored) + len(refused) < len(answers):
        raise RuntimeError("a request was neither stored nor told when to come back")
    goodput, late = len(stored) / seconds, find_p99_ms(stream.late)
    return Load(goodput, len(refused), find_p99_ms(stored), find_p99_ms(refused), late, foreign)


def is_refusal(answer: Answer) -> bool:
    """Whether somebody was told when to come back."""
    return answer.status in (429, 503) and b"\r\nretry-after: " in answer.head.lower()


def find_p99_ms(seconds: list[float]) -> float:
    """The 99th percentile in milliseconds; 0 of nothing."""
    return quantiles(seconds, n=100)[98] * 1000 if len(seconds) > 1 else 0.0


def attend(service: Service, *streams: Stream) -> tuple[float, float]:
    """Runs streams without a pause for this process's own garbage: how many seconds that took, and
    which share of the server's core others had meanwhile.
    """
    pid = service.server[0].pid
    gc.collect()
    gc.disable()
    try:
        ours, all_of_it = servers.used(pid), busy(0)
        took = arrivals.run(*streams)
        others = busy(0) - all_of_it - (servers.used(pid) - ours)
        return took, max(0.0, others) / took
    finally:
        gc.enable()


def busy(core: int) -> float:
    """Seconds that a core has worked so far, for whomever."""
    times = psutil.cpu_times(percpu=True)[core]
    return float(sum(times) - times.idle - times.iowait - times.guest - times.guest_nice)


def pin(pid: int, core: int) -> None:
    """Keeps all threads of a process on a core, and those that they will start."""
    for thread in psutil.Process(pid).threads():
        os.sched_setaffinity(thread.id, {core})


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Keeps this process on a core until the block ends; what it starts is placed by pin."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)
