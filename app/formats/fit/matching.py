"""Which exercise a recorded set was, for which leg, and what had been asked for.

An activity that was done from a workout carries the workout's lines, and each set the number of
its line: what we wrote there tells most. Without it the watch's own word has to do. Nothing is
guessed: what stays unclear has no movement.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.formats.fit import exercise_codes, workout_labels, workout_lines
from app.formats.fit.exercise_codes import Code
from app.formats.fit.messages import MOST_SETS, Kind, Message, Tape
from app.formats.fit.workout_labels import Movement, Origin
from app.formats.fit.workout_lines import Duration, Layout, Line
from app.training.catalog.exercises import EXERCISES, Exercise
from app.training.log import limits
from app.training.log.completed import KG_PER_LB, Load, Target
from app.training.planning.week import PlannedSet, Prescription, Session, Week

LAYOUTS: tuple[Layout, ...] = ("flat", "repeat")
WARM_UP = 2
POUND = 2
# From the roundest on: what plates and dumbbells come in.
ROUND_LB = (2.5, 0.5, 0.25)
# Lines that end by the clock, on which a watch counts no repetitions: time, and two kin of it.
TIMED = (Duration.TIME, 28, 31)


Signature = tuple[tuple[int | None, int | None, int | None, Code | None], ...]
Signed = Mapping[Signature, Sequence["Twin"]]
Asked = Mapping[int, tuple[Prescription, PlannedSet]]


@dataclass(frozen=True, slots=True)
class Twin:
    """A planned session whose workout has the same lines as the one on the watch."""

    origin: Origin | None
    """Which one; None where several are alike."""
    sets: Asked
    """What each line asks for, by its index."""


@dataclass(frozen=True, slots=True)
class Workout:
    """The workout that an activity was done from."""

    lines: Mapping[int, Message]
    """Its lines by index; empty where there was none."""
    origin: Origin | None
    """The planned session that it says it is."""
    sets: int
    """How many sets it asks for."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is known of what was to be done."""

    workout: Workout
    twin: Twin | None
    prescribed: Mapping[Code, Sequence[Exercise]]
    """Exercises of the programme at that time, by what FIT calls them."""

    @property
    def asked(self) -> Asked:
        """What the programme asks for, line by line."""
        return self.twin.sets if self.twin else {}


@dataclass(frozen=True, slots=True)
class Match:
    """What is known of a set beside what was counted."""

    movement: Movement | None
    """The exercise and the side; None if it could not be told."""
    code: Code
    """What the watch calls it."""
    target: Target | None = None
    """What was asked for, the load in the programme's unit."""
    planned_kg: float | None = None
    """The load that was asked for in kilograms."""
    warm_up: bool = False
    timed: bool = False
    """Whether the line ends by the clock."""


def read_workout(tape: Tape) -> Workout:
    """The workout that came with an activity."""
    lines = {
        index: line
        for line in tape.messages[Kind.WORKOUT_STEP]
        if (index := line.whole(254)) is not None
    }
    workout = tape.last(Kind.WORKOUT)
    origin = workout_labels.find_origin(workout.text(8), workout.text(17))
    return Workout(lines, origin, count_sets(lines))


def sign_weeks(weeks: Sequence[Week]) -> Signed:
    """The sessions of a programme by the lines of their workouts, in whatever layout."""
    signed: defaultdict[Signature, list[Twin]] = defaultdict(list)
    for week in weeks:
        for session in week.sessions:
            for drawn in {workout_lines.draw(session, layout): None for layout in LAYOUTS}:
                twin = Twin(Origin(week.index, session.index), look_up(session, drawn))
                signed[tuple(sign(line) for line in drawn)].append(twin)
    return signed


def make_plan(workout: Workout, weeks: Sequence[Week], signed: Signed, day: datetime.date) -> Plan:
    """A workout beside a programme's weeks, and the same weeks signed, on the day it was done."""
    indexes = sorted(workout.lines)
    signature = tuple(sign_message(workout.lines[index]) for index in indexes)
    found = signed.get(signature, ()) if indexes == list(range(len(indexes))) else ()
    twin = choose(found, workout.origin, find_due(weeks, day))
    return Plan(workout, twin, prescribe(weeks, day))


def choose(found: Sequence[Twin], own: Origin | None, due: Collection[Origin]) -> Twin | None:
    """Of several sessions with the same lines the one that the workout names, or that was due on
    the day; else what they have in common, if they ask for the same.
    """
    named = Origin(own.week, own.session) if own else None
    for likely in ([t for t in found if t.origin == named], [t for t in found if t.origin in due]):
        if likely:
            return likely[0]
    if len(found) > 1:
        alike = all(tell(twin) == tell(found[0]) for twin in found)
        return Twin(None, found[0].sets) if alike else None
    return found[0] if found else None


def find_due(weeks: Sequence[Week], day: datetime.date) -> Collection[Origin]:
    """The sessions that were planned for a day."""
    return {
        Origin(week.index, session.index)
        for week in weeks
        for session in week.sessions
        if session.date == day
    }


def look_up(session: Session, drawn: Sequence[Line]) -> Asked:
    """What each line of a session's workout asks for, by its index."""
    return {
        index: line.step.find(session)
        for index, line in enumerate(drawn)
        if line.step is not None and line.step.kind == "work"
    }


