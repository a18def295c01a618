"""The engines make files that nobody but their owner can read."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.database.engines import make_engine


@pytest.fixture
def lenient_umask() -> Iterator[None]:
    """A process that lets everybody read what it creates."""
    before = os.umask(0)
    yield
    os.umask(before)


def connect(path: Path, *, read_only: bool = False) -> sa.Connection:
    return make_engine(sa.make_url(f"sqlite:///{path}"), 5, read_only=read_only).connect()


@pytest.mark.usefixtures("lenient_umask")
class TestFileMode:
    def test_of_a_new_database_is_its_owners_alone(self, tmp_path: Path) -> None:
        with connect(tmp_path / "new.db") as tx:
            tx.exec_driver_sql("CREATE TABLE t (a)")
            tx.exec_driver_sql("INSERT INTO t VALUES (1)")
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
        assert modes == dict.fromkeys(("new.db", "new.db-wal", "new.db-shm"), 0o600)

    def test_of_an_existing_database_stays(self, tmp_path: Path) -> None:
        path = tmp_path / "shared.db"
        path.touch(0o640)
        with connect(path) as tx:
            tx.exec_driver_sql("CREATE TABLE t (a)")
        assert stat.S_IMODE(path.stat().st_mode) == 0o640

    def test_in_a_missing_folder_is_sqlites_error(self, tmp_path: Path) -> None:
        with pytest.raises(sa.exc.OperationalError, match="unable to open database file"):
            connect(tmp_path / "missing" / "new.db")
