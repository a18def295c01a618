"""Tests that links and paths in the documents exist, and that docs/science.md fits the code."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.training.catalog import reasons
from app.training.catalog.exercises import LADDERS, Rung
from app.training.catalog.reasons import NOTE_SENTENCES
from tests.training.notation import SHORT, format_week
from tests.training.strategies import plan_program

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
SCIENCE = (ROOT / "docs" / "science.md").read_text(encoding="utf-8")
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


def read_rows(heading: str) -> dict[str, list[str]]:
    """The rows of the tables below a heading, by their first cell."""
    section = SCIENCE.partition(f"\n{heading}\n")[2]
    assert section, heading
    section = re.split(r"^#", section, maxsplit=1, flags=re.MULTILINE)[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return {row[0]: row[1:] for row in rows}


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
            path for file in CODE for path in re.findall(r"docs/[\w/-]+\.md", file.read_text())
        }
        assert [path for path in sorted(named) if not (ROOT / path).exists()] == []

    def test_finds_a_missing_file(self) -> None:
        text = "[a](none.md#b) [c](https://example.org/none.md) `app/none.py`, app/settings.py."
        assert list(find_links(text)) == ["none.md"]
        assert list(find_paths(text)) == ["app/none.py", "app/settings.py"]


class TestScience:
    def test_has_every_section_that_code_cites(self) -> None:
        cited = {
            number
            for file in CODE
            for sentence in re.findall(r"[Ss]cience (?:part )?\d[\d., and]*", file.read_text())
            for number in re.findall(r"\d(?:\.\d+)?", sentence)
        }
        headings = set(re.findall(r"^#+ (?:Part )?(\d(?:\.\d+)?)\b", SCIENCE, re.MULTILINE))
        assert {"3.6", "4.4"} <= cited
        assert cited <= headings

    def test_has_the_evidence_table(self) -> None:
        rows = read_rows("# Part 1. Evidence")
        for row in reasons.load_evidence().values():
            cells = [row.rule, row.value, row.source, row.status, row.confidence, row.engine_use]
            assert rows[row.id] == cells
        assert {name for name in rows if name.startswith("EV")} == set(reasons.load_evidence())

    def test_cites_evidence_that_exists(self) -> None:
        assert set(re.findall(r"EV-\d+", SCIENCE)) == set(reasons.load_evidence())

    @pytest.mark.parametrize("ladder", LADDERS.values(), ids=list(LADDERS))
    def test_has_every_rung(self, ladder: tuple[Rung, ...]) -> None:
        for rung in ladder:
            start = f"| {SHORT[rung.track]}{rung.number} | {rung.slug} | {rung.name} | "
            (row,) = (line for line in SCIENCE.splitlines() if line.startswith(start))
            assert f" | {rung.reps_low}-{rung.reps_high} | " in row
            assert row.endswith(f" | {rung.rest_s} s | {rung.coef / 100:.2f} |")

    @pytest.mark.parametrize(
        ("heading", "rules"),
        [
            ("## 4.5 Reason codes", reasons.REASONS),
            ("## 3.8 Output", reasons.NOTICES),
            ("## 3.8 Output", reasons.TIMING),
        ],
        ids=["reasons", "notices", "timing"],
    )
    def test_has_every_sentence(
        self, heading: str, rules: dict[str, reasons.ReasonTemplate]
    ) -> None:
        rows = read_rows(heading)
        for code, rule in rules.items():
            assert rows[code] == [rule.sentence, ", ".join(rule.evidence)]

    def test_has_the_sentences_of_blocks_and_the_disclaimer(self) -> None:
        for rule in reasons.BLOCKS.values():
            assert f"| {rule.sentence} |" in SCIENCE
        assert reasons.DISCLAIMER in re.sub(r"\n> ", " ", SCIENCE)

    def test_names_every_data_note(self) -> None:
        assert [code for code in NOTE_SENTENCES if f"`{code}`" not in SCIENCE] == []

    def test_shows_the_default_programme(self) -> None:
        shown = [
            line
            for block in re.findall(r"^```\n(.*?)^```", SCIENCE, re.MULTILINE | re.DOTALL)
            for line in block.splitlines()
        ]
        assert shown == [line for week in plan_program().weeks for line in format_week(week)]
