"""The CPU of a request in two other services and in this one (S11).

The other services are installed and started by hand, as docs/peers.md describes. This program only
loads them, in turn with Pushoff, and prints a table. It is not part of `python -m benchmarks`.
"""

import argparse
import itertools
import json
import os
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import psycopg

from app.sessions.schemas import SESSION
from app.training.log.completed import CompletedSession
from benchmarks import machine, measured_server, servers, service_load, session_writes
from benchmarks.measured_server import NO_COST, Cost, MeasuredServer
from benchmarks.measurements import ROUNDS
from benchmarks.service_load import CONNECTIONS, Service
from benchmarks.session_writes import SETS
from tests import postgres

DATABASE = "pushoff_peers"
# All services run with their default settings. Pushoff logs every request, unless the environment
# says otherwise. Only its limits are too high to be reached.
SETTINGS = {"PUSHOFF_ACCESS_LOG": os.environ.get("PUSHOFF_ACCESS_LOG", "true")}
# Requests in a round. Those of wger cost more, so present are fewer of them.
PLANS, REPEATS, STORED = 100, 1_000, 320
COLD, WARM, LOGGED = 12, 100, 48
PAGE = 20
WEEKS, TRAINING_DAYS, EXERCISES = 12, 24, 3
ROUTINE, LOG, ITEMS = "/api/v2/routine/", "/api/v2/workoutlog/", "/api/v1/items/"
CONCURRENT = f", {CONNECTIONS} at once"

Workloads = dict[str, Callable[[], Cost]]
"""The workloads of a service in a round, by the names in TABLE."""

# Title, peer, the peer's workload, Pushoff's workload, and the aim: so many times less CPU.
TABLE: list[tuple[str, str, str, str, int | None]] = [
    ("a programme, computed", "wger", "compute", "plan", 200),
    ("a programme, again", "wger", "repeat", "repeat", None),
    ("a set, of nine", "wger", "log", "nine", 1_000),
    ("a set, of nine, with next", "wger", "log", "next", None),
    ("a set, alone", "wger", "log", "alone", None),
    (f"a set, of nine{CONCURRENT}", "wger", f"log{CONCURRENT}", f"nine{CONCURRENT}", 1_000),
    (f"a set, alone{CONCURRENT}", "wger", f"log{CONCURRENT}", f"alone{CONCURRENT}", None),
    ("a row, of nine", "template", "create", "nine", 50),
    ("a row, alone", "template", "create", "alone", None),
    (f"a row, of nine{CONCURRENT}", "template", f"create{CONCURRENT}", f"nine{CONCURRENT}", 50),
    (f"a row, alone{CONCURRENT}", "template", f"create{CONCURRENT}", f"alone{CONCURRENT}", None),
    (f"a list of {PAGE}", "template", "list", "list", None),
]


