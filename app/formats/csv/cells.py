"""Parses the text of one CSV cell into a value within the limits of what can be stored.

The limits are those of an upload by JSON, so nothing that is read here is rejected when it is
stored. The CSV readers call `parse` with a parser of columns.PARSERS. A parser raises BadCell, and
`parse` turns that into a remark and an unknown value.
"""

import re
from collections.abc import Callable, Collection
from typing import Any, TypeVar
from uuid import UUID

from app.formats.csv.row_reader import CsvRow
from app.formats.import_remarks import ImportRemarks
from app.training.log import limits

_T = TypeVar("_T")

_NUMBER = re.compile(r"[0-9]{1,16}(?:[.,][0-9]{1,20})?")
_UUID_FORM = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class BadCell(ValueError):
    """A cell or a row cannot be parsed. The text continues "Line 3" or "Line 3: reps"."""


def _parse_number(text: str) -> float:
    """Parse a plain number with a point or a comma before its decimals."""
    if not _NUMBER.fullmatch(text):
        raise BadCell("must be a plain number such as 12 or 7.5")
    whole, comma, decimals = text.partition(",")
    if comma and len(decimals) == 3:
        # 1,250 means 1250 in some countries and 1.25 in others.
        raise BadCell("has a comma that may mean thousands or decimals: write a point")
    return float(f"{whole}.{decimals}") if comma else float(text)


def decimal(high: float) -> Callable[[str], float]:
    """Return a parser of numbers from 0 to `high`."""

    def parse(text: str) -> float:
        value = -1.0 if text.startswith("-") else round(_parse_number(text), limits.MAX_DECIMALS)
        if not 0 <= value <= high:
            raise BadCell(f"must lie between 0 and {high:g}")
        return value

    return parse


def whole(low: int, high: int) -> Callable[[str], int]:
    """Return a parser of whole numbers from `low` to `high`; some apps write them as 15.0."""

    def parse(text: str) -> int:
        if text.isascii() and text.isdigit() and len(text) < 17:
            value = int(text)
        else:
            exact = -1.0 if text.startswith("-") else _parse_number(text)
            value = int(exact) if exact.is_integer() else -1
        if not low <= value <= high:
            raise BadCell(f"must be a whole number between {low} and {high}")
        return value

    return parse


def one_of(words: Collection[Any]) -> Callable[[str], Any]:
    """Return a parser that accepts these words in any case."""

    def parse(text: str) -> Any:
        if (word := text.lower()) not in words:
            raise BadCell(f"must be one of {', '.join(words)}")
        return word

    return parse


def parse_uuid(text: str) -> UUID:
    """Parse a UUID in its usual form of 36 characters. Raises BadCell."""
    if not _UUID_FORM.fullmatch(text):
        raise BadCell("must be a UUID such as 0190d1c5-6b1e-7c3a-9f57-1d2f3a4b5c6d")
    return UUID(text)


def parse(
    row: CsvRow, column: str, parser: Callable[[str], _T], remarks: ImportRemarks, pointer: str
) -> _T | None:
    """Return the value of a cell; None if it is empty, and None with a remark if it is bad."""
    text = row.text(column)
    if not text:
        return None
    try:
        return parser(text)
    except BadCell as bad:
        detail = f"Line {row.line}: {column} {bad}. It is kept as unknown."
        remarks.add("value_dropped", detail, pointer)
        return None


def truncate(text: str, max_length: int, row: CsvRow, remarks: ImportRemarks, pointer: str) -> str:
    """Cut a text to `max_length` characters, with a remark if it was longer."""
    if len(text) > max_length:
        detail = f"Line {row.line}: only the first {max_length:,} characters of this text are kept."
        remarks.add("text_cut", detail, pointer)
    return text[:max_length]
