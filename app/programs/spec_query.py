"""A spec as a query string: `?level=beginner&heel_rise_test.left=20&equipment=chair`.

The parameters are derived from the schema of the body, so that both ways take the same fields
and neither can be forgotten. Dots reach into objects, a repeated name makes a list, and an empty
list is written `equipment=`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.programs.schemas import SpecIn

JsonSchema = Mapping[str, Any]
INTEGER = re.compile(r"-?\d{1,18}")
NUMBER = re.compile(r"-?\d{1,18}(\.\d{1,18})?")


def flatten(schema: JsonSchema, definitions: JsonSchema, prefix: str = "") -> Iterator[Any]:
    """Each leaf of a model's JSON schema as an OpenAPI parameter."""
    for name, part in schema["properties"].items():
        leaf = without_null(part, definitions)
        if "properties" in leaf:
            yield from flatten(leaf, definitions, f"{prefix}{name}.")
        else:
            yield {
                "name": prefix + name,
                "in": "query",
                "required": False,
                "description": part.get("description", ""),
                "schema": {
                    key: value for key, value in leaf.items() if key not in ("description", "title")
                },
            }


def without_null(part: JsonSchema, definitions: JsonSchema) -> JsonSchema:
    """What a field is when it is not null, references followed."""
    choices = [choice for choice in part.get("anyOf", [part]) if choice.get("type") != "null"]
    (leaf,) = choices
    if "$ref" in leaf:
        leaf = definitions[leaf["$ref"].rpartition("/")[2]]
    return leaf if "default" not in part or part is leaf else {**leaf, "default": part["default"]}


def exemplify(spec: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Each leaf of an example of a spec under the name of its parameter."""
    for name, value in spec.items():
        if isinstance(value, dict):
            yield from exemplify(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


SCHEMA = SpecIn.model_json_schema()
# The query's example is the second of the body's: the first is empty.
EXAMPLE = dict(exemplify(SCHEMA["examples"][1]))
PARAMETERS: list[dict[str, Any]] = [
    parameter
    | {"schema": {k: v for k, v in parameter["schema"].items() if v is not None}}
    | ({"example": EXAMPLE[parameter["name"]]} if parameter["name"] in EXAMPLE else {})
    for parameter in flatten(SCHEMA, SCHEMA["$defs"])
]
SCHEMAS: dict[str, JsonSchema] = {p["name"]: p["schema"] for p in PARAMETERS}


def spell_out(query: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The JSON object that a query string stands for."""
    spec: dict[str, Any] = {}
    for name, text in query:
        schema = SCHEMAS[name]
        *parents, leaf = name.split(".")
        target = spec
        for parent in parents:
            target = target.setdefault(parent, {})
        if schema.get("type") == "array":
            target.setdefault(leaf, []).extend([read(text, schema["items"])] if text else [])
        else:
            target[leaf] = read(text, schema)
    return spec


def read(text: str, schema: JsonSchema) -> Any:
    """A value of the schema's type; other text stays text, for validation to point at."""
    kind = schema.get("type") or ("integer" if isinstance(schema["enum"][0], int) else "string")
    if kind == "integer" and INTEGER.fullmatch(text):
        return int(text)
    if kind == "number" and NUMBER.fullmatch(text):
        return float(text)
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    return text
