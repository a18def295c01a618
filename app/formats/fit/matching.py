"""Identify recorded sets: the exercise and side of each, and what was planned for it.

An activity that was recorded from a workout embeds the workout's lines, and each set names its
line. The texts that Pushoff wrote into a line are the most certain source, then the caller's
programme if its lines are the same, then the exercise codes that the watch wrote. Nothing is
guessed: an exercise or side that stays uncertain is None. Called by activity.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.formats.fit import exercise_codes, workout_labels, workout_lines
from app.formats.fit.exercise_codes import ExerciseCode, FitNames
from app.formats.fit.messages import MAX_SETS, FitFile, FitMessage, MessageKind, SetField, StepField
from app.formats.fit.workout_labels import Movement, WorkoutOrigin
from app.formats.fit.workout_lines import DurationType, Layout, WorkoutLine
from app.training.catalog.exercises import Exercise
from app.training.log import limits
from app.training.log.completed import Target
from app.training.planning.load import KG_PER_LB, Load
from app.training.planning.week import PlannedSets, Prescription, Session, Week

_LAYOUTS: tuple[Layout, ...] = ("flat", "repeat")
# Fields of the workout message.
_WORKOUT_NAME, _WORKOUT_DESCRIPTION = 8, 17
_ACTIVE_INTENSITY, _WARM_UP_INTENSITY = 0, 2
_POUND_UNIT = 2
# Increments of plates and dumbbells, the coarsest first.
_INCREMENTS_LB = (2.5, 0.5, 0.25)
# A watch counts no repetitions on lines that end by time: time, repetition_time and time_only.
_TIMED_DURATIONS = (DurationType.TIME, 28, 31)

_SetsByLine = Mapping[int, tuple[Prescription, PlannedSets]]


@dataclass(frozen=True, slots=True)
class PlannedWorkout:
    """A session of the caller's programme, as the workout that would be written from it."""

    origin: WorkoutOrigin | None
    """The session; None if several sessions of the programme have the same workout."""
    sets: _SetsByLine
    """The planned sets of each line, by the line's index."""


# A line of a workout without its texts: duration type and value, rounds, exercise code.
_LineSignature = tuple[int | None, int | None, int | None, ExerciseCode | None]
_Signature = tuple[_LineSignature, ...]
WorkoutsBySignature = Mapping[_Signature, Sequence[PlannedWorkout]]


@dataclass(frozen=True, slots=True)
class EmbeddedWorkout:
    """The workout that an activity was recorded from."""

    lines: Mapping[int, FitMessage]
    """Its lines by index; empty if the activity embeds no workout."""
    origin: WorkoutOrigin | None
    """The planned session that its texts name."""
    set_count: int
    """How many sets it has, repeats included."""


@dataclass(frozen=True, slots=True)
class ExpectedSession:
    """What is known about the session that the athlete was to do."""

    embedded: EmbeddedWorkout
    planned: PlannedWorkout | None
    """The session of the caller's programme that has the same lines."""
    exercises: Mapping[ExerciseCode, Sequence[Exercise]]
    """The programme's exercises at that time, by their FIT code."""


@dataclass(frozen=True, slots=True)
class SetMatch:
    """What is known about a set apart from the values that were recorded."""

    movement: Movement | None
    """The exercise and the side; None if uncertain."""
    code: ExerciseCode
    """FIT's numbers of the exercise, as recorded or planned."""
    target: Target | None = None
    """What was planned, with the load in the programme's unit."""
    planned_kg: float | None = None
    """The planned load in kilograms."""
    warm_up: bool = False
    timed: bool = False
    """Whether the line ends by time."""

    @property
    def is_hold(self) -> bool:
        """Whether the exercise is a hold."""
        return self.movement is not None and self.movement.exercise.unit == "seconds"

    @property
    def has_free_load(self) -> bool:
        """Whether the exercise is one whose load the runner chooses."""
        return self.movement is not None and bool(self.movement.exercise.replaces_rungs)


def read_embedded_workout(file: FitFile) -> EmbeddedWorkout:
    """Return the workout that a FIT file embeds, which may have no lines."""
    lines = {
        index: line
        for line in file.messages[MessageKind.WORKOUT_STEP]
        if (index := line.integer(StepField.INDEX)) is not None
    }
    workout = file.last(MessageKind.WORKOUT)
    title, description = workout.text(_WORKOUT_NAME), workout.text(_WORKOUT_DESCRIPTION)
    origin = workout_labels.parse_origin(title, description)
    return EmbeddedWorkout(lines, origin, _count_sets(lines))


