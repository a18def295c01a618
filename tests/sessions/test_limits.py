"""Every reader rejects values beyond the list of limits, and accepts the limits.

JSON rejects the upload, CSV keeps the value as unknown. tests/formats/fit does the same for FIT.
"""

import csv
import io
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from app.formats.csv import columns, pushoff_csv
from app.formats.csv.columns import Column
from app.formats.imported_file import ImportedFile
from app.sessions import from_wire
from app.sessions.schemas import SessionIn
from app.training.log import limits
from app.web.http.problems import ValidationFailed
from tests.client import Json, a_session, a_set
from tests.formats.csv.import_checks import NOW, make_context

SESSION, SET = columns.SESSION_COLUMNS, columns.SET_COLUMNS
NUMBERS = [column for column in (*SESSION, *SET) if column.kind in (int, float)]
TEXTS = [column for column in (*SESSION, *SET) if column.kind is str]
COMPANIONS: dict[str, Json] = {
    "heel_rise_test": {"left": 20, "right": 20},
    "morning_pain": {"score": 1},
    "load": {"value": 1, "unit": "kg"},
}
"""The other parts of a field beside the part under test."""


class TestLimits:
    def test_have_the_values_of_the_contract(self) -> None:
        """Other tests take the values from the list, and would not notice a wrong one."""
        values = {name: tuple(bounds) for name, bounds in limits.BOUNDS.items()}
        assert values == {
            "version": (0, 9007199254740991), "week": (1, 52), "session": (1, 7),
            "srpe": (0, 10), "morning_pain_score": (0, 10),
            "heel_rise_test_left": (0, 200), "heel_rise_test_right": (0, 200),
            "set_index": (0, 1000), "reps": (0, 1000), "load_kg": (0, 1000),
            "load_value": (0, 1000), "duration_s": (0, 86400), "rir": (0, 10), "rpe": (0, 10),
            "pain": (0, 10), "prescribed_reps": (0, 1000), "prescribed_load": (0, 1000),
        }  # fmt: skip
        assert limits.MAX_LENGTHS == {"athlete_id": 128, "program_id": 400, "notes": 2000}


def get_name(column: Column) -> str:
    return column.name


def find_bounds(column: Column) -> tuple[int, int]:
    low, high = limits.BOUNDS["version" if column.field == "version" else column.name]
    return int(low), int(high)


def make_upload(column: Column, value: object) -> Json:
    """A session to upload in which one field, or one part of it, has a value."""
    whole = {**COMPANIONS.get(column.field, {}), column.part: value} if column.part else value
    if column in SET:
        return a_session(sets=[a_set(**{column.field: whole})])
    return a_session(**{column.field: whole})


def upload(sent: Json) -> None:
    from_wire.parse_session(SessionIn.model_validate(sent), uuid4(), NOW)


def build_path(column: Column) -> tuple[str | int, ...]:
    below = (column.field, column.part) if column.part else (column.field,)
    return ("sets", 0, *below) if column in SET else below


def read_csv(cells: dict[str, object]) -> ImportedFile:
    row = {"started_at": "2024-05-06T18:30:00+02:00", "exercise": "step-up", **cells}
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [*row])
    writer.writeheader()
    writer.writerow(row)
    return pushoff_csv.read(text.getvalue().encode(), make_context())


def read_cell(column: Column, value: object) -> tuple[Any, list[str]]:
    """What CSV reads of a cell, and the codes of its remarks on it."""
    other = {"heel_rise_test_left": 20, "heel_rise_test_right": 20, "morning_pain_score": 1}
    beside = other if column.field in COMPANIONS and column in SESSION else {}
    found = read_csv({**beside, column.name: value})
    (session,) = found.sessions
    whole = getattr(session.sets[0] if column in SET else session, column.field)
    read = getattr(whole, column.part, None) if column.part else whole
    codes = [one.code for one in found.remarks if one.code != "times_estimated"]
    return read, codes


