"""Holds the one-command promises: the Makefile, the locks that it installs, and CI's script."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = ("run", "test", "check")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
# What the outer `make` hands on would change what the inner one does.
QUIET = {
    name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))
}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files that make looks at, with everything installed already."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    for name in ("bin/python", "run.stamp", "test.stamp", "check.stamp"):
        (tmp_path / ".venv" / name).touch()
    return tmp_path


def make(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = ["make", "--no-print-directory", *words]
    return subprocess.run(
        command, cwd=folder, env=QUIET, capture_output=True, text=True, check=False
    )


class TestMake:
    def test_alone_lists_every_target(self) -> None:
        declared = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
        assert declared
        listed = re.findall(r"^  make ([a-z-]+)", make(ROOT).stdout, re.MULTILINE)
        assert sorted(listed) == sorted(declared[1].split())

    @pytest.mark.parametrize("target", ["run", "test", "check-audit"])
    def test_installs_nothing_a_second_time(self, target: str, clone: Path) -> None:
        planned = make(clone, "--dry-run", target)
        assert planned.returncode == 0
        assert "pip --disable" not in planned.stdout

    @pytest.mark.parametrize(("target", "lock"), [("run", "run"), ("test", "test")])
    def test_installs_a_newer_lock_by_its_hashes(self, target: str, lock: str, clone: Path) -> None:
        os.utime(clone / ".venv" / f"{lock}.stamp", (0, 0))
        planned = make(clone, "--dry-run", target).stdout
        assert f"--require-hashes --requirement requirements/{lock}.txt" in planned
        assert "-m venv" not in planned

    def test_runs_the_service_after_migrating(self, clone: Path) -> None:
        planned = make(clone, "--dry-run", "run").stdout.split("\n")
        assert planned == ["exec .venv/bin/pushoff serve --migrate", ""]

    def test_names_the_version_that_an_old_python_lacks(self, clone: Path) -> None:
        shutil.rmtree(clone / ".venv")
        done = make(clone, "PYTHON=false", "run")
        assert done.returncode != 0
        assert "Pushoff needs Python 3.11 or newer, and false is not" in done.stderr

    def test_names_what_is_missing_for_a_check(self, clone: Path) -> None:
        bare = clone / "bin"
        bare.mkdir()
        for name in ("sh", "id", "touch"):
            (bare / name).symlink_to(str(shutil.which(name)))
        done = make(clone, f"PATH={bare}", "SHELL=/bin/sh", "check-browser")
        assert done.returncode != 0
        assert "missing: chromium" in done.stderr


def pins(name: str) -> dict[str, str]:
    """Each package of a lock with its version, by the normalised name."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", text, re.MULTILINE))


def wanted(*requirements: str) -> set[str]:
    names = (re.match(r"[A-Za-z0-9_.-]+", requirement) for requirement in requirements)
    return {name[0].lower().replace("_", "-") for name in names if name}


class TestLocks:
    @pytest.mark.parametrize("name", LOCKS)
    def test_have_a_hash_for_every_package(self, name: str) -> None:
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        packages = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
        assert len(packages) >= len(PROJECT["project"]["dependencies"])
        assert [package for package in packages if "--hash=sha256:" not in package] == []

    @pytest.mark.parametrize("name", LOCKS)
    def test_name_no_index_and_no_machine(self, name: str) -> None:
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        assert re.findall(r"--(?:extra-)?index-url|--find-links|\w+://|(?<= )/\S+", text) == []

    def test_each_hold_all_of_the_one_before(self) -> None:
        assert pins("run").items() <= pins("test").items() <= pins("check").items()

    def test_hold_what_the_project_asks_for(self) -> None:
        groups = PROJECT["dependency-groups"]
        assert wanted(*PROJECT["project"]["dependencies"], *groups["build"]) <= pins("run").keys()
        assert wanted(*groups["test"]) <= pins("test").keys()
        assert wanted(*groups["check"]) <= pins("check").keys()


class TestContinuousIntegration:
    def run(self, folder: Path, failing: str) -> tuple[int, list[str]]:
        """Run `.ci/run` of a copy with a make that only notes what it was asked for."""
        (folder / ".ci").mkdir()
        shutil.copy(ROOT / ".ci" / "run", folder / ".ci" / "run")
        stand_in = folder / "bin" / "make"
        stand_in.parent.mkdir()
        stand_in.write_text(f'#!/bin/sh\necho "$@" >>"$PWD/asked"\n[ "$1" != "{failing}" ]\n')
        stand_in.chmod(0o755)
        path = f"{stand_in.parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            [folder / ".ci" / "run"], cwd="/", env={**QUIET, "PATH": path}, check=False
        )
        return done.returncode, (folder / "asked").read_text().split()

    def test_runs_the_tests_and_then_the_checks(self, tmp_path: Path) -> None:
        assert self.run(tmp_path, failing="nothing") == (0, ["test", "check"])

    def test_fails_with_the_tests(self, tmp_path: Path) -> None:
        code, asked = self.run(tmp_path, failing="test")
        assert code != 0
        assert asked == ["test"]

    def test_fails_with_the_checks(self, tmp_path: Path) -> None:
        code, _ = self.run(tmp_path, failing="check")
        assert code != 0
