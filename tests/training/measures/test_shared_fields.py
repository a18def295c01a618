"""The caveats of the measures."""

import re

import pytest

from app.training.catalog.reasons import load_evidence
from app.training.measures.shared_fields import CAVEATS

# Promises about health, and talk of risk, that no figure here bears out.
FORBIDDEN = re.compile(r"injur|risk|prevent|treat|cure|rehab|diagnos|danger|acwr", re.IGNORECASE)
SENTENCES = [rule.sentence for rule in CAVEATS.values()]


class TestCaveats:
    def test_cites_existing_evidence(self) -> None:
        cited = {one for rule in CAVEATS.values() for one in rule.evidence}
        assert cited <= set(load_evidence())
        assert all(rule.evidence for rule in CAVEATS.values())

    @pytest.mark.parametrize("sentence", SENTENCES)
    def test_mentions_neither_risk_nor_cure(self, sentence: str) -> None:
        assert not FORBIDDEN.search(sentence)

    def test_fails_the_check_if_it_mentions_risk(self) -> None:
        assert FORBIDDEN.search("A high figure means a higher risk of injury.")

    @pytest.mark.parametrize("sentence", SENTENCES)
    def test_contains_whole_sentences(self, sentence: str) -> None:
        assert sentence[0].isupper()
        assert sentence.endswith(".")
