"""Schemathesis generates requests from openapi.yaml and sends them to the app.

Each response must be one that the document describes, and never a 5xx.
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
# For runs without a key, which most operations reject before they read anything, and the control.
FEW_EXAMPLES_EACH = read_size("FEWER_EXAMPLES", short=5, long=50)
# Why a request that fits the schema may still be rejected: rules that a schema cannot express.
BEYOND_SCHEMA = {
    "athlete_id",  # "." or ".."
    "spec",  # fields that contradict each other
    "date",  # a day that no month has, in the short form of a race or a pause
    "missing",  # half of an object, given as query parameters
    "undated",  # a calendar of a programme without dates
    "unknown_program",  # a calendar of an unknown programme
    "alarm_without_time",
    "too_many_calendars",
    "tz",  # an unknown time zone
    "blocked",  # a spec that blocks the programme
    "cleared",  # a continuation of a blocked programme without `cleared`
    "id_mismatch",  # the id in the body differs from the id in the path
    "duplicate_set",
    "too_early",  # before 2000
    "too_late",  # in the future
    "moment",  # an invalid date, or a year before 1
    "int_type",  # 15.0: an integer in JSON Schema, but not for this service
    "number",  # more decimals than are stored
    "number_too_large",  # in an unknown field
    "invalid_unicode",
    "/problems/unreadable-file",  # bytes in no known file format
    "/problems/malformed-json",  # a NUL character
    "/problems/unknown-parameter",  # a NUL character in a query; an unknown name has a code
    "/problems/invalid-cursor",
    "/problems/invalid-header",
    "/problems/precondition-failed",
}
# The statuses with which a request that does not fit the schema may be rejected. 414 is among them.
REJECTION_STATUSES = [400, 401, 403, 404, 405, 409, 410, 412, 413, 414, 415, 422]
# A batch answers 200 and reports each invalid session in the body. Its path also matches the path
# of a session, so another method there reaches the routes of a session and finds no such id.
OPERATION_SETTINGS = [
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
class FuzzReport:
    """The results of a run."""

    statuses: list[int] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class TestGeneratedRequests:
    def test_with_a_key_are_answered_as_documented(
        self, database_url: str, seed: int, record_property: RecordFigure
    ) -> None:
        with open_service(database_url) as (app, key):
            report = fuzz(app, seed, key, EXAMPLES_EACH)
        record_property("requests", len(report.statuses))
        record_property("failures", len(report.failures))
        record_property("5xx", sum(status >= 500 for status in report.statuses))
        check_report(report, {200, 201, 204, 404, 422})

    def test_without_a_key_are_answered_as_documented(self, sqlite_url: str, seed: int) -> None:
        with open_service(sqlite_url) as (app, _):
            check_report(fuzz(app, seed, None, FEW_EXAMPLES_EACH), {200, 401, 422})

    def test_detect_a_wrong_document(self, sqlite_url: str, seed: int) -> None:
        with open_service(sqlite_url) as (app, _):
            document = app.openapi()
            health = document["paths"]["/livez"]["get"]["responses"]["200"]["content"]
            health["application/json"]["schema"] = {"type": "integer"}
            del document["paths"]["/programs"]["post"]["responses"]["200"]
            report = fuzz(app, seed, None, FEW_EXAMPLES_EACH)
        assert {failure.partition(":")[0] for failure in report.failures} >= {
            "GET /livez response_schema_conformance",
            "POST /programs status_code_conformance",
        }


def check_report(report: FuzzReport, required: set[int]) -> None:
    """Fail if the run found something, or lacks one of the required statuses."""
    assert report.errors == []
    assert report.failures == []
    assert max(report.statuses) < 500
    assert required <= set(report.statuses)


@contextmanager
def open_service(url: str) -> Iterator[tuple[FastAPI, str]]:
    """Yield a new app, because Schemathesis runs it on its own event loop, and a key."""
    settings = Settings(database_url=SecretStr(url), access_log=False)
    with commands.open_transaction(settings) as tx:
        # Writes for an erased athlete are rejected, which would hide all later results.
        key = commands.add_key(tx, "tenant", SCOPES - {"athletes:erase"})
    try:
        yield create_app(settings), key
    finally:
        asgi.shutdown_lifespans()


def fuzz(app: FastAPI, seed: int, key: str | None, examples_each: int) -> FuzzReport:
    """Run all checks on all operations."""
    config = {
        "seed": seed,
        "continue-on-failure": True,
        "generation": {"max-examples": examples_each},
        "phases": {"coverage": {"enabled": False}, "stateful": {"enabled": False}},
        "checks": {"negative_data_rejection": {"expected-statuses": REJECTION_STATUSES}},
        "operations": OPERATION_SETTINGS,
        "headers": {} if key is None else {"Authorization": f"Bearer {key}"},
    }
    schema = schemathesis.openapi.from_asgi(
        "/openapi.json", app, config=SchemathesisConfig.from_dict(config)
    )
    report = FuzzReport()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            add_scenario(report, event)
        elif isinstance(event, events.NonFatalError):
            report.errors.append(f"{event.label}: {event.info.format()}")
        elif isinstance(event, events.FatalError):
            report.errors.append(repr(event.exception))
    return report


def add_scenario(report: FuzzReport, event: events.ScenarioFinished) -> None:
    """Add the results of a scenario to the report."""
    calls = event.recorder.interactions
    answers = {case: call.response for case, call in calls.items() if call.response is not None}
    report.statuses += [answer.status_code for answer in answers.values()]
    for case, checks in event.recorder.checks.items():
        for check in checks:
            if check.failure_info is None:
                continue
            if check.name == "positive_data_acceptance":
                unexplained = read_codes(answers[case].content) - BEYOND_SCHEMA
                if not unexplained:
                    continue
            failure = check.failure_info
            report.failures.append(
                f"{event.label} {check.name}: {failure.failure.message}\n{failure.code_sample}"
                f"\n{answers[case].content.decode()}"
            )


def read_codes(body: bytes) -> set[str]:
    """Return the code of each error of a problem, or the type of a problem without errors."""
    problem: dict[str, Any] = json.loads(body)
    return {error["code"] for error in problem.get("errors", ())} or {problem["type"]}
