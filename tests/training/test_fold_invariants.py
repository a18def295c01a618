"""The invariants of science 3.9 that concern adaptation, on logs that hypothesis draws.

A LoggedProgram is a programme with a log week by week: as prescribed, changed, or missed. The
invariants of planning are in test_invariants.py.
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
from app.training.catalog.track_definitions import DEFINITIONS, TRACKS, Track
from app.training.log.completed import CompletedSession, Load, MorningPain
from app.training.log.logbook import SetRecord, build_logbook, scale
from app.training.planning import plan_constants, training_calendar
from app.training.planning.progression import TrackState
from app.training.planning.spec import Spec
from app.training.planning.week import Week
from tests.properties import at_most
from tests.training.journal import TRACK, Change, log_week, sessions, sets
from tests.training.notation import format_sessions
from tests.training.queries import list_exercises
from tests.training.strategies import plan_program, specs

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
class LoggedWeek:
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


class LoggedProgram:
    """A programme with its log, folded week by week."""

    def __init__(self, spec: Spec) -> None:
        self.spec, self.constants = spec, plan_constants.derive(spec)
        self.kinds = training_calendar.list_week_kinds(spec, self.constants.deload_every)
        self.standing = fold.begin(self.constants)
        self.log: list[CompletedSession] = []
        self.weeks: list[LoggedWeek] = []
        self.changes: list[Sequence[Change] | None] = []

    def __repr__(self) -> str:
        return f"{self.spec} {self.changes}"

    @property
    def continues(self) -> bool:
        return len(self.weeks) < len(self.kinds) and not self.standing.blocked

    @property
    def week(self) -> Week:
        """The next week."""
        at = len(self.weeks)
        return fold.render(self.constants, self.standing, at + 1, self.kinds[at])

    def log_next(self, changes: Sequence[Change] | None = ()) -> LoggedWeek:
        """Log the next week with these changes; None logs nothing."""
        week = self.week
        done = [] if changes is None else log_week(self.spec, week, *changes)
        log = build_logbook(self.constants, done)
        after = fold.fold_week(self.constants, log, self.standing, week)
        logged = LoggedWeek(self.standing, week, log.of_week(week.index), after)
        self.changes.append(changes)
        self.log += done
        self.weeks.append(logged)
        self.standing = after
        return logged


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
KINDS_OF_WEEK: list[list[Change]] = [
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
WEEKS = st.sampled_from([(), None, *KINDS_OF_WEEK]) | st.lists(
    IN_SETS | IN_SESSIONS, min_size=1, max_size=4
)


@st.composite
def logged_programs(draw: st.DrawFn, /, **fixed: Any) -> LoggedProgram:
    """Draw a programme with five to nine logged weeks, and more to come unless it is blocked.

    It starts with at least eight repetitions: on a lowest rung a regression ends at eight, so that
    it would raise a start with fewer.
    """
    program = LoggedProgram(draw(specs(**{"weeks": 16, "begin_from": 8} | fixed)))
    for changes in draw(st.lists(WEEKS, min_size=5, max_size=9)):
        if program.continues:
            program.log_next(changes)
    return program


class TestPlan:
    @few
    @given(specs())
    def test_equals_the_fold_of_perfect_weeks_i_20(self, wanted: Spec) -> None:
        program = plan_program(wanted)
        log = [done for week in program.weeks for done in log_week(wanted, week)]
        folded = followed_program.follow(wanted, log, through_week=wanted.weeks)
        assert folded.past == program.weeks
        assert folded.status == "finished"

    @few
    @given(logged_programs())
    def test_projects_weeks_like_the_fold_of_perfect_weeks_i_20(
        self, program: LoggedProgram
    ) -> None:
        """This holds from any week of a programme, and not only from the first."""
        now = followed_program.follow(program.spec, program.log, through_week=len(program.weeks))
        projected = [*now.project()]
        while program.continues:
            program.log_next()
        logged = [each.week for each in program.weeks[len(now.past) + 1 :]]
        assert projected == logged

    @few
    @given(specs(race_date=None))
    def test_does_not_change_without_data_i_27(self, wanted: Spec) -> None:
        program = LoggedProgram(wanted)
        first = program.week
        program.log_next(None)
        while program.continues:
            again = program.log_next(None).week
            assert again.kind == first.kind == "build"
            assert format_sessions(again) == format_sessions(first)
            assert again.effective_volume == first.effective_volume
            assert set(again.reasons.values()) == {"NO_DATA_START"}


class TestPain:
    @few
    @given(logged_programs())
    def test_raises_nothing_from_pain_3_i_23(self, program: LoggedProgram) -> None:
        for logged in program.weeks:
            for track, before, after in logged.moves():
                if logged.pain(track) >= scale(3) and not logged.after.blocked:
                    assert after.rung.number <= before.rung.number
                    assert after.load <= before.load
                    dropped = after.rung.number < before.rung.number
                    assert after.reps <= (after.rung.reps_low if dropped else before.reps)

    @few
    @given(logged_programs(), st.sampled_from(TRACKS), st.sampled_from([5.01, 7, 10]))
    def test_removes_a_track_above_pain_5_and_eases_its_sibling_i_24(
        self, program: LoggedProgram, track: Track, pain: float
    ) -> None:
        assume(program.continues)
        short = next(name for name, its in TRACK.items() if its == track)
        logged = program.log_next([sets(short, pain=pain)])
        # What was not asked for was not done, and a block leaves no next week to look at.
        assume(logged.pain(track) and program.continues)
        assert track not in {one.track for one in list_exercises(program.week)}
        sibling = DEFINITIONS[track].sibling
        if sibling:
            assert program.standing.position.states[sibling].reduced
            eased = [one for one in list_exercises(program.week) if one.track == sibling]
            assert {each.rir_target for one in eased for each in one.sets} <= {5}


class TestSteps:
    @few
    @given(logged_programs())
    def test_climbs_one_rung_a_week_at_most_i_25(self, program: LoggedProgram) -> None:
        for logged in program.weeks:
            for track, before, after in logged.moves():
                ladder = program.constants.ladders[track]
                assert ladder.index(after.rung) - ladder.index(before.rung) <= 1

    @few
    @given(logged_programs(), st.integers(1, 9))
    def test_raises_nothing_after_a_missed_week_i_29(
        self, program: LoggedProgram, missed: int
    ) -> None:
        assume(program.continues)
        for _ in range(min(missed, 16 - len(program.weeks))):
            logged = program.log_next(None)
            assert logged.after.position.budget <= logged.before.position.budget
            for _, before, after in logged.moves():
                assert after.rung.number <= before.rung.number
                assert after.load <= before.load
                assert after.reps <= before.reps or after.rung.number < before.rung.number

    @few
    @given(logged_programs())
    def test_stays_within_the_limits_of_a_rung_i_16(self, program: LoggedProgram) -> None:
        most = max(program.constants.max_load, program.constants.increment)
        for logged in program.weeks:
            assert all(s.est_minutes <= program.spec.session_minutes for s in logged.week.sessions)
            assert logged.week.set_budget <= program.constants.full_budget
            for track, _, state in logged.moves():
                assert state.rung in program.constants.ladders[track]
                assert 1 <= state.reps <= program.constants.top_reps(state.rung)
                assert (state.load > 0) is state.rung.loaded
                assert state.load <= most
                assert state.load % program.constants.increment == 0

    @few
    @given(logged_programs())
    def test_gives_the_reason_of_every_change_i_28(self, program: LoggedProgram) -> None:
        known = set(reasons.load_evidence())
        for logged in program.weeks:
            for one in list_exercises(logged.week):
                assert one.reason.code in CODES
                assert one.reason.code == logged.week.reasons[one.track]
                assert one.reason.evidence
                assert set(one.reason.evidence) <= known
                assert not {"{", "}"} & set(one.reason.sentence)
            if logged.after.blocked:
                continue
            why = logged.after.position.reasons
            for track, before, after in logged.moves():
                was, now = ((s.rung.number, s.load, s.reps) for s in (before, after))
                code = why[track].code
                assert was == now or code in MORE | LESS
                assert now <= was or code in MORE
            grown = logged.after.position.budget - logged.before.position.budget
            codes = {reason.code for reason in why.values()}
            assert grown <= 0 or "RAMP_SETS" in codes
            assert grown >= 0 or codes & LESS


class TestArrival:
    @few
    @given(logged_programs(), st.data())
    def test_ignores_order_and_repetition_of_sessions_i_26(
        self, program: LoggedProgram, data: st.DataObject
    ) -> None:
        over = len(program.weeks)
        once = followed_program.follow(program.spec, program.log, through_week=over)
        again = data.draw(st.lists(st.sampled_from(program.log), max_size=5)) if program.log else []
        shuffled = data.draw(st.permutations([*program.log, *again]))
        assert followed_program.follow(program.spec, shuffled, through_week=over) == once

    @few
    @given(logged_programs())
    def test_equals_the_fold_week_by_week_i_26(self, program: LoggedProgram) -> None:
        """Compares it with the fold of the whole log. No week changes those before it."""
        at_once = followed_program.follow(
            program.spec, program.log, through_week=len(program.weeks)
        )
        assert at_once.standing == program.standing
        assert list(at_once.past) == [logged.week for logged in program.weeks]
