"""How often the durability tests try: as often as `make test` has time for, or as `make soak` has.

`SOAK=1` chooses the long form of all of them, and a variable of its own sets any one: `KILLS=20`.
"""

import os
from collections.abc import Callable

Record = Callable[[str, object], None]
"""What notes a figure of a test for the table of `make soak`: pytest's `record_property`."""


def size(name: str, *, short: int, long: int) -> int:
    """How many: what the variable of this name says, or one of the two."""
    return int(os.environ.get(name) or (long if os.environ.get("SOAK") else short))
