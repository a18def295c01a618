"""The columns of our own CSV, made from the fields of a session and a set.

A new field of CompletedSession or CompletedSet becomes a column by its type; a field that holds a
dataclass becomes one column for each part, such as `load_value`. Numbers get their limits from
training.log.limits. pushoff_csv uses the header, row_values and lifting_app_csv use the parsers.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from operator import attrgetter
from types import NoneType
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from app.formats.csv import cells
from app.formats.csv.escaping import escape, join_words
from app.training.log import limits
from app.training.log.completed import CompletedSession, CompletedSet


class Column(NamedTuple):
    """One column of the file, and the value that it holds."""

    name: str
    field: str
    """The field of the session or the set."""
    kind: Any
    """The type of the value when it is known."""
    part: str = ""
    """The field of the dataclass in that field, if it holds one."""


def list_columns(owner: type, noun: str) -> Iterator[Column]:
    """Yield the columns of a dataclass: `noun` distinguishes the versions of session and set."""
    for field, kind in _list_kinds(owner):
        if is_dataclass(kind):
            for part, kind_of_part in _list_kinds(kind):
                yield Column(f"{field}_{part}", field, kind_of_part, part)
        elif field != "sets":
            name = f"{noun}_version" if field == "version" else field
            yield Column(name, field, kind)


def _list_kinds(owner: Any) -> Iterator[tuple[str, Any]]:
    hints = get_type_hints(owner)
    for field in fields(owner):
        hint = hints[field.name]
        yield field.name, next((k for k in get_args(hint) if NoneType in get_args(hint)), hint)


# `kind` follows `set_index`, as in the files that people have.
_FIRST_IN_SET = ("set_id", "version", "exercise", "side", "set_index", "kind")
SESSION_COLUMNS = tuple(list_columns(CompletedSession, "session"))
SET_COLUMNS = tuple(
    sorted(
        list_columns(CompletedSet, "set"),
        key=lambda column: (*_FIRST_IN_SET, column.field).index(column.field),
    )
)
# The csv module itself writes ids, whole numbers, and unknown values as "".
_FORMATS: Mapping[Any, Callable[[Any], str]] = {
    str: escape,
    # Exactly, without the point of whole numbers.
    float: lambda value: repr(value).removesuffix(".0"),
    datetime: datetime.isoformat,
    tuple: lambda words: escape(join_words(words)) if words else "",
}


def make_formatter(columns: tuple[Column, ...]) -> Callable[[Any], list[Any]]:
    """Return a function that turns a session or a set into cells for the csv module."""
    get_fields = attrgetter(*(column.field for column in columns))
    made = [(place, _make_format(column)) for place, column in enumerate(columns)]
    formats = [(place, format_cell) for place, format_cell in made if format_cell is not None]

    def format_cells(value: Any) -> list[Any]:
        cells = [*get_fields(value)]
        for place, format_cell in formats:
            if (cell := cells[place]) is not None:
                cells[place] = format_cell(cell)
        return cells

    return format_cells


def _make_format(column: Column) -> Callable[[Any], Any] | None:
    format_cell = _FORMATS.get(get_origin(column.kind) or column.kind)
    if not column.part:
        return format_cell
    get_part = attrgetter(column.part)
    if format_cell is None:
        return get_part
    return lambda whole: None if (part := get_part(whole)) is None else format_cell(part)


def _make_parser(column: Column) -> Callable[[str], Any]:
    if get_origin(column.kind) is Literal:
        return cells.one_of(get_args(column.kind))
    bounds = limits.BOUNDS["version" if column.field == "version" else column.name]
    if column.kind is int:
        return cells.whole(int(bounds.low), int(bounds.high))
    return cells.decimal(bounds.high)


PARSERS: Mapping[str, Callable[[str], Any]] = {
    column.name: _make_parser(column)
    for column in (*SESSION_COLUMNS, *SET_COLUMNS)
    if column.kind in (int, float) or get_origin(column.kind) is Literal
}
"""Parsers of numbers and of words from a list, by column. They raise BadCell."""
