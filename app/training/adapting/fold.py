"""The closed loop: what was done in one week decides the next (science 4.4, as engine 1 has it).

A Standing is the state of a programme between two weeks. render() builds the next week from it.
fold_week() returns the Standing after that week: advance() if something was logged, lapse() if not.
plan_weeks() is the same fold over weeks that are done exactly as prescribed; that is the plan.
followed_program folds a log with these functions, simulation folds a simulated one.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from app.training.adapting import records_by_session, setbacks
from app.training.adapting.track_outcome import Outcome, assume_perfect, classify
from app.training.catalog import reasons
from app.training.catalog.reasons import Reason
from app.training.catalog.track_definitions import DEFINITIONS, TRACKS, Track
from app.training.log.logbook import SCALE, Logbook
from app.training.planning import progression, training_calendar, week_plan
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.progression import StateChange, TrackState
from app.training.planning.training_calendar import WeekKind
from app.training.planning.week import PlannedSet, Week
from app.training.planning.week_plan import Position

# After so many build weeks in a row with less than 60 % done, each exercise gets one set less.
_MAX_SHORT_WEEKS = 2
# Reasons that SIMPLIFY_DOSE does not replace after a week with data.
_KEPT_REASONS = frozenset(
    {
        "PAIN_ABOVE_5",
        "SIBLING_PAIN",
        "PAIN_NOT_SETTLING",
        "PAIN_WORSE_NEXT_MORNING",
        "PAIN_ACCEPTABLE_HOLD",
        "RETURN_AFTER_PAIN",
    }
)
# Weeks away: reason, what its sentence says, and the setback (EV-32; the figures are ours).
_BREAKS = {
    2: ("LONG_BREAK_14", "with fewer repetitions and sets", setbacks.ease),
    4: ("LONG_BREAK_28", "one step lower", setbacks.step_back),
    8: ("RESTART_AFTER_BREAK", "from the beginning", setbacks.restart),
}


class Standing(NamedTuple):
    """The state of a programme between two weeks.

    begin() makes the first one. Each week is rendered from it, and fold_week() returns the next.
    It ends with the last week, or when it is blocked: then no further week is rendered.
    """

    position: Position
    """What the next build week is rendered from."""
    base: Position
    """What the next lighter week is rendered from: the position of the last build week before it
    grew, with all setbacks since. See _settle_base()."""
    missed: int = 0
    """Weeks in a row without a logged set."""
    short: int = 0
    """Build weeks in a row with less than 60 % done."""
    has_log: bool = False
    """Whether anything was ever logged."""
    stopped: frozenset[str] = frozenset()
    """Tissues that pain stopped in the last week with data."""
    blocked: bool = False
    """Whether a warning sign or repeated high pain ended the programme until cleared."""


class _WeekContext(NamedTuple):
    """What the steps of all tracks have in common after one week."""

    constants: PlanConstants
    week: Week
    build: bool
    outcomes: Mapping[Track, Outcome]
    stopped: frozenset[Track]
    """Tracks that pain stopped in this week."""
    ramping: bool
    """Whether sets are still being added."""
    all_well: bool
    """Whether every prescribed track did well and none is reduced or suspended."""
    any_early: bool
    """Whether any track may grow ahead of time."""
    next_budget: int


def begin(constants: PlanConstants) -> Standing:
    """Return the standing before the first week."""
    position = Position(
        states={track: progression.start_track(constants, track) for track in TRACKS},
        budget=constants.first_budget,
        reasons=dict.fromkeys(TRACKS, reasons.explain("START")),
    )
    return Standing(position, position)


def render(constants: PlanConstants, standing: Standing, index: int, scheduled: WeekKind) -> Week:
    """Return the next week. A deload right after a missed week becomes a build week, because the
    missed week already was the rest.
    """
    kind: WeekKind = "build" if scheduled == "deload" and standing.missed else scheduled
    if kind == "build":
        return week_plan.build_week(constants, index, kind, standing.position)
    base = standing.base._replace(reasons=standing.position.reasons)
    return week_plan.build_week(constants, index, kind, base)


def plan_weeks(constants: PlanConstants) -> Iterator[Week]:
    """Yield the weeks of a plan: each as if all before it were done exactly as prescribed."""
    standing = begin(constants)
    for index, scheduled in enumerate(constants.week_kinds(), 1):
        week = render(constants, standing, index, scheduled)
        yield week
        standing = fold_perfect_week(constants, standing, week)


def fold_perfect_week(constants: PlanConstants, standing: Standing, week: Week) -> Standing:
    """Return the standing after a week that is done exactly as prescribed."""
    if not week.sessions:
        # A race took every session, or pain every exercise. There is nothing to do but rest.
        return lapse(constants, standing, week)
    return advance(constants, standing, week, assume_perfect_week(standing, week))


def assume_perfect_week(standing: Standing, week: Week) -> dict[Track, Outcome]:
    """Return each track's outcome of a week that is done exactly as prescribed."""
    planned: dict[Track, list[PlannedSet]] = {track: [] for track in TRACKS}
    for session in week.sessions:
        for exercise in session.exercises:
            planned[exercise.track] += exercise.sets
    states = standing.position.states
    return {track: assume_perfect(states[track], planned[track]) for track in TRACKS}


