"""Turn every exception that a route raises into a problem response (RFC 9457).

Called by the framework: `install` registers the handlers. Only this module gives a status to
errors of the framework, of validation, of the database and of the file worker. Exceptions that it
does not know become a 500 in `layers.request_log`.
"""

from collections.abc import Iterable

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException

from app import file_worker
from app.database.errors import DatabaseFailure, DiskFull, NoThreadFree, ReplicationUnconfirmed
from app.web.http import problems, validation_errors
from app.web.http.problems import MEDIA_TYPE, Problem

_RETRY_SOON = {"Retry-After": "1"}
_RETRY_LATER = {"Retry-After": "30"}
# The first problem of each status in the tree of `problems`.
_PROBLEM_BY_STATUS = {kind.status: kind for kind in reversed(problems.by_slug().values())}


def install(app: FastAPI) -> None:
    # Not with add_exception_handler(), which accepts handlers of any exception only.
    app.exception_handler(Problem)(_handle_problem)
    app.exception_handler(RequestValidationError)(_handle_validation_error)
    app.exception_handler(HTTPException)(_handle_http_exception)
    for kind in (NoThreadFree, DatabaseFailure, file_worker.FileWorkerError):
        app.exception_handler(kind)(_handle_temporary_failure)


def respond(request: Request, problem: Problem) -> Response:
    """Build the response for a problem. It is never cached: the next attempt may succeed."""
    request_id = request.scope.get("request_id", "")
    return Response(
        problem.body(request.scope["path"], request_id),
        status_code=problem.status,
        headers={"Cache-Control": "no-store", **problem.headers},
        media_type=MEDIA_TYPE,
    )


async def _handle_problem(request: Request, problem: Problem) -> Response:
    return respond(request, problem)


async def _handle_validation_error(request: Request, error: RequestValidationError) -> Response:
    found = error.errors()
    errors = validation_errors.describe_errors(found)
    count = "one error" if len(found) == 1 else f"{len(found)} errors"
    if len(found) > problems.MAX_ERRORS:
        # Validation has stopped early, so nobody knows how many there are.
        count = f"more than {problems.MAX_ERRORS} errors"
    detail = f"The request has {count}; see errors."
    return respond(request, problems.ValidationFailed(detail, errors=errors))


async def _handle_http_exception(request: Request, error: HTTPException) -> Response:
    """Handle what the framework rejects: no such route, wrong method, too large a body."""
    kind = _PROBLEM_BY_STATUS.get(error.status_code, problems.InternalError)
    headers = dict(error.headers or {})
    if kind is problems.MethodNotAllowed:
        headers["Allow"] = ", ".join(sorted(_find_allowed_methods(request)))
    return respond(request, kind(headers=headers))


async def _handle_temporary_failure(request: Request, error: Exception) -> Response:
    if isinstance(error, DiskFull):
        return respond(request, problems.StorageFull(headers=_RETRY_LATER))
    if isinstance(error, ReplicationUnconfirmed):
        return respond(request, problems.NotReplicated(headers=_RETRY_SOON))
    if isinstance(error, DatabaseFailure):
        return respond(request, problems.DatabaseUnavailable(headers=_RETRY_SOON))
    return respond(request, problems.Overloaded(headers=_RETRY_SOON))


def _find_allowed_methods(request: Request) -> Iterable[str]:
    allowed: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        if route.path_regex.match(request.scope["path"]):
            allowed |= set(route.methods or ())
    return allowed | {"HEAD"} if "GET" in allowed else allowed
