"""Complete each operation of the OpenAPI document with what follows from its shape: headers,
problems and parameters; and with an example answer.

A route declares its success and its own problems with `describe_responses`. `openapi` calls
`complete_operation` for the rest, so that no route can forget it, and writes the document.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from app.web.http import problems
from app.web.http.problems import Problem

# Every response header that a client may want to read. A mandatory one is on every response that
# refers to it.
_HEADERS = {
    "Content-Disposition": "File name to save the body under.",
    "Content-Location": "URL that returns this same representation.",
    "ETag": "Identifies the current state, for `If-None-Match` and `If-Match`.",
    "Link": 'Related URLs: `rel="next"` is the next page of a list, absent on the last page;'
    ' `rel="describedby"` lists what the file format cannot express; `rel="successor-version"` is'
    " the same programme under the current engine.",
    "Location": "URL of what was stored.",
    "RateLimit": 'What is left of the quota, for example `"key";r=99;t=1`: requests (`r`), and the'
    " seconds until the quota is full again (`t`). Absent if the limit is off, and on rejections"
    " with 503 or 429 that take nothing from the quota.",
    "RateLimit-Policy": 'The quota, for example `"key";q=600;w=60;pushoff-burst=100`: requests'
    " (`q`) in a number of seconds (`w`), and requests at once after a pause (`pushoff-burst`).",
    "Retry-After": "Seconds to wait before a retry.",
    "WWW-Authenticate": "The authentication scheme: `Bearer`.",
    "X-Request-ID": "Id of the request in the service's log: the `X-Request-ID` of the request if"
    " it has 8 to 64 letters, digits, `.`, `_` or `-`, or else a new one.",
}
_MANDATORY_HEADERS = ("Location", "Retry-After", "WWW-Authenticate", "X-Request-ID")
_QUOTA_HEADERS = ("RateLimit", "RateLimit-Policy")
_HEADERS_BY_STATUS = {
    "401": ["WWW-Authenticate"],
    "429": ["Retry-After"],
    "503": ["Retry-After"],
}
# Real answers to the example requests, by operation and status; tests/contract writes them.
EXAMPLES_FILE = Path(__file__).parent / "example_answers.json"
# Operations with this tag are never limited.
_HEALTH_TAG = "health"
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "ETags that the client has stored. If one is current, the response is 304.",
    "schema": {"type": "string"},
}

Json = dict[str, Any]


def success_response(description: str, *headers: str) -> Json:
    """Return a success response for the `responses` of a route, with the names of its headers."""
    return {"description": description, "headers": _refer_to_headers(headers)}


def describe_responses(
    text: str, headers: Sequence[str] = (), kinds: Sequence[type[Problem]] = (), status: int = 200
) -> dict[int | str, Json]:
    """Return the `responses` of a route: its success, with the names of its headers, and problems
    that do not follow from the shape of the operation, such as NotFound.
    """
    return {status: success_response(text, *headers), **problems.problem_responses(*kinds)}


def _refer_to_headers(names: Iterable[str]) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def build_headers() -> Json:
    schema = {"type": "string"}
    return {
        name: {"description": text, "required": name in _MANDATORY_HEADERS, "schema": schema}
        for name, text in _HEADERS.items()
    }


def complete_operation(method: str, operation: Json) -> None:
    """Add problems, headers and If-None-Match to an operation, and clean its parameters."""
    responses = {
        status: response
        for status, response in operation["responses"].items()
        if status < "400" or problems.MEDIA_TYPE in response["content"]
    }
    for parameter in operation.get("parameters", ()):
        parameter["schema"] = _simplify_schema(parameter)
        describe_default(parameter["schema"], parameter)
        if (examples := parameter["schema"].pop("examples", None)) is not None:
            # Swagger UI fills in `example`, but not `examples`.
            parameter["example"] = examples[0]
    likely = problems.problem_responses(*_find_problems(method, operation))
    responses = {str(status): response for status, response in likely.items()} | responses
    if method == "get" and "ETag" in (headers := responses["200"].get("headers", {})):
        unchanged = "The stored representation is current."
        responses["304"] = {"description": unchanged, "headers": headers}
        operation.setdefault("parameters", []).append(_IF_NONE_MATCH)
    for status, response in responses.items():
        names = [*_HEADERS_BY_STATUS.get(status, ()), "X-Request-ID"]
        if problems.ProgramEngineRetired.link() in response["description"]:
            names.append("Link")
        # All operations share the response of a problem, whether they are limited or not.
        if status >= "400" or _is_limited(operation):
            names += _QUOTA_HEADERS
        response["headers"] = response.get("headers", {}) | _refer_to_headers(names)
    operation["responses"] = dict(sorted(responses.items()))


def add_example_answers(paths: Json) -> None:
    """Add to each operation that answers JSON what the service answers to its example request."""
    answers = json.loads(EXAMPLES_FILE.read_text("utf-8"))
    for operation in (operation for path in paths.values() for operation in path.values()):
        for status, example in answers.get(operation["operationId"], {}).items():
            # A status that is gone stays in the file until `make openapi` has written it anew.
            if status in operation["responses"]:
                content = operation["responses"][status]["content"]
                content["application/json"]["example"] = example


def _is_limited(operation: Json) -> bool:
    return _HEALTH_TAG not in operation["tags"]


def describe_default(schema: Json, described: Json) -> None:
    """Move a default from the schema into the description. With a default in the schema, generated
    clients require or send the field, and Swagger UI fills it in.
    """
    if (default := schema.pop("default", None)) is not None:
        text = default if isinstance(default, str) else json.dumps(default)
        described["description"] += f" Default: `{text}`."


def _simplify_schema(parameter: Json) -> Json:
    """Return the schema of a parameter without null, which a query cannot contain, and without
    title and description, which the parameter has.
    """
    beside_schema = ("title", "description")
    schema: Json = {k: v for k, v in parameter["schema"].items() if k not in beside_schema}
    choices = [one for one in schema.pop("anyOf", ()) if one != {"type": "null"}]
    return schema | (choices[0] if len(choices) == 1 else {"anyOf": choices} if choices else {})


def _find_problems(method: str, operation: Json) -> Iterator[type[Problem]]:
    """Yield the problems that follow from an operation. A route declares others, such as 404."""
    yield from problems.OF_ALL
    if _is_limited(operation):
        yield from problems.OF_LIMITED
    if "requestBody" in operation:
        yield from problems.WITH_BODY
    if "security" in operation:
        yield from problems.WITH_KEY
        if method != "get":
            yield from (problems.NotReplicated, problems.StorageFull)
    for parameter in operation.get("parameters", ()):
        yield from _find_parameter_problems(parameter)


def _find_parameter_problems(parameter: Json) -> Iterator[type[Problem]]:
    location, schema = parameter["in"], parameter["schema"]
    if location == "path":
        yield from (problems.MalformedJson, problems.UriTooLong)
    if location == "query" and schema.get("type") != "array":
        yield problems.AmbiguousParameter
    if parameter["name"] == "cursor":
        yield problems.InvalidCursor
    if parameter["name"] == "program_id" and location == "path":
        yield problems.ProgramEngineRetired
    # Any text is a valid plain string in a path. If nothing has that name, the problem is 404.
    if location == "query" or (location == "path" and schema != {"type": "string"}):
        yield problems.ValidationFailed


def share_problem_responses(paths: Json) -> Iterator[tuple[str, Json]]:
    """Replace each response with a single kind of problem, which is the same in all operations, by
    a reference. Yield the name and the response of each for the components.
    """
    names = {kind.link(): kind.__name__ for kind in problems.by_slug().values()}
    for operation in (operation for path in paths.values() for operation in path.values()):
        for status, response in operation["responses"].items():
            if (name := names.get(response["description"])) is not None:
                yield name, response
                operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
