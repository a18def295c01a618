"""Simulates ten thousand different runners over 26 weeks, and counts what the rules prescribe.

`python -m benchmarks.cohort [runners] [seed] [chart]` prints the table of docs/cohort.md. The
runners are a model that this file defines, not people. The simulation shows that the rules are
consistent and that no prescription exceeds their limits. It says nothing about health or success.
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
from app.training.adapting.simulation import make_id, session_time
from app.training.catalog.track_definitions import TRACKS, Track
from app.training.log.completed import CompletedSession, CompletedSet, Load, MorningPain
from app.training.log.logbook import build_logbook
from app.training.planning import spec
from app.training.planning.plan_constants import UNIT, PlanConstants, derive
from app.training.planning.spec import Equipment, Level
from app.training.planning.week import PlannedSet, Prescription, Session, Week

WEEKS = 26
# The kind under which each reason code is counted. All other codes count as "hold".
KIND_BY_CODE = {
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
# The levels, with the repetitions of the seed exercise that their runners can do until failure.
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

    randomness: Random
    capacity: dict[Track, float]
    gain: float
    """Growth of the capacity in a week in which every session is done, as a share."""
    adherence: float
    """Probability that a session is done."""
    absence: float
    """Probability that a whole week is missed."""
    pain_sensitivity: float
    """How much pain an increase of the volume causes."""
    usual_volume: dict[Track, float] = field(default_factory=dict)
    """Moving average of the effective volume of each track."""
    pain: dict[Track, float] = field(default_factory=lambda: dict.fromkeys(TRACKS, 0.0))
    """Present pain of each track, 0 to 9."""


@dataclass(frozen=True, slots=True)
class RunnerResult:
    """The results of one runner."""

    kinds: Counter[str]
    """Prescriptions of a track for a week, by kind."""
    blocked: bool
    rungs: dict[Track, int]
    """The rung of each track at the end."""
    growth: float
    """Largest growth of the hard sets from one full build week to the next, as a share."""
    breaches: tuple[str, ...]
    """Invariants that a prescription broke."""


def make_runner(seed: int) -> tuple[PlanConstants, Runner]:
    """Return a random runner and the constants of the runner's programme."""
    randomness = Random(seed)
    level, strength = randomness.choice(LEVELS)
    settled = spec.build_spec(
        spec.SpecFields(
            weeks=WEEKS,
            level=level,
            days_per_week=randomness.choice((1, 2, 2, 2, 3, 3, 4)),
            equipment=randomness.choice(EQUIPMENT),
            step_heights_cm=randomness.choice(STEPS),
            body_mass=float(randomness.randint(48, 98)),
            age=randomness.randint(18, 75),
        )
    )
    runner = Runner(
        randomness=randomness,
        capacity={track: strength * randomness.lognormvariate(0, 0.25) for track in TRACKS},
        gain=randomness.uniform(0.01, 0.05),
        adherence=randomness.betavariate(6, 1.5),
        absence=randomness.choice((0.0, 0.03, 0.1)),
        pain_sensitivity=randomness.lognormvariate(0, 0.6),
    )
    return derive(settled), runner


def run(seed: int) -> RunnerResult:
    """Simulate the 26 weeks of one runner."""
    constants, runner = make_runner(seed)
    standing = fold.begin(constants)
    kinds: Counter[str] = Counter()
    breaches: list[str] = []
    growth, before = 0.0, None
    for index, kind in enumerate(constants.week_kinds(), 1):
        if standing.blocked:
            break
        week = fold.render(constants, standing, index, kind)
        kinds.update(KIND_BY_CODE.get(code, "hold") for code in week.reasons.values())
        breaches += find_breaches(constants, week, before)
        if before is not None and is_full_week(week) and is_full_week(before):
            growth = max(growth, week.hard_sets / before.hard_sets - 1)
        before = week if week.kind == "build" else before
        log = build_logbook(constants, train(constants, runner, week))
        standing = fold.fold_week(constants, log, standing, week)
    rungs = {track: standing.position.states[track].rung.number for track in TRACKS}
    return RunnerResult(kinds, standing.blocked, rungs, growth, tuple(breaches))


