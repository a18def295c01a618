"""Add the attribute docstrings of dataclasses and models to their schemas, as descriptions.

Called by `openapi` while it builds the document. Pydantic can do this itself, but does it while
every route and encoder is built: it reads and parses the source of modules some hundred times,
which takes a third of a second at every start (Python 3.11). Here it happens only when the document
is requested. Query models are described by Pydantic all the same, because they are in no schema.
"""

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from app.training.catalog.omission import list_omitted

_PACKAGE = "app."
_DOMAIN_PACKAGE = "app.training."


def describe_fields(schemas: Mapping[str, dict[str, Any]]) -> None:
    """Add descriptions to the properties of every schema that is a class of `app`.

    The fields of a `training` class are required, because responses contain all of them, except
    those that the class leaves out while they are empty.
    """
    for kind in _find_classes():
        schema = schemas.get(kind.__name__)
        if schema is None:
            continue
        if kind.__module__.startswith(_DOMAIN_PACKAGE):
            omitted = list_omitted(kind)
            schema["required"] = [name for name in schema["properties"] if name not in omitted]
        for attribute, text in read_docstrings(kind).items():
            name = _find_alias(kind, attribute)
            if name in schema.get("properties", {}):
                schema["properties"][name]["description"] = text


def _find_classes() -> Iterator[type]:
    for name, module in list(sys.modules.items()):
        if name.startswith(_PACKAGE):
            for kind in vars(module).values():
                if isinstance(kind, type) and _has_fields(kind) and kind.__module__ == name:
                    yield kind


def _find_alias(kind: type, attribute: str) -> str:
    if issubclass(kind, BaseModel):
        field = kind.model_fields.get(attribute)
        return (field and field.serialization_alias) or attribute
    if not is_dataclass(kind):
        return attribute
    aliases = {field.name: field.metadata.get("alias") for field in fields(kind)}
    return aliases.get(attribute) or attribute


def read_docstrings(kind: type) -> dict[str, str]:
    """Return the docstring of each attribute of a class, inherited ones included."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        if _has_fields(base):
            found |= dict(_read_class(_find_class_source(base)))
    return found


def _has_fields(kind: type) -> bool:
    is_own = kind.__module__.startswith(_PACKAGE)
    return is_own and (is_dataclass(kind) or issubclass(kind, BaseModel))


def _find_class_source(kind: type) -> ast.ClassDef:
    return next(
        node
        for node in _parse_module(kind.__module__).body
        if isinstance(node, ast.ClassDef) and node.name == kind.__name__
    )


# Classes come module by module, so two parsed modules are enough.
@lru_cache(maxsize=2)
def _parse_module(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(sys.modules[module]))


def _read_class(source: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for line, below in zip(source.body, source.body[1:], strict=False):
        match line, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, inspect.cleandoc(text)
