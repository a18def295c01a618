"""Tests that each kind of problem has a slug, is in the tree of the docstring, and has a body."""

import json

import pytest

from app.web.http import problems
from app.web.http.problems import (
    MAX_ERRORS,
    FieldError,
    Problem,
    ValidationFailed,
    error_at_pointer,
)
from tests.client import Json

# The slugs that clients rely on.
SLUGS = {
    400: {"malformed-json", "invalid-cursor", "invalid-header", "ambiguous-parameter",
          "unknown-parameter"},
    401: {"unauthenticated"}, 403: {"insufficient-scope"}, 404: {"not-found"},
    405: {"method-not-allowed"}, 406: {"not-acceptable"}, 408: {"request-timeout"},
    409: {"conflict"}, 412: {"precondition-failed"}, 413: {"content-too-large"},
    414: {"uri-too-long"}, 415: {"unsupported-media-type"}, 422: {"validation-failed"},
    429: {"quota-exceeded"}, 431: {"headers-too-large"}, 500: {"internal-error"},
    503: {"overloaded", "database-unavailable", "storage-full", "shutting-down"},
}  # fmt: skip


def render_body(problem: Problem) -> Json:
    body: Json = json.loads(problem.body("/here", "id-1"))
    return body


class TestBySlug:
    def test_has_all_slugs_that_clients_rely_on(self) -> None:
        for status, slugs in SLUGS.items():
            found = {slug for slug, kind in problems.by_slug().items() if kind.status == status}
            assert slugs <= found

    def test_has_the_kinds_of_the_tree(self) -> None:
        tree = problems.__doc__ or ""
        for kind in problems.by_slug().values():
            line = next(line for line in tree.splitlines() if kind.__name__ in line.split())
            assert str(kind.status) in line

    def test_has_one_slug_and_title_for_each_kind(self) -> None:
        kinds = Problem.__subclasses__()
        assert len({kind.slug for kind in kinds}) == len(kinds)
        assert len({kind.title for kind in kinds}) == len(kinds)
        assert all(kind.slug == kind.title.lower().replace(" ", "-") for kind in kinds)

    def test_has_a_docstring_for_each_kind(self) -> None:
        assert [kind for kind in problems.by_slug().values() if not kind.__doc__] == []


class TestProblem:
    @pytest.mark.parametrize("kind", problems.by_slug().values(), ids=lambda kind: kind.slug)
    def test_has_a_body_as_in_rfc_9457(self, kind: type[Problem]) -> None:
        assert render_body(kind()) == {
            "type": f"/problems/{kind.slug}",
            "title": kind.title,
            "status": kind.status,
            "detail": f"{kind.title}.",
            "instance": "/here",
            "request_id": "id-1",
        }

    def test_has_at_most_fifty_errors(self) -> None:
        errors = [error_at_pointer([n], "is wrong", "wrong") for n in range(80)]
        assert [
            error["pointer"]
            for error in render_body(ValidationFailed("x", errors=errors))["errors"]
        ] == [f"/{n}" for n in range(MAX_ERRORS)]

    def test_omits_empty_fields(self) -> None:
        body = render_body(ValidationFailed("x", errors=[FieldError("a", "b", parameter="c")]))
        assert body["errors"] == [{"detail": "a", "code": "b", "parameter": "c"}]
        assert "stored" not in body


class TestAtPointer:
    @pytest.mark.parametrize(
        ("path", "pointer"),
        [([], ""), (["a"], "/a"), (["a", 0, "b"], "/a/0/b"), (["a/b", "c~d"], "/a~1b/c~0d"),
         ([""], "/"), (["~1"], "/~01")],
    )  # fmt: skip
    def test_follows_rfc_6901(self, path: list[str | int], pointer: str) -> None:
        assert error_at_pointer(path, "", "").pointer == pointer
