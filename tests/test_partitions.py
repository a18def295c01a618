"""Tests that no statement on sessions, calendars or erasures touches rows of another tenant.

The migrated tables are created again on a real PostgreSQL, partitioned by tenant. Then every
statement of the stores runs on them, and EXPLAIN shows that it uses one partition only.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.calendars import store as calendars
from app.calendars.calendar import Calendar
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
ALL_CALLS: dict[str, Call] = CALLS | {
    "find_sets_of_session": lambda tx: store.find_sets_of_session(tx, MINE, IDS[1], IDS[:20]),
    "add_calendar": lambda tx: calendars.add_calendar(tx, MINE, CALENDAR, bytes(32)),
    "find_calendar": lambda tx: calendars.find_calendar(tx, MINE, bytes(32)),
    "list_calendars": lambda tx: calendars.list_calendars(tx, MINE, "runner-1"),
    "delete_calendar": lambda tx: calendars.delete_calendar(tx, MINE, IDS[0]),
    "end all calendars": lambda tx: calendars.erase_athlete(tx, MINE, "runner-1"),
}


@dataclass(frozen=True, slots=True)
class TenantPartitions:
    """The partitions with the rows of one tenant, by the name of the table."""

    partitions: dict[str, str]

    def find_foreign(self, used: set[str]) -> set[str]:
        return used - set(self.partitions.values())


def partition_table(tx: sa.Connection, table: str) -> None:
    """Replace a migrated table by one with the same columns, keys and indexes that is partitioned
    by tenant.
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
    with engine.begin() as filling:
        for table in TABLES:
            partition_table(filling, table)
    with engine.begin() as filling:
        for tenant in TENANTS:
            sessions = [a_session(number) for number in range(MANY)]
            store.save(filling, tenant, sessions, [a_set(n) for n in range(MANY)], NOW)
    with engine.begin() as filling:
        filling.exec_driver_sql("ANALYZE")
    with engine.connect() as connection:
        yield connection
    cluster.drop(DATABASE)


@pytest.fixture(scope="module")
def my_partitions(tx: sa.Connection) -> TenantPartitions:
    """The partitions of the tenant MINE, as PostgreSQL computes them."""
    with tx.begin():
        return TenantPartitions({table: find_partition(tx, table, MINE) for table in TABLES})


def find_partition(tx: sa.Connection, table: str, tenant: UUID) -> str:
    query = (
        "SELECT child.relname FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid"
        " WHERE inhparent = %s::regclass AND satisfies_hash_partition(inhparent, %s,"
        " substring(child.relname FROM '[0-9]+$')::int, %s::uuid)"
    )
    values = (table, PARTITIONS, str(tenant))
    return str(tx.exec_driver_sql(query, values).scalar_one())


def find_touched(tx: sa.Connection, call: Call) -> dict[str, set[str]]:
    """Return the partitions that each statement of a call reads or writes."""
    with record_statements(tx) as statements:
        call(tx)
    return {
        statement: set(list_relations(explain_statement(tx, statement, values)))
        for statement, values in statements
        if "pg_advisory" not in statement
    }


def list_relations(node: dict[str, Any]) -> Iterator[str]:
    """Yield every table with rows in a plan. An INSERT names the partitioned table itself, because
    the key of each row decides on the partition.
    """
    if node["Node Type"] == "ModifyTable" and node["Operation"] != "Insert":
        targets = node.get("Target Tables", [node])
        yield from (target["Relation Name"] for target in targets if "Relation Name" in target)
    elif "Relation Name" in node and node["Node Type"] != "ModifyTable":
        yield node["Relation Name"]
    for child in node.get("Plans", ()):
        yield from list_relations(child)


class TestEveryStatement:
    @pytest.mark.parametrize("call", ALL_CALLS.values(), ids=ALL_CALLS.keys())
    def test_uses_no_foreign_partition(
        self, call: Call, tx: sa.Connection, my_partitions: TenantPartitions
    ) -> None:
        with tx.begin() as transaction:
            found = find_touched(tx, call)
            transaction.rollback()
        assert found
        for statement, names in found.items():
            updated = {name for name in names if name in TABLES}
            assert my_partitions.find_foreign(names - updated) == set(), statement
            assert names or "INSERT INTO " in statement, statement

    def test_is_listed_for_calendars(self) -> None:
        takes_tx = {
            name
            for name, function in vars(calendars).items()
            if getattr(function, "__module__", "") == calendars.__name__
            and getattr(function, "__annotations__", {}).get("tx") is sa.Connection
        }
        assert takes_tx <= set(ALL_CALLS)

    def test_is_detected_without_its_tenant(
        self, tx: sa.Connection, my_partitions: TenantPartitions
    ) -> None:
        def search(connection: sa.Connection) -> None:
            connection.exec_driver_sql("SELECT 1 FROM sessions WHERE athlete_id = 'runner-1'")

        with tx.begin():
            ((names),) = find_touched(tx, search).values()
        assert len(my_partitions.find_foreign(names)) == PARTITIONS - 1


class TestRows:
    def test_stores_the_rows_of_a_tenant_in_one_partition(
        self, tx: sa.Connection, my_partitions: TenantPartitions
    ) -> None:
        counted = "SELECT tableoid::regclass::text, count(*) FROM sessions WHERE tenant_id = %s"
        with tx.begin():
            found = tx.exec_driver_sql(f"{counted} GROUP BY 1", (MINE,)).all()
        assert [tuple(row) for row in found] == [(my_partitions.partitions["sessions"], MANY)]
