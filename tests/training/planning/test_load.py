"""Tests of an external load in two units."""

import pytest

from app.training.planning.load import Load


class TestKg:
    @pytest.mark.parametrize(
        ("load", "kg"),
        [
            (Load(12.5, "kg"), 12.5),
            (Load(1, "lb"), 0.4536),
            (Load(100, "lb"), 45.3592),
            (Load(0, "lb"), 0),
        ],
    )
    def test_is_exact_for_kilograms_and_to_a_tenth_of_a_gram_for_pounds(
        self, load: Load, kg: float
    ) -> None:
        assert load.kg == kg