class Pushoff:
    """The workloads of Pushoff: programmes, sessions of nine sets, single sets, a list."""

    def __init__(self, service: Service, server: MeasuredServer) -> None:
        self.server = server
        self.athletes = [
            session_writes.store_season(service, f"runner-{number}") for number in range(100)
        ]
        self.specs = ({"body_mass": round(40 + n / 10, 1)} for n in itertools.count())
        program = server.fetch_json("POST", "/programs", {})
        days = sum(len(week["sessions"]) for week in program["weeks"])
        require_equal("our programme", (len(program["weeks"]), days), (WEEKS, TRAINING_DAYS))
        self.repeated = server.request("GET", f"/programs/{program['program_id']}")
        self.listing = server.request("GET", f"/sessions?athlete_id=lister&limit={PAGE}")
        server.measure([self.put(make_session(athlete_id="lister")) for _ in range(PAGE + 10)])
        items = json.loads(server.fetch(self.listing))["items"]
        require_equal("our list", [len(item["sets"]) for item in items], [SETS] * PAGE)

    def workloads(self) -> Workloads:
        """Return the workloads. Each returns the cost of one programme, set or list."""
        return {
            "plan": self.plan,
            "repeat": lambda: self.server.measure([self.repeated] * REPEATS),
            "nine": self.store,
            "next": self.store_with_next,
            "alone": self.store_alone,
            f"nine{CONCURRENT}": lambda: self.store(CONNECTIONS),
            f"alone{CONCURRENT}": lambda: self.store_alone(CONNECTIONS),
            "list": lambda: self.server.measure([self.listing] * STORED),
        }

    def put(self, session: CompletedSession) -> bytes:
        """Return the request that stores a session."""
        body = SESSION.dump_json(session, exclude_none=True)
        return self.server.request("PUT", f"/sessions/{session.session_id}", body)

    def plan(self) -> Cost:
        """Plan programmes that are not cached."""
        specs = itertools.islice(self.specs, PLANS)
        return self.server.measure([self.server.request("POST", "/programs", one) for one in specs])

    def store(self, connections: int = 1) -> Cost:
        """Store sessions of nine sets; return the cost of one set."""
        return self.server.measure(
            [self.put(make_session()) for _ in range(STORED)], connections
        ).divide(SETS)

    def store_with_next(self) -> Cost:
        """Do the same in the seventh week of a programme, with `next` in each response."""
        position = {
            "program_id": session_writes.PROGRAM,
            "week": session_writes.WEEKS + 1,
            "session": 1,
        }
        requests = [
            self.put(make_session(athlete_id=athlete, **position)) for athlete in self.athletes
        ]
        return self.server.measure(requests).divide(SETS)

    def store_alone(self, connections: int = 1) -> Cost:
        """Store single sets, as a watch sends them, nine to a session."""
        sessions = [
            SESSION.dump_python(make_session(), mode="json", exclude_none=True) for _ in range(PAGE)
        ]
        requests = [
            self.server.request(
                "PUT",
                f"/sessions/{session['session_id']}/sets/{done['set_id']}",
                {**done, "athlete_id": session["athlete_id"]},
            )
            for session in sessions
            for done in session["sets"]
        ]
        return self.server.measure(requests, connections)


def make_session(**fields: Any) -> CompletedSession:
    """Return a session of nine sets."""
    return session_writes.make_session(SETS, **fields)


def require_equal(name: str, found: object, expected: object) -> None:
    """Raise RuntimeError if a response has not the size that is compared."""
    if found != expected:
        raise RuntimeError(f"{name}: {found} in place of {expected}")


