"""Tests of the PostgreSQL for the tests: real, separate databases, gone afterwards."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import psutil
import psycopg
import pytest

from tests import postgres

ROOT = Path(__file__).parents[1]
# Several test runs may share one server.
OTHER, TEMPLATE, COPY = (f"pushoff_{name}_{os.getpid()}" for name in ("other", "origin", "copy"))


def query(address: str, statement: str) -> object:
    with psycopg.connect(address, autocommit=True) as connection:
        row = connection.execute(statement.encode()).fetchone()
    return row[0] if row else None


class TestServer:
    def test_is_a_postgresql(self, cluster: postgres.Server) -> None:
        assert str(query(cluster.address, "SELECT version()")).startswith("PostgreSQL")

    def test_gives_each_test_its_own_database(
        self, cluster: postgres.Server, postgres_url: str
    ) -> None:
        other = cluster.create(OTHER)
        assert query(postgres_url, "SELECT current_database()") != OTHER
        assert query(other, "SELECT current_database()") == OTHER
        cluster.drop(OTHER)
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            psycopg.connect(other)

    def test_copies_a_template(self, cluster: postgres.Server) -> None:
        template = cluster.create(TEMPLATE)
        with psycopg.connect(template, autocommit=True) as connection:
            connection.execute("CREATE TABLE t AS SELECT 7 AS n")
        copy = cluster.create(COPY, TEMPLATE)
        assert query(copy, "SELECT n FROM t") == 7
        cluster.drop(COPY)
        cluster.drop(TEMPLATE)

    def test_raises_an_error_when_it_is_missing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        address = f"postgresql://postgres@127.0.0.1:{postgres.free_port()}/postgres"
        monkeypatch.setenv("TEST_POSTGRES_URL", address)
        with (
            pytest.raises(postgres.PostgresMissing, match="TEST_POSTGRES_URL does not answer"),
            postgres.find_or_start_server(tmp_path, fsync=False),
        ):
            pass

    def test_is_the_server_in_the_environment(
        self, cluster: postgres.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TEST_POSTGRES_URL", cluster.address)
        with postgres.find_or_start_server(tmp_path, fsync=False) as server:
            assert server == cluster
        assert list(tmp_path.iterdir()) == []


class TestStartCluster:
    @pytest.mark.parametrize(("fsync", "shown"), [(True, "on"), (False, "off")])
    def test_applies_its_settings_and_ends_after_the_block(
        self, fsync: bool, shown: str, tmp_path: Path
    ) -> None:
        with postgres.start_cluster(tmp_path, fsync=fsync) as server:
            assert query(server.address, "SHOW fsync") == shown
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(server.address)

    def test_reports_why_it_did_not_start(self, tmp_path: Path) -> None:
        with (
            pytest.raises(postgres.PostgresMissing, match="no_such_setting"),
            postgres.start_cluster(tmp_path, fsync=False, settings={"no_such_setting": "1"}),
        ):
            pass

    def test_ends_when_the_test_run_is_killed(self, tmp_path: Path) -> None:
        program = f"""
            import pathlib, sys
            from tests import postgres
            with postgres.start_cluster(pathlib.Path({str(tmp_path)!r}), fsync=False):
                print("up", flush=True)
                sys.stdin.read()
        """
        with subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(program)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
        ) as run:
            assert run.stdout
            assert run.stdout.readline() == b"up\n"
            server = psutil.Process(
                int((tmp_path / "data" / "postmaster.pid").read_text().split()[0])
            )
            os.kill(run.pid, signal.SIGKILL)
        assert server.wait(postgres.STOP_TIMEOUT_S) is None
