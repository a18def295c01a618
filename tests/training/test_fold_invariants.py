"""The invariants of science 3.9 that concern adaptation, on logs that hypothesis draws.

A life is a programme with a log week by week: as prescribed, changed, or missed. The invariants of
planning are in test_invariants.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.training.adapting import fold, followed_program
from app.training.adapting.fold import Standing
from app.training.catalog import reasons
from app.training.catalog.exercises import EXERCISES
from app.training.catalog.tracks import DEFINITIONS, TRACKS, Track
from app.training.log.completed import CompletedSession, Load, MorningPain
from app.training.log.logbook import SetRecord, normalise, scale
from app.training.planning import plan_constants, training_days
from app.training.planning.progression import TrackState
from app.training.planning.spec import Spec
from app.training.planning.week import Week
from tests.properties import at_most
from tests.training.journal import TRACK, Change, log_week, sessions, sets
from tests.training.notation import format_sessions
from tests.training.queries import prescriptions
from tests.training.strategies import planned, specs

# Every code of science 4.5 that a track of a week can show.
CODES = set(
    "START RAMP_SETS ADD_REPS HOLD_TWO_FOR_TWO NEXT_RUNG ADD_LOAD LADDER_TOP_HOLD DELOAD TAPER"
    " RACE TRANSITION HOLD_WITH_OTHERS TARGET_NOT_YET_MET BELOW_TARGET_REGRESS"
    " INCOMPLETE_NOT_FAILED EFFORT_TOO_HIGH ACCELERATE_RUNG ACCELERATE_LOAD PAIN_ACCEPTABLE_HOLD"
    " PAIN_NOT_SETTLING PAIN_WORSE_NEXT_MORNING PAIN_ABOVE_5 SIBLING_PAIN RETURN_AFTER_PAIN"
    " RESUME_FULL MISSED_WEEK_REPEAT PARTIAL_WEEK_REPEAT TRACK_MISSED_REPEAT SIMPLIFY_DOSE"
    " LONG_BREAK_14 LONG_BREAK_28 RESTART_AFTER_BREAK ASYMMETRY_HOLD DIFFERENT_EXERCISE_LOGGED"
    " NOT_SCHEDULED NO_DATA_START".split()
)
# Codes with which a track's numbers rise, and with which they fall. All others leave them alone.
# SIMPLIFY_DOSE may replace the reason of a track that fell.
MORE = {"ADD_REPS", "NEXT_RUNG", "ADD_LOAD", "ACCELERATE_RUNG", "ACCELERATE_LOAD"}
LESS = {"BELOW_TARGET_REGRESS", "PAIN_ABOVE_5", "PAIN_NOT_SETTLING", "PAIN_WORSE_NEXT_MORNING"}
LESS |= {"LONG_BREAK_14", "LONG_BREAK_28", "RESTART_AFTER_BREAK", "SIMPLIFY_DOSE"}


@dataclass(frozen=True)
class Lived:
    """One week: the standing before it, its prescription, its records and the standing after."""

    before: Standing
    week: Week
    records: Sequence[SetRecord]
    after: Standing

    def pain(self, track: Track) -> int:
        """Return the worst pain of a track's sets, in ten-thousandths."""
        felt = (r.pain for r in self.records if r.track == track and r.reps != 0)
        return max((pain for pain in felt if pain is not None), default=0)

    def moves(self) -> list[tuple[Track, TrackState, TrackState]]:
        """Return each track with its states before and after."""
        before, after = self.before.position.states, self.after.position.states
        return [(track, before[track], after[track]) for track in TRACKS]


class Life:
    """A programme with its log, folded week by week."""

    def __init__(self, spec: Spec) -> None:
        self.spec, self.constants = spec, plan_constants.derive(spec)
        self.kinds = training_days.list_week_kinds(spec, self.constants.deload_every)
        self.standing = fold.begin(self.constants)
        self.log: list[CompletedSession] = []
        self.weeks: list[Lived] = []
        self.story: list[Sequence[Change] | None] = []

    def __repr__(self) -> str:
        return f"{self.spec} {self.story}"

    @property
    def goes_on(self) -> bool:
        return len(self.weeks) < len(self.kinds) and not self.standing.blocked

    @property
    def week(self) -> Week:
        """The next week."""
        at = len(self.weeks)
        return fold.render(self.constants, self.standing, at + 1, self.kinds[at])

    def live(self, changes: Sequence[Change] | None = ()) -> Lived:
        """Log the next week with these changes; None logs nothing."""
        week = self.week
        done = [] if changes is None else log_week(self.spec, week, *changes)
        log = normalise(self.constants, done)
        after = fold.fold_week(self.constants, log, self.standing, week)
        lived = Lived(self.standing, week, log.of_week(week.index), after)
        self.story.append(changes)
        self.log += done
        self.weeks.append(lived)
        self.standing = after
        return lived


