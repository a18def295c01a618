"""Strength sessions out of the FIT files that watches record.

Reads what tape has taken off the bytes, lets matching tell what each set was, and hands sessions to
whoever stores them: with ids that follow from the file, and with nothing in them that would be
refused there.
"""

import datetime
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from app.formats.fit import matching, messages, session_windows, set_values
from app.formats.fit.matching import Plan, Signed, Workout
from app.formats.fit.messages import Kind, Message, Tape, Tapes
from app.formats.fit.session_windows import Window
from app.formats.fit.set_values import Place
from app.formats.import_warnings import ImportWarnings
from app.formats.imported_file import FileUnreadable, ImportContext, ImportedFile, UnmappedExercise
from app.training.catalog.exercises import EXERCISES
from app.training.log.completed import CompletedSession, CompletedSet, Device

FILES = UUID("5b0f6a4e-8c1d-5a57-9f43-2e7d10c6b98a")
REST = 0
HIGHEST_INDEX = 1000
LONGEST_WORD = 100


@dataclass(frozen=True, slots=True)
class Done:
    """An active set as the file has it."""

    place: int
    """Its place among all sets of the file, from 0."""
    start: datetime.datetime
    """When it began, in UTC."""
    message: Message


@dataclass(frozen=True, slots=True)
class Part:
    """One strength session of a file."""

    window: Window
    sets: list[Done] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Source:
    """One file, and what is known beside it."""

    tape: Tape
    workout: Workout
    signed: Signed
    context: ImportContext


def read(data: bytes, context: ImportContext) -> ImportedFile:
    """The strength sessions in a FIT activity.

    Raises Unreadable if there is nothing to read, or if the file is damaged and the context is
    strict, and TooMuch beyond the limits of one file.
    """
    deadline = messages.give(context.timeout_s)
    tapes = messages.read(data, deadline)
    refuse_damage(tapes, context)
    findings = ImportWarnings(context)
    sessions: dict[UUID, CompletedSession] = {}
    for source in list_sources(tapes, context):
        for part in gather(source, findings):
            deadline.check()
            place = Place(findings, f"/sessions/{len(sessions)}")
            session = read_session(source, part, place)
            sessions.setdefault(session.session_id, session)
    notice_whole(tapes, len(sessions), findings)
    return ImportedFile(
        kind="fit",
        sessions=tuple(sessions.values()),
        remarks=findings.list_remarks(),
        unmapped=tuple(list_unmapped(sessions.values())),
    )


def refuse_damage(tapes: Tapes, context: ImportContext) -> None:
    """Raises Unreadable for a file of which nothing, or not enough, is left."""
    if not any(messages for one in tapes.files for messages in one.messages.values()):
        raise FileUnreadable("This FIT file holds nothing that could be read.")
    if tapes.damage and not any(one.messages[Kind.SET] for one in tapes.files):
        raise FileUnreadable(f"This FIT file is {tapes.damage}, and no complete set is left in it.")
    if context.strict and (tapes.damage or tapes.bad_crc):
        why = tapes.damage or "damaged: a check sum does not match"
        raise FileUnreadable(f"This FIT file is {why}. Without strict what is left of it is read.")


def notice_whole(tapes: Tapes, sessions: int, findings: ImportWarnings) -> None:
    """What is to be said about the file as a whole."""
    if tapes.damage == "truncated":
        findings.add_for_file(
            "truncated", "The file ends too early; what it holds up to there was read."
        )
    elif tapes.damage:
        findings.add_for_file(
            "damaged", "The file is damaged; what stands before the damage was read."
        )
    if tapes.bad_crc:
        findings.add_for_file(
            "bad_crc", "A check sum does not match, so something in it may be wrong."
        )
    if not sessions and findings.counts["bad_start"]:
        raise FileUnreadable("This FIT file has sets, and none of them says when it was done.")
    if not sessions:
        planned = any(one.messages[Kind.WORKOUT] for one in tapes.files)
        why = "This is a workout to do; send the activity that the watch records of it."
        if not planned:
            why = "The file holds no sets of a strength session."
        findings.add_for_file("no_strength_sets", why)


def list_sources(tapes: Tapes, context: ImportContext) -> Iterator[Source]:
    """The files of a stream. The programme is only signed where there is a workout to compare."""
    planned = any(one.messages[Kind.WORKOUT_STEP] for one in tapes.files)
    signed = matching.sign_weeks(context.weeks) if planned else {}
    for one in tapes.files:
        yield Source(one, matching.read_workout(one), signed, context)


def gather(source: Source, findings: ImportWarnings) -> Sequence[Part]:
    """The active sets of each strength session, by the time at which they began."""
    spans = session_windows.list_windows(source.tape, source.context)
    parts: dict[int, Part] = {}
    for place, message in enumerate(source.tape.messages[Kind.SET]):
        if message.whole(5) == REST:
            continue
        start = set_values.read_moment(message.whole(6), source.context)
        if start is None:
            told = "has no start between the year 2000 and tomorrow, and was left out."
            findings.add("bad_start", f"Set {place + 1} of the file {told}")
            continue
        window = session_windows.find_window(spans, start)
        if window.counts(message):
            parts.setdefault(window.number, Part(window)).sets.append(Done(place, start, message))
    return [parts[number] for number in sorted(parts)]


