"""Builds sessions and sets from the lists of their fields, for row_mapping and from_wire.

Most fields have the same name and value in a dataclass, in a row and on the wire. They are listed
here from the dataclass, so that a new field needs no code. The callers handle the special ones.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import TypeVar

T = TypeVar("T")


def list_plain_fields(owner: type, special: Sequence[str]) -> list[str]:
    """Return the names of a dataclass's fields, in its order, without the special ones."""
    return [field.name for field in fields(owner) if field.name not in special]


def make_builder(owner: type[T], special: Sequence[str]) -> Callable[..., T]:
    """Return a function that builds a value from its special and then its plain fields.

    It writes the slots of the frozen dataclass, which takes 1.1 µs for a set. The constructor takes
    2.2 with named fields and 2.9 with a dict of them.
    """
    names = [*special, *list_plain_fields(owner, special)]
    writers = [getattr(owner, name).__set__ for name in names]

    def build(*values: object) -> T:
        built = object.__new__(owner)
        for write, value in zip(writers, values, strict=True):
            write(built, value)
        return built

    return build
