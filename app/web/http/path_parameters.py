"""Parameter types that several features share, with their validators."""

from typing import Annotated

from fastapi import Path
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError


def check_plain_integer(text: object) -> object:
    """Return the value of a query or path parameter unchanged if it may be an integer: at most 16
    ASCII digits. Pydantic alone would also accept `+1`, `1_000` and ` 1`.
    """
    if isinstance(text, str) and not (text.isascii() and text.isdigit() and len(text) <= 16):
        raise PydanticCustomError("plain_integer", "must be a whole number in plain digits")
    return text


# A path parameter: a position in a list, counted from 1.
Ordinal = Annotated[
    int,
    Field(ge=1, le=100),
    BeforeValidator(check_plain_integer),
    Path(description="Its number, counted from 1.", examples=[1]),
]