# Few examples, because each folds up to a season.
few = settings(max_examples=at_most(30))

WHERE = st.fixed_dictionaries(
    {},
    optional={
        "track": st.sampled_from([*TRACK]),
        "session": st.integers(1, 3),
        "side": st.sampled_from(["left", "right"]),
    },
)
HOW: dict[str, Sequence[Any]] = {
    "reps": [None, 0, 5, 8, 10, 12, 14, 15, 17, 18, 20, 22, 30, 101],
    "rir": [None, 0, 1, 2, 3, 5, 6, 8, 10],
    "rpe": [None, 4, 7, 9.5, 10],
    "pain": [None, 0, 2, 2.99, 3, 4, 5, 5.01],
    "exercise": [*EXERCISES],
    "load": [None, Load(5, "kg"), Load(40, "lb"), Load(1000, "kg")],
    "kind": ["warmup"],
    "omit": [True],
}
ODDITIES = [(name, value) for name, values in HOW.items() for value in values]
IN_SETS = st.builds(
    lambda where, how: sets(**where, **dict([how])), WHERE, st.sampled_from(ODDITIES)
)
MORNINGS = st.builds(MorningPain, st.sampled_from([0, 2, 3, 4, 6]), st.sampled_from([None, "knee"]))
IN_SESSIONS = st.builds(
    lambda at, felt: sessions(at, morning_pain=felt), st.integers(1, 3), MORNINGS
)
# Weeks that change the programme: much too easy, too hard, one-sided, half done, painful.
MOODS: list[list[Change]] = [
    [sets(rir=10)],
    [sets(reps=30, rir=None)],
    [sets(reps=5, rir=0)],
    [sets(reps=5, rir=9)],
    [sets(side="left", reps=40)],
    [sessions(2, omit=True), sessions(3, omit=True)],
    *([sets(track, rir=10)] for track in TRACK),
    *([sets(track, pain=4)] for track in TRACK),
]
# Most weeks have changes; some are as prescribed or missed.
WEEKS = st.sampled_from([(), None, *MOODS]) | st.lists(
    IN_SETS | IN_SESSIONS, min_size=1, max_size=4
)


@st.composite
def lives(draw: st.DrawFn, /, **fixed: Any) -> Life:
    """Draw a life of five to nine weeks, with more to come unless it is blocked.

    It starts with at least eight repetitions: on a lowest rung a regression ends at eight, so that
    it would raise a start with fewer.
    """
    life = Life(draw(specs(**{"weeks": 16, "begin_from": 8} | fixed)))
    for changes in draw(st.lists(WEEKS, min_size=5, max_size=9)):
        if life.goes_on:
            life.live(changes)
    return life


class TestPlan:
    @few
    @given(specs())
    def test_equals_the_fold_of_perfect_weeks_i_20(self, wanted: Spec) -> None:
        program = planned(wanted)
        log = [done for week in program.weeks for done in log_week(wanted, week)]
        folded = followed_program.follow(wanted, log, through_week=wanted.weeks)
        assert folded.past == program.weeks
        assert folded.status == "finished"

    @few
    @given(lives())
    def test_projects_weeks_like_the_fold_of_perfect_weeks_i_20(self, life: Life) -> None:
        """This holds from any week of a life, and not only from the first."""
        now = followed_program.follow(life.spec, life.log, through_week=len(life.weeks))
        projected = [*now.project()]
        while life.goes_on:
            life.live()
        lived = [each.week for each in life.weeks[len(now.past) + 1 :]]
        assert projected == lived

    @few
    @given(specs(race_date=None))
    def test_does_not_change_without_data_i_27(self, wanted: Spec) -> None:
        life = Life(wanted)
        first = life.week
        life.live(None)
        while life.goes_on:
            again = life.live(None).week
            assert again.kind == first.kind == "build"
            assert format_sessions(again) == format_sessions(first)
            assert again.effective_volume == first.effective_volume
            assert set(again.reasons.values()) == {"NO_DATA_START"}


