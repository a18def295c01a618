"""What the same work costs among few stored sets and among very many."""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from statistics import median

from app.athletes import responses
from app.athletes.routes import PROGRESS, TODAY
from app.database.database import Database
from app.sessions import store, writing
from app.sessions.from_wire import SessionUpload
from app.sessions.store import SessionFilter
from app.sessions.writing import Precondition
from app.settings import Settings
from app.training import engine
from app.training.adapting import followed_program
from app.training.log.completed import CompletedSession
from app.training.measures import summary
from app.training.planning import spec
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
SPEC = spec.settle({"weeks": 12})
PROGRAM = engine.identify(SPEC).program_id
SESSION = train_season(SPEC)[0]

Work = Callable[[Database], Awaitable[object]]


def measure() -> Iterator[Measurement]:
    """Each kind of work on each database: its time among many sets, over that among few."""
    with make_databases((SMALL, LARGE)) as databases:
        for name, urls in databases.items():
            yield from asyncio.run(_measure_database(name, urls))


async def _measure_database(name: str, urls: list[str]) -> list[Measurement]:
    """The ratios on one kind of database."""
    few, many = (Database(Settings.model_validate({"database_url": url})) for url in urls)
    try:
        for database in (few, many):
            await _store_season(database)
        return [
            await _measure_work(f"{title}, {name}", work, few, many) for title, work in WORK.items()
        ]
    finally:
        await few.close()
        await many.close()


async def _measure_work(title: str, work: Work, few: Database, many: Database) -> Measurement:
    """The median times of interleaved rounds, divided."""
    rounds: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(REPETITIONS):
            for place, database in enumerate((few, many)):
                began = time.perf_counter()
                await work(database)
                times[place].append(time.perf_counter() - began)
        rounds[0].append(median(times[0]))
        rounds[1].append(median(times[1]))
    detail = (
        f"{median(rounds[1]) * 1000:.2f} ms at {LARGE:,} sets,"
        f" {median(rounds[0]) * 1000:.2f} ms at {SMALL:,}"
    )
    return Measurement(title, divide(rounds[1], rounds[0]), MAX_RATIO, "x", detail=detail)


async def _store_season(database: Database) -> None:
    """Stores what one runner did in twelve weeks."""
    for session in _make_season():
        await _put(database, session)


def _make_season() -> list[CompletedSession]:
    """Twelve weeks as prescribed, under ids like those of a client."""
    return [
        replace(
            session,
            session_id=uuid.uuid4(),
            athlete_id=ATHLETE,
            program_id=PROGRAM,
            sets=tuple(replace(done, set_id=uuid.uuid4()) for done in session.sets),
        )
        for session in train_season(SPEC)
    ]


async def _put(database: Database, session: CompletedSession) -> object:
    """Stores a session as PUT does, durably."""
    now = datetime.now(UTC)
    return await database.write(writing.put, TENANT, SessionUpload(session), Precondition(), now)


async def store_session(database: Database) -> object:
    """One session more, of somebody without a history."""
    sets = tuple(replace(done, set_id=uuid.uuid4()) for done in SESSION.sets)
    session_id = uuid.uuid4()
    fresh = replace(SESSION, session_id=session_id, athlete_id=str(session_id), sets=sets)
    return await _put(database, fresh)


async def list_sessions(database: Database) -> object:
    """The newest sessions of the runner, fifty at most."""
    wanted = SessionFilter(athlete_id=ATHLETE)
    return await database.read(store.list_sessions, TENANT, wanted, None, 50)


async def get_today(database: Database) -> object:
    """What to do now, as bytes."""
    done = await database.read(store.read_log, TENANT, ATHLETE, PROGRAM)
    standing = followed_program.follow(SPEC, done, through_week=11)
    return TODAY.dump_json(responses.tell_today(standing, datetime.now(UTC).date()))


async def get_progress(database: Database) -> object:
    """The measures of progress, as bytes."""
    done = await database.read(store.read_log, TENANT, ATHLETE, PROGRAM)
    standing = followed_program.follow(SPEC, done, through_week=11)
    return PROGRESS.dump_json(summary.measure(standing, done))


WORK: dict[str, Work] = {
    "storing a session": store_session,
    "list of sessions": list_sessions,
    "today": get_today,
    "progress": get_progress,
}
