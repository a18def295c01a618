"""Holds the command line: what each command does, prints and says when it cannot."""

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
from app.keys import credentials
from app.keys.auth import SCOPES
from app.settings import Settings
from tests import postgres
from tests.client import a_session, caller, make_key, new_id, opened
from tests.processes import SECONDS, RunningServer, run, serving

HEAVY = ("alembic", "fastapi", "httpx", "prometheus_client", "psycopg", "pydantic", "sqlalchemy",
         "sqlmodel", "starlette", "structlog", "uvicorn", "yaml")  # fmt: skip

Pushoff = Callable[..., tuple[int, str, str]]


@pytest.fixture
def pushoff(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Pushoff:
    """Runs a command on a database of the test's own: its exit code, and what it printed."""
    monkeypatch.setenv("PUSHOFF_DATABASE_URL", database_url)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = cli.main(arguments)
        return (code, *capsys.readouterr())

    return call


def key_id(spelled: str) -> str:
    return spelled.split("_")[1]


class TestKeysCreate:
    async def test_prints_a_key_that_works(self, pushoff: Pushoff, database_url: str) -> None:
        code, printed, errors = pushoff("keys", "create", "--tenant", "watch")
        assert (code, errors) == (0, "")
        async with opened(database_url) as app, caller(app, printed.strip()) as client:
            assert (await client.put(f"/sessions/{new_id()}", json=a_session())).status_code == 201
            assert len((await client.get("/sessions")).json()["items"]) == 1

    async def test_gives_the_scopes_that_were_named(
        self, pushoff: Pushoff, database_url: str
    ) -> None:
        named = ("--scope", "sessions:read", "--scope", "tokens:create")
        _, printed, _ = pushoff("keys", "create", "--tenant", "watch", *named)
        async with opened(database_url) as app, caller(app, printed.strip()) as client:
            assert (await client.get("/sessions")).status_code == 200
            assert (await client.post("/sessions", json=a_session())).status_code == 403

    def test_prints_another_key_each_time(self, pushoff: Pushoff) -> None:
        printed = {pushoff("keys", "create", "--tenant", "watch")[1] for _ in range(2)}
        assert len(printed) == 2
        assert all(credentials.parse(line.strip()) for line in printed)

    @pytest.mark.parametrize("wrong", [["--tenant"], [], ["--tenant", "x", "--scope", "all"]])
    def test_refuses_a_wrong_call(
        self, wrong: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit) as ended:
            cli.main(["keys", "create", *wrong])
        assert ended.value.code == 2
        assert "usage: pushoff keys create" in capsys.readouterr().err


class TestKeysList:
    def test_shows_keys_and_no_secret(self, pushoff: Pushoff) -> None:
        made = [pushoff("keys", "create", "--tenant", name)[1].strip() for name in ("a", "b")]
        code, printed, _ = pushoff("keys", "list")
        lines = printed.splitlines()
        assert (code, len(lines)) == (0, 2)
        for spelled, line in zip(made, lines, strict=True):
            assert line.startswith(key_id(spelled))
            assert spelled.split("_")[2] not in printed
            assert "live" in line
            assert "athletes:erase,sessions:read,sessions:write,tokens:create" in line

    def test_narrows_to_one_tenant(self, pushoff: Pushoff) -> None:
        made = {name: pushoff("keys", "create", "--tenant", name)[1] for name in ("a", "b")}
        _, printed, _ = pushoff("keys", "list", "--tenant", "b")
        assert [line[:16] for line in printed.splitlines()] == [key_id(made["b"])]
        assert pushoff("keys", "list", "--tenant", "c") == (0, "", "")


class TestKeysRevoke:
    def test_ends_a_key_and_leaves_the_other(self, pushoff: Pushoff) -> None:
        one, other = [pushoff("keys", "create", "--tenant", "a")[1] for _ in range(2)]
        assert pushoff("keys", "revoke", key_id(one)) == (0, f"Revoked {key_id(one)}.\n", "")
        lines = {line[:16]: line for line in pushoff("keys", "list")[1].splitlines()}
        assert "revoked 20" in lines[key_id(one)]
        assert "live" in lines[key_id(other)]

    def test_says_where_there_is_nothing_to_end(self, pushoff: Pushoff) -> None:
        made = pushoff("keys", "create", "--tenant", "a")[1]
        pushoff("keys", "revoke", key_id(made))
        for wrong in (key_id(made), "f" * 16, made.strip()):
            code, printed, errors = pushoff("keys", "revoke", wrong)
            assert (code, printed) == (1, "")
            assert errors.startswith("pushoff: no live key has the id ")


class TestFirstKey:
    def test_is_made_once(self, database_url: str) -> None:
        settings = Settings(database_url=database_url)  # type: ignore[arg-type]
        made = commands.make_first_key(settings)
        assert made is not None
        assert credentials.parse(made)
        assert commands.make_first_key(settings) is None

    async def test_is_not_made_beside_another(self, database_url: str) -> None:
        async with opened(database_url) as app:
            await make_key(app)
        settings = Settings(database_url=database_url)  # type: ignore[arg-type]
        assert commands.make_first_key(settings) is None

    @pytest.mark.parametrize("kind", ["empty", "missing"])
    def test_is_not_made_without_tables(self, kind: str, tmp_path: Path) -> None:
        file = tmp_path / ("x.db" if kind == "empty" else "no/x.db")
        settings = Settings(database_url=f"sqlite:///{file}")  # type: ignore[arg-type]
        assert commands.make_first_key(settings) is None

    @pytest.mark.parametrize(
        ("host", "alone"),
        [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True),
         ("0.0.0.0", False), ("::", False), ("192.168.1.2", False), ("pushoff.example", False)],
    )  # fmt: skip
    def test_is_for_this_machine_alone(self, host: str, alone: bool) -> None:
        assert commands.is_loopback(host) is alone


