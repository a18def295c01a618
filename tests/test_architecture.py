"""Rules of the code: the direction of imports, the length of files and functions, and their names.

Each checker also runs on a small bad sample, so that a checker that finds nothing is detected.
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
PYTHON_FOLDERS = ("app", "benchmarks", "examples", "migrations", "tests", "tools")
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50
VAGUE_NAMES = {"base", "common", "core", "helper", "helpers", "manager", "misc", "service", "utils"}
TOOL_SETTINGS: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]

# Modules that are imported by name, only where they are used (ADR 18). No linter sees these.
IMPORTS_BY_NAME = {
    "app/cli.py": 'import_module("app.commands")',
    "app/file_worker.py": 'import_module(f"app.formats.{module}")',
    "app/commands.py": 'import_module("app.database.migration")',
    "app/database/engines.py": 'import_module("app.database.postgres")',
    "app/web/docs/guides.py": 'import_module("app.web.docs.markdown")',
    "app/sessions/statements.py": 'import_module(f"sqlalchemy.dialects.{dialect}")',
}

Checker = Callable[[Path], Iterator[str]]


def list_modules(*folders: str) -> list[Path]:
    """Return every Python file of the project in these folders."""
    found = (file for folder in folders for file in sorted((ROOT / folder).rglob("*.py")))
    return [file for file in found if "node_modules" not in file.parts]


def find_long_file(file: Path) -> Iterator[str]:
    length = len(file.read_text().splitlines())
    if length > MAX_FILE_LINES:
        yield f"{file} has {length} lines"


def find_long_functions(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MAX_FUNCTION_LINES:
                yield f"{file}: {node.name} has {length} lines"


def find_missing_docstring(file: Path) -> Iterator[str]:
    tree = ast.parse(file.read_text())
    if tree.body and not ast.get_docstring(tree):
        yield f"{file} has no docstring"


def find_vague_names(file: Path) -> Iterator[str]:
    for part in (*file.parent.parts[-2:], file.stem):
        if part.strip("_").lower() in VAGUE_NAMES:
            yield f"{file} has a vague name"


def find_third_party_imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or "."]
        for name in names:
            ours = name == "app" or name.startswith("app.training")
            if not ours and name.partition(".")[0] not in sys.stdlib_module_names:
                yield f"{file} imports {name}"


def find_imports_by_name(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        match node:
            case ast.Call(func=ast.Attribute(attr="import_module") | ast.Name(id="__import__")):
                yield ast.unparse(node).removeprefix("importlib.").replace("'", '"')


def run_checker(checker: Checker, files: list[Path]) -> list[str]:
    return [finding for file in files for finding in checker(file)]


class TestCodeRules:
    def test_limit_the_length_of_files(self) -> None:
        assert run_checker(find_long_file, list_modules(*PYTHON_FOLDERS)) == []

    def test_limit_the_length_of_functions(self) -> None:
        assert run_checker(find_long_functions, list_modules(*PYTHON_FOLDERS)) == []

    def test_require_a_docstring_in_every_module(self) -> None:
        assert run_checker(find_missing_docstring, list_modules(*PYTHON_FOLDERS)) == []

    def test_forbid_vague_file_names(self) -> None:
        assert run_checker(find_vague_names, list_modules("app")) == []

    def test_let_training_import_only_the_standard_library(self) -> None:
        assert list_modules("app/training")
        assert run_checker(find_third_party_imports, list_modules("app/training")) == []

    def test_allow_only_known_imports_by_name(self) -> None:
        loaded = [
            (str(file.relative_to(ROOT)), name)
            for file in list_modules("app")
            for name in find_imports_by_name(file)
        ]
        assert sorted(loaded) == sorted(IMPORTS_BY_NAME.items())

    @pytest.mark.parametrize(
        ("checker", "name", "text"),
        [
            (find_long_file, "plain.py", "x = 1\n" * (MAX_FILE_LINES + 1)),
            (find_long_functions, "plain.py", "def grow():\n" + "    x = 1\n" * MAX_FUNCTION_LINES),
            (
                find_long_functions,
                "plain.py",
                "async def grow():\n" + "    x = 1\n" * MAX_FUNCTION_LINES,
            ),
            (find_missing_docstring, "plain.py", "x = 1\n"),
            (find_vague_names, "utils.py", ""),
            (find_vague_names, "common/__init__.py", ""),
            (find_third_party_imports, "plain.py", "import pydantic\n"),
            (find_third_party_imports, "plain.py", "def f():\n    from app.web import problems\n"),
            (find_third_party_imports, "plain.py", "from . import spec\n"),
            (
                find_imports_by_name,
                "plain.py",
                "def f():\n    importlib.import_module('app.database.database')\n",
            ),
            (find_imports_by_name, "plain.py", "x = __import__('app.database.database')\n"),
        ],
    )
    def test_find_the_fault_of_a_bad_sample(
        self, checker: Checker, name: str, text: str, tmp_path: Path
    ) -> None:
        sample = tmp_path / "app" / name
        sample.parent.mkdir(parents=True, exist_ok=True)
        sample.write_text(text)
        assert len(run_checker(checker, [sample])) == 1

    @pytest.mark.parametrize(
        "checker", [find_long_file, find_long_functions, find_missing_docstring, find_vague_names]
    )
    def test_find_nothing_in_a_good_sample(self, checker: Checker, tmp_path: Path) -> None:
        sample = tmp_path / "plain.py"
        sample.write_text('"""A module."""\n\n\ndef grow() -> None:\n' + "    x = 1\n" * 49)
        assert run_checker(checker, [sample]) == []


def run_ruff(*targets: str | Path) -> subprocess.CompletedProcess[str]:
    """Run ruff with the project's rules. Its output has one line for each finding."""
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "concise"]
    config = ["--config", str(ROOT / "pyproject.toml")]
    return subprocess.run(
        [*command, *config, *map(str, targets)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


EIGHT_BRANCHES = "\n".join(f"    if n == {i}:\n        n += 1" for i in range(8))


class TestRuff:
    def test_finds_nothing_in_the_project(self) -> None:
        result = run_ruff(*(folder for folder in PYTHON_FOLDERS if (ROOT / folder).exists()))
        assert result.returncode == 0, result.stdout

    @pytest.mark.parametrize(
        ("rule", "text"),
        [
            ("C901", f"def grow(n: int) -> int:\n{EIGHT_BRANCHES}\n    return n\n"),
            ("PLC0415", "def now() -> None:\n    import time\n"),
            ("TID251", "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import json\n"),
            ("TID252", "from . import spec\n"),
            ("F403", "from json import *\n"),
            ("ANN201", "def now():\n    return 1\n"),
            ("D100", "x = 1\n"),
            ("DTZ005", "from datetime import datetime\n\nx = datetime.now()\n"),
        ],
    )
    def test_finds_a_violation_of(self, rule: str, text: str, tmp_path: Path) -> None:
        sample = tmp_path / "sample.py"
        sample.write_text(text)
        assert f" {rule} " in run_ruff(sample).stdout


def run_import_linter(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the package `app` in a folder, with the contracts of that folder."""
    program = "import sys; from importlinter import cli; sys.exit(cli.lint_imports(no_cache=True))"
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=folder
    )


def list_contracts() -> list[dict[str, Any]]:
    declared: list[dict[str, Any]] = TOOL_SETTINGS["importlinter"]["contracts"]
    return declared


def find_contract(name: str) -> dict[str, Any]:
    return next(declared for declared in list_contracts() if declared["id"] == name)


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A project with every module that the contracts name, all empty."""
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    for package, layers in list_exhaustive_packages():
        write_file(tmp_path, f"{package}/__init__.py")
        for name in " | ".join(layers).replace("(", "").replace(")", "").split(" | "):
            folder = (ROOT / package / name).is_dir()
            write_file(
                tmp_path, f"{package}/{name}/__init__.py" if folder else f"{package}/{name}.py"
            )
    for feature in find_contract("inside-a-feature")["containers"]:
        write_file(tmp_path, f"{feature.replace('.', '/')}/__init__.py")
        for name in ("routes", "schemas", "store", "tables"):
            write_file(tmp_path, f"{feature.replace('.', '/')}/{name}.py")
    for module in find_contract("engine-is-the-face")["protected_modules"]:
        write_file(tmp_path, f"{module.replace('.', '/')}.py")
    return tmp_path


def list_exhaustive_packages() -> Iterator[tuple[str, list[str]]]:
    """Yield each package whose modules a contract lists completely, with its layers."""
    for declared in list_contracts():
        if declared.get("exhaustive"):
            (container,) = declared["containers"]
            yield container.replace(".", "/"), declared["layers"]


def write_file(folder: Path, name: str, text: str = "") -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


class TestImportContracts:
    def test_hold_in_the_project(self) -> None:
        result = run_import_linter(ROOT)
        assert result.returncode == 0, result.stdout

    def test_hold_in_the_empty_sample(self, sample: Path) -> None:
        result = run_import_linter(sample)
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
            (
                "engine-is-the-face",
                "app/programs/routes.py",
                "import app.training.planning.week_plan",
            ),
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
    def test_find_a_forbidden_import(self, broken: str, name: str, text: str, sample: Path) -> None:
        write_file(sample, name, text)
        assert f"{find_contract(broken)['name']} BROKEN" in join_lines(
            run_import_linter(sample).stdout
        )

    def test_find_a_circle(self, sample: Path) -> None:
        write_file(sample, "app/web/docs/html_pages.py", "import app.web.http.problems")
        write_file(sample, "app/web/http/problems.py", "import app.web.docs.html_pages")
        assert f"{find_contract('no-circles')['name']} BROKEN" in join_lines(
            run_import_linter(sample).stdout
        )

    def test_protect_the_tables_of_every_feature(self) -> None:
        tables = {f"app.{file.parent.name}.tables" for file in ROOT.glob("app/*/tables.py")}
        protected = {
            module
            for declared in list_contracts()
            if declared["id"].startswith("rows-of-")
            for module in declared["protected_modules"]
        }
        assert tables == protected

    def test_order_the_modules_of_every_feature(self) -> None:
        features = {f"app.{file.parent.name}" for file in ROOT.glob("app/*/routes.py")}
        assert features <= set(find_contract("inside-a-feature")["containers"])


def join_lines(output: str) -> str:
    return " ".join(output.split())
