"""Our own CSV: one row a set, each with the fields of its session, to be read back exactly.

write() streams it; read() takes it in again, with what people made of it in a spreadsheet. A
session without sets is one row. What a cell means is entries', how it is kept safe is guard's.
"""

import csv
import json
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from app.formats.csv import cells, local_times, row_reader, row_values
from app.formats.csv.cells import BadCell
from app.formats.csv.escaping import guard, join, unguard
from app.formats.csv.row_reader import CsvRow
from app.formats.csv.row_values import Entry
from app.formats.csv.session_builder import Draft
from app.formats.import_warnings import ImportWarnings
from app.formats.imported_file import FileUnreadable, ImportContext, ImportedFile, UnmappedExercise
from app.training.catalog.exercises import EXERCISES
from app.training.log.completed import CompletedSession, CompletedSet, Device, Target

KIND = "pushoff_csv"
SESSION_COLUMNS = (
    "session_id athlete_id session_version program_id week session started_at ended_at status"
    " source device_manufacturer device_model device_kind srpe morning_pain_score"
    " morning_pain_site red_flags heel_rise_test_left heel_rise_test_right heel_rise_test_surface"
    " notes"
).split()
SET_COLUMNS = (
    "set_id set_version exercise side set_index kind reps load_kg load_value load_unit duration_s"
    " rir rpe rpe_scale pain performed_at prescribed_reps prescribed_load"
).split()
HEADER: tuple[str, ...] = (*SESSION_COLUMNS, *SET_COLUMNS)
NEEDED = frozenset({"started_at", "exercise"})
# What must be the same in every row of a session; whose it is, the caller says.
SHARED = SESSION_COLUMNS[2:]
IDS = uuid.UUID("a4d0c1f2-6a0d-4b7e-8b1c-90d3a2e5c716")
ATHLETE_DIFFERS = (
    "Rows of another athlete_id count for the one that they are sent for ({} of them)."
)
PROGRAM_DIFFERS = (
    "Sessions of another programme count for the one that they are sent for ({} of them)."
)
SESSION_DIFFERS = (
    "Where rows of a session disagree about it, the first one counts ({} rows differ)."
)


class Echo:
    """A file that hands back what is written to it, so that rows can be streamed."""

    def write(self, text: str) -> str:
        return text


def write(sessions: Iterable[CompletedSession]) -> Iterator[str]:
    """The lines of a CSV file (RFC 4180) with these sessions, the header first."""
    writer = csv.writer(Echo(), lineterminator="\r\n")
    yield writer.writerow(HEADER)
    for session in sessions:
        own = write_session(session)
        for one in [write_set(done) for done in session.sets] or [[""] * len(SET_COLUMNS)]:
            yield writer.writerow(own + one)


def write_session(session: CompletedSession) -> list[str]:
    """The cells of a session, in the order of SESSION_COLUMNS."""
    device = session.device or Device()
    pain = session.morning_pain
    test = session.heel_rise_test
    # A device of which nothing is known is written as an empty text, which is not the same as none.
    maker = "" if session.device == Device() else device.manufacturer
    return [
        str(session.session_id),
        guard(session.athlete_id),
        figure(session.version),
        guard(session.program_id),
        figure(session.week),
        figure(session.session),
        moment(session.started_at),
        moment(session.ended_at),
        session.status,
        guard(session.source),
        guard(maker),
        guard(device.model),
        guard(device.kind),
        figure(session.srpe),
        figure(pain.score if pain else None),
        guard(pain.site if pain else None),
        guard(join(session.red_flags)),
        figure(test.left if test else None),
        figure(test.right if test else None),
        guard(test.surface if test else None),
        guard(session.notes),
    ]


def write_set(done: CompletedSet) -> list[str]:
    """The cells of a set, in the order of SET_COLUMNS."""
    load = done.load
    target = done.prescribed or Target()
    return [
        str(done.set_id),
        figure(done.version),
        guard(done.exercise),
        guard(done.side),
        figure(done.set_index),
        done.kind,
        figure(done.reps),
        figure(done.load_kg),
        figure(load.value if load else None),
        guard(load.unit if load else None),
        figure(done.duration_s),
        figure(done.rir),
        figure(done.rpe),
        guard(done.rpe_scale),
        figure(done.pain),
        moment(done.performed_at),
        figure(target.reps),
        figure(target.load),
    ]


def figure(value: float | None) -> str:
    """A number exactly, without the point of whole ones; "" for none."""
    return "" if value is None else repr(value).removesuffix(".0")


def moment(value: datetime | None) -> str:
    """A moment with its offset; "" for none."""
    return "" if value is None else value.isoformat()


