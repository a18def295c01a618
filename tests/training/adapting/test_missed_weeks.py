"""Weeks without a set: before the first one, between others, in a race and in a pause."""

import datetime

import pytest

from app.training.log.completed import LoggedTest, MorningPain
from app.training.planning.spec import SpecFields
from app.training.planning.start import Start, TrackStart
from tests.training.adapting.outcomes import begin
from tests.training.journal import FIRST_DAY, LONG, Journal, make_session, sessions, sets
from tests.training.notation import format_sessions

FREE: SpecFields = {**LONG, "deload_every": 0, "weeks": 30}
HALF = sessions(2, omit=True)


class TestBeforeTheFirstSet:
    def test_prepare_the_first_week_again(self) -> None:
        journal = Journal(weeks=20)
        first = format_sessions(journal.week)
        for _ in range(12):
            journal.skip()
            assert journal.codes == ["NO_DATA_START"] * 3
            assert (format_sessions(journal.week), journal.week.kind) == (first, "build")

    def test_are_not_weeks_away(self) -> None:
        journal = Journal().skip(3)
        assert (journal.followed.standing.away, journal.followed.standing.ever) == (0, False)
        assert journal.train().codes == ["RAMP_SETS"] * 3

    def test_keep_the_start_that_was_given(self) -> None:
        start = Start(straight_knee=TrackStart(4, 13, sets=5))
        journal = Journal(start=start).skip(2)
        assert "SK4 3x13" in journal.week_text
        assert "SK4 2x13" in journal.week_text

    def test_change_nothing_in_a_pause(self) -> None:
        journal = Journal(pause_weeks=(1,)).skip()
        assert journal.codes == ["START"] * 3

    def test_end_with_a_set_of_no_repetition(self) -> None:
        journal = Journal().train(sets(omit=True), sessions(2, omit=True))
        assert not journal.followed.standing.ever
        begun = Journal().train(sets(reps=0))
        assert begun.followed.standing.ever


