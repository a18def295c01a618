"""The outcome of one track's week: how what was done compares with what was prescribed.

classify() gets a week, its records by session and the track's state, and returns the first of the
ordered outcomes that matches (science 4.3, as engine 1 has it). What follows from an outcome is
decided in fold.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from app.training.catalog.track_definitions import Track
from app.training.log.logbook import LOAD_TOLERANCE_NG, SCALE, SetRecord, to_nanograms
from app.training.planning.plan_constants import UNIT, PlanConstants
from app.training.planning.progression import HITS_NEEDED, TrackState
from app.training.planning.spec import Side
from app.training.planning.week import PlannedSet, Week

Verdict = Literal[
    "PAIN_STOP",
    "SUSPENDED",
    "PAIN_REDUCE",
    "PAIN_HOLD",
    "NONE",
    "MISSED",
    "PARTIAL",
    "HOLD",
    "REGRESS",
    "ACCELERATE",
    "PROGRESS",
]

# Pain from 0 to 10 (EV-15, EV-16): above 5 the exercise stops, from 3 on it does not grow.
PAIN_STOP = 5 * SCALE
PAIN_WATCH = 3 * SCALE
_PAIN_EASY = 2 * SCALE
# People misjudge their reserve by more in long sets (EV-26), so these limits go by set length:
# repetitions below and above the planned reserve, by whether the sets are long.
_LONG_SET_REPS = 15
_RIR_TOLERANCE = {True: 2, False: 1}
_RIR_SURPLUS = {True: 4, False: 3}
_OVERSHOOT_REPS = 2


class PrescribedSets(NamedTuple):
    """The sets that one session prescribes of a track, all alike."""

    rung: int
    sets: int
    """Sets of both legs or pairs of sides; the extra set of a weak side is left out."""
    reps_target: int
    load_ng: int
    """In nanograms; 0 for body weight."""
    rir_target: int


# By the number of the session in its week.
Prescribed = Mapping[int, PrescribedSets]
SetsBySession = Mapping[int, Sequence[SetRecord]]


class Outcome(NamedTuple):
    """The verdict on a track's week, its reason, and what the fold needs beside it."""

    verdict: Verdict
    code: str | None = None
    """Code of the reason; None if the next step has a reason that depends on the track's state."""
    pain: int | None = None
    """Worst pain that was reported, in ten-thousandths."""
    weak: Side | None = None
    """The weaker side, if one is known."""
    done_units: int = 0
    """Units done: a set of both legs is two, one side is one."""
    prescribed_units: int = 0


def classify(
    constants: PlanConstants, week: Week, by_session: SetsBySession, state: TrackState
) -> Outcome:
    """Return the outcome of a track's week. `by_session` holds the records of all tracks."""
    track = state.rung.track
    prescribed = read_prescription(constants, week, track)
    records = {index: [r for r in rs if r.track == track] for index, rs in by_session.items()}
    done = {index: [r for r in rs if r.is_done] for index, rs in records.items()}
    begun = [r for rs in records.values() for r in rs if r.reps != 0]
    during, morning = find_worst_set_pain(begun), find_worst_morning_pain(begun)
    outcome = Outcome(
        "NONE",
        pain=max_known(during, morning),
        weak=state.weak,
        done_units=sum([r.units for rs in done.values() for r in rs]),
        prescribed_units=sum([2 * one.sets for one in prescribed.values()]),
    )
    painful = _judge_pain(outcome.pain, during, morning, state)
    if painful is not None:
        return outcome._replace(verdict=painful[0], code=painful[1])
    if outcome.prescribed_units == 0:
        return outcome._replace(code="NOT_SCHEDULED")
    if outcome.done_units == 0:
        return outcome._replace(verdict="MISSED", code="TRACK_MISSED_REPEAT")
    # Less than 60 % of the sets.
    if outcome.done_units * 10 < outcome.prescribed_units * 6:
        return outcome._replace(verdict="PARTIAL", code="PARTIAL_WEEK_REPEAT")
    return _judge_work(constants, outcome, state, prescribed, done)


