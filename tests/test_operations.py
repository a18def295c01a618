"""The container files, tested without Docker.

The Compose file is validated against the published schema. Then the commands and health checks of
its services run as plain processes, with the environments of the services, on a real PostgreSQL.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import jsonschema
import psycopg
import pytest
import yaml

from tests import postgres

ROOT = Path(__file__).parents[1]
# Every character that is special in a URL, a shell or YAML.
PASSWORD = "p@ss:w/rd $HOME #?%41 'x'"
START_TIMEOUT_S = 20
CLOSED_PORT = 1
"""A port where no server listens."""

Service = dict[str, Any]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft7Validator:
    file = ROOT / "tests" / "data" / "compose-spec.json"
    return jsonschema.Draft7Validator(json.loads(file.read_text()))


class TestComposeFile:
    def test_matches_the_published_schema(
        self, compose: dict[str, Any], schema: jsonschema.Draft7Validator
    ) -> None:
        assert [error.message for error in schema.iter_errors(compose)] == []

    @pytest.mark.parametrize(
        "change",
        [
            {"comand": ["pushoff"]},
            {"ports": 8000},
            {"depends_on": {"migrate": {"condition": "up"}}},
        ],
    )
    def test_does_not_match_the_schema_with_a_mistake(
        self, change: Service, compose: dict[str, Any], schema: jsonschema.Draft7Validator
    ) -> None:
        api = compose["services"]["api"] | change
        assert list(schema.iter_errors({"services": {"api": api}}))

    def test_has_no_default_password(self) -> None:
        text = (ROOT / "docker-compose.yml").read_text()
        uses = re.findall(r"\$\{POSTGRES_PASSWORD[^}]*\}", text)
        assert len(uses) == 3
        assert set(uses) == {"${POSTGRES_PASSWORD:?set a password}"}
        assert not re.search(r"(?i)password: +[^$\s]", text)

    def test_does_not_start_without_a_password(self, compose: dict[str, Any]) -> None:
        with pytest.raises(KeyError, match="set a password"):
            fill_environment(compose["services"]["api"], {})

    def test_starts_the_service_only_after_the_migration(self, compose: dict[str, Any]) -> None:
        services = compose["services"]
        assert services["api"]["depends_on"]["migrate"] == {
            "condition": "service_completed_successfully"
        }
        assert services["migrate"]["depends_on"]["postgres"] == {"condition": "service_healthy"}
        assert services["migrate"]["restart"] == "no"

    def test_publishes_the_port_only_on_this_machine(self, compose: dict[str, Any]) -> None:
        published = [port for one in compose["services"].values() for port in one.get("ports", [])]
        assert published == ["127.0.0.1:8000:8000"]

    def test_runs_without_write_access_and_capabilities(self, compose: dict[str, Any]) -> None:
        for name in ("api", "migrate"):
            service = compose["services"][name]
            assert service["read_only"] is True
            assert service["cap_drop"] == ["ALL"]


class TestDockerfile:
    def test_starts_from_named_versions(self) -> None:
        images = [words[0] for word, words in list_instructions() if word == "FROM"]
        assert images
        assert all(re.fullmatch(r"python:3\.\d+-slim", image) for image in images)

    def test_does_not_run_as_root(self) -> None:
        users = [words for word, words in list_instructions() if word == "USER"]
        assert users[-1] == ["10001:10001"]

    def test_installs_the_hashed_lock_file_without_a_cache(self) -> None:
        installs = [" ".join(words) for word, words in list_instructions() if "install" in words]
        pips = [line for line in installs if line.startswith("pip")]
        assert len(pips) == 2
        assert "--require-hashes --requirement requirements/run.txt" in pips[0]
        assert "--no-deps" in pips[1]
        assert all("--no-cache-dir" in line for line in pips)

    def test_copies_exactly_the_files_of_dockerignore(self) -> None:
        included = {
            line.removeprefix("!")
            for line in (ROOT / ".dockerignore").read_text().splitlines()
            if line.startswith("!")
        }
        sources = {
            source
            for word, words in list_instructions()
            if word == "COPY" and not words[0].startswith("--from")
            for source in words[:-1]
        }
        assert sources == included
        assert [source for source in sources if not (ROOT / source).exists()] == []

    def test_ignores_all_other_files(self) -> None:
        lines = (ROOT / ".dockerignore").read_text().splitlines()
        assert next(line for line in lines if not line.startswith("#")) == "*"

    def test_starts_the_service(self) -> None:
        assert (ROOT / "Dockerfile").read_text().rstrip().endswith('CMD ["pushoff", "serve"]')


class TestServices:
    """The services on one PostgreSQL, in the order in which Compose starts them."""

    def test_become_healthy_and_stop_on_sigterm(
        self, compose: dict[str, Any], password_postgres: postgres.Server, tmp_path: Path
    ) -> None:
        services = compose["services"]
        port = free_port()
        ports = make_ports(password_postgres, port)
        api = fill_environment(
            services["api"], {"POSTGRES_PASSWORD": PASSWORD, "PUSHOFF_SECRET": PASSWORD * 8}, ports
        )
        assert run(services["postgres"]["healthcheck"]["test"], ports).returncode == 0
        assert run(services["api"]["healthcheck"]["test"], api).returncode != 0
        migrated = run(
            services["migrate"]["command"],
            fill_environment(
                services["migrate"],
                {"POSTGRES_PASSWORD": PASSWORD, "PUSHOFF_SECRET": PASSWORD * 8},
                ports,
            ),
            tmp_path,
        )
        assert migrated.returncode == 0, migrated.stdout + migrated.stderr
        with start(services["api"]["command"], api, tmp_path) as process:
            assert wait_for_status(process, f"http://127.0.0.1:{port}/readyz") == 200
            assert run(services["api"]["healthcheck"]["test"], api).returncode == 0
            assert run(read_healthcheck(), api).returncode == 0
            process.terminate()
            assert process.wait(15) == 0
        assert list(tmp_path.iterdir()) == [tmp_path / "output.log"]

    def test_do_not_reach_the_database_with_a_wrong_password(
        self, compose: dict[str, Any], password_postgres: postgres.Server, tmp_path: Path
    ) -> None:
        migrate = compose["services"]["migrate"]
        wrong = fill_environment(
            migrate,
            {"POSTGRES_PASSWORD": "wrong", "PUSHOFF_SECRET": PASSWORD * 8},
            make_ports(password_postgres, free_port()),
        )
        done = run(migrate["command"], wrong, tmp_path)
        assert done.returncode != 0
        assert "Traceback" not in done.stderr


@pytest.fixture
def password_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Server]:
    """A PostgreSQL like that of the image: user and database `pushoff`, with a password."""
    folder = tmp_path_factory.mktemp("compose")
    rules = folder / "pg_hba.conf"
    rules.write_text(
        "host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
    )
    with postgres.start_cluster(folder, fsync=False, settings={"hba_file": str(rules)}) as server:
        with psycopg.connect(server.address, autocommit=True) as connection:
            role = psycopg.sql.SQL("CREATE ROLE pushoff LOGIN PASSWORD {}").format(PASSWORD)
            connection.execute(role)
            connection.execute("CREATE DATABASE pushoff OWNER pushoff")
        yield server


def list_instructions() -> Iterator[tuple[str, list[str]]]:
    """Yield each instruction of the Dockerfile with its arguments."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            word, *words = line.split()
            yield word, words


