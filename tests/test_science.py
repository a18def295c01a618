"""docs/science.md fits the code: its tables are compared cell by cell."""

import re
from pathlib import Path

import pytest

from app.training.catalog import reasons
from app.training.catalog.exercises import LADDERS
from app.training.catalog.track_definitions import Track
from app.training.catalog.warning_signs import WARNING_SIGNS
from app.training.planning.spec import Spec
from tests import science_tables as tables
from tests.science_tables import Row

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "science.md").read_text(encoding="utf-8")
CODE = [file for folder in ("app", "tests") for file in sorted((ROOT / folder).rglob("*.py"))]

SECTIONS = [*zip(LADDERS, ("2.2", "2.3", "2.4", "2.4a", "2.4b", "2.4c"), strict=True)]
"""The section of each ladder."""


def read_section(heading: str) -> str:
    """Return the text below a heading, up to the next one."""
    found = re.search(rf"^#+ {re.escape(heading)}\b.*\n", PAGE, re.MULTILINE)
    assert found, heading
    return re.split(r"^#", PAGE[found.end() :], maxsplit=1, flags=re.MULTILINE)[0]


def read_table(heading: str, first: str) -> list[Row]:
    """Return the rows of the table of a section whose head begins with a word."""
    _, _, below = read_section(heading).partition(f"\n| {first} | ")
    assert below, (heading, first)
    rows = below.split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def list_citations() -> set[str]:
    """Return the sections, and steps of sections, that code and page cite."""
    texts = [file.read_text() for file in CODE]
    found = [
        one for text in texts for one in re.findall(r"[Ss]cience (?:part )?\d[\d., and]*", text)
    ]
    numbers = {number for one in found for number in re.findall(r"\d(?:\.\d+)*", one)}
    return numbers | set(re.findall(r"\b[34]\.\d\.\d+\b", PAGE))


class TestSections:
    def test_exist_for_every_citation(self) -> None:
        sections = {".".join(number.split(".")[:2]) for number in list_citations()}
        headings = set(re.findall(r"^#+ (?:Part )?(\d(?:\.\d+)?)\b", PAGE, re.MULTILINE))
        assert {"3.6", "4.4"} <= sections
        assert sections <= headings

    def test_have_every_step_that_is_cited(self) -> None:
        cited = {number for number in list_citations() if number.count(".") == 2}
        assert {"3.7.5", "4.4.9"} <= cited
        for number in cited:
            section, _, step = number.rpartition(".")
            assert re.search(rf"^{step}\. ", read_section(section), re.MULTILINE), number

    def test_have_every_rule_of_the_log_that_code_cites(self) -> None:
        cited = {n for file in CODE for n in re.findall(r"[Ss]cience (N\d+)", file.read_text())}
        assert cited <= {row[0] for row in read_table("4.2", "rule")}
        assert "N6" in cited

    def test_have_every_invariant_that_a_test_names(self) -> None:
        named = {
            f"I-{number}"
            for file in CODE
            for name in re.findall(r"def test_\w+", file.read_text())
            for number in re.findall(r"_i_(\d+)", name)
        }
        assert {"I-1", "I-26"} <= named
        assert named <= {row[0] for row in read_table("3.9", "invariant")}


class TestEvidence:
    def test_is_the_table(self) -> None:
        assert read_table("Part 1. Evidence", "id") == [
            [row.id, row.rule, row.value, row.source, row.status, row.confidence, row.engine_use]
            for row in reasons.load_evidence().values()
        ]

    def test_exists_for_every_citation(self) -> None:
        assert set(re.findall(r"EV-\d+", PAGE)) == set(reasons.load_evidence())


class TestExercises:
    @pytest.mark.parametrize(("track", "heading"), SECTIONS)
    def test_are_on_the_ladder(self, track: Track, heading: str) -> None:
        assert read_table(heading, "rung") == tables.list_ladder(track)

    def test_have_their_tracks(self) -> None:
        assert read_table("2.1", "track") == tables.list_tracks()

    def test_start_where_the_tracks_say(self) -> None:
        assert read_table("3.2", "track") == tables.list_starts()

    def test_have_alternatives(self) -> None:
        assert read_table("2.4d", "slug") == tables.list_alternatives()

    def test_have_others_beside_the_ladders(self) -> None:
        assert read_table("2.4d", "beside") == tables.list_content_only()

    def test_have_names_in_fit(self) -> None:
        assert read_table("2.6", "exercise") == tables.list_fit_names()


class TestWarningSigns:
    def test_are_named(self) -> None:
        text = read_section("2.8").partition("Documented codes:")[2].partition(".")[0]
        named = re.findall(r"`(\w+)`", text)
        assert named == [sign.code for sign in WARNING_SIGNS]

    def test_come_with_the_disclaimer(self) -> None:
        assert reasons.DISCLAIMER in re.sub(r"\n> ", " ", PAGE)


class TestSpec:
    def test_has_every_field_with_its_default(self) -> None:
        shown = {row[0]: row[2] for row in read_table("3.1", "field")}
        fields = {name: getattr(Spec(), name) for name in Spec.__dataclass_fields__}
        expected = {f"`{name}`": tables.format_default(value) for name, value in fields.items()}
        assert {name: shown.get(name) for name in expected} == expected


class TestConstants:
    def test_are_those_of_the_code(self) -> None:
        assert {row[0]: row[1] for row in read_table("3.2", "constant")} == tables.list_constants()


class TestSentences:
    def test_of_reasons(self) -> None:
        assert read_table("4.5", "code") == tables.list_reasons()

    def test_of_notices(self) -> None:
        assert [row[:3] for row in read_table("3.8", "notice")] == tables.list_sentences(
            reasons.NOTICES
        )

    def test_of_advice_on_time(self) -> None:
        assert [row[:3] for row in read_table("3.8", "advice")] == tables.list_sentences(
            reasons.TIMING
        )

    def test_of_week_notes(self) -> None:
        shown = [row[:3] for row in read_table("4.5", "week note")]
        assert shown == tables.list_sentences(reasons.WEEK_NOTES)

    def test_of_blocks(self) -> None:
        expected = [
            [name, one.code, one.sentence, tables.list_evidence(one.evidence)]
            for name, one in reasons.BLOCKS.items()
        ]
        assert read_table("4.5", "block") == expected

    def test_of_data_notes(self) -> None:
        shown = {row[0]: row[1] for row in read_table("4.2", "data note")}
        assert shown == dict(reasons.NOTE_SENTENCES)

    def test_of_today(self) -> None:
        shown = {row[0]: row[1] for row in read_table("4.6", "today")}
        assert shown == dict(reasons.TODAY_SENTENCES)
