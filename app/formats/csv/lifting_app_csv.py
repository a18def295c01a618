"""Histories of lifting apps into sessions: what Hevy's and Strong's files have in common.

Both write one row a set under the local time of the whole workout, and neither knows of sides.
hevy and strong say what their columns mean; ids, times and exercises are worked out here.
"""

import json
import re
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.formats.csv import cells, exercise_names, local_times, row_reader
from app.formats.csv.cells import BadCell
from app.formats.csv.local_times import Clock
from app.formats.csv.row_reader import CsvRow
from app.formats.csv.session_builder import HIGHEST_INDEX, Draft
from app.formats.import_warnings import ImportWarnings
from app.formats.imported_file import FileUnreadable, ImportContext, ImportedFile, UnmappedExercise
from app.training.log.completed import CompletedSession, CompletedSet, Load, SetKind
from app.training.planning.week import SetSide

IDS = uuid.UUID("3f1d7a58-6c0b-4d0e-9a55-0d6e3b2c7f14")
# Their ratings run from 6 to 10 and count repetitions in reserve, unlike Borg's scale.
SCALE = "lifting"
# What our workouts for watches are called, should somebody have typed one in.
OURS = re.compile(r"\bPushoff W([0-9]{1,2})S([0-9])\b")
MARK_LOST = "Sets marked as drop sets or as done to failure are kept as plain sets ({} of them)."
UNITS = {"kg": "kg", "kgs": "kg", "lb": "lb", "lbs": "lb"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """One set as an app wrote it. Empty texts are unknown."""

    started: datetime
    """Local time at which the workout began."""
    ended: str
    """When it ended, or how long it took, as the app writes it."""
    workout: str
    """Name of the workout."""
    notes: str
    """Notes on the workout."""
    exercise: str
    """Name of the exercise."""
    note: str
    """Note on the set or the exercise."""
    kind: SetKind = "work"
    """Warm-up or work."""
    unit: str
    """Unit of the weight in the app's own word."""
    weight: str
    """Name of the column that holds the weight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """What there is to know of an app that writes such files."""

    name: str
    """As it stands in `source`, and before the names of exercises that are not ours."""
    needed: frozenset[str]
    """Columns without which it is none of its files."""
    reps: str
    """Name of the column of repetitions."""
    seconds: str
    """Name of the column of seconds."""
    dropped: tuple[str, ...]
    """Columns with something to say for which we have no place."""
    read_row: Callable[[CsvRow, ImportWarnings], Lift | None]
    """Reads a row; None for one that is no set. Raises BadCell."""
    read_end: Callable[[str, datetime], datetime]
    """Local time at which a workout ended, from `ended` and its start. Raises BadCell."""


class History:
    """The workouts of one file, as its rows come in."""

    def __init__(self, app: App, context: ImportContext) -> None:
        self.app = app
        self.context = context
        self.findings = ImportWarnings(context)
        self.clock: Clock = local_times.set_clock(context)
        self.drafts: dict[tuple[datetime, str], Draft] = {}
        self.unmapped: Counter[str] = Counter()

    def add(self, row: CsvRow, lift: Lift) -> None:
        """Puts one set into its workout. Raises BadCell if it names no exercise or no time."""
        if not lift.exercise:
            raise BadCell("names no exercise")
        key = (lift.started, lift.workout)
        draft = self.drafts.get(key)
        if draft is None:
            draft = self.drafts[key] = self.open(row, lift)
        if not draft.has_room():
            raise BadCell("is one set more than a session can hold")
        draft.take(self.read_set(row, lift, draft))
        if any(row.text(column).strip("0.") for column in self.app.dropped):
            self.findings.add_for_file(
                "not_kept",
                "Distances, supersets and notes on single exercises are not stored ({} rows have"
                " some).",
            )

    def open(self, row: CsvRow, lift: Lift) -> Draft:
        """The session of a workout that has not been met before. Raises BadCell."""
        at = f"/sessions/{len(self.drafts)}"
        started = self.clock.place(lift.started)
        # The local time goes into the id, so that naming another zone moves a session and does
        # not make a second one.
        key = [self.context.athlete_id, self.app.name, lift.started.isoformat(), lift.workout]
        week, place = read_place(lift.workout) if self.context.program_id else (None, None)
        notes = "\n".join(text for text in (lift.workout, lift.notes) if text)
        session = CompletedSession(
            session_id=uuid.uuid5(IDS, json.dumps(key)),
            athlete_id=self.context.athlete_id,
            program_id=self.context.program_id,
            week=week,
            session=place,
            started_at=started,
            ended_at=self.read_end(row, lift, f"{at}/ended_at"),
            source=self.app.name,
            notes=cells.cut(notes, cells.LONGEST_NOTES, row, self.findings, f"{at}/notes") or None,
        )
        return Draft(at, session)

    def read_end(self, row: CsvRow, lift: Lift, pointer: str) -> datetime | None:
        """When a workout ended; None where that is not known."""
        try:
            end = self.app.read_end(lift.ended, lift.started) if lift.ended else None
            return None if end is None else self.clock.place(end)
        except BadCell as bad:
            detail = f"Line {row.line}: the end of the workout {bad}. It is kept as unknown."
            self.findings.add("value_dropped", detail, pointer)
            return None

    def read_set(self, row: CsvRow, lift: Lift, draft: Draft) -> CompletedSet:
        """A set, placed a second after the one before it, since no row has a time of its own."""
        at, place, session = draft.next_at, len(draft.sets), draft.session
        title, side = self.read_side(lift, row, at)
        load = self.read_load(lift, row, at)
        duration = cells.take(
            row, self.app.seconds, cells.SECONDS, self.findings, f"{at}/duration_s"
        )
        reps = cells.take(row, self.app.reps, cells.REPS, self.findings, f"{at}/reps")
        rpe = cells.take(row, "rpe", cells.SCORE, self.findings, f"{at}/rpe")
        exercise = self.name(title, loaded=load is not None and load.value > 0)
        self.findings.add_for_file("times_estimated", local_times.ESTIMATED)
        return CompletedSet(
            # By its place among the sets of that name, which a longer history does not change.
            set_id=uuid.uuid5(
                session.session_id, f"{draft.count('name', lift.exercise)}/{lift.exercise}"
            ),
            exercise=exercise,
            side=side,
            set_index=min(draft.count("set", exercise, side), HIGHEST_INDEX),
            # Zero seconds are no time taken, zero repetitions of a timed set no count, and a
            # rating of zero is none on this scale.
            reps=None if duration and not reps else reps,
            load_kg=None if load is None else load.kg,
            load=load,
            duration_s=duration or None,
            rpe=rpe or None,
            rpe_scale=SCALE if rpe else None,
            performed_at=min(session.started_at + timedelta(seconds=place), self.clock.latest),
            kind=lift.kind,
        )

    def read_side(self, lift: Lift, row: CsvRow, pointer: str) -> tuple[str, SetSide | None]:
        """The exercise's name without a side, and the side by that name or by a note."""
        title, side = exercise_names.split_side(lift.exercise)
        if side is None and (side := exercise_names.side_of(lift.note)) is not None:
            detail = f"Line {row.line}: the side comes from a note, so it may be wrong."
            self.findings.add("side_from_notes", detail, f"{pointer}/side")
        return title, side

    def read_load(self, lift: Lift, row: CsvRow, pointer: str) -> Load | None:
        """The load in the unit it was lifted in, which is kilograms where none is named."""
        mass = cells.take(row, lift.weight, cells.MASS, self.findings, f"{pointer}/load")
        if mass is None:
            return None
        unit = UNITS.get(lift.unit.lower() or "kg")
        if unit is None:
            detail = f"Line {row.line}: the weight is in no unit that is known, kg or lb."
            self.findings.add(
                "value_dropped", f"{detail} It is kept as unknown.", f"{pointer}/load"
            )
            return None
        if mass and not lift.unit:
            self.findings.add_for_file(
                "weight_unit_assumed",
                "The file names no unit of weight; loads were taken for kilograms ({} of them).",
            )
        return Load(mass, "kg" if unit == "kg" else "lb")

    def name(self, title: str, *, loaded: bool) -> str:
        """The slug of an exercise, or the app's name for one that is not ours."""
        slug = exercise_names.find(title, loaded=loaded)
        if slug is None:
            slug = f"{self.app.name}:{title}"[: cells.LONGEST_WORD]
            self.unmapped[slug] += 1
        return slug

    def close(self) -> ImportedFile:
        """Everything that was read. Raises Unreadable if all there was is lost."""
        if not self.drafts and self.findings.first_lost_row:
            raise FileUnreadable(f"No set could be read. {self.findings.first_lost_row}")
        if self.drafts:
            local_times.note_assumption(self.clock, self.findings)
        else:
            self.findings.add_for_file("no_sessions", "The file holds no sessions.")
        return ImportedFile(
            f"{self.app.name}_csv",
            tuple(draft.finish() for draft in self.drafts.values()),
            self.findings.list_remarks(),
            tuple(UnmappedExercise(name, sets) for name, sets in self.unmapped.items()),
        )


def read(app: App, data: bytes, context: ImportContext) -> ImportedFile:
    """A history with everything in it. Raises Unreadable and TooMuch."""
    history = History(app, context)
    for row in row_reader.read_rows(data, app.needed, context, history.findings):
        try:
            if (lift := app.read_row(row, history.findings)) is not None:
                history.add(row, lift)
        except BadCell as bad:
            history.findings.add_lost_row(row.line, str(bad))
    return history.close()


def read_place(workout: str) -> tuple[int | None, int | None]:
    """Week and place of one of our sessions, from the name of a workout."""
    found = OURS.search(workout)
    try:
        return (cells.WEEK(found[1]), cells.PLACE(found[2])) if found else (None, None)
    except BadCell:
        return None, None
