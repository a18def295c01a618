"""openapi.yaml equals the document of the app, and the app answers as openapi.yaml describes."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.main import create_app
from app.web.docs import openapi
from app.web.http import problems
from tests.client import caller, make_key
from tests.contract.document import (
    DOCUMENT,
    FILE,
    OPERATIONS,
    Json,
    Operation,
    find_schema_errors,
    resolve,
)
from tests.contract.stored_examples import needs_stored_data, store_examples

# Pages for people and metrics for monitoring are not part of the contract.
PAGES = (
    "/changelog",
    "/docs",
    "/explorer",
    "/favicon",
    "/guides",
    "/llms.txt",
    "/metrics",
    "/openapi.json",
    "/problems",
    "/robots.txt",
    "/train",
)
# Larger than the limit of any body.
TOO_LARGE_BODY = b" " * (5 * 1024 * 1024)
EXAMPLES = [
    pytest.param(operation, body, id=f"{operation.id}-{place}")
    for operation in OPERATIONS
    for place, body in enumerate(operation.bodies)
]
each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.id)


class TestFile:
    def test_equals_the_document_of_the_app(self) -> None:
        assert FILE.read_text("utf-8") == openapi.render_yaml(create_app().openapi())

    def test_is_valid_openapi_3_1(self) -> None:
        assert DOCUMENT["openapi"].startswith("3.1.")
        assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []

    def test_lists_exactly_the_routes_of_the_app(self) -> None:
        served = {
            (method, str(route.path_format))
            for route in iter_route_contexts(create_app().routes)
            for method in route.methods or ()
            if not str(route.path_format).startswith(PAGES) and route.path_format != "/"
        }
        assert served == {(one.method, one.path) for one in OPERATIONS}

    def test_names_schemas_for_readers_of_generated_code(self) -> None:
        schemas = DOCUMENT["components"]["schemas"]
        odd = [name for name in schemas if not re.fullmatch(r"([A-Z][a-z]+)+", name)]
        assert odd == []
        assert [name for name in schemas if re.search(r"(In|Out|Body|Strict.*|Model)$", name)] == []
        assert [name for name, schema in schemas.items() if not schema.get("description")] == []

    def test_states_bounds_with_json_schema_keywords(self) -> None:
        # Pydantic writes its own keywords if a bound is declared outside of a validator.
        wrong = re.compile(r"^ +(ge|gt|le|lt|multiple_of|(min|max)_length):", re.MULTILINE)
        assert not wrong.search(FILE.read_text("utf-8"))

    def test_describes_server_license_contact_and_security(self) -> None:
        assert DOCUMENT["servers"] == [{"url": "/", "description": "This service."}]
        assert DOCUMENT["info"]["license"]["url"].startswith("https://")
        assert DOCUMENT["info"]["contact"]["name"]
        assert DOCUMENT["components"]["securitySchemes"]["ApiKey"]["scheme"] == "bearer"


class TestOperation:
    @each_operation
    def test_has_a_summary_and_a_description(self, operation: Operation) -> None:
        entry = operation.entry
        assert entry["summary"]
        assert entry["description"].endswith(".")
        assert entry["description"].rstrip(".") != entry["summary"]
        assert set(entry["tags"]) <= {tag["name"] for tag in DOCUMENT["tags"]}
        assert all(parameter["description"] for parameter in operation.parameters)
        assert all(response["description"] for response in operation.responses.values())
        assert "Successful Response" not in str(entry)

    def test_has_a_unique_name_that_is_a_good_method_name(self) -> None:
        names = [one.id for one in OPERATIONS]
        assert len(set(names)) == len(names)
        assert [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+)+", name)] == []
        verbs = {"adapt", "continue", "create", "delete", "erase", "export", "get", "list"}
        verbs |= {"import", "preview", "put", "simulate"}
        assert {name.partition("_")[0] for name in names} <= verbs

    @each_operation
    def test_needs_a_key_only_for_stored_data(self, operation: Operation) -> None:
        # The secret address of a calendar is the permission to read it.
        is_stored = operation.path.startswith(("/athletes", "/calendars", "/sessions"))
        assert operation.needs_key == (is_stored and operation.id != "get_calendar")
        assert operation.needs_key == (401 in operation.responses)

    @each_operation
    def test_lists_problems_that_exist(self, operation: Operation) -> None:
        family = {kind.slug: kind.status for kind in problems.by_slug().values()}
        assert operation.problems
        for status, slugs in operation.problems.items():
            assert slugs
            assert {family.get(slug) for slug in slugs} == {status}
            content = operation.responses[status]["content"]
            reference = {"schema": {"$ref": "#/components/schemas/Problem"}}
            assert content == {"application/problem+json": reference}

    def test_lists_every_problem_at_least_once(self) -> None:
        listed = {slug for one in OPERATIONS for slugs in one.problems.values() for slug in slugs}
        # A method that a path lacks is no operation. Every operation ignores an unknown Accept.
        assert set(problems.by_slug()) - listed == {"method-not-allowed", "not-acceptable"}


class TestExample:
    @pytest.mark.parametrize(("operation", "body"), EXAMPLES)
    async def test_is_answered_as_documented(
        self, operation: Operation, body: Any, app: FastAPI
    ) -> None:
        ids: Json = {}
        async with caller(
            app, await make_key(app) if needs_stored_data(operation) else None
        ) as client:
            if operation.method in ("GET", "DELETE") and needs_stored_data(operation):
                ids = await store_examples(client)
            answer = await client.request(**operation.request(body, **ids))
        assert answer.status_code == operation.success, answer.text
        assert find_undocumented(operation, answer) == []

    @pytest.mark.parametrize(("operation", "body"), EXAMPLES)
    async def test_is_answered_as_documented_when_sent_twice(
        self, operation: Operation, body: Any, app: FastAPI
    ) -> None:
        ids: Json = {}
        async with caller(
            app, await make_key(app) if needs_stored_data(operation) else None
        ) as client:
            if needs_stored_data(operation):
                ids = await store_examples(client)
            for _ in range(2):
                answer = await client.request(**operation.request(body, **ids))
                assert find_undocumented(operation, answer) == []

    async def test_is_answered_with_304_if_nothing_has_changed(
        self, api: httpx.AsyncClient
    ) -> None:
        ids = await store_examples(api)
        cached = [one for one in OPERATIONS if 304 in one.responses]
        assert {"preview_program", "get_exercise", "get_session"} <= {one.id for one in cached}
        for operation in cached:
            tag = (await api.request(**operation.request(**ids))).headers["etag"]
            answer = await api.request(**operation.request(**ids, **{"If-None-Match": tag}))
            assert (answer.status_code, answer.content) == (304, b"")
            assert find_undocumented(operation, answer) == []

    async def test_shows_a_programme_and_a_blocked_one(self, anyone: httpx.AsyncClient) -> None:
        plan = next(one for one in OPERATIONS if one.id == "create_program")
        answers = [await anyone.request(**plan.request(body)) for body in plan.bodies]
        assert {answer.json()["status"] for answer in answers} == {"planned", "blocked"}

    async def test_gives_the_same_programme_as_a_query_and_as_a_body(
        self, anyone: httpx.AsyncClient
    ) -> None:
        plan, preview = (
            next(one for one in OPERATIONS if one.id == name)
            for name in ("create_program", "preview_program")
        )
        asked = await anyone.request(**preview.request())
        assert asked.content == (await anyone.request(**plan.request(plan.bodies[1]))).content


class TestProblem:
    @each_operation
    async def test_is_documented_for_each_bad_request(
        self, operation: Operation, app: FastAPI
    ) -> None:
        statuses = set()
        key = await make_key(app) if operation.needs_key else None
        async with caller(app, key) as client:
            for request in list_bad_requests(operation):
                answer = await client.request(**request)
                assert answer.status_code >= 400
                assert find_undocumented(operation, answer) == []
                assert (
                    answer.json()["type"].removeprefix("/problems/")
                    in (operation.problems[answer.status_code])
                )
                statuses.add(answer.status_code)
        # Other tests cover what needs many clients, a full disk, a raw socket or earlier requests.
        elsewhere = {401, 403, 408, 409, 410, 412, 429, 431, 500, 503}
        assert statuses == set(operation.problems) - elsewhere

    @pytest.mark.parametrize(
        ("scopes", "status"), [(None, 401), ([], 403)], ids=["no key", "no scope"]
    )
    async def test_is_documented_for_callers_without_permission(
        self, scopes: list[str] | None, status: int, sqlite_app: FastAPI
    ) -> None:
        key = None if scopes is None else await make_key(sqlite_app, scopes=scopes)
        keyed = [one for one in OPERATIONS if one.needs_key]
        assert {"put_session", "list_sessions", "delete_set"} <= {one.id for one in keyed}
        async with caller(sqlite_app, key) as client:
            for operation in keyed:
                answer = await client.request(**operation.request(operation.bodies[0]))
                assert answer.status_code == status
                assert find_undocumented(operation, answer) == []


def list_bad_requests(operation: Operation) -> Iterator[Json]:
    """Yield requests that this operation must reject, one for each possible reason."""
    body = operation.bodies[0]
    valid = operation.request(body)
    yield {**valid, "params": {"x": "1"}}
    if isinstance(body, str):
        yield {**valid, "content": b""}
        yield {**valid, "content": bytes(9 * 2**20)}
        yield {**valid, "headers": {"Content-Type": "multipart/form-data; boundary=x"}}
    elif body is not None:
        for content, kind in (
            (b"{", "json"),
            (b"[]", "json"),
            (b"{}", "xml"),
            (TOO_LARGE_BODY, "json"),
        ):
            headers = {"Content-Type": f"application/{kind}"}
            yield {**valid, "json": None, "content": content, "headers": headers}
    path_schemas = {p["name"]: p["schema"] for p in operation.parameters if p["in"] == "path"}
    for name, schema in path_schemas.items():
        yield operation.request(body, **{name: "x" * 2_001})
        if schema != {"type": "string"}:
            yield operation.request(body, **{name: "x" * (schema.get("maxLength", 0) + 1)})
    if 404 in operation.responses:
        yield operation.request(
            body, **{name: make_unknown_value(one) for name, one in path_schemas.items()}
        )
    if queries := [p["name"] for p in operation.parameters if p["in"] == "query"]:
        yield operation.request(body, **dict.fromkeys(queries, "?" * 300))


def make_unknown_value(schema: Json) -> Any:
    """Return a valid value of a path parameter that identifies nothing."""
    if schema["type"] == "integer":
        return schema["maximum"]
    return "00000000-0000-4000-8000-000000000000" if "format" in schema else "nothing"


def find_undocumented(operation: Operation, answer: httpx.Response) -> list[str]:
    """Return everything in a response that the document does not describe."""
    response = operation.responses.get(answer.status_code)
    if response is None:
        return [f"status {answer.status_code}"]
    found = list(find_header_errors(response, answer))
    content = response.get("content", {})
    if not content:
        return found + (["a body"] if answer.content else [])
    media_type = answer.headers["content-type"]
    if media_type not in content:
        return [*found, media_type]
    if not media_type.endswith("json"):
        return found
    return found + find_schema_errors(answer.json(), content[media_type]["schema"])


def find_header_errors(response: Json, answer: httpx.Response) -> Iterator[str]:
    """Yield required headers that are missing, and headers that the response does not document."""
    documented = {name.lower(): one for name, one in response.get("headers", {}).items()}
    for name, header in documented.items():
        if resolve(header)["required"] and name not in answer.headers:
            yield f"no header {name}"
    for name in DOCUMENT["components"]["headers"]:
        if name.lower() in answer.headers and name.lower() not in documented:
            yield f"header {name}"
