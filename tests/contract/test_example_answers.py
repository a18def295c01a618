"""Tests that the example answers of openapi.yaml are what the service really answers."""

import json
from typing import Any

import pytest
from fastapi import FastAPI

from app.web.docs.operations import EXAMPLES_FILE
from tests.contract.document import Operation, find_schema_errors
from tests.contract.example_answers import (
    JSON,
    list_answered,
    list_statuses,
    make_answers,
    shorten,
)

each_operation = pytest.mark.parametrize("operation", list_answered(), ids=lambda one: one.id)


class TestExampleAnswers:
    async def test_are_what_the_service_answers(self, sqlite_app: FastAPI) -> None:
        stored: dict[str, Any] = json.loads(EXAMPLES_FILE.read_text("utf-8"))
        answered = {name: answer async for name, answer in make_answers(sqlite_app)}
        # If this fails: python -m tests.contract.example_answers && make openapi
        assert answered == stored

    @each_operation
    def test_are_in_the_document_and_fit_its_schemas(self, operation: Operation) -> None:
        for status in list_statuses(operation):
            content = operation.responses[status]["content"][JSON]
            assert find_schema_errors(content["example"], content["schema"]) == []

    def test_keep_the_document_small(self) -> None:
        assert len(EXAMPLES_FILE.read_bytes()) < 100_000


class TestShorten:
    def test_keeps_the_first_item_of_each_list(self) -> None:
        assert shorten({"a": [{"b": [1, 2]}, {"b": []}]}) == {"a": [{"b": [1]}]}

    def test_keeps_no_secret_and_no_time_of_the_request(self) -> None:
        assert shorten({"token": "pusht_secret", "created_at": "now", "url": None}) == {
            "token": "pusht_…",
            "created_at": "2026-10-06T17:00:00Z",
            "url": None,
        }
