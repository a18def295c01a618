"""What a week of one exercise comes to: the thirteen ordered outcomes.

Science 4.3, first match wins. classify() compares what was done with what was prescribed; what
follows from an outcome is decided in adaptation.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from app.training.catalog.tracks import Track
from app.training.log.logbook import ROUNDING, SCALE, Record, weigh
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.progression import TrackState
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
PAIN_EASY = 2 * SCALE
HITS_WANTED = 2
# People misjudge their reserve by more in long sets (EV-26).
LONG_SET = 15
TOLERANCE = {True: 2, False: 1}
EASE = {True: 4, False: 3}
OVERSHOOT_REPS = 2


class Asked(NamedTuple):
    """What one session prescribes of a track."""

    rung: int
    sets: int
    target: int
    load: int
    """In 10^-12 kg."""
    rir: int


class Outcome(NamedTuple):
    """The verdict on a track's week, why, and what goes with it."""

    verdict: Verdict
    code: str | None = None
    """Code of the reason, where the verdict alone decides it."""
    pain: int | None = None
    """Worst pain that was reported, in ten-thousandths."""
    weak: Side | None = None
    """The side that is behind, as far as is known now."""
    done: int = 0
    """Units done: a set of both legs is two, one side is one."""
    asked: int = 0
    """Units prescribed."""


def classify(
    constants: PlanConstants,
    week: Week,
    placed: Mapping[int, Sequence[Record]],
    state: TrackState,
) -> Outcome:
    """The outcome of a track's week; `placed` holds the week's records by session."""
    track = state.rung.track
    asked = read_prescription(constants, week, track)
    mine = {place: [r for r in rs if r.track == track] for place, rs in placed.items()}
    done = {place: [r for r in rs if r.done] for place, rs in mine.items()}
    felt = [r for rs in mine.values() for r in rs if r.reps != 0]
    pain, morning = worst_pain(felt), worst_morning(felt)
    base = Outcome(
        "NONE",
        pain=greatest(pain, morning),
        weak=state.weak,
        done=sum([r.units for rs in done.values() for r in rs]),
        asked=sum([2 * one.sets for one in asked.values()]),
    )
    painful = judge_pain(base.pain, pain, morning, state)
    if painful is not None:
        return base._replace(verdict=painful[0], code=painful[1])
    if base.asked == 0:
        return base._replace(code="NOT_SCHEDULED")
    if base.done == 0:
        return base._replace(verdict="MISSED", code="TRACK_MISSED_REPEAT")
    if min(base.done, base.asked) * 10 < base.asked * 6:
        return base._replace(verdict="PARTIAL", code="PARTIAL_WEEK_REPEAT")
    return judge_work(constants, base, state, asked, done)


def assume(state: TrackState, planned: Sequence[PlannedSet]) -> Outcome:
    """The outcome of a track whose sets of a week are done as prescribed, both sides alike."""
    if state.suspended:
        return Outcome("SUSPENDED", code="RETURN_AFTER_PAIN", weak=state.weak)
    if not planned:
        return Outcome("NONE", code="NOT_SCHEDULED", weak=state.weak)
    sides = [one.side for one in planned]
    level = min(sides.count("left"), sides.count("right")) >= 2
    return Outcome("PROGRESS", weak=None if level else state.weak, done=1, asked=1)


def judge_pain(
    worst: int | None, during: int | None, morning: int | None, state: TrackState
) -> tuple[Verdict, str] | None:
    """Outcomes 2 to 4: what pain says, before anything else is looked at."""
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


def judge_work(
    constants: PlanConstants,
    base: Outcome,
    state: TrackState,
    asked: Mapping[int, Asked],
    done: Mapping[int, Sequence[Record]],
) -> Outcome:
    """Outcomes 7 to 13: whether the right thing was done, fully, and with how much in reserve."""
    trained = sorted(place for place, rs in done.items() if rs and place in asked)
    matched = {place: [r for r in done[place] if meets(asked[place], r)] for place in trained}
    alike = [r for rs in matched.values() for r in rs]
    if not alike:
        return base._replace(verdict="HOLD", code="DIFFERENT_EXERCISE_LOGGED")
    if state.rung.unilateral:
        base = base._replace(weak=find_weak(alike, state.weak))
    reserves = [r.rir for r in alike if r.rir is not None]
    if falls_short(asked, matched):
        # Sets that ended early with plenty left were not too hard.
        if reserves and sum(reserves) > rir_asked(asked) * SCALE * len(reserves):
            return base._replace(verdict="HOLD", code="INCOMPLETE_NOT_FAILED")
        return base._replace(verdict="REGRESS", code="BELOW_TARGET_REGRESS")
    hits = count_hits(asked, matched)
    if hits < min(HITS_WANTED, len(asked)):
        return base._replace(verdict="HOLD", code="TARGET_NOT_YET_MET")
    if is_spent(asked, reserves):
        return base._replace(verdict="HOLD", code="EFFORT_TOO_HIGH")
    much = constants.top_reps(state.rung) + OVERSHOOT_REPS
    over = all((r.reps or 0) >= much for place in trained[-2:] for r in matched[place])
    painless = base.pain is not None and base.pain <= PAIN_EASY
    early = (over or is_easy(asked, reserves)) and painless and not constants.cautious
    return base._replace(verdict="ACCELERATE" if early and hits >= HITS_WANTED else "PROGRESS")