class TestPain:
    @few
    @given(lives())
    def test_raises_nothing_from_pain_3_i_23(self, life: Life) -> None:
        for lived in life.weeks:
            for track, before, after in lived.moves():
                if lived.pain(track) >= scale(3) and not lived.after.blocked:
                    assert after.rung.number <= before.rung.number
                    assert after.load <= before.load
                    dropped = after.rung.number < before.rung.number
                    assert after.reps <= (after.rung.reps_low if dropped else before.reps)

    @few
    @given(lives(), st.sampled_from(TRACKS), st.sampled_from([5.01, 7, 10]))
    def test_removes_a_track_above_pain_5_and_eases_its_sibling_i_24(
        self, life: Life, track: Track, pain: float
    ) -> None:
        assume(life.goes_on)
        short = next(name for name, its in TRACK.items() if its == track)
        lived = life.live([sets(short, pain=pain)])
        # What was not asked for was not done, and a block leaves no next week to look at.
        assume(lived.pain(track) and life.goes_on)
        assert track not in {one.track for one in prescriptions(life.week)}
        sibling = DEFINITIONS[track].sibling
        if sibling:
            assert life.standing.position.states[sibling].reduced
            eased = [one for one in prescriptions(life.week) if one.track == sibling]
            assert {each.rir_target for one in eased for each in one.sets} <= {5}


class TestSteps:
    @few
    @given(lives())
    def test_climbs_one_rung_a_week_at_most_i_25(self, life: Life) -> None:
        for lived in life.weeks:
            for track, before, after in lived.moves():
                ladder = life.constants.ladders[track]
                assert ladder.index(after.rung) - ladder.index(before.rung) <= 1

    @few
    @given(lives(), st.integers(1, 9))
    def test_raises_nothing_after_a_missed_week_i_29(self, life: Life, missed: int) -> None:
        assume(life.goes_on)
        for _ in range(min(missed, 16 - len(life.weeks))):
            lived = life.live(None)
            assert lived.after.position.budget <= lived.before.position.budget
            for _, before, after in lived.moves():
                assert after.rung.number <= before.rung.number
                assert after.load <= before.load
                assert after.reps <= before.reps or after.rung.number < before.rung.number

    @few
    @given(lives())
    def test_stays_within_the_limits_of_a_rung_i_16(self, life: Life) -> None:
        most = max(life.constants.max_load, life.constants.increment)
        for lived in life.weeks:
            assert all(s.est_minutes <= life.spec.session_minutes for s in lived.week.sessions)
            assert lived.week.set_budget <= life.constants.full_budget
            for track, _, state in lived.moves():
                assert state.rung in life.constants.ladders[track]
                assert 1 <= state.reps <= life.constants.top_reps(state.rung)
                assert (state.load > 0) is state.rung.loaded
                assert state.load <= most
                assert state.load % life.constants.increment == 0

    @few
    @given(lives())
    def test_gives_the_reason_of_every_change_i_28(self, life: Life) -> None:
        known = set(reasons.load_evidence())
        for lived in life.weeks:
            for one in prescriptions(lived.week):
                assert one.reason.code in CODES
                assert one.reason.code == lived.week.reasons[one.track]
                assert one.reason.evidence
                assert set(one.reason.evidence) <= known
                assert not {"{", "}"} & set(one.reason.sentence)
            if lived.after.blocked:
                continue
            why = lived.after.position.reasons
            for track, before, after in lived.moves():
                was, now = ((s.rung.number, s.load, s.reps) for s in (before, after))
                code = why[track].code
                assert was == now or code in MORE | LESS
                assert now <= was or code in MORE
            grown = lived.after.position.budget - lived.before.position.budget
            codes = {reason.code for reason in why.values()}
            assert grown <= 0 or "RAMP_SETS" in codes
            assert grown >= 0 or codes & LESS


class TestArrival:
    @few
    @given(lives(), st.data())
    def test_ignores_order_and_repetition_of_sessions_i_26(
        self, life: Life, data: st.DataObject
    ) -> None:
        over = len(life.weeks)
        once = followed_program.follow(life.spec, life.log, through_week=over)
        again = data.draw(st.lists(st.sampled_from(life.log), max_size=5)) if life.log else []
        shuffled = data.draw(st.permutations([*life.log, *again]))
        assert followed_program.follow(life.spec, shuffled, through_week=over) == once

    @few
    @given(lives())
    def test_equals_the_fold_week_by_week_i_26(self, life: Life) -> None:
        """Compares it with the fold of the whole log. No week changes those before it."""
        at_once = followed_program.follow(life.spec, life.log, through_week=len(life.weeks))
        assert at_once.standing == life.standing
        assert list(at_once.past) == [lived.week for lived in life.weeks]
