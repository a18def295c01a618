"""The docstrings of values' attributes, as the descriptions of their schemas.

Pydantic can do this by itself, while every route and encoder is being built: that reads and
parses the source of a module some hundred times and costs a third of a second at every start
(Python 3.11). Here each module is read once, and only when somebody asks for the contract.
"""

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from typing import Any

PACKAGE = "app."
VALUES = "app.training."


def describe_values(schemas: Mapping[str, dict[str, Any]]) -> None:
    """Adds descriptions to the properties of every schema that is a dataclass of ours.

    A value of the domain is answered whole, so all of its attributes are always there.
    """
    values = {value.__name__: value for value in find_values()}
    for name, schema in schemas.items():
        value = values.get(name)
        if value is None:
            continue
        if value.__module__.startswith(VALUES):
            schema["required"] = list(schema["properties"])
        for attribute, text in read_docstrings(value).items():
            if attribute in schema.get("properties", {}):
                schema["properties"][attribute]["description"] = text


def find_values() -> Iterator[type]:
    """Every dataclass that a loaded module of ours defines."""
    for name, module in list(sys.modules.items()):
        if name.startswith(PACKAGE):
            for kind in vars(module).values():
                if isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == name:
                    yield kind


def read_docstrings(value: type) -> dict[str, str]:
    """The docstring under each attribute of a class and of those that it inherits from."""
    found: dict[str, str] = {}
    for kind in reversed(value.__mro__):
        if is_dataclass(kind):
            found |= dict(read_class(find_class(kind)))
    return found


def find_class(kind: type) -> ast.ClassDef:
    """A class as its source has it."""
    tree = ast.parse(inspect.getsource(sys.modules[kind.__module__]))
    return next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == kind.__name__)


def read_class(source: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """Annotated names that a string stands under."""
    for line, below in zip(source.body, source.body[1:], strict=False):
        match line, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, inspect.cleandoc(text)
