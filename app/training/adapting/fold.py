"""The closed loop: what was done decides what comes next.

Science 4.4. A Standing is where a programme stands between two weeks; advance() takes it over a
week with data, lapse() over a week without. The plan of a programme is the same fold over weeks
done exactly as prescribed.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from app.training.adapting import outcome, regression
from app.training.adapting.outcome import Outcome
from app.training.catalog import reasons
from app.training.catalog.reasons import Reason
from app.training.catalog.tracks import DEFINITIONS, TRACKS, Track
from app.training.log.logbook import SCALE, Logbook, Record
from app.training.planning import progression, training_days, week_plan
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.progression import StateChange, TrackState
from app.training.planning.training_days import WeekKind
from app.training.planning.week import PlannedSet, Session, Week
from app.training.planning.week_plan import Position

# Under 60 % done in two weeks running: one set less for each exercise.
SHORT_WEEKS = 2
# Reasons that a smaller plan does not hide.
SAID_ANYWAY = frozenset(
    {
        "PAIN_ABOVE_5",
        "SIBLING_PAIN",
        "PAIN_NOT_SETTLING",
        "PAIN_WORSE_NEXT_MORNING",
        "PAIN_ACCEPTABLE_HOLD",
        "RETURN_AFTER_PAIN",
    }
)
# Weeks away, what is done about it, and how the sentence names it (EV-32; the figures are ours).
BREAKS = {
    2: ("LONG_BREAK_14", "with fewer repetitions and sets", regression.ease),
    4: ("LONG_BREAK_28", "one step lower", regression.step_back),
    8: ("RESTART_AFTER_BREAK", "from the beginning", regression.restart),
}


class Standing(NamedTuple):
    """Where a programme stands between two weeks."""

    position: Position
    base: Position
    """What reduced weeks are rendered from: the last build week as it was, setbacks applied."""
    missed: int = 0
    """Weeks in a row without a logged set."""
    short: int = 0
    """Build weeks in a row with less than 60 % done."""
    ever: bool = False
    """Whether anything was ever logged."""
    stopped: frozenset[str] = frozenset()
    """Tissues that pain stopped in the last week with data."""
    blocked: bool = False
    """Whether a warning sign or repeated high pain ended the programme until cleared."""


class WeekView(NamedTuple):
    """What all tracks of a week have in common."""

    constants: PlanConstants
    week: Week
    outcomes: Mapping[Track, Outcome]
    stopped: frozenset[Track]
    ramping: bool
    all_well: bool
    any_early: bool
    next_budget: int

    @property
    def build(self) -> bool:
        """Whether the week was meant to build."""
        return self.week.kind == "build"


def open_course(constants: PlanConstants) -> Standing:
    """Where the first week begins."""
    position = Position(
        states={track: progression.start_track(constants, track) for track in TRACKS},
        budget=constants.first_budget,
        reasons=dict.fromkeys(TRACKS, reasons.explain("START")),
    )
    return Standing(position, position)


def render(constants: PlanConstants, standing: Standing, index: int, scheduled: WeekKind) -> Week:
    """The next week. A lighter week right after a missed one becomes a build week: the missed
    one already was the rest.
    """
    kind: WeekKind = "build" if scheduled == "deload" and standing.missed else scheduled
    if kind == "build":
        return week_plan.build_week(constants, index, kind, standing.position)
    base = standing.base._replace(reasons=standing.position.reasons)
    return week_plan.build_week(constants, index, kind, base)


def unfold(constants: PlanConstants) -> Iterator[Week]:
    """Week after week, as if each had been done exactly as prescribed."""
    standing = open_course(constants)
    for index, scheduled in enumerate(constants.week_kinds(), 1):
        week = render(constants, standing, index, scheduled)
        yield week
        standing = take_perfect_week(constants, standing, week)


def take_perfect_week(constants: PlanConstants, standing: Standing, week: Week) -> Standing:
    """The standing after a week done exactly as prescribed."""
    if not week.sessions:
        # The race took every session, or pain every exercise: there is nothing to do but rest.
        return lapse(constants, standing, week)
    return advance(constants, standing, week, assume(standing, week))


def assume(standing: Standing, week: Week) -> dict[Track, Outcome]:
    """What each track's week comes to if it is done exactly as prescribed."""
    planned: dict[Track, list[PlannedSet]] = {track: [] for track in TRACKS}
    for session in week.sessions:
        for exercise in session.exercises:
            planned[exercise.track] += exercise.sets
    states = standing.position.states
    return {track: outcome.assume(states[track], planned[track]) for track in TRACKS}


