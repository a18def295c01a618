"""Pictures that cannot lie: each shows what the words of its exercise say.

The words are quotes. If the catalogue changes, the quote is missing there, and the picture has to
be looked at again. `words/<track>.py` has the tables.
"""

import pytest

from app.training.catalog.exercises import EXERCISES
from tests.formats.figures.repetition import build_repetition
from tests.formats.figures.words import (
    bent_knee,
    bridge,
    plank,
    side_plank,
    step_up,
    straight_knee,
)
from tests.formats.figures.words.claims import Claim

TABLES = (straight_knee, bent_knee, step_up, side_plank, bridge, plank)
WORDS = {slug: claims for table in TABLES for slug, claims in table.WORDS.items()}
CASES = [
    pytest.param(slug, claim, id=f"{slug}: {claim[0]}")
    for slug, claims in WORDS.items()
    for claim in claims
]


class TestWords:
    @pytest.mark.parametrize("slug", sorted(EXERCISES))
    def test_every_exercise_has_at_least_four_claims(self, slug: str) -> None:
        assert len(WORDS.get(slug, ())) >= 4

    @pytest.mark.parametrize(("slug", "claim"), CASES)
    def test_quotes_the_catalogue(self, slug: str, claim: Claim) -> None:
        exercise = EXERCISES[slug]
        text = [*exercise.setup, *exercise.movement, *exercise.cues]
        assert any(claim[0] in sentence for sentence in text)

    @pytest.mark.parametrize(("slug", "claim"), CASES)
    def test_is_shown(self, slug: str, claim: Claim) -> None:
        assert claim[1](build_repetition(slug))
