"""The docstrings of attributes, as the descriptions of their schemas.

Pydantic can do this by itself, while every route and encoder is being built: that reads and
parses the source of a module some hundred times and costs a third of a second at every start
(Python 3.11). Here it happens only when somebody asks for the contract. What is asked for in a
query is described by Pydantic all the same, because it is in no schema.
"""

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

PACKAGE = "app."
DOMAIN = "app.training."


def describe_fields(schemas: Mapping[str, dict[str, Any]]) -> None:
    """Adds descriptions to the properties of every schema that is a class of ours.

    A value of the domain is answered whole, so all of its attributes are always there.
    """
    for kind in find_classes():
        schema = schemas.get(kind.__name__)
        if schema is None:
            continue
        if kind.__module__.startswith(DOMAIN):
            schema["required"] = list(schema["properties"])
        for attribute, text in read_docstrings(kind).items():
            name = find_alias(kind, attribute)
            if name in schema.get("properties", {}):
                schema["properties"][name]["description"] = text


def find_classes() -> Iterator[type]:
    """Every dataclass and every model that a loaded module of ours defines."""
    for name, module in list(sys.modules.items()):
        if name.startswith(PACKAGE):
            for kind in vars(module).values():
                if isinstance(kind, type) and has_fields(kind) and kind.__module__ == name:
                    yield kind


def find_alias(kind: type, attribute: str) -> str:
    """What an attribute is called in a schema."""
    field = kind.model_fields.get(attribute) if issubclass(kind, BaseModel) else None
    return (field and field.serialization_alias) or attribute


def read_docstrings(kind: type) -> dict[str, str]:
    """The docstring under each attribute of a class and of those that it inherits from."""
    found: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        if has_fields(each):
            found |= dict(read_class(find_class(each)))
    return found


def has_fields(kind: type) -> bool:
    """Whether a class of ours is a dataclass or a model."""
    return kind.__module__.startswith(PACKAGE) and (
        is_dataclass(kind) or issubclass(kind, BaseModel)
    )


def find_class(kind: type) -> ast.ClassDef:
    """A class as its source has it."""
    return next(
        node
        for node in parse(kind.__module__).body
        if isinstance(node, ast.ClassDef) and node.name == kind.__name__
    )


@lru_cache(maxsize=2)
def parse(module: str) -> ast.Module:
    """The source of a module, kept until the classes of another two are asked for."""
    return ast.parse(inspect.getsource(sys.modules[module]))


def read_class(source: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """Annotated names that a string stands under."""
    for line, below in zip(source.body, source.body[1:], strict=False):
        match line, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, inspect.cleandoc(text)
