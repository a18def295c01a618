"""The limits of numbers in requests, for the field types of programs and sessions.

The bounds come from app.training; a number outside of them is a validation error.
"""

from typing import Any

from pydantic import Field

from app.training.planning.spec import Bounds


def within(bounds: Bounds) -> Any:
    """Return the annotation of a number with these bounds."""
    return Field(ge=bounds.low, le=bounds.high)
