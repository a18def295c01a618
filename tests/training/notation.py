"""The notation of the science's worked examples, in which tests compare weeks.

`SK2 3x15 @6 R3 h18` is rung 2 of the straight-knee ladder, three sets of 15 (for each side if one
leg works at a time), 6 units of load, 3 repetitions in reserve, on a step of 18 cm. It is
formatted from the sets of the answer, and not from the engine's own sums.
"""

from app.training.catalog.track_definitions import Track
from app.training.planning.week import Prescription, Session, Week

SHORT: dict[Track, str] = {"straight_knee": "SK", "bent_knee": "BK", "step_up": "SU"}
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def format_week(week: Week) -> list[str]:
    """Return a week's figures in one line, then a line for each kind of its sessions."""
    volume = [f"{week.effective_volume[track]:.2f}" for track in SHORT]
    codes = [week.reasons[track] for track in SHORT]
    figures = [
        str(week.index),
        f"{week.kind}/{week.phase}",
        str(week.set_budget),
        str(week.hard_sets),
        str(week.total_reps),
        "/".join(figure.rstrip("0").rstrip(".") for figure in volume),
        codes[0] if len(set(codes)) == 1 else "/".join(codes),
    ]
    return [" | ".join(figures), *format_sessions(week)]


def format_sessions(week: Week) -> list[str]:
    """Return the sessions of a week, equal ones in one line."""
    days: dict[str, list[str]] = {}
    for session in week.sessions:
        days.setdefault(format_session(session), []).append(DAYS[session.weekday])
    return [f"{'+'.join(names)} {text}" for text, names in days.items()]


def format_session(session: Session) -> str:
    exercises = "; ".join(format_exercise(exercise) for exercise in session.exercises)
    return f"[{session.type}, {session.est_minutes} min]: {exercises}"


def format_exercise(exercise: Prescription) -> str:
    """Format an exercise, whose sets must be equal except for their side."""
    (dose,) = {(one.reps_target, one.load, one.rir_target) for one in exercise.sets}
    reps, load, reserve = dose
    sides = 1 if exercise.laterality == "bilateral" else 2
    pairs, extra = divmod(len(exercise.sets), sides)
    parts = [f"{SHORT[exercise.track]}{exercise.rung} {pairs}x{reps}"]
    parts += [f"@{load:g}"] if load is not None else []
    parts += [f"R{reserve}"]
    parts += [f"h{exercise.step_height_cm}"] if exercise.step_height_cm is not None else []
    parts += [f"(+1 {exercise.sets[-1].side})"] if extra else []
    return " ".join(parts)
