"""Reads the bytes of a CSV file as rows of text, within limits of size and time.

Encoding, separator, limits and damaged rows are handled here. The three readers (pushoff_csv, hevy,
strong) get CsvRows and know what the columns mean; nothing here does.
"""

import csv
import io
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from app.formats.import_remarks import ImportRemarks
from app.formats.imported_file import FileLimitExceeded, FileUnreadable, ImportContext

MAX_BYTES = 8 * 1024 * 1024
# In characters. Less than the 131,072 that the csv module accepts for one cell, and far more than a
# row of any known format has. A longer row has a quotation mark that is not closed.
MAX_ROW_LENGTH = 65_536
_MAX_ROWS = 50_000
_MAX_COLUMNS = 200
_SEPARATORS = ",;\t"
_NOT_UTF8 = "The text is not in UTF-8: save it as CSV in UTF-8."
_BAD_HEADER = "The first line is not a list of column names."
_BAD_QUOTES = "has a quotation mark that is not closed or not doubled"
_ROW_TOO_LONG = (
    f"begins a row of more than {MAX_ROW_LENGTH:,} characters, perhaps because a quotation mark is"
    " not closed; nothing after it was read"
)
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class _RowTooLong(Exception):
    """A row has more than MAX_ROW_LENGTH characters."""


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row of a CSV file."""

    line: int
    """Number of the line that it begins on, from 1."""
    cells: Mapping[str, str]
    """Texts by column name. A missing column has no entry."""

    def text(self, column: str) -> str:
        """Return the text of a cell without surrounding spaces; "" if it is empty or missing."""
        return self.cells.get(column, "").strip()


class _LineReader:
    """Iterates over the lines of a file with their line ends and without NULs.

    Raises _RowTooLong when a row exceeds its limit, and UnicodeDecodeError if it is not UTF-8.
    """

    def __init__(self, data: bytes) -> None:
        self._file = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")
        self.row_length = 0
        """Characters of the row so far. `_parse_header` and `_split_rows` reset it."""
        self.last_line_ended = True
        """Whether the last line has a line end."""
        self.nul_count = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._file.readline(MAX_ROW_LENGTH + 1)
        if not line:
            raise StopIteration
        self.row_length += len(line)
        if self.row_length > MAX_ROW_LENGTH:
            raise _RowTooLong
        self.last_line_ended = line.endswith(("\n", "\r"))
        if "\0" in line:
            self.nul_count += line.count("\0")
            line = line.replace("\0", "")
        return line


def read_header(data: bytes) -> tuple[str, ...]:
    """Return the column names in lower case. Raises FileUnreadable and FileLimitExceeded."""
    return _parse_header(_open_text(data))[0]


def read_rows(
    data: bytes, needed: Collection[str], context: ImportContext, remarks: ImportRemarks
) -> Iterator[CsvRow]:
    """Yield the rows below the header. Raises FileUnreadable and FileLimitExceeded."""
    deadline = time.monotonic() + context.timeout_s
    lines = _open_text(data)
    header, separator = _parse_header(lines)
    if missing := sorted(set(needed) - set(header)):
        raise FileUnreadable(f"The first line lacks these columns: {', '.join(missing)}.")
    for number, (line, cells) in enumerate(_split_rows(lines, separator, remarks)):
        if number >= _MAX_ROWS:
            raise FileLimitExceeded(f"The file has more than {_MAX_ROWS:,} rows: send it in parts.")
        if time.monotonic() > deadline:
            limit = f"{context.timeout_s:g} seconds"
            raise FileLimitExceeded(f"The file cannot be read within {limit}: send it in parts.")
        if any(cells) and _matches_header(cells, header, lines, line, remarks):
            yield CsvRow(line, dict(zip(header, cells, strict=False)))
    if lines.nul_count:
        remarks.add_for_file("nul_removed", f"{lines.nul_count:,} NUL characters were left out.")


def _open_text(data: bytes) -> _LineReader:
    if len(data) > MAX_BYTES:
        megabytes = MAX_BYTES // 2**20
        raise FileLimitExceeded(f"The file is larger than {megabytes} MiB: send it in parts.")
    if not data:
        raise FileUnreadable("The file is empty.")
    if data.startswith(_UTF16_MARKS):
        raise FileUnreadable("The text is in UTF-16: save it as CSV in UTF-8.")
    return _LineReader(data)


def _parse_header(lines: _LineReader) -> tuple[tuple[str, ...], str]:
    try:
        first = next(lines, "")
        # Excel writes the list separator of its country, so the first line decides.
        separator = max(_SEPARATORS, key=first.count)
        names = next(csv.reader([first], delimiter=separator, strict=True), [])
    except UnicodeDecodeError:
        raise FileUnreadable(_NOT_UTF8) from None
    except (_RowTooLong, csv.Error):
        raise FileUnreadable(_BAD_HEADER) from None
    header = tuple(name.strip().lower() for name in names)
    named = [name for name in header if name]
    if not named or lines.nul_count or len(header) > _MAX_COLUMNS:
        raise FileUnreadable(_BAD_HEADER)
    if len(set(named)) < len(named):
        raise FileUnreadable("Two columns have the same name: remove one of them.")
    lines.row_length = 0
    return header, separator


def _split_rows(
    lines: _LineReader, separator: str, remarks: ImportRemarks
) -> Iterator[tuple[int, list[str]]]:
    """Yield the first line number and the cells of each row; no cells for a row that is lost."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        lines.row_length = 0
        # The header was line 1, and the csv module counts only the lines that it read itself.
        line, cells = reader.line_num + 2, list[str]()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except UnicodeDecodeError:
            raise FileUnreadable(_NOT_UTF8) from None
        except _RowTooLong:
            # The start of the next row is unknown, so reading ends here.
            remarks.add_lost_row(line, _ROW_TOO_LONG)
            return
        except csv.Error:
            last = reader.line_num + 1
            lines_lost = f", down to line {last}" if last > line else ""
            remarks.add_lost_row(line, f"{_BAD_QUOTES}{lines_lost}")
        yield line, cells


def _matches_header(
    cells: list[str],
    header: tuple[str, ...],
    lines: _LineReader,
    line: int,
    remarks: ImportRemarks,
) -> bool:
    """Whether a row has the columns of the header; if not, it becomes a remark."""
    if any(cells[len(header) :]):
        remarks.add_lost_row(line, f"has {len(cells)} cells and the first line {len(header)}")
        return False
    # Spreadsheets omit empty cells at the end of a row, so a short row is complete, unless the file
    # was cut off there.
    if len(cells) < len(header) and not lines.last_line_ended:
        remarks.add_lost_row(line, "ends early; the file may have been cut off")
        return False
    return True
