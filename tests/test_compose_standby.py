"""Tests of the standby in docker-compose.yml, without Docker.

The commands of its services run as plain processes on the bundled PostgreSQL, with the access
rules of the file. Only names, ports and folders are replaced by those of this machine.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
import yaml

from tests import postgres
from tests.durability.postgres_pair import wait_until

ROOT = Path(__file__).parents[1]
PASSWORD = "p@ss:w/rd $HOME #?%41 'x'"
STATE = "SELECT sync_state FROM pg_stat_replication WHERE application_name = 'standby'"

Service = dict[str, Any]


@pytest.fixture(scope="module")
def services() -> dict[str, Service]:
    compose: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return dict(compose["services"]) | {"rules": compose["configs"]["hba"]}


@pytest.fixture
def rules(services: dict[str, Service], tmp_path: Path) -> Path:
    """A pg_hba.conf with the rules of the file, and access for the superuser of the tests."""
    file = tmp_path / "pg_hba.conf"
    file.write_text(f"host all postgres 127.0.0.1/32 trust\n{services['rules']['content']}")
    return file


@pytest.fixture
def primary(rules: Path, tmp_path: Path) -> Iterator[int]:
    """The port of a PostgreSQL as the image sets it up: superuser and database `pushoff`."""
    folder = tmp_path / "primary"
    folder.mkdir()
    # A standby refuses to follow a primary with a higher max_connections than its own.
    settings = {"hba_file": str(rules), "max_connections": "100"}
    with postgres.start_cluster(folder, fsync=False, settings=settings) as server:
        with psycopg.connect(server.address, autocommit=True) as admin:
            role = psycopg.sql.SQL("CREATE ROLE pushoff SUPERUSER LOGIN PASSWORD {}")
            admin.execute(role.format(PASSWORD))
            admin.execute("CREATE DATABASE pushoff OWNER pushoff")
            port = admin.info.port
        yield port


def localise_command(command: list[str], primary: int, rules: Path) -> list[str]:
    """Return a command of the file with the names of this machine. Compose reads `$$` as `$`."""
    names = {
        "$$": "$",
        "host=postgres port=5432": f"host=127.0.0.1 port={primary}",
        "--host=postgres": "--host=127.0.0.1",
        "/etc/pg_hba.conf": str(rules),
        "exec postgres": "exec postgres -c unix_socket_directories= -c fsync=off",
    }
    for there, here in names.items():
        command = [word.replace(there, here) for word in command]
    return command


def build_environment(port: int, **more: str) -> dict[str, str]:
    programs = str(Path(postgres.binary("pg_ctl")).parent)
    given = {"PGUSER": "pushoff", "PGPASSWORD": PASSWORD, "PGPORT": str(port)}
    return {"PATH": f"{programs}{os.pathsep}{os.defpath}", **given, **more}


@contextmanager
def standby(command: list[str], folder: Path) -> Iterator[int]:
    """Start a standby with this command; yield its port."""
    port = postgres.free_port()
    with (folder / "standby.log").open("ab") as output:
        process = subprocess.Popen(
            [*postgres.unprivileged_prefix(), *postgres.end_with_parent_prefix(), *command],
            env=build_environment(port, PGDATA=str(folder / "standby")),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        address = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        postgres.wait_until_started(postgres.Server(address), process, folder / "standby.log")
        yield port
    finally:
        postgres.stop(process)


def query(port: int, statement: LiteralString) -> object:
    """Run a statement over the network as the user of the service; return the first value."""
    with psycopg.connect(
        host="127.0.0.1", port=port, user="pushoff", password=PASSWORD, autocommit=True
    ) as connection:
        cursor = connection.execute(statement)
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


class TestStandby:
    def test_follows_synchronously_and_takes_over(
        self, services: dict[str, Service], primary: int, rules: Path, tmp_path: Path
    ) -> None:
        command = localise_command(services["standby"]["command"], primary, rules)
        with standby(command, tmp_path) as port:
            wait_until(lambda: query(primary, STATE) == "async")
            switch = localise_command(services["synchronous"]["command"], primary, rules)
            subprocess.run(
                switch,
                env=build_environment(primary),
                cwd=tmp_path,
                capture_output=True,
                check=True,
            )
            wait_until(lambda: query(primary, STATE) == "sync")
            wait_until(lambda: query(primary, "SHOW synchronous_commit") == "remote_apply")
            query(primary, "CREATE TABLE kept AS SELECT 7 AS n")
            assert query(port, "SELECT n FROM kept") == 7
            assert query(port, "SELECT pg_promote()") is True
            query(port, "UPDATE kept SET n = 8")
            assert query(port, "SELECT n FROM kept") == 8
            assert query(port, "SHOW synchronous_standby_names") == ""

    def test_continues_with_its_copy_after_a_restart(
        self, services: dict[str, Service], primary: int, rules: Path, tmp_path: Path
    ) -> None:
        command = localise_command(services["standby"]["command"], primary, rules)
        for number in (1, 2):
            with standby(command, tmp_path) as port:
                wait_until(lambda: query(primary, STATE) == "async")
                assert query(port, "SELECT pg_is_in_recovery()") is True
            assert (tmp_path / "standby.log").read_text().count("entering standby mode") == number

    def test_is_started_only_on_demand(self, services: dict[str, Service]) -> None:
        on_demand = {name for name, service in services.items() if service.get("profiles")}
        assert on_demand == {"standby", "synchronous"}
        assert all(services[name]["profiles"] == ["standby"] for name in on_demand)
