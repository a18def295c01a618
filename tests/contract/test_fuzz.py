"""Requests that nobody would write, made from openapi.yaml by Schemathesis, against the real app:
whatever is sent, the answer is one that the document announces, and never a 5xx.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from fastapi import FastAPI
from pydantic import SecretStr
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.python import asgi

from app import commands
from app.keys.auth import SCOPES
from app.main import create_app
from app.settings import Settings
from tests.durability.run_sizes import RecordFigure, read_size

EXAMPLES_EACH = read_size("EXAMPLES", short=5, long=275)
# For those whom most operations refuse before they read anything, and for the control.
FEWER_EACH = read_size("FEWER_EXAMPLES", short=5, long=50)
# Why a request may be refused although it fits the schema: rules that no schema can state.
BEYOND_SCHEMA = {
    "athlete_id",  # a dot or two
    "spec",  # fields that make no sense together
    "missing",  # half of an object, spelled as query parameters
    "undated",  # a calendar of a programme without dates
    "unknown_program",  # or of none at all
    "alarm_without_time",
    "too_many_calendars",
    "tz",  # a time zone that there is none of
    "blocked",  # a successor that must be cleared first
    "cleared",  # a block that nobody lifted
    "id_mismatch",  # the id in the body is not the one in the address
    "duplicate_set",
    "too_early",  # a moment before 2000
    "too_late",  # or in the future
    "moment",  # a day that no calendar has, a year before the first
    "int_type",  # 15.0, which is an integer to a schema and none to us
    "number",  # more decimals than are kept
    "number_too_large",  # in a field that we do not know
    "invalid_unicode",
    "/problems/unreadable-file",  # bytes that are no file of ours
    "/problems/malformed-json",  # a NUL character
    "/problems/unknown-parameter",  # the same in a query; one that is unknown has an error
    "/problems/invalid-cursor",
    "/problems/invalid-header",
    "/problems/precondition-failed",
}
# How what does not fit the schema may be refused, an address beyond any length included.
REFUSALS = [400, 401, 403, 404, 405, 409, 410, 412, 413, 414, 415, 422]
# A batch tells of each invalid session in its 200. Its address could also be a session's, so
# that another method finds the routes of a session there, and no such id.
EXCEPTIONS = [
    {
        "include-name": "POST /sessions/batch",
        "checks": {
            "negative_data_rejection": {"enabled": False},
            "unsupported_method": {"enabled": False},
            "allow_header_conformance": {"enabled": False},
        },
    }
]


@dataclass
class Findings:
    """What a run met."""

    statuses: list[int] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class TestService:
    def test_answers_callers_with_a_key_as_documented(
        self, database_url: str, seed: int, record_property: RecordFigure
    ) -> None:
        with served(database_url) as (app, key):
            found = fuzz(app, seed, key, EXAMPLES_EACH)
        record_property("requests", len(found.statuses))
        record_property("failures", len(found.failures))
        record_property("5xx", sum(status >= 500 for status in found.statuses))
        check(found, {200, 201, 204, 404, 422})

    def test_answers_anybody_as_documented(self, sqlite_url: str, seed: int) -> None:
        with served(sqlite_url) as (app, _):
            check(fuzz(app, seed, None, FEWER_EACH), {200, 401, 422})

    def test_would_be_caught_at_a_lie(self, sqlite_url: str, seed: int) -> None:
        with served(sqlite_url) as (app, _):
            document = app.openapi()
            health = document["paths"]["/livez"]["get"]["responses"]["200"]["content"]
            health["application/json"]["schema"] = {"type": "integer"}
            del document["paths"]["/programs"]["post"]["responses"]["422"]
            found = fuzz(app, seed, None, FEWER_EACH)
        assert {failure.partition(":")[0] for failure in found.failures} >= {
            "GET /livez response_schema_conformance",
            "POST /programs status_code_conformance",
        }


def check(found: Findings, met: set[int]) -> None:
    """Nothing was found, and the run was wide enough to find something."""
    assert found.errors == []
    assert found.failures == []
    assert max(found.statuses) < 500
    assert met <= set(found.statuses)


@contextmanager
def served(url: str) -> Iterator[tuple[FastAPI, str]]:
    """An app of its own, for the loop that Schemathesis runs it on, and a key."""
    settings = Settings(database_url=SecretStr(url), access_log=False)
    with commands.transaction(settings) as tx:
        # Uploads for somebody who was erased are refused, which would hide all that comes after.
        key = commands.add_key(tx, "tenant", SCOPES - {"athletes:erase"})
    try:
        yield create_app(settings), key
    finally:
        asgi.shutdown_lifespans()


def fuzz(app: FastAPI, seed: int, key: str | None, examples_each: int) -> Findings:
    """What a run of all checks over all operations finds."""
    config = {
        "seed": seed,
        "continue-on-failure": True,
        "generation": {"max-examples": examples_each},
        "phases": {"coverage": {"enabled": False}, "stateful": {"enabled": False}},
        "checks": {"negative_data_rejection": {"expected-statuses": REFUSALS}},
        "operations": EXCEPTIONS,
        "headers": {} if key is None else {"Authorization": f"Bearer {key}"},
    }
    schema = schemathesis.openapi.from_asgi(
        "/openapi.json", app, config=SchemathesisConfig.from_dict(config)
    )
    found = Findings()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            note(found, event)
        elif isinstance(event, events.NonFatalError):
            found.errors.append(f"{event.label}: {event.info.format()}")
        elif isinstance(event, events.FatalError):
            found.errors.append(repr(event.exception))
    return found


def note(found: Findings, event: events.ScenarioFinished) -> None:
    """Adds what a scenario met."""
    calls = event.recorder.interactions
    answers = {case: call.response for case, call in calls.items() if call.response is not None}
    found.statuses += [answer.status_code for answer in answers.values()]
    for case, checks in event.recorder.checks.items():
        for check in checks:
            if check.failure_info is None:
                continue
            if check.name == "positive_data_acceptance":
                unexplained = codes(answers[case].content) - BEYOND_SCHEMA
                if not unexplained:
                    continue
            failure = check.failure_info
            found.failures.append(
                f"{event.label} {check.name}: {failure.failure.message}\n{failure.code_sample}"
                f"\n{answers[case].content.decode()}"
            )


def codes(body: bytes) -> set[str]:
    """Why a request was refused: the code of each error, or the kind of problem."""
    problem: dict[str, Any] = json.loads(body)
    return {error["code"] for error in problem.get("errors", ())} or {problem["type"]}