def fold_week(constants: PlanConstants, log: Logbook, standing: Standing, week: Week) -> Standing:
    """Return the standing after one week, by what was logged in it."""
    if week.index in log.red_flag_weeks:
        return standing._replace(blocked=True)
    if not any(record.shows_training for record in log.of_week(week.index)):
        return lapse(constants, standing, week)
    return advance(constants, standing, week, judge_week(constants, log, standing, week))


def judge_week(
    constants: PlanConstants, log: Logbook, standing: Standing, week: Week
) -> dict[Track, Outcome]:
    """Return each track's outcome of a week, by what was logged in it."""
    by_session = records_by_session.group_by_session(week, log.of_week(week.index))
    states = standing.position.states
    return {track: classify(constants, week, by_session, states[track]) for track in TRACKS}


def advance(
    constants: PlanConstants, standing: Standing, week: Week, outcomes: Mapping[Track, Outcome]
) -> Standing:
    """Return the standing after a week in which something was logged.

    Each track takes the step that its outcome asks for. A tissue that pain also stopped in the
    week before blocks the programme. The second short build week in a row makes the plan smaller.
    """
    context = _build_context(constants, standing, week, outcomes)
    tissues = frozenset(DEFINITIONS[track].tissue for track in context.stopped)
    if tissues & standing.stopped:
        return standing._replace(blocked=True)
    position = standing.position
    base = position if context.build else standing.base
    steps = {track: _step_track(context, position, track) for track in TRACKS}
    moved = Position(
        states={track: steps[track].state for track in TRACKS},
        budget=context.next_budget,
        reasons={track: steps[track].reason for track in TRACKS},
    )
    short = standing.short
    if context.build:
        short = short + 1 if _fell_short(outcomes) else 0
    if context.build and short >= _MAX_SHORT_WEEKS:
        moved, short = _simplify(constants, moved, _KEPT_REASONS), 0
    base = base._replace(states={t: _settle_base(context, base, moved, t) for t in TRACKS})
    return Standing(moved, base, short=short, has_log=True, stopped=tissues)


def _build_context(
    constants: PlanConstants, standing: Standing, week: Week, outcomes: Mapping[Track, Outcome]
) -> _WeekContext:
    position = standing.position
    verdicts = [outcome.verdict for outcome in outcomes.values() if outcome.prescribed_units]
    held_back = any(s.reduced or s.suspended for s in position.states.values())
    all_well = not held_back and all(v in ("PROGRESS", "ACCELERATE") for v in verdicts)
    any_early = any(outcome.verdict == "ACCELERATE" for outcome in outcomes.values())
    ramping = position.budget < constants.full_budget
    build, budget = week.kind == "build", position.budget
    if build and ramping and all_well and not any_early:
        budget = progression.add_sets(budget, constants.full_budget)
    return _WeekContext(
        constants=constants,
        week=week,
        build=build,
        outcomes=outcomes,
        stopped=frozenset(t for t, outcome in outcomes.items() if outcome.verdict == "PAIN_STOP"),
        ramping=ramping,
        all_well=all_well,
        any_early=any_early,
        next_budget=budget,
    )


