"""The Makefile, the lock files that it installs, and the script of continuous integration."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
LOCK_FILES = ("run", "test", "check")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
# The variables of an outer `make` would change what the inner one does.
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))
}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files that make reads, in a state where everything is installed."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    for name in ("bin/python", "run.stamp", "test.stamp", "check.stamp"):
        (tmp_path / ".venv" / name).touch()
    return tmp_path


def run_make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(
        command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )


class TestMakefile:
    def test_without_a_target_lists_every_target(self) -> None:
        declared = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
        assert declared
        listed = re.findall(r"^  make ([a-z-]+)", run_make(ROOT).stdout, re.MULTILINE)
        assert sorted(listed) == sorted(declared[1].split())

    @pytest.mark.parametrize("target", ["run", "test", "check-audit"])
    def test_installs_nothing_a_second_time(self, target: str, clone: Path) -> None:
        planned = run_make(clone, "--dry-run", target)
        assert planned.returncode == 0
        assert "pip --disable" not in planned.stdout

    @pytest.mark.parametrize(("target", "lock"), [("run", "run"), ("test", "test")])
    def test_installs_a_newer_lock_by_its_hashes(self, target: str, lock: str, clone: Path) -> None:
        os.utime(clone / ".venv" / f"{lock}.stamp", (0, 0))
        planned = run_make(clone, "--dry-run", target).stdout
        assert f"--require-hashes --requirement requirements/{lock}.txt" in planned
        assert "-m venv" not in planned

    def test_runs_the_service_after_migrating(self, clone: Path) -> None:
        planned = run_make(clone, "--dry-run", "run").stdout.split("\n")
        assert planned == ["exec .venv/bin/pushoff serve --migrate", ""]

    def test_names_the_required_version_if_python_is_too_old(self, clone: Path) -> None:
        shutil.rmtree(clone / ".venv")
        done = run_make(clone, "PYTHON=false", "run")
        assert done.returncode != 0
        assert "Pushoff needs Python 3.11 or newer, and false is not" in done.stderr

    def test_names_the_program_that_a_check_lacks(self, clone: Path) -> None:
        bare = clone / "bin"
        bare.mkdir()
        for name in ("sh", "id", "touch"):
            (bare / name).symlink_to(str(shutil.which(name)))
        done = run_make(clone, f"PATH={bare}", "SHELL=/bin/sh", "check-browser")
        assert done.returncode != 0
        assert "missing: chromium" in done.stderr


def read_pins(name: str) -> dict[str, str]:
    """Return the version of each package of a lock file, by its normalised name."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", text, re.MULTILINE))


def normalise_names(*requirements: str) -> set[str]:
    names = (re.match(r"[A-Za-z0-9_.-]+", requirement) for requirement in requirements)
    return {name[0].lower().replace("_", "-") for name in names if name}


class TestLockFiles:
    @pytest.mark.parametrize("name", LOCK_FILES)
    def test_have_a_hash_for_every_package(self, name: str) -> None:
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        packages = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
        assert len(packages) >= len(PROJECT["project"]["dependencies"])
        assert [package for package in packages if "--hash=sha256:" not in package] == []

    @pytest.mark.parametrize("name", LOCK_FILES)
    def test_contain_no_index_and_no_local_path(self, name: str) -> None:
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        assert re.findall(r"--(?:extra-)?index-url|--find-links|\w+://|(?<= )/\S+", text) == []

    def test_contain_all_packages_of_the_smaller_lock_file(self) -> None:
        assert read_pins("run").items() <= read_pins("test").items() <= read_pins("check").items()

    def test_contain_the_requirements_of_the_project(self) -> None:
        groups = PROJECT["dependency-groups"]
        assert (
            normalise_names(*PROJECT["project"]["dependencies"], *groups["build"])
            <= read_pins("run").keys()
        )
        assert normalise_names(*groups["test"]) <= read_pins("test").keys()
        assert normalise_names(*groups["check"]) <= read_pins("check").keys()


class TestCiScript:
    def run(self, folder: Path, failing: str) -> tuple[int, list[str]]:
        """Run a copy of `.ci/run` with a fake make, which records its arguments.

        Returns the exit code and the recorded targets. The fake make fails for one target.
        """
        (folder / ".ci").mkdir()
        shutil.copy(ROOT / ".ci" / "run", folder / ".ci" / "run")
        fake_make = folder / "bin" / "make"
        fake_make.parent.mkdir()
        fake_make.write_text(f'#!/bin/sh\necho "$@" >>"$PWD/targets"\n[ "$1" != "{failing}" ]\n')
        fake_make.chmod(0o755)
        path = f"{fake_make.parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            [folder / ".ci" / "run"], cwd="/", env={**ENVIRONMENT, "PATH": path}, check=False
        )
        return done.returncode, (folder / "targets").read_text().split()

    def test_runs_the_tests_and_then_the_checks(self, tmp_path: Path) -> None:
        assert self.run(tmp_path, failing="nothing") == (0, ["test", "check"])

    def test_fails_with_the_tests(self, tmp_path: Path) -> None:
        code, targets = self.run(tmp_path, failing="test")
        assert code != 0
        assert targets == ["test"]

    def test_fails_with_the_checks(self, tmp_path: Path) -> None:
        code, _ = self.run(tmp_path, failing="check")
        assert code != 0
