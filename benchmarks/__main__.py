"""Runs all parts of the benchmark, or the named ones, and prints a line for each figure.

A run of all parts writes benchmarks/latest.json and benchmarks/latest.svg. The exit code is 1 if a
part could not be measured or a goal has no figure. A missed goal does not change it.
"""

import json
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import (
    adapting,
    batch_writes,
    cached_responses,
    chart,
    database_size,
    files,
    machine,
    overload,
    pictures,
    planning,
    second_worker,
    service_load,
    session_lists,
    session_writes,
    worker_start,
)
from benchmarks.measurements import GOALS, Measurement

LATEST = Path(__file__).with_name("latest.json")
PARTS: dict[str, Callable[[], Iterator[Measurement]]] = {
    # First, while this process has few objects: with more of them, its own measurements cost more.
    "planning": planning.measure,
    "adapting": adapting.measure,
    "pictures": pictures.measure,
    "cached_responses": cached_responses.measure,
    "session_writes": session_writes.measure,
    "batch_writes": batch_writes.measure,
    "session_lists": session_lists.measure,
    "database_size": database_size.measure,
    "second_worker": second_worker.measure,
    "worker_start": worker_start.measure,
    "files": files.measure,
    "overload": overload.measure,
}
# The load must last for two minutes to be meaningful.
NOT_QUICK = frozenset({"overload"})
_TABLE_HEAD = f"{'goal':8} {'figure':34} {'median':>8} {'lowest':>8} {'highest':>8}  aim"


@dataclass(slots=True)
class PartResult:
    """The results of one part of a run. `error` is empty if it could be measured."""

    name: str
    figures: list[Measurement] = field(default_factory=list)
    seconds: float = 0
    error: str = ""


def main(arguments: list[str]) -> int:
    """Run the named parts, or all."""
    if unknown := sorted({*arguments} - {*PARTS}):
        print(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    described = machine.describe()
    print("\n".join(f"{name:12} {words}" for name, words in described.items()))
    print(f"\n{_TABLE_HEAD}")
    wanted = arguments or [name for name in PARTS if not (service_load.QUICK and name in NOT_QUICK)]
    parts = [_run_part(name) for name in PARTS if name in wanted]
    figures = [figure for part in parts for figure in part.figures]
    failed = [f"{part.name} failed: {part.error}" for part in parts if part.error]
    if not arguments:
        failed += [f"{goal} has no figure" for goal in find_missing(figures)]
        _write_results(described, parts)
    reached = sum(figure.reached for figure in figures)
    seconds = sum(part.seconds for part in parts)
    print(f"\n{reached} of {len(figures)} goals reached, in {seconds:.0f} s")
    print("\n".join(failed), end="\n" if failed else "")
    return 1 if failed else 0


def _run_part(name: str) -> PartResult:
    """Measure one part. An exception becomes its `error`."""
    part, began = PartResult(name), time.perf_counter()
    _show_progress(name)
    try:
        for figure in PARTS[name]():
            part.figures.append(figure)
            _show_progress("")
            print(format_row(name, figure), flush=True)
            _show_progress(name if sys.stderr.isatty() else "")
    except Exception as failure:  # noqa: BLE001 - the other parts still run; the exit code is 1.
        _show_progress("")
        traceback.print_exc()
        part.error = repr(failure)
    _show_progress("")
    part.seconds = time.perf_counter() - began
    return part


def _show_progress(name: str) -> None:
    """Show on stderr which part runs; on a terminal in one line, which the next output replaces."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{name and f'{name} …'}")
    elif name:
        sys.stderr.write(f"{name} …\n")
    sys.stderr.flush()


def format_row(part: str, figure: Measurement) -> str:
    """Format a figure as a line of the table."""
    mark = "" if figure.reached else "  MISSED"
    numbers = (figure.value, min(figure.values), max(figure.values))
    return (
        f"{figure.goal_id or part:8} {figure.name:34} {' '.join(f'{n:8.2f}' for n in numbers)}"
        f"  {figure.goal_text} {figure.unit}{mark}  {figure.detail}"
    ).rstrip()


def find_missing(figures: list[Measurement]) -> list[str]:
    """Return the goals without a figure."""
    measured = {figure.goal_id for figure in figures}
    return [goal for goal in GOALS if goal not in measured]


def _write_results(described: dict[str, str], parts: list[PartResult]) -> None:
    """Write a complete run as JSON and as a chart."""
    results = {
        "machine": described,
        "quick": service_load.QUICK,
        "seconds": {part.name: round(part.seconds, 1) for part in parts},
        "errors": {part.name: part.error for part in parts if part.error},
        "figures": [_encode(part.name, figure) for part in parts for figure in part.figures],
    }
    LATEST.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    rows = [(figure.goal_id or part.name, figure) for part in parts for figure in part.figures]
    order = {goal: index for index, goal in enumerate(GOALS)}
    rows.sort(key=lambda row: order.get(row[0], len(order)))
    LATEST.with_suffix(".svg").write_bytes(chart.draw(rows, described))


def _encode(part: str, figure: Measurement) -> dict[str, object]:
    """Return a figure as JSON."""
    return {
        "goal": figure.goal_id or part,
        "name": figure.name,
        "median": figure.value,
        "lowest": min(figure.values),
        "highest": max(figure.values),
        "values": figure.values,
        "aim": figure.goal_text,
        "unit": figure.unit,
        "reached": figure.reached,
        "detail": figure.detail,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
