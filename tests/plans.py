"""EXPLAIN the SQL of store functions, to show how PostgreSQL finds the rows of each statement.

Sequential scans are made expensive, so that the planner uses one only if no index helps. The plans
of some thousand rows are then those of ten million.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

Parameters = Any
# Scans of a statement's own parameters, and of rows that it has written itself.
OF_NO_TABLE = ("Function Scan", "CTE Scan")
Statement = tuple[str, Parameters]


@dataclass(frozen=True, slots=True)
class Scan:
    """One node of a plan that reads a table."""

    kind: str
    table: str
    index: str
    condition: str
    """The condition of the index. Empty if the index is only read in order."""


@contextmanager
def recorded(tx: sa.Connection) -> Iterator[list[Statement]]:
    """Record the statements that run on a connection in this block, as the driver gets them."""
    seen: list[Statement] = []

    def note(*call: Any) -> None:
        _connection, _cursor, statement, parameters, _context, many = call
        seen.append((statement, parameters[0] if many else parameters))

    sa.event.listen(tx, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(tx, "before_cursor_execute", note)


def explain(tx: sa.Connection, call: Callable[[], object]) -> dict[str, list[Scan]]:
    """Return the scans of each statement that a call runs, by statement."""
    with recorded(tx) as statements:
        call()
    tx.exec_driver_sql("SET LOCAL enable_seqscan = off")
    return {statement: list(scans(plan(tx, statement, values))) for statement, values in statements}


def plan(tx: sa.Connection, statement: str, parameters: Parameters) -> dict[str, Any]:
    text = tx.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    rows = text if isinstance(text, list) else json.loads(text)
    found: dict[str, Any] = rows[0]["Plan"]
    return found


def scans(node: dict[str, Any]) -> Iterator[Scan]:
    """Yield every scan of a plan. The condition of a bitmap scan is in its index part."""
    if node["Node Type"].endswith("Scan") and node["Node Type"] not in OF_NO_TABLE:
        yield Scan(
            kind=node["Node Type"],
            table=node.get("Relation Name", ""),
            index=node.get("Index Name", ""),
            condition=node.get("Index Cond", ""),
        )
    for child in node.get("Plans", ()):
        yield from scans(child)
