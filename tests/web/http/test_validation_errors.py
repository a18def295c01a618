"""Validation stops soon after it has found enough errors."""

from typing import Annotated, Any

import httpx
import pytest
from pydantic import Field, TypeAdapter, ValidationError

from app.programs.adapting_schemas import AdaptIn
from app.sessions.schemas import SetIn
from app.web.http.validation_errors import validate_in_slices
from tests.client import Json, a_session, a_set, read_problem

MOST = 100
NUMBERS = TypeAdapter[list[int]](
    Annotated[list[int], Field(max_length=MOST), validate_in_slices(10, MOST)]
)


def find_errors(validate: TypeAdapter[Any], sent: Any) -> list[Any]:
    with pytest.raises(ValidationError) as caught:
        validate.validate_python(sent)
    return caught.value.errors()


class TestValidateInSlices:
    @pytest.mark.parametrize("count", [0, 9, 10, 11, 25, MOST])
    def test_keeps_valid_items_in_order(self, count: int) -> None:
        assert NUMBERS.validate_python([str(one) for one in range(count)]) == [*range(count)]

    @pytest.mark.parametrize("place", [0, 9, 10, 11, 57, MOST - 1])
    def test_names_the_place_of_an_error(self, place: int) -> None:
        sent: list[Any] = [*range(MOST)]
        sent[place] = "x"
        assert [error["loc"] for error in find_errors(NUMBERS, sent)] == [(place,)]

    def test_makes_errors_of_one_slice_only(self) -> None:
        assert len(find_errors(NUMBERS, ["x"] * MOST)) == 10
        # The control: without slices, every item gets an error.
        assert len(find_errors(TypeAdapter(list[int]), ["x"] * MOST)) == MOST

    @pytest.mark.parametrize("sent", [[*range(MOST + 1)], ["x"] * 5 * MOST])
    def test_checks_the_length_first(self, sent: list[Any]) -> None:
        assert [error["type"] for error in find_errors(NUMBERS, sent)] == ["too_long"]

    @pytest.mark.parametrize("sent", [None, {}, "text", 5])
    def test_rejects_what_is_no_list(self, sent: object) -> None:
        assert [error["type"] for error in find_errors(NUMBERS, sent)] == ["list_type"]


ATTACKS: dict[str, Any] = {
    "25 sessions of 4,900 empty sets": [{"sets": [{}] * 4_900}] * 25,
    "2,000 sessions of 5 empty sets": [{"sets": [{}] * 5}] * 2_000,
    "10 sessions of 1,000 sets without a right field": [
        {"sets": [{name: [] for name in SetIn.model_fields}] * 1_000}
    ]
    * 10,
}


class TestCompletedSessions:
    @pytest.mark.parametrize("sessions", ATTACKS.values(), ids=ATTACKS.keys())
    def test_make_few_errors(self, sessions: list[Any]) -> None:
        with pytest.raises(ValidationError) as caught:
            AdaptIn.model_validate({"sessions": sessions})
        assert 1 <= caught.value.error_count() < 10_000
        # The control: validated as a plain list, each set has an error at least.
        sets = [one for session in sessions for one in session["sets"]]
        with pytest.raises(ValidationError) as caught:
            TypeAdapter(list[SetIn]).validate_python(sets)
        assert caught.value.error_count() >= 10_000

    async def test_get_the_place_of_a_late_error(self, api: httpx.AsyncClient) -> None:
        created = await api.post("/programs", json={})
        sets: list[Json] = [a_set() for _ in range(120)]
        del sets[77]["exercise"]
        sessions = [a_session() for _ in range(25)] + [a_session(sets=sets)]
        answer = await api.post(
            f"/programs/{created.json()['program_id']}/adapt", json={"sessions": sessions}
        )
        problem = read_problem(answer, 422, "validation-failed")
        assert [error["pointer"] for error in problem["errors"]] == [
            "/sessions/25/sets/77/exercise"
        ]

    @pytest.mark.parametrize("path", ["/programs", "/sessions/batch"])
    async def test_reject_an_object_with_too_many_members(
        self, path: str, api: httpx.AsyncClient
    ) -> None:
        answer = await api.post(path, json={f"k{number}": 1 for number in range(201)})
        assert "200 members" in read_problem(answer, 413, "content-too-large")["detail"]
