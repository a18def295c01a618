"""Simulate a watch: read a workout file, and write the activity that a watch records of it.

Everything is as real watches do it: the workout's messages are copied into the activity, each set
repeats the planned code three times and names its line, weights are in sixteenths of a kilogram,
and the timestamp of a set is useless.
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
SECONDS_PER_REP = 4
UNKNOWN = 65534
REST = 1

Fields = dict[int, Any]


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """What differs between watches and between recordings."""

    start: datetime.datetime = START
    hours: float = 2
    """Offset of the watch's clock from UTC in hours."""
    embeds: bool = True
    """Whether the activity embeds the workout."""
    keeps_names: bool = True
    keeps_notes: bool = True
    keeps_title: bool = True
    """Whether the workout's name and description are copied."""
    skipped: int = 0
    """Number of steps that are left out at the end."""
    serial: int = 4711


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """One set or rest that was done, with its line of the workout."""

    line: int
    fields: Fields


def read(data: bytes) -> dict[str, list[Fields]]:
    """Return the messages of a FIT file by name. Damage and warnings of the library are errors."""
    found: dict[str, list[Fields]] = {}
    with fitdecode.FitReader(data, check_crc=fitdecode.CrcCheck.RAISE) as reader:
        for frame in reader:
            if frame.frame_type == fitdecode.FIT_FRAME_DATA:
                fields = {one.field_def.def_num: one.raw_value for one in frame.fields}
                found.setdefault(frame.name, []).append(fields)
    return found


def unroll(lines: Sequence[Fields]) -> list[RecordedStep]:
    """Return the sets and rests of a workout with its repeats unrolled."""
    performed: list[RecordedStep] = []
    starts: list[int] = []
    for index, line in enumerate(lines):
        starts.append(len(performed))
        if line[1] == 6:
            performed += performed[starts[line[2]] :] * (line[4] - 1)
        else:
            performed.append(RecordedStep(index, line))
    return performed


def perform(workout: bytes, options: WatchOptions | None = None) -> bytes:
    """Return the activity of an athlete who does the workout as planned, all of it by default."""
    options = options or WatchOptions()
    messages = read(workout)
    performed = unroll(messages["workout_step"])
    return write(messages, performed[: len(performed) - options.skipped], options)


def write(
    messages: dict[str, list[Fields]], performed: Sequence[RecordedStep], options: WatchOptions
) -> bytes:
    """Return an activity with these sets and rests, and with the embedded workout."""
    builder = FitFileBuilder()
    builder.add(build_file_id(options))
    if options.embeds:
        for message in build_workout(messages, options):
            builder.add(message)
    now = to_milliseconds(options.start)
    for index, step in enumerate(performed):
        done = build_set(index, step, options)
        done.start_time = now
        builder.add(done)
        now += round(1000 * done.duration)
    for message in build_summary(now, options):
        builder.add(message)
    return bytes(builder.build_bytes())


def build_file_id(options: WatchOptions) -> FileIdMessage:
    message = FileIdMessage(local_id=0)
    message.type = FileType.ACTIVITY
    message.manufacturer = GARMIN
    message.product = FENIX_6X
    message.serial_number = options.serial
    message.time_created = to_milliseconds(options.start)
    return message


def build_workout(messages: dict[str, list[Fields]], options: WatchOptions) -> Iterator[Any]:
    """Yield the messages of the embedded workout."""
    workout = WorkoutMessage(local_id=1)
    (planned,) = messages["workout"]
    workout.sport, workout.sub_sport = Sport.TRAINING, SubSport.STRENGTH_TRAINING
    workout.num_valid_steps = planned[6]
    if options.keeps_title:
        workout.workout_name, workout.workout_description = planned[8], planned.get(17)
    yield workout
    for line in messages["workout_step"]:
        yield copy_line(line, options)
    for title in messages.get("exercise_title", []):
        message = ExerciseTitleMessage(local_id=5)
        message.message_index = title[254]
        message.exercise_category, message.exercise_name = title[0], title.get(1)
        # Watches write titles in the language of their owner.
        message.workout_step_name = "Wadenheben"
        yield message


def copy_line(line: Fields, options: WatchOptions) -> WorkoutStepMessage:
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
    if options.keeps_names:
        message.workout_step_name = line.get(0)
    if options.keeps_notes:
        message.notes = line.get(8)
    message.exercise_category, message.exercise_name = line.get(10), line.get(11)
    if line.get(12) is not None:
        message.exercise_weight = line[12] / 100
        message.weight_display_unit = line.get(13)
    return message


def build_set(index: int, step: RecordedStep, options: WatchOptions) -> SetMessage:
    """Build the message of a set or of a rest."""
    line = step.fields
    message = SetMessage(local_id=6)
    message.timestamp = to_milliseconds(options.start)
    message.message_index = index
    if options.embeds:
        message.workout_step_index = step.line
    timed = line[1] == 0
    message.set_type = int(line[7] != REST)
    message.duration = line[2] / 1000 if timed else float(SECONDS_PER_REP * line[2])
    if not message.set_type:
        return message
    # A watch counts no repetitions of a hold, and writes 0 for a weight that nobody entered.
    message.repetitions = 0 if timed else line[2]
    message.weight = (line.get(12) or 0) / 100
    message.category = [line.get(10, UNKNOWN)] * 3
    if line.get(11) is not None:
        message.category_subtype = [line[11]] * 3
    return message


def build_summary(end: int, options: WatchOptions) -> Iterator[Any]:
    """Yield the session and activity messages, which are last if recording is not cut short."""
    session = SessionMessage(local_id=7)
    session.timestamp = end
    session.start_time = to_milliseconds(options.start)
    session.total_elapsed_time = (end - to_milliseconds(options.start)) / 1000
    session.sport, session.sub_sport = Sport.TRAINING, SubSport.STRENGTH_TRAINING
    yield session
    activity = ActivityMessage(local_id=8)
    activity.timestamp = end
    activity.num_sessions = 1
    # The library expects this field in seconds since the FIT epoch, unlike all others.
    activity.local_timestamp = end // 1000 - FIT_EPOCH + round(3600 * options.hours)
    yield activity


def to_milliseconds(moment: datetime.datetime) -> int:
    return round(1000 * moment.timestamp())
