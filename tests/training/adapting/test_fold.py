"""The closed loop: what one week leaves for the next, and what the next one then gives.

The worked examples of the science are in test_worked_examples.py, what pain leads to in
test_pain.py, and what weeks away lead to in test_missed_weeks.py.
"""

import datetime

import pytest

from app.training.adapting import fold
from app.training.log.completed import MorningPain
from app.training.log.logbook import WeekLog
from app.training.planning.spec import SpecFields
from app.training.planning.standing import Held
from app.training.planning.start import Start, TrackStart
from tests.training.adapting.outcomes import LOADED, SHORT, begin
from tests.training.journal import FIRST_DAY, LONG, P2, Change, Journal, sessions, sets

RACE: SpecFields = {"start_date": FIRST_DAY, "race_date": datetime.date(2027, 4, 11)}
HALF = sessions(2, omit=True)
# Four of the nine sets of each session.
CUT = (sets("SK", number=3, omit=True), sets("BK", number=2, omit=True),
       sets("BK", number=3, omit=True), sets("SU", number=2, omit=True),
       sets("SU", number=3, omit=True))  # fmt: skip
EVENLY_BEHIND = (sets("SK", side="left", reps=15), sets("SK", side="right", reps=18))
FREE: SpecFields = {**LONG, "deload_every": 0}
CAREFUL: SpecFields = {"injury_last_3_months": True, "deload_every": 0}


def list_notes(journal: Journal) -> list[str]:
    """Return the codes of the notes of the next week."""
    return [note.code for note in journal.week.notes]


class TestPlanWeeks:
    @pytest.mark.parametrize("wish", [{}, P2, RACE])
    def test_equals_the_fold_of_perfect_weeks(self, wish: SpecFields) -> None:
        journal = Journal(**wish)
        for planned in fold.plan_weeks(journal.followed.constants):
            running = journal.followed.running
            assert running
            assert running.planned.sessions == planned.sessions
            assert running.planned.start.shown == planned.start.shown
            journal.train()
        assert journal.followed.status == "finished"


class TestEndWeek:
    def test_keeps_the_standing_before_a_block(self) -> None:
        journal = Journal(**FREE).train()
        running = journal.followed.running
        assert running
        end = fold.end_week(journal.followed.constants, running.planned, WeekLog(red_flag=True))
        assert end.block == fold.Block("WARNING_SIGN_LOGGED", frozenset())
        assert end.standing == running.planned.standing

    def test_counts_build_weeks_in_a_row(self) -> None:
        journal = Journal(**LONG)
        runs = [journal.train().followed.standing.run for _ in range(5)]
        assert runs == [1, 2, 3, 0, 1]

    def test_counts_eight_of_them_at_most(self) -> None:
        assert Journal(**FREE).train(weeks=10).followed.standing.run == 8

    def test_forgets_what_is_held_after_eight_weeks(self) -> None:
        journal = Journal(level="intermediate", deload_every=0).train()
        journal = journal.carry_on(step_heights_cm=())
        held = journal.state("SU").held
        assert held == Held(rung=3, reps=12, load=0, weeks=0)
        ages = [journal.train().state("SU").held for _ in range(8)]
        assert ages == [*(held._replace(weeks=n) for n in range(1, 8)), None]

    def test_ages_what_is_held_in_missed_weeks_too(self) -> None:
        journal = Journal(level="intermediate").train().carry_on(step_heights_cm=())
        held = journal.skip(3).state("SU").held
        assert held is not None
        assert held.weeks == 3


