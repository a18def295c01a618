"""How many examples a property is tried with."""

from hypothesis import settings


def at_most(count: int) -> int:
    """So many examples, or fewer where the profile of the run has fewer (`make quick`)."""
    return min(count, settings().max_examples)
