"""Ten thousand simulated runners over 26 weeks: what the rules do to people who differ.

`python -m benchmarks.cohort [runners] [seed] [picture]` prints the table of docs/cohort.md. The
runners are a model, written down here, not people: it shows that the rules hold together and that
nobody is asked for more than they allow, and it says nothing about health or success.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random

from app.training.adapting import fold
from app.training.adapting.simulation import make_id, moment_of
from app.training.catalog.exercises import TRACKS, Track
from app.training.log.completed import CompletedSession, CompletedSet, Load, MorningPain
from app.training.log.logbook import normalise
from app.training.planning import spec
from app.training.planning.plan_constants import UNIT, PlanConstants, derive
from app.training.planning.spec import Equipment, Level
from app.training.planning.week import PlannedSet, Prescription, Session, Week

WEEKS = 26
# How codes are counted; what is not here holds.
MOVES = {
    "START": "start",
    "NO_DATA_START": "start",
    "RAMP_SETS": "progress",
    "ADD_REPS": "progress",
    "ADD_LOAD": "progress",
    "NEXT_RUNG": "progress",
    "ACCELERATE_RUNG": "progress",
    "ACCELERATE_LOAD": "progress",
    "DELOAD": "planned rest",
    "BELOW_TARGET_REGRESS": "regress",
    "SIMPLIFY_DOSE": "regress",
    "LONG_BREAK_14": "regress",
    "LONG_BREAK_28": "regress",
    "RESTART_AFTER_BREAK": "regress",
    "PAIN_NOT_SETTLING": "pain",
    "PAIN_WORSE_NEXT_MORNING": "pain",
    "PAIN_ABOVE_5": "pain",
    "SIBLING_PAIN": "pain",
    "RETURN_AFTER_PAIN": "pain",
    "PAIN_ACCEPTABLE_HOLD": "pain",
    "RESUME_FULL": "pain",
}
# A level and how many repetitions of the seed exercise its runners can do.
LEVELS: tuple[tuple[Level, float], ...] = (
    ("beginner", 26),
    ("beginner", 26),
    ("intermediate", 45),
    ("advanced", 70),
)
EQUIPMENT: tuple[tuple[Equipment, ...], ...] = (
    ("chair",),
    ("chair", "dumbbell"),
    ("backpack", "chair"),
    (),
)
STEPS: tuple[tuple[int, ...], ...] = ((18,), (18, 30), (18, 30, 42), ())
KINDS = ("start", "progress", "hold", "regress", "pain", "planned rest")


@dataclass(slots=True)
class Runner:
    """A simulated runner. Capacities are repetitions of the seed exercise until failure."""

    chance: Random
    capacity: dict[Track, float]
    gain: float
    """Growth of capacity in a well-trained week."""
    adherence: float
    """Chance that a session is done."""
    away: float
    """Chance that a week is missed altogether."""
    tender: float
    """How easily more work than usual hurts."""
    usual: dict[Track, float] = field(default_factory=dict)
    """Effective volume that each track is used to."""
    sore: dict[Track, float] = field(default_factory=lambda: dict.fromkeys(TRACKS, 0.0))
    """Pain that lingers."""


@dataclass(frozen=True, slots=True)
class RunnerResult:
    """What became of one runner."""

    moves: Counter[str]
    blocked: bool
    rungs: dict[Track, int]
    growth: float
    """Greatest growth of hard sets from one full build week to the next."""
    breaches: tuple[str, ...]


def make_runner(seed: int) -> tuple[PlanConstants, Runner]:
    """A runner and the constants of the programme that they ask for."""
    chance = Random(seed)
    level, strength = chance.choice(LEVELS)
    settled = spec.settle(
        spec.SpecFields(
            weeks=WEEKS,
            level=level,
            days_per_week=chance.choice((1, 2, 2, 2, 3, 3, 4)),
            equipment=chance.choice(EQUIPMENT),
            step_heights_cm=chance.choice(STEPS),
            body_mass=float(chance.randint(48, 98)),
            age=chance.randint(18, 75),
        )
    )
    runner = Runner(
        chance=chance,
        capacity={track: strength * chance.lognormvariate(0, 0.25) for track in TRACKS},
        gain=chance.uniform(0.01, 0.05),
        adherence=chance.betavariate(6, 1.5),
        away=chance.choice((0.0, 0.03, 0.1)),
        tender=chance.lognormvariate(0, 0.6),
    )
    return derive(settled), runner


def run(seed: int) -> RunnerResult:
    """One runner's 26 weeks."""
    constants, runner = make_runner(seed)
    standing = fold.open_course(constants)
    moves: Counter[str] = Counter()
    breaches: list[str] = []
    growth, before = 0.0, None
    for index, kind in enumerate(constants.week_kinds(), 1):
        if standing.blocked:
            break
        week = fold.render(constants, standing, index, kind)
        moves.update(MOVES.get(code, "hold") for code in week.reasons.values())
        breaches += find_breaches(constants, week, before)
        if before is not None and is_full_week(week) and is_full_week(before):
            growth = max(growth, week.hard_sets / before.hard_sets - 1)
        before = week if week.kind == "build" else before
        log = normalise(constants, train(constants, runner, week))
        standing = fold.take_week(constants, log, standing, week)
    rungs = {track: standing.position.states[track].rung.number for track in TRACKS}
    return RunnerResult(moves, standing.blocked, rungs, growth, tuple(breaches))


