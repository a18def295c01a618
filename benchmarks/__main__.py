"""Measures everything, prints a table, and writes benchmarks/latest.json."""

import json
import platform
import sys
from itertools import chain
from pathlib import Path

import psutil

from benchmarks import adapting, bulk, files, growing, listing, planning, serving, storing
from benchmarks.figures import Figure

LATEST = Path(__file__).with_name("latest.json")


def main() -> int:
    """Prints a line for each figure as soon as it is there."""
    print(f"{describe_machine()}\n")
    print(f"{'figure':34} {'median':>9} {'lowest':>9} {'highest':>9} {'goal':>8}")
    figures = []
    parts = (planning, adapting, serving, files, listing, storing, bulk, growing)
    for figure in chain.from_iterable(part.measure() for part in parts):
        figures.append(figure)
        print(line(figure), flush=True)
    LATEST.write_text(
        json.dumps({"machine": describe_machine(), "figures": [tell(f) for f in figures]}, indent=1)
    )
    missed = [figure.name for figure in figures if not figure.reached]
    print(f"\n{len(figures) - len(missed)} of {len(figures)} goals reached; in {LATEST.name}")
    return 0


def line(figure: Figure) -> str:
    """A figure as a line of the table."""
    bound = f"{'>=' if figure.least else '<='}{figure.goal:g}"
    mark = "" if figure.reached else "  MISSED"
    return (
        f"{figure.name:34} {figure.value:9.2f} {min(figure.values):9.2f} {max(figure.values):9.2f}"
        f" {bound:>8} {figure.unit}{mark}  {figure.detail}"
    )


def tell(figure: Figure) -> dict[str, object]:
    """A figure as JSON."""
    return {
        "name": figure.name,
        "median": figure.value,
        "values": figure.values,
        "goal": figure.goal,
        "unit": figure.unit,
        "reached": figure.reached,
    }


def describe_machine() -> str:
    """What the figures were measured on."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{platform.machine()}, {psutil.cpu_count()} cores, {memory:.0f} GiB,"
        f" Python {platform.python_version()}, {platform.system()}"
    )


if __name__ == "__main__":
    sys.exit(main())
