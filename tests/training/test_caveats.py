"""What the measures say about themselves, in the code and on the page."""

import re
from pathlib import Path

import pytest

from app.training.caveats import CAVEATS
from app.training.reasons import evidence_table

PAGE = Path(__file__).parents[2] / "docs" / "measures.md"
# Promises about health, and talk of risk, that no figure here bears out.
FORBIDDEN = re.compile(r"injur|risk|prevent|treat|cure|rehab|diagnos|danger|acwr", re.IGNORECASE)
SENTENCES = [rule.sentence for rule in CAVEATS.values()]


class TestCaveats:
    def test_cite_evidence_that_exists(self) -> None:
        cited = {one for rule in CAVEATS.values() for one in rule.evidence}
        assert cited <= set(evidence_table())
        assert all(rule.evidence for rule in CAVEATS.values())

    @pytest.mark.parametrize("sentence", SENTENCES)
    def test_promise_nothing_and_threaten_nothing(self, sentence: str) -> None:
        assert not FORBIDDEN.search(sentence)

    def test_would_be_caught_if_they_did(self) -> None:
        assert FORBIDDEN.search("A high figure means a higher risk of injury.")

    @pytest.mark.parametrize("sentence", SENTENCES)
    def test_are_whole_sentences(self, sentence: str) -> None:
        assert sentence[0].isupper()
        assert sentence.endswith(".")


class TestPage:
    @pytest.mark.parametrize("group", CAVEATS)
    def test_shows_each_caveat_and_its_evidence(self, group: str) -> None:
        text = " ".join(section(group).split())
        assert f"Caveat: {CAVEATS[group].sentence}" in text
        assert f"Evidence: {', '.join(CAVEATS[group].evidence)}" in text.split("## ")[0]


def section(group: str) -> str:
    """What the page says about a group of measures."""
    return PAGE.read_text(encoding="utf-8").partition(f"\n## `{group}`\n")[2].partition("\n## ")[0]


def rows(group: str) -> set[str]:
    """The fields that the page's table names."""
    return set(re.findall(r"^\| `(\w+)` \|", section(group), re.MULTILINE))