def assume_perfect(state: TrackState, planned: Sequence[PlannedSet]) -> Outcome:
    """Return the outcome of a track whose planned sets of a week are all done as prescribed."""
    if state.suspended:
        return Outcome("SUSPENDED", code="RETURN_AFTER_PAIN", weak=state.weak)
    if not planned:
        return Outcome("NONE", code="NOT_SCHEDULED", weak=state.weak)
    sides = [one.side for one in planned]
    both_known = min(sides.count("left"), sides.count("right")) >= 2
    weak = None if both_known else state.weak
    return Outcome("PROGRESS", weak=weak, done_units=1, prescribed_units=1)


def _judge_pain(
    worst: int | None, during: int | None, morning: int | None, state: TrackState
) -> tuple[Verdict, str] | None:
    """Return verdict and code if pain decides, which has priority over the work; else None."""
    if worst is not None and worst > PAIN_STOP:
        return "PAIN_STOP", "PAIN_ABOVE_5"
    if state.suspended:
        return "SUSPENDED", "RETURN_AFTER_PAIN"
    if worst is None or worst < PAIN_WATCH:
        return None
    if morning is not None and morning >= PAIN_WATCH and (during is None or morning > during):
        return "PAIN_REDUCE", "PAIN_WORSE_NEXT_MORNING"
    before = state.pain_before
    if before is not None and before >= PAIN_WATCH and worst >= before:
        return "PAIN_REDUCE", "PAIN_NOT_SETTLING"
    return "PAIN_HOLD", "PAIN_ACCEPTABLE_HOLD"


def _judge_work(
    constants: PlanConstants,
    outcome: Outcome,
    state: TrackState,
    prescribed: Prescribed,
    done: SetsBySession,
) -> Outcome:
    """Judge a painless week: the right exercise, all of its repetitions, and the reserve."""
    trained = sorted(n for n, rs in done.items() if rs and n in prescribed)
    matching = {n: [r for r in done[n] if meets_prescription(prescribed[n], r)] for n in trained}
    records = [r for rs in matching.values() for r in rs]
    if not records:
        return outcome._replace(verdict="HOLD", code="DIFFERENT_EXERCISE_LOGGED")
    if state.rung.unilateral:
        # A lighter week may still prescribe the two-legged rung below, which compares no sides.
        compared = [r for r in records if r.unilateral]
        outcome = outcome._replace(weak=_find_weak_side(compared, state.weak))
    reserves = [r.rir for r in records if r.rir is not None]
    if _falls_short(prescribed, matching):
        # Sets that ended early with plenty in reserve were not too hard.
        if reserves and sum(reserves) > _rir_target(prescribed) * SCALE * len(reserves):
            return outcome._replace(verdict="HOLD", code="INCOMPLETE_NOT_FAILED")
        return outcome._replace(verdict="REGRESS", code="BELOW_TARGET_REGRESS")
    hits = _count_hits(prescribed, matching)
    if hits < min(HITS_NEEDED, len(prescribed)):
        return outcome._replace(verdict="HOLD", code="TARGET_NOT_YET_MET")
    effort = _compare_effort(prescribed, reserves)
    if effort < 0:
        return outcome._replace(verdict="HOLD", code="EFFORT_TOO_HIGH")
    overshoot = constants.top_reps(state.rung) + _OVERSHOOT_REPS
    overshot = all((r.reps or 0) >= overshoot for index in trained[-2:] for r in matching[index])
    painless = outcome.pain is not None and outcome.pain <= _PAIN_EASY
    too_easy = overshot or effort > 0
    early = too_easy and painless and not constants.cautious and hits >= HITS_NEEDED
    return outcome._replace(verdict="ACCELERATE" if early else "PROGRESS")


def _compare_effort(prescribed: Prescribed, reserves: Sequence[int]) -> int:
    """Return -1 if clearly less was in reserve than planned, 1 if much more, otherwise 0."""
    if not reserves:
        return 0
    target = _rir_target(prescribed)
    long_sets = max(one.reps_target for one in prescribed.values()) >= _LONG_SET_REPS
    total, count = sum(reserves), len(reserves) * SCALE
    if total < (target - _RIR_TOLERANCE[long_sets]) * count:
        return -1
    return int(total >= min(10, target + _RIR_SURPLUS[long_sets]) * count)