def tell(twin: Twin) -> list[tuple[str, str]]:
    """What a workout asks for, as far as its lines cannot say it."""
    return [(exercise.slug, one.side) for exercise, one in twin.sets.values()]


def sign(line: Line) -> tuple[int, int, int | None, Code | None]:
    """What two lines are compared by."""
    return line.duration, line.value, line.rounds, line.code


def sign_message(line: Message) -> tuple[int | None, int | None, int | None, Code | None]:
    """The same of a line that came with an activity."""
    ends = line.whole(1)
    return ends, line.whole(2), line.whole(4) if ends == Duration.REPEAT else None, code_line(line)


def prescribe(weeks: Sequence[Week], day: datetime.date) -> Mapping[Code, Sequence[Exercise]]:
    """The exercises of the week that a day lies in, or of all weeks if that is not known."""
    current = [week for week in weeks if week.start_date and 0 <= (day - week.start_date).days < 7]
    found: defaultdict[Code, dict[str, Exercise]] = defaultdict(dict)
    for week in current or weeks:
        for session in week.sessions:
            for one in session.exercises:
                if code := exercise_codes.encode(one.fit):
                    found[code][one.slug] = EXERCISES[one.slug]
    return {code: tuple(exercises.values()) for code, exercises in found.items()}


def match(done: Message, plan: Plan) -> Match:
    """What a set was, the most certain source first: our own note or name on its line, the twin
    of its workout, the codes of set and line.
    """
    seen = code_set(done)
    index = done.whole(11)
    line = None if index is None else plan.workout.lines.get(index)
    if index is None or line is None or is_other(seen, code_line(line)):
        return by_code(seen, plan)
    told = workout_labels.find_movement(line.text(0), line.text(8))
    exercise, planned = plan.asked.get(index, (None, None))
    if exercise and planned and told in (None, Movement(EXERCISES[exercise.slug], planned.side)):
        told = Movement(EXERCISES[exercise.slug], planned.side)
    else:
        planned = None
    code = seen if seen and seen.name is not None else code_line(line) or seen
    guess = by_code(code, plan)
    load = read_load(line, planned)
    reps = line.whole(2) if line.whole(1) == Duration.REPS else None
    target = Target(
        reps if reps is not None and limits.REPS.hold(reps) else None, load.value if load else None
    )
    return Match(
        movement=told or guess.movement,
        code=guess.code,
        target=None if target == Target() else target,
        planned_kg=load.kg if load else None,
        warm_up=line.whole(7) == WARM_UP,
        timed=line.whole(1) in TIMED,
    )


def by_code(code: Code | None, plan: Plan) -> Match:
    """What a code means by itself, beside the programme."""
    if code is None:
        return Match(None, Code(exercise_codes.UNKNOWN))
    exercise = exercise_codes.find(code, plan.prescribed.get(code, ()))
    return Match(
        Movement(exercise, workout_labels.usual_side(exercise)) if exercise else None, code
    )


def read_load(line: Message, planned: PlannedSet | None) -> Load | None:
    """The load that a line asks for, in its own unit; None for none.

    FIT keeps hundredths of a kilogram. Pounds are in our note, follow from the twin, or are the
    roundest that come to as much; whatever says otherwise than the line itself is out of date.
    """
    hundredths = line.whole(12)
    if not hundredths or not limits.LOAD.hold(hundredths / 100):
        return None
    kg = hundredths / 100
    pounds = [workout_labels.find_pounds(line.text(8))]
    if planned and planned.load_unit == "lb":
        pounds.append(planned.load)
    if line.whole(13) == POUND:
        pounds += [round(kg / KG_PER_LB / step) * step for step in ROUND_LB]
    loads = [Load(one, "lb") for one in pounds if one is not None]
    return next((one for one in loads if round(100 * one.kg) == hundredths), Load(kg, "kg"))


def code_set(done: Message) -> Code | None:
    """The watch's first guess at a set; None if it has no idea."""
    return code(done.whole(7), done.whole(8))


def code_line(line: Message) -> Code | None:
    """The code of a workout's line."""
    return code(line.whole(10), line.whole(11))


def code(category: int | None, name: int | None) -> Code | None:
    """A code, unless it says that nothing is known."""
    return None if category is None or category == exercise_codes.UNKNOWN else Code(category, name)


def is_other(seen: Code | None, planned: Code | None) -> bool:
    """Whether somebody chose another exercise on the watch than the one that was planned."""
    return seen is not None and planned is not None and seen.category != planned.category


def count_sets(lines: Mapping[int, Message]) -> int:
    """How many sets a workout asks for, repeats included."""
    counts: dict[int, int] = {}
    for index, line in sorted(lines.items()):
        counts[index] = int(line.whole(1) == Duration.REPS)
        first, rounds = line.whole(2), line.whole(4)
        if line.whole(1) == Duration.REPEAT and first is not None and rounds is not None:
            for inner in range(first, index):
                # A workout that nests repeats without end stays countable.
                counts[inner] = min(counts.get(inner, 0) * rounds, MOST_SETS)
    return sum(counts.values())
