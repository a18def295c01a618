"""A client in Python from openapi-python-client: it compiles, imports, and works."""

import compileall
import importlib
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from types import ModuleType
from uuid import uuid4

import pytest

from tests.processes import RunningServer

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NAME = "pushoff_client"
BEGAN = datetime.fromisoformat("2024-05-06T18:30:00+02:00")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as generated, with no warning."""
    folder = tmp_path_factory.mktemp("python") / NAME
    programs = str(Path(sys.executable).parent)
    done = subprocess.run(
        [
            f"{programs}/openapi-python-client",
            *("generate", "--path", ROOT / "openapi.yaml", "--meta", "none", "--fail-on-warning"),
            *("--config", HERE / "python.yaml", "--output-path", folder),
        ],
        # It formats what it makes with ruff, which it looks for by name.
        env={"PATH": os.pathsep.join([programs, os.defpath])},
        cwd=folder.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def made(package: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The package, imported."""
    monkeypatch.syspath_prepend(package.parent)
    return importlib.import_module(NAME)


@pytest.fixture
def models(made: ModuleType) -> ModuleType:
    return importlib.import_module(f"{NAME}.models")


def call(tag: str, operation: str) -> ModuleType:
    """The module of an operation."""
    return importlib.import_module(f"{NAME}.api.{tag}.{operation}")


class TestPackage:
    def test_compiles(self, package: Path) -> None:
        files = list(package.rglob("*.py"))
        assert len(files) > 60
        assert compileall.compile_dir(package, quiet=1, force=True)

    def test_has_a_module_for_every_operation(self, package: Path) -> None:
        names = {file.stem for file in package.glob("api/*/*.py")}
        assert {"create_program", "get_exercise", "put_session", "delete_set"} <= names

    def test_plans_for_anyone(
        self, made: ModuleType, models: ModuleType, service: RunningServer
    ) -> None:
        create, get = call("programs", "create_program"), call("programs", "get_program")
        with made.Client(base_url=service.address) as client:
            planned = create.sync(client=client, body=models.SpecInput(weeks=8))
            blocked = create.sync(client=client, body=models.SpecInput(pain_now=7))
            again = get.sync(planned.program_id, client=client)
        assert isinstance(planned, models.Program)
        assert len(planned.weeks) == planned.spec.weeks == 8
        assert again == planned
        assert isinstance(blocked, models.Blocked)
        assert blocked.code == "PAIN_ABOVE_5"

    def test_stores_and_reads_with_a_key(
        self, made: ModuleType, models: ModuleType, service: RunningServer
    ) -> None:
        put, get, read, delete = (
            call("sessions", name)
            for name in ("put_session", "get_session", "list_sessions", "delete_session")
        )
        session_id = uuid4()
        done = models.SetUpload(exercise="straight-leg-calf-raise", reps=12, performed_at=BEGAN)
        sent = models.SessionUpload(athlete_id="runner-8", started_at=BEGAN, sets=[done])
        with made.AuthenticatedClient(base_url=service.address, token=service.key) as client:
            stored = put.sync_detailed(session_id, client=client, body=sent)
            kept = get.sync(session_id, client=client)
            page = read.sync(client=client, athlete_id="runner-8")
            gone = delete.sync_detailed(session_id, client=client)
        assert (stored.status_code, stored.parsed.outcome) == (201, "created")
        assert isinstance(kept, models.CompletedSession)
        assert (kept.session_id, kept.started_at, kept.sets[0].reps) == (session_id, BEGAN, 12)
        assert page.items == [kept]
        assert gone.status_code == 204

    def test_reads_problems(
        self, made: ModuleType, models: ModuleType, service: RunningServer
    ) -> None:
        get = call("sessions", "get_session")
        with made.AuthenticatedClient(base_url=service.address, token="push_wrong") as client:
            problem = get.sync(uuid4(), client=client)
        assert isinstance(problem, models.Problem)
        assert (problem.status, problem.type_) == (401, "/problems/unauthenticated")
