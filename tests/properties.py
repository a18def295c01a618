"""The number of examples of a property test."""

from hypothesis import settings

# Hypothesis' own number, which the usual profile keeps.
USUAL = 100


def at_most(count: int) -> int:
    """Return `count`, or fewer if the profile of the run has fewer (`make quick`), or more in
    proportion if it has more (`--hypothesis-profile=thorough`).
    """
    examples = settings().max_examples
    return min(count, examples) if examples <= USUAL else count * examples // USUAL