class Wger:
    """The workloads of wger: a routine with the size of our programme, and its log."""

    def __init__(self, server: MeasuredServer) -> None:
        self.server = server
        exercises = server.fetch_json("GET", f"/api/v2/exercise/?limit={EXERCISES}")["results"]
        self.exercises = [exercise["id"] for exercise in exercises]
        # A routine costs more the more is logged in it. So one is computed and another one logged.
        self.routine, _ = self.make_routine()
        self.logged, self.entry = self.make_routine()
        path = f"{ROUTINE}{self.routine}/date-sequence-display/"
        self.sequence = server.request("GET", path)
        slots = [len(day["slots"]) for day in json.loads(server.fetch(self.sequence))]
        found = len(slots), slots.count(EXERCISES)
        require_equal("wger's routine", found, (WEEKS * 7, TRAINING_DAYS))

    def workloads(self) -> Workloads:
        """Return the workloads. Each returns the cost of one routine or set."""
        return {
            "compute": self.compute,
            "repeat": self.repeat,
            "log": self.log,
            f"log{CONCURRENT}": lambda: self.log(CONNECTIONS),
        }

    def make(self, kind: str, **fields: Any) -> int:
        """Create an object of a kind; return its id."""
        return int(self.server.fetch_json("POST", f"/api/v2/{kind}/", fields)["id"])

    def make_routine(self) -> tuple[int, int]:
        """Create a routine of two days a week; return its id and that of its first exercise."""
        start = datetime.now(UTC).date()
        end = start + timedelta(weeks=WEEKS, days=-1)
        when = {"start": start.isoformat(), "end": end.isoformat()}
        routine = self.make("routine", name="Calves", **when)
        days = [self.make_day(routine, place, trains=place in {1, 4}) for place in range(1, 8)]
        return routine, days[0][0]

    def make_day(self, routine: int, place: int, *, trains: bool) -> list[int]:
        """Create a day: a rest day, or one with exercises that grow from week to week."""
        fields = {"order": place, "is_rest": not trains, "name": f"Day {place}"}
        day = self.make("day", routine=routine, **fields)
        entries = []
        for order, exercise in enumerate(self.exercises if trains else [], start=1):
            slot = self.make("slot", day=day, order=order)
            units = {"repetition_unit": 1, "weight_unit": 1}
            entry = self.make(
                "slot-entry", slot=slot, exercise=exercise, order=1, type="normal", **units
            )
            entries.append(entry)
            rule = {"slot_entry": entry, "step": "abs"}
            for kind, value in {"sets": 3, "repetitions": 8, "weight": 10, "rir": 3}.items():
                self.make(f"{kind}-config", value=value, iteration=1, operation="r", **rule)
            for kind in ("repetitions", "weight"):
                grows = {"value": 1, "iteration": 2, "operation": "+", "repeat": True}
                self.make(f"{kind}-config", **grows, **rule)
        return entries

    def compute(self) -> Cost:
        """Compute the routine day by day after a change. The change itself is not counted."""
        total = NO_COST
        for _ in range(COLD):
            name = {"name": uuid.uuid4().hex[:20]}
            self.server.fetch_json("PATCH", f"{ROUTINE}{self.routine}/", name)
            total += self.server.measure([self.sequence])
        return total.divide(COLD)

    def repeat(self) -> Cost:
        """Get the same routine without a change."""
        self.server.fetch(self.sequence)
        return self.server.measure([self.sequence] * WARM)

    def log(self, connections: int = 1) -> Cost:
        """Log single sets of the routine."""
        logged_set = {
            "routine": self.logged,
            "slot_entry": self.entry,
            "exercise": self.exercises[0],
            "iteration": 1,
            "date": datetime.now(UTC).isoformat(),
            "repetitions_unit": 1,
            "repetitions": "12",
            "weight_unit": 1,
            "weight": "10",
            "rir": "3",
        }
        before = self.count()
        cost = self.server.measure(
            [self.server.request("POST", LOG, logged_set)] * LOGGED, connections
        )
        require_equal("wger's sets", self.count() - before, LOGGED)
        return cost

    def count(self) -> int:
        """Return the number of logged sets."""
        return int(self.server.fetch_json("GET", f"{LOG}?limit=1")["count"])


class Template:
    """The workloads of the full-stack template: its items."""

    def __init__(self, server: MeasuredServer) -> None:
        self.server = server
        fields = {"title": "straight-leg-calf-raise", "description": "left, 12 reps, 10 kg, RIR 3"}
        self.creation = server.request("POST", ITEMS, fields)
        self.listing = server.request("GET", f"{ITEMS}?limit={PAGE}")
        server.measure([self.creation] * PAGE)
        require_equal(
            "the template's list", len(json.loads(server.fetch(self.listing))["data"]), PAGE
        )

    def workloads(self) -> Workloads:
        """Return the workloads. Each returns the cost of one row or list."""
        return {
            "create": self.create,
            f"create{CONCURRENT}": lambda: self.create(CONNECTIONS),
            "list": lambda: self.server.measure([self.listing] * STORED),
        }

    def create(self, connections: int = 1) -> Cost:
        """Create single items."""
        before = self.count()
        cost = self.server.measure([self.creation] * STORED, connections)
        require_equal("the template's items", self.count() - before, STORED)
        return cost

    def count(self) -> int:
        """Return the number of items."""
        return int(json.loads(self.server.fetch(self.listing))["count"])


PEERS: dict[str, Callable[[MeasuredServer], Wger | Template]] = {"wger": Wger, "template": Template}


@contextmanager
def run_pushoff(address: str) -> Iterator[Pushoff]:
    """Run Pushoff with a new database on a PostgreSQL until the block ends."""
    server = postgres.Server(address)
    server.drop(DATABASE)
    try:
        url, key = service_load.prepare_database(server.create(DATABASE))
        with servers.run_pushoff(url, settings=SETTINGS) as (process, port):
            postmaster = measured_server.find_postmaster(address)
            measured = MeasuredServer(port, process.pid, f"Bearer {key}", postmaster)
            yield Pushoff(Service((process, port), key, url), measured)
    finally:
        server.drop(DATABASE)