def fold(constants: PlanConstants, log: Logbook, through_week: int) -> Standing:
    """Where a programme stands after its first weeks. Nothing follows a block."""
    standing = open_course(constants)
    kinds = constants.week_kinds()
    for index, scheduled in enumerate(kinds[:through_week], 1):
        if standing.blocked:
            break
        week = render(constants, standing, index, scheduled)
        standing = take_week(constants, log, standing, week)
    return standing


def take_week(constants: PlanConstants, log: Logbook, standing: Standing, week: Week) -> Standing:
    """The standing after one week, by what was logged in it."""
    if week.index in log.red_flag_weeks:
        return standing._replace(blocked=True)
    records = log.of_week(week.index)
    if not any(record.logged for record in records):
        return lapse(constants, standing, week)
    return advance(constants, standing, week, judge(constants, log, standing, week))


def judge(
    constants: PlanConstants, log: Logbook, standing: Standing, week: Week
) -> dict[Track, Outcome]:
    """What each track's week comes to."""
    placed = place_records(week, log.of_week(week.index))
    states = standing.position.states
    return {t: outcome.classify(constants, week, placed, states[t]) for t in TRACKS}


def place_records(week: Week, records: Sequence[Record]) -> dict[int, list[Record]]:
    """Records by the session of the week that they belong to (N3)."""
    places = {session.index for session in week.sessions}
    placed: dict[int, list[Record]] = {}
    for record in records:
        named = record.place if record.place in places else None
        placed.setdefault(named or find_nearest(week, record), []).append(record)
    return placed


def find_nearest(week: Week, record: Record) -> int:
    """The session that is nearest to a record's day; 0 in a week without sessions."""

    def distance(session: Session) -> tuple[int, int]:
        if session.date is None:
            return abs(record.date.weekday() - session.weekday), session.index
        return abs((record.date - session.date).days), session.index

    return min(week.sessions, key=distance).index if week.sessions else 0


def advance(
    constants: PlanConstants, standing: Standing, week: Week, outcomes: Mapping[Track, Outcome]
) -> Standing:
    """The standing after a week in which something was logged."""
    view = look(constants, standing, week, outcomes)
    tissues = frozenset(DEFINITIONS[track].tissue for track in view.stopped)
    if tissues & standing.stopped:
        return standing._replace(blocked=True)
    position = standing.position
    base = position if view.build else standing.base
    steps = {track: step(view, position, track) for track in TRACKS}
    moved = Position(
        states={track: steps[track].state for track in TRACKS},
        budget=view.next_budget,
        reasons={track: steps[track].reason for track in TRACKS},
    )
    short = standing.short
    if view.build:
        short = short + 1 if fell_short(outcomes) else 0
    if view.build and short >= SHORT_WEEKS:
        moved, short = simplify(constants, moved), 0
    return Standing(
        position=moved,
        base=base._replace(
            states={track: settle_base(view, base, moved, track) for track in TRACKS}
        ),
        short=short,
        ever=True,
        stopped=tissues,
    )


