"""No statement about sessions, calendars or erasures needs another tenant's rows.

The migrated tables are made again, partitioned by tenant, on a real PostgreSQL; then every
statement of the stores runs on them and is explained: it reads and writes one partition only.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.calendars import store as calendars
from app.calendars.store import Calendar
from app.database.engines import make_engine
from app.sessions import store
from app.settings import normalise_url
from tests import postgres
from tests.query_plans import explain_statement, record_statements
from tests.sessions.test_store import CALLS, IDS, MANY, MINE, NOW, TENANTS, a_session, a_set

TABLES = ("sessions", "sets", "erasures", "calendars")
PARTITIONS = 8
DATABASE = "pushoff_partitions"
CALENDAR = Calendar(IDS[0], "runner-1", "p", None, None, NOW)

Call = Callable[[sa.Connection], object]
EVERY: dict[str, Call] = CALLS | {
    "find_sets_around": lambda tx: store.find_sets_around(tx, MINE, IDS[1], IDS[:20]),
    "add_calendar": lambda tx: calendars.add_calendar(tx, MINE, CALENDAR, bytes(32)),
    "find_calendar": lambda tx: calendars.find_calendar(tx, MINE, bytes(32)),
    "list_calendars": lambda tx: calendars.list_calendars(tx, MINE, "runner-1"),
    "delete_calendar": lambda tx: calendars.delete_calendar(tx, MINE, IDS[0]),
    "end all calendars": lambda tx: calendars.erase_athlete(tx, MINE, "runner-1"),
}


@dataclass(frozen=True, slots=True)
class Home:
    """Where a tenant's rows are: one partition of each table, by the table's name."""

    partitions: dict[str, str]

    def strangers(self, touched: set[str]) -> set[str]:
        return touched - set(self.partitions.values())


def partition(tx: sa.Connection, table: str) -> None:
    """Put a table in place of the migrated one that has the same columns, keys and indexes, and
    keeps its rows apart by tenant.
    """
    indexes = tx.exec_driver_sql(
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = %s"
        " AND indexname LIKE 'ix_%%'",
        (table,),
    ).scalars()
    keys = tx.exec_driver_sql(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND contype IN ('p', 'u')",
        (table,),
    ).all()
    definitions = list(indexes)
    tx.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {table}_before")
    tx.exec_driver_sql(
        f"CREATE TABLE {table} (LIKE {table}_before INCLUDING DEFAULTS)"
        " PARTITION BY HASH (tenant_id)"
    )
    tx.exec_driver_sql(f"DROP TABLE {table}_before")
    for number in range(PARTITIONS):
        tx.exec_driver_sql(
            f"CREATE TABLE {table}_{number} PARTITION OF {table}"
            f" FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {number})"
        )
    for name, definition in keys:
        tx.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    for definition in definitions:
        tx.exec_driver_sql(definition)


@pytest.fixture(scope="module")
def tx(cluster: postgres.Server, postgres_template: str) -> Iterator[sa.Connection]:
    url = normalise_url(cluster.create(DATABASE, postgres_template))
    engine = make_engine(sa.make_url(url), 5, read_only=False)
    with engine.begin() as making:
        for table in TABLES:
            partition(making, table)
    with engine.begin() as filling:
        for tenant in TENANTS:
            sessions = [a_session(number) for number in range(MANY)]
            store.save(filling, tenant, sessions, [a_set(n) for n in range(MANY)], NOW)
    with engine.begin() as analysing:
        analysing.exec_driver_sql("ANALYZE")
    with engine.connect() as connection:
        yield connection
    cluster.drop(DATABASE)


@pytest.fixture(scope="module")
def home(tx: sa.Connection) -> Home:
    """My partitions, by what PostgreSQL itself says of each."""
    with tx.begin():
        return Home({table: partition_of(tx, table, MINE) for table in TABLES})


def partition_of(tx: sa.Connection, table: str, tenant: UUID) -> str:
    asked = (
        "SELECT child.relname FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid"
        " WHERE inhparent = %s::regclass AND satisfies_hash_partition(inhparent, %s,"
        " substring(child.relname FROM '[0-9]+$')::int, %s::uuid)"
    )
    values = (table, PARTITIONS, str(tenant))
    return str(tx.exec_driver_sql(asked, values).scalar_one())


def touched(tx: sa.Connection, call: Call) -> dict[str, set[str]]:
    """The partitions that each statement of a call reads or writes, by statement."""
    with record_statements(tx) as statements:
        call(tx)
    return {
        statement: set(relations(explain_statement(tx, statement, values)))
        for statement, values in statements
        if "pg_advisory" not in statement
    }


def relations(node: dict[str, Any]) -> Iterator[str]:
    """Every table of a plan that holds rows. What an INSERT names is the table above them, as the
    key of each row decides where it goes.
    """
    if node["Node Type"] == "ModifyTable" and node["Operation"] != "Insert":
        targets = node.get("Target Tables", [node])
        yield from (target["Relation Name"] for target in targets if "Relation Name" in target)
    elif "Relation Name" in node and node["Node Type"] != "ModifyTable":
        yield node["Relation Name"]
    for child in node.get("Plans", ()):
        yield from relations(child)


class TestEveryStatement:
    @pytest.mark.parametrize("call", EVERY.values(), ids=EVERY.keys())
    def test_needs_no_other_partition(self, call: Call, tx: sa.Connection, home: Home) -> None:
        with tx.begin() as transaction:
            found = touched(tx, call)
            transaction.rollback()
        assert found
        for statement, names in found.items():
            updated = {name for name in names if name in TABLES}
            assert home.strangers(names - updated) == set(), statement
            assert names or "INSERT INTO " in statement, statement

    def test_is_held_to_it_for_calendars_too(self) -> None:
        takes_tx = {
            name
            for name, function in vars(calendars).items()
            if getattr(function, "__module__", "") == calendars.__name__
            and getattr(function, "__annotations__", {}).get("tx") is sa.Connection
        }
        assert takes_tx <= set(EVERY)

    def test_would_be_caught_without_its_tenant(self, tx: sa.Connection, home: Home) -> None:
        def search(connection: sa.Connection) -> None:
            connection.exec_driver_sql("SELECT 1 FROM sessions WHERE athlete_id = 'runner-1'")

        with tx.begin():
            ((names),) = touched(tx, search).values()
        assert len(home.strangers(names)) == PARTITIONS - 1


class TestRows:
    def test_of_a_tenant_are_in_one_partition(self, tx: sa.Connection, home: Home) -> None:
        counted = "SELECT tableoid::regclass::text, count(*) FROM sessions WHERE tenant_id = %s"
        with tx.begin():
            found = tx.exec_driver_sql(f"{counted} GROUP BY 1", (MINE,)).all()
        assert [tuple(row) for row in found] == [(home.partitions["sessions"], MANY)]
