"""A client in TypeScript from openapi-typescript: it compiles strictly, and it works."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.processes import RunningServer

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PROGRAMS = HERE / "node_modules" / ".bin"
SECONDS = 120


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the types as generated, and with the app that uses them."""
    for name in ("client.ts", "package.json", "tsconfig.json"):
        shutil.copy(HERE / name, tmp_path)
    (tmp_path / "node_modules").symlink_to(HERE / "node_modules")
    run(tmp_path, PROGRAMS / "openapi-typescript", ROOT / "openapi.yaml", "--output", "schema.ts")
    return tmp_path


class TestTypes:
    def test_compile_strictly_and_work(self, project: Path, service: RunningServer) -> None:
        run(project, PROGRAMS / "tsc")
        met = json.loads(run(project, "node", "built/client.js", service.address, service.key))
        assert met.pop("reps") == met.pop("planned")
        assert met == {
            "shortest": "12 weeks at beginner",
            "blocked": "PAIN_ABOVE_5",
            "refused": "/week",
            "same": True,
            "outcome": "created",
            "listed": [True],
            "missing": "/problems/not-found",
        }

    def test_refuse_a_mistake(self, project: Path) -> None:
        text = (project / "client.ts").read_text()
        (project / "client.ts").write_text(text.replace("pain_now: 7", 'pain_now: "7"'))
        with pytest.raises(AssertionError, match=r"TS2322.*'string' is not assignable"):
            run(project, PROGRAMS / "tsc")


def run(folder: Path, *words: str | Path | None) -> str:
    """What a command prints. Raises AssertionError with all of it where it fails."""
    done = subprocess.run(
        [str(word) for word in words],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
