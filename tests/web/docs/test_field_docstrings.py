"""Tests that attribute docstrings become the descriptions of schemas."""

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
    def test_finds_the_docstring_of_every_attribute(self) -> None:
        found = field_docstrings.read_docstrings(Exercise)
        assert set(found) == {field.name for field in fields(Exercise)}

    def test_removes_the_indentation(self) -> None:
        assert field_docstrings.read_docstrings(Week)["index"] == "Number of the week, from 1."

    def test_includes_inherited_attributes(self) -> None:
        assert set(field_docstrings.read_docstrings(FollowedWeek)) >= {
            "index",
            "sessions",
            "projected",
        }


@pytest.fixture
def schemas() -> dict[str, Any]:
    """The schemas of the OpenAPI document."""
    found: dict[str, Any] = create_app(Settings()).openapi()["components"]["schemas"]
    return found


class TestDescribeFields:
    def test_describes_every_property(self, schemas: dict[str, Any]) -> None:
        undescribed = [
            f"{name}.{attribute}"
            for name, schema in schemas.items()
            for attribute, part in schema.get("properties", {}).items()
            if not part.get("description")
        ]
        assert undescribed == []

    def test_makes_all_fields_of_a_training_class_required(self, schemas: dict[str, Any]) -> None:
        assert set(schemas["Blocked"]["required"]) == set(schemas["Blocked"]["properties"])

    def test_makes_no_field_required_that_is_left_out_while_it_is_empty(
        self, schemas: dict[str, Any]
    ) -> None:
        assert set(schemas["Reason"]["properties"]) - set(schemas["Reason"]["required"]) == {
            "params"
        }
        assert set(schemas["PlannedSets"]["required"]) == {"side", "count", "rpe"}

    @pytest.mark.parametrize("name", ["Pause", "Change"])
    def test_describes_a_field_under_its_name_on_the_wire(
        self, name: str, schemas: dict[str, Any]
    ) -> None:
        for end in ("from", "to"):
            assert schemas[name]["properties"][end]["description"]
            assert end in schemas[name]["required"]
