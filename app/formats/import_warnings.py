"""What a reader of CSV files notices on its way, gathered into remarks.

Hands finished Remarks to the readers. However bad a file is, its remarks stay few: each code is
told in full a number of times and then only counted. What cells hold is never repeated here.
"""

from collections import Counter

from app.formats.imported_file import FileUnreadable, ImportContext, ImportRemark

MOST_OF_A_CODE = 20
MOST_REMARKS = 100


class ImportWarnings:
    """The remarks on one file, as they come up."""

    def __init__(self, context: ImportContext) -> None:
        self.strict = context.strict
        self.remarks: list[ImportRemark] = []
        self.seen: Counter[str] = Counter()
        self.tallies: Counter[tuple[str, str]] = Counter()
        self.lost: str | None = None
        """Why the first row was lost, if one was."""

    def add(self, code: str, detail: str, pointer: str = "") -> None:
        """Something about one place in the file."""
        self.seen[code] += 1
        if self.seen[code] <= MOST_OF_A_CODE and len(self.remarks) < MOST_REMARKS:
            self.remarks.append(ImportRemark(code, detail, pointer))

    def lose(self, line: int, why: str) -> None:
        """A row that could not be read. Raises Unreadable if the caller wants all or nothing."""
        detail = f"Line {line} {why}. This row was left out."
        if self.strict:
            raise FileUnreadable(f"Line {line} {why}.")
        self.lost = self.lost or detail
        self.add("row_lost", detail)

    def tally(self, code: str, detail: str) -> None:
        """Something that holds for many rows and is told once; `{}` in it becomes their number."""
        self.tallies[code, detail] += 1

    def close(self) -> tuple[ImportRemark, ...]:
        """Everything that was found: what holds for the whole file first."""
        whole = [
            ImportRemark(code, detail.format(f"{number:,}"), "")
            for (code, detail), number in self.tallies.items()
        ]
        hidden = self.seen.total() - len(self.remarks)
        if hidden:
            whole.append(
                ImportRemark(
                    "more_remarks", f"There are {hidden:,} more remarks of these kinds.", ""
                )
            )
        return (*whole, *self.remarks)
