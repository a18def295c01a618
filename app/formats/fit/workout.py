"""Write planned sessions as FIT workouts for watches: one file, or a ZIP of a week.

programs.export_files calls write() and write_archive() in a file worker. workout_lines builds the
lines and workout_labels the texts. FIT names come from the programme, because they depend on its
equipment. The same session always gives the same bytes. What FIT cannot express is in the notes of
the steps and in the warnings. activity reads what a watch records.
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
from fit_tool.profile import profile_type as types
from fit_tool.profile.messages.exercise_title_message import ExerciseTitleMessage
from fit_tool.profile.messages.file_id_message import FileIdMessage
from fit_tool.profile.messages.workout_message import WorkoutMessage
from fit_tool.profile.messages.workout_step_message import WorkoutStepMessage

from app.formats import format_gaps
from app.formats.fit import exercise_codes, workout_labels, workout_lines
from app.formats.fit.exercise_codes import ExerciseCode, FitNames
from app.formats.fit.workout_lines import DurationType, Layout, WorkoutLine
from app.formats.format_gaps import FormatGap, GapCode
from app.formats.imported_file import ImportRemark
from app.training.catalog.exercises import Fit
from app.training.planning.week import PlannedSets, Prescription, Session, Week

# The capabilities value that Garmin Connect writes into its own workouts.
_TCX_CAPABILITY = 32
# The creation date of a workout without a date.
_DEFAULT_DATE = datetime.date(2026, 1, 1)
# The earliest timestamp that a ZIP can hold.
_ZIP_TIMESTAMP = (1980, 1, 1, 0, 0, 0)
_ZIP_PERMISSIONS = 0o644 << 16
_ZIP_UNIX = 3
# The field of an exercise or a set that holds what FIT cannot express.
_FIELDS: Mapping[GapCode, str] = {
    "no_exact_name": "slug",
    "tempo": "slug",
    "effort": "sets",
    "side": "side",
    "rep_range": "reps_max",
    "hold_range": "seconds_max",
    "load_unit": "load/unit",
    "load_choice": "load_choice",
}


def write(
    program_id: str,
    week: int,
    session: Session,
    fit_names: FitNames,
    layout: Layout | None = None,
) -> bytes:
    """Return the FIT workout of a session of the given week number.

    Without a layout it is flat up to the 50 lines that Garmin Connect accepts, else repeat.
    """
    lines = workout_lines.build_lines(session, fit_names, layout)
    builder = FitFileBuilder()
    builder.add(_build_file_id(program_id, week, session))
    builder.add(_build_workout(program_id, week, session, len(lines)))
    for index, line in enumerate(lines):
        message = _build_line(session, fit_names, line)
        message.message_index = index
        builder.add(message)
    for title in _build_titles(session, fit_names):
        builder.add(title)
    return bytes(builder.build_bytes())


def write_archive(
    program_id: str, week: Week, fit_names: FitNames, layout: Layout | None = None
) -> bytes:
    """Return a ZIP of a week's workouts, with warnings.json: the warnings of each file by name."""
    files, warnings = {}, {}
    for session in week.sessions:
        name = format_file_name(week.index, session.index)
        files[name] = write(program_id, week.index, session, fit_names, layout)
        warnings[name] = [asdict(remark) for remark in list_warnings(session, fit_names)]
    files["warnings.json"] = json.dumps(warnings, indent=1).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files.items():
            # Stored without compression, whose bytes depend on the version of zlib.
            entry = zipfile.ZipInfo(name, _ZIP_TIMESTAMP)
            entry.create_system, entry.external_attr = _ZIP_UNIX, _ZIP_PERMISSIONS
            archive.writestr(entry, data)
    return packed.getvalue()


def format_file_name(week: int, session: int) -> str:
    """Return the name of a session's workout file, such as `pushoff-w06-s1.fit`."""
    return f"pushoff-w{week:02}-s{session}.fit"


def list_warnings(session: Session, fit_names: FitNames) -> tuple[ImportRemark, ...]:
    """Return what the workout cannot express, with JSON pointers into the session."""
    found: list[tuple[str, FormatGap]] = []
    for index, exercise in enumerate(session.exercises):
        pointer = f"/exercises/{index}"
        fit = fit_names[exercise.slug]
        found += ((pointer, one) for one in format_gaps.find_in_exercise(exercise, fit))
        for number, planned in enumerate(exercise.sets):
            at = f"{pointer}/sets/{number}"
            found += ((at, one) for one in format_gaps.find_in_set(planned))
    return tuple(
        ImportRemark(one.code, one.detail, f"{pointer}/{_FIELDS[one.code]}")
        for pointer, one in found
        if one.format == "fit"
    )