class TestGrowth:
    def test_adds_sets_only_to_tracks_that_did_well(self) -> None:
        journal = Journal().train(sets("BK", rir=1))
        assert journal.codes == ["RAMP_SETS", "EFFORT_TOO_HIGH", "RAMP_SETS"]
        assert journal.week.set_budget == 14

    def test_lets_tracks_wait_for_their_turn(self) -> None:
        """Six sets may grow by one a week."""
        journal = Journal(days_per_week=1, deload_every=0)
        said = [journal.train().codes for _ in range(3)]
        assert said == [
            ["RAMP_SETS", "HOLD_WITH_OTHERS", "HOLD_WITH_OTHERS"],
            ["ADD_REPS", "RAMP_SETS", "HOLD_WITH_OTHERS"],
            ["ADD_REPS", "ADD_REPS", "RAMP_SETS"],
        ]

    def test_gives_early_what_is_much_too_easy(self) -> None:
        journal = Journal().train(sets("SK", rir=8))
        assert journal.codes == ["ACCELERATE_RUNG", "RAMP_SETS", "RAMP_SETS"]
        assert "SK3 2x12 R4" in journal.week_text

    def test_gives_more_load_early(self) -> None:
        journal = begin(LOADED, ramp="gentle").train(sets("SU", rir=7))
        assert journal.codes[2] == "ACCELERATE_LOAD"
        assert "SU6 2x8 @9" in journal.week_text

    def test_gives_repetitions_early_where_nothing_is_above(self) -> None:
        journal = begin(LONG, start=Start(straight_knee=TrackStart(6, 15)))
        journal.train(sets("SK", rir=10))
        assert (journal.state("SK").due, journal.codes[0]) == ("jump", "ADD_REPS")
        assert "SK6 3x18" in journal.week_text

    def test_stops_at_the_top_and_then_halves_the_sets(self) -> None:
        start = Start(straight_knee=TrackStart(6, 25))
        journal = begin(FREE, start=start)
        said = [journal.train().codes[0] for _ in range(4)]
        assert said == ["LADDER_TOP_HOLD", "MAINTAIN", "MAINTAIN", "MAINTAIN"]
        assert "SK6 2x25" in journal.week_text
        assert "SK6 1x25" in journal.week_text

    def test_restarts_the_count_of_hits_after_a_hard_session(self) -> None:
        journal = begin(FREE, days_per_week=1).train(weeks=2).train(sets("SK", rir=0))
        assert journal.codes[0] == "EFFORT_TOO_HIGH"
        assert [journal.train().codes[0] for _ in range(2)] == ["HOLD_TWO_FOR_TWO", "NEXT_RUNG"]

    def test_takes_two_weeks_for_a_step_if_each_lacks_a_session(self) -> None:
        journal = Journal(**FREE)
        said = [journal.train(HALF).codes[0] for _ in range(4)]
        assert said == ["HOLD_TWO_FOR_TWO", "ADD_REPS", "HOLD_TWO_FOR_TWO", "ADD_REPS"]

    def test_keeps_what_was_earned_through_a_lighter_week(self) -> None:
        journal = Journal().train(weeks=3)
        assert (journal.week.kind, journal.state("SK").due) == ("deload", "step")
        journal.train(sets("SK", reps=1, rir=0))
        assert journal.codes == ["ADD_REPS"] * 3

    def test_earns_nothing_in_a_taper(self) -> None:
        journal = Journal(**RACE).train(weeks=4)
        assert journal.week.kind == "taper"
        before = journal.state("SK")
        assert journal.train(sets(reps=40, rir=10)).state("SK") == before

    def test_keeps_a_missed_track_as_it_was(self) -> None:
        journal = Journal(**FREE).train(sets("SU", omit=True))
        assert journal.codes == ["ADD_REPS", "ADD_REPS", "TRACK_MISSED_REPEAT"]
        assert journal.state("SU").reps == 15


class TestWeakSide:
    def test_holds_the_version_and_adds_a_set(self) -> None:
        journal = Journal(**SHORT).train().train(*EVENLY_BEHIND)
        assert journal.codes[0] == "ASYMMETRY_HOLD"
        assert journal.week_text.count("SK4 3x15 R3 (+1 left)") == 1

    def test_lets_repetitions_grow(self) -> None:
        behind = (sets("SK", side="left", reps=12), sets("SK", side="right", reps=15))
        journal = Journal(**SHORT).train(*behind)
        assert journal.codes[0] == "ADD_REPS"
        assert "SK4 3x15 R3 (+1 left)" in journal.week_text

    def test_lets_the_next_version_follow_when_it_has_caught_up(self) -> None:
        wish: SpecFields = {**SHORT, "deload_every": 0}
        journal = Journal(**wish).train().train(*EVENLY_BEHIND)
        assert journal.state("SK").weak == "left"
        assert journal.train().codes[0] == "NEXT_RUNG"
        assert journal.state("SK").weak is None

    def test_asks_the_weaker_side_first(self) -> None:
        done = (sets("SK", side="left", reps=21), sets("SK", side="right", reps=17))
        journal = Journal(**SHORT).train(*done)
        first = journal.week.sessions[0].exercises[0]
        assert [(one.side, one.count) for one in first.sets] == [("right", 4), ("left", 3)]


