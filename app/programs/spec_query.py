"""A spec as a query string: `?level=beginner&heel_rise_test.left=20&equipment=chair`.

The parameters are derived from the JSON schema of the body, so both have the same fields. A dot
separates an object from its field, a repeated name makes a list, and an empty list is written
`equipment=`. `parse` returns the JSON object that SpecIn then validates; the route puts PARAMETERS
into the OpenAPI document.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.programs.schemas import SpecIn

_JsonSchema = Mapping[str, Any]
_INTEGER = re.compile(r"-?\d{1,18}")
_NUMBER = re.compile(r"-?\d{1,18}(\.\d{1,18})?")


def _list_parameters(
    schema: _JsonSchema, definitions: _JsonSchema, prefix: str = ""
) -> Iterator[Any]:
    """Yield an OpenAPI parameter for each leaf of a model's JSON schema."""
    for name, part in schema["properties"].items():
        leaf = _drop_null(part, definitions)
        if "properties" in leaf:
            yield from _list_parameters(leaf, definitions, f"{prefix}{name}.")
        else:
            # The parameter has the description; a default of null says nothing.
            left_out = {"description", "title", *(key for key in leaf if leaf[key] is None)}
            yield {
                "name": prefix + name,
                "in": "query",
                "required": False,
                "description": part.get("description", ""),
                "schema": {key: leaf[key] for key in leaf if key not in left_out},
            }


def _drop_null(part: _JsonSchema, definitions: _JsonSchema) -> _JsonSchema:
    """Return the schema of a field without the choice of null, with references resolved."""
    (leaf,) = (choice for choice in part.get("anyOf", [part]) if choice.get("type") != "null")
    if "$ref" in leaf:
        leaf = definitions[leaf["$ref"].rpartition("/")[2]]
    return leaf if "default" not in part or part is leaf else {**leaf, "default": part["default"]}


def _list_examples(spec: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each leaf of an example of a spec, with the name of its parameter."""
    for name, value in spec.items():
        if isinstance(value, dict):
            yield from _list_examples(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


_SCHEMA = SpecIn.model_json_schema()
# The second example of the body, because the first is empty.
_EXAMPLE = dict(_list_examples(_SCHEMA["examples"][1]))
PARAMETERS: list[dict[str, Any]] = [
    parameter | ({"example": _EXAMPLE[parameter["name"]]} if parameter["name"] in _EXAMPLE else {})
    for parameter in _list_parameters(_SCHEMA, _SCHEMA["$defs"])
]
_SCHEMAS: dict[str, _JsonSchema] = {p["name"]: p["schema"] for p in PARAMETERS}


def parse(query: Iterable[tuple[str, str]]) -> dict[str, Any]:
    spec: dict[str, Any] = {}
    for name, text in query:
        schema = _SCHEMAS[name]
        *parents, leaf = name.split(".")
        target = spec
        for parent in parents:
            target = target.setdefault(parent, {})
        if schema.get("type") == "array":
            values = [_parse_value(text, schema["items"])] if text else []
            target.setdefault(leaf, []).extend(values)
        else:
            target[leaf] = _parse_value(text, schema)
    return spec


def _parse_value(text: str, schema: _JsonSchema) -> Any:
    """Parse a value of the schema's type. Other text stays text, which validation then rejects."""
    kind = schema.get("type") or ("integer" if isinstance(schema["enum"][0], int) else "string")
    if kind == "integer" and _INTEGER.fullmatch(text):
        return int(text)
    if kind == "number" and _NUMBER.fullmatch(text):
        return float(text)
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    return text