def _build_file_id(program_id: str, week: int, session: Session) -> FileIdMessage:
    # Watches identify a workout by its serial number and time: both are derived from the session.
    date = session.date or _DEFAULT_DATE
    created = datetime.datetime.combine(date, datetime.time(), datetime.UTC)
    message = FileIdMessage(local_id=0)
    message.type = types.FileType.WORKOUT
    message.manufacturer = types.Manufacturer.DEVELOPMENT.value
    message.product = 0
    # Zero means no serial number in FIT.
    message.serial_number = zlib.crc32(f"{program_id}/{week}/{session.index}".encode()) or 1
    message.time_created = int(created.timestamp() * 1000)
    return message


def _build_workout(program_id: str, week: int, session: Session, line_count: int) -> WorkoutMessage:
    message = WorkoutMessage(local_id=1)
    message.workout_name = workout_labels.format_title(week, session.index)
    message.workout_description = workout_labels.format_description(program_id, week, session.index)
    message.sport = types.Sport.TRAINING
    message.sub_sport = types.SubSport.STRENGTH_TRAINING
    message.capabilities = _TCX_CAPABILITY
    message.num_valid_steps = line_count
    return message


def _build_line(session: Session, fit_names: FitNames, line: WorkoutLine) -> WorkoutStepMessage:
    # Each kind of line has its own local message number, so that its fields are defined only once.
    if line.step is None:
        message = WorkoutStepMessage(local_id=4)
        message.duration_type = types.WorkoutStepDuration.REPEAT_UNTIL_STEPS_CMPLT
        message.duration_step = line.value
        message.target_repeat_steps = line.rounds
        return message
    rest, timed = line.step.kind == "rest", line.duration == DurationType.TIME
    hold = timed and not rest
    message = WorkoutStepMessage(local_id=6 if hold else 3 if rest else 2)
    if timed:
        message.duration_type = types.WorkoutStepDuration.TIME
        message.duration_time = line.value / 1000
    else:
        message.duration_type = types.WorkoutStepDuration.REPS
        message.duration_reps = line.value
    # The line has no target such as a heart rate or a power.
    message.target_type = types.WorkoutStepTarget.OPEN
    message.target_value = 0
    message.intensity = types.Intensity.REST if rest else types.Intensity.ACTIVE
    if not rest:
        exercise, planned = line.step.find(session)
        _describe_set(message, line.code, fit_names[exercise.slug], exercise, planned)
    return message


def _describe_set(
    message: WorkoutStepMessage,
    code: ExerciseCode | None,
    fit: Fit | None,
    exercise: Prescription,
    planned: PlannedSets,
) -> None:
    message.workout_step_name = workout_labels.format_step_name(exercise, planned.side)
    message.notes = workout_labels.format_step_note(exercise, planned, fit)
    # Without a FIT name neither category nor name is written: watches then show the step's name,
    # and would show nothing for a wrong number.
    if code is not None:
        message.exercise_category = code.category
        message.exercise_name = code.name
    # A load that the runner chooses is unknown. Body weight is an external load of 0.
    if exercise.load_choice is None:
        load = planned.load
        message.exercise_weight = load.kg if load else 0.0
        pounds = load is not None and load.unit == "lb"
        message.weight_display_unit = (
            types.FitBaseUnit.POUND if pounds else types.FitBaseUnit.KILOGRAM
        ).value


def _build_titles(session: Session, fit_names: FitNames) -> Iterator[ExerciseTitleMessage]:
    exercises_by_code: defaultdict[ExerciseCode, list[Prescription]] = defaultdict(list)
    for exercise in session.exercises:
        code = exercise_codes.encode(fit_names[exercise.slug])
        # A title belongs to a name, and not to a category alone.
        if code is not None and code.name is not None:
            exercises_by_code[code].append(exercise)
    for index, (code, exercises) in enumerate(exercises_by_code.items()):
        message = ExerciseTitleMessage(local_id=5)
        message.message_index = index
        message.exercise_category = code.category
        message.exercise_name = code.name
        message.workout_step_name = _choose_title(exercises, fit_names[exercises[0].slug])
        yield message


def _choose_title(exercises: Sequence[Prescription], fit: Fit | None) -> str:
    """Return the exercise's name if the code is exact and not shared, else FIT's own name."""
    if fit is None or (len(exercises) == 1 and fit.exact):
        return workout_labels.truncate(exercises[0].exercise.name, workout_labels.MAX_BYTES)
    return fit.to_words()
