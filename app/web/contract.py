"""The contract: the OpenAPI document of the app, as /openapi.json and as openapi.yaml.

FastAPI derives it from the routes; here it gets its frame: what the service is, how errors look,
and nothing that no operation answers. A test holds the file to the app.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from app.web.problems import ProblemBody

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
    {"name": "sessions", "description": "What was done. Needs a key."},
    {"name": "health", "description": "Whether the process lives and is ready."},
]
# FastAPI's own words for a failed validation, which this service never answers.
NEVER_ANSWERED = ("HTTPValidationError", "ValidationError")


class Service(FastAPI):
    """A FastAPI app that tells its contract in our words."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = describe(self)
        return self.openapi_schema


def describe(app: FastAPI) -> dict[str, Any]:
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
    schemas: dict[str, Any] = document["components"]["schemas"]
    problem = TypeAdapter(ProblemBody).json_schema(
        ref_template="#/components/schemas/{model}", mode="serialization"
    )
    schemas |= problem.pop("$defs")
    schemas["Problem"] = problem
    schemas.pop("ProblemBody", None)
    for name in NEVER_ANSWERED:
        schemas.pop(name, None)
    point_at_problem(document)
    return document


def point_at_problem(node: Any) -> None:
    """Turns every reference to the body of a problem into one to its public name."""
    if isinstance(node, dict):
        if node.get("$ref") == "#/components/schemas/ProblemBody":
            node["$ref"] = "#/components/schemas/Problem"
        for child in node.values():
            point_at_problem(child)
    elif isinstance(node, list):
        for child in node:
            point_at_problem(child)
