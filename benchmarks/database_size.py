"""How the time of the same work grows from a small database to a large one."""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from statistics import median

from app.athletes import responses
from app.athletes.program_routes import PROGRESS
from app.database.database import Database
from app.sessions import store, transactions
from app.sessions.from_wire import SessionUpload
from app.sessions.store import SessionFilter
from app.sessions.transactions import Precondition
from app.settings import Settings
from app.training import engine
from app.training.adapting import followed_program
from app.training.log.completed import CompletedSession
from app.training.measures import progress
from app.training.planning.spec_building import build_spec
from benchmarks import service_load
from benchmarks.adapting import train_season
from benchmarks.large_databases import make_databases
from benchmarks.measurements import ROUNDS, Measurement, divide

SMALL = 10_000
LARGE = 100_000 if service_load.QUICK else 10_000_000
MAX_RATIO = 1.2
REPETITIONS = 10 if service_load.QUICK else 30
TENANT = uuid.UUID("11111111-1111-4111-8111-111111111111")
ATHLETE = "runner-7"
SPEC = build_spec({"weeks": 12})
PROGRAM = engine.identify(SPEC).program_id
SESSION = train_season(SPEC)[0]

Work = Callable[[Database], Awaitable[object]]


def measure() -> Iterator[Measurement]:
    """Yield the time of each kind of work in a large database, divided by that in a small one."""
    with make_databases((SMALL, LARGE)) as databases:
        for name, urls in databases.items():
            yield from asyncio.run(_measure_database(name, urls))


async def _measure_database(name: str, urls: list[str]) -> list[Measurement]:
    """Return the ratios on one kind of database."""
    small, large = (Database(Settings.model_validate({"database_url": url})) for url in urls)
    try:
        for database in (small, large):
            await _store_season(database)
        return [
            await _measure_work(f"{title}, {name}", work, small, large)
            for title, work in WORK.items()
        ]
    finally:
        await small.close()
        await large.close()


async def _measure_work(title: str, work: Work, small: Database, large: Database) -> Measurement:
    """Return the ratio of the median times of interleaved rounds."""
    rounds: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(REPETITIONS):
            for index, database in enumerate((small, large)):
                began = time.perf_counter()
                await work(database)
                times[index].append(time.perf_counter() - began)
        rounds[0].append(median(times[0]))
        rounds[1].append(median(times[1]))
    detail = (
        f"{median(rounds[1]) * 1000:.2f} ms at {LARGE:,} sets,"
        f" {median(rounds[0]) * 1000:.2f} ms at {SMALL:,}"
    )
    return Measurement(title, divide(rounds[1], rounds[0]), MAX_RATIO, "x", detail=detail)


async def _store_season(database: Database) -> None:
    """Store twelve weeks of one athlete."""
    for session in _make_season():
        await _put(database, session)


def _make_season() -> list[CompletedSession]:
    """Return twelve weeks as prescribed, with random ids like those of a client."""
    return [
        replace(
            session,
            session_id=uuid.uuid4(),
            athlete_id=ATHLETE,
            program_id=PROGRAM,
            sets=tuple(replace(one, set_id=uuid.uuid4()) for one in session.sets),
        )
        for session in train_season(SPEC)
    ]


async def _put(database: Database, session: CompletedSession) -> object:
    """Store a session durably, as PUT does."""
    now = datetime.now(UTC)
    return await database.write(
        transactions.store_upload, TENANT, SessionUpload(session), Precondition(), now
    )


async def store_session(database: Database) -> object:
    """Store a session of a new athlete."""
    sets = tuple(replace(one, set_id=uuid.uuid4()) for one in SESSION.sets)
    session_id = uuid.uuid4()
    session = replace(SESSION, session_id=session_id, athlete_id=str(session_id), sets=sets)
    return await _put(database, session)


async def list_sessions(database: Database) -> object:
    """List the athlete's newest sessions, at most 50."""
    by_athlete = SessionFilter(athlete_id=ATHLETE)
    return await database.read(store.list_sessions, TENANT, by_athlete, None, 50)


async def get_today(database: Database) -> object:
    """Return the response of `today` as bytes."""
    log = await database.read(store.read_log, TENANT, ATHLETE, PROGRAM)
    followed = followed_program.follow(SPEC, log, through_week=11)
    return responses.encode_today(followed, datetime.now(UTC).date(), in_full=False)


async def get_progress(database: Database) -> object:
    """Return the response of `progress` as bytes."""
    log = await database.read(store.read_log, TENANT, ATHLETE, PROGRAM)
    followed = followed_program.follow(SPEC, log, through_week=11)
    return PROGRESS.dump_json(progress.measure_progress(followed, log))


WORK: dict[str, Work] = {
    "storing a session": store_session,
    "list of sessions": list_sessions,
    "today": get_today,
    "progress": get_progress,
}