def is_full_week(week: Week) -> bool:
    """Return whether a build week uses its whole set budget."""
    return week.kind == "build" and week.hard_sets == week.set_budget


def find_breaches(constants: PlanConstants, week: Week, before: Week | None) -> Iterator[str]:
    """Yield each invariant that a week breaks."""
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
    """Yield each invariant that an exercise breaks."""
    rung = next(r for r in constants.ladders[exercise.track] if r.number == exercise.rung)
    for planned in exercise.sets:
        if not 1 <= planned.reps_target <= constants.top_reps(rung):
            yield "I-16 repetitions"
        load = round((planned.load or 0) * 100)
        if load % constants.increment or load > max(constants.max_load, constants.increment):
            yield "I-16 load"


def _rungs_by_track(week: Week) -> dict[Track, int]:
    """Return the rung of each track in a week."""
    return {e.track: e.rung for session in week.sessions for e in session.exercises}


def train(constants: PlanConstants, runner: Runner, week: Week) -> list[CompletedSession]:
    """Return the sessions that the runner logs, and update the runner's capacity and pain."""
    randomness = runner.randomness
    completed = [] if randomness.random() < runner.absence else [*perform(constants, runner, week)]
    for track in TRACKS:
        planned = week.effective_volume[track]
        share = len(completed) / len(week.sessions) if week.sessions else 0
        trained = planned * share
        usual = runner.usual_volume.get(track, planned or 1.0)
        increase = max(0.0, trained / usual - 1 if usual else 0.0)
        new_pain = randomness.gauss(-1.2, 1.0) + 3 * runner.pain_sensitivity * increase
        runner.pain[track] = min(9.0, 0.6 * runner.pain[track] + max(0.0, new_pain))
        runner.usual_volume[track] = 0.7 * usual + 0.3 * trained
        if trained:
            runner.capacity[track] *= 1 + runner.gain * min(1.0, share)
        else:
            runner.capacity[track] *= 0.99
    return completed


def perform(constants: PlanConstants, runner: Runner, week: Week) -> Iterator[CompletedSession]:
    """Yield the sessions that the runner does."""
    for session in week.sessions:
        if runner.randomness.random() < runner.adherence:
            yield log_session(constants, runner, week, session)


def log_session(
    constants: PlanConstants, runner: Runner, week: Week, session: Session
) -> CompletedSession:
    """Return one session with all of its sets."""
    randomness, moment = runner.randomness, session_time(constants, week, session)
    form = randomness.gauss(1.0, 0.07)
    sets = []
    for exercise in session.exercises:
        for planned in exercise.sets:
            freshness = form * (1 - 0.04 * (planned.n - 1))
            sets.append(log_set(constants, runner, moment, exercise, planned, freshness))
    worst = max(runner.pain.values())
    return CompletedSession(
        session_id=make_id(randomness),
        athlete_id="cohort",
        week=week.index,
        session=session.index,
        started_at=moment,
        morning_pain=MorningPain(round(min(10.0, worst * randomness.uniform(0.5, 1.1)))),
        sets=tuple(sets),
    )


def log_set(
    constants: PlanConstants,
    runner: Runner,
    moment: datetime,
    exercise: Prescription,
    planned: PlannedSet,
    freshness: float,
) -> CompletedSet:
    """Return one set: repetitions up to the target or to failure, and an estimate of the RIR."""
    rung = next(r for r in constants.ladders[exercise.track] if r.number == exercise.rung)
    heavier = 1 + (planned.load or 0) * 100 / constants.body_mass
    able = int(runner.capacity[exercise.track] * freshness / (rung.coef / 100 * heavier))
    reps = max(1, min(planned.reps_target, able))
    # On average, people estimate one repetition in reserve less than they have (EV-26).
    estimate = round(max(0, able - reps) - 1 + runner.randomness.gauss(0, 1))
    load = None if planned.load is None else Load(planned.load, UNIT[constants.spec.units])
    return CompletedSet(
        set_id=make_id(runner.randomness),
        exercise=exercise.slug,
        side=planned.side,
        set_index=planned.n,
        reps=reps,
        load=load,
        rir=float(min(10, max(0, estimate))),
        pain=float(round(runner.pain[exercise.track])),
        performed_at=moment,
    )


