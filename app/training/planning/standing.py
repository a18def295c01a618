"""What stands between two weeks: the state of each track and of the programme (science 3.5).

fresh_standing() makes the one before week 1 from the spec's `start`, level and tests. week_start
gives what is due in a week, the fold judges it, and successor writes the result into a new `start`.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from app.training.catalog.exercises import LADDERS, Rung
from app.training.catalog.track_definitions import DEFINITIONS, Track
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.spec import SECONDS_PER_COUNT, to_hundredths
from app.training.planning.start import (
    DueStep,
    HeldDose,
    Lowered,
    NoteCode,
    Side,
    Start,
    StartCode,
    TrackStart,
)

# Scores of pain have four decimals at most. They are counted in ten-thousandths.
SCALE = 10_000
# Sets of each exercise in a session: at the start, and in full.
_LEVEL_SETS = {"beginner": (2, 3), "intermediate": (2, 3), "advanced": (3, 4)}
_CAUTIOUS_SETS = (2, 3)
_SESSION_SETS = {(level, False): sets for level, sets in _LEVEL_SETS.items()} | {
    (level, True): (_CAUTIOUS_SETS[0], min(full, _CAUTIOUS_SETS[1]))
    for level, (_, full) in _LEVEL_SETS.items()
}
"""By level, and by whether the plan is cautious."""
_CAUTIOUS_DELOAD_EVERY = 3
CAUTIOUS_PAIN = 3
"""Pain of today from here on calls for caution."""
# A side counts as weak if the gap is at least the noise of the test (EV-11, EV-58) and over 15 %.
TEST_NOISE = {"heel_rise": 6, "side_plank": 30}
_ASYMMETRY_PERCENT = 15

PAIN_CODES = (
    "PAIN_ABOVE_5",
    "SIBLING_PAIN",
    "PAIN_WORSE_NEXT_MORNING",
    "PAIN_PERSISTS",
    "PAIN_NOT_SETTLING",
    "PAIN_ACCEPTABLE_HOLD",
    "RETURN_AFTER_PAIN",
)
"""The codes of reasons that pain gives, the strongest first."""


class Held(NamedTuple):
    """What a track had reached before its equipment went missing."""

    rung: int
    reps: int
    load: int
    weeks: int


class TrackState(NamedTuple):
    """The state of a track between two weeks. A tuple, because these are copied fastest."""

    rung: Rung
    reps: int
    """Target of a set: repetitions, or counts of five seconds in a hold."""
    load: int
    """Hundredths of the unit; 0 on an unloaded rung."""
    sets: int
    """Hard sets of a week."""
    why: str | None = None
    """Code of the reason that waits to be shown."""
    hits: int = 0
    """Good sessions in a row, up to 2."""
    due: DueStep | None = None
    """What the next build week gives."""
    due_rung: int | None = None
    """The rung of a due `test`."""
    top: int = 0
    """0 below the top, 1 after one step was due there, 2 after two."""
    maintain: bool = False
    """Whether about half of the full sets are enough."""
    suspended: bool = False
    """Whether pain took the track out of the coming week."""
    reduce: bool = False
    """Whether the dose is reduced because of pain."""
    stopped: bool = False
    """Whether the last trained week had pain above 5."""
    pain_prev: int | None = None
    """Pain of the last week in which it was known, if 3 or more; in ten-thousandths."""
    painful: int = 0
    """Weeks in a row with pain of 3 or more, up to 4."""
    weak: Side | None = None
    """The weaker side by logged sets."""
    held: Held | None = None
    """What was reached before its equipment went missing."""
    lowered: Lowered | None = None
    """What the last regress lowered, if not the repetitions; BELOW_TARGET_REGRESS says it."""

    def move(self, rung: Rung, reps: int, load: int) -> "TrackState":
        """Return the state at another target. What was counted towards the old one is gone."""
        # In the order of the fields: half the time of _replace. From `maintain` on, all stays.
        return TrackState._make((rung, reps, load, *self[3:5], 0, None, None, 0, *self[9:]))

    def give_reason(self, code: str) -> "TrackState":
        """Return the state with the code of a reason. A pain code always stays."""
        return self if self.why in PAIN_CODES else self._replace(why=code)

    def judge(
        self,
        why: str | None,
        hits: int,
        due: DueStep | None,
        due_rung: int | None,
        weak: Side | None,
    ) -> "TrackState":
        """Return the state after its work was judged."""
        # As above.
        return TrackState._make(
            (*self[:4], why, hits, due, due_rung, *self[8:15], weak, *self[16:])
        )


class Standing(NamedTuple):
    """The state of a programme between two weeks."""

    tracks: Mapping[Track, TrackState]
    caution: bool
    """Whether pain or a recent injury still calls for caution."""
    test: tuple[int, int] | None
    """The newest heel-rise test, left and right."""
    side_test: tuple[int, int] | None
    """The newest side-plank test, left and right, in seconds."""
    since: int = 0
    """Weeks of training before week 1 of this spec."""
    run: int = 0
    """Build weeks with data since the last other week, up to 8."""
    away: int = 0
    """Weeks in a row without training."""
    calm: int = 0
    """Build weeks in a row with pain of 2 at most, while caution holds."""
    cut: int = 0
    """Build weeks in a row that were cut short."""
    skipped: int = 0
    """Build weeks in a row in which a session was left out."""
    ever: bool = False
    """Whether anything was ever logged."""
    notes: tuple[str, ...] = ()
    """Codes of the notes of the coming week."""

    def is_cautious(self, constants: PlanConstants) -> bool:
        """Return whether age, pain or an injury calls for a more careful plan."""
        return constants.always_cautious or self.caution

    def sets_per_session(self, constants: PlanConstants) -> tuple[int, int]:
        """Return the sets of an exercise in a session: at the start, and in full."""
        return _SESSION_SETS[constants.spec.level, self.is_cautious(constants)]

    def first_sets(self, constants: PlanConstants, track: Track) -> int:
        """Return the hard sets of a week at the start."""
        return constants.frequency[track] * self.sets_per_session(constants)[0]

    def full_sets(self, constants: PlanConstants, track: Track) -> int:
        """Return the hard sets of a full week."""
        return constants.frequency[track] * self.sets_per_session(constants)[1]

    def target_sets(self, constants: PlanConstants, state: TrackState) -> int:
        """Return the hard sets that a track grows to: half of the full ones while it maintains."""
        cautious = self.caution or constants.always_cautious
        full = constants.frequency[state.rung.track]
        full *= _SESSION_SETS[constants.spec.level, cautious][1]
        return (full + 1) // 2 if state.maintain else full

    def deload_every(self, constants: PlanConstants) -> int:
        """Return every how many weeks one is lighter; 0 for never."""
        every = constants.spec.deload_every
        # 0, never, stays 0 in a cautious programme.
        return min(every, _CAUTIOUS_DELOAD_EVERY) if self.is_cautious(constants) else every

    def weak_side(self, track: Track, weak: Side | None) -> Side | None:
        """Return the weak side of a track: by logged sets, else by the test that it uses."""
        test = DEFINITIONS[track].test
        if weak is not None or test is None:
            return weak
        sides = self.test if test == "heel_rise" else self.side_test
        return None if sides is None else find_weak_side(*sides, noise=TEST_NOISE[test])

    def start_rung(self, constants: PlanConstants, track: Track) -> Rung:
        """Return the first rung: by level or test, available, and one lower if cautious."""
        ladder = constants.ladders[track]
        wanted = self._wanted_rung(constants, track)
        place = max((i for i, rung in enumerate(ladder) if rung.number <= wanted), default=0)
        return ladder[max(place - 1, 0) if self.is_cautious(constants) else place]

    def _wanted_rung(self, constants: PlanConstants, track: Track) -> int:
        definition = DEFINITIONS[track]
        by_level: int = getattr(definition.start_rungs, constants.spec.level)
        sides = self.side_test if definition.test == "side_plank" else self.test
        if sides is None:
            return by_level
        if definition.test is not None:
            return 1 + sum(min(sides) >= least for least in definition.test_rungs)
        low = min(sides) < LOW_TEST
        after = definition.start_rung_after_low_test
        return by_level if after is None or not low else after


LOW_TEST = 5
"""A heel-rise test below this starts the step-up low, too."""


def find_weak_side(left: int, right: int, *, noise: int) -> Side | None:
    """Return the side that a test shows to be weak, or None."""
    gap = abs(left - right)
    if gap < noise or gap * 100 <= _ASYMMETRY_PERCENT * max(left, right):
        return None
    return "left" if left < right else "right"


def fresh_standing(constants: PlanConstants) -> Standing:
    """Return the standing before week 1. Its `start` must have passed start_checks."""
    standing = standing_without_tracks(constants)
    return standing._replace(tracks=start_tracks(constants, standing))


def standing_without_tracks(constants: PlanConstants) -> Standing:
    """Return what stands before week 1, but for the tracks."""
    spec = constants.spec
    start = spec.start or Start()
    hold, rise = spec.side_plank_test, spec.heel_rise_test
    if start.since is None:
        return Standing(
            tracks={},
            caution=spec.pain_now >= CAUTIOUS_PAIN or spec.injury_last_3_months,
            test=None if rise is None else (rise.left, rise.right),
            side_test=None if hold is None else (hold.left, hold.right),
        )
    return Standing(
        tracks={},
        caution=start.caution,
        test=start.test,
        side_test=start.side_test,
        since=start.since,
        run=start.run,
        away=start.away,
        calm=start.calm,
        cut=start.cut,
        skipped=start.skipped,
        ever=start.ever,
        notes=start.notes,
    )


def start_tracks(constants: PlanConstants, standing: Standing) -> dict[Track, TrackState]:
    """Return the first state of each track: as `start` gives it, else by level and test."""
    return {track: _start_track(constants, standing, track) for track in constants.tracks}


def fresh_track(constants: PlanConstants, standing: Standing, track: Track) -> TrackState:
    """Return the first state of a track that nothing is known of."""
    rung = standing.start_rung(constants, track)
    direct = constants.spec.ramp == "direct" and not standing.is_cautious(constants)
    sets = standing.full_sets if direct else standing.first_sets
    load = constants.first_load if rung.loaded else 0
    return TrackState(rung, rung.reps_low, load, sets(constants, track), "START")


def _start_track(constants: PlanConstants, standing: Standing, track: Track) -> TrackState:
    fresh = fresh_track(constants, standing, track)
    start = constants.spec.start
    given = None if start is None else start.of(track)
    if start is None or given is None:
        return fresh
    rung = next(rung for rung in constants.ladders[track] if rung.number == given.rung)
    if start.since is None:
        load = constants.first_load if rung.loaded else 0
        return fresh._replace(
            rung=rung,
            reps=read_reps(given) or rung.reps_low,
            load=load if given.load is None else to_hundredths(given.load),
            sets=given.sets or fresh.sets,
        )
    pain = None if given.pain_prev is None else round(given.pain_prev * SCALE)
    return TrackState(
        rung=rung,
        reps=read_reps(given) or rung.reps_low,
        load=to_hundredths(given.load or 0),
        sets=given.sets or fresh.sets,
        why=given.why,
        hits=given.hits,
        due=given.due,
        due_rung=given.due_rung,
        top=given.top,
        maintain=given.maintain,
        suspended=given.suspended,
        reduce=given.reduce,
        stopped=given.stopped,
        pain_prev=pain,
        painful=given.painful,
        weak=given.weak,
        held=None if given.held is None else _read_held(given.held),
        lowered=given.lowered,
    )


def read_reps(given: TrackStart | HeldDose) -> int | None:
    """Return the target in counts, whether it was given as repetitions or as seconds."""
    return given.reps if given.seconds is None else given.seconds // SECONDS_PER_COUNT


def _read_held(given: HeldDose) -> Held:
    return Held(given.rung, read_reps(given) or 1, to_hundredths(given.load), given.weeks)


def write_start(standing: Standing, tracks: Mapping[Track, TrackState]) -> Start:
    """Return the `start` that holds a whole standing, with these tracks."""
    begins: dict[str, Any] = {track: _write_track(state) for track, state in tracks.items()}
    return Start(
        **begins,
        since=standing.since,
        caution=standing.caution,
        test=standing.test,
        side_test=standing.side_test,
        run=standing.run,
        away=standing.away,
        calm=standing.calm,
        cut=standing.cut,
        skipped=standing.skipped,
        ever=standing.ever,
        notes=cast(tuple[NoteCode, ...], standing.notes),
    )


def _write_track(state: TrackState) -> TrackStart:
    reps, seconds = write_reps(state.rung, state.reps)
    return TrackStart(
        rung=state.rung.number,
        reps=reps,
        seconds=seconds,
        load=state.load / 100,
        sets=state.sets,
        hits=state.hits,
        due=state.due,
        due_rung=state.due_rung,
        why=cast(StartCode | None, state.why),
        lowered=state.lowered if state.why == "BELOW_TARGET_REGRESS" else None,
        top=state.top,
        maintain=state.maintain,
        suspended=state.suspended,
        reduce=state.reduce,
        stopped=state.stopped,
        pain_prev=None if state.pain_prev is None else state.pain_prev / SCALE,
        painful=state.painful,
        weak=state.weak,
        held=None if state.held is None else _write_held(state.rung, state.held),
    )


def write_reps(rung: Rung, reps: int) -> tuple[int | None, int | None]:
    """Return a target as repetitions and as seconds; the one that does not apply is None."""
    return (None, reps * SECONDS_PER_COUNT) if rung.hold else (reps, None)


def _write_held(rung: Rung, held: Held) -> HeldDose:
    ladder = LADDERS[rung.track]
    reps, seconds = write_reps(ladder[held.rung - ladder[0].number], held.reps)
    return HeldDose(held.rung, reps, seconds, held.load / 100, held.weeks)
