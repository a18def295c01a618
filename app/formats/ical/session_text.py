"""Formats a planned session as text that is complete enough to train by without anything else.

`calendar_writer` uses it for the summary and the description of an event. The values come from the
plan, names and cues from the catalogue; nothing is decided here.
"""

from collections.abc import Iterator, Sequence

from app.training.catalog.exercises import Tempo
from app.training.catalog.track_definitions import DEFINITIONS
from app.training.planning.week import PlannedSets, Prescription, Session, SetSide, Week


def format_title(week: Week, session: Session) -> str:
    """Return a session in one line, with the name that its workout has on a watch."""
    tracks = [exercise.track for exercise in session.exercises]
    contents = _join(list(dict.fromkeys(DEFINITIONS[track].plural for track in tracks)))
    name = f"Pushoff W{week.index}S{session.index}"
    return f"{name}: {contents}" if contents else name


def _join(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def format_session(week: Week, session: Session) -> str:
    """Return a whole session, with a block of lines for each exercise."""
    head = (
        f"Week {week.index}, session {session.index}."
        f" About {session.est_minutes} minutes, warm-up included."
    )
    blocks = [
        "\n".join((f"{number}. {exercise.exercise.name}", *_format_exercise(week, exercise)))
        for number, exercise in enumerate(session.exercises, 1)
    ]
    advice = [advice.sentence for advice in session.timing_advice]
    return "\n\n".join((head, *blocks, *advice))


def _format_exercise(week: Week, exercise: Prescription) -> Iterator[str]:
    """Yield the lines of one exercise: its sets, how to do them, and the reason."""
    yield from format_sets(exercise)
    if exercise.step_height_cm is not None:
        yield f"Step height: {exercise.step_height_cm} cm."
    side = _name_side(exercise)
    rest_after = "each set" if exercise.sets[0].side == "both" else f"both {side}s"
    rest = f"Rest {exercise.rest_s} s after {rest_after}."
    tempo = exercise.exercise.tempo
    yield rest if tempo is None else f"Tempo: {_format_tempo(tempo)}. {rest}"
    yield _format_reserve(exercise)
    yield from (f"- {cue}" for cue in exercise.exercise.cues)
    reason = exercise.reason or week.find_reason(exercise.track)
    yield f"Why: {reason.sentence}"


def _format_tempo(tempo: Tempo) -> str:
    phases = {
        "up": tempo.up_s,
        "hold": tempo.hold_s,
        "down": tempo.down_s,
        "at the bottom": tempo.bottom_s,
    }
    return ", ".join(f"{seconds} s {phase}" for phase, seconds in phases.items() if seconds)


def _format_reserve(exercise: Prescription) -> str:
    first = exercise.sets[0]
    reserve = f"{first.rir} repetitions"
    if first.reserve_s is not None:
        reserve = f"{first.reserve_s} seconds"
    if exercise.load_choice is not None:
        return f"Take a weight that leaves about {reserve} in reserve at the end of each set."
    return f"End each set with about {reserve} in reserve."


def format_sets(exercise: Prescription) -> Iterator[str]:
    """Yield sets that are alike as one line, and both sides as one line if their sets are equal."""
    sides = list(dict.fromkeys(planned.side for planned in exercise.sets))
    doses = {side: [*_format_doses(exercise, side)] for side in sides}
    word = _name_side(exercise)
    if sides == ["both"]:
        yield from (f"{dose}." for dose in doses["both"])
    elif len({tuple(lines) for lines in doses.values()}) == 1 and len(sides) == 2:
        yield from (f"{dose}, on each {word}, {sides[0]} first." for dose in doses[sides[0]])
    else:
        yield from (f"{dose}, {side} {word}." for side in sides for dose in doses[side])


def _name_side(exercise: Prescription) -> str:
    """Return what works in a one-sided set: the leg, unless the track says something else."""
    return "leg" if DEFINITIONS[exercise.track].side_is is None else "side"


def _format_doses(exercise: Prescription, side: SetSide) -> Iterator[str]:
    """Yield the sets of one side."""
    for planned in exercise.sets:
        if planned.side == side:
            count = "1 set" if planned.count == 1 else f"{planned.count} sets"
            yield f"{count} of {_format_dose(planned)}, {_format_load(exercise, planned)}"


def _format_dose(planned: PlannedSets) -> str:
    least, most, unit = planned.reps, planned.reps_max, "repetitions"
    if planned.seconds is not None:
        least, most, unit = planned.seconds, planned.seconds_max, "seconds"
    return f"{least} {unit}" if least == most else f"{least} to {most} {unit}"


def _format_load(exercise: Prescription, planned: PlannedSets) -> str:
    if planned.load is not None:
        return f"{planned.load.value:g} {planned.load.unit}"
    return "body weight" if exercise.load_choice is None else "a weight of your choice"