def measure(workloads: dict[str, Workloads]) -> dict[str, list[Cost]]:
    """Return the cost of each workload in each round, after a round that is not counted."""
    turns = interleave_workloads(workloads)
    rounds = [{name: work() for name, work in turns} for _ in range(ROUNDS + 1)][1:]
    return {name: [one[name] for one in rounds] for name, _ in turns}


def interleave_workloads(workloads: dict[str, Workloads]) -> list[tuple[str, Callable[[], Cost]]]:
    """Return all workloads, those of the services in turn, so that a slow minute affects all."""
    queues = [
        [(f"{server} {name}", work) for name, work in theirs.items()]
        for server, theirs in workloads.items()
    ]
    return [turn for turns in itertools.zip_longest(*queues) for turn in turns if turn]


def _format_cost(costs: list[Cost]) -> str:
    """Format a cost in microseconds as two cells: the server; the database with the helpers."""
    server = [one.server * 1e6 for one in costs]
    helpers, database = (
        median(cost) * 1e6
        for cost in ([one.helpers for one in costs], [one.database for one in costs])
    )
    low, high = min(server), max(server)
    beside = f"{database:,.0f}" + (f" + {helpers:,.0f}" if helpers else "")
    return f"{median(server):,.0f} ({low:,.0f}-{high:,.0f}) | {beside}"


def format_row(row: tuple[str, str, str, str, int | None], costs: dict[str, list[Cost]]) -> str:
    """Format a comparison as a line of the table."""
    name, peer, theirs, ours, aim = row
    theirs_costs, ours_costs = costs[f"{peer} {theirs}"], costs[f"pushoff {ours}"]
    ratios = [a.server / b.server for a, b in zip(theirs_costs, ours_costs, strict=True)]
    middle, low, high = map(_format_ratio, (median(ratios), min(ratios), max(ratios)))
    times = f"{middle} ({low}-{high})"
    aim_text = "" if aim is None else f"{aim:,}" + (" missed" if median(ratios) < aim else "")
    cells = [name, peer, _format_cost(theirs_costs), _format_cost(ours_costs), times, aim_text]
    return f"| {' | '.join(cells)} |"


def _format_ratio(ratio: float) -> str:
    """Format a ratio with at least two digits."""
    return f"{ratio:,.1f}" if ratio < 10 else f"{ratio:,.0f}"


def read_arguments(arguments: list[str]) -> argparse.Namespace:
    """Parse the address of PostgreSQL, and the port, key and processes of each peer."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument(
        "--postgres", required=True, help="address of the server for Pushoff's database"
    )
    for name in PEERS:
        text = "its port, Authorization header and process id, and the ids of its helpers"
        parser.add_argument(f"--{name}", nargs="+", default=[], metavar="WORD", help=text)
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> None:
    """Load each service in turn and print the costs."""
    given = read_arguments(arguments)
    postmaster = measured_server.find_postmaster(given.postgres)
    described = {**machine.describe(), "PostgreSQL": _read_version(given.postgres)}
    print("\n".join(f"{name:12} {words}" for name, words in described.items()), end="\n\n")
    with run_pushoff(given.postgres) as ours:
        present = [name for name in PEERS if getattr(given, name)]
        workloads = {"pushoff": ours.workloads()}
        for name in present:
            port, authorization, pid, *helpers = getattr(given, name)
            server = MeasuredServer(
                int(port), int(pid), authorization, postmaster, tuple(map(int, helpers))
            )
            workloads[name] = PEERS[name](server).workloads()
        costs = measure(workloads)
    print("| work | peer | its CPU, µs | database + beside | ours | database | times | aim |")
    print("|---|---|---|---|---|---|---|---|")
    print("\n".join(format_row(row, costs) for row in TABLE if row[1] in present))


def _read_version(address: str) -> str:

    with psycopg.connect(address) as connection:
        return connection.info.parameter_status("server_version") or "unknown"


if __name__ == "__main__":
    main(sys.argv[1:])
