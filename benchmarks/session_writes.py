"""What storing a session costs over HTTP, durably, beside validation alone and with what follows.

CPU is that of the server's process, over sixteen connections at once. Hands its sessions, and how
they are sent, to `bulk`.
"""

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from app.database.engines import make_engine
from app.sessions import store
from app.sessions.next_session import ProgramLog, prescribe
from app.sessions.schemas import SESSION
from app.training import engine
from app.training.log.completed import CompletedSession, CompletedSet, Load
from app.training.planning import spec
from benchmarks import service_load
from benchmarks.adapting import train_season
from benchmarks.measurements import ROUNDS, Measurement, divide
from benchmarks.service_load import TENANT, Service

GOALS = {"SQLite": 2.1, "PostgreSQL": 2.4}
MAX_WITH_NEXT = 1.2
SETS = 9
# So many people have done so many weeks, of two sessions each, of one programme.
ATHLETES, WEEKS = service_load.scale_count(200), 6
SPEC = spec.settle({"weeks": 12})
PROGRAM = engine.identify(SPEC).program_id
SEASON = [session for session in train_season(SPEC) if (session.week or 0) <= WEEKS]
NOON = datetime(2026, 10, 6, 12, tzinfo=UTC)
BATCH = TypeAdapter(dict[str, list[CompletedSession]])


def measure() -> Iterator[Measurement]:
    """A session of nine sets without and with what comes next, on each database."""
    with service_load.run_services() as services:
        for name, service in services.items():
            people = [store_season(service, f"runner-{number}") for number in range(ATHLETES)]
            yield from _measure_database(name, service, people)


def make_session(sets: int, **fields: Any) -> CompletedSession:
    """A session under ids of its own, as a companion sends it."""
    done = tuple(
        CompletedSet(
            set_id=uuid.uuid4(),
            version=1,
            exercise="straight-leg-calf-raise",
            side="left" if number % 2 else "right",
            set_index=1 + number // 2,
            reps=12,
            load=Load(10.0, "kg"),
            rir=3.0,
            pain=1.0,
            performed_at=NOON + timedelta(minutes=2 * number),
        )
        for number in range(sets)
    )
    ours: dict[str, Any] = {
        "session_id": uuid.uuid4(),
        "athlete_id": str(uuid.uuid4()),
        "version": 1,
        "started_at": NOON,
        "ended_at": NOON + timedelta(minutes=30),
        "srpe": 4.0,
    }
    return CompletedSession(**(ours | fields), sets=done)


def store_season(service: Service, athlete_id: str) -> str:
    """Stores the first weeks of a person."""
    sessions = [
        replace(
            session,
            session_id=uuid.uuid4(),
            athlete_id=athlete_id,
            program_id=PROGRAM,
            sets=tuple(replace(done, set_id=uuid.uuid4()) for done in session.sets),
        )
        for session in SEASON
    ]
    service.ask(service.request("POST", "/sessions/batch", encode_batch(sessions)))
    return athlete_id


def encode_batch(sessions: list[CompletedSession]) -> bytes:
    """The body of a batch."""
    return BATCH.dump_json({"sessions": sessions}, exclude_none=True)


def make_put(service: Service, session: CompletedSession, under: str = "/sessions") -> bytes:
    """The request that stores a session."""
    body = SESSION.dump_json(session, exclude_none=True)
    return service.request("PUT", f"{under}/{session.session_id}", body)


@dataclass(frozen=True, slots=True)
class _Round:
    """Seconds of CPU for a session: checked, stored, stored and followed by what comes next; and
    for reading and folding a log by themselves.
    """

    checked: float
    stored: float
    followed: float
    folded: float


def _measure_database(name: str, service: Service, people: list[str]) -> Iterator[Measurement]:
    """The ratios of interleaved rounds on one database."""
    _measure_round(service, people)
    rounds = [_measure_round(service, people) for _ in range(ROUNDS)]
    checked, stored = [one.checked for one in rounds], [one.stored for one in rounds]
    detail = f"{median(stored) * 1e6:.0f} µs against {median(checked) * 1e6:.0f} µs"
    ratios = divide(stored, checked)
    yield Measurement(
        f"PUT of nine sets, {name}", ratios, GOALS[name], "x validation", detail=detail
    )
    followed, parts = [one.followed for one in rounds], [one.stored + one.folded for one in rounds]
    folded = median(one.folded for one in rounds)
    detail = f"{median(followed) * 1e6:.0f} µs; read and folded {folded * 1e6:.0f} µs"
    ratios = divide(followed, parts)
    yield Measurement(
        f"the same with next, {name}", ratios, MAX_WITH_NEXT, "x the parts", detail=detail
    )


def _measure_round(service: Service, people: list[str]) -> _Round:
    """One round."""
    plain = [make_session(SETS) for _ in range(service_load.scale_count(1_000))]
    following = [
        make_session(SETS, athlete_id=who, program_id=PROGRAM, week=WEEKS + 1, session=1)
        for who in people
    ]
    return _Round(
        service.weigh([make_put(service, session, "/validated") for session in plain]),
        service.weigh([make_put(service, session) for session in plain]),
        service.weigh([make_put(service, session) for session in following]),
        _fold_cpu_s(service, people),
    )


def _fold_cpu_s(service: Service, people: list[str]) -> float:
    """Seconds of CPU for one log to be read and folded, in this process."""
    now = datetime.now(UTC)
    with make_engine(sa.make_url(service.url), 5, read_only=True).begin() as tx:
        began = time.process_time()
        for who in people:
            prescribe(ProgramLog(who, PROGRAM, store.read_log(tx, TENANT, who, PROGRAM)), now)
        return (time.process_time() - began) / len(people)
