"""The number of examples of a property test."""

from hypothesis import settings


def at_most(count: int) -> int:
    """Return `count`, or fewer if the profile of the run has fewer (`make quick`)."""
    return min(count, settings().max_examples)
