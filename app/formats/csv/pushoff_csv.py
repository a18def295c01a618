"""Writes and reads the Pushoff CSV: one row for each set, with the fields of its session.

`write` streams the rows for GET /sessions. `read` gets the exact sessions back, and also accepts
files that were typed or changed in a spreadsheet; detection calls it. A session without sets is one
row. row_values parses the cells of a row, and escaping keeps texts from running as formulas.
"""

import csv
import json
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from app.formats.csv import cells, columns, local_times, row_reader, row_values
from app.formats.csv.cells import BadCell
from app.formats.csv.escaping import escape, unescape
from app.formats.csv.row_reader import CsvRow
from app.formats.csv.row_values import PushoffRow
from app.formats.csv.session_builder import FileBuilder, SessionBuilder
from app.formats.imported_file import ImportContext, ImportedFile
from app.training.catalog.exercises import EXERCISES
from app.training.log import limits
from app.training.log.completed import CompletedSession, Device

KIND = "pushoff_csv"
SESSION_COLUMNS = [column.name for column in columns.SESSION_COLUMNS]
SET_COLUMNS = [column.name for column in columns.SET_COLUMNS]
HEADER: tuple[str, ...] = (*SESSION_COLUMNS, *SET_COLUMNS)
NEEDED = frozenset({"started_at", "exercise"})
# Columns that must be equal in all rows of a session. The caller names the athlete.
SHARED = SESSION_COLUMNS[2:]
_SESSION_ID_NAMESPACE = uuid.UUID("a4d0c1f2-6a0d-4b7e-8b1c-90d3a2e5c716")
_ATHLETE_DIFFERS = (
    "Rows with another athlete_id are counted for the athlete of the request ({} of them)."
)
_PROGRAM_DIFFERS = (
    "Sessions of another programme are counted for the programme of the request ({} of them)."
)
_SESSION_DIFFERS = (
    "Where the rows of a session differ in its fields, the first row counts ({} rows differ)."
)


class _Echo:
    """A file for csv.writer whose `write` returns the text, so that rows can be streamed."""

    def write(self, text: str) -> str:
        return text


def write(sessions: Iterable[CompletedSession]) -> Iterator[str]:
    """Yield the lines of a CSV file (RFC 4180) with these sessions, the header first."""
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    yield writer.writerow(HEADER)
    for session in sessions:
        session_cells = _format_session(session)
        # As texts, because the csv module would format the other values again in each row.
        session_cells = ["" if cell is None else str(cell) for cell in session_cells]
        rows = map(_format_set, session.sets) if session.sets else [[""] * len(SET_COLUMNS)]
        for set_cells in rows:
            yield writer.writerow(session_cells + set_cells)


def _format_session(session: CompletedSession) -> list[Any]:
    formatted = _format_fields(session)
    if session.device == Device():
        # A device without any name is written as an empty text, to differ from no device.
        formatted[_MANUFACTURER] = escape("")
    return formatted


_format_fields = columns.make_formatter(columns.SESSION_COLUMNS)
_format_set = columns.make_formatter(columns.SET_COLUMNS)
_MANUFACTURER = SESSION_COLUMNS.index("device_manufacturer")


def read(data: bytes, context: ImportContext) -> ImportedFile:
    """Read a Pushoff CSV with its ids and versions. Raises FileUnreadable and FileLimitExceeded."""
    reader = _PushoffCsvReader(context)
    for column in row_reader.read_header(data):
        if column and column not in HEADER:
            name = column[: limits.MAX_WORD_LENGTH]
            detail = f"The column {name} is not known and was not stored."
            reader.remarks.add("unknown_column", detail)
    for csv_row in row_reader.read_rows(data, NEEDED, context, reader.remarks):
        try:
            reader.add(csv_row)
        except BadCell as bad:
            reader.remarks.add_lost_row(csv_row.line, str(bad))
    return reader.build(KIND, "Nothing")


class _PushoffCsvReader(FileBuilder[uuid.UUID]):
    def __init__(self, context: ImportContext) -> None:
        super().__init__(context)
        self.shared: dict[uuid.UUID, tuple[str, ...]] = {}
        """The cells of SHARED in the first row of each session."""
        self.set_ids: set[uuid.UUID] = set()

    def add(self, csv_row: CsvRow) -> None:
        """Add a row to its session. Raises BadCell."""
        has_set = any(csv_row.cells.get(column) for column in SET_COLUMNS)
        if has_set and not csv_row.cells.get("exercise"):
            raise BadCell("has no exercise")
        set_id = self._parse_id(csv_row, "set_id")
        if set_id in self.set_ids:
            raise BadCell("has the set_id of an earlier row")
        builder = self._find_session(csv_row)
        if not has_set:
            return
        builder.check_room()
        row = PushoffRow(csv_row, builder.next_pointer, self.times, self.remarks)
        new = row_values.parse_set(row, builder, set_id)
        self.set_ids.add(new.set_id)
        builder.add(new)
        if new.exercise not in EXERCISES:
            self.unmapped[new.exercise] += 1

    def _find_session(self, csv_row: CsvRow) -> SessionBuilder:
        """Return the session of a row, which is started with its first row. Raises BadCell."""
        athlete_id = self.context.athlete_id
        if unescape(csv_row.cells.get("athlete_id", "")) not in (None, athlete_id):
            self.remarks.add_for_file("athlete_differs", _ATHLETE_DIFFERS)
        session_id = self._parse_id(csv_row, "session_id")
        started_at = None
        if session_id is None:
            started_at = row_values.parse_start(csv_row, self.times, self.remarks)
            session_id = self._derive_session_id(csv_row, started_at)
        shared = tuple(csv_row.cells.get(column, "") for column in SHARED)
        if (builder := self.builders.get(session_id)) is not None:
            first = self.shared[session_id]
            if shared != first and any(b and a != b for a, b in zip(first, shared, strict=True)):
                self.remarks.add_for_file("session_differs", _SESSION_DIFFERS)
            return builder
        started_at = started_at or row_values.parse_start(csv_row, self.times, self.remarks)
        row = PushoffRow(csv_row, f"/sessions/{len(self.builders)}", self.times, self.remarks)
        program_id = self._choose_program_id(csv_row)
        session = row_values.parse_session(row, session_id, athlete_id, program_id, started_at)
        self.shared[session_id] = shared
        return self.builders.setdefault(session_id, SessionBuilder(row.pointer, session))

    def _parse_id(self, csv_row: CsvRow, column: str) -> uuid.UUID | None:
        return cells.parse(csv_row, column, cells.parse_uuid, self.remarks, "")

    def _derive_session_id(self, csv_row: CsvRow, started_at: datetime) -> uuid.UUID:
        """Return the id of a session that has none, from its athlete, start, programme and place.

        A start without an offset counts as it is written, so that an import with another time zone
        moves the session and does not store a second one.
        """
        text = csv_row.text("started_at")
        start = started_at.astimezone(UTC).isoformat() if local_times.has_offset(text) else text
        key = [self.context.athlete_id, start]
        key += [csv_row.text(column) for column in ("program_id", "week", "session")]
        return uuid.uuid5(_SESSION_ID_NAMESPACE, json.dumps(key))

    def _choose_program_id(self, csv_row: CsvRow) -> str | None:
        """Return the programme of the request or, without one, that of the row."""
        in_file, in_request = row_values.parse_program_id(csv_row), self.context.program_id
        if in_request is not None and in_file not in (None, in_request):
            self.remarks.add_for_file("program_differs", _PROGRAM_DIFFERS)
        return in_request or in_file