def main() -> int:
    """Simulate the cohort on all cores and print its table."""
    runners = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with ProcessPoolExecutor() as pool:
        results = [*pool.map(run, range(first, first + runners), chunksize=50)]
    for row in format_table(results):
        print(row)
    if len(sys.argv) > 3:
        Path(sys.argv[3]).write_text(draw_chart(compute_shares(results)), encoding="utf-8")
    return 0


def compute_shares(results: list[RunnerResult]) -> dict[str, float]:
    """Return the share of each kind of prescription, in percent."""
    kinds: Counter[str] = sum((result.kinds for result in results), Counter())
    return {kind: 100 * kinds[kind] / sum(kinds.values()) for kind in KINDS}


def draw_chart(shares: dict[str, float]) -> str:
    """Return an SVG of the shares as bars with names and numbers."""
    rows = []
    for index, (kind, share) in enumerate(shares.items()):
        y = 52 + 30 * index
        rows.append(
            f'<text x="120" y="{y + 15}" text-anchor="end">{kind}</text>'
            f'<rect x="130" y="{y}" width="{6 * share:.1f}" height="20" fill="#1a5fb4"/>'
            f'<text x="{138 + 6 * share:.1f}" y="{y + 15}">{share:.1f} %</text>'
        )
    title = "What a week's prescription did, in a cohort of simulated runners"
    description = ", ".join(f"{kind} {share:.1f} percent" for kind, share in shares.items())
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 250" role="img"'
        ' font-family="system-ui,sans-serif" font-size="13" color="#555"'
        ' style="color-scheme:light dark">'
        f"<title>{title}</title><desc>{description}</desc>"
        "<style>text{fill:#222}@media(prefers-color-scheme:dark){text{fill:#eee}"
        "rect{fill:#62a0ea}}</style>"
        f'<text x="10" y="24" font-size="15">{title[:30]}</text>'
        f'<text x="10" y="42">{title[31:].strip()}</text>{"".join(rows)}</svg>\n'
    )


def format_table(results: list[RunnerResult]) -> Iterator[str]:
    """Yield the lines of the table of docs/cohort.md."""
    total = sum(sum(result.kinds.values()) for result in results)
    yield f"{len(results)} runners, {WEEKS} weeks, {total} prescriptions of a track for a week"
    yield ""
    yield "| what a week's prescription did | share |"
    yield "|---|---|"
    for kind, share in compute_shares(results).items():
        yield f"| {kind} | {share:.1f} % |"
    yield ""
    blocked = sum(result.blocked for result in results)
    growths = sorted(result.growth for result in results)
    breaches = Counter(name for result in results for name in result.breaches)
    yield "| figure | value |"
    yield "|---|---|"
    yield f"| runners blocked until cleared | {100 * blocked / len(results):.1f} % |"
    middle = growths[len(growths) // 2]
    yield f"| greatest growth of sets between full build weeks, median | {middle:.0%} |"
    yield f"| the same, worst runner | {growths[-1]:.0%} |"
    yield f"| prescriptions beyond an invariant | {sum(breaches.values())} {dict(breaches) or ''} |"
    for track in TRACKS:
        rungs = Counter(result.rungs[track] for result in results)
        shares = ", ".join(f"{r}: {100 * n / len(results):.0f} %" for r, n in sorted(rungs.items()))
        yield f"| {track} rung at the end | {shares} |"


if __name__ == "__main__":
    sys.exit(main())