def is_full_week(week: Week) -> bool:
    """Whether a week holds everything that its budget says."""
    return week.kind == "build" and week.hard_sets == week.set_budget


def find_breaches(constants: PlanConstants, week: Week, before: Week | None) -> Iterator[str]:
    """Everything that a week asks beyond what the invariants allow."""
    for session in week.sessions:
        if session.est_minutes > constants.spec.session_minutes:
            yield "I-15 minutes"
        for exercise in session.exercises:
            yield from _find_exercise_breaches(constants, exercise)
    if before is not None and is_full_week(week) and is_full_week(before):
        if week.hard_sets > max(before.hard_sets * 5 / 4, before.hard_sets + 1):
            yield "I-7 sets"
        for track, rung in _rungs_by_track(before).items():
            ladder = [r.number for r in constants.ladders[track]]
            now = _rungs_by_track(week).get(track, rung)
            if ladder.index(now) > ladder.index(rung) + 1:
                yield "I-25 rungs"


def _find_exercise_breaches(constants: PlanConstants, exercise: Prescription) -> Iterator[str]:
    """The same for one exercise."""
    rung = next(r for r in constants.ladders[exercise.track] if r.number == exercise.rung)
    for planned in exercise.sets:
        if not 1 <= planned.reps_target <= constants.top_reps(rung):
            yield "I-16 repetitions"
        load = round((planned.load or 0) * 100)
        if load % constants.increment or load > max(constants.max_load, constants.increment):
            yield "I-16 load"


def _rungs_by_track(week: Week) -> dict[Track, int]:
    """The rung of each track in a week."""
    return {e.track: e.rung for session in week.sessions for e in session.exercises}


def train(constants: PlanConstants, runner: Runner, week: Week) -> list[CompletedSession]:
    """What the runner logs of a week, and what the week leaves in the runner."""
    chance = runner.chance
    done = [] if chance.random() < runner.away else [*perform(constants, runner, week)]
    for track in TRACKS:
        asked = week.effective_volume[track]
        share = len(done) / len(week.sessions) if week.sessions else 0
        trained = asked * share
        usual = runner.usual.get(track, asked or 1.0)
        strain = trained / usual - 1 if usual else 0.0
        flare = max(0.0, chance.gauss(-1.2, 1.0) + 3 * runner.tender * max(0.0, strain))
        runner.sore[track] = min(9.0, 0.6 * runner.sore[track] + flare)
        runner.usual[track] = 0.7 * usual + 0.3 * trained
        if trained:
            runner.capacity[track] *= 1 + runner.gain * min(1.0, share)
        else:
            runner.capacity[track] *= 0.99
    return done


def perform(constants: PlanConstants, runner: Runner, week: Week) -> Iterator[CompletedSession]:
    """The sessions that the runner turns up for."""
    for session in week.sessions:
        if runner.chance.random() < runner.adherence:
            yield log_session(constants, runner, week, session)


def log_session(
    constants: PlanConstants, runner: Runner, week: Week, session: Session
) -> CompletedSession:
    """One session with all of its sets."""
    chance, moment = runner.chance, moment_of(constants, week, session)
    fresh = chance.gauss(1.0, 0.07)
    sets = []
    for exercise in session.exercises:
        for planned in exercise.sets:
            tired = fresh * (1 - 0.04 * (planned.n - 1))
            sets.append(log_set(constants, runner, moment, exercise, planned, tired))
    worst = max(runner.sore.values())
    return CompletedSession(
        session_id=make_id(chance),
        athlete_id="cohort",
        week=week.index,
        session=session.index,
        started_at=moment,
        morning_pain=MorningPain(round(min(10.0, worst * chance.uniform(0.5, 1.1)))),
        sets=tuple(sets),
    )


