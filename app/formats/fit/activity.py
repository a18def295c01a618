"""Read strength sessions from the FIT activities that watches record.

Takes the bytes of an upload and returns an ImportedFile: sessions with ids that follow from the
file, and remarks. detection calls read(), and sessions stores the result. Bytes are decoded in
messages, sets are identified in matching, and their numbers are converted in set_values.
"""

import datetime
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from app.formats.fit import matching, messages, session_windows, set_values
from app.formats.fit.matching import EmbeddedWorkout, ExpectedSession, WorkoutsBySignature
from app.formats.fit.messages import Deadline, FitFile, FitFiles, FitMessage, MessageKind, SetField
from app.formats.fit.session_windows import SessionWindow
from app.formats.fit.set_values import RemarkScope
from app.formats.import_remarks import ImportRemarks
from app.formats.imported_file import FileUnreadable, ImportContext, ImportedFile, UnmappedExercise
from app.training.catalog.exercises import EXERCISES
from app.training.log import limits
from app.training.log.completed import CompletedSession, CompletedSet, Device

# Ids of sessions are derived in this namespace. They must never change.
_FILE_NAMESPACE = UUID("5b0f6a4e-8c1d-5a57-9f43-2e7d10c6b98a")
# Fields of the file id message.
_MANUFACTURER, _PRODUCT, _SERIAL_NUMBER, _TIME_CREATED = 1, 2, 3, 4
_REST = 0


@dataclass(frozen=True, slots=True)
class _ActiveSet:
    """A set of a file that is not a rest."""

    position: int
    """Its position among all sets of the file, rests included, from 0."""
    start: datetime.datetime
    """When it started, in UTC."""
    message: FitMessage


@dataclass(frozen=True, slots=True)
class _StrengthSession:
    window: SessionWindow
    sets: list[_ActiveSet] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _SourceFile:
    file: FitFile
    embedded: EmbeddedWorkout
    workouts: WorkoutsBySignature
    context: ImportContext


def read(data: bytes, context: ImportContext) -> ImportedFile:
    """Return the strength sessions in a FIT activity.

    Raises FileUnreadable if nothing can be read, or if the file is damaged and the context is
    strict, and FileLimitExceeded beyond the limits of one file.
    """
    deadline = Deadline.start(context.timeout_s)
    found = messages.read(data, deadline)
    _check_damage(found, context)
    remarks = ImportRemarks(context)
    sessions: dict[UUID, CompletedSession] = {}
    for source in _list_source_files(found, context):
        for recorded in _group_sets(source, remarks):
            deadline.check()
            scope = RemarkScope(remarks, f"/sessions/{len(sessions)}")
            session = _build_session(source, recorded, scope)
            sessions.setdefault(session.session_id, session)
    remarks.add_for_holds(sessions.values())
    _remark_on_file(found, len(sessions), remarks)
    counts = Counter(one.exercise for session in sessions.values() for one in session.sets)
    unmapped = [UnmappedExercise(name, n) for name, n in counts.items() if name not in EXERCISES]
    return ImportedFile("fit", tuple(sessions.values()), remarks.list_remarks(), tuple(unmapped))


def _check_damage(found: FitFiles, context: ImportContext) -> None:
    """Raise FileUnreadable if too little is left of a file, or if the caller accepts no damage."""
    if not any(messages for file in found.files for messages in file.messages.values()):
        raise FileUnreadable("Nothing in this FIT file could be read.")
    if found.damage and not any(file.messages[MessageKind.SET] for file in found.files):
        raise FileUnreadable(f"This FIT file is {found.damage} and has no complete set.")
    if context.strict and (found.damage or found.bad_crc):
        damage = found.damage or "damaged: a check sum does not match"
        raise FileUnreadable(f"This FIT file is {damage}. Without strict, the rest of it is read.")


def _remark_on_file(found: FitFiles, session_count: int, remarks: ImportRemarks) -> None:
    if found.damage == "truncated":
        detail = "The file is cut short; what comes before the cut was read."
        remarks.add_for_file("truncated", detail)
    elif found.damage:
        remarks.add_for_file("damaged", "The file is damaged; what comes before it was read.")
    if found.bad_crc:
        remarks.add_for_file("bad_crc", "A check sum does not match, so some values may be wrong.")
    if not session_count and remarks.counts["bad_start"]:
        raise FileUnreadable("This FIT file has sets, but none of them has a valid start time.")
    if not session_count:
        detail = "The file has no sets of a strength session."
        if any(file.messages[MessageKind.WORKOUT] for file in found.files):
            detail = "This is a planned workout; send the activity that the watch records of it."
        remarks.add_for_file("no_strength_sets", detail)


def _list_source_files(found: FitFiles, context: ImportContext) -> Iterator[_SourceFile]:
    # The programme's workouts are built only if there is an embedded workout to compare them with.
    embeds = any(file.messages[MessageKind.WORKOUT_STEP] for file in found.files)
    workouts = matching.index_weeks(context.weeks, context.fit_names) if embeds else {}
    for file in found.files:
        yield _SourceFile(file, matching.read_embedded_workout(file), workouts, context)


def _group_sets(source: _SourceFile, remarks: ImportRemarks) -> Sequence[_StrengthSession]:
    windows = session_windows.list_windows(source.file, source.context)
    sessions: dict[int, _StrengthSession] = {}
    for position, message in enumerate(source.file.messages[MessageKind.SET]):
        if message.integer(SetField.TYPE) == _REST:
            continue
        start = set_values.read_moment(message.integer(SetField.START_TIME), source.context)
        if start is None:
            reason = "has no start time between the year 2000 and tomorrow, and was left out."
            remarks.add("bad_start", f"Set {position + 1} of the file {reason}")
            continue
        window = session_windows.find_window(windows, start)
        if window.is_strength_set(message):
            session = sessions.setdefault(window.number, _StrengthSession(window))
            session.sets.append(_ActiveSet(position, start, message))
    return [sessions[number] for number in sorted(sessions)]