def _step_track(context: _WeekContext, position: Position, track: Track) -> StateChange:
    outcome = context.outcomes[track]
    before = position.states[track]
    pain = before.pain_before if outcome.verdict == "NONE" else outcome.pain
    if outcome.verdict == "SUSPENDED":
        pain = None
    state = before._replace(weak=outcome.weak, pain_before=pain)
    moved = _step_for_pain(context, state, track)
    if moved is None and not context.build:
        # A lighter week changes nothing and keeps what the week before it led to.
        moved = StateChange(state, position.reasons[track])
    return moved or _step_for_work(context, state, track)


def _step_for_pain(context: _WeekContext, state: TrackState, track: Track) -> StateChange | None:
    """Return the step that pain asks for, in any kind of week; None if it asks for none."""
    outcome = context.outcomes[track]
    if outcome.verdict == "SUSPENDED":
        return StateChange(state._replace(suspended=False, reduced=True), _explain(outcome, state))
    if outcome.verdict == "PAIN_STOP":
        dropped = setbacks.drop_rung(context.constants, state, 80)
        return StateChange(dropped._replace(suspended=True), _explain(outcome, state))
    if outcome.verdict == "PAIN_REDUCE":
        eased = setbacks.drop_rung(context.constants, state, 90) if state.reduced else state
        return StateChange(eased._replace(hits=0, reduced=True), _explain(outcome, state))
    if outcome.verdict == "PAIN_HOLD":
        return StateChange(state._replace(hits=0), _explain(outcome, state))
    if DEFINITIONS[track].sibling in context.stopped:
        return StateChange(state._replace(hits=0, reduced=True), reasons.explain("SIBLING_PAIN"))
    return None


def _step_for_work(context: _WeekContext, state: TrackState, track: Track) -> StateChange:
    outcome = context.outcomes[track]
    if state.reduced:
        return StateChange(state._replace(reduced=False, hits=0), reasons.explain("RESUME_FULL"))
    if outcome.verdict in ("NONE", "HOLD", "MISSED", "PARTIAL"):
        held = state if outcome.verdict == "NONE" else state._replace(hits=0)
        return StateChange(held, _explain(outcome, held))
    if outcome.verdict == "REGRESS":
        lower = setbacks.regress(context.constants, state)
        return StateChange(lower, _explain(outcome, lower))
    if context.ramping:
        return _step_while_ramping(context, state, outcome)
    if outcome.verdict == "ACCELERATE" and not (state.weak and state.rung.unilateral):
        return _climb_early(context.constants, state)
    return progression.progress(context.constants, state, _count_sessions(context.week, track))


def _step_while_ramping(context: _WeekContext, state: TrackState, outcome: Outcome) -> StateChange:
    """While sets are added, nothing else grows, and all three exercises grow together."""
    if context.all_well and outcome.verdict == "ACCELERATE":
        return _climb_early(context.constants, state)
    if not context.all_well or context.any_early:
        return StateChange(state, reasons.explain("HOLD_WITH_OTHERS"))
    return StateChange(state, reasons.explain("RAMP_SETS", sets=context.next_budget))


def _climb_early(constants: PlanConstants, state: TrackState) -> StateChange:
    climbed = progression.make_harder(constants, state)
    early = {"NEXT_RUNG": "ACCELERATE_RUNG", "ADD_LOAD": "ACCELERATE_LOAD"}.get(climbed.reason.code)
    return climbed if early is None else StateChange(climbed.state, reasons.explain(early))


def _explain(outcome: Outcome, state: TrackState) -> Reason:
    assert outcome.code is not None  # noqa: S101  # these verdicts all have one
    return reasons.explain(outcome.code, reps=state.reps, p=(outcome.pain or 0) / SCALE)


