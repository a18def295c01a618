"""Tests of the command line: the effect, output and error message of each command."""

import secrets
import shlex
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from app import cli, commands
from app.database import schema_revision
from app.keys import api_keys
from app.keys.auth import SCOPES
from app.settings import Settings
from tests import postgres
from tests.client import a_session, caller, make_key, new_id, opened
from tests.processes import SECONDS, RunningServer, run, serving

HEAVY = ("alembic", "fastapi", "httpx", "prometheus_client", "psycopg", "pydantic",
         "sqlalchemy", "sqlmodel", "starlette", "structlog", "uvicorn", "yaml")  # fmt: skip

Pushoff = Callable[..., tuple[int, str, str]]


@pytest.fixture
def pushoff(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Pushoff:
    """Run a command on the database of the test; return its exit code, output and errors."""
    monkeypatch.setenv("PUSHOFF_DATABASE_URL", database_url)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = cli.main(arguments)
        return (code, *capsys.readouterr())

    return call


def extract_key_id(key: str) -> str:
    return key.split("_")[1]


class TestKeysCreate:
    async def test_prints_a_key_that_works(self, pushoff: Pushoff, database_url: str) -> None:
        code, printed, errors = pushoff("keys", "create", "--tenant", "watch")
        assert (code, errors) == (0, "")
        async with opened(database_url) as app, caller(app, printed.strip()) as client:
            assert (await client.put(f"/sessions/{new_id()}", json=a_session())).status_code == 201
            assert len((await client.get("/sessions")).json()["items"]) == 1

    async def test_gives_the_key_the_listed_scopes(
        self, pushoff: Pushoff, database_url: str
    ) -> None:
        scopes = ("--scope", "sessions:read", "--scope", "tokens:create")
        _, printed, _ = pushoff("keys", "create", "--tenant", "watch", *scopes)
        async with opened(database_url) as app, caller(app, printed.strip()) as client:
            assert (await client.get("/sessions")).status_code == 200
            assert (await client.post("/sessions", json=a_session())).status_code == 403

    def test_prints_a_new_key_each_time(self, pushoff: Pushoff) -> None:
        printed = {pushoff("keys", "create", "--tenant", "watch")[1] for _ in range(2)}
        assert len(printed) == 2
        assert all(api_keys.parse(line.strip()) for line in printed)

    @pytest.mark.parametrize("wrong", [["--tenant"], [], ["--tenant", "x", "--scope", "all"]])
    def test_rejects_wrong_arguments(
        self, wrong: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit) as exited:
            cli.main(["keys", "create", *wrong])
        assert exited.value.code == 2
        assert "usage: pushoff keys create" in capsys.readouterr().err


class TestKeysList:
    def test_shows_keys_without_secrets(self, pushoff: Pushoff) -> None:
        created = [pushoff("keys", "create", "--tenant", name)[1].strip() for name in ("a", "b")]
        code, printed, _ = pushoff("keys", "list")
        lines = printed.splitlines()
        assert (code, len(lines)) == (0, 2)
        for key, line in zip(created, lines, strict=True):
            assert line.startswith(extract_key_id(key))
            assert key.split("_")[2] not in printed
            assert "live" in line
            assert "athletes:erase,sessions:read,sessions:write,tokens:create" in line

    def test_filters_by_tenant(self, pushoff: Pushoff) -> None:
        created = {name: pushoff("keys", "create", "--tenant", name)[1] for name in ("a", "b")}
        _, printed, _ = pushoff("keys", "list", "--tenant", "b")
        assert [line[:16] for line in printed.splitlines()] == [extract_key_id(created["b"])]
        assert pushoff("keys", "list", "--tenant", "c") == (0, "", "")


class TestKeysRevoke:
    def test_revokes_one_key_only(self, pushoff: Pushoff) -> None:
        one, other = [pushoff("keys", "create", "--tenant", "a")[1] for _ in range(2)]
        assert pushoff("keys", "revoke", extract_key_id(one)) == (
            0,
            f"Revoked {extract_key_id(one)}.\n",
            "",
        )
        lines = {line[:16]: line for line in pushoff("keys", "list")[1].splitlines()}
        assert "revoked 20" in lines[extract_key_id(one)]
        assert "live" in lines[extract_key_id(other)]

    def test_reports_an_unknown_or_revoked_key(self, pushoff: Pushoff) -> None:
        created = pushoff("keys", "create", "--tenant", "a")[1]
        pushoff("keys", "revoke", extract_key_id(created))
        for wrong in (extract_key_id(created), "f" * 16, created.strip()):
            code, printed, errors = pushoff("keys", "revoke", wrong)
            assert (code, printed) == (1, "")
            assert errors.startswith("pushoff: no live key has the id ")


class TestCreateFirstKey:
    def test_creates_one_key_only(self, database_url: str) -> None:
        settings = Settings(database_url=database_url)  # type: ignore[arg-type]
        created = commands.create_first_key(settings)
        assert created is not None
        assert api_keys.parse(created)
        assert commands.create_first_key(settings) is None

    async def test_creates_none_if_there_is_a_key(self, database_url: str) -> None:
        async with opened(database_url) as app:
            await make_key(app)
        settings = Settings(database_url=database_url)  # type: ignore[arg-type]
        assert commands.create_first_key(settings) is None

    @pytest.mark.parametrize("kind", ["empty", "missing"])
    def test_creates_none_without_tables(self, kind: str, tmp_path: Path) -> None:
        file = tmp_path / ("x.db" if kind == "empty" else "no/x.db")
        settings = Settings(database_url=f"sqlite:///{file}")  # type: ignore[arg-type]
        assert commands.create_first_key(settings) is None


class TestIsLoopback:
    @pytest.mark.parametrize(
        ("host", "expected"),
        [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True),
         ("0.0.0.0", False), ("::", False), ("192.168.1.2", False), ("pushoff.example", False)],
    )  # fmt: skip
    def test_accepts_only_addresses_of_this_machine(self, host: str, expected: bool) -> None:
        assert commands.is_loopback(host) is expected


