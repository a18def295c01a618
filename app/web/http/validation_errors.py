"""Turn validation errors of Pydantic and FastAPI into the `errors` of a problem.

Error handlers and features call `describe_errors`. Messages say what is expected and never
repeat the value that was sent.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from pydantic import ValidationError, WrapValidator

from app.web.http.problems import MAX_ERRORS, FieldError, error_at_parameter, error_at_pointer

# By Pydantic's error type: messages where Pydantic's own use Python terms.
_MESSAGES = {
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
# By Pydantic's error type: one code for two types that mean the same to a client.
_CODES = {"float_type": "number", "finite_number": "number"}
# Steps of an error's location that name Python types, not fields of the client.
_INTERNAL_STEPS = ("function-", "constrained-", "tagged-union", "is-instance")


def validate_in_slices(size: int, most: int) -> WrapValidator:
    """Return a validator for a list that stops behind the first slice with an error.

    Pydantic would make an error for each of 100,000 invalid items, which takes a second and 300 MB,
    while the answer lists MAX_ERRORS. `most` is the list's own limit, which is checked first.
    """

    def validate(sent: Any, check: Callable[[Any], list[Any]]) -> list[Any]:
        if not isinstance(sent, list) or not size < len(sent) <= most:
            return check(sent)
        valid: list[Any] = []
        for start in range(0, len(sent), size):
            try:
                valid += check(sent[start : start + size])
            except ValidationError:
                # Once more from the beginning, so that errors have the right index.
                return check(sent[: start + size])
        return valid

    return WrapValidator(validate)


def describe_errors(errors: Iterable[Mapping[str, Any]]) -> list[FieldError]:
    """Return the first MAX_ERRORS errors of FastAPI, each with its JSON pointer or parameter."""
    return [_describe_error(error) for error in islice(errors, MAX_ERRORS)]


def _describe_error(error: Mapping[str, Any]) -> FieldError:
    # The first step of a location is the part of the request: body, query, path or header.
    part, *path = error["loc"]
    code, detail = _CODES.get(error["type"], error["type"]), _describe_rule(error)
    if part == "body":
        return error_at_pointer(_remove_internal_steps(path), detail, code)
    return error_at_parameter(".".join(str(step) for step in path), detail, code)


def _describe_rule(error: Mapping[str, Any]) -> str:
    if (template := _MESSAGES.get(error["type"])) is not None:
        return template.format_map(error.get("ctx", {}))
    message: str = error["msg"]
    return message[0].lower() + message[1:]


def _remove_internal_steps(path: Sequence[str | int]) -> list[str | int]:
    return [step for step in path if isinstance(step, int) or not step.startswith(_INTERNAL_STEPS)]
