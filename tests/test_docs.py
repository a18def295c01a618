"""Tests that links and paths in the documents exist. test_science compares docs/science.md."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
CODE = [file for folder in ("app", "tests") for file in sorted((ROOT / folder).rglob("*.py"))]
# Paths that commands create.
CREATED = set((ROOT / ".gitignore").read_text(encoding="utf-8").splitlines())

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def read_prose(page: Path) -> str:
    """The text of a page without its code blocks."""
    return re.sub(
        r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )


def find_links(text: str) -> Iterator[str]:
    """The targets of relative links, without fragments."""
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:|#", target):
            yield target.partition("#")[0]


def find_paths(text: str) -> Iterator[str]:
    """The paths from the root of the repository that a text names."""
    for path in re.findall(r"(?<![\w/.<{-])(?:app|tests|docs|benchmarks|tools)/[\w./-]+", text):
        yield path.rstrip(".")


class TestPage:
    @each_page
    def test_links_to_existing_files(self, page: Path) -> None:
        missing = [
            link for link in find_links(read_prose(page)) if not (page.parent / link).exists()
        ]
        assert missing == []

    @each_page
    def test_names_existing_paths(self, page: Path) -> None:
        named = set(find_paths(read_prose(page))) - CREATED
        assert [path for path in sorted(named) if not (ROOT / path).exists()] == []

    def test_is_named_by_code_only_if_it_exists(self) -> None:
        named = {
            path
            for file in CODE
            for path in re.findall(r"(?<!/)docs/[\w/-]+\.md", file.read_text())
        }
        assert [path for path in sorted(named) if not (ROOT / path).exists()] == []

    def test_finds_a_missing_file(self) -> None:
        text = "[a](none.md#b) [c](https://example.org/none.md) `app/none.py`, app/settings.py."
        assert list(find_links(text)) == ["none.md"]
        assert list(find_paths(text)) == ["app/none.py", "app/settings.py"]


class TestWords:
    def test_name_existing_classes(self) -> None:
        page = (ROOT / "docs" / "words.md").read_text(encoding="utf-8")
        code = "".join(file.read_text() for file in CODE)
        named = set(re.findall(r"`([A-Z][a-z]\w+)`", page)) - {"Authorization"}
        assert {"Standing", "PlannedSets"} <= named
        missing = [
            name for name in named if not re.search(rf"^(class )?{name}\b", code, re.MULTILINE)
        ]
        assert missing == []
