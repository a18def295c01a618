"""Holds the house to its design: which way imports run, and how long and plain the code is.

Each checker is also run on a small bad sample, so that one that has gone blind is noticed.
"""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
CODE = ("app", "benchmarks", "examples", "migrations", "tests", "tools")
FILE_LINES = 400
FUNCTION_LINES = 50
VAGUE = {"base", "common", "core", "helper", "helpers", "manager", "misc", "service", "utils"}
LINTER: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]

# What is loaded by name, which no linter sees, and only where it is used (ADR 18).
BY_NAME = {
    "app/cli.py": 'import_module("app.commands")',
    "app/file_worker.py": 'import_module(f"app.formats.{module}")',
    "app/commands.py": 'import_module("app.database.migration")',
    "app/database/engines.py": 'import_module("app.database.postgres")',
    "app/sessions/statements.py": 'import_module(f"sqlalchemy.dialects.{dialect}")',
}

Checker = Callable[[Path], Iterator[str]]


def modules(*folders: str) -> list[Path]:
    """Every Python file of ours under these folders of the project."""
    found = (file for folder in folders for file in sorted((ROOT / folder).rglob("*.py")))
    return [file for file in found if "node_modules" not in file.parts]


def long_files(file: Path) -> Iterator[str]:
    length = len(file.read_text().splitlines())
    if length > FILE_LINES:
        yield f"{file} has {length} lines"


def long_functions(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"{file}: {node.name} has {length} lines"


def silent_modules(file: Path) -> Iterator[str]:
    tree = ast.parse(file.read_text())
    if tree.body and not ast.get_docstring(tree):
        yield f"{file} does not open with its job"


def vague_names(file: Path) -> Iterator[str]:
    for part in (*file.parent.parts[-2:], file.stem):
        if part.strip("_").lower() in VAGUE:
            yield f"{file} is not named for what it does"


def third_party_imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or "."]
        for name in names:
            ours = name == "app" or name.startswith("app.training")
            if not ours and name.partition(".")[0] not in sys.stdlib_module_names:
                yield f"{file} imports {name}"


