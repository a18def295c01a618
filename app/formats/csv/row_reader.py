"""Bytes of a CSV file into rows of text, with fences around everything that could run away.

Hands Rows to the three readers of CSV. Encoding, separators, sizes and time are settled here;
what a column means is not known here.
"""

import csv
import io
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from app.formats.import_warnings import ImportWarnings
from app.formats.imported_file import FileLimitExceeded, FileUnreadable, ImportContext

MOST_BYTES = 8 * 1024 * 1024
MOST_ROWS = 50_000
MOST_COLUMNS = 200
# Less than the 131,072 characters that the csv module takes for one cell, and far more than a
# row of any known format. What is longer is a quotation mark that nobody closed.
MOST_ROW = 65_536
SEPARATORS = ",;\t"
NOT_UTF8 = "The text is not in UTF-8: save it as CSV in UTF-8."
QUOTES = "has a quotation mark that is not closed, or not written twice"
ENDLESS = (
    f"begins a row of more than {MOST_ROW:,} characters, perhaps because a quotation mark is not"
    " closed, so that nothing after it was read"
)
UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Endless(Exception):
    """A row that does not end where any row would."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row under the names of its columns."""

    line: int
    """The line that it begins on, from 1."""
    cells: Mapping[str, str]
    """The texts by column; a column that is missing has none."""

    def text(self, column: str) -> str:
        """What a cell holds, without spaces around it; "" for nothing."""
        return self.cells.get(column, "").strip()


class Lines:
    """The lines of a file with their ends, never more at a time than a row may have.

    Raises Endless and, for what is no UTF-8, UnicodeDecodeError.
    """

    def __init__(self, data: bytes) -> None:
        self.file = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")
        self.spent = 0
        """Characters since a row began."""
        self.ended = True
        """Whether the last line had an end."""
        self.nuls = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.file.readline(MOST_ROW + 1)
        if not line:
            raise StopIteration
        self.spent += len(line)
        if self.spent > MOST_ROW:
            raise Endless
        self.ended = line.endswith(("\n", "\r"))
        if "\0" in line:
            self.nuls += line.count("\0")
            line = line.replace("\0", "")
        return line


def read_header(data: bytes) -> tuple[str, ...]:
    """The names of the columns in lower case, from the first line. Raises Unreadable, TooMuch."""
    return split_header(open_text(data))[0]


def read_rows(
    data: bytes, needed: Collection[str], context: ImportContext, findings: ImportWarnings
) -> Iterator[Row]:
    """The rows below the header, as far as they can be read. Raises Unreadable, TooMuch."""
    deadline = time.monotonic() + context.timeout_s
    lines = open_text(data)
    header, separator = split_header(lines)
    if missing := sorted(set(needed) - set(header)):
        raise FileUnreadable(f"The first line does not name these columns: {', '.join(missing)}.")
    for number, (line, cells) in enumerate(walk(lines, separator, findings)):
        if number >= MOST_ROWS:
            raise FileLimitExceeded(f"The file has more than {MOST_ROWS:,} rows: send it in parts.")
        if time.monotonic() > deadline:
            raise FileLimitExceeded(
                f"The file cannot be read within {context.timeout_s:g} seconds: send it in parts."
            )
        if any(cells) and fits(cells, header, lines, line, findings):
            yield Row(line, dict(zip(header, cells, strict=False)))
    if lines.nuls:
        findings.add_for_file("nul_removed", f"{lines.nuls:,} NUL characters were left out.")


def open_text(data: bytes) -> Lines:
    """The lines of a text. Raises Unreadable for what cannot be one, and TooMuch."""
    if len(data) > MOST_BYTES:
        raise FileLimitExceeded(
            f"The file is larger than {MOST_BYTES // 2**20} MiB: send it in parts."
        )
    if not data:
        raise FileUnreadable("The file is empty.")
    if data.startswith(UTF16):
        raise FileUnreadable("The text is in UTF-16: save it as CSV in UTF-8.")
    return Lines(data)


def split_header(lines: Lines) -> tuple[tuple[str, ...], str]:
    """The names of the columns, and what separates them. Raises Unreadable."""
    try:
        first = next(lines, "")
        # Excel writes what its country separates numbers with, so the first line decides.
        separator = max(SEPARATORS, key=first.count)
        names = next(csv.reader([first], delimiter=separator, strict=True), [])
    except UnicodeDecodeError:
        raise FileUnreadable(NOT_UTF8) from None
    except (Endless, csv.Error):
        raise FileUnreadable("The first line is no list of column names.") from None
    header = tuple(name.strip().lower() for name in names)
    named = [name for name in header if name]
    if not named or lines.nuls or len(header) > MOST_COLUMNS:
        raise FileUnreadable("The first line is no list of column names.")
    if len(set(named)) < len(named):
        raise FileUnreadable("Two columns have the same name: keep the one that counts.")
    lines.spent = 0
    return header, separator


def walk(lines: Lines, separator: str, findings: ImportWarnings) -> Iterator[tuple[int, list[str]]]:
    """The rows as lists of cells, each with the line it begins on; no cells where it is lost."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        lines.spent = 0
        # The header was line 1, and the reader counts only what it took itself.
        line, cells = reader.line_num + 2, list[str]()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except UnicodeDecodeError:
            raise FileUnreadable(NOT_UTF8) from None
        except Endless:
            # Where the next row begins nobody can tell, so the file ends here.
            findings.add_lost_row(line, ENDLESS)
            return
        except csv.Error:
            last = reader.line_num + 1
            findings.add_lost_row(
                line, f"{QUOTES}{f', down to line {last}' if last > line else ''}"
            )
        yield line, cells


def fits(
    cells: list[str], header: tuple[str, ...], lines: Lines, line: int, findings: ImportWarnings
) -> bool:
    """Whether a row belongs under the header.

    Spreadsheets leave out empty cells at the end of a row, so a short one is whole, unless it is
    the end of a file that was cut off.
    """
    if any(cells[len(header) :]):
        findings.add_lost_row(line, f"has {len(cells)} cells and the first line {len(header)}")
        return False
    if len(cells) < len(header) and not lines.ended:
        findings.add_lost_row(line, "ends early; the file may have been cut off")
        return False
    return True
