"""Describes the machine of a run, and how busy it was."""

import os
import platform
import sqlite3
import subprocess
from pathlib import Path

import psutil

from tests import postgres


def describe() -> dict[str, str]:
    """Return the description by topic."""
    load = ", ".join(f"{one:.2f}" for one in os.getloadavg())
    return {
        "processor": f"{_find_processor()}, {psutil.cpu_count()} cores, {platform.machine()}",
        "memory": f"{psutil.virtual_memory().total / 2**30:.1f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "PostgreSQL": _find_postgres(),
        "load before": f"{load} (1, 5, 15 minutes)",
    }


def _find_processor() -> str:
    """Return the name of the processor's model, if the system provides it."""
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text().splitlines() if listed.exists() else []
    models = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or "unknown"


def _find_postgres() -> str:
    """Return the version of the PostgreSQL that the benchmarks start."""
    command = [postgres.binary("postgres"), "--version"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return output.rpartition(" ")[2].strip()
