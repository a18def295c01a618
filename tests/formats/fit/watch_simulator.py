"""A watch: it takes a workout file, and writes the activity that a watch writes of it.

Everything is kept as real watches keep it: the workout's own messages go into the activity, each
set repeats the planned code three times and names its line, weights are sixteenths of a kilogram,
and a set's timestamp is worthless.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import fitdecode
from fit_tool.fit_file_builder import FitFileBuilder
from fit_tool.profile.messages.activity_message import ActivityMessage
from fit_tool.profile.messages.exercise_title_message import ExerciseTitleMessage
from fit_tool.profile.messages.file_id_message import FileIdMessage
from fit_tool.profile.messages.session_message import SessionMessage
from fit_tool.profile.messages.set_message import SetMessage
from fit_tool.profile.messages.workout_message import WorkoutMessage
from fit_tool.profile.messages.workout_step_message import WorkoutStepMessage
from fit_tool.profile.profile_type import FileType, Sport, SubSport, WorkoutStepDuration

START = datetime.datetime(2026, 10, 6, 16, 30, tzinfo=datetime.UTC)
FIT_EPOCH = 631_065_600
GARMIN, FENIX_6X = 1, 3291
SECONDS_A_REP = 4
UNKNOWN = 65534

Fields = dict[int, Any]


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """What differs from watch to watch, and from one evening to the next."""

    start: datetime.datetime = START
    hours: float = 2
    """The watch's own clock, ahead of UTC."""
    embeds: bool = True
    """Whether the activity holds the workout that it was done from."""
    keeps_names: bool = True
    keeps_notes: bool = True
    keeps_head: bool = True
    """Whether the workout's name and description survive."""
    skipped: int = 0
    """Steps left out at the end."""
    serial: int = 4711


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """One thing that was done, or a rest, with the line of the workout it was done from."""

    line: int
    fields: Fields


def read(data: bytes) -> dict[str, list[Fields]]:
    """The messages of a FIT file by name; warnings of the library that reads it are errors."""
    found: dict[str, list[Fields]] = {}
    with fitdecode.FitReader(data, check_crc=fitdecode.CrcCheck.RAISE) as reader:
        for frame in reader:
            if frame.frame_type == fitdecode.FIT_FRAME_DATA:
                fields = {one.field_def.def_num: one.raw_value for one in frame.fields}
                found.setdefault(frame.name, []).append(fields)
    return found


def unroll(lines: Sequence[Fields]) -> list[RecordedStep]:
    """What the lines of a workout come to once their repeats are done."""
    acts: list[RecordedStep] = []
    starts: list[int] = []
    for index, line in enumerate(lines):
        starts.append(len(acts))
        if line[1] == 6:
            acts += acts[starts[line[2]] :] * (line[4] - 1)
        else:
            acts.append(RecordedStep(index, line))
    return acts


def perform(workout: bytes, habits: WatchOptions | None = None) -> bytes:
    """The activity of somebody who does all of a workout, or most of it, as it says."""
    habits = habits or WatchOptions()
    told = read(workout)
    acts = unroll(told["workout_step"])
    return write(told, acts[: len(acts) - habits.skipped], habits)


def write(
    told: dict[str, list[Fields]], acts: Sequence[RecordedStep], habits: WatchOptions
) -> bytes:
    """An activity with these acts, the workout's messages among its own."""
    builder = FitFileBuilder()
    builder.add(build_file_id(habits))
    if habits.embeds:
        for message in build_workout(told, habits):
            builder.add(message)
    now = milliseconds(habits.start)
    for place, act in enumerate(acts):
        done = build_set(place, act, habits)
        done.start_time = now
        builder.add(done)
        now += round(1000 * done.duration)
    for message in build_summary(now, habits):
        builder.add(message)
    return bytes(builder.build_bytes())


def build_file_id(habits: WatchOptions) -> FileIdMessage:
    message = FileIdMessage(local_id=0)
    message.type = FileType.ACTIVITY
    message.manufacturer = GARMIN
    message.product = FENIX_6X
    message.serial_number = habits.serial
    message.time_created = milliseconds(habits.start)
    return message


def build_workout(told: dict[str, list[Fields]], habits: WatchOptions) -> Iterator[Any]:
    """The workout as the activity holds it."""
    head = WorkoutMessage(local_id=1)
    (planned,) = told["workout"]
    head.sport, head.sub_sport = Sport.TRAINING, SubSport.STRENGTH_TRAINING
    head.num_valid_steps = planned[6]
    if habits.keeps_head:
        head.workout_name, head.workout_description = planned[8], planned.get(17)
    yield head
    for line in told["workout_step"]:
        yield copy_line(line, habits)
    for title in told.get("exercise_title", []):
        message = ExerciseTitleMessage(local_id=5)
        message.message_index = title[254]
        message.exercise_category, message.exercise_name = title[0], title.get(1)
        # Watches tell titles in their owner's language.
        message.workout_step_name = "Wadenheben"
        yield message


def copy_line(line: Fields, habits: WatchOptions) -> WorkoutStepMessage:
    message = WorkoutStepMessage(local_id=2)
    message.message_index = line[254]
    message.duration_type = WorkoutStepDuration(line[1])
    match line[1]:
        case 0:
            message.duration_time = line[2] / 1000
        case 6:
            message.duration_step, message.target_repeat_steps = line[2], line[4]
        case _:
            message.duration_reps = line[2]
    message.intensity = line.get(7)
    if habits.keeps_names:
        message.workout_step_name = line.get(0)
    if habits.keeps_notes:
        message.notes = line.get(8)
    message.exercise_category, message.exercise_name = line.get(10), line.get(11)
    if line.get(12) is not None:
        message.exercise_weight = line[12] / 100
        message.weight_display_unit = line.get(13)
    return message


def build_set(place: int, act: RecordedStep, habits: WatchOptions) -> SetMessage:
    """What a watch writes of a set, or of a rest."""
    line = act.fields
    message = SetMessage(local_id=6)
    message.timestamp = milliseconds(habits.start)
    message.message_index = place
    if habits.embeds:
        message.workout_step_index = act.line
    if line[1] == 0:
        message.set_type = 0
        message.duration = line[2] / 1000
        return message
    message.set_type = 1
    message.duration = float(SECONDS_A_REP * line[2])
    message.repetitions = line[2]
    message.weight = line[12] / 100
    message.category = [line.get(10, UNKNOWN)] * 3
    if line.get(11) is not None:
        message.category_subtype = [line[11]] * 3
    return message


def build_summary(end: int, habits: WatchOptions) -> Iterator[Any]:
    """The session and the activity, which come last, as on a watch that is stopped in peace."""
    session = SessionMessage(local_id=7)
    session.timestamp = end
    session.start_time = milliseconds(habits.start)
    session.total_elapsed_time = (end - milliseconds(habits.start)) / 1000
    session.sport, session.sub_sport = Sport.TRAINING, SubSport.STRENGTH_TRAINING
    yield session
    activity = ActivityMessage(local_id=8)
    activity.timestamp = end
    activity.num_sessions = 1
    # This one field counts seconds, and from FIT's own epoch.
    activity.local_timestamp = end // 1000 - FIT_EPOCH + round(3600 * habits.hours)
    yield activity


def milliseconds(moment: datetime.datetime) -> int:
    return round(1000 * moment.timestamp())
