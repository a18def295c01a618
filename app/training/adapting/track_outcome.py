"""Judges a track's week: its pain, and how what was done compares with what was prescribed.

judge_pain() gives the pain rule and judge_work() the work rule of science 4.3. What follows from
them is decided in `fold`.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from app.training.catalog.track_definitions import Track
from app.training.log.logbook import WeekLog
from app.training.log.set_records import LOAD_TOLERANCE_NG, PAIN_WATCH, SetRecord, to_nanograms
from app.training.planning.dose import ExerciseSlot
from app.training.planning.plan_constants import UNIT, PlanConstants
from app.training.planning.standing import SCALE, TrackState
from app.training.planning.start import DueStep, Side
from app.training.planning.week_plan import RenderedWeek

# Pain from 0 to 10 (EV-15, EV-16): above 5 the exercise stops, from 3 on it does not grow.
PAIN_STOP = 5 * SCALE
_PAIN_EASY = 2 * SCALE
# Weeks in a row with pain before it counts as persistent.
_PERSISTS_AFTER = 2
# Good sessions before the exercise becomes harder (EV-02).
HITS_NEEDED = 2
# People misjudge their reserve by more in long sets (EV-26), so these limits go by set length:
# repetitions below and above the planned reserve, by whether the sets are long.
_LONG_SET_REPS = 15
_RIR_TOLERANCE = {True: 2, False: 1}
_RIR_SURPLUS = {True: 4, False: 3}
_OVERSHOOT_REPS = 2
# A side is weak from this gap on, and no longer from the smaller share on (EV-37).
_WEAK_REPS = 3
_WEAK_SHARE = Fraction(15, 100)
_EVEN_SHARE = Fraction(10, 100)
# In tenths of the repetitions prescribed (EV-44). A product of integers costs 0.1 us, one with a
# fraction 3 us, and each session of a log is judged by two of them.
_GOOD_TENTHS = 9
_FAILED_TENTHS = 8


class Pain(NamedTuple):
    """The pain of one track in a week."""

    worst: int | None
    """In ten-thousandths; None if none was given."""
    worse_next_morning: bool
    """Whether the morning after some session was worse than each of its sets."""


class _Tally(NamedTuple):
    """What the sessions of a week add up to."""

    sessions: int
    """Sessions that prescribe the track."""
    hits: int
    """Good sessions in a row, those of earlier weeks included, up to 2."""
    short: bool
    """Whether a session fell short."""
    weak: Side | None


class WorkOutcome(NamedTuple):
    """What the work of a week leads to."""

    why: str | None
    """Code of the reason; None if the next step has a reason of its own."""
    hits: int
    due: DueStep | None
    weak: Side | None
    failed: bool = False
    """Whether so much was missing that the target drops."""


def find_pain(log: WeekLog, track: Track) -> Pain:
    """Return the pain of a track, over the uploads that hold a set of it."""
    scores: list[int] = []
    worse = False
    for upload in log.uploads:
        records = [record for record in upload.records if record.track == track]
        if not records:
            continue
        during = [record.pain for record in records if record.pain is not None]
        scores += during
        if upload.morning is not None and track in upload.morning.tracks:
            morning = upload.morning.score
            scores.append(morning)
            worse = worse or (morning >= PAIN_WATCH and morning > max(during, default=0))
    return Pain(max(scores, default=None), worse)


def judge_pain(pain: Pain, state: TrackState) -> str | None:
    """Return the code of the pain rule, or None if pain asks for nothing."""
    worst = pain.worst
    if worst is not None and worst > PAIN_STOP:
        return "PAIN_ABOVE_5"
    if state.suspended:
        return "RETURN_AFTER_PAIN"
    if worst is None or worst < PAIN_WATCH:
        return None
    if pain.worse_next_morning:
        return "PAIN_WORSE_NEXT_MORNING"
    if state.painful >= _PERSISTS_AFTER:
        return "PAIN_PERSISTS"
    settles = state.pain_prev is None or worst < state.pain_prev
    return "PAIN_ACCEPTABLE_HOLD" if settles else "PAIN_NOT_SETTLING"


def assume_perfect_work(
    constants: PlanConstants, week: RenderedWeek, state: TrackState, slots: Sequence[ExerciseSlot]
) -> WorkOutcome:
    """Return the outcome of a track that is done exactly as prescribed in a build week.

    `slots` are its exercises in the week.
    """
    if not slots:
        return WorkOutcome(None, state.hits, state.due, state.weak)
    weak = state.weak
    if slots[0].printed.unilateral and sum([slot.sets for slot in slots]) >= 2:
        weak = None
    hits = min(HITS_NEEDED, state.hits + len(slots))
    return _judge_tally(constants, week, state, _Tally(len(slots), hits, False, weak))


def judge_work(
    constants: PlanConstants, week: RenderedWeek, log: WeekLog, state: TrackState, pain: int | None
) -> WorkOutcome:
    """Return what the work of a painless build week leads to."""
    unchanged = WorkOutcome(None, state.hits, state.due, state.weak)
    track = state.rung.track
    slots = {s.place.number: slot for s in week.sessions if (slot := s.slot_of(track))}
    records = [record for record in log.records if record.track == track and record.is_done]
    if not slots:
        return unchanged
    if not records:
        return unchanged._replace(why="TRACK_MISSED_REPEAT")
    matched = {
        place: found
        for place, slot in sorted(slots.items())
        if (found := [r for r in records if r.session == place and matches(constants, slot, r)])
    }
    if not matched:
        return unchanged._replace(why="DIFFERENT_EXERCISE_LOGGED")
    return _judge_matched(constants, week, state, slots, matched, pain)


def _judge_matched(
    constants: PlanConstants,
    week: RenderedWeek,
    state: TrackState,
    slots: Mapping[int, ExerciseSlot],
    matched: Mapping[int, Sequence[SetRecord]],
    pain: int | None,
) -> WorkOutcome:
    slot = next(iter(slots.values()))
    every = [record for records in matched.values() for record in records]
    weak = _find_weak_side(every, state.weak) if slot.printed.unilateral else state.weak
    fills = {place: _fill_units(slots[place], records) for place, records in matched.items()}
    effort = _mean_reserve(every)
    done = sum([fill.target * fill.units for fill in fills.values()])
    if 10 * sum([fill.worth for fill in fills.values()]) < _FAILED_TENTHS * done:
        if effort is not None and effort > slot.rir:
            return WorkOutcome("INCOMPLETE_NOT_FAILED", 0, None, weak)
        return WorkOutcome("BELOW_TARGET_REGRESS", 0, None, weak, failed=True)
    hits, short = state.hits, False
    good: list[int] = []
    for place, fill in fills.items():
        if fill.is_good:
            hits, good = min(HITS_NEEDED, hits + 1), [*good, place]
        elif fill.is_short:
            hits, good, short = 0, [], True
    long_sets = slot.reps >= _LONG_SET_REPS
    if effort is not None and effort < slot.rir - _RIR_TOLERANCE[long_sets]:
        return WorkOutcome("EFFORT_TOO_HIGH", 0, None, weak)
    easy = effort is not None and effort >= slot.rir + _RIR_SURPLUS[long_sets]
    overshoot = constants.top_reps(state.rung) + _OVERSHOOT_REPS
    far = all(r.reps >= overshoot for place in good[-2:] for r in matched[place])
    painless = pain is not None and pain <= _PAIN_EASY
    held = week.standing.is_cautious(constants) or (weak is not None and slot.printed.unilateral)
    if len(good) >= HITS_NEEDED and painless and not held and (easy or far):
        return WorkOutcome(None, hits, "jump", weak)
    return _judge_tally(constants, week, state, _Tally(len(slots), hits, short, weak))


def _judge_tally(
    constants: PlanConstants, week: RenderedWeek, state: TrackState, tally: _Tally
) -> WorkOutcome:
    """Return what the good sessions in a row have earned."""
    sessions, hits, short, weak = tally
    track = state.rung.track
    target = week.standing.target_sets(constants, state)
    grows = state.sets < target and track not in week.tight
    need = HITS_NEEDED
    if grows or state.reps < constants.top_reps(state.rung):
        need = min(HITS_NEEDED, sessions)
    if hits >= need:
        return WorkOutcome(None, hits, "up" if grows else "step", weak)
    if short:
        return WorkOutcome("TARGET_NOT_YET_MET", hits, None, weak)
    return WorkOutcome("HOLD_TWO_FOR_TWO" if hits else "INCOMPLETE_REPEAT", hits, None, weak)


def matches(constants: PlanConstants, slot: ExerciseSlot, record: SetRecord) -> bool:
    """Return whether a set has the prescribed rung or a harder one, and at least the load."""
    if record.rung < slot.rung.number:
        return False
    if slot.load == 0 or record.is_alternative:
        return True
    wanted = to_nanograms(slot.load * 100, UNIT[constants.spec.units])
    return record.load_ng is not None and record.load_ng >= wanted - LOAD_TOLERANCE_NG


def _find_weak_side(records: Sequence[SetRecord], known: Side | None) -> Side | None:
    """Return the side that is at least 3 repetitions and more than 15 % behind (EV-37).

    A known weak side stays until the sides are within 10 %.
    """
    left = [record.reps for record in records if record.side == "left"]
    right = [record.reps for record in records if record.side == "right"]
    if len(left) < 2 or len(right) < 2:
        return known
    if sum(left) * len(right) == sum(right) * len(left):
        # Most often both did the same; fractions take ten times as long.
        return None
    a, b = Fraction(sum(left), len(left)), Fraction(sum(right), len(right))
    gap, greater = abs(a - b), max(a, b)
    if gap >= _WEAK_REPS and gap > _WEAK_SHARE * greater:
        return "left" if a < b else "right"
    return None if gap <= _EVEN_SHARE * greater else known


class _Fill(NamedTuple):
    """How the sets of a session fill what it prescribes."""

    prescribed: int
    """Units prescribed."""
    units: int
    """Units done."""
    worth: int
    """Repetitions of the units done, each at most the target."""
    target: int

    @property
    def is_good(self) -> bool:
        return 10 * self.worth >= _GOOD_TENTHS * self.prescribed * self.target

    @property
    def is_short(self) -> bool:
        return 10 * self.worth < _GOOD_TENTHS * self.units * self.target


def _fill_units(slot: ExerciseSlot, records: Iterable[SetRecord]) -> _Fill:
    """Fill the prescribed units with the best sets."""
    best = sorted(records, key=lambda record: -record.reps)
    if slot.printed.unilateral:
        sides = [[r for r in best if r.side != other][: slot.sets] for other in ("right", "left")]
        units = [record.reps for side in sides for record in side]
    else:
        units = [record.reps for record in best for _ in range(record.units)][: slot.units]
    worth = sum([min(reps, slot.reps) for reps in units])
    return _Fill(slot.units, len(units), worth, slot.reps)


def _mean_reserve(records: Sequence[SetRecord]) -> Fraction | None:
    known = [record.rir for record in records if record.rir is not None]
    return Fraction(sum(known), len(known) * SCALE) if known else None