def index_weeks(weeks: Sequence[Week], fit_names: FitNames) -> WorkoutsBySignature:
    """Return the sessions of a programme by the signatures of their workouts, in both layouts."""
    workouts: defaultdict[_Signature, list[PlannedWorkout]] = defaultdict(list)
    for week in weeks:
        for session in week.sessions:
            origin = WorkoutOrigin(week.index, session.index)
            written = [workout_lines.build_lines(session, fit_names, one) for one in _LAYOUTS]
            for lines in dict.fromkeys(written):
                signature = tuple((one.duration, one.value, one.rounds, one.code) for one in lines)
                workout = PlannedWorkout(origin, _list_planned_sets(session, lines))
                workouts[signature].append(workout)
    return workouts


def find_expected_session(
    embedded: EmbeddedWorkout,
    weeks: Sequence[Week],
    fit_names: FitNames,
    workouts: WorkoutsBySignature,
    day: datetime.date,
) -> ExpectedSession:
    """Return what was to be done on a day, by the embedded workout and the programme's weeks."""
    indexes = sorted(embedded.lines)
    signature = tuple(_sign_message(embedded.lines[index]) for index in indexes)
    found = workouts.get(signature, ()) if indexes == list(range(len(indexes))) else ()
    dated = [(w.index, session) for w in weeks for session in w.sessions if session.date == day]
    due = {WorkoutOrigin(week, session.index) for week, session in dated}
    planned = _choose_planned(found, embedded.origin, due)
    return ExpectedSession(embedded, planned, _group_exercises(weeks, fit_names, day))


def _choose_planned(
    found: Sequence[PlannedWorkout], named: WorkoutOrigin | None, due: Collection[WorkoutOrigin]
) -> PlannedWorkout | None:
    """Choose among sessions with the same lines: the one that the workout names, else the one that
    was due on the day, else what all have in common if they have the same exercises and sides.
    """
    origin = WorkoutOrigin(named.week, named.session) if named else None
    for likely in ([p for p in found if p.origin == origin], [p for p in found if p.origin in due]):
        if likely:
            return likely[0]
    if len(found) > 1:
        # Exercise and side are what workouts with the same signature may differ in.
        movements = {tuple((e.slug, s.side) for e, s in one.sets.values()) for one in found}
        return PlannedWorkout(None, found[0].sets) if len(movements) == 1 else None
    return found[0] if found else None


def _list_planned_sets(session: Session, lines: Sequence[WorkoutLine]) -> _SetsByLine:
    return {
        index: line.step.find(session)
        for index, line in enumerate(lines)
        if line.step is not None and line.step.kind == "work"
    }


def _sign_message(line: FitMessage) -> _LineSignature:
    duration = line.integer(StepField.DURATION_TYPE)
    rounds = line.integer(StepField.REPEAT_COUNT) if duration == DurationType.REPEAT else None
    return duration, line.integer(StepField.DURATION_VALUE), rounds, _read_line_code(line)


def _group_exercises(
    weeks: Sequence[Week], fit_names: FitNames, day: datetime.date
) -> Mapping[ExerciseCode, Sequence[Exercise]]:
    """Return the exercises of the week that includes the day, or of all weeks if none does."""
    current = [week for week in weeks if week.start_date and 0 <= (day - week.start_date).days < 7]
    found: defaultdict[ExerciseCode, dict[str, Exercise]] = defaultdict(dict)
    for week in current or weeks:
        for session in week.sessions:
            for one in session.exercises:
                if code := exercise_codes.encode(fit_names[one.slug]):
                    found[code][one.slug] = one.exercise
    return {code: tuple(exercises.values()) for code, exercises in found.items()}