def read(data: bytes, context: ImportContext) -> ImportedFile:
    """What our CSV holds, ids and all. Raises Unreadable and TooMuch."""
    table = Table(context)
    for name in row_reader.read_header(data):
        if name and name not in HEADER:
            detail = f"The column {name[: cells.LONGEST_WORD]} is not known and was not stored."
            table.findings.add("unknown_column", detail)
    for row in row_reader.read_rows(data, NEEDED, context, table.findings):
        try:
            table.add(row)
        except BadCell as bad:
            table.findings.add_lost_row(row.line, str(bad))
    return table.close()


class Table:
    """The sessions of one file, as its rows come in."""

    def __init__(self, context: ImportContext) -> None:
        self.context = context
        self.findings = ImportWarnings(context)
        self.clock = local_times.set_clock(context)
        self.drafts: dict[uuid.UUID, Draft] = {}
        self.shared: dict[uuid.UUID, tuple[str, ...]] = {}
        self.set_ids: set[uuid.UUID] = set()
        self.unknown: Counter[str] = Counter()

    def add(self, row: CsvRow) -> None:
        """Puts a row where it belongs. Raises BadCell if that is nowhere."""
        has_set = any(row.cells.get(column) for column in SET_COLUMNS)
        if has_set and not row.cells.get("exercise"):
            raise BadCell("names no exercise")
        set_id = self.take_id(row, "set_id")
        if set_id in self.set_ids:
            raise BadCell("has the set_id of a row before it")
        draft = self.find(row)
        if not has_set:
            return
        if not draft.has_room():
            raise BadCell("is one set more than a session can hold")
        entry = Entry(row, draft.next_at, self.clock, self.findings)
        done = row_values.read_set(entry, draft, set_id)
        self.set_ids.add(done.set_id)
        draft.take(done)
        if done.exercise not in EXERCISES:
            self.unknown[done.exercise] += 1

    def find(self, row: CsvRow) -> Draft:
        """The session that a row belongs to, opened if it has not been met. Raises BadCell."""
        own = (None, self.context.athlete_id)
        if unguard(row.cells.get("athlete_id", "")) not in own:
            self.findings.add_for_file("athlete_differs", ATHLETE_DIFFERS)
        session_id = self.take_id(row, "session_id")
        started_at = None
        if session_id is None:
            started_at = row_values.read_start(row, self.clock, self.findings)
            session_id = self.derive_id(row, started_at)
        shared = tuple(row.cells.get(column, "") for column in SHARED)
        if (draft := self.drafts.get(session_id)) is not None:
            first = self.shared[session_id]
            if shared != first and any(b and a != b for a, b in zip(first, shared, strict=True)):
                self.findings.add_for_file("session_differs", SESSION_DIFFERS)
            return draft
        started_at = started_at or row_values.read_start(row, self.clock, self.findings)
        entry = Entry(row, f"/sessions/{len(self.drafts)}", self.clock, self.findings)
        program_id = self.choose_program(row)
        session = row_values.read_session(
            entry, session_id, self.context.athlete_id, program_id, started_at
        )
        self.shared[session_id] = shared
        return self.drafts.setdefault(session_id, Draft(entry.at, session))

    def take_id(self, row: CsvRow, column: str) -> uuid.UUID | None:
        """An id, or None with a remark if it is none."""
        return cells.take(row, column, cells.read_id, self.findings, "")

    def derive_id(self, row: CsvRow, started_at: datetime) -> uuid.UUID:
        """The id of a session that has none: by whose it is, when it began and what it was. A
        time without a zone counts as it is written, so that naming the zone later moves the
        session and does not double it.
        """
        said = row.text("started_at") or ""
        began = started_at.astimezone(UTC).isoformat() if local_times.has_offset(said) else said
        key = [self.context.athlete_id, began]
        key += [row.text(column) for column in ("program_id", "week", "session")]
        return uuid.uuid5(IDS, json.dumps(key))

    def choose_program(self, row: CsvRow) -> str | None:
        """The programme of a session: what the caller says counts before what the file says."""
        named, wanted = row_values.read_program_id(row), self.context.program_id
        if wanted is not None and named not in (None, wanted):
            self.findings.add_for_file("program_differs", PROGRAM_DIFFERS)
        return wanted or named

    def close(self) -> ImportedFile:
        """Everything that was read. Raises Unreadable if all there was is lost."""
        if not self.drafts and self.findings.first_lost_row:
            raise FileUnreadable(f"Nothing could be read. {self.findings.first_lost_row}")
        if not self.drafts:
            self.findings.add_for_file("no_sessions", "The file holds no sessions.")
        sessions = tuple(draft.finish() for draft in self.drafts.values())
        unmapped = tuple(UnmappedExercise(name, number) for name, number in self.unknown.items())
        return ImportedFile(KIND, sessions, self.findings.list_remarks(), unmapped)
