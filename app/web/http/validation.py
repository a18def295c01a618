"""From what validation found wrong to the errors of a problem.

Messages say what would be right and never repeat the value that was sent.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Annotated, Any

from fastapi import Path
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from app.web.http.problems import MOST_ERRORS, FieldError, at_parameter, at_pointer

# Pydantic's words where they would confuse somebody who has never seen Python.
WORDS = {
    "missing": "is required",
    "extra_forbidden": "is not a field of this object; check the spelling",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false",
    "string_type": "must be a string",
    "list_type": "must be a list",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "model_attributes_type": "must be an object",
    "model_type": "must be an object",
    "dict_type": "must be an object",
    "string_pattern_mismatch": "must match the pattern {pattern}",
}
# Codes of ours for what Pydantic tells apart.
CODES = {"float_type": "number", "finite_number": "number"}
# Steps of a location that name our types, not the client's fields.
INTERNAL = ("function-", "constrained-", "tagged-union", "is-instance")


def plain_integer(text: object) -> object:
    """The integer of a path or query, spelled with digits and nothing else."""
    if isinstance(text, str) and not (text.isascii() and text.isdigit() and len(text) <= 16):
        raise PydanticCustomError("plain_integer", "must be a whole number in plain digits")
    return text


# A place in a list, counted from 1, as a part of a path.
Ordinal = Annotated[
    int,
    Field(ge=1, le=100),
    BeforeValidator(plain_integer),
    Path(description="Its number, counted from 1.", examples=[1]),
]


def tell(errors: Iterable[Mapping[str, Any]]) -> list[FieldError]:
    """The errors of a request as FastAPI found them, each under its pointer or parameter, and no
    more of them than are told.
    """
    return [tell_one(error) for error in islice(errors, MOST_ERRORS)]


def tell_one(error: Mapping[str, Any]) -> FieldError:
    """One error; its location begins with the part of the request that holds it."""
    place, *path = error["loc"]
    code, detail = CODES.get(error["type"], error["type"]), word(error)
    if place == "body":
        return at_pointer(clean(path), detail, code)
    return at_parameter(".".join(str(step) for step in path), detail, code)


def word(error: Mapping[str, Any]) -> str:
    """What is wrong, in our words or Pydantic's."""
    if (template := WORDS.get(error["type"])) is not None:
        return template.format_map(error.get("ctx", {}))
    message: str = error["msg"]
    return message[0].lower() + message[1:]


def clean(path: Sequence[str | int]) -> list[str | int]:
    """The path without steps that are ours alone."""
    return [step for step in path if isinstance(step, int) or not step.startswith(INTERNAL)]
