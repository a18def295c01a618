"""The sizes of the durability tests: short for `make test`, long for `make soak`.

`SOAK=1` chooses the long form of all tests. A variable for each size sets that one: `KILLS=20`.
"""

import os
from collections.abc import Callable

RecordFigure = Callable[[str, object], None]
"""Records a figure of a test for the table of `make soak`: pytest's `record_property`."""


def read_size(name: str, *, short: int, long: int) -> int:
    """Return the value of the environment variable `name`, or else `long` or `short`."""
    return int(os.environ.get(name) or (long if os.environ.get("SOAK") else short))
