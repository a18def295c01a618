"""A power cut under SQLite, with the sync settings of app/database/engines.py.

SIGKILL cannot tell a synced write from one that the system only has in memory, so this disk loses
half of what was not synced. The controls are the less safe settings of SQLite.
"""

import random
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import apsw
import pytest
import sqlalchemy as sa

from app.database.engines import make_engine
from tests.durability.power_loss_disk import PowerCut, PowerLossDisk, split_into_sectors
from tests.durability.run_sizes import RecordFigure, read_size

TRIALS = read_size("POWER_CUTS", short=200, long=2000)
TRIALS_OF_UNSAFE_SETTING = 40
SETS = 4
SESSION = (
    "INSERT INTO sessions (tenant_id, session_id, athlete_id, deleted, stored_at, started_at)"
    " VALUES (x'00', ?1, 'runner-1', 0, 0, ?1)"
)
SET = (
    "INSERT INTO sets (tenant_id, set_id, session_id, deleted, exercise)"
    " VALUES (x'00', ?, ?, 0, 'step_up')"
)


@dataclass(slots=True)
class PowerLossReport:
    """The results of all power cuts together."""

    acknowledged: int = 0
    lost: int = 0
    partial: int = 0
    damage: list[str] = field(default_factory=list)


class Machine:
    """A new database on a disk that will lose its power."""

    def __init__(self, folder: Path, template: Path, synchronous: str) -> None:
        self._file = folder / "pushoff.db"
        self._template = template
        self._synchronous = synchronous

    def cut_power(self, randomness: random.Random, report: PowerLossReport) -> None:
        """Write until the power is cut; then add what is missing or damaged to the report."""
        shutil.copyfile(self._template, self._file)
        disk = PowerLossDisk(randomness, operations=randomness.randint(5, 500))
        disk.add_synced(self._file)
        acknowledged = self._write(randomness)
        for path, content in disk.cut_power().items():
            Path(path).write_bytes(content)
        with closing(sqlite3.connect(self._file)) as connection:
            count_damage(connection, acknowledged, report)
        for file in self._file.parent.iterdir():
            file.unlink()

    def _write(self, randomness: random.Random) -> list[int]:
        """Return the sessions that were committed before the power cut."""
        committed: list[int] = []
        connection = apsw.Connection(str(self._file), vfs="power")
        try:
            connection.execute(f"PRAGMA synchronous={self._synchronous}")
            connection.execute(f"PRAGMA wal_autocheckpoint={randomness.randint(5, 40)}")
            while True:
                store_session(connection, len(committed))
                committed.append(len(committed))
        except PowerCut:
            pass
        with suppress(PowerCut, apsw.Error):
            connection.close(force=True)
        return committed


def store_session(connection: apsw.Connection, number: int) -> None:
    """Commit one session with its sets."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(SESSION, (number,))
    connection.executemany(SET, [(number * SETS + place, number) for place in range(SETS)])
    connection.execute("COMMIT")


def count_damage(
    connection: sqlite3.Connection, acknowledged: list[int], report: PowerLossReport
) -> None:
    """Add to the report what is missing or damaged."""
    report.acknowledged += len(acknowledged)
    try:
        found = [line for (line,) in connection.execute("PRAGMA integrity_check")]
        stored = {number for (number,) in connection.execute("SELECT session_id FROM sessions")}
        counts = "SELECT session_id, count(*) FROM sets GROUP BY session_id"
        whole = {number for number, count in connection.execute(counts) if count == SETS}
    except sqlite3.DatabaseError as error:
        report.damage.append(str(error))
        return
    report.damage += [line for line in found if line != "ok"]
    report.lost += len(set(acknowledged) - stored)
    report.partial += len(stored ^ whole)


def cut_power_repeatedly(
    folder: Path, template: Path, synchronous: str, seed: int, trials: int
) -> PowerLossReport:
    randomness, report = random.Random(seed), PowerLossReport()
    folder.mkdir()
    machine = Machine(folder, template, synchronous)
    for _ in range(trials):
        machine.cut_power(randomness, report)
    return report


def read_pragma(url: str, pragma: str) -> str:
    """Return the value that the service's own writers set on their connection."""
    engine = make_engine(sa.make_url(url), 5, read_only=False)
    with engine.connect() as tx:
        return str(tx.exec_driver_sql(f"PRAGMA {pragma}").scalar_one())


class TestPowerLoss:
    def test_loses_nothing_with_the_settings_of_the_service(
        self,
        sqlite_url: str,
        sqlite_template: Path,
        tmp_path: Path,
        seed: int,
        record_property: RecordFigure,
    ) -> None:
        assert read_pragma(sqlite_url, "journal_mode") == "wal"
        synchronous = read_pragma(sqlite_url, "synchronous")
        report = cut_power_repeatedly(tmp_path / "disk", sqlite_template, synchronous, seed, TRIALS)
        record_property("power cuts", TRIALS)
        record_property("acknowledged writes", report.acknowledged)
        record_property("lost", report.lost)
        assert report.acknowledged > 5 * TRIALS
        assert (report.lost, report.partial, report.damage) == (0, 0, [])

    def test_loses_sessions_when_commits_are_not_synced(
        self, sqlite_template: Path, tmp_path: Path, seed: int
    ) -> None:
        report = cut_power_repeatedly(
            tmp_path / "disk", sqlite_template, "NORMAL", seed, TRIALS_OF_UNSAFE_SETTING
        )
        assert report.lost > 0
        assert (report.partial, report.damage) == (0, [])

    def test_damages_the_file_when_nothing_is_synced(
        self, sqlite_template: Path, tmp_path: Path, seed: int
    ) -> None:
        report = cut_power_repeatedly(
            tmp_path / "disk", sqlite_template, "OFF", seed, TRIALS_OF_UNSAFE_SETTING
        )
        assert report.damage != []


class TestSplitIntoSectors:
    @pytest.mark.parametrize(
        ("offset", "size", "starts"),
        [(0, 512, [0]), (0, 1024, [0, 512]), (500, 100, [500, 512]), (32, 24, [32])],
    )
    def test_splits_a_write_at_sector_boundaries(
        self, offset: int, size: int, starts: list[int]
    ) -> None:
        data = bytes(range(256)) * 4
        pieces = split_into_sectors(offset, data[:size])
        assert [start for start, _ in pieces] == starts
        assert b"".join(piece or b"" for _, piece in pieces) == data[:size]