def look(
    constants: PlanConstants, standing: Standing, week: Week, outcomes: Mapping[Track, Outcome]
) -> WeekView:
    """What all tracks have in common."""
    position = standing.position
    verdicts = [one.verdict for one in outcomes.values() if one.asked]
    held_back = any(s.reduced or s.suspended for s in position.states.values())
    all_well = not held_back and all(v in ("PROGRESS", "ACCELERATE") for v in verdicts)
    any_early = any(one.verdict == "ACCELERATE" for one in outcomes.values())
    ramping = position.budget < constants.full_budget
    grows = week.kind == "build" and ramping and all_well and not any_early
    return WeekView(
        constants=constants,
        week=week,
        outcomes=outcomes,
        stopped=frozenset(t for t, one in outcomes.items() if one.verdict == "PAIN_STOP"),
        ramping=ramping,
        all_well=all_well,
        any_early=any_early,
        next_budget=progression.add_sets(position.budget, constants.full_budget)
        if grows
        else position.budget,
    )


def step(view: WeekView, position: Position, track: Track) -> StateChange:
    """A track's state after a week, and why."""
    own = view.outcomes[track]
    before = position.states[track]
    pain = before.pain_before if own.verdict == "NONE" else own.pain
    if own.verdict == "SUSPENDED":
        pain = None
    state = before._replace(weak=own.weak, pain_before=pain)
    moved = step_for_pain(view, state, track)
    if moved is None and not view.build:
        # A lighter week changes nothing and keeps what the week before it led to.
        moved = StateChange(state, position.reasons[track])
    return moved or step_for_work(view, state, track)


def step_for_pain(view: WeekView, state: TrackState, track: Track) -> StateChange | None:
    """The changes that pain asks for, in any kind of week; None if it asks for none."""
    own = view.outcomes[track]
    if own.verdict == "SUSPENDED":
        return StateChange(state._replace(suspended=False, reduced=True), explain(own, state))
    if own.verdict == "PAIN_STOP":
        dropped = regression.drop_rung(view.constants, state, 8)
        return StateChange(dropped._replace(suspended=True), explain(own, state))
    if own.verdict == "PAIN_REDUCE":
        eased = regression.drop_rung(view.constants, state, 9) if state.reduced else state
        return StateChange(eased._replace(hits=0, reduced=True), explain(own, state))
    if own.verdict == "PAIN_HOLD":
        return StateChange(state._replace(hits=0), explain(own, state))
    if DEFINITIONS[track].sibling in view.stopped:
        return StateChange(state._replace(hits=0, reduced=True), reasons.explain("SIBLING_PAIN"))
    return None


def step_for_work(view: WeekView, state: TrackState, track: Track) -> StateChange:
    """The changes that the work of a build week asks for."""
    own = view.outcomes[track]
    if state.reduced:
        return StateChange(state._replace(reduced=False, hits=0), reasons.explain("RESUME_FULL"))
    if own.verdict in ("NONE", "HOLD", "MISSED", "PARTIAL"):
        held = state if own.verdict == "NONE" else state._replace(hits=0)
        return StateChange(held, explain(own, held))
    if own.verdict == "REGRESS":
        lower = regression.regress(view.constants, state)
        return StateChange(lower, explain(own, lower))
    if view.ramping:
        return step_while_ramping(view, state, own)
    if own.verdict == "ACCELERATE" and not (state.weak and state.rung.unilateral):
        return climb_early(view.constants, state)
    present = count_sessions(view.week, track)
    return progression.progress(view.constants, state, present)


def step_while_ramping(view: WeekView, state: TrackState, own: Outcome) -> StateChange:
    """While sets are still added, nothing else grows, and all three exercises grow together."""
    if view.all_well and own.verdict == "ACCELERATE":
        return climb_early(view.constants, state)
    if not view.all_well or view.any_early:
        return StateChange(state, reasons.explain("HOLD_WITH_OTHERS"))
    return StateChange(state, reasons.explain("RAMP_SETS", sets=view.next_budget))


def climb_early(constants: PlanConstants, state: TrackState) -> StateChange:
    """One step harder ahead of time."""
    risen = progression.make_harder(constants, state)
    early = {"NEXT_RUNG": "ACCELERATE_RUNG", "ADD_LOAD": "ACCELERATE_LOAD"}.get(risen.reason.code)
    return risen if early is None else StateChange(risen.state, reasons.explain(early))


