"""The notation of the science's worked examples, in which tests compare weeks.

`SK2 3x15 @6 R3 h18` is rung 2 of the straight-knee ladder, three sets of 15 (for each side if one
side works at a time), 6 units of load, 3 repetitions in reserve, on a step of 18 cm; `20s` is a
hold. It is formatted from the sets of the answer, and not from the engine's own sums. A state of
a track is `SK7 8 @6`: rung, target and load.
"""

from collections.abc import Iterable
from typing import Any

from app.training.catalog.exercises import SECONDS_PER_COUNT
from app.training.catalog.track_definitions import DEFINITIONS, Track
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.standing import TrackState
from app.training.planning.week import PlannedSets, Prescription, Session, Week
from tests.training.week_reasons import list_reasons

SHORT: dict[Track, str] = {track: one.shorthand for track, one in DEFINITIONS.items()}
TRACK: dict[str, Track] = {short: track for track, short in SHORT.items()}
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def format_week(week: Week) -> list[str]:
    """Return a week's figures in one line, then a line for each kind of its sessions."""
    return [" | ".join([str(week.index), *list_figures(week)]), *format_sessions(week)]


def list_cells(week: Week) -> list[str]:
    """Return a week as the cells of a row of the worked examples, without its number."""
    return [*list_figures(week), "<br>".join(format_sessions(week, dates=True)) or "none"]


def list_figures(week: Week) -> list[str]:
    """Return kind and phase, sets of the tracks, hard sets, repetitions, volume and reasons."""
    volume = [f"{figure:.2f}".rstrip("0").rstrip(".") for figure in week.effective_volume.values()]
    return [
        f"{week.kind}/{week.phase}",
        str(week.set_budget),
        str(week.hard_sets),
        str(week.total_reps),
        "/".join(volume),
        format_reasons(week),
    ]


def format_reasons(week: Week) -> str:
    """Return the codes of the tracks, one if all are the same, and the notes of the week."""
    codes = [reason.code for reason in list_reasons(week).values()]
    text = codes[0] if len(set(codes)) == 1 else "/".join(codes)
    notes = ", ".join(note.code for note in week.notes)
    return f"{text} · {notes}" if notes else text


def format_sessions(week: Week, *, dates: bool = False) -> list[str]:
    """Return the sessions of a week, equal ones in one line. `dates` names days by their date."""
    days: dict[str, list[str]] = {}
    for session in week.sessions:
        days.setdefault(format_session(session), []).append(_name_day(session, dates=dates))
    return [f"{'+'.join(names)} {text}" for text, names in days.items()]


def _name_day(session: Session, *, dates: bool) -> str:
    return f"{session.date:%m-%d}" if dates and session.date else DAYS[session.weekday]


def format_session(session: Session) -> str:
    exercises = "; ".join(format_exercise(exercise) for exercise in session.exercises)
    trimmed = ", trimmed" if session.trimmed else ""
    return f"[{session.type}, {session.est_minutes} min{trimmed}]: {exercises}"


def format_exercise(exercise: Prescription) -> str:
    """Format an exercise, whose sets must be equal except for side and number."""
    ((target, load, reserve),) = {_format_dose(one) for one in exercise.sets}
    counts = sorted(one.count for one in exercise.sets)
    parts = [f"{SHORT[exercise.track]}{exercise.rung} {counts[0]}x{target}"]
    parts += [f"@{load:g}"] if load is not None else []
    parts += [f"R{reserve}"]
    parts += [f"h{exercise.step_height_cm}"] if exercise.step_height_cm is not None else []
    parts += [f"(+1 {side})" for side in _list_extra_sides(exercise.sets, counts[0])]
    return " ".join(parts)


def _format_dose(one: PlannedSets) -> tuple[str, float | None, int]:
    """Return target, load and reserve of some sets. The reserve of a hold is in fives, too."""
    hold = one.seconds is not None
    reserve = (one.reserve_s or 0) // SECONDS_PER_COUNT if hold else one.rir or 0
    load = None if one.load is None else one.load.value
    return f"{one.seconds}s" if hold else str(one.reps), load, reserve


def _list_extra_sides(sets: Iterable[PlannedSets], least: int) -> list[str]:
    return [one.side for one in sets for _ in range(one.count - least)]


def parse_state(
    constants: PlanConstants, text: str, sets: int | None = None, **fields: Any
) -> TrackState:
    """Return the state of a track: by default one with six hard sets and two good sessions."""
    name, target, *load = text.split()
    ladder = constants.ladders[TRACK[name[:2]]]
    rung = next(rung for rung in ladder if rung.number == int(name[2:]))
    hundredths = round(100 * float(load[0][1:])) if load else 0
    return TrackState(rung, int(target), hundredths, sets or 6, **{"hits": 2} | fields)


def format_state(state: TrackState) -> str:
    load = f" @{state.load / 100:g}" if state.load else ""
    return f"{SHORT[state.rung.track]}{state.rung.number} {state.reps}{load}"