def _build_session(
    source: _SourceFile, recorded: _StrengthSession, scope: RemarkScope
) -> CompletedSession:
    context = source.context
    first = recorded.sets[0].start
    start = min(recorded.window.start or first, first)
    zone = set_values.read_zone(source.file, start, context)
    if zone is None:
        scope.add("no_offset", "The file does not name its time zone; times are in UTC.")
        zone = datetime.UTC
    day = start.astimezone(zone).date()
    expected = matching.find_expected_session(
        source.embedded, context.weeks, context.fit_names, source.workouts, day
    )
    session_id = _derive_session_id(source, recorded)
    sets = tuple(_build_sets(recorded, expected, session_id, zone, scope))
    program_id, week, session = _find_origin(expected, context, scope)
    _remark_on_missing_fields(sets, scope)
    end = recorded.window.end
    from_pushoff = expected.planned is not None or expected.embedded.origin is not None
    partial = from_pushoff and len(sets) < expected.embedded.set_count
    return CompletedSession(
        session_id=session_id,
        athlete_id=context.athlete_id,
        program_id=program_id,
        week=week,
        session=session,
        started_at=start.astimezone(zone),
        ended_at=None if end is None else end.astimezone(zone),
        status="partial" if partial else "completed",
        source="fit",
        device=_read_device(source.file),
        sets=sets,
    )


def _derive_session_id(source: _SourceFile, recorded: _StrengthSession) -> UUID:
    """Derive the id from athlete, device, file and first set, so that a file that is sent twice has
    the same session twice, even if it was cut before its session messages the first time.
    """
    file_id = source.file.last(MessageKind.FILE_ID)
    first = int(recorded.sets[0].start.timestamp())
    created = file_id.integer(_TIME_CREATED)
    created = first - set_values.FIT_EPOCH_S if created is None else created
    serial_number = file_id.integer(_SERIAL_NUMBER) or 0
    athlete_id = source.context.athlete_id
    return uuid5(_FILE_NAMESPACE, f"{athlete_id}/{serial_number}/{created}/{first}")


def _build_sets(
    recorded: _StrengthSession,
    expected: ExpectedSession,
    session_id: UUID,
    zone: datetime.timezone,
    scope: RemarkScope,
) -> Iterator[CompletedSet]:
    counts: Counter[tuple[str, str | None]] = Counter()
    used: set[UUID] = set()
    for number, active in enumerate(recorded.sets):
        match = matching.match_set(active.message, expected)
        exercise, side = f"fit:{match.code}", None
        if match.movement:
            exercise, side = match.movement.exercise.slug, match.movement.side
        counts[exercise, side] += 1
        set_scope = scope.child(f"/sets/{number}")
        load = set_values.read_load(active.message, match, set_scope)
        set_id = _derive_set_id(session_id, active, used)
        used.add(set_id)
        yield CompletedSet(
            set_id=set_id,
            exercise=exercise,
            side=side,
            set_index=min(counts[exercise, side], int(limits.SET_INDEX.high)),
            reps=set_values.read_reps(active.message, match, set_scope),
            load_kg=None if load is None else load.kg,
            load=load,
            duration_s=set_values.read_duration(active.message, set_scope),
            performed_at=active.start.astimezone(zone),
            kind="warmup" if match.warm_up else "work",
            prescribed=match.target,
        )


def _derive_set_id(session_id: UUID, active: _ActiveSet, used: Collection[UUID]) -> UUID:
    """Derive the id from the set's index, or from its position if the index is missing or taken."""
    index = active.message.integer(SetField.INDEX)
    by_position = uuid5(session_id, f"place {active.position}")
    set_id = by_position if index is None else uuid5(session_id, f"{index}")
    return by_position if set_id in used else set_id


def _find_origin(
    expected: ExpectedSession, context: ImportContext, scope: RemarkScope
) -> tuple[str | None, int | None, int | None]:
    """Return programme, week and session. The caller's program_id counts more than the file's."""
    named = expected.embedded.origin
    program_id = context.program_id or (named.program_id if named else None)
    if named and named.program_id not in (None, program_id):
        detail = "The workout was written for another programme than the one in the request."
        scope.add("other_program", detail, "/program_id")
        named = None
    origin = named or (expected.planned.origin if expected.planned else None)
    if program_id is None or origin is None:
        return program_id, None, None
    return program_id, origin.week, origin.session


def _remark_on_missing_fields(sets: Sequence[CompletedSet], scope: RemarkScope) -> None:
    detail = "FIT files hold neither pain nor effort: ask for them, and send them with the sets."
    scope.add("pain_unknown", detail)
    known = [number for number, one in enumerate(sets) if one.exercise in EXERCISES]
    if sideless := [number for number in known if sets[number].side is None]:
        detail = f"FIT files hold no sides: this set is the first of {len(sideless)} without one."
        scope.add("side_unknown", detail, f"/sets/{sideless[0]}/side")


def _read_device(file: FitFile) -> Device:
    """Return the device that recorded the file, by the FIT profile's names or else by number."""
    file_id = file.last(MessageKind.FILE_ID)

    def name(field_number: int) -> str | None:
        value = file_id.integer(field_number)
        known = file_id.value_names.get(field_number)
        return known or (None if value is None else str(value)[: limits.MAX_WORD_LENGTH])

    return Device(manufacturer=name(_MANUFACTURER), model=name(_PRODUCT), kind="watch")