def _settle_base(
    context: _WeekContext, base: Position, moved: Position, track: Track
) -> TrackState:
    """Return a track's state in the next base, which lighter weeks are rendered from.

    A lighter week is measured against the last build week, not against the harder one that
    comes after it. So growth does not enter the base: after a build week, it is what that week was
    rendered from. Setbacks enter it at once: pain that stopped or reduced the track or stopped
    its sibling, a return after pain, and a regression. Otherwise a lighter week would ask for
    more than the build week after it. A reduced track returns to its full dose even if its
    verdict is REGRESS, so that verdict does not lower the base.
    """
    outcome = context.outcomes[track]
    sibling_stopped = DEFINITIONS[track].sibling in context.stopped
    regressed = outcome.verdict == "REGRESS" and context.build and not base.states[track].reduced
    if outcome.verdict in ("PAIN_STOP", "PAIN_REDUCE", "SUSPENDED") or sibling_stopped or regressed:
        return moved.states[track]
    if context.build:
        return base.states[track]._replace(weak=outcome.weak)
    return base.states[track]._replace(suspended=False)


def _fell_short(outcomes: Mapping[Track, Outcome]) -> bool:
    """Whether less than 60 % of a week's work was done."""
    prescribed = sum(outcome.prescribed_units for outcome in outcomes.values())
    done = sum(outcome.done_units for outcome in outcomes.values())
    return done * 10 < prescribed * 6


def _simplify(constants: PlanConstants, position: Position, kept: frozenset[str]) -> Position:
    """Remove one set from each exercise. Reasons with a kept code stay."""
    why = reasons.explain("SIMPLIFY_DOSE")
    return position._replace(
        budget=max(constants.slots, position.budget - constants.slots),
        reasons={t: one if one.code in kept else why for t, one in position.reasons.items()},
    )


def lapse(constants: PlanConstants, standing: Standing, week: Week) -> Standing:
    """Return the standing after a week in which nothing was logged.

    A week that has no session, because of a race, is not missed. Before the first log the
    programme waits at its start. After 2, 4 and 8 missed weeks each track takes a setback. A
    missed build week also counts as short. Suspensions end in every case but the first.
    """
    if not training_calendar.has_session(constants.spec, constants.days, week.index):
        return standing if week.kind != "build" else standing._replace(base=standing.position)
    missed = standing.missed + 1
    position = _end_suspensions(standing.position)
    base = position if week.kind == "build" else _end_suspensions(standing.base)
    if not standing.has_log:
        why = dict.fromkeys(TRACKS, reasons.explain("NO_DATA_START"))
        position = begin(constants).position._replace(reasons=why)
        return standing._replace(position=position, base=position, missed=missed)
    if missed in _BREAKS:
        position = _return_after_break(constants, position, missed)
        return standing._replace(position=position, base=position, missed=missed, short=0)
    if week.kind != "build":
        return standing._replace(position=position, base=base, missed=missed)
    short = standing.short + 1
    if missed == 1:
        why = dict.fromkeys(TRACKS, reasons.explain("MISSED_WEEK_REPEAT"))
        position = position._replace(reasons=why)
    if short >= _MAX_SHORT_WEEKS:
        position, short = _simplify(constants, position, kept=frozenset()), 0
    return standing._replace(position=position, base=base, missed=missed, short=short)


def _end_suspensions(position: Position) -> Position:
    """A week without training ends a suspension. The exercise comes back reduced."""
    states = {
        track: state._replace(suspended=False, reduced=True) if state.suspended else state
        for track, state in position.states.items()
    }
    return position._replace(states=states)


def _return_after_break(constants: PlanConstants, position: Position, missed: int) -> Position:
    code, lower, set_back = _BREAKS[missed]
    why = reasons.explain(code, n=missed, lower=lower)
    return Position(
        states={track: set_back(constants, state) for track, state in position.states.items()},
        budget=min(position.budget, constants.small_budget),
        reasons=dict.fromkeys(TRACKS, why),
    )


def _count_sessions(week: Week, track: Track) -> int:
    return sum(any(e.track == track for e in session.exercises) for session in week.sessions)