class TestAfterTraining:
    def test_repeat_the_week_after_one(self) -> None:
        journal = Journal(**FREE).train(weeks=2)
        before = format_sessions(journal.week)
        journal.skip()
        assert journal.codes == ["MISSED_WEEK_REPEAT"] * 3
        assert format_sessions(journal.week) == before

    def test_keep_what_is_due_in_a_lighter_week(self) -> None:
        journal = Journal(**LONG).train(weeks=3)
        assert journal.week.kind == "deload"
        assert journal.skip().codes == ["NEXT_RUNG"] * 3

    def test_lower_the_dose_over_months(self) -> None:
        journal = Journal(**FREE).train(weeks=4)
        assert "SK3 3x15 R3; BK3 3x15 R3; SU3 3x15 R3 h18" in journal.week_text
        doses = []
        for weeks in (2, 1, 1, 4):
            journal.skip(weeks)
            doses.append((journal.codes[0], format_sessions(journal.week)[0].split("]: ")[1]))
        lower = "SK2 2x13 R4; BK2 2x13 R4; SU2 2x13 R4 h18"
        assert doses == [
            ("LONG_BREAK_14", "SK3 2x12 R4; BK3 2x12 R4; SU3 2x12 R4 h18"),
            ("LONG_BREAK_14", "SK3 2x12 R4; BK3 2x12 R4; SU3 2x12 R4 h18"),
            ("LONG_BREAK_28", lower),
            ("RESTART_AFTER_BREAK", lower),
        ]

    def test_go_below_the_start_after_one_week_of_training(self) -> None:
        journal = Journal(weeks=20).train().skip(8)
        assert "SK1 2x15 R4; BK1 2x15 R4; SU0 2x15 R4" in journal.week_text

    @pytest.mark.parametrize(
        ("weeks", "sentence"),
        [
            (1, "A week went by without training: it goes on where it stood."),
            (
                3,
                (
                    "After 3 weeks away it starts again low: the fewest repetitions of the range or"
                    " less, and no more sets than at the start."
                ),
            ),
            (
                5,
                (
                    "After 5 weeks away it starts again with an easier version than was next, where"
                    " there is one, and no more sets than at the start."
                ),
            ),
            (
                9,
                (
                    "After 9 weeks away it starts again where your level and test put you, or"
                    " lower, with no more sets than at the start."
                ),
            ),
        ],
    )
    def test_are_named_in_the_reason(self, weeks: int, sentence: str) -> None:
        journal = Journal(**FREE).train(weeks=3).skip(weeks)
        assert {journal.reason(track).sentence for track in ("SK", "BK", "SU")} == {sentence}

    def test_end_with_the_first_week_of_training(self) -> None:
        journal = Journal(**FREE).train(weeks=3).skip().train()
        assert journal.followed.standing.away == 0
        assert journal.skip().codes == ["MISSED_WEEK_REPEAT"] * 3

    def test_replace_a_deload(self) -> None:
        assert Journal().train(weeks=3).week.kind == "deload"
        assert Journal().train(weeks=2).skip().week.kind == "build"

    def test_reset_what_is_counted_over_weeks(self) -> None:
        cut = (sets("SK", omit=True), sets("BK", omit=True))
        journal = Journal(**FREE).train(HALF, *cut)
        counts = journal.followed.standing
        assert (counts.cut, counts.skipped, counts.run) == (1, 1, 1)
        counts = journal.skip().followed.standing
        assert (counts.cut, counts.skipped, counts.run, counts.notes) == (0, 0, 0, ())

    def test_keep_a_reason_of_pain(self) -> None:
        sore = sessions(morning_pain=MorningPain(4, "knee"))
        journal = Journal(**FREE).train(sore).skip(2)
        assert journal.codes == ["LONG_BREAK_14", "LONG_BREAK_14", "PAIN_WORSE_NEXT_MORNING"]

    def test_lower_a_load_by_tenths(self) -> None:
        start = Start(straight_knee=TrackStart(7, 12, load=10))
        journal = begin(FREE, equipment=("chair", "backpack"), start=start).train()
        assert "SK7 3x8 @14 R2" in journal.week_text
        assert "SK7 2x8 @12 R4" in journal.skip(2).week_text


class TestEmptiedWeeks:
    RACE = FIRST_DAY + datetime.timedelta(days=23)

    def test_by_a_race_are_not_missed(self) -> None:
        """Monday is two days before the race on Wednesday, so week 4 has no session."""
        wish: SpecFields = {"start_date": FIRST_DAY, "race_date": self.RACE, "weekdays": (0,)}
        journal = begin(wish, weeks=6).train(weeks=3)
        assert journal.week.sessions == ()
        assert journal.skip().followed.standing.away == 0
        assert journal.week.kind == "transition"

    def test_by_pain_are_not_missed(self) -> None:
        journal = Journal(**FREE).train(sets(pain=7))
        assert journal.week.sessions == ()
        assert journal.skip().codes == ["RETURN_AFTER_PAIN"] * 3
        assert journal.followed.standing.away == 0

    def test_by_a_pause_are_weeks_away(self) -> None:
        journal = begin(FREE, pause_weeks=(2, 3)).train()
        assert journal.codes == ["PAUSE_PLANNED"] * 3
        assert journal.skip(2).codes == ["LONG_BREAK_14"] * 3

    def test_by_one_week_of_pause_give_what_was_due(self) -> None:
        journal = begin(FREE, pause_weeks=(2,)).train().skip()
        assert journal.codes == ["ADD_REPS"] * 3

    def test_take_a_test(self) -> None:
        journal = begin(FREE, pause_weeks=(2,)).train()
        journal.log.append(make_session(week=2, heel_rise_test=LoggedTest(20, 20)))
        assert journal.skip().codes == ["RETEST_UP", "RETEST_UP", "ADD_REPS"]
