"""Every exception that reaches the edge becomes a problem in the form of RFC 9457.

The one place where errors of the framework, of validation and of the database get a status.
"""

from collections.abc import Iterable

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException

from app import file_worker
from app.database.errors import DatabaseFailure, DiskFull, NoThreadFree, ReplicationUnconfirmed
from app.web.http import problems, validation
from app.web.http.problems import MEDIA_TYPE, Problem

RETRY_SOON = {"Retry-After": "1"}
RETRY_LATER = {"Retry-After": "30"}
OF_STATUS = {kind.status: kind for kind in reversed(problems.family().values())}


def install(app: FastAPI) -> None:
    """Makes an app answer problems and nothing else."""
    app.add_exception_handler(Problem, answer_problem)
    app.add_exception_handler(RequestValidationError, answer_validation)
    app.add_exception_handler(HTTPException, answer_http)
    for kind in (NoThreadFree, DatabaseFailure, file_worker.FileWorkerError):
        app.add_exception_handler(kind, answer_later)


def respond(request: Request, problem: Problem) -> Response:
    """The response that tells a problem. Nothing may keep it: the next try may go well."""
    request_id = request.scope.get("request_id", "")
    return Response(
        problem.body(request.scope["path"], request_id),
        status_code=problem.status,
        headers={"Cache-Control": "no-store", **problem.headers},
        media_type=MEDIA_TYPE,
    )


async def answer_problem(request: Request, problem: Exception) -> Response:
    """A problem that a feature raised."""
    assert isinstance(problem, Problem)  # noqa: S101  # as registered
    return respond(request, problem)


async def answer_validation(request: Request, failed: Exception) -> Response:
    """What FastAPI found wrong with parameters and body."""
    assert isinstance(failed, RequestValidationError)  # noqa: S101  # as registered
    found = failed.errors()
    errors = validation.tell(found)
    count = "One thing" if len(found) == 1 else f"{len(found)} things"
    detail = f"{count} in the request must be put right; see errors."
    return respond(request, problems.ValidationFailed(detail, errors=errors))


async def answer_http(request: Request, failed: Exception) -> Response:
    """What the framework refused: no such route, wrong method, too large a body."""
    assert isinstance(failed, HTTPException)  # noqa: S101  # as registered
    kind = OF_STATUS.get(failed.status_code, problems.InternalError)
    headers = dict(failed.headers or {})
    if kind is problems.MethodNotAllowed:
        headers["Allow"] = ", ".join(sorted(allowed_methods(request)))
    return respond(request, kind(headers=headers))


async def answer_later(request: Request, failed: Exception) -> Response:
    """What could not be done now and may be done later."""
    if isinstance(failed, DiskFull):
        return respond(request, problems.StorageFull(headers=RETRY_LATER))
    if isinstance(failed, ReplicationUnconfirmed):
        return respond(request, problems.NotReplicated(headers=RETRY_SOON))
    if isinstance(failed, DatabaseFailure):
        return respond(request, problems.DatabaseUnavailable(headers=RETRY_SOON))
    return respond(request, problems.Overloaded(headers=RETRY_SOON))


def allowed_methods(request: Request) -> Iterable[str]:
    """Every method that some route answers under this path."""
    allowed: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        if route.path_regex.match(request.scope["path"]):
            allowed |= set(route.methods or ())
    return allowed | {"HEAD"} if "GET" in allowed else allowed