def is_spent(asked: Mapping[int, Asked], reserves: Sequence[int]) -> bool:
    """Whether there was clearly less in reserve than planned."""
    least = rir_asked(asked) - TOLERANCE[is_long(asked)]
    return bool(reserves) and sum(reserves) < least * SCALE * len(reserves)


def is_easy(asked: Mapping[int, Asked], reserves: Sequence[int]) -> bool:
    """Whether there was much more in reserve than planned."""
    much = min(10, rir_asked(asked) + EASE[is_long(asked)])
    return bool(reserves) and sum(reserves) >= much * SCALE * len(reserves)


def rir_asked(asked: Mapping[int, Asked]) -> int:
    """The planned reserve, which is the same in all sessions of a week."""
    return next(iter(asked.values())).rir


def is_long(asked: Mapping[int, Asked]) -> bool:
    """Whether the sets are long, in which people misjudge their reserve by more."""
    return max(one.target for one in asked.values()) >= LONG_SET


def read_prescription(constants: PlanConstants, week: Week, track: Track) -> dict[int, Asked]:
    """What each session of a week asks of a track, a weak side's extra set left out."""
    asked: dict[int, Asked] = {}
    unit = "kg" if constants.spec.units == "metric" else "lb"
    for session in week.sessions:
        for exercise in session.exercises:
            if exercise.track != track:
                continue
            first = exercise.sets[0]
            sides = 2 if exercise.laterality == "unilateral" else 1
            asked[session.index] = Asked(
                rung=exercise.rung,
                sets=len(exercise.sets) // sides,
                target=first.reps_target,
                load=weigh(round((first.load or 0) * SCALE), unit),  # type: ignore[arg-type]
                rir=first.rir_target,
            )
    return asked


def meets(asked: Asked, record: Record) -> bool:
    """Whether a set was the exercise that was asked for or a harder one, with the load."""
    if record.rung < asked.rung:
        return False
    if asked.load == 0:
        return True
    return record.load is not None and record.load >= asked.load - ROUNDING


def find_weak(alike: Sequence[Record], known: Side | None) -> Side | None:
    """The side that is more than 15 % and 3 repetitions behind; cleared within 10 % (EV-37)."""
    left = [r.reps or 0 for r in alike if r.side != "right"]
    right = [r.reps or 0 for r in alike if r.side != "left"]
    if len(left) < 2 or len(right) < 2:
        return known
    # Means as fractions over one denominator, so that nothing is rounded.
    a, b, each = sum(left) * len(right), sum(right) * len(left), len(left) * len(right)
    gap, most = abs(a - b), max(a, b)
    if gap >= 3 * each and gap * 100 > 15 * most:
        return "left" if a < b else "right"
    return None if gap * 10 <= most else known


def falls_short(asked: Mapping[int, Asked], matched: Mapping[int, Sequence[Record]]) -> bool:
    """Whether more than a fifth of the repetitions is missing from the sets that were done."""
    wanted = missing = 0
    for place, records in matched.items():
        target = asked[place].target
        wanted += target * sum([r.units for r in records])
        short = [r for r in records if (r.reps or 0) < target]
        missing += sum([r.units * (target - (r.reps or 0)) for r in short])
    return missing * 5 > wanted


def count_hits(asked: Mapping[int, Asked], matched: Mapping[int, Sequence[Record]]) -> int:
    """How many sessions at the end of the week met their target in every set."""
    hits = 0
    for place in sorted(matched, reverse=True):
        target = asked[place].target
        full = sum([r.units for r in matched[place] if (r.reps or 0) >= target])
        if full < 2 * asked[place].sets:
            break
        hits += 1
    return hits


def worst_pain(records: Iterable[Record]) -> int | None:
    """The worst pain during sets, or None if none was reported."""
    return max([r.pain for r in records if r.pain is not None], default=None)


def worst_morning(records: Iterable[Record]) -> int | None:
    """The worst morning after the sessions of these records that speaks for their track."""
    mornings = [(r.morning, r.track) for r in records if r.morning is not None]
    return max([m.score for m, track in mornings if track in m.tracks], default=None)


def greatest(*scores: int | None) -> int | None:
    """The greatest of the scores that are known."""
    return max((score for score in scores if score is not None), default=None)
