"""What an installed service has: the wheel, built from the source distribution as pip and uv do."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# All files of the package that are no code, as paths in the wheel.
DATA = {
    str(file.relative_to(ROOT))
    for file in (ROOT / "app").rglob("*")
    if file.is_file() and file.suffix not in {".py", ".pyc"}
}


def run_build(code: str, folder: Path) -> None:
    command = [sys.executable, "-c", f"from flit_core import buildapi; buildapi.{code}"]
    subprocess.run(command, check=True, capture_output=True, cwd=folder)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel that is built from the unpacked source distribution."""
    folder = tmp_path_factory.mktemp("package")
    run_build(f"build_sdist({str(folder)!r})", ROOT)
    (source,) = folder.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        archive.extractall(folder, filter="data")
    (unpacked,) = (one for one in folder.iterdir() if one.is_dir())
    run_build(f"build_wheel({str(folder)!r})", unpacked)
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


class TestWheel:
    def test_has_every_file_of_the_package(self, wheel: zipfile.ZipFile) -> None:
        assert {"app/explorer/index.html", "app/formats/figures/poses/step_up.toml"} <= DATA
        assert set(wheel.namelist()) >= DATA

    def test_has_the_text_of_the_changelog(self, wheel: zipfile.ZipFile) -> None:
        packed = wheel.read("app/web/docs/changelog.md").decode()
        assert packed == (ROOT / "CHANGELOG.md").read_text("utf-8")

    def test_has_both_licences(self, wheel: zipfile.ZipFile) -> None:
        names = {Path(name).name for name in wheel.namelist()}
        assert {"LICENSE", "LICENSE-pictures"} <= names
