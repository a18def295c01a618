"""The CPU of storing a session durably over HTTP, compared with validation alone, and with `next`.

The CPU is that of the server's process, with sixteen connections at once. Other benchmarks import
the sessions and requests from here.
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
from app.training.log.completed import CompletedSession, CompletedSet
from app.training.planning.load import Load
from app.training.planning.spec_building import build_spec
from benchmarks import service_load
from benchmarks.adapting import train_season
from benchmarks.measurements import ROUNDS, Measurement, divide
from benchmarks.service_load import TENANT, Service

GOALS = {"SQLite": 2.1, "PostgreSQL": 2.4}
MAX_WITH_NEXT = 1.2
SETS = 9
# So many athletes have done so many weeks of one programme, with two sessions a week.
ATHLETES, WEEKS = service_load.scale_count(200), 6
SPEC = build_spec({"weeks": 12})
PROGRAM = engine.identify(SPEC).program_id
SEASON = [session for session in train_season(SPEC) if (session.week or 0) <= WEEKS]
NOON = datetime(2026, 10, 6, 12, tzinfo=UTC)
BATCH = TypeAdapter(dict[str, list[CompletedSession]])


def measure() -> Iterator[Measurement]:
    """Yield the ratios for a session of nine sets without and with `next`, on each database."""
    with service_load.run_services() as services:
        for name, service in services.items():
            athletes = [store_season(service, f"runner-{number}") for number in range(ATHLETES)]
            yield from _measure_database(name, service, athletes)


def make_session(sets: int, **fields: Any) -> CompletedSession:
    """Return a session with new ids. `fields` replaces fields of the session."""
    completed = tuple(
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
    defaults: dict[str, Any] = {
        "session_id": uuid.uuid4(),
        "athlete_id": str(uuid.uuid4()),
        "version": 1,
        "started_at": NOON,
        "ended_at": NOON + timedelta(minutes=30),
        "srpe": 4.0,
    }
    return CompletedSession(**(defaults | fields), sets=completed)


def store_season(service: Service, athlete_id: str) -> str:
    """Store the first weeks of an athlete, and return the athlete's id."""
    sessions = [
        replace(
            session,
            session_id=uuid.uuid4(),
            athlete_id=athlete_id,
            program_id=PROGRAM,
            sets=tuple(replace(one, set_id=uuid.uuid4()) for one in session.sets),
        )
        for session in SEASON
    ]
    service.fetch(service.request("POST", "/sessions/batch", encode_batch(sessions)))
    return athlete_id


def encode_batch(sessions: list[CompletedSession]) -> bytes:
    """Return the body of a batch."""
    return BATCH.dump_json({"sessions": sessions}, exclude_none=True)


def make_put(service: Service, session: CompletedSession, prefix: str = "/sessions") -> bytes:
    """Return the request that stores a session."""
    body = SESSION.dump_json(session, exclude_none=True)
    return service.request("PUT", f"{prefix}/{session.session_id}", body)


@dataclass(frozen=True, slots=True)
class _Round:
    """Seconds of CPU for one session, in one round."""

    validated: float
    stored: float
    stored_with_next: float
    folded: float
    """For reading and folding the log alone, in this process."""


def _measure_database(name: str, service: Service, athletes: list[str]) -> Iterator[Measurement]:
    """Yield the ratios on one database, after a first round that is not counted."""
    _measure_round(service, athletes)
    rounds = [_measure_round(service, athletes) for _ in range(ROUNDS)]
    validated, stored = [one.validated for one in rounds], [one.stored for one in rounds]
    detail = f"{median(stored) * 1e6:.0f} µs against {median(validated) * 1e6:.0f} µs"
    ratios = divide(stored, validated)
    yield Measurement(
        f"PUT of nine sets, {name}", ratios, GOALS[name], "x validation", detail=detail
    )
    with_next = [one.stored_with_next for one in rounds]
    parts = [one.stored + one.folded for one in rounds]
    folded = median(one.folded for one in rounds)
    detail = f"{median(with_next) * 1e6:.0f} µs; read and folded {folded * 1e6:.0f} µs"
    ratios = divide(with_next, parts)
    yield Measurement(
        f"the same with next, {name}", ratios, MAX_WITH_NEXT, "x the parts", detail=detail
    )


def _measure_round(service: Service, athletes: list[str]) -> _Round:
    plain = [make_session(SETS) for _ in range(service_load.scale_count(1_000))]
    in_program = [
        make_session(SETS, athlete_id=athlete_id, program_id=PROGRAM, week=WEEKS + 1, session=1)
        for athlete_id in athletes
    ]
    return _Round(
        service.measure_cpu_s([make_put(service, session, "/validated") for session in plain]),
        service.measure_cpu_s([make_put(service, session) for session in plain]),
        service.measure_cpu_s([make_put(service, session) for session in in_program]),
        _fold_cpu_s(service, athletes),
    )


def _fold_cpu_s(service: Service, athletes: list[str]) -> float:
    """Return the seconds of CPU for reading and folding one log, in this process."""
    now = datetime.now(UTC)
    with make_engine(sa.make_url(service.url), 5, read_only=True).begin() as tx:
        began = time.process_time()
        for athlete_id in athletes:
            prescribe(
                ProgramLog(athlete_id, PROGRAM, store.read_log(tx, TENANT, athlete_id, PROGRAM)),
                now,
            )
        return (time.process_time() - began) / len(athletes)
