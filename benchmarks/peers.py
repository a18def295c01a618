"""What a request costs two services that others run, and ours, side by side (S11).

The peers are installed and started by hand, as docs/peers.md tells: here they are only loaded, in
turn with ours. Prints a table; no part of `python -m benchmarks`.
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
# Like the peers, ours runs as it comes, and logs every request unless it is told not to. Only its
# limits are out of reach.
SETTINGS = {"PUSHOFF_ACCESS_LOG": os.environ.get("PUSHOFF_ACCESS_LOG", "true")}
# So many requests in a round; wger's cost more, so there are fewer.
PLANS, REPEATS, STORED = 100, 1_000, 320
COLD, WARM, LOGGED = 12, 100, 48
PAGE = 20
WEEKS, TRAINING_DAYS, EXERCISES = 12, 24, 3
ROUTINE, LOG, ITEMS = "/api/v2/routine/", "/api/v2/workoutlog/", "/api/v1/items/"
CONCURRENT = f", {CONNECTIONS} at once"

Workloads = dict[str, Callable[[], Cost]]
"""What a party does in a round, by the names that the table below gives it."""

# What, for whom, which work of theirs, which of ours, and how many times less CPU is aimed for.
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
    """Our side: programmes, sessions of nine sets, single sets, a list. Nine sets count as nine."""

    def __init__(self, service: Service, party: MeasuredServer) -> None:
        self.party = party
        self.people = [
            session_writes.store_season(service, f"runner-{number}") for number in range(100)
        ]
        self.specs = ({"body_mass": round(40 + n / 10, 1)} for n in itertools.count())
        program = party.ask("POST", "/programs", {})
        days = sum(len(week["sessions"]) for week in program["weeks"])
        require_equal("our programme", (len(program["weeks"]), days), (WEEKS, TRAINING_DAYS))
        self.repeated = party.request("GET", f"/programs/{program['program_id']}")
        self.listing = party.request("GET", f"/sessions?athlete_id=lister&limit={PAGE}")
        party.weigh([self.put(make_session(athlete_id="lister")) for _ in range(PAGE + 10)])
        items = json.loads(party.fetch(self.listing))["items"]
        require_equal("our list", [len(item["sets"]) for item in items], [SETS] * PAGE)

    def works(self) -> Workloads:
        """Each piece, with the cost of one programme, set or list."""
        return {
            "plan": self.plan,
            "repeat": lambda: self.party.weigh([self.repeated] * REPEATS),
            "nine": self.store,
            "next": self.follow,
            "alone": self.store_alone,
            f"nine{CONCURRENT}": lambda: self.store(CONNECTIONS),
            f"alone{CONCURRENT}": lambda: self.store_alone(CONNECTIONS),
            "list": lambda: self.party.weigh([self.listing] * STORED),
        }

    def put(self, session: CompletedSession) -> bytes:
        """The request that stores a session."""
        body = SESSION.dump_json(session, exclude_none=True)
        return self.party.request("PUT", f"/sessions/{session.session_id}", body)

    def plan(self) -> Cost:
        """Programmes that nobody has asked for before."""
        specs = itertools.islice(self.specs, PLANS)
        return self.party.weigh([self.party.request("POST", "/programs", one) for one in specs])

    def store(self, connections: int = 1) -> Cost:
        """Sessions of nine sets each."""
        return self.party.weigh(
            [self.put(make_session()) for _ in range(STORED)], connections
        ).share(SETS)

    def follow(self) -> Cost:
        """The same in the seventh week of a programme, each answered with what comes next."""
        place = {
            "program_id": session_writes.PROGRAM,
            "week": session_writes.WEEKS + 1,
            "session": 1,
        }
        requests = [self.put(make_session(athlete_id=who, **place)) for who in self.people]
        return self.party.weigh(requests).share(SETS)

    def store_alone(self, connections: int = 1) -> Cost:
        """Single sets as they come from a wrist, nine to a session."""
        made = [
            SESSION.dump_python(make_session(), mode="json", exclude_none=True) for _ in range(PAGE)
        ]
        requests = [
            self.party.request(
                "PUT",
                f"/sessions/{session['session_id']}/sets/{done['set_id']}",
                {**done, "athlete_id": session["athlete_id"]},
            )
            for session in made
            for done in session["sets"]
        ]
        return self.party.weigh(requests, connections)


def make_session(**fields: Any) -> CompletedSession:
    """A session of nine sets."""
    return session_writes.make_session(SETS, **fields)


def require_equal(what: str, found: object, wanted: object) -> None:
    """Raises RuntimeError where an answer is not what is compared."""
    if found != wanted:
        raise RuntimeError(f"{what}: {found} in place of {wanted}")


class Wger:
    """The side of wger: a routine of as many days and exercises as our programme, and its log."""

    def __init__(self, party: MeasuredServer) -> None:
        self.party = party
        exercises = party.ask("GET", f"/api/v2/exercise/?limit={EXERCISES}")["results"]
        self.exercises = [exercise["id"] for exercise in exercises]
        # The more is logged, the more a routine costs, so one is computed and another logged.
        self.routine, _ = self.make_routine()
        self.logged, self.entry = self.make_routine()
        path = f"{ROUTINE}{self.routine}/date-sequence-display/"
        self.sequence = party.request("GET", path)
        slots = [len(day["slots"]) for day in json.loads(party.fetch(self.sequence))]
        found = len(slots), slots.count(EXERCISES)
        require_equal("wger's routine", found, (WEEKS * 7, TRAINING_DAYS))

    def works(self) -> Workloads:
        """Each piece, with the cost of one routine or set."""
        return {
            "compute": self.compute,
            "repeat": self.repeat,
            "log": self.log,
            f"log{CONCURRENT}": lambda: self.log(CONNECTIONS),
        }

    def make(self, kind: str, **fields: Any) -> int:
        """The id of a new thing of wger's."""
        return int(self.party.ask("POST", f"/api/v2/{kind}/", fields)["id"])

    def make_routine(self) -> tuple[int, int]:
        """A routine of two days a week, and the first exercise of its first day."""
        start = datetime.now(UTC).date()
        end = start + timedelta(weeks=WEEKS, days=-1)
        when = {"start": start.isoformat(), "end": end.isoformat()}
        routine = self.make("routine", name="Calves", **when)
        days = [self.make_day(routine, place, trains=place in {1, 4}) for place in range(1, 8)]
        return routine, days[0][0]

    def make_day(self, routine: int, place: int, *, trains: bool) -> list[int]:
        """A day of the week: of rest, or with exercises that grow from week to week."""
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
        """The routine day by day after it was changed; the change is not counted."""
        total = NO_COST
        for _ in range(COLD):
            name = {"name": uuid.uuid4().hex[:20]}
            self.party.ask("PATCH", f"{ROUTINE}{self.routine}/", name)
            total += self.party.weigh([self.sequence])
        return total.share(COLD)

    def repeat(self) -> Cost:
        """The same when nothing has changed."""
        self.party.fetch(self.sequence)
        return self.party.weigh([self.sequence] * WARM)

    def log(self, connections: int = 1) -> Cost:
        """Single sets of the routine."""
        done = {
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
        cost = self.party.weigh([self.party.request("POST", LOG, done)] * LOGGED, connections)
        require_equal("wger's sets", self.count() - before, LOGGED)
        return cost

    def count(self) -> int:
        """How many sets it has."""
        return int(self.party.ask("GET", f"{LOG}?limit=1")["count"])


class Template:
    """The side of the full-stack template: its items."""

    def __init__(self, party: MeasuredServer) -> None:
        self.party = party
        fields = {"title": "straight-leg-calf-raise", "description": "left, 12 reps, 10 kg, RIR 3"}
        self.creation = party.request("POST", ITEMS, fields)
        self.listing = party.request("GET", f"{ITEMS}?limit={PAGE}")
        party.weigh([self.creation] * PAGE)
        require_equal(
            "the template's list", len(json.loads(party.fetch(self.listing))["data"]), PAGE
        )

    def works(self) -> Workloads:
        """Each piece, with the cost of one row or list."""
        return {
            "create": self.create,
            f"create{CONCURRENT}": lambda: self.create(CONNECTIONS),
            "list": lambda: self.party.weigh([self.listing] * STORED),
        }

    def create(self, connections: int = 1) -> Cost:
        """Single items."""
        before = self.count()
        cost = self.party.weigh([self.creation] * STORED, connections)
        require_equal("the template's items", self.count() - before, STORED)
        return cost

    def count(self) -> int:
        """How many items it has."""
        return int(json.loads(self.party.fetch(self.listing))["count"])


PEERS: dict[str, Callable[[MeasuredServer], Wger | Template]] = {"wger": Wger, "template": Template}


@contextmanager
def run_pushoff(address: str) -> Iterator[Pushoff]:
    """Our service with a database of its own on a PostgreSQL, until the block ends."""
    server = postgres.Server(address)
    server.drop(DATABASE)
    try:
        url, key = service_load.prepare_database(server.create(DATABASE))
        with servers.run_pushoff(url, settings=SETTINGS) as (process, port):
            postmaster = measured_server.find_postmaster(address)
            party = MeasuredServer(port, process.pid, f"Bearer {key}", postmaster)
            yield Pushoff(Service((process, port), key, url), party)
    finally:
        server.drop(DATABASE)


def measure(works: dict[str, Workloads]) -> dict[str, list[Cost]]:
    """The cost of each piece in each round, after one that is not counted."""
    turns = interleave_workloads(works)
    rounds = [{name: work() for name, work in turns} for _ in range(ROUNDS + 1)][1:]
    return {name: [one[name] for one in rounds] for name, _ in turns}


def interleave_workloads(works: dict[str, Workloads]) -> list[tuple[str, Callable[[], Cost]]]:
    """All pieces, one of each party after the other, so that a slow minute meets all."""
    queues = [
        [(f"{party} {name}", work) for name, work in theirs.items()]
        for party, theirs in works.items()
    ]
    return [turn for turns in itertools.zip_longest(*queues) for turn in turns if turn]


def _format_cost(costs: list[Cost]) -> str:
    """A cost in microseconds, as two cells: of the server; beside it and of the database."""
    server = [one.server * 1e6 for one in costs]
    aside, database = (
        median(cost) * 1e6
        for cost in ([one.aside for one in costs], [one.database for one in costs])
    )
    low, high = min(server), max(server)
    beside = f"{database:,.0f}" + (f" + {aside:,.0f}" if aside else "")
    return f"{median(server):,.0f} ({low:,.0f}-{high:,.0f}) | {beside}"


def format_row(row: tuple[str, str, str, str, int | None], costs: dict[str, list[Cost]]) -> str:
    """A comparison as a line of the table."""
    name, peer, theirs, ours, aim = row
    theirs_costs, ours_costs = costs[f"{peer} {theirs}"], costs[f"pushoff {ours}"]
    ratios = [a.server / b.server for a, b in zip(theirs_costs, ours_costs, strict=True)]
    times = f"{_format_ratio(median(ratios))} ({_format_ratio(min(ratios))}-{_format_ratio(max(ratios))})"
    wanted = "" if aim is None else f"{aim:,}" + (" missed" if median(ratios) < aim else "")
    cells = [name, peer, _format_cost(theirs_costs), _format_cost(ours_costs), times, wanted]
    return f"| {' | '.join(cells)} |"


def _format_ratio(ratio: float) -> str:
    """A ratio with two digits at least."""
    return f"{ratio:,.1f}" if ratio < 10 else f"{ratio:,.0f}"


def read_arguments(arguments: list[str]) -> argparse.Namespace:
    """The database, and for each peer its port, its process, its key and who works for it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--postgres", required=True, help="where ours may make a database")
    for name in PEERS:
        told = "its port, Authorization header and process, and those that work for it"
        parser.add_argument(f"--{name}", nargs="+", default=[], metavar="WORD", help=told)
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> None:
    """Loads each in turn and prints what it costs."""
    given = read_arguments(arguments)
    postmaster = measured_server.find_postmaster(given.postgres)
    told = {**machine.describe(), "PostgreSQL": _read_version(given.postgres)}
    print("\n".join(f"{name:12} {words}" for name, words in told.items()), end="\n\n")
    with run_pushoff(given.postgres) as ours:
        there = [name for name in PEERS if getattr(given, name)]
        works = {"pushoff": ours.works()}
        for name in there:
            port, authorization, pid, *aside = getattr(given, name)
            party = MeasuredServer(
                int(port), int(pid), authorization, postmaster, tuple(map(int, aside))
            )
            works[name] = PEERS[name](party).works()
        costs = measure(works)
    print("| work | peer | its CPU, µs | database + beside | ours | database | times | aim |")
    print("|---|---|---|---|---|---|---|---|")
    print("\n".join(format_row(row, costs) for row in TABLE if row[1] in there))


def _read_version(address: str) -> str:
    """The version of the database."""
    with psycopg.connect(address) as connection:
        return connection.info.parameter_status("server_version") or "unknown"


if __name__ == "__main__":
    main(sys.argv[1:])