def match_set(recorded: FitMessage, expected: ExpectedSession) -> SetMatch:
    """Identify a set. The sources, the most certain first: the note or name that Pushoff wrote on
    its line, the planned workout with the same lines, the codes of the set and of the line.
    """
    seen = _build_code(recorded.integer(SetField.CATEGORY), recorded.integer(SetField.NAME))
    index = recorded.integer(SetField.WORKOUT_STEP)
    line = None if index is None else expected.embedded.lines.get(index)
    if index is None or line is None or _is_other_exercise(seen, _read_line_code(line)):
        return _match_by_code(seen, expected)
    movement = workout_labels.parse_movement(line.text(StepField.NAME), line.text(StepField.NOTES))
    planned_sets = expected.planned.sets if expected.planned else {}
    exercise, planned = planned_sets.get(index, (None, None))
    if exercise and planned:
        expected_movement = Movement(exercise.exercise, planned.side)
        if movement in (None, expected_movement):
            movement = expected_movement
        else:
            planned = None
    code = seen if seen and seen.name is not None else _read_line_code(line) or seen
    by_code = _match_by_code(code, expected)
    load = _read_planned_load(line, planned)
    duration = line.integer(StepField.DURATION_TYPE)
    reps = line.integer(StepField.DURATION_VALUE) if duration == DurationType.REPS else None
    target = Target(
        reps if reps is not None and limits.REPS.contain(reps) else None,
        load.value if load else None,
    )
    return SetMatch(
        movement=movement or by_code.movement,
        code=by_code.code,
        target=None if target == Target() else target,
        planned_kg=load.kg if load else None,
        warm_up=line.integer(StepField.INTENSITY) == _WARM_UP_INTENSITY,
        timed=duration in _TIMED_DURATIONS,
    )


def _match_by_code(code: ExerciseCode | None, expected: ExpectedSession) -> SetMatch:
    if code is None:
        return SetMatch(None, ExerciseCode(exercise_codes.UNKNOWN_CATEGORY))
    exercise = exercise_codes.find_exercise(code, expected.exercises.get(code, ()))
    side = workout_labels.get_default_side(exercise) if exercise else None
    return SetMatch(Movement(exercise, side) if exercise else None, code)


def _read_planned_load(line: FitMessage, planned: PlannedSets | None) -> Load | None:
    """Return the load of a line in its own unit; None if it has none.

    FIT stores hundredths of a kilogram. Pounds are taken from Pushoff's note, from the planned set,
    or from the nearest multiples of common increments, in this order. They count only if they equal
    the line's own weight to the hundredth: a text may be older than the weight.
    """
    hundredths = line.integer(StepField.WEIGHT)
    if not hundredths or not limits.LOAD.contain(hundredths / 100):
        return None
    kg = hundredths / 100
    pounds = [workout_labels.parse_pounds(line.text(StepField.NOTES))]
    if planned and planned.load and planned.load.unit == "lb":
        pounds.append(planned.load.value)
    if line.integer(StepField.WEIGHT_UNIT) == _POUND_UNIT:
        pounds += [round(kg / KG_PER_LB / step) * step for step in _INCREMENTS_LB]
    loads = [Load(one, "lb") for one in pounds if one is not None]
    return next((one for one in loads if round(100 * one.kg) == hundredths), Load(kg, "kg"))


def _read_line_code(line: FitMessage) -> ExerciseCode | None:
    return _build_code(line.integer(StepField.CATEGORY), line.integer(StepField.EXERCISE_NAME))


def _build_code(category: int | None, name: int | None) -> ExerciseCode | None:
    if category is None or category == exercise_codes.UNKNOWN_CATEGORY:
        return None
    return ExerciseCode(category, name)


def _is_other_exercise(seen: ExerciseCode | None, planned: ExerciseCode | None) -> bool:
    # The athlete may choose another exercise on the watch than the planned one.
    return seen is not None and planned is not None and seen.category != planned.category


def _count_sets(lines: Mapping[int, FitMessage]) -> int:
    counts: dict[int, int] = {}
    for index, line in sorted(lines.items()):
        duration = line.integer(StepField.DURATION_TYPE)
        # A hold ends by time, as a rest does.
        active = line.integer(StepField.INTENSITY) == _ACTIVE_INTENSITY
        hold = duration in _TIMED_DURATIONS and active
        counts[index] = int(hold or duration == DurationType.REPS)
        first, rounds = line.integer(StepField.DURATION_VALUE), line.integer(StepField.REPEAT_COUNT)
        if duration == DurationType.REPEAT and first is not None and rounds is not None:
            for inner in range(first, index):
                # Repeats may be nested: the cap keeps their product small.
                counts[inner] = min(counts.get(inner, 0) * rounds, MAX_SETS)
    return sum(counts.values())