def read_healthcheck() -> list[str]:
    text = (ROOT / "Dockerfile").read_text()
    found = re.search(r"^HEALTHCHECK .* CMD (\[.*\])$", text, re.MULTILINE)
    assert found
    command: list[str] = json.loads(found[1])
    return ["CMD", *command]


def make_ports(server: postgres.Server, port: int) -> dict[str, str]:
    """Return the ports of PostgreSQL and of the service, which have no containers here."""
    return {"PGPORT": str(urlsplit(server.address).port), "PUSHOFF_PORT": str(port)}


def fill_environment(
    service: Service, given: Mapping[str, str], ports: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return a service's environment as Compose fills it, with hosts and ports of this machine."""
    filled = {name: interpolate(value, given) for name, value in service["environment"].items()}
    ports = dict(ports or {})
    for name, value in filled.items():
        port = ports.get("PGPORT", "5432")
        local = value.replace("@postgres:5432", f"@127.0.0.1:{port}")
        filled[name] = local.replace("standby:5432", f"127.0.0.1:{CLOSED_PORT}")
    return filled | ports | {"PUSHOFF_HOST": "127.0.0.1"}


def interpolate(value: str, given: Mapping[str, str]) -> str:
    """Fill in `${NAME:?message}` as Compose does. Raises KeyError(message) without a value."""

    def fill(match: re.Match[str]) -> str:
        if not given.get(match[1]):
            raise KeyError(match[2])
        return given[match[1]]

    return re.sub(r"\$\{(\w+):\?([^}]*)\}", fill, value)


def process_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return an environment with the settings and the PATH of the image."""
    programs = [str(Path(sys.executable).parent), str(Path(postgres.binary("pg_isready")).parent)]
    return {"PATH": os.pathsep.join([*programs, os.defpath]), **settings}


def locate(command: list[str], settings: Mapping[str, str]) -> list[str]:
    words = command[1:] if command[0] == "CMD" else command
    found = shutil.which(words[0], path=process_environment(settings)["PATH"])
    assert found, f"no program {words[0]}"
    return [found, *words[1:]]


def run(
    command: list[str], settings: Mapping[str, str], folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        locate(command, settings),
        env=process_environment(settings),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@contextmanager
def start(
    command: list[str], settings: Mapping[str, str], folder: Path
) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "output.log").open("wb") as output:
        process = subprocess.Popen(
            locate(command, settings),
            env=process_environment(settings),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for_status(process: subprocess.Popen[bytes], url: str) -> int:
    """Return the status of the first response of a process that is starting."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            return httpx.get(url, timeout=5).status_code
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"no response from {url}; exit code {process.poll()}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
