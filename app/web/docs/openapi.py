"""Build the OpenAPI document of the app, for /openapi.json and openapi.yaml.

FastAPI derives it from the routes. `operations` completes each operation, `field_docstrings` adds
descriptions, and this module sets the introduction and the names of schemas. A test checks that
openapi.yaml is up to date.
"""

import re
from collections.abc import Mapping
from typing import Any

import yaml
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from app.web.docs import field_docstrings, operations
from app.web.docs.operations import Json
from app.web.http.problems import ProblemBody
from app.web.layers.stack import LayeredApp

_DESCRIPTION = """\
Exercise instructions, progressive weekly programmes, and a training log that decides what comes
next.

**In one call**: `POST /programs` with the body `{}` plans twelve weeks for a beginner. All fields
are optional; `core` names the core tracks that join. Nothing is stored: the `program_id` in the
response encodes the whole spec, so `GET /programs/{program_id}` returns the same exercises, sets,
reps, seconds, loads and days until its engine is retired.

**With a key**: `PUT /sessions/{session_id}` stores a session of training. The client creates the
ids, so it is safe to repeat a request. A 2xx response means that the session is on disk. Send the
queue of an offline client to `POST /sessions/batch`.

**Examples** are real answers to the example requests, shortened: a list shows its first item.

**Errors** are `application/problem+json` (RFC 9457). `/problems` explains each kind.

Each prescription gives its reason and the evidence for it, and says where it is an engineering
choice. This is general fitness information, not medical advice.

Read on: [guides](/guides), from [start in five minutes](/guides/start) to the
[list of codes](/guides/codes); [the front page](/), which plans without a line of code; the
[changelog](/changelog).
"""
_TAGS = {
    "programs": "Plan a programme. No key; nothing is stored.",
    "exercises": "How to do each exercise, and why. No key.",
    "warning-signs": "What to ask a person before a programme. No key.",
    "reasons": "Every code that a programme may carry, with its sentences. No key.",
    "evidence": "The studies and engineering choices that reasons refer to by id. No key.",
    "sessions": "Store and read training sessions. Needs a key.",
    "athletes": "One athlete: progress, adapted programmes, export, erasure. Needs a key.",
    "calendars": "Feeds for calendar apps. Creating one needs a key; reading it does not.",
    "health": "Health checks of a server process. No key.",
}
# FastAPI's schemas for a failed validation, which is a Problem here.
_UNUSED_SCHEMAS = ("HTTPValidationError", "ValidationError")
# Schema names that generated clients get in place of the class names.
_TITLES = {
    "IllustratedExercise": "Exercise",
    "ProblemBody": "Problem",
    "Session": "PlannedSession",
    "UnmappedExercise": "Unmapped",
}
_SCHEMAS = "#/components/schemas/"
# A line break inside a paragraph, which Swagger UI would show.
_SOURCE_LINE_BREAK = re.compile(r"(?<!\n)\n(?!\n)")


class DocumentedApp(LayeredApp):
    """The app, with this module's OpenAPI document in place of FastAPI's."""

    def openapi(self) -> Json:
        """Return the OpenAPI document. It is built once."""
        if self.openapi_schema is None:
            self.openapi_schema = build_document(self)
        return self.openapi_schema


def build_document(app: FastAPI) -> Json:
    document = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version="3.1.0",
        summary="Calf and core strength for runners as a service.",
        description=_DESCRIPTION,
        routes=app.routes,
        tags=[{"name": name, "description": text} for name, text in _TAGS.items()],
        servers=[{"url": "/", "description": "This service."}],
        contact={"name": "the Pushoff contributors"},
        license_info={"name": "MIT", "url": "https://opensource.org/license/mit"},
    )
    for path in document["paths"].values():
        for method, operation in path.items():
            operations.complete_operation(method, operation)
    operations.add_example_answers(document["paths"])
    components = document["components"]
    components["schemas"] |= _build_problem_schemas()
    field_docstrings.describe_fields(components["schemas"])
    for name in _UNUSED_SCHEMAS:
        components["schemas"].pop(name, None)
    for schema in components["schemas"].values():
        _describe_defaults(schema)
    components["responses"] = dict(sorted(operations.share_problem_responses(document["paths"])))
    components["headers"] = operations.build_headers()
    return _rename_schemas(document)


def _describe_defaults(schema: Json) -> None:
    for name, field in schema["properties"].items():
        if name in schema.get("required", ()):
            field.pop("default", None)
        operations.describe_default(field, field)


def _build_problem_schemas() -> Json:
    schema = TypeAdapter(ProblemBody).json_schema(
        ref_template=_SCHEMAS + "{model}", mode="serialization"
    )
    return {**schema.pop("$defs"), "ProblemBody": schema}


def _rename_schemas(document: Json) -> Json:
    """Rename each schema to its title, remove all titles, and sort the schemas by name."""
    schemas = document["components"]["schemas"]
    for key, title in _TITLES.items():
        schemas[key]["title"] = title
    names = {_SCHEMAS + key: _SCHEMAS + schema["title"] for key, schema in schemas.items()}
    cleaned: Json = _clean(document, names)
    cleaned["info"] = {"title": document["info"]["title"], **cleaned["info"]}
    renamed = {schemas[k]["title"]: v for k, v in cleaned["components"]["schemas"].items()}
    cleaned["components"]["schemas"] = dict(sorted(renamed.items()))
    return cleaned


def _clean(node: Any, names: Mapping[str, str]) -> Any:
    """Copy a part of the document: rename references, join lines of a paragraph, write whole
    numbers without a point, and drop titles. Titles only repeat names, and code generators make
    class names of them.
    """
    if isinstance(node, dict):
        return {
            key: part if key in ("example", "examples") else _clean(part, names)
            for key, part in _simplify_pair(node).items()
            if key != "title" or not isinstance(part, str)
        }
    if isinstance(node, list):
        return [_clean(part, names) for part in node]
    if isinstance(node, str):
        return _SOURCE_LINE_BREAK.sub(" ", names.get(node, node)).strip()
    return int(node) if isinstance(node, float) and node.is_integer() else node


def _simplify_pair(schema: Json) -> Json:
    """Return the schema of a pair of equal parts in the form that all code generators know."""
    parts = schema.get("prefixItems")
    if not parts or any(part != parts[0] for part in parts):
        return schema
    kept = {key: part for key, part in schema.items() if key != "prefixItems"}
    return {**kept, "items": parts[0]}


def render_yaml(document: Json) -> str:
    """Render the document as YAML, with long texts folded and without aliases."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    # Paragraphs as a folded block, a single line in YAML's default style.
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, ">" if "\n" in text else None)


_Dumper.add_representer(str, _represent_text)