class TestMigrate:
    @pytest.mark.parametrize("kind", ["sqlite", "postgres"])
    def test_may_run_twice(
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

    def test_stays_out_of_a_newer_schema(
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


WRONG = {
    "nobody listens": "postgresql://me:s3cret@127.0.0.1:1/x",
    "no such folder": "sqlite:///{folder}/no/such/folder/x.db",
    "a folder": "sqlite:///{folder}",
    "no database": "sqlite:///{folder}/text.db",
    "another kind": "mysql://me:s3cret@127.0.0.1/x",
    "no address": "s3cret",
}


class TestWrongDatabase:
    @pytest.mark.parametrize("url", WRONG.values(), ids=WRONG.keys())
    @pytest.mark.parametrize("command", ["keys list", "migrate", "keys create --tenant x"])
    def test_is_told_in_one_sentence(
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

    def test_without_tables_is_told_as_well(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setenv("PUSHOFF_DATABASE_URL", f"sqlite:///{tmp_path}/new.db")
        assert cli.main(["keys", "list"]) == 1
        assert "no such table" in capsys.readouterr().err


def load(program: str) -> set[str]:
    """The modules that a process has loaded once it has run a program."""
    told = f"{program}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


class TestServer:
    @pytest.mark.parametrize(
        ("url", "loads"),
        [("sqlite:///pushoff.db", False), ("postgresql://localhost/pushoff", True)],
    )
    def test_loads_what_its_own_database_needs(self, url: str, loads: bool) -> None:
        settings = f"Settings(database_url={url!r})"
        loaded = load(
            "from app import commands, main\n"
            f"from app.settings import Settings\nmain.create_app({settings})"
        )
        assert loaded.isdisjoint({"alembic", "httpx"})
        of_postgres = {"app.database.postgres", "psycopg", "sqlalchemy.dialects.postgresql"}
        assert loaded & of_postgres == (of_postgres if loads else set())


class TestHelp:
    def test_loads_nothing_heavy(self) -> None:
        loaded = load(
            "import contextlib, io, sys\n"
            "from app.cli import main\n"
            "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n"
            "    main(['--help'])"
        )
        assert "argparse" in loaded
        assert loaded & set(HEAVY) == set()

    def test_names_every_command(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as ended:
            cli.main(["--help"])
        assert ended.value.code == 0
        printed = capsys.readouterr().out
        assert all(f"    {name} " in printed for name in ("serve", "migrate", "openapi", "keys"))

    def test_knows_the_scopes_that_there_are(self) -> None:
        assert set(cli.SCOPES) == SCOPES


@pytest.fixture(scope="class")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which somebody tries this at home."""
    return tmp_path_factory.mktemp("house")


@pytest.fixture(scope="class")
def first(house: Path) -> Iterator[RunningServer]:
    with serving(house) as running:
        yield running


class TestServe:
    """One start after the other, in the same folder, as somebody would who has just come."""

    def test_prints_three_lines(self, first: RunningServer) -> None:
        docs, key, curl = first.printed
        assert docs == f"Docs: http://127.0.0.1:{first.port}/docs"
        assert key.startswith("Key (shown once, tenant local): push_")
        assert curl.startswith(f"Try: curl http://127.0.0.1:{first.port}/programs ")

    def test_answers_where_it_says(self, first: RunningServer) -> None:
        assert httpx.get(f"{first.address}/docs", timeout=SECONDS).status_code == 200
        assert httpx.get(f"{first.address}/readyz", timeout=SECONDS).json() == {"status": "ok"}

    def test_prints_a_call_that_works_when_pasted(self, first: RunningServer) -> None:
        said, curl, url, *options = shlex.split(first.printed[2])
        assert (said, curl, options[::2]) == ("Try:", "curl", ["-H", "-d"])
        name, _, value = options[1].partition(": ")
        answer = httpx.post(url, content=options[3], headers={name: value}, timeout=SECONDS)
        assert (answer.status_code, answer.json()["status"]) == (200, "planned")

    def test_prints_a_key_that_works(self, first: RunningServer) -> None:
        headers = {"Authorization": f"Bearer {first.key}"}
        url = f"{first.address}/sessions"
        answer = httpx.post(url, json=a_session(), headers=headers, timeout=SECONDS)
        assert answer.status_code == 201

    def test_says_that_a_port_is_taken(self, first: RunningServer, house: Path) -> None:
        done = run("serve", folder=house, port=first.port)
        assert (done.returncode, done.stdout) == (1, "")
        assert f"cannot listen on 127.0.0.1:{first.port}" in done.stderr
        assert "PUSHOFF_PORT" in done.stderr
        assert "Traceback" not in done.stderr

    def test_stops_with_ctrl_c_and_is_no_failure(self, first: RunningServer) -> None:
        assert first.stop(signal.SIGINT) == 0
        assert "Traceback" not in first.log.read_text()

    def test_prints_no_key_the_second_time_and_serves_with_two_workers(
        self, first: RunningServer, house: Path
    ) -> None:
        headers = {"Authorization": f"Bearer {first.key}"}
        with serving(house, "--workers", "2") as second:
            assert [line.partition(":")[0] for line in second.printed] == ["Docs", "Try"]
            for _ in range(40):
                # A connection each, so that both workers get some.
                answer = httpx.get(f"{second.address}/sessions", headers=headers, timeout=SECONDS)
                assert len(answer.json()["items"]) == 1
            counted = httpx.get(f"{second.address}/metrics", timeout=SECONDS).text
            assert 'pushoff_requests_total{method="GET",route="/sessions",status="200"} 40.0' in (
                counted
            )
            assert len(children(second)) >= 2
            assert second.stop() == 0


def children(running: RunningServer) -> list[str]:
    """The processes that a server has started."""
    found = Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children")
    return found.read_text().split()


class TestOptions:
    def test_are_held_to_their_range(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert cli.main(["serve", "--workers", "0"]) == 1
        errors = capsys.readouterr().err
        assert errors.startswith("pushoff: a setting is wrong:\n  PUSHOFF_WORKERS: ")