def log_set(
    constants: PlanConstants,
    runner: Runner,
    moment: datetime,
    exercise: Prescription,
    planned: PlannedSet,
    tired: float,
) -> CompletedSet:
    """One set: repetitions up to the target or to failure, and a guess at the reserve."""
    rung = next(r for r in constants.ladders[exercise.track] if r.number == exercise.rung)
    heavier = 1 + (planned.load or 0) * 100 / constants.body_mass
    able = int(runner.capacity[exercise.track] * tired / (rung.coef / 100 * heavier))
    reps = max(1, min(planned.reps_target, able))
    # People think that they have about one repetition less in reserve than they have (EV-26).
    guess = round(max(0, able - reps) - 1 + runner.chance.gauss(0, 1))
    load = None if planned.load is None else Load(planned.load, UNIT[constants.spec.units])
    return CompletedSet(
        set_id=make_id(runner.chance),
        exercise=exercise.slug,
        side=planned.side,
        set_index=planned.n,
        reps=reps,
        load=load,
        rir=float(min(10, max(0, guess))),
        pain=float(round(runner.sore[exercise.track])),
        performed_at=moment,
    )


def main() -> int:
    """Runs the cohort on all cores and prints its table."""
    runners = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with ProcessPoolExecutor() as pool:
        courses = [*pool.map(run, range(first, first + runners), chunksize=50)]
    for row in format_table(courses):
        print(row)
    if len(sys.argv) > 3:
        Path(sys.argv[3]).write_text(draw_chart(compute_shares(courses)), encoding="utf-8")
    return 0


def compute_shares(courses: list[RunnerResult]) -> dict[str, float]:
    """What a week's prescription did, in percent."""
    moves: Counter[str] = sum((course.moves for course in courses), Counter())
    return {kind: 100 * moves[kind] / sum(moves.values()) for kind in KINDS}


def draw_chart(shares: dict[str, float]) -> str:
    """The shares as bars with their names and numbers."""
    rows = []
    for place, (kind, share) in enumerate(shares.items()):
        y = 52 + 30 * place
        rows.append(
            f'<text x="120" y="{y + 15}" text-anchor="end">{kind}</text>'
            f'<rect x="130" y="{y}" width="{6 * share:.1f}" height="20" fill="#1a5fb4"/>'
            f'<text x="{138 + 6 * share:.1f}" y="{y + 15}">{share:.1f} %</text>'
        )
    title = "What a week's prescription did, in a cohort of simulated runners"
    told = ", ".join(f"{kind} {share:.1f} percent" for kind, share in shares.items())
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 250" role="img"'
        ' font-family="system-ui,sans-serif" font-size="13" color="#555"'
        ' style="color-scheme:light dark">'
        f"<title>{title}</title><desc>{told}</desc>"
        "<style>text{fill:#222}@media(prefers-color-scheme:dark){text{fill:#eee}"
        "rect{fill:#62a0ea}}</style>"
        f'<text x="10" y="24" font-size="15">{title[:30]}</text>'
        f'<text x="10" y="42">{title[31:].strip()}</text>{"".join(rows)}</svg>\n'
    )


def format_table(courses: list[RunnerResult]) -> Iterator[str]:
    """The table of docs/cohort.md."""
    total = sum(sum(course.moves.values()) for course in courses)
    yield f"{len(courses)} runners, {WEEKS} weeks, {total} prescriptions of a track for a week"
    yield ""
    yield "| what a week's prescription did | share |"
    yield "|---|---|"
    for kind, share in compute_shares(courses).items():
        yield f"| {kind} | {share:.1f} % |"
    yield ""
    blocked = sum(course.blocked for course in courses)
    growths = sorted(course.growth for course in courses)
    breaches = Counter(name for course in courses for name in course.breaches)
    yield "| figure | value |"
    yield "|---|---|"
    yield f"| runners blocked until cleared | {100 * blocked / len(courses):.1f} % |"
    middle = growths[len(growths) // 2]
    yield f"| greatest growth of sets between full build weeks, median | {middle:.0%} |"
    yield f"| the same, worst runner | {growths[-1]:.0%} |"
    yield f"| prescriptions beyond an invariant | {sum(breaches.values())} {dict(breaches) or ''} |"
    for track in TRACKS:
        rungs = Counter(course.rungs[track] for course in courses)
        shares = ", ".join(f"{r}: {100 * n / len(courses):.0f} %" for r, n in sorted(rungs.items()))
        yield f"| {track} rung at the end | {shares} |"


if __name__ == "__main__":
    sys.exit(main())