def explain(own: Outcome, state: TrackState) -> Reason:
    """The reason of an outcome, with what its sentence names."""
    assert own.code is not None  # noqa: S101  # these verdicts all have one
    return reasons.explain(own.code, reps=state.reps, p=(own.pain or 0) / SCALE)


def settle_base(view: WeekView, base: Position, moved: Position, track: Track) -> TrackState:
    """What the next reduced week is rendered from: setbacks count at once, growth does not."""
    verdict = view.outcomes[track].verdict
    sibling_stopped = DEFINITIONS[track].sibling in view.stopped
    regressed = verdict == "REGRESS" and view.build and not base.states[track].reduced
    if verdict in ("PAIN_STOP", "PAIN_REDUCE", "SUSPENDED") or sibling_stopped or regressed:
        return moved.states[track]
    if view.build:
        return base.states[track]._replace(weak=view.outcomes[track].weak)
    return base.states[track]._replace(suspended=False)


def fell_short(outcomes: Mapping[Track, Outcome]) -> bool:
    """Whether less than 60 % of a week's work was done."""
    asked = sum(one.asked for one in outcomes.values())
    done = sum(one.done for one in outcomes.values())
    return min(done, asked) * 10 < asked * 6


def simplify(constants: PlanConstants, position: Position) -> Position:
    """One set less for each exercise, as the reason for everything that pain does not explain."""
    why = reasons.explain("SIMPLIFY_DOSE")
    return Position(
        states=position.states,
        budget=max(constants.slots, position.budget - constants.slots),
        reasons={
            track: reason if reason.code in SAID_ANYWAY else why
            for track, reason in position.reasons.items()
        },
    )


def lapse(constants: PlanConstants, standing: Standing, week: Week) -> Standing:
    """The standing after a week in which nothing was logged."""
    if not training_days.has_session(constants.spec, constants.days, week.index):
        return standing if week.kind != "build" else standing._replace(base=standing.position)
    missed = standing.missed + 1
    position = rest(standing.position)
    base = position if week.kind == "build" else rest(standing.base)
    if not standing.ever:
        opened = open_course(constants)
        why = dict.fromkeys(TRACKS, reasons.explain("NO_DATA_START"))
        position = opened.position._replace(reasons=why)
        return standing._replace(position=position, base=position, missed=missed)
    if missed in BREAKS:
        position = after_break(constants, position, missed)
        return standing._replace(position=position, base=position, missed=missed, short=0)
    if week.kind != "build":
        return standing._replace(position=position, base=base, missed=missed)
    short = standing.short + 1
    if missed == 1:
        why = dict.fromkeys(TRACKS, reasons.explain("MISSED_WEEK_REPEAT"))
        position = position._replace(reasons=why)
    if short >= SHORT_WEEKS:
        why = dict.fromkeys(TRACKS, reasons.explain("SIMPLIFY_DOSE"))
        budget = max(constants.slots, position.budget - constants.slots)
        position, short = position._replace(budget=budget, reasons=why), 0
    return standing._replace(position=position, base=base, missed=missed, short=short)


def rest(position: Position) -> Position:
    """A week without training ends a suspension; the exercise comes back reduced."""
    return position._replace(
        states={
            track: state._replace(suspended=False, reduced=True) if state.suspended else state
            for track, state in position.states.items()
        },
    )


def after_break(constants: PlanConstants, position: Position, missed: int) -> Position:
    """A return after weeks away: less of everything, the longer the less."""
    code, lower, setback_of = BREAKS[missed]
    why = reasons.explain(code, n=missed, lower=lower)
    return Position(
        states={track: setback_of(constants, state) for track, state in position.states.items()},
        budget=min(position.budget, constants.small_budget),
        reasons=dict.fromkeys(TRACKS, why),
    )


def count_sessions(week: Week, track: Track) -> int:
    """How many sessions of a week hold a track."""
    return sum(any(e.track == track for e in session.exercises) for session in week.sessions)
