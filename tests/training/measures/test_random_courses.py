"""The measures answer for every course that a runner may take (science part 5)."""

import json
from typing import Any, NoReturn

from hypothesis import HealthCheck, given, settings
from pydantic import TypeAdapter

from app.training.measures.progress import Progress
from tests.properties import at_most
from tests.training.journal import Journal
from tests.training.measures.courses import courses
from tests.training.measures.measured import measure, measure_across

PROGRESS = TypeAdapter(Progress)
# A thorough run (`--hypothesis-profile=thorough`) draws 5,000.
few = settings(max_examples=at_most(100), suppress_health_check=[*HealthCheck], deadline=None)


def reject(constant: str) -> NoReturn:
    raise AssertionError(constant)


def to_wire(progress: Progress) -> dict[str, Any]:
    """Return the answer as JSON, in which every number must be finite."""
    wire: dict[str, Any] = json.loads(PROGRESS.dump_json(progress), parse_constant=reject)
    return wire


class TestCourses:
    @few
    @given(courses())
    def test_have_measures(self, course: list[Journal]) -> None:
        for journal in course:
            check(to_wire(measure(journal)))

    @few
    @given(courses())
    def test_have_measures_in_one_line(self, course: list[Journal]) -> None:
        wire = to_wire(measure_across(*course))
        check(wire)
        numbers = [week["week"] for week in wire["weeks"]]
        assert numbers == [*range(numbers[0], numbers[0] + len(numbers))]
        assert len(numbers) == len({(w["program"], w["program_week"]) for w in wire["weeks"]})


def check(wire: dict[str, Any]) -> None:
    """Check what holds for the measures of any log."""
    numbers = [week["week"] for week in wire["weeks"]]
    for group in wire.values():
        if isinstance(group, dict) and "weeks" in group:
            assert [week["week"] for week in group["weeks"]] == numbers
    for week in wire["adherence"]["weeks"]:
        assert week["percent"] is None or 0 <= week["percent"] <= 100
        assert (week["percent"] is None) == (week["prescribed_units"] == 0)
    for week in wire["ladder"]["weeks"]:
        assert all(0 <= position <= 9 for position in week["tracks"].values())
    for week in wire["hard_sets"]["weeks"]:
        assert all(sets >= 0 for sets in week.values())
