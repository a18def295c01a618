"""The rounding of exact figures for the answer: two decimals half to even, percentages half up.

Measures compute with integers and fractions and call this last. Nothing is decided on a rounded
number.
"""

from fractions import Fraction

Exact = int | Fraction


def round_figure(exact: Exact) -> float:
    """Round to two decimals, a half to the even neighbour."""
    return float(round(Fraction(exact), 2))


def round_ratio(part: Exact, whole: Exact) -> float | None:
    """Return part / whole with two decimals; None if the whole is zero."""
    return round_figure(Fraction(part) / whole) if whole else None


def round_percent(share: Exact) -> int:
    """Return a non-negative share in whole percent, a half up."""
    return int((200 * share + 1) // 2)


def round_percent_of(part: Exact, whole: Exact) -> int | None:
    """Return part / whole in whole percent; None if the whole is zero."""
    return round_percent(Fraction(part) / whole) if whole else None