def read_session(source: Source, part: Part, place: Place) -> CompletedSession:
    """One strength session with its sets."""
    context = source.context
    first = part.sets[0].start
    start = min(part.window.start or first, first)
    zone = set_values.read_zone(source.tape, start, context)
    if zone is None:
        place.add("no_offset", "The file does not say its time zone; times are in UTC.")
        zone = datetime.UTC
    plan = matching.make_plan(
        source.workout, context.weeks, source.signed, start.astimezone(zone).date()
    )
    session_id = derive_session_id(source, part)
    sets = tuple(read_sets(part, plan, session_id, zone, place))
    program_id, week, session = find_origin(plan, context, place)
    notice_unknown(sets, place)
    end = part.window.end
    ours = plan.twin is not None or plan.workout.origin is not None
    return CompletedSession(
        session_id=session_id,
        athlete_id=context.athlete_id,
        program_id=program_id,
        week=week,
        session=session,
        started_at=start.astimezone(zone),
        ended_at=None if end is None else end.astimezone(zone),
        status="partial" if ours and len(sets) < plan.workout.sets else "completed",
        source="fit",
        device=read_device(source.tape),
        sets=sets,
    )


def derive_session_id(source: Source, part: Part) -> UUID:
    """The id of a session: a file that is sent twice is the same session twice, also if the first
    time it was cut before it says how many sessions it holds.
    """
    device = source.tape.last(Kind.FILE_ID)
    made = device.whole(4)
    if made is None:
        made = int(part.sets[0].start.timestamp()) - set_values.FIT_EPOCH
    athlete = source.context.athlete_id
    first = int(part.sets[0].start.timestamp())
    return uuid5(FILES, f"{athlete}/{device.whole(3) or 0}/{made}/{first}")


def read_sets(
    part: Part, plan: Plan, session_id: UUID, zone: datetime.timezone, place: Place
) -> Iterator[CompletedSet]:
    """The sets of a session in the order of the file."""
    counts: Counter[tuple[str, str | None]] = Counter()
    used: set[UUID] = set()
    for number, done in enumerate(part.sets):
        match = matching.match(done.message, plan)
        exercise, side = f"fit:{match.code}", None
        if match.movement:
            exercise, side = match.movement.exercise.slug, match.movement.side
        counts[exercise, side] += 1
        here = place.step_into(f"/sets/{number}")
        load = set_values.read_load(done.message, match, here)
        set_id = derive_set_id(session_id, done, used)
        used.add(set_id)
        yield CompletedSet(
            set_id=set_id,
            exercise=exercise,
            side=side,
            set_index=min(counts[exercise, side], HIGHEST_INDEX),
            reps=set_values.read_reps(done.message, match, here),
            load_kg=None if load is None else load.kg,
            load=load,
            duration_s=set_values.read_duration(done.message, here),
            performed_at=done.start.astimezone(zone),
            kind="warmup" if match.warm_up else "work",
            prescribed=match.target,
        )


def derive_set_id(session_id: UUID, done: Done, used: Collection[UUID]) -> UUID:
    """The id of a set: by the number that the watch gave it, or by its place if that is taken."""
    index = done.message.whole(10)
    set_id = uuid5(session_id, f"place {done.place}" if index is None else f"{index}")
    return uuid5(session_id, f"place {done.place}") if set_id in used else set_id


def find_origin(
    plan: Plan, context: ImportContext, place: Place
) -> tuple[str | None, int | None, int | None]:
    """Programme, week and session that were done. What the caller says of the programme counts."""
    own = plan.workout.origin
    program_id = context.program_id or (own.program_id if own else None)
    if own and own.program_id not in (None, program_id):
        told = "The workout was written for another programme than the one that was named."
        place.add("other_program", told, "/program_id")
        own = None
    origin = own or (plan.twin.origin if plan.twin else None)
    if program_id is None or origin is None:
        return program_id, None, None
    return program_id, origin.week, origin.session


def notice_unknown(sets: Sequence[CompletedSet], place: Place) -> None:
    """What FIT cannot say about these sets."""
    told = "FIT files hold neither pain nor effort: ask for them, and send them with the sets."
    place.add("pain_unknown", told)
    sideless = [
        number for number, one in enumerate(sets) if one.side is None and one.exercise in EXERCISES
    ]
    if sideless:
        told = f"FIT files hold no sides; {len(sideless)} sets, this one first, have none."
        place.add("side_unknown", told, f"/sets/{sideless[0]}/side")


def read_device(one: Tape) -> Device:
    """What recorded the file, by the profile's names or else by number."""
    device = one.last(Kind.FILE_ID)

    def name(number: int) -> str | None:
        known = device.whole(number)
        return device.names.get(number) or (None if known is None else str(known)[:LONGEST_WORD])

    return Device(manufacturer=name(1), model=name(2), kind="watch")


def list_unmapped(sessions: Collection[CompletedSession]) -> Iterator[UnmappedExercise]:
    """Exercises that none of ours could be matched to, in the order in which they came up."""
    counts = Counter(one.exercise for session in sessions for one in session.sets)
    for exercise, number in counts.items():
        if exercise not in EXERCISES:
            yield UnmappedExercise(exercise, number)
