"""A session in plain words, complete enough to be followed with nothing else at hand.

Hands text to the calendars. What is to be done is decided by the programme; here it is only told.
"""

from collections.abc import Iterator
from itertools import groupby

from app.training.catalog.tracks import DEFINITIONS, SessionType
from app.training.planning.training_days import TRACKS_OF
from app.training.planning.week import PlannedSet, Prescription, Session, SetSide, Week

TYPE_NAMES: dict[SessionType, str] = {
    kind: " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    for kind, tracks in TRACKS_OF.items()
    if (names := list(dict.fromkeys(DEFINITIONS[track].plural for track in tracks)))
}


def head_session(week: Week, session: Session) -> str:
    """A session in one line, under the name that it has on a watch."""
    return f"Pushoff W{week.index}S{session.index}: {TYPE_NAMES[session.type]}"


def tell_session(week: Week, session: Session) -> str:
    """A session whole, a block of lines for each exercise."""
    head = (
        f"Week {week.index}, session {session.index}."
        f" About {session.est_minutes} minutes, warm-up included."
    )
    blocks = [
        "\n".join((f"{number}. {exercise.name}", *tell_exercise(exercise)))
        for number, exercise in enumerate(session.exercises, 1)
    ]
    advice = [advice.sentence for advice in session.timing_advice]
    return "\n\n".join((head, *blocks, *advice))


def tell_exercise(exercise: Prescription) -> Iterator[str]:
    """The lines of one exercise: the work, how to do it, and why."""
    yield from tell_sets(exercise)
    if exercise.step_height_cm is not None:
        yield f"Step height: {exercise.step_height_cm} cm."
    pace = exercise.tempo
    phases = {
        "up": pace.up_s,
        "hold": pace.hold_s,
        "down": pace.down_s,
        "at the bottom": pace.bottom_s,
    }
    tempo = ", ".join(f"{seconds} s {phase}" for phase, seconds in phases.items() if seconds)
    yield f"Tempo: {tempo}. Rest {exercise.rest_s} s{after(exercise)}."
    reserve = exercise.sets[0].rir_target
    yield f"End each set with about {reserve} repetitions in reserve."
    yield from (f"- {cue}" for cue in exercise.cues)
    yield f"Why: {exercise.reason.sentence}"


def after(exercise: Prescription) -> str:
    """What a rest comes after."""
    return " after each set" if exercise.sets[0].side == "both" else " after both legs"


def tell_sets(exercise: Prescription) -> Iterator[str]:
    """Sets that are alike in one line; left and right together where they are asked the same."""
    order = list(dict.fromkeys(planned.side for planned in exercise.sets))
    doses = {side: [*tell_doses(exercise, side)] for side in order}
    if order == ["both"]:
        yield from (f"{dose}." for dose in doses["both"])
    elif len({tuple(told) for told in doses.values()}) == 1 and len(order) == 2:
        yield from (f"{dose}, on each leg, {order[0]} first." for dose in doses[order[0]])
    else:
        yield from (f"{dose}, {side} leg." for side in order for dose in doses[side])


def tell_doses(exercise: Prescription, side: SetSide) -> Iterator[str]:
    """The sets of one side, those that follow each other alike as one."""
    own = [planned for planned in exercise.sets if planned.side == side]
    for _, alike in groupby(own, key=lambda one: (one.reps_target, one.reps_max, one.load)):
        sets = list(alike)
        count = "1 set" if len(sets) == 1 else f"{len(sets)} sets"
        yield f"{count} of {tell_reps(sets[0])}, {tell_load(sets[0])}"


def tell_reps(planned: PlannedSet) -> str:
    """How often, from the target to where to stop."""
    if planned.reps_max > planned.reps_target:
        return f"{planned.reps_target} to {planned.reps_max} repetitions"
    return f"{planned.reps_target} repetitions"


def tell_load(planned: PlannedSet) -> str:
    """With what weight."""
    return "body weight" if planned.load is None else f"{planned.load:g} {planned.load_unit}"