class TestCutWeeks:
    def test_make_the_plan_smaller_after_two_in_a_row(self) -> None:
        journal = Journal(**FREE).train(*CUT)
        assert (journal.followed.standing.cut, journal.week.set_budget) == (1, 18)
        journal.train(*CUT)
        assert journal.codes == ["SIMPLIFY_DOSE"] * 3
        assert (journal.followed.standing.cut, journal.week.set_budget) == (0, 12)

    def test_leave_a_set_in_each_session(self) -> None:
        little = (sets("SK", omit=True), sets("BK", omit=True), sets("SU", reps=1, rir=0))
        journal = Journal(**FREE)
        budgets = [journal.train(*little).week.set_budget for _ in range(6)]
        assert budgets == [18, 12, 12, 6, 6, 6]

    @pytest.mark.parametrize(
        ("thursday", "cut"),
        [
            ([sets("SK", session=2, number=3, omit=True), sets("SU", session=2, omit=True)], 0),
            (
                [
                    *(sets(session=2, number=number, omit=True) for number in (2, 3)),
                    sets("SU", session=2, side="right", omit=True),
                ],
                1,
            ),
        ],
        ids=["22 units", "21 units"],
    )
    def test_have_less_than_60_percent_of_the_units(self, thursday: list[Change], cut: int) -> None:
        """Monday's 18 units are done, and 21.6 of the week's 36 are enough."""
        journal = Journal(**FREE).train(sets("BK", session=2, omit=True), *thursday)
        assert journal.followed.standing.cut == cut

    @pytest.mark.parametrize(("more", "cut"), [([], 0), ([sets("SU", session=1, number=3)], 1)])
    def test_may_have_60_percent(self, more: list[Change], cut: int) -> None:
        """Of 18 units on Monday and 12 on Thursday, 18 are done, or two less."""
        done = [
            sets("BK", session=1, number=3, omit=True),
            sets("SK", session=2, number=2, omit=True),
        ]
        done += [sets("BK", session=2, omit=True), sets("SU", session=2, omit=True)]
        done += [change._replace(omit=True) for change in more]
        journal = Journal(deload_every=0).train().train(*done)
        assert journal.followed.standing.cut == cut

    def test_count_sessions_that_were_begun_only(self) -> None:
        journal = Journal(**FREE).train(HALF)
        assert (journal.followed.standing.cut, journal.followed.standing.skipped) == (0, 1)

    def test_count_easier_versions_too(self) -> None:
        easier = sets("SK", exercise="two-leg-calf-raise-floor")
        assert Journal(**FREE).train(easier).followed.standing.cut == 0

    @pytest.mark.parametrize(("pain", "cut"), [(0, 1), (5, 1), (7, 0)])
    def test_do_not_count_what_pain_left_out(self, pain: float, cut: int) -> None:
        stopped = (
            sets("SK", session=1, number=1, pain=pain),
            sets("SK", session=1, number=2, omit=True),
            sets("SK", session=1, number=3, omit=True),
            sets("SK", session=2, omit=True),
            sets("BK", omit=True),
        )
        assert Journal(**FREE).train(*stopped).followed.standing.cut == cut

    @pytest.mark.parametrize("between", [(), (sets("SU", omit=True),)])
    def test_are_forgotten_after_a_better_one(self, between: tuple[Change, ...]) -> None:
        journal = Journal(**FREE).train(*CUT).train(*between).train(*CUT)
        assert (journal.followed.standing.cut, journal.week.set_budget) == (1, 18)

    def test_are_build_weeks(self) -> None:
        journal = Journal(**LONG).train(weeks=2).train(*CUT)
        assert journal.week.kind == "deload"
        journal.train()
        assert journal.followed.standing.cut == 1
        assert journal.train(*CUT).codes == ["SIMPLIFY_DOSE"] * 3

    def test_keep_the_reasons_of_pain(self) -> None:
        journal = Journal(**FREE).train(*CUT).train(*CUT, sets("SU", pain=3))
        assert journal.codes == ["SIMPLIFY_DOSE", "SIMPLIFY_DOSE", "PAIN_ACCEPTABLE_HOLD"]
        assert journal.week.set_budget == 12


