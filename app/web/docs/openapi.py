"""The contract: the OpenAPI document of the app, as /openapi.json and as openapi.yaml.

FastAPI derives it from the routes, operations completes it; here it gets its frame, and names
that read well in generated clients. A test holds the file to the app.
"""

import re
from collections.abc import Mapping
from typing import Any

import yaml
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter
from starlette.types import ASGIApp, Receive, Scope, Send

from app.web.docs import field_docstrings, operations
from app.web.docs.operations import Json
from app.web.http.problems import ProblemBody

DESCRIPTION = """\
Calf and core strength for runners: exercise instructions, progressive weekly programmes, and a
log of what was done.

**In one call**: `POST /programs` with `{}` plans twelve weeks for a beginner. Every field is
optional, nothing is stored, and the `program_id` of the answer is the programme itself: the same
bytes stay at `/programs/{program_id}` for ever.

**With a key**: `PUT /sessions/{session_id}` stores what was done. You make the ids, so a retry is
harmless; a 2xx means that it is on disk. Offline queues go to `POST /sessions/batch`.

**Errors** are problems (RFC 9457), each with a page under `/problems`.

Every prescription names its reason and its evidence. What is an engineering choice says so. This
is general fitness information, not medical advice.
"""
TAGS = [
    {"name": "programs", "description": "Plan a programme. No key, nothing stored."},
    {"name": "exercises", "description": "How each exercise is done, and why. No key."},
    {"name": "evidence", "description": "What the ids in every reason stand for. No key."},
    {"name": "sessions", "description": "What was done. Needs a key."},
    {"name": "athletes", "description": "What stands for one person. Needs a key."},
    {
        "name": "calendars",
        "description": "Addresses that a calendar app subscribes to. Opening one needs a key.",
    },
    {"name": "health", "description": "Whether the process lives and is ready."},
]
# FastAPI's own words for a failed validation.
NEVER_ANSWERED = ("HTTPValidationError", "ValidationError")
# Values whose own name would puzzle a client that knows no other part of this code.
TITLES = {"FollowedWeek": "CourseWeek", "ProblemBody": "Problem", "Session": "PlannedSession"}
SCHEMAS = "#/components/schemas/"
# Line breaks that are the source's and not the text's; Swagger UI would show every one of them.
WRAPPED = re.compile(r"(?<!\n)\n(?!\n)")


class ContractApp(FastAPI):
    """A FastAPI app that tells its contract in our words."""

    front: ASGIApp | None = None
    """What every request meets before the framework does."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self.front or self.answer)(scope, receive, send)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers by the framework."""
        await super().__call__(scope, receive, send)

    def openapi(self) -> Json:
        """The OpenAPI document, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = describe(self)
        return self.openapi_schema


def describe(app: FastAPI) -> Json:
    """The OpenAPI 3.1 document of an app."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version="3.1.0",
        summary="Calf and core strength for runners as a service.",
        description=DESCRIPTION,
        routes=app.routes,
        tags=TAGS,
        servers=[{"url": "/", "description": "This service."}],
        contact={"name": "the Pushoff contributors"},
        license_info={"name": "MIT", "url": "https://opensource.org/license/mit"},
    )
    for path in document["paths"].values():
        for method, operation in path.items():
            operations.complete(method, operation)
    components = document["components"]
    components["schemas"] |= describe_problem()
    field_docstrings.describe_fields(components["schemas"])
    for name in NEVER_ANSWERED:
        components["schemas"].pop(name, None)
    for schema in components["schemas"].values():
        explain_fields(schema)
    components["responses"] = dict(sorted(operations.share_problems(document["paths"])))
    components["headers"] = operations.describe_headers()
    return name_well(document)


def explain_fields(schema: Json) -> None:
    """Takes the defaults out of a schema; what is always there in an answer has none."""
    for name, field in schema["properties"].items():
        if name in schema.get("required", ()):
            field.pop("default", None)
        operations.explain_default(field, field)


def describe_problem() -> Json:
    """The schemas of a problem and its parts."""
    schema = TypeAdapter(ProblemBody).json_schema(
        ref_template=SCHEMAS + "{model}", mode="serialization"
    )
    return {**schema.pop("$defs"), "ProblemBody": schema}


def name_well(document: Json) -> Json:
    """The document with its schemas under their titles, and no other title in any of them."""
    schemas = document["components"]["schemas"]
    for key, title in TITLES.items():
        schemas[key]["title"] = title
    names = {SCHEMAS + key: SCHEMAS + schema["title"] for key, schema in schemas.items()}
    tidied: Json = tidy(document, names)
    tidied["info"] = {"title": document["info"]["title"], **tidied["info"]}
    tidied["components"]["schemas"] = dict(
        sorted(
            (schemas[k]["title"], schema) for k, schema in tidied["components"]["schemas"].items()
        )
    )
    return tidied


def tidy(node: Any, names: Mapping[str, str]) -> Any:
    """A copy of a part of the document: references renamed, texts unwrapped, whole numbers
    without a point, and no titles, which only repeat names and of which generators make odd ones.
    """
    if isinstance(node, dict):
        return {
            key: part if key in ("example", "examples") else tidy(part, names)
            for key, part in node.items()
            if key != "title" or not isinstance(part, str)
        }
    if isinstance(node, list):
        return [tidy(part, names) for part in node]
    if isinstance(node, str):
        return WRAPPED.sub(" ", names.get(node, node)).strip()
    return int(node) if isinstance(node, float) and node.is_integer() else node


def spell(document: Json) -> str:
    """The document as YAML, with long texts folded and nothing by reference to somewhere above."""
    return yaml.dump(document, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=100)


class Dumper(yaml.SafeDumper):
    """YAML that is pleasant to read."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def fold(dumper: Dumper, text: str) -> yaml.ScalarNode:
    """Paragraphs as a folded block, anything shorter as it is."""
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, ">" if "\n" in text else None)


Dumper.add_representer(str, fold)
