"""Sessions as FIT workouts for watches, alone or a week of them in one archive.

The same session always makes the same bytes. What FIT cannot say stands in the notes of the steps,
and is told again in warnings. Reading what a watch made of it is for activity.
"""

import datetime
import io
import json
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from fit_tool.fit_file_builder import FitFileBuilder
from fit_tool.message import Message
from fit_tool.profile.messages.exercise_title_message import ExerciseTitleMessage
from fit_tool.profile.messages.file_id_message import FileIdMessage
from fit_tool.profile.messages.workout_message import WorkoutMessage
from fit_tool.profile.messages.workout_step_message import WorkoutStepMessage
from fit_tool.profile.profile_type import (
    FileType,
    FitBaseUnit,
    Intensity,
    Manufacturer,
    Sport,
    SubSport,
    WorkoutStepDuration,
    WorkoutStepTarget,
)

from app.formats import unsupported
from app.formats.fit import exercise_codes, workout_labels, workout_lines
from app.formats.fit.exercise_codes import Code
from app.formats.fit.workout_lines import Duration, Layout, Line
from app.formats.imported_file import ImportRemark
from app.formats.steps import Step
from app.formats.unsupported import LossCode, Unsupported
from app.training.log.completed import Load
from app.training.planning.week import PlannedSet, Prescription, Session, Week

# The capability that Garmin Connect writes into its own workouts.
TCX = 32
# When a workout without a date was made.
UNDATED = datetime.date(2026, 1, 1)
# The earliest that an archive can say.
ARCHIVED = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16
UNIX = 3
# Where in an exercise or a set of the session each thing stands that FIT cannot say.
PLACES: Mapping[LossCode, str] = {
    "no_exact_name": "fit",
    "tempo": "tempo",
    "effort": "sets",
    "side": "side",
    "rep_range": "reps_max",
    "load_unit": "load_unit",
}


def write(program_id: str, week: int, session: Session, layout: Layout | None = None) -> bytes:
    """The FIT workout of a session, `week` being the number of its week.

    Flat is a line for each set and each rest, repeat writes rounds that are alike once; without a
    layout it is flat as far as Garmin Connect takes it.
    """
    lines = workout_lines.draw(session, layout)
    builder = FitFileBuilder()
    builder.add(identify(program_id, week, session))
    builder.add(head(program_id, week, session, len(lines)))
    for place, line in enumerate(lines):
        builder.add(write_line(session, place, line))
    for message in write_titles(session):
        builder.add(message)
    return bytes(builder.build_bytes())