def imports_by_name(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        match node:
            case ast.Call(func=ast.Attribute(attr="import_module") | ast.Name(id="__import__")):
                yield ast.unparse(node).removeprefix("importlib.").replace("'", '"')


def findings(checker: Checker, files: list[Path]) -> list[str]:
    return [finding for file in files for finding in checker(file)]


class TestHouseNumbers:
    def test_hold_in_every_file(self) -> None:
        assert findings(long_files, modules(*CODE)) == []

    def test_hold_in_every_function(self) -> None:
        assert findings(long_functions, modules(*CODE)) == []

    def test_leave_no_module_without_its_job(self) -> None:
        assert findings(silent_modules, modules(*CODE)) == []

    def test_leave_no_file_with_a_vague_name(self) -> None:
        assert findings(vague_names, modules("app")) == []

    def test_leave_training_with_the_standard_library_alone(self) -> None:
        assert modules("app/training")
        assert findings(third_party_imports, modules("app/training")) == []

    def test_leave_nothing_to_be_loaded_by_name_that_is_not_known(self) -> None:
        loaded = [
            (str(file.relative_to(ROOT)), name)
            for file in modules("app")
            for name in imports_by_name(file)
        ]
        assert sorted(loaded) == sorted(BY_NAME.items())

    @pytest.mark.parametrize(
        ("checker", "name", "text"),
        [
            (long_files, "plain.py", "x = 1\n" * (FILE_LINES + 1)),
            (long_functions, "plain.py", "def grow():\n" + "    x = 1\n" * FUNCTION_LINES),
            (long_functions, "plain.py", "async def grow():\n" + "    x = 1\n" * FUNCTION_LINES),
            (silent_modules, "plain.py", "x = 1\n"),
            (vague_names, "utils.py", ""),
            (vague_names, "common/__init__.py", ""),
            (third_party_imports, "plain.py", "import pydantic\n"),
            (third_party_imports, "plain.py", "def f():\n    from app.web import problems\n"),
            (third_party_imports, "plain.py", "from . import spec\n"),
            (
                imports_by_name,
                "plain.py",
                "def f():\n    importlib.import_module('app.database.database')\n",
            ),
            (imports_by_name, "plain.py", "x = __import__('app.database.database')\n"),
        ],
    )
    def test_are_noticed_when_broken(
        self, checker: Checker, name: str, text: str, tmp_path: Path
    ) -> None:
        sample = tmp_path / "app" / name
        sample.parent.mkdir(parents=True, exist_ok=True)
        sample.write_text(text)
        assert len(findings(checker, [sample])) == 1

    @pytest.mark.parametrize("checker", [long_files, long_functions, silent_modules, vague_names])
    def test_let_plain_code_pass(self, checker: Checker, tmp_path: Path) -> None:
        sample = tmp_path / "plain.py"
        sample.write_text('"""A job."""\n\n\ndef grow() -> None:\n' + "    x = 1\n" * 49)
        assert findings(checker, [sample]) == []


def ruff(*targets: str | Path) -> subprocess.CompletedProcess[str]:
    """Run ruff with the project's rules; its concise output has a line for each finding."""
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "concise"]
    config = ["--config", str(ROOT / "pyproject.toml")]
    return subprocess.run(
        [*command, *config, *map(str, targets)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


BRANCHES = "\n".join(f"    if n == {i}:\n        n += 1" for i in range(8))


class TestRuff:
    def test_finds_nothing_in_the_project(self) -> None:
        result = ruff(*(folder for folder in CODE if (ROOT / folder).exists()))
        assert result.returncode == 0, result.stdout

    @pytest.mark.parametrize(
        ("rule", "text"),
        [
            ("C901", f"def grow(n: int) -> int:\n{BRANCHES}\n    return n\n"),
            ("PLC0415", "def now() -> None:\n    import time\n"),
            ("TID251", "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import json\n"),
            ("TID252", "from . import spec\n"),
            ("F403", "from json import *\n"),
            ("ANN201", "def now():\n    return 1\n"),
            ("D100", "x = 1\n"),
            ("DTZ005", "from datetime import datetime\n\nx = datetime.now()\n"),
        ],
    )
    def test_notices(self, rule: str, text: str, tmp_path: Path) -> None:
        sample = tmp_path / "sample.py"
        sample.write_text(text)
        assert f" {rule} " in ruff(sample).stdout


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the package `app` of a folder, with the contracts in that folder."""
    program = "import sys; from importlinter import cli; sys.exit(cli.lint_imports(no_cache=True))"
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=folder
    )


def contracts() -> list[dict[str, Any]]:
    declared: list[dict[str, Any]] = LINTER["importlinter"]["contracts"]
    return declared


def contract(name: str) -> dict[str, Any]:
    return next(declared for declared in contracts() if declared["id"] == name)


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A house of empty rooms: every module that the contracts speak of, with nothing in it."""
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    for room, layers in exhaustive_rooms():
        write(tmp_path, f"{room}/__init__.py")
        for name in " | ".join(layers).replace("(", "").replace(")", "").split(" | "):
            folder = (ROOT / room / name).is_dir()
            write(tmp_path, f"{room}/{name}/__init__.py" if folder else f"{room}/{name}.py")
    for feature in contract("inside-a-feature")["containers"]:
        write(tmp_path, f"{feature.replace('.', '/')}/__init__.py")
        for name in ("routes", "schemas", "store", "tables"):
            write(tmp_path, f"{feature.replace('.', '/')}/{name}.py")
    return tmp_path


def exhaustive_rooms() -> Iterator[tuple[str, list[str]]]:
    """Each folder whose modules a contract lists in full, with its layers."""
    for declared in contracts():
        if declared.get("exhaustive"):
            (container,) = declared["containers"]
            yield container.replace(".", "/"), declared["layers"]


def write(folder: Path, name: str, text: str = "") -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


class TestContracts:
    def test_hold_in_the_project(self) -> None:
        result = lint_imports(ROOT)
        assert result.returncode == 0, result.stdout

    def test_hold_in_empty_rooms(self, sample: Path) -> None:
        result = lint_imports(sample)
        assert result.returncode == 0, result.stdout + result.stderr

    @pytest.mark.parametrize(
        ("broken", "name", "text"),
        [
            ("downhill", "app/sessions/store.py", "import app.programs.routes"),
            ("downhill", "app/settings.py", "import app.database.database"),
            ("downhill", "app/programs/routes.py", "import app.exercises.routes"),
            ("downhill", "app/extras/__init__.py", ""),
            ("downhill", "app/extras.py", ""),
            ("rooms-of-training", "app/training/planning/spec.py", "import app.training.adapting"),
            ("rooms-of-web", "app/web/http/problems.py", "import app.web.layers"),
            ("rooms-of-database", "app/database/rows.py", "import app.database.database"),
            ("pure", "app/training/planning/spec.py", "import pydantic"),
            ("formats", "app/formats/fit.py", "import fastapi"),
            ("formats", "app/formats/csv.py", "import sqlmodel"),
            ("rows-of-sessions", "app/programs/routes.py", "import app.sessions.tables"),
            ("rows-of-keys", "app/sessions/store.py", "import app.keys.tables"),
            ("inside-a-feature", "app/sessions/store.py", "import app.sessions.routes"),
            ("inside-a-feature", "app/sessions/store.py", "import app.sessions.schemas"),
            ("inside-a-feature", "app/keys/tables.py", "import app.keys.store"),
        ],
    )
    def test_notice(self, broken: str, name: str, text: str, sample: Path) -> None:
        write(sample, name, text)
        assert f"{contract(broken)['name']} BROKEN" in unwrapped(lint_imports(sample).stdout)

    def test_notice_a_circle(self, sample: Path) -> None:
        write(sample, "app/web/docs/html_pages.py", "import app.web.http.problems")
        write(sample, "app/web/http/problems.py", "import app.web.docs.html_pages")
        assert f"{contract('no-circles')['name']} BROKEN" in unwrapped(lint_imports(sample).stdout)

    def test_guard_the_rows_of_every_feature(self) -> None:
        tables = {f"app.{file.parent.name}.tables" for file in ROOT.glob("app/*/tables.py")}
        guarded = {
            module
            for declared in contracts()
            if declared["type"] == "protected"
            for module in declared["protected_modules"]
        }
        assert tables == guarded

    def test_order_the_inside_of_every_feature(self) -> None:
        features = {f"app.{file.parent.name}" for file in ROOT.glob("app/*/routes.py")}
        assert features <= set(contract("inside-a-feature")["containers"])


def unwrapped(output: str) -> str:
    return " ".join(output.split())
