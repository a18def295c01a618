"""What the contract says of every operation: the headers, problems and parameters that follow from
its shape.

A route declares what is special about it, with answered() and documented(); the rest is added
here, so that nobody can forget it. The document around the operations is made in contract.
"""

import json
from collections.abc import Iterator
from typing import Any

from app.web.http.problems import (
    MEDIA_TYPE,
    AmbiguousParameter,
    ContentTooLarge,
    DatabaseUnavailable,
    HeadersTooLarge,
    InsufficientScope,
    InternalError,
    InvalidCursor,
    InvalidHeader,
    MalformedJson,
    NotReplicated,
    Overloaded,
    Problem,
    ProgramEngineRetired,
    QuotaExceeded,
    RequestTimeout,
    StorageFull,
    Unauthenticated,
    UnknownParameter,
    UnsupportedMediaType,
    UriTooLong,
    ValidationFailed,
    family,
    problem_responses,
)

# Every header of an answer that a client may want to read. The mandatory ones are on every
# answer that they are described for.
HEADERS = {
    "Content-Disposition": "The name to save the file under.",
    "Content-Location": "An address at which this very answer stays.",
    "ETag": "Names this state of what was answered; for `If-None-Match` and `If-Match`.",
    "Link": 'What goes with it: `rel="next"` is the next page of a list, and left out on the last'
    ' one; `rel="describedby"` tells what a file cannot say.',
    "Location": "The address of what was stored.",
    "RateLimit": 'What is left of a quota, as in `"key";r=99;t=1`: so many requests (`r`), and all'
    " of it again in so many seconds (`t`). Left out where the limit is off, and where a request"
    " found no place and cost nothing of it.",
    "RateLimit-Policy": 'The quota, as in `"key";q=600;w=60;pushoff-burst=100`: requests (`q`) in'
    " so many seconds (`w`), and how many at once after a pause.",
    "Retry-After": "Seconds after which a retry makes sense.",
    "WWW-Authenticate": "How to authenticate: `Bearer`.",
    "X-Request-ID": "Names this answer in our log: yours, if the request had a plain one.",
}
MANDATORY = ("Location", "Retry-After", "WWW-Authenticate", "X-Request-ID")
# What can go wrong with any operation, with any that takes a body, and with any behind a key.
ALWAYS = (UnknownParameter, InvalidHeader, RequestTimeout, HeadersTooLarge, InternalError)
WITH_BODY = (MalformedJson, ContentTooLarge, UnsupportedMediaType, ValidationFailed)
WITH_KEY = (Unauthenticated, InsufficientScope, DatabaseUnavailable)
LIMITED = (QuotaExceeded, Overloaded)
QUOTA = ("RateLimit", "RateLimit-Policy")
OF_STATUS = {"401": ["WWW-Authenticate"], "429": ["Retry-After"], "503": ["Retry-After"]}
# The tag of operations that are never limited.
HEALTH = "health"
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "ETags that you hold: if one of them is current, the answer is 304.",
    "schema": {"type": "string"},
}

Json = dict[str, Any]


def success_response(description: str, *headers: str) -> Json:
    """A success of an operation for its route to declare: when, and with which headers."""
    return {"description": description, "headers": {name: refer(name) for name in headers}}


def refer(header: str) -> Json:
    """A reference to a header of the table."""
    return {"$ref": f"#/components/headers/{header}"}


def describe_headers() -> Json:
    """The headers that answers refer to."""
    return {
        name: {"description": text, "required": name in MANDATORY, "schema": {"type": "string"}}
        for name, text in HEADERS.items()
    }


def complete(method: str, operation: Json) -> None:
    """Adds to an operation what follows from its shape."""
    responses = {
        status: response
        for status, response in operation["responses"].items()
        if status < "400" or MEDIA_TYPE in response["content"]
    }
    for parameter in operation.get("parameters", ()):
        parameter["schema"] = plain(parameter)
        explain_default(parameter["schema"], parameter)
        if (examples := parameter["schema"].pop("examples", None)) is not None:
            # The one form of an example that Swagger UI fills in for whoever tries it out.
            parameter["example"] = examples[0]
    likely = problem_responses(*follow(method, operation))
    responses = {str(status): response for status, response in likely.items()} | responses
    if method == "get" and "ETag" in (headers := responses["200"].get("headers", {})):
        responses["304"] = {"description": "What you hold is current.", "headers": headers}
        operation.setdefault("parameters", []).append(IF_NONE_MATCH)
    for status, response in responses.items():
        names = [*OF_STATUS.get(status, ()), "X-Request-ID"]
        # Problems are told alike by all operations, limited or not.
        if status >= "400" or is_limited(operation):
            names += QUOTA
        response["headers"] = response.get("headers", {}) | {name: refer(name) for name in names}
    operation["responses"] = dict(sorted(responses.items()))


def is_limited(operation: Json) -> bool:
    """Whether requests for an operation are counted."""
    return HEALTH not in operation["tags"]


def explain_default(schema: Json, described: Json) -> None:
    """Says in words what a field is when it is left out. A default in the schema makes generated
    clients demand or send the field, and Swagger UI fill it in.
    """
    if (default := schema.pop("default", None)) is not None:
        word = default if isinstance(default, str) else json.dumps(default)
        described["description"] += f" Default: `{word}`."


def plain(parameter: Json) -> Json:
    """The schema of a parameter without what only fits a field: a null cannot be sent in a
    query, and name and description stand beside the schema.
    """
    besides = ("title", "description")
    schema: Json = {k: v for k, v in parameter["schema"].items() if k not in besides}
    choices = [one for one in schema.pop("anyOf", ()) if one != {"type": "null"}]
    return schema | (choices[0] if len(choices) == 1 else {"anyOf": choices} if choices else {})


def follow(method: str, operation: Json) -> Iterator[type[Problem]]:
    """The problems of any operation of this shape; 404, 409 and the like its route declares."""
    yield from ALWAYS
    if is_limited(operation):
        yield from LIMITED
    if "requestBody" in operation:
        yield from WITH_BODY
    if "security" in operation:
        yield from WITH_KEY
        if method != "get":
            yield from (NotReplicated, StorageFull)
    for parameter in operation.get("parameters", ()):
        yield from follow_parameter(parameter)


def follow_parameter(parameter: Json) -> Iterator[type[Problem]]:
    """The problems of any operation that takes this parameter."""
    place, schema = parameter["in"], parameter["schema"]
    if place == "path":
        yield from (MalformedJson, UriTooLong)
    if place == "query" and schema.get("type") != "array":
        yield AmbiguousParameter
    if parameter["name"] == "cursor":
        yield InvalidCursor
    if parameter["name"] == "program_id" and place == "path":
        yield ProgramEngineRetired
    # Any text fits a plain string in a path, where it is then found or not.
    if place == "query" or (place == "path" and schema != {"type": "string"}):
        yield ValidationFailed


def share_problems(paths: Json) -> Iterator[tuple[str, Json]]:
    """Moves responses that are about one kind of problem, and so alike everywhere, to where all
    operations find them; yields each with its name.
    """
    names = {kind.link(): kind.__name__ for kind in family().values()}
    for operation in [operation for path in paths.values() for operation in path.values()]:
        for status, response in operation["responses"].items():
            if (name := names.get(response["description"])) is not None:
                yield name, response
                operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
