"""The plans that PostgreSQL makes for the SQL statements of store functions.

Sequential scans are made to look expensive, so that one remains only where no index helps. The
plans of a few thousand rows are then the plans of ten million.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

Parameters = Any
# Scans of values in the statement itself, and of rows that the statement has written.
_SCANS_WITHOUT_TABLE = ("Function Scan", "CTE Scan")
Statement = tuple[str, Parameters]


@dataclass(frozen=True, slots=True)
class Scan:
    """A node of a plan that reads a table."""

    kind: str
    table: str
    index: str
    condition: str
    """The condition of the index; empty if the index only gives the order."""


@contextmanager
def record_statements(tx: sa.Connection) -> Iterator[list[Statement]]:
    """Record the statements of a connection until the block ends, as the driver gets them."""
    seen: list[Statement] = []

    def record(*call: Any) -> None:
        _connection, _cursor, statement, parameters, _context, many = call
        seen.append((statement, parameters[0] if many else parameters))

    sa.event.listen(tx, "before_cursor_execute", record)
    try:
        yield seen
    finally:
        sa.event.remove(tx, "before_cursor_execute", record)


def explain(tx: sa.Connection, call: Callable[[], object]) -> dict[str, list[Scan]]:
    """Return the scans of each statement that a call executes."""
    with record_statements(tx) as statements:
        call()
    tx.exec_driver_sql("SET LOCAL enable_seqscan = off")
    return {
        statement: list(_list_scans(explain_statement(tx, statement, values)))
        for statement, values in statements
    }


def explain_statement(tx: sa.Connection, statement: str, parameters: Parameters) -> dict[str, Any]:
    text = tx.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    rows = text if isinstance(text, list) else json.loads(text)
    found: dict[str, Any] = rows[0]["Plan"]
    return found


def _list_scans(node: dict[str, Any]) -> Iterator[Scan]:
    """Yield every scan of a plan. A bitmap heap scan has its condition in the index scan below."""
    if node["Node Type"].endswith("Scan") and node["Node Type"] not in _SCANS_WITHOUT_TABLE:
        yield Scan(
            kind=node["Node Type"],
            table=node.get("Relation Name", ""),
            index=node.get("Index Name", ""),
            condition=node.get("Index Cond", ""),
        )
    for child in node.get("Plans", ()):
        yield from _list_scans(child)
