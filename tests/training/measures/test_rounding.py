"""The rounding of exact figures for the answer."""

from fractions import Fraction

import pytest

from app.training.measures.rounding import (
    round_figure,
    round_percent,
    round_percent_of,
    round_ratio,
)


class TestRoundFigure:
    @pytest.mark.parametrize(
        ("exact", "printed"),
        [
            (Fraction(1, 8), 0.12),
            (Fraction(3, 8), 0.38),
            (Fraction(-1, 8), -0.12),
            (Fraction(17, 6), 2.83),
            (7, 7.0),
        ],
    )
    def test_rounds_a_half_to_even(self, exact: Fraction, printed: float) -> None:
        assert round_figure(exact) == printed

    def test_has_no_minus_zero(self) -> None:
        assert str(round_figure(Fraction(-1, 1000))) == "0.0"


class TestRoundRatio:
    def test_divides(self) -> None:
        assert round_ratio(2, 3) == 0.67

    def test_is_none_of_zero(self) -> None:
        assert round_ratio(2, 0) is None


class TestRoundPercent:
    @pytest.mark.parametrize(
        ("share", "printed"),
        [(Fraction(1, 8), 13), (Fraction(1249, 10_000), 12), (Fraction(20, 24), 83), (1, 100)],
    )
    def test_rounds_a_half_up(self, share: Fraction, printed: int) -> None:
        assert round_percent(share) == printed

    def test_is_none_of_zero(self) -> None:
        assert (round_percent_of(12, 24), round_percent_of(1, 0)) == (50, None)
