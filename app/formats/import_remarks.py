"""The remarks that a reader collects while it reads one file.

The CSV and FIT readers add to an ImportRemarks and put its list into the ImportedFile. The list
stays short however bad the file is: after a number of remarks with the same code, the others are
only counted. A remark never repeats what a cell holds.
"""

from collections import Counter
from collections.abc import Iterable

from app.formats.imported_file import FileUnreadable, ImportContext, ImportRemark
from app.training.catalog.exercises import EXERCISES
from app.training.log.completed import CompletedSession, CompletedSet

_MAX_PER_CODE = 20
_MAX_REMARKS = 100
_HOLD_WITHOUT_DURATION = (
    "A hold counts by its seconds: sets of holds without a duration do not count ({} of them)."
)


class ImportRemarks:
    """Collects the remarks on one file."""

    def __init__(self, context: ImportContext) -> None:
        self._strict = context.strict
        self._remarks: list[ImportRemark] = []
        self._file_remarks: Counter[tuple[str, str]] = Counter()
        self.counts: Counter[str] = Counter()
        """How often each code was added, listed or not."""
        self.first_lost_row: str | None = None
        """Why the first row was lost; None while no row is lost."""

    def add(self, code: str, detail: str, pointer: str = "") -> None:
        """Add a remark on one place in the file."""
        self.counts[code] += 1
        if self.counts[code] <= _MAX_PER_CODE and len(self._remarks) < _MAX_REMARKS:
            self._remarks.append(ImportRemark(code, detail, pointer))

    def add_lost_row(self, line: int, reason: str) -> None:
        """Add a remark on a row that cannot be read. In strict mode, raise FileUnreadable."""
        detail = f"Line {line} {reason}. This row was left out."
        if self._strict:
            raise FileUnreadable(f"Line {line} {reason}.")
        self.first_lost_row = self.first_lost_row or detail
        self.add("row_lost", detail)

    def add_for_file(self, code: str, detail: str) -> None:
        """Add a remark that is listed once for the whole file, however often it is added.

        A `{}` in the detail is replaced by the number of times.
        """
        self._file_remarks[code, detail] += 1

    def add_for_holds(self, sessions: Iterable[CompletedSession]) -> None:
        """Add a remark if a hold has no duration."""
        for session in sessions:
            for one in session.sets:
                if _lacks_duration(one):
                    self.add_for_file("hold_without_duration", _HOLD_WITHOUT_DURATION)

    def list_remarks(self) -> tuple[ImportRemark, ...]:
        """Return all remarks, those on the whole file first."""
        file_remarks = [
            ImportRemark(code, detail.format(f"{number:,}"), "")
            for (code, detail), number in self._file_remarks.items()
        ]
        hidden = self.counts.total() - len(self._remarks)
        if hidden:
            detail = f"There are {hidden:,} more remarks of these kinds."
            file_remarks.append(ImportRemark("more_remarks", detail, ""))
        return (*file_remarks, *self._remarks)


def _lacks_duration(completed: CompletedSet) -> bool:
    exercise = EXERCISES.get(completed.exercise)
    is_hold = exercise is not None and exercise.unit == "seconds"
    return is_hold and completed.kind == "work" and completed.duration_s is None
