"""Every statement on sessions finds its rows by tenant in an index and scans no table."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.database.engines import make_engine
from app.database.errors import DatabaseFailure
from app.sessions import store
from app.sessions.row_mapping import SESSIONS, StoredSession, StoredSet
from app.sessions.store import PagePosition, SessionFilter
from app.settings import normalise_url
from app.training.log.completed import CompletedSession, CompletedSet
from tests import postgres
from tests.query_plans import explain, record_statements

NOW = datetime(2024, 5, 6, tzinfo=UTC)
TENANTS = [UUID(int=1), UUID(int=2)]
MINE, MANY = TENANTS[0], 1_500
IDS = [UUID(int=1_000 + number) for number in range(MANY)]

SESSION = CompletedSession(
    session_id=IDS[0], athlete_id="ann", version=None, program_id="p", week=1, session=1,
    started_at=NOW, ended_at=None, status="completed", source=None, device=None, srpe=None,
    morning_pain=None, red_flags=(), heel_rise_test=None, notes=None,
)  # fmt: skip
SET = CompletedSet(
    set_id=IDS[0], version=None, exercise="step-up", side="left", set_index=1, reps=9,
    load_kg=None, load=None, duration_s=None, rir=None, rpe=None, rpe_scale=None, pain=None,
    performed_at=NOW, kind="work", prescribed=None,
)  # fmt: skip

UPLOAD = replace(SESSION, sets=tuple(replace(SET, set_id=set_id) for set_id in IDS[:20]))


def a_session(number: int) -> StoredSession:
    content = replace(
        SESSION,
        session_id=IDS[number],
        athlete_id=f"runner-{number % 20}",
        program_id=f"p-{number % 7}",
        started_at=NOW + timedelta(hours=number),
    )
    return StoredSession(IDS[number], content.athlete_id, None, deleted=False, content=content)


def a_set(number: int) -> StoredSet:
    content = replace(SET, set_id=IDS[number])
    return StoredSet(content.set_id, IDS[number // 2], None, deleted=False, content=content)


def fill(tx: sa.Connection) -> None:
    for tenant in TENANTS:
        sessions = [a_session(number) for number in range(MANY)]
        store.save(tx, tenant, sessions, [a_set(number) for number in range(MANY)], NOW)


@pytest.fixture(scope="module")
def tx(cluster: postgres.Server, postgres_template: str) -> Iterator[sa.Connection]:
    url = normalise_url(cluster.create("pushoff_session_plans", postgres_template))
    engine = make_engine(sa.make_url(url), 5, read_only=False)
    with engine.begin() as filling:
        fill(filling)
    with engine.begin() as analysing:
        analysing.exec_driver_sql("ANALYZE")
    with engine.connect() as connection:
        yield connection
    cluster.drop("pushoff_session_plans")


def build_list_call(
    wanted: SessionFilter, after: PagePosition | None = None
) -> Callable[[sa.Connection], object]:
    return lambda tx: store.list_sessions(tx, MINE, wanted, after, 51)


DAY = timedelta(days=1)
CALLS: dict[str, Callable[[sa.Connection], object]] = {
    "find_sessions": lambda tx: store.find_sessions(tx, MINE, IDS[:20]),
    "find_sets": lambda tx: store.find_sets(tx, MINE, IDS[:20]),
    "find_sets_of_session": lambda tx: store.find_sets_of_session(tx, MINE, IDS[3], IDS[:20]),
    "exists_any": lambda tx: store.exists_any(tx, MINE, UPLOAD, bytes(32), NOW),
    "read_session": lambda tx: store.read_session(tx, MINE, IDS[3]),
    "read_log": lambda tx: store.read_log(tx, MINE, "runner-1", "p-1"),
    "read_logs": lambda tx: store.read_logs(tx, MINE, "runner-1", 5),
    "read_edition": lambda tx: store.read_edition(tx, MINE, "runner-1"),
    "read_athlete": lambda tx: store.read_athlete(tx, MINE, "runner-1"),
    "find_erased": lambda tx: store.find_erased(tx, MINE, [bytes(32)], NOW),
    "save_erasure": lambda tx: store.save_erasure(tx, MINE, bytes(32), NOW),
    "delete_erasures": lambda tx: store.delete_erasures(tx, MINE, NOW),
    "erase_athlete": lambda tx: store.erase_athlete(tx, MINE, "runner-1"),
    "list_sessions": build_list_call(SessionFilter()),
    "list_sessions of a person": build_list_call(SessionFilter(athlete_id="runner-1")),
    "list_sessions of a programme": build_list_call(
        SessionFilter(athlete_id="runner-1", program_id="p-1")
    ),
    "list_sessions of a programme of anybody": build_list_call(SessionFilter(program_id="p-1")),
    "list_sessions of a time": build_list_call(
        SessionFilter(since=NOW + DAY, before=NOW + 2 * DAY)
    ),
    "list_sessions of a person's time": build_list_call(
        SessionFilter(athlete_id="runner-1", since=NOW + DAY)
    ),
    "list_sessions from a place on": build_list_call(
        SessionFilter(), PagePosition(NOW + DAY, IDS[24])
    ),
    "save": lambda tx: store.save(tx, MINE, [a_session(5)], [a_set(5)], NOW),
    "touch": lambda tx: store.touch(tx, MINE, IDS[:20], NOW),
    "delete_session": lambda tx: store.delete_session(tx, MINE, a_session(6), NOW),
    "delete_set": lambda tx: store.delete_set(tx, MINE, a_set(7)),
}


class TestSave:
    def test_leaves_a_set_in_its_session_and_raises(self, database_url: str) -> None:
        engine = make_engine(sa.make_url(normalise_url(database_url)), 5, read_only=False)
        theirs, taken = a_session(1), a_set(2)
        with engine.begin() as tx:
            store.save(tx, MINE, [theirs], [taken], NOW)
        other = replace(taken, session_id=IDS[5])
        with pytest.raises(DatabaseFailure), engine.begin() as tx:
            store.save(tx, MINE, [a_session(5)], [a_set(9), other], NOW)
        with engine.begin() as tx:
            assert store.find_sessions(tx, MINE, [IDS[5]]) == {}
            kept = store.find_sets(tx, MINE, [taken.set_id, IDS[9]])
            assert {one.session_id for one in kept.values()} == {theirs.session_id}
            # What was there before may be written again.
            store.save(tx, MINE, [theirs], [taken], NOW)
        engine.dispose()

    def test_encodes_ids_and_moments_as_the_columns_do(self, database_url: str) -> None:
        engine = make_engine(sa.make_url(normalise_url(database_url)), 5, read_only=False)
        one = a_session(1)
        with engine.begin() as tx:
            store.save(tx, MINE, [one], [a_set(2)], NOW)
            (row,) = tx.execute(sa.select(SESSIONS)).all()
            assert (row.tenant_id, row.session_id) == (MINE, one.session_id)
            assert one.content is not None
            assert (row.stored_at, row.started_at) == (NOW, one.content.started_at)
            assert (row.deleted, row.device, row.red_flags) == (False, None, None)
        engine.dispose()


class TestEveryStatement:
    @pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
    def test_finds_its_rows_by_tenant_in_an_index(
        self, call: Callable[[sa.Connection], object], tx: sa.Connection
    ) -> None:
        with tx.begin() as transaction:
            plans = explain(tx, lambda: call(tx))
            transaction.rollback()
        assert plans
        for statement, scans in plans.items():
            # An INSERT has no scan: it asks the primary key, which begins with the tenant.
            assert scans or "ON CONFLICT (tenant_id, " in statement
            for scan in scans:
                assert scan.kind != "Seq Scan", statement
                if scan.kind != "Bitmap Heap Scan":
                    assert "(tenant_id = " in scan.condition, (statement, scan)

    def test_passes_ids_as_one_array_to_the_planner(self, tx: sa.Connection) -> None:
        # As a text that is cast it would be read again for each row, wherever none was counted.
        with tx.begin(), record_statements(tx) as statements:
            store.find_sets(tx, MINE, IDS[:20])
        ((statement, _values),) = statements
        assert statement.endswith("sets.set_id = ANY (%(ids)s::UUID[])")

    def test_is_listed_in_calls(self) -> None:
        named = {name.partition(" ")[0] for name in CALLS}
        takes_tx = {
            name
            for name, function in vars(store).items()
            if getattr(function, "__module__", "") == store.__name__
            and getattr(function, "__annotations__", {}).get("tx") is sa.Connection
        }
        # fetching, joining and upserting are part of the others, and lock reads no table.
        parts = {"_fetch_sets", "_load_with_sets", "upsert", "_upsert_on_sqlite"}
        assert takes_tx - named == parts | {"lock"}

    def test_is_detected_without_an_index(self, tx: sa.Connection) -> None:
        search = sa.select(SESSIONS).where(SESSIONS.c.notes == "x")
        with tx.begin():
            ((scan,),) = explain(tx, lambda: tx.execute(search).all()).values()
        assert (scan.kind, scan.table) == ("Seq Scan", "sessions")


class TestNewestFirst:
    @pytest.mark.parametrize(
        ("wanted", "index"),
        [
            (SessionFilter(), "ix_sessions_newest"),
            (SessionFilter(athlete_id="runner-1"), "ix_sessions_athlete"),
            (SessionFilter(athlete_id="runner-1", program_id="p-1"), "ix_sessions_program"),
        ],
    )
    def test_is_the_order_of_an_index(
        self, wanted: SessionFilter, index: str, tx: sa.Connection
    ) -> None:
        with tx.begin():
            tx.exec_driver_sql("SET LOCAL enable_sort = off")
            plans = explain(tx, lambda: build_list_call(wanted)(tx))
        (scan,) = next(scans for statement, scans in plans.items() if "LIMIT" in statement)
        assert (scan.kind, scan.index) == ("Index Scan", index)
