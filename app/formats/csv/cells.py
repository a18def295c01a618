"""Texts in cells into values within the limits of what can be stored.

The limits are those of an upload, so that nothing that is read here is refused there. Hands
functions to the readers of CSV; what cannot be read is a BadCell that says what would be right.
"""

import re
from collections.abc import Callable, Collection
from typing import Any, TypeVar, get_args
from uuid import UUID

from app.formats.csv.row_reader import CsvRow
from app.formats.import_warnings import ImportWarnings
from app.training.log.completed import SessionStatus, SetKind
from app.training.planning.plan_constants import LoadUnit
from app.training.planning.spec import Surface
from app.training.planning.week import SetSide

T = TypeVar("T")

NUMBER = re.compile(r"[0-9]{1,16}(?:[.,][0-9]{1,20})?")
UUID_FORM = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# Loads are kept to a tenth of a gram, and everything else to as many decimals.
DECIMALS = 4
LONGEST_WORD = 100
LONGEST_NOTES = 2000
LONGEST_PROGRAM_ID = 200
MOST_FLAGS = 20


class BadCell(ValueError):
    """What a cell holds cannot be taken. The text says what would be right."""


def number(text: str) -> float:
    """A plain number with a point or a comma before its decimals. Raises BadCell."""
    if not NUMBER.fullmatch(text):
        raise BadCell("must be a plain number such as 12 or 7.5")
    whole, comma, decimals = text.partition(",")
    if comma and len(decimals) == 3:
        # 1,250 is 1250 to some and 1.25 to others.
        raise BadCell("has a comma that may mean thousands or decimals: write a point")
    return float(f"{whole}.{decimals}") if comma else float(text)


def decimal(high: float) -> Callable[[str], float]:
    """Reads a number from 0 to `high`."""

    def read(text: str) -> float:
        if text.startswith("-") or (value := round(number(text), DECIMALS)) > high:
            raise BadCell(f"must lie between 0 and {high:g}")
        return value

    return read


def whole(low: int, high: int) -> Callable[[str], int]:
    """Reads a whole number from `low` to `high`, which some apps write as 15.0."""

    def read(text: str) -> int:
        if text.isascii() and text.isdigit() and len(text) < 17:
            value = int(text)
        else:
            exact = -1.0 if text.startswith("-") else number(text)
            value = int(exact) if exact.is_integer() else -1
        if not low <= value <= high:
            raise BadCell(f"must be a whole number between {low} and {high}")
        return value

    return read


def one_of(words: Collection[Any]) -> Callable[[str], Any]:
    """Reads one of a few words."""

    def read(text: str) -> Any:
        if (word := text.lower()) not in words:
            raise BadCell(f"must be one of {', '.join(words)}")
        return word

    return read


def read_id(text: str) -> UUID:
    """A UUID in its usual form of 36 characters. Raises BadCell."""
    if not UUID_FORM.fullmatch(text):
        raise BadCell("must be a UUID such as 0190d1c5-6b1e-7c3a-9f57-1d2f3a4b5c6d")
    return UUID(text)


REPS = whole(0, 1000)
SET_INDEX = whole(0, 1000)
VERSION = whole(0, 2**53 - 1)
WEEK = whole(1, 52)
PLACE = whole(1, 7)
RISES = whole(0, 200)
SCORE = decimal(10)
MASS = decimal(1000)
SECONDS = decimal(86_400)
STATUS: Callable[[str], SessionStatus] = one_of(get_args(SessionStatus))
KIND: Callable[[str], SetKind] = one_of(get_args(SetKind))
SIDE: Callable[[str], SetSide] = one_of(get_args(SetSide))
SURFACE: Callable[[str], Surface] = one_of(get_args(Surface))
UNIT: Callable[[str], LoadUnit] = one_of(get_args(LoadUnit))


def take(
    row: CsvRow, column: str, read: Callable[[str], T], findings: ImportWarnings, pointer: str
) -> T | None:
    """What a cell holds; None for nothing, and, with a remark, for what cannot be taken."""
    text = row.text(column)
    if not text:
        return None
    try:
        return read(text)
    except BadCell as bad:
        detail = f"Line {row.line}: {column} {bad}. It is kept as unknown."
        findings.add("value_dropped", detail, pointer)
        return None


def cut(text: str, longest: int, row: CsvRow, findings: ImportWarnings, pointer: str) -> str:
    """A text no longer than can be stored, with a remark where that took something off."""
    if len(text) > longest:
        detail = f"Line {row.line}: only the first {longest:,} characters of this text are kept."
        findings.add("text_cut", detail, pointer)
    return text[:longest]
