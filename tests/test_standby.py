"""Holds the standby of the Compose file to what it promises, with no Docker.

The commands of its services run as plain processes on the bundled PostgreSQL, with the access
rules of the file; only names, ports and folders are those of this machine.
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
from tests.durability.postgres_pair import _wait_until

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
    """Who is let in: by the rules of the file, and the tests' own superuser."""
    file = tmp_path / "pg_hba.conf"
    file.write_text(f"host all postgres 127.0.0.1/32 trust\n{services['rules']['content']}")
    return file


@pytest.fixture
def primary(rules: Path, tmp_path: Path) -> Iterator[int]:
    """The port of a PostgreSQL as the image makes it: superuser and database `pushoff`."""
    folder = tmp_path / "primary"
    folder.mkdir()
    # A standby refuses to follow who takes more connections than it does itself.
    settings = {"hba_file": str(rules), "max_connections": "100"}
    with postgres.cluster(folder, fsync=False, settings=settings) as server:
        with psycopg.connect(server.address, autocommit=True) as admin:
            role = psycopg.sql.SQL("CREATE ROLE pushoff SUPERUSER LOGIN PASSWORD {}")
            admin.execute(role.format(PASSWORD))
            admin.execute("CREATE DATABASE pushoff OWNER pushoff")
            port = admin.info.port
        yield port


def placed(command: list[str], primary: int, rules: Path) -> list[str]:
    """A command of the file with the names of this machine. Compose reads `$$` as `$`."""
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


def environment(port: int, **more: str) -> dict[str, str]:
    programs = str(Path(postgres.binary("pg_ctl")).parent)
    given = {"PGUSER": "pushoff", "PGPASSWORD": PASSWORD, "PGPORT": str(port)}
    return {"PATH": f"{programs}{os.pathsep}{os.defpath}", **given, **more}


@contextmanager
def standby(command: list[str], folder: Path) -> Iterator[int]:
    """The port of a standby that this command starts."""
    port = postgres.free_port()
    with (folder / "standby.log").open("ab") as output:
        process = subprocess.Popen(
            [*postgres._as_ordinary_user(), *postgres._ending_with_us(), *command],
            env=environment(port, PGDATA=str(folder / "standby")),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        address = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        postgres._started(postgres.Server(address), process, folder / "standby.log")
        yield port
    finally:
        postgres._stop(process)


def ask(port: int, question: LiteralString) -> object:
    """What the service's user is told over the network."""
    with psycopg.connect(
        host="127.0.0.1", port=port, user="pushoff", password=PASSWORD, autocommit=True
    ) as connection:
        asked = connection.execute(question)
        row = asked.fetchone() if asked.description else None
    return row[0] if row else None


class TestStandby:
    def test_follows_and_is_waited_for_and_takes_over(
        self, services: dict[str, Service], primary: int, rules: Path, tmp_path: Path
    ) -> None:
        command = placed(services["standby"]["command"], primary, rules)
        with standby(command, tmp_path) as port:
            _wait_until(lambda: ask(primary, STATE) == "async")
            switch = placed(services["synchronous"]["command"], primary, rules)
            subprocess.run(
                switch, env=environment(primary), cwd=tmp_path, capture_output=True, check=True
            )
            _wait_until(lambda: ask(primary, STATE) == "sync")
            _wait_until(lambda: ask(primary, "SHOW synchronous_commit") == "remote_apply")
            ask(primary, "CREATE TABLE kept AS SELECT 7 AS n")
            assert ask(port, "SELECT n FROM kept") == 7
            assert ask(port, "SELECT pg_promote()") is True
            ask(port, "UPDATE kept SET n = 8")
            assert ask(port, "SELECT n FROM kept") == 8
            assert ask(port, "SHOW synchronous_standby_names") == ""

    def test_goes_on_with_its_copy_when_it_starts_again(
        self, services: dict[str, Service], primary: int, rules: Path, tmp_path: Path
    ) -> None:
        command = placed(services["standby"]["command"], primary, rules)
        for number in (1, 2):
            with standby(command, tmp_path) as port:
                _wait_until(lambda: ask(primary, STATE) == "async")
                assert ask(port, "SELECT pg_is_in_recovery()") is True
            assert (tmp_path / "standby.log").read_text().count("entering standby mode") == number

    def test_is_started_only_on_demand(self, services: dict[str, Service]) -> None:
        asked_for = {name for name, service in services.items() if service.get("profiles")}
        assert asked_for == {"standby", "synchronous"}
        assert all(services[name]["profiles"] == ["standby"] for name in asked_for)
