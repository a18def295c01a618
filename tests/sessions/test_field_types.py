"""The types of upload fields accept and reject the right values."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from app.sessions.field_types import Id, Moment, Score

IDS, MOMENTS, SCORES = TypeAdapter[UUID](Id), TypeAdapter[datetime](Moment), TypeAdapter(Score)
SOME = UUID("0190d1c5-6b1e-7c3a-9f57-1d2f3a4b5c6d")


def find_error_code(adapter: TypeAdapter[Any], value: object) -> str:
    """Return the code of the error of a value."""
    with pytest.raises(ValidationError) as refused:
        adapter.validate_python(value)
    return refused.value.errors()[0]["type"]


class TestId:
    @given(st.uuids())
    def test_accepts_an_id_with_hyphens(self, one: UUID) -> None:
        assert IDS.validate_python(str(one)) == IDS.validate_python(str(one).upper()) == one

    @pytest.mark.parametrize(
        "text",
        ["", SOME.hex, f"{{{SOME}}}", f"urn:uuid:{SOME}", f"{SOME}\n", f" {SOME}", f"{SOME}"[:-1],
         f"{SOME}0", f"{SOME}".replace("-", "_"), 7, SOME.int, SOME.bytes, None, True],
    )  # fmt: skip
    def test_rejects_an_id_in_any_other_form(self, text: object) -> None:
        assert find_error_code(IDS, text) == "uuid"


class TestMoment:
    @given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
    def test_accepts_a_moment_in_iso_8601(self, moment: datetime) -> None:
        assert MOMENTS.validate_python(moment.isoformat()) == moment

    @pytest.mark.parametrize("text", ["2026-11-23", "2026-11-23T18:30:00", 0, "now", None])
    def test_requires_a_time_with_an_offset(self, text: object) -> None:
        assert find_error_code(MOMENTS, text) == "moment"


class TestNumber:
    @given(st.decimals(0, 10, places=4) | st.integers(0, 10))
    def test_accepts_up_to_four_decimals(self, number: Decimal | int) -> None:
        read = SCORES.validate_python(number if isinstance(number, int) else float(number))
        assert (type(read), read) == (float, float(number))

    @given(st.floats(0, 10))
    def test_rejects_more_than_four_decimals(self, number: float) -> None:
        if round(Decimal(repr(number)), 4) != Decimal(repr(number)):
            assert find_error_code(SCORES, number) == "number"
        else:
            assert SCORES.validate_python(number) == number

    def test_reads_minus_zero_as_zero(self) -> None:
        assert f"{SCORES.validate_python(-0.0)}" == "0.0"

    @pytest.mark.parametrize("number", ["5", True, None, 10**400, float("nan"), float("inf")])
    def test_rejects_other_types_and_infinite_numbers(self, number: object) -> None:
        assert find_error_code(SCORES, number) in ("float_type", "finite_number")

    @pytest.mark.parametrize("number", [-0.0001, 10.0001, 11, 10**18])
    def test_rejects_a_number_outside_its_range(self, number: float) -> None:
        assert find_error_code(SCORES, number).endswith("than_equal")