def _rir_target(prescribed: Prescribed) -> int:
    # All sessions of a week have the same target.
    return next(iter(prescribed.values())).rir_target


def read_prescription(
    constants: PlanConstants, week: Week, track: Track
) -> dict[int, PrescribedSets]:
    """Return the sets of a track by session. The extra set of a weak side is left out."""
    prescribed: dict[int, PrescribedSets] = {}
    for session in week.sessions:
        for exercise in session.exercises:
            if exercise.track != track:
                continue
            first = exercise.sets[0]
            sides = 2 if exercise.laterality == "unilateral" else 1
            load = round((first.load or 0) * SCALE)
            prescribed[session.index] = PrescribedSets(
                rung=exercise.rung,
                sets=len(exercise.sets) // sides,
                reps_target=first.reps_target,
                load_ng=to_nanograms(load, UNIT[constants.spec.units]),
                rir_target=first.rir_target,
            )
    return prescribed


def meets_prescription(prescribed: PrescribedSets, record: SetRecord) -> bool:
    """Whether a set has the prescribed rung or a harder one, and at least the load."""
    if record.rung < prescribed.rung:
        return False
    if prescribed.load_ng == 0:
        return True
    return record.load_ng is not None and record.load_ng >= prescribed.load_ng - LOAD_TOLERANCE_NG


def _find_weak_side(records: Sequence[SetRecord], known: Side | None) -> Side | None:
    """Return the side that is at least 3 repetitions and more than 15 % behind (EV-37).

    A known weak side stays until the sides are within 10 %.
    """
    left = [r.reps or 0 for r in records if r.side != "right"]
    right = [r.reps or 0 for r in records if r.side != "left"]
    if len(left) < 2 or len(right) < 2:
        return known
    # Means as fractions over one denominator, so that nothing is rounded.
    a, b, denominator = sum(left) * len(right), sum(right) * len(left), len(left) * len(right)
    gap, greater = abs(a - b), max(a, b)
    if gap >= 3 * denominator and gap * 100 > 15 * greater:
        return "left" if a < b else "right"
    return None if gap * 10 <= greater else known


def _falls_short(prescribed: Prescribed, matching: SetsBySession) -> bool:
    """Whether more than a fifth of the repetitions is missing from the sets that were done."""
    wanted = missing = 0
    for index, records in matching.items():
        target = prescribed[index].reps_target
        wanted += target * sum([r.units for r in records])
        short = [r for r in records if (r.reps or 0) < target]
        missing += sum([r.units * (target - (r.reps or 0)) for r in short])
    return missing * 5 > wanted


def _count_hits(prescribed: Prescribed, matching: SetsBySession) -> int:
    """Count the sessions in a row at the end of the week that met their target in every set."""
    hits = 0
    for index in sorted(matching, reverse=True):
        target = prescribed[index].reps_target
        met = sum([r.units for r in matching[index] if (r.reps or 0) >= target])
        if met < 2 * prescribed[index].sets:
            break
        hits += 1
    return hits


def find_worst_pain(records: Sequence[SetRecord]) -> int | None:
    """Return the worst pain of one track's records, during sets and on mornings after."""
    return max_known(find_worst_set_pain(records), find_worst_morning_pain(records))


def find_worst_set_pain(records: Iterable[SetRecord]) -> int | None:
    """Return the worst pain during these sets, or None if none was reported."""
    return max([r.pain for r in records if r.pain is not None], default=None)


def find_worst_morning_pain(records: Iterable[SetRecord]) -> int | None:
    """Return the worst morning pain after these records that counts for their own tracks."""
    mornings = [(r.morning_pain, r.track) for r in records if r.morning_pain is not None]
    return max([pain.score for pain, track in mornings if track in pain.tracks], default=None)


def max_known(*scores: int | None) -> int | None:
    """Return the greatest of the scores that are not None."""
    return max((score for score in scores if score is not None), default=None)