class TestMigrate:
    @pytest.mark.parametrize("kind", ["sqlite", "postgres"])
    def test_changes_nothing_the_second_time(
        self,
        kind: str,
        cluster: postgres.Server,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        name = f"pushoff_twice_{secrets.token_hex(8)}"
        url = cluster.create(name) if kind == "postgres" else f"sqlite:///{tmp_path}/new.db"
        monkeypatch.setenv("PUSHOFF_DATABASE_URL", url)
        assert [cli.main(["migrate"]) for _ in range(2)] == [0, 0]
        assert (
            capsys.readouterr().out
            == f"Migrated to {schema_revision.HEAD}.\nAlready at {schema_revision.HEAD}.\n"
        )
        cluster.drop(name)

    def test_rejects_a_newer_schema(
        self,
        sqlite_url: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as file:
            file.execute("UPDATE alembic_version SET version_num = '999912312359'")
        file.close()
        monkeypatch.setenv("PUSHOFF_DATABASE_URL", sqlite_url)
        assert cli.main(["migrate"]) == 1
        assert "newer than this version" in capsys.readouterr().err


BAD_URLS = {
    "nobody listens": "postgresql://me:s3cret@127.0.0.1:1/x",
    "no such folder": "sqlite:///{folder}/no/such/folder/x.db",
    "a folder": "sqlite:///{folder}",
    "no database": "sqlite:///{folder}/text.db",
    "another kind": "mysql://me:s3cret@127.0.0.1/x",
    "no address": "s3cret",
}


class TestBadDatabase:
    @pytest.mark.parametrize("url", BAD_URLS.values(), ids=BAD_URLS.keys())
    @pytest.mark.parametrize("command", ["keys list", "migrate", "keys create --tenant x"])
    def test_is_reported_in_one_sentence(
        self,
        url: str,
        command: str,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        (tmp_path / "text.db").write_text("This is no database, however long it may be. " * 200)
        monkeypatch.setenv("PUSHOFF_DATABASE_URL", url.format(folder=tmp_path))
        code = cli.main(command.split())
        printed, errors = capsys.readouterr()
        assert (code, printed) == (1, "")
        assert errors.startswith("pushoff: ")
        assert "s3cret" not in errors

    def test_is_reported_without_tables(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setenv("PUSHOFF_DATABASE_URL", f"sqlite:///{tmp_path}/new.db")
        assert cli.main(["keys", "list"]) == 1
        assert "no such table" in capsys.readouterr().err


def list_loaded_modules(program: str) -> set[str]:
    """Return the modules that a process has loaded after it has run a program."""
    source = f"{program}\nimport sys\nprint(*sys.modules)"
    finished = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=True
    )
    return set(finished.stdout.split())


class TestImports:
    @pytest.mark.parametrize(
        ("url", "is_postgres"),
        [("sqlite:///pushoff.db", False), ("postgresql://localhost/pushoff", True)],
    )
    def test_loads_only_the_modules_of_the_database_of_a_server(
        self, url: str, is_postgres: bool
    ) -> None:
        settings = f"Settings(database_url={url!r})"
        loaded = list_loaded_modules(
            "from app import commands, main\n"
            f"from app.settings import Settings\nmain.create_app({settings})"
        )
        assert loaded.isdisjoint({"alembic", "httpx", "markdown_it"})
        postgres_modules = {"app.database.postgres", "psycopg", "sqlalchemy.dialects.postgresql"}
        assert loaded & postgres_modules == (postgres_modules if is_postgres else set())


class TestHelp:
    def test_loads_no_heavy_package(self) -> None:
        loaded = list_loaded_modules(
            "import contextlib, io, sys\n"
            "from app.cli import main\n"
            "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n"
            "    main(['--help'])"
        )
        assert "argparse" in loaded
        assert loaded & set(HEAVY) == set()

    def test_lists_every_command(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as exited:
            cli.main(["--help"])
        assert exited.value.code == 0
        printed = capsys.readouterr().out
        assert all(f"    {name} " in printed for name in ("serve", "migrate", "openapi", "keys"))

    def test_offers_all_scopes(self) -> None:
        assert set(cli.SCOPES) == SCOPES


@pytest.fixture(scope="class")
def server_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the server is started."""
    return tmp_path_factory.mktemp("server_folder")


@pytest.fixture(scope="class")
def first(server_folder: Path) -> Iterator[RunningServer]:
    with serving(server_folder) as running:
        yield running


class TestServe:
    """Starts the server several times in the same folder, as a new user would."""

    def test_prints_four_lines(self, first: RunningServer) -> None:
        page, docs, key, curl = first.printed
        assert page == f"Open: http://127.0.0.1:{first.port}/"
        assert docs == f"Docs: http://127.0.0.1:{first.port}/docs"
        assert key.startswith("Key (shown once, tenant local): push_")
        assert curl.startswith(f"Try: curl http://127.0.0.1:{first.port}/programs ")

    def test_answers_at_the_printed_address(self, first: RunningServer) -> None:
        for path in ("/", "/docs"):
            assert httpx.get(f"{first.address}{path}", timeout=SECONDS).status_code == 200
        assert httpx.get(f"{first.address}/readyz", timeout=SECONDS).json() == {"status": "ok"}

    def test_prints_a_curl_command_that_works(self, first: RunningServer) -> None:
        label, curl, url, *options = shlex.split(first.printed[3])
        assert (label, curl, options[::2]) == ("Try:", "curl", ["-H", "-d"])
        name, _, value = options[1].partition(": ")
        answer = httpx.post(url, content=options[3], headers={name: value}, timeout=SECONDS)
        assert (answer.status_code, answer.json()["status"]) == (200, "planned")

    def test_prints_a_key_that_works(self, first: RunningServer) -> None:
        headers = {"Authorization": f"Bearer {first.key}"}
        url = f"{first.address}/sessions"
        answer = httpx.post(url, json=a_session(), headers=headers, timeout=SECONDS)
        assert answer.status_code == 201

    def test_reports_a_used_port(self, first: RunningServer, server_folder: Path) -> None:
        finished = run("serve", folder=server_folder, port=first.port)
        assert (finished.returncode, finished.stdout) == (1, "")
        assert f"cannot listen on 127.0.0.1:{first.port}" in finished.stderr
        assert "PUSHOFF_PORT" in finished.stderr
        assert "Traceback" not in finished.stderr

    def test_exits_with_0_after_ctrl_c(self, first: RunningServer) -> None:
        assert first.stop(signal.SIGINT) == 0
        assert "Traceback" not in first.log.read_text()

    def test_prints_no_key_the_second_time_and_serves_with_two_workers(
        self, first: RunningServer, server_folder: Path
    ) -> None:
        headers = {"Authorization": f"Bearer {first.key}"}
        with serving(server_folder, "--workers", "2") as second:
            assert [line.partition(":")[0] for line in second.printed] == ["Open", "Docs", "Try"]
            for _ in range(40):
                # Each request has its own connection, so that both workers get some.
                answer = httpx.get(f"{second.address}/sessions", headers=headers, timeout=SECONDS)
                assert len(answer.json()["items"]) == 1
            counted = httpx.get(f"{second.address}/metrics", timeout=SECONDS).text
            assert 'pushoff_requests_total{method="GET",route="/sessions",status="200"} 40.0' in (
                counted
            )
            assert len(list_children(second)) >= 2
            assert second.stop() == 0


def list_children(running: RunningServer) -> list[str]:
    """Return the ids of the processes that a server has started."""
    found = Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children")
    return found.read_text().split()


class TestOptions:
    def test_rejects_a_value_out_of_range(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert cli.main(["serve", "--workers", "0"]) == 1
        errors = capsys.readouterr().err
        assert errors.startswith("pushoff: a setting is wrong:\n  PUSHOFF_WORKERS: ")


class TestExitNormallyOnSigterm:
    """Python drops what a signal handler raises inside the callback of a weak reference."""

    IN_A_CALLBACK = (
        "import signal, weakref\n"
        "class Value: pass\n"
        "value = Value()\n"
        "watched = weakref.ref(value, lambda _: signal.raise_signal(signal.SIGTERM))\n"
        "del value\n"
        "print('still running')\n"
    )

    def test_exits_with_0_inside_a_callback(self) -> None:
        program = "from app import commands; commands.exit_normally_on_sigterm()\n"
        assert execute(program + self.IN_A_CALLBACK) == (0, "")

    def test_loses_the_signal_without_the_hook(self) -> None:
        program = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\n"
        assert execute(program + self.IN_A_CALLBACK) == (0, "still running\n")


def execute(program: str) -> tuple[int, str]:
    """Return the exit code and the output of a Python program."""
    command = [sys.executable, "-c", program]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    return finished.returncode, finished.stdout
