"""Fields that an answer leaves out when there is nothing to say.

The values of training are also the answers on the wire, and most exercises need no step height, no
reason of their own and no seconds. A dataclass names such fields with omit_if_empty(); the JSON
encoder of the service asks for them by the protocol below. Nothing here imports it.
"""

from collections.abc import Callable
from dataclasses import fields
from functools import partial
from operator import is_, not_
from typing import Any

Schema = dict[str, Any]


def omit_if_empty(*names: str) -> Any:
    """Return the `__get_pydantic_core_schema__` of a dataclass whose fields of these names are left
    out of its JSON while they are None, False or empty, as their default says. They need such a
    default, so that no reader expects them.
    """

    def build_schema(_: type, source: Any, handler: Callable[[object], Schema]) -> Schema:
        schema = handler(source)
        defaults = {field.name: field.default for field in fields(source)}
        for field in schema["schema"]["fields"]:
            if field["name"] in names:
                field["serialization_exclude_if"] = _choose_test(defaults[field["name"]])
        return schema

    build_schema.omitted = names  # type: ignore[attr-defined]
    return classmethod(build_schema)


def _choose_test(default: object) -> Callable[[object], bool]:
    """Return the test of a value that is left out. It is asked a thousand times for a programme, so
    it is no function in Python. A number that may be None is told, also if it is 0.
    """
    return partial(is_, None) if default is None else not_


def list_omitted(cls: type) -> tuple[str, ...]:
    """Return the names of the fields that a class leaves out of its JSON while they are empty."""
    names: tuple[str, ...] = getattr(
        getattr(cls, "__get_pydantic_core_schema__", None), "omitted", ()
    )
    return names
