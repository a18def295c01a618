"""The CPU of a list of 50 sessions with 450 sets over HTTP, compared with the bare driver.

The driver fetches the same rows, nests them and encodes them with the standard library into the
same JSON. Any difference in the JSON is an error, because the comparison would not be fair.
"""

import json
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from statistics import median
from typing import Any

import psycopg
import sqlalchemy as sa

from app.training.log.completed import CompletedSession
from benchmarks import service_load, session_writes
from benchmarks.measurements import Measurement, divide, interleave
from benchmarks.service_load import TENANT, Service

MAX_RATIO = 1.0
SESSIONS = 50
ATHLETE = "runner-7"
REPETITIONS = service_load.scale_count(200)

_OF_ATHLETE = "tenant_id = ? AND athlete_id = ? AND deleted = ?"
_NEWEST = (
    f"FROM sessions WHERE {_OF_ATHLETE} ORDER BY started_at DESC, session_id DESC LIMIT {SESSIONS}"
)
_SESSION_ROWS = f"""
    SELECT session_id, athlete_id, version, program_id, week, place, started_at,
        started_offset, ended_at, ended_offset, status, source, device, srpe, morning_pain,
        red_flags, heel_rise_test, notes {_NEWEST}
"""
_SET_ROWS = f"""
    SELECT session_id, set_id, version, exercise, side, set_index, reps, load, load_unit,
        duration_s, rir, rpe, rpe_scale, pain, performed_at, performed_offset, kind,
        prescribed_reps, prescribed_load
    FROM sets WHERE tenant_id = ? AND session_id IN (SELECT session_id {_NEWEST}) AND deleted = ?
    ORDER BY performed_at, exercise, set_index, side
"""


def measure() -> Iterator[Measurement]:
    """Yield the ratio on each database."""
    with service_load.run_services() as services:
        for name, service in services.items():
            yield _measure_database(name, service)


def _measure_database(name: str, service: Service) -> Measurement:
    """Return the ratio on one database. Raises RuntimeError if the two differ in their JSON."""
    service.fetch(
        service.request("POST", "/sessions/batch", session_writes.encode_batch(_make_sessions()))
    )
    request = service.request("GET", f"/sessions?athlete_id={ATHLETE}&limit={SESSIONS}")
    driver = {"SQLite": _connect_sqlite, "PostgreSQL": _connect_postgres}[name](service.url)
    if json.loads(_encode_list(driver)) != json.loads(service.fetch(request))["items"]:
        raise RuntimeError("the driver's JSON differs from the service's")
    ours, theirs = interleave(
        lambda: service.measure_cpu_s([request] * REPETITIONS, connections=1),
        lambda: _encode_cpu_s(driver),
    )
    detail = f"{median(ours) * 1e6:.0f} µs against {median(theirs) * 1e6:.0f} µs"
    title = f"list of 450 sets, {name}"
    return Measurement(title, divide(ours, theirs), MAX_RATIO, "x the driver", detail=detail)


def _make_sessions() -> list[CompletedSession]:
    """Return ten sessions more than a page has, a day apart."""
    return [
        replace(
            session_writes.make_session(session_writes.SETS, athlete_id=ATHLETE),
            started_at=session_writes.NOON - timedelta(days=day),
        )
        for day in range(SESSIONS + 10)
    ]


@dataclass(frozen=True, slots=True)
class _Driver:
    """A connection of the bare driver, and the functions that format its values for JSON."""

    fetch: Callable[[str, tuple[object, ...]], list[tuple[Any, ...]]]
    tenant: object
    format_id: Callable[[Any], str]
    format_moment: Callable[[Any, int], str]


def _connect_sqlite(url: str) -> _Driver:
    """Connect to SQLite, where ids are bytes and moments are microseconds since 1970."""
    connection = sqlite3.connect(sa.make_url(url).database or "")

    def fetch(query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        return connection.execute(query, values).fetchall()

    def format_moment(microseconds: int, offset: int) -> str:
        zone = timezone(timedelta(minutes=offset))
        return _format_moment(datetime.fromtimestamp(microseconds / 1_000_000, zone))

    return _Driver(fetch, TENANT.bytes, lambda raw: str(uuid.UUID(bytes=raw)), format_moment)


def _connect_postgres(url: str) -> _Driver:
    """Connect to PostgreSQL, which has types for ids and moments."""
    address = sa.make_url(url).set(drivername="postgresql").render_as_string()
    connection = psycopg.connect(address, autocommit=True)

    def fetch(query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        return connection.execute(query.replace("?", "%s").encode(), values).fetchall()

    def format_moment(moment: datetime, offset: int) -> str:
        return _format_moment(moment.astimezone(timezone(timedelta(minutes=offset))))

    return _Driver(fetch, TENANT, str, format_moment)


def _format_moment(moment: datetime) -> str:
    """Format a moment as the service does."""
    return moment.isoformat().replace("+00:00", "Z")


def _encode_cpu_s(driver: _Driver) -> float:
    """Return the seconds of CPU for one list by the driver."""
    began = time.process_time()
    for _ in range(REPETITIONS):
        _encode_list(driver)
    return (time.process_time() - began) / REPETITIONS


def _encode_list(driver: _Driver) -> str:
    """Return the list as JSON, written in the simplest way."""
    parameters = driver.tenant, ATHLETE, False
    rows = driver.fetch(_SESSION_ROWS, parameters)
    sessions = {row[0]: _session_fields(driver, row) for row in rows}
    for row in driver.fetch(_SET_ROWS, (driver.tenant, *parameters, False)):
        sessions[row[0]]["sets"].append(_set_fields(driver, row))
    return json.dumps([*sessions.values()])


def _session_fields(driver: _Driver, row: tuple[Any, ...]) -> dict[str, Any]:
    """Return a row as a session without sets. No session here has a device, test or red flags."""
    return {
        "session_id": driver.format_id(row[0]),
        "athlete_id": row[1],
        "version": row[2],
        "program_id": row[3],
        "week": row[4],
        "session": row[5],
        "started_at": driver.format_moment(row[6], row[7]),
        "ended_at": None if row[8] is None else driver.format_moment(row[8], row[9]),
        "status": row[10],
        "source": row[11],
        "device": row[12],
        "srpe": row[13],
        "morning_pain": row[14],
        "red_flags": row[15] or [],
        "heel_rise_test": row[16],
        "notes": row[17],
        "sets": [],
    }


def _set_fields(driver: _Driver, row: tuple[Any, ...]) -> dict[str, Any]:
    """Return a row as a set. Every load here is in kilograms, and nothing was prescribed."""
    return {
        "set_id": driver.format_id(row[1]),
        "version": row[2],
        "exercise": row[3],
        "side": row[4],
        "set_index": row[5],
        "reps": row[6],
        "load_kg": row[7],
        "load": None if row[7] is None else {"value": row[7], "unit": row[8]},
        "duration_s": row[9],
        "rir": row[10],
        "rpe": row[11],
        "rpe_scale": row[12],
        "pain": row[13],
        "performed_at": driver.format_moment(row[14], row[15]),
        "kind": row[16],
        "prescribed": None if row[17] is None else {"reps": row[17], "load": row[18]},
    }