class TestSkippedSessions:
    def test_are_noted_after_two_weeks(self) -> None:
        journal = Journal(**FREE).train(HALF)
        assert list_notes(journal) == []
        journal.train(HALF)
        assert list_notes(journal) == ["SESSIONS_SKIPPED"]
        assert journal.followed.standing.skipped == 0
        assert list_notes(journal.train()) == []

    def test_are_forgotten_after_a_full_week(self) -> None:
        journal = Journal(**FREE).train(HALF).train().train(HALF)
        assert (journal.followed.standing.skipped, list_notes(journal)) == (1, [])

    def test_are_counted_through_a_lighter_week(self) -> None:
        journal = Journal(**LONG).train(weeks=2).train(HALF).train()
        assert journal.week.kind == "build"
        assert list_notes(journal.train(HALF)) == ["SESSIONS_SKIPPED"]

    def test_are_not_counted_in_a_week_of_high_pain(self) -> None:
        journal = Journal(**FREE).train(HALF, sets("SK", session=1, pain=7))
        assert journal.followed.standing.skipped == 0

    def test_cost_no_sets(self) -> None:
        assert Journal(**FREE).train(HALF).train(HALF).week.set_budget == 18

    def test_may_come_with_weeks_that_are_cut_short(self) -> None:
        journal = Journal(**FREE).train(HALF, *CUT).train(HALF, *CUT)
        assert journal.codes == ["SIMPLIFY_DOSE"] * 3
        assert list_notes(journal) == ["SESSIONS_SKIPPED"]


class TestCaution:
    def test_ends_after_four_calm_weeks(self) -> None:
        journal = Journal(**CAREFUL).train(sets(pain=2), weeks=3)
        assert journal.followed.standing.caution
        journal.train(sets(pain=2))
        after = journal.followed.standing
        assert not after.caution
        assert list_notes(journal) == ["CAUTION_LIFTED"]
        assert list_notes(journal.train()) == []

    def test_starts_to_count_again_after_pain(self) -> None:
        journal = Journal(**CAREFUL).train(weeks=3).train(sets("SU", pain=3))
        assert journal.followed.standing.calm == 0

    def test_does_not_end_without_a_score(self) -> None:
        silent = (sets(pain=None), sessions(morning_pain=None))
        journal = Journal(**CAREFUL).train(*silent, weeks=5)
        assert (journal.followed.standing.calm, journal.followed.standing.caution) == (0, True)

    def test_counts_one_known_score_for_the_week(self) -> None:
        some = (sets("SK", pain=None), sets("BK", pain=None), sessions(morning_pain=None))
        assert Journal(**CAREFUL).train(*some).followed.standing.calm == 1

    def test_does_not_count_lighter_weeks(self) -> None:
        journal = Journal(injury_last_3_months=True)
        kinds: list[str] = []
        calm: list[int] = []
        for _ in range(4):
            kinds.append(journal.week.kind)
            calm.append(journal.train().followed.standing.calm)
        assert kinds == ["build", "build", "deload", "build"]
        assert calm == [1, 2, 2, 3]

    def test_counts_pain_of_lighter_weeks(self) -> None:
        journal = Journal(injury_last_3_months=True).train(weeks=2)
        assert journal.train(sessions(morning_pain=MorningPain(3))).followed.standing.calm == 0

    def test_of_age_stays(self) -> None:
        journal = Journal(age=70, deload_every=0).train(weeks=6)
        constants = journal.followed.constants
        assert journal.followed.standing.is_cautious(constants)
        assert list_notes(journal) == []


class TestReasons:
    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ([], "That went well, so each set goes to 18 repetitions."),
            ([sets("SK", reps=13)], "A session fell short of 15 repetitions; same again."),
            ([sets("SK", reps=10, rir=9)], "Sets ended early with plenty left; the target stays."),
            (
                [sets("SK", reps=10, rir=0)],
                (
                    "Too much of the work was missing, so next is"
                    " Calf raise on the floor, 15 repetitions a set."
                ),
            ),
            ([sets("SK", rir=0)], "It took more effort than planned; repeat before adding."),
        ],
    )
    def test_contain_the_numbers_of_the_next_week(
        self, changes: list[Change], sentence: str
    ) -> None:
        assert Journal(**LONG).train(*changes).reason("SK").sentence == sentence