class TestNumbers:
    def test_has_bounds_for_every_number(self) -> None:
        names = {"version" if column.field == "version" else column.name for column in NUMBERS}
        assert names == limits.BOUNDS.keys()

    @pytest.mark.parametrize("column", NUMBERS, ids=get_name)
    def test_limits_every_number_of_json(self, column: Column) -> None:
        low, high = find_bounds(column)
        for value in (low, high):
            upload(make_upload(column, value))
        for value in (low - 1, high + 1):
            with pytest.raises(ValidationError) as refused:
                upload(make_upload(column, value))
            (error,) = refused.value.errors()
            assert error["loc"] == build_path(column)

    @pytest.mark.parametrize("column", NUMBERS, ids=get_name)
    def test_limits_every_number_of_csv(self, column: Column) -> None:
        low, high = find_bounds(column)
        for value in (low, high):
            assert read_cell(column, value) == (value, [])
        for value in (low - 1, high + 1):
            read, codes = read_cell(column, value)
            assert read in (None, 1 if column.field == "set_index" else None)
            assert set(codes) == {"value_dropped"}


class TestTexts:
    @pytest.mark.parametrize("column", TEXTS, ids=get_name)
    def test_limits_the_length_of_json_texts(self, column: Column) -> None:
        longest = limits.MAX_LENGTHS.get(column.name, limits.MAX_WORD_LENGTH)
        upload(make_upload(column, "x" * longest))
        with pytest.raises(ValidationError) as refused:
            upload(make_upload(column, "x" * (longest + 1)))
        assert refused.value.errors()[0]["loc"] == build_path(column)

    # The caller says whose the file is.
    @pytest.mark.parametrize("column", TEXTS[1:], ids=get_name)
    def test_limits_the_length_of_csv_texts(self, column: Column) -> None:
        assert column.name != "athlete_id"
        longest = limits.MAX_LENGTHS.get(column.name, limits.MAX_WORD_LENGTH)
        assert read_cell(column, "x" * longest)[0] == "x" * longest
        # An id that is cut would be another programme's.
        kept = None if column.name == "program_id" else "x" * longest
        assert read_cell(column, "x" * (longest + 1))[0] == kept

    def test_accepts_an_empty_text_only_where_the_list_allows_it(self) -> None:
        for column in TEXTS:
            if column.name in limits.MAY_BE_EMPTY:
                upload(make_upload(column, ""))
            else:
                with pytest.raises(ValidationError):
                    upload(make_upload(column, ""))


class TestLists:
    def test_limits_the_length_of_json_lists(self) -> None:
        flags, sets = ["x"] * limits.MAX_RED_FLAGS, [a_set()] * limits.MAX_SETS
        SessionIn.model_validate(a_session(red_flags=flags, sets=sets))
        for more in ({"red_flags": [*flags, "x"]}, {"sets": [*sets, a_set()]}):
            with pytest.raises(ValidationError):
                SessionIn.model_validate(a_session(**more))

    def test_limits_the_length_of_csv_lists(self) -> None:
        flags = "; ".join(f"flag {number}" for number in range(limits.MAX_RED_FLAGS + 1))
        (session,) = read_csv({"red_flags": flags}).sessions
        assert len(session.red_flags) == limits.MAX_RED_FLAGS
        rows = "step-up,2024-05-06T18:30:00Z\n" * (limits.MAX_SETS + 1)
        found = pushoff_csv.read(f"exercise,started_at\n{rows}".encode(), make_context())
        assert len(found.sessions[0].sets) == limits.MAX_SETS


class TestMoments:
    BEYOND = (
        limits.EARLIEST - timedelta(seconds=1),
        NOW + limits.MAX_AHEAD + timedelta(seconds=1),
        datetime.max.replace(tzinfo=UTC),
    )

    @pytest.mark.parametrize("field", ["started_at", "ended_at", "performed_at"])
    def test_limits_the_moments_of_json(self, field: str) -> None:
        def send(moment: datetime) -> None:
            change = {field: moment.isoformat()}
            sent = a_session(sets=[a_set(**change)]) if field[0] == "p" else a_session(**change)
            upload(sent)

        for moment in (limits.EARLIEST, NOW + limits.MAX_AHEAD):
            send(moment)
        for moment in self.BEYOND:
            with pytest.raises(ValidationFailed):
                send(moment)

    @pytest.mark.parametrize("field", ["ended_at", "performed_at"])
    def test_limits_the_moments_of_csv(self, field: str) -> None:
        def read(moment: datetime) -> Json:
            (session,) = read_csv({field: moment.isoformat()}).sessions
            return {**asdict(session), **asdict(session.sets[0])}

        for moment in (limits.EARLIEST, NOW + limits.MAX_AHEAD):
            assert read(moment)[field] == moment
        for moment in self.BEYOND:
            assert read(moment)[field] != moment
