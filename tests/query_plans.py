"""How PostgreSQL finds the rows of a statement: the real SQL of store functions, explained.

Sequential scans are made to look expensive, so that one is left only where no index helps: what
this shows on some thousand rows holds for ten million.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

Parameters = Any
# What a statement brings along, and what it has written itself.
_SCANS_WITHOUT_TABLE = ("Function Scan", "CTE Scan")
Statement = tuple[str, Parameters]


@dataclass(frozen=True, slots=True)
class Scan:
    """One place of a plan that reads a table."""

    kind: str
    table: str
    index: str
    condition: str
    """What the index looks for; empty where it is only walked along."""


@contextmanager
def record_statements(tx: sa.Connection) -> Iterator[list[Statement]]:
    """The statements that run on a connection meanwhile, as the driver gets them."""
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
    """The scans of each statement that a call runs, by statement."""
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
    """Every scan of a plan. Of a bitmap, the part is told that looks into the index."""
    if node["Node Type"].endswith("Scan") and node["Node Type"] not in _SCANS_WITHOUT_TABLE:
        yield Scan(
            kind=node["Node Type"],
            table=node.get("Relation Name", ""),
            index=node.get("Index Name", ""),
            condition=node.get("Index Cond", ""),
        )
    for child in node.get("Plans", ()):
        yield from _list_scans(child)