def write_archive(program_id: str, week: Week, layout: Layout | None = None) -> bytes:
    """A ZIP of a week's workouts, with warnings.json: for each file what it cannot say."""
    told = {
        name_file(week.index, one.index): [asdict(r) for r in warn(one)] for one in week.sessions
    }
    files = {
        name_file(week.index, one.index): write(program_id, week.index, one, layout)
        for one in week.sessions
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in {**files, "warnings.json": json.dumps(told, indent=1).encode()}.items():
            # Stored as they are: what a compressor makes depends on its version.
            entry = zipfile.ZipInfo(name, ARCHIVED)
            entry.create_system, entry.external_attr = UNIX, READABLE
            archive.writestr(entry, data)
    return packed.getvalue()


def name_file(week: int, session: int) -> str:
    """The name of a session's workout file, by the numbers of its week and its place in it."""
    return f"pushoff-w{week:02}-s{session}.fit"


def warn(session: Session) -> tuple[ImportRemark, ...]:
    """What a workout file of this session cannot say, with JSON pointers into the session."""
    return tuple(
        ImportRemark(loss.code, loss.detail, f"{at}/{PLACES[loss.code]}")
        for at, loss in find_losses(session)
        if loss.format == "fit"
    )


def find_losses(session: Session) -> Iterator[tuple[str, Unsupported]]:
    """What gets lost, each with a pointer to the exercise or the set that it is lost of."""
    for place, exercise in enumerate(session.exercises):
        at = f"/exercises/{place}"
        for loss in unsupported.find_in_exercise(exercise):
            yield at, loss
        for number, planned in enumerate(exercise.sets):
            for loss in unsupported.find_in_set(planned):
                yield f"{at}/sets/{number}", loss


def identify(program_id: str, week: int, session: Session) -> FileIdMessage:
    """Watches tell workouts apart by serial number and time, so both follow from the session."""
    made = datetime.datetime.combine(session.date or UNDATED, datetime.time(), datetime.UTC)
    message = FileIdMessage(local_id=0)
    message.type = FileType.WORKOUT
    message.manufacturer = Manufacturer.DEVELOPMENT.value
    message.product = 0
    # Zero would be no serial number at all.
    message.serial_number = zlib.crc32(f"{program_id}/{week}/{session.index}".encode()) or 1
    message.time_created = int(made.timestamp() * 1000)
    return message


def head(program_id: str, week: int, session: Session, lines: int) -> WorkoutMessage:
    message = WorkoutMessage(local_id=1)
    message.workout_name = workout_labels.title(week, session.index)
    message.workout_description = workout_labels.describe(program_id, week, session.index)
    message.sport = Sport.TRAINING
    message.sub_sport = SubSport.STRENGTH_TRAINING
    message.capabilities = TCX
    message.num_valid_steps = lines
    return message


def write_line(session: Session, place: int, line: Line) -> Message:
    """A line as a message. Each kind has a local number of its own, to be defined but once."""
    match line:
        case Line(duration=Duration.REPS, step=Step() as step):
            message = write_work(line, *step.find(session))
        case Line(duration=Duration.TIME):
            message = WorkoutStepMessage(local_id=3)
            message.duration_type = WorkoutStepDuration.TIME
            message.duration_time = line.value / 1000
            aim_at_nothing(message, Intensity.REST)
        case _:
            message = WorkoutStepMessage(local_id=4)
            message.duration_type = WorkoutStepDuration.REPEAT_UNTIL_STEPS_CMPLT
            message.duration_step = line.value
            message.target_repeat_steps = line.rounds
    message.message_index = place
    return message


def write_work(line: Line, exercise: Prescription, planned: PlannedSet) -> WorkoutStepMessage:
    """A set to do. Where FIT has no name, neither category nor name is written: watches show the
    step's own name then, and would blank a wrong one.
    """
    message = WorkoutStepMessage(local_id=2)
    message.duration_type = WorkoutStepDuration.REPS
    message.duration_reps = line.value
    aim_at_nothing(message, Intensity.ACTIVE)
    message.workout_step_name = workout_labels.name_step(exercise, planned.side)
    message.notes = workout_labels.note_step(exercise, planned)
    if line.code is not None:
        message.exercise_category = line.code.category
        message.exercise_name = line.code.name
    pounds = planned.load_unit == "lb"
    # Body weight is an external load of nothing.
    load = Load(planned.load or 0.0, "lb" if pounds else "kg")
    message.exercise_weight = load.kg
    message.weight_display_unit = (FitBaseUnit.POUND if pounds else FitBaseUnit.KILOGRAM).value
    return message


def aim_at_nothing(message: WorkoutStepMessage, intensity: Intensity) -> None:
    """A step without a target, be it for heart rate or power."""
    message.target_type = WorkoutStepTarget.OPEN
    message.target_value = 0
    message.intensity = intensity


def write_titles(session: Session) -> Iterator[ExerciseTitleMessage]:
    """What the watch calls each code."""
    for place, (code, named) in enumerate(name_codes(session).items()):
        message = ExerciseTitleMessage(local_id=5)
        message.message_index = place
        message.exercise_category = code.category
        message.exercise_name = code.name
        message.workout_step_name = named
        yield message


def name_codes(session: Session) -> dict[Code, str]:
    """Our name for a code that one exercise has to itself, FIT's own for one that is shared."""
    users: defaultdict[Code, list[Prescription]] = defaultdict(list)
    for exercise in session.exercises:
        if code := exercise_codes.encode(exercise.fit):
            users[code].append(exercise)
    return {code: entitle(exercises) for code, exercises in users.items()}


def entitle(exercises: Sequence[Prescription]) -> str:
    """The title of a code that these exercises share."""
    first = exercises[0]
    if first.fit is None or (len(exercises) == 1 and first.fit.exact):
        return workout_labels.cut(first.name, workout_labels.MOST_BYTES)
    return first.fit.to_words()
