"""A spec as a query string: `?level=beginner&heel_rise_test.left=20&core=plank&core=bridge`.

The parameters are derived from the JSON schema of the body, so both have the same fields. A dot
separates an object from its field, a repeated name makes a list, and an empty list is written
`equipment=`. In a list of objects each has a short form: `races=2027-05-02` and
`pauses=2026-12-24/2026-12-27`. `parse` returns the JSON object that SpecIn then validates; the
route puts PARAMETERS into the OpenAPI document.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from app.programs.schemas import SpecIn
from app.training.planning.start_checks import CLIENT_FIELDS

_JsonSchema = Mapping[str, Any]
_INTEGER = re.compile(r"-?\d{1,18}")
_NUMBER = re.compile(r"-?\d{1,18}(\.\d{1,18})?")
_NO_TAPER = ":no-taper"
_DAY = r"\d{4}-\d{2}-\d{2}"


class _ShortForm(NamedTuple):
    """How an object in a list is written in a query."""

    description: str
    pattern: str
    parse: Callable[[str], Any]


def _parse_race(text: str) -> Any:
    if text.endswith(_NO_TAPER):
        return {"date": text.removesuffix(_NO_TAPER), "taper": False}
    return {"date": text}


def _parse_pause(text: str) -> Any:
    first, _, last = text.partition("/")
    return {"from": first, "to": last or first}


_SHORT_FORMS = {
    "races": _ShortForm(
        f"Each is a day, such as `2027-05-02`, or `2027-05-02{_NO_TAPER}`.",
        f"^{_DAY}({_NO_TAPER})?$",
        _parse_race,
    ),
    "pauses": _ShortForm(
        "Each is the first and the last day, such as `2026-12-24/2026-12-27`, or a single day.",
        f"^{_DAY}(/{_DAY})?$",
        _parse_pause,
    ),
}


def _list_parameters(
    schema: _JsonSchema, definitions: _JsonSchema, prefix: str = ""
) -> Iterator[Any]:
    """Yield an OpenAPI parameter for each leaf of a model's JSON schema."""
    for name, part in schema["properties"].items():
        leaf = _drop_null(part, definitions)
        if "properties" in leaf:
            yield from _list_parameters(leaf, definitions, f"{prefix}{name}.")
        elif _has_query_form(prefix + name):
            yield _make_parameter(prefix + name, part.get("description", ""), leaf)


def _has_query_form(name: str) -> bool:
    """Return whether a client may write this field in a query. What only `continue` writes into a
    `start` is said shorter by the id of the programme.
    """
    top, *below = name.split(".")
    return top != "start" or (len(below) == 2 and below[1] in CLIENT_FIELDS)


def _make_parameter(name: str, description: str, leaf: _JsonSchema) -> Any:
    # The parameter has the description; a default of null says nothing.
    left_out = {"description", "title", *(key for key in leaf if leaf[key] is None)}
    schema = {key: leaf[key] for key in leaf if key not in left_out}
    if (form := _SHORT_FORMS.get(name)) is not None:
        description = f"{description} {form.description}"
        schema |= {"items": {"type": "string", "pattern": form.pattern}}
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema,
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
    """Return the JSON object of a spec. The route has refused unknown and repeated parameters."""
    spec: dict[str, Any] = {}
    for name, text in query:
        schema = _SCHEMAS[name]
        *parents, leaf = name.split(".")
        target = spec
        for parent in parents:
            target = target.setdefault(parent, {})
        if schema.get("type") == "array":
            values = [_parse_item(name, text, schema["items"])] if text else []
            target.setdefault(leaf, []).extend(values)
        else:
            target[leaf] = _parse_value(text, schema)
    return spec


def find_parameter(path: Sequence[str | int]) -> str:
    """Return the name of the parameter that a path into the spec belongs to."""
    names = [step for step in path if isinstance(step, str)]
    prefixes = (".".join(names[:count]) for count in range(len(names), 0, -1))
    return next((name for name in prefixes if name in _SCHEMAS), ".".join(names))


def _parse_item(name: str, text: str, schema: _JsonSchema) -> Any:
    form = _SHORT_FORMS.get(name)
    return _parse_value(text, schema) if form is None else form.parse(text)


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
