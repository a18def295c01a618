"""Docstrings of values become the descriptions of their schemas."""

from dataclasses import fields
from typing import Any

import pytest

from app.main import create_app
from app.settings import Settings
from app.training.adapting.followed_program import FollowedWeek
from app.training.catalog.exercises import Exercise
from app.training.planning.week import Week
from app.web.docs import field_docstrings


class TestReadDocstrings:
    def test_finds_the_text_under_every_attribute(self) -> None:
        found = field_docstrings.read_docstrings(Exercise)
        assert set(found) == {field.name for field in fields(Exercise)}

    def test_unwraps_nothing_but_the_indentation(self) -> None:
        assert field_docstrings.read_docstrings(Week)["index"] == "Number of the week, from 1."

    def test_knows_what_a_class_inherits(self) -> None:
        assert set(field_docstrings.read_docstrings(FollowedWeek)) >= {
            "index",
            "sessions",
            "projected",
        }


@pytest.fixture
def schemas() -> dict[str, Any]:
    """The schemas of the contract."""
    found: dict[str, Any] = create_app(Settings()).openapi()["components"]["schemas"]
    return found


class TestDescribeFields:
    def test_leaves_no_property_of_the_contract_without_words(
        self, schemas: dict[str, Any]
    ) -> None:
        silent = [
            f"{name}.{attribute}"
            for name, schema in schemas.items()
            for attribute, part in schema.get("properties", {}).items()
            if not part.get("description")
        ]
        assert silent == []

    def test_says_that_a_value_is_answered_whole(self, schemas: dict[str, Any]) -> None:
        assert set(schemas["Reason"]["required"]) == set(schemas["Reason"]["properties"])
