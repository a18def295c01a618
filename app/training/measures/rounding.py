"""How exact numbers are printed: two decimals half to even, percentages half up.

Measures stay exact, as integers and fractions, until they are handed here; nothing is decided on
a printed number.
"""

from fractions import Fraction

Exact = int | Fraction


def round_figure(exact: Exact) -> float:
    """The figure with two decimals, a half to the even neighbour."""
    return float(round(Fraction(exact), 2))


def round_ratio(part: Exact, whole: Exact) -> float | None:
    """Part by whole with two decimals; None where the whole is zero."""
    return round_figure(Fraction(part) / whole) if whole else None


def round_percent(share: Exact) -> int:
    """A share that is not negative in full percent, a half up."""
    return int((200 * share + 1) // 2)


def round_percent_of(part: Exact, whole: Exact) -> int | None:
    """Part of whole in full percent; None where the whole is zero."""
    return round_percent(Fraction(part) / whole) if whole else None
