"""Formats a planned session as text that is complete enough to train by without anything else.

`calendar_writer` uses it for the summary and the description of an event. The values come from the
plan; nothing is decided here.
"""

from collections.abc import Iterator
from itertools import groupby

from app.training.catalog.track_definitions import DEFINITIONS, SessionType
from app.training.planning.training_calendar import TRACKS_OF
from app.training.planning.week import PlannedSet, Prescription, Session, SetSide, Week

_TYPE_NAMES: dict[SessionType, str] = {
    kind: " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    for kind, tracks in TRACKS_OF.items()
    if (names := list(dict.fromkeys(DEFINITIONS[track].plural for track in tracks)))
}


def format_title(week: Week, session: Session) -> str:
    """Return a session in one line, with the name that its workout has on a watch."""
    return f"Pushoff W{week.index}S{session.index}: {_TYPE_NAMES[session.type]}"


def format_session(week: Week, session: Session) -> str:
    """Return a whole session, with a block of lines for each exercise."""
    head = (
        f"Week {week.index}, session {session.index}."
        f" About {session.est_minutes} minutes, warm-up included."
    )
    blocks = [
        "\n".join((f"{number}. {exercise.name}", *_format_exercise(exercise)))
        for number, exercise in enumerate(session.exercises, 1)
    ]
    advice = [advice.sentence for advice in session.timing_advice]
    return "\n\n".join((head, *blocks, *advice))


def _format_exercise(exercise: Prescription) -> Iterator[str]:
    """Yield the lines of one exercise: its sets, how to do them, and the reason."""
    yield from format_sets(exercise)
    if exercise.step_height_cm is not None:
        yield f"Step height: {exercise.step_height_cm} cm."
    phases = {
        "up": exercise.tempo.up_s,
        "hold": exercise.tempo.hold_s,
        "down": exercise.tempo.down_s,
        "at the bottom": exercise.tempo.bottom_s,
    }
    tempo = ", ".join(f"{seconds} s {phase}" for phase, seconds in phases.items() if seconds)
    rest_after = "each set" if exercise.sets[0].side == "both" else "both legs"
    yield f"Tempo: {tempo}. Rest {exercise.rest_s} s after {rest_after}."
    reserve = exercise.sets[0].rir_target
    yield f"End each set with about {reserve} repetitions in reserve."
    yield from (f"- {cue}" for cue in exercise.cues)
    yield f"Why: {exercise.reason.sentence}"


def format_sets(exercise: Prescription) -> Iterator[str]:
    """Yield equal sets as one line, and both legs as one line if their sets are equal."""
    sides = list(dict.fromkeys(planned.side for planned in exercise.sets))
    doses = {side: [*_format_doses(exercise, side)] for side in sides}
    if sides == ["both"]:
        yield from (f"{dose}." for dose in doses["both"])
    elif len({tuple(lines) for lines in doses.values()}) == 1 and len(sides) == 2:
        yield from (f"{dose}, on each leg, {sides[0]} first." for dose in doses[sides[0]])
    else:
        yield from (f"{dose}, {side} leg." for side in sides for dose in doses[side])


def _format_doses(exercise: Prescription, side: SetSide) -> Iterator[str]:
    """Yield the sets of one side, equal sets in a row as one."""
    of_side = [planned for planned in exercise.sets if planned.side == side]
    for _, equal in groupby(of_side, key=lambda one: (one.reps_target, one.reps_max, one.load)):
        sets = list(equal)
        count = "1 set" if len(sets) == 1 else f"{len(sets)} sets"
        yield f"{count} of {_format_reps(sets[0])}, {_format_load(sets[0])}"


def _format_reps(planned: PlannedSet) -> str:
    if planned.reps_max > planned.reps_target:
        return f"{planned.reps_target} to {planned.reps_max} repetitions"
    return f"{planned.reps_target} repetitions"


def _format_load(planned: PlannedSet) -> str:
    return "body weight" if planned.load is None else f"{planned.load:g} {planned.load_unit}"
