"""Pain: its outcomes at their boundaries, and the weeks that follow."""

import datetime

import pytest

from app.training.adapting import fold
from app.training.adapting.track_outcome import Outcome
from app.training.log.completed import MorningPain
from app.training.log.logbook import scale
from app.training.planning.spec import SpecFields, Start, TrackStart
from tests.training.journal import (
    FIRST_DAY,
    LONG,
    TRACK,
    Change,
    Journal,
    classify_first_week,
    make_id,
    make_session,
    make_set,
    sessions,
    sets,
)

# Without deload weeks.
FREE: SpecFields = {**LONG, "deload_every": 0}

STOP = "PAIN_STOP PAIN_ABOVE_5"
WATCH = "PAIN_HOLD PAIN_ACCEPTABLE_HOLD"
WORSE = "PAIN_REDUCE PAIN_WORSE_NEXT_MORNING"
STAYS = "PAIN_REDUCE PAIN_NOT_SETTLING"
BACK = "SUSPENDED RETURN_AFTER_PAIN"
PARTIAL = "PARTIAL PARTIAL_WEEK_REPEAT"

# The next week, computed from the science by hand, as in the tables of its part 6.
WEEKS = {
    "left out": """
3 | build/build | 18 | 10 | 176 | 0/56/120 | PAIN_ABOVE_5/SIBLING_PAIN/ADD_REPS
Mon+Thu [F, 19 min]: BK2 2x14 R5; SU2 3x20 R3 h18
""",
    "back, but easier": """
4 | build/build | 18 | 16 | 228 | 38.4/108/82.8 | RETURN_AFTER_PAIN/RESUME_FULL/NEXT_RUNG
Mon+Thu [F, 26 min]: SK1 2x12 R5; BK2 3x18 R3; SU3 3x12 R3 h18
""",
    "back in full": """
5 | build/build | 18 | 18 | 300 | 72/120/103.5 | RESUME_FULL/ADD_REPS/ADD_REPS
Mon+Thu [F, 31 min]: SK1 3x15 R3; BK2 3x20 R3; SU3 3x15 R3 h18
""",
    "left out of a lighter week": """
4 | deload/build | 18 | 8 | 96 | 0/48/48 | PAIN_ABOVE_5/SIBLING_PAIN/DELOAD
Mon+Thu [F, 12 min]: BK2 2x12 R5; SU2 2x12 R5 h18
""",
    "back after a lighter week": """
5 | build/build | 18 | 14 | 204 | 38.4/48/108 | RETURN_AFTER_PAIN/SIBLING_PAIN/ADD_REPS
Mon+Thu [F, 22 min]: SK1 2x12 R5; BK2 2x12 R5; SU2 3x18 R3 h18
""",
    "left out after a lighter week": """
5 | build/build | 18 | 10 | 164 | 0/56/108 | PAIN_ABOVE_5/SIBLING_PAIN/ADD_REPS
Mon+Thu [F, 18 min]: BK2 2x14 R5; SU2 3x18 R3 h18
""",
    "left out of the race's week": """
6 | race/taper | 18 | 8 | 120 | 0/64/56 | PAIN_ABOVE_5/SIBLING_PAIN/RACE
Mon+Thu [F, 14 min]: BK2 2x16 R5; SU2 2x14 R3 h18
""",
    "back after a missed week": """
4 | build/build | 18 | 14 | 224 | 38.4/56/120 | MISSED_WEEK_REPEAT
Mon+Thu [F, 23 min]: SK1 2x12 R5; BK2 2x14 R5; SU2 3x20 R3 h18
""",
    "worse in the morning": """
3 | build/build | 18 | 16 | 296 | 120/120/56 | ADD_REPS/ADD_REPS/PAIN_WORSE_NEXT_MORNING
Mon+Thu [F, 27 min]: SK2 3x20 R3; BK2 3x20 R3; SU2 2x14 R5 h18
""",
    "not settling": """
4 | build/build | 18 | 16 | 192 | 82.8/82.8/40.8 | NEXT_RUNG/NEXT_RUNG/PAIN_NOT_SETTLING
Mon+Thu [F, 24 min]: SK3 3x12 R3; BK3 3x12 R3; SU1 2x12 R5 h18
""",
}


def make_morning(score: float, site: str | None = None, session: int | None = None) -> Change:
    """Return a change with pain on a morning after."""
    return sessions(session, morning_pain=MorningPain(score, site))


class TestVerdict:
    @pytest.mark.parametrize(
        ("pain", "expected"),
        [
            (None, "PROGRESS"),
            (2, "PROGRESS"),
            (2.9999, "PROGRESS"),
            (3, WATCH),
            (5, WATCH),
            (5.01, STOP),
            (10, STOP),
        ],
    )
    def test_holds_from_three_and_stops_above_five(self, pain: float | None, expected: str) -> None:
        assert classify_first_week(LONG, "SK", sets("SK", session=2, pain=pain)) == expected

    def test_is_the_worst_of_the_week_for_its_track(self) -> None:
        worst = sets("SK", session=1, pain=(0, 4.25, 1))
        assert Journal(**LONG).classify("SK", worst).pain == scale(4.25)
        assert Journal(**LONG).classify("BK", worst).pain == 0

    def test_is_unknown_if_it_was_not_reported(self) -> None:
        silent = (sets(pain=None), sessions(morning_pain=None))
        assert Journal(**LONG).classify("SK", *silent).pain is None
        assert classify_first_week(LONG, "SK", *silent) == "PROGRESS"

    def test_counts_in_a_warm_up_set(self) -> None:
        assert classify_first_week(LONG, "SK", sets("SK", session=1, kind="warmup", pain=6)) == STOP

    def test_does_not_count_in_a_set_of_zero_repetitions(self) -> None:
        assert classify_first_week(LONG, "SK", sets("SK", session=1, reps=0, pain=6)) == PARTIAL

    def test_counts_in_a_set_of_unknown_repetitions(self) -> None:
        assert classify_first_week(LONG, "SK", sets("SK", session=1, reps=None, pain=6)) == STOP

    @pytest.mark.parametrize(
        ("during", "score", "expected"),
        [
            (0, 2.99, "PROGRESS"),
            (2, 3, WORSE),
            (3, 3, WATCH),
            (3, 3.01, WORSE),
            (4, 3, WATCH),
            (None, 3, WORSE),
            (5, 5, WATCH),
            (0, 5, WORSE),
            (0, 5.01, STOP),
        ],
    )
    def test_reduces_if_the_morning_is_worse(
        self, during: float | None, score: float, expected: str
    ) -> None:
        assert classify_first_week(LONG, "SK", sets(pain=during), make_morning(score)) == expected

    def test_compares_the_worst_morning_with_the_worst_set_of_the_week(self) -> None:
        felt = (sets("SK", session=1, pain=4), make_morning(4, session=2))
        assert classify_first_week(LONG, "SK", *felt) == WATCH
        assert classify_first_week(LONG, "BK", *felt) == WORSE

    def test_counts_the_morning_for_trained_tracks(self) -> None:
        felt = (sets("SK", session=2, omit=True), make_morning(7, session=2))
        assert classify_first_week(LONG, "SK", *felt) == PARTIAL
        assert classify_first_week(LONG, "BK", *felt) == STOP

    @pytest.mark.parametrize(
        ("site", "sore"),
        [("achilles", {"SK", "BK"}), ("knee", {"SU"}), (None, {"SK", "BK", "SU"})],
    )
    def test_counts_the_morning_for_the_tracks_of_its_site(
        self, site: str | None, sore: set[str]
    ) -> None:
        stopped = {
            track
            for track in TRACK
            if classify_first_week(LONG, track, make_morning(6, site)) == STOP
        }
        assert stopped == sore

    @pytest.mark.parametrize(
        ("before", "now", "expected"),
        [
            (None, 3, WATCH),
            (2.99, 3, WATCH),
            (3, 2.99, "PROGRESS"),
            (3, 3, STAYS),
            (3, 4, STAYS),
            (4, 3, WATCH),
            (3, 5.01, STOP),
        ],
    )
    def test_reduces_if_it_does_not_settle(
        self, before: float | None, now: float, expected: str
    ) -> None:
        known = None if before is None else scale(before)
        assert classify_first_week(LONG, "SK", sets(pain=now), pain_before=known) == expected

    def test_prefers_the_morning_to_last_week_as_the_reason(self) -> None:
        felt = (sets(pain=3), make_morning(4))
        assert classify_first_week(LONG, "SK", *felt, pain_before=scale(3)) == WORSE

    @pytest.mark.parametrize(
        ("pain", "expected"), [(None, BACK), (0, BACK), (4, BACK), (5, BACK), (5.01, STOP)]
    )
    def test_returns_a_suspended_track_unless_it_still_hurts(
        self, pain: float | None, expected: str
    ) -> None:
        before = scale(4)
        felt = sets(pain=pain)
        assert classify_first_week(LONG, "SK", felt, suspended=True, pain_before=before) == expected


STABBING = sets("SK", session=1, pain=7)


class TestStop:
    def test_removes_a_track_for_a_week_and_restores_it_in_two_steps(self) -> None:
        journal = Journal(**FREE).train().train(STABBING)
        assert journal.week_text == WEEKS["left out"]
        assert journal.train().week_text == WEEKS["back, but easier"]
        assert journal.train().week_text == WEEKS["back in full"]

    def test_removes_a_track_from_a_lighter_week(self) -> None:
        """A lighter week keeps its reasons, so the sibling is light for one week more."""
        journal = Journal().train(weeks=2).train(STABBING)
        assert journal.week_text == WEEKS["left out of a lighter week"]
        assert journal.train().week_text == WEEKS["back after a lighter week"]

    def test_counts_in_a_lighter_week_and_keeps_what_others_earned(self) -> None:
        journal = Journal().train(weeks=3).train(STABBING)
        assert journal.week_text == WEEKS["left out after a lighter week"]

    def test_removes_a_track_from_race_week(self) -> None:
        race = datetime.date(2027, 4, 11)
        journal = Journal(start_date=FIRST_DAY, race_date=race).train(weeks=4)
        assert journal.week.kind == "taper"
        assert journal.train(STABBING).week_text == WEEKS["left out of the race's week"]

    def test_ends_after_a_week_without_training(self) -> None:
        journal = Journal(**FREE).train().train(STABBING).skip()
        assert journal.week_text == WEEKS["back after a missed week"]

    def test_ends_after_a_missed_taper(self) -> None:
        race: SpecFields = {"start_date": FIRST_DAY, "race_date": datetime.date(2027, 4, 11)}
        journal = Journal(**race).train(weeks=3).train(STABBING)
        assert journal.week.kind == "taper"
        *_, sessions_of_race, _ = journal.skip().week_text.split("\n")
        doses = "[F, 17 min]: SK1 2x12 R5; BK2 2x14 R5; SU2 2x14 R3 h18"
        assert sessions_of_race == f"Mon+Thu {doses}"

    def test_clears_the_pain_of_the_week_before(self) -> None:
        journal = Journal(**FREE).train().train(STABBING).train()
        assert journal.state("SK").pain_before is None
        assert journal.classify("SK", sets("SK", pain=5)).verdict == "PAIN_HOLD"

    def test_keeps_the_full_dose_of_a_sibling_in_the_watch_zone(self) -> None:
        """A track's own pain goes before that of its sibling, in the order of the science."""
        journal = Journal(**FREE).train(STABBING, sets("BK", pain=4))
        assert journal.reason("BK").code == "PAIN_ACCEPTABLE_HOLD"
        assert not journal.state("BK").reduced

    def test_leaves_the_calf_tracks_after_pain_in_step_ups(self) -> None:
        journal = Journal(**FREE).train(sets("SU", pain=6))
        assert journal.followed.standing.stopped == {"step"}
        codes = [journal.reason(track).code for track in TRACK]
        assert codes == ["ADD_REPS", "ADD_REPS", "PAIN_ABOVE_5"]


class TestBlock:
    def test_follows_a_second_week_of_high_pain_in_a_tissue(self) -> None:
        journal = Journal(**FREE).train(STABBING).train(sets("BK", pain=5.5))
        assert journal.followed.status == "blocked"
        assert journal.followed.week is None

    def test_follows_pain_in_a_suspended_track_that_was_done(self) -> None:
        journal = Journal(**FREE).train(STABBING).train()
        secret = make_set(pain=6, performed_at=journal.log[-1].started_at)
        journal.log.append(make_session(secret, week=2, session=2, session_id=make_id("secret")))
        assert journal.followed.status == "blocked"

    def test_ignores_weeks_without_data_between(self) -> None:
        journal = Journal(**FREE).train(STABBING).skip().train(STABBING)
        assert journal.followed.status == "blocked"

    def test_does_not_follow_after_a_good_week_between(self) -> None:
        journal = Journal(**FREE).train(STABBING).train().train(STABBING)
        assert journal.followed.status == "planned"
        assert journal.state("SK").suspended

    def test_does_not_follow_if_another_tissue_hurts(self) -> None:
        journal = Journal(**FREE).train(STABBING).train(sets("SU", pain=7))
        assert journal.followed.status == "planned"
        assert journal.state("SU").suspended

    def test_follows_a_red_flag_and_stays(self) -> None:
        journal = Journal().train().train(sessions(2, red_flags=("night_pain",)))
        assert journal.followed.status == "blocked"
        assert [week.index for week in journal.followed.past] == [1, 2]
        assert journal.skip(5).followed.status == "blocked"

    def test_needs_no_set_beside_a_red_flag(self) -> None:
        journal = Journal().train(sets(omit=True), sessions(1, red_flags=("night_pain",)))
        assert journal.followed.status == "blocked"


class TestReduction:
    def test_halves_a_track_that_was_worse_in_the_morning_and_then_eases_it(self) -> None:
        journal = Journal(**FREE).train().train(make_morning(4, "knee", session=1))
        assert journal.week_text == WEEKS["worse in the morning"]
        assert journal.train(sets("SU", pain=4)).week_text == WEEKS["not settling"]

    def test_stays_until_pain_is_low(self) -> None:
        journal = Journal(**FREE).train(make_morning(4, "knee")).train(sets("SU", pain=3))
        assert journal.state("SU").reduced
        assert journal.reason("SU").code == "PAIN_ACCEPTABLE_HOLD"
        assert not journal.train(sets("SU", pain=2)).state("SU").reduced
        assert journal.reason("SU").code == "RESUME_FULL"

    def test_takes_a_tenth_of_the_load_with_a_rung(self) -> None:
        start = Start(straight_knee=TrackStart(8, 6, 20), full_volume=True)
        journal = Journal(equipment=("chair", "backpack"), start=start)
        sore = sets("SK", pain=4)
        state = journal.train(sore).train(sore).state("SK")
        assert (state.rung.number, state.load, state.reduced) == (8, 2000, True)
        state = journal.train(sore).state("SK")
        assert (state.rung.number, state.reps, state.load) == (7, 8, 1800)

    def test_does_not_ease_a_track_the_first_time(self) -> None:
        before = Journal(**FREE).train()
        after = Journal(**FREE).train().train(make_morning(4, "knee"))
        assert after.state("SU")._replace(reduced=False, pain_before=0) == before.state("SU")


class TestWatch:
    def test_holds_all_three_while_sets_are_added(self) -> None:
        journal = Journal().train(sets("BK", pain=3))
        codes = [journal.reason(track).code for track in TRACK]
        assert codes == ["HOLD_WITH_OTHERS", "PAIN_ACCEPTABLE_HOLD", "HOLD_WITH_OTHERS"]
        assert journal.week.set_budget == 12

    @pytest.mark.parametrize(("pain", "said"), [(3, "3"), (4.5, "4.5"), (3.125, "3.125")])
    def test_names_the_score(self, pain: float, said: str) -> None:
        journal = Journal(**LONG).train(sets("BK", session=1, pain=pain))
        sentence = f"Pain {said}/10 is in the watch zone: hold steady this week."
        assert journal.reason("BK").sentence == sentence

    def test_restarts_the_count_of_hits(self) -> None:
        once: SpecFields = {**FREE, "days_per_week": 1}
        journal = Journal(**once).train(weeks=3)
        assert journal.state("SK").hits == 1
        assert journal.train(sets("SK", pain=3)).state("SK").hits == 0

    def test_is_forgotten_after_a_week_without_a_score(self) -> None:
        journal = Journal(**FREE).train(sets("SK", pain=4))
        silent = journal.train(sets("SK", pain=None), sessions(morning_pain=None))
        assert silent.classify("SK", sets("SK", pain=4)).verdict == "PAIN_HOLD"

    def test_is_remembered_past_a_missed_week(self) -> None:
        journal = Journal(**FREE).train(sets("SK", pain=4)).skip()
        assert journal.classify("SK", sets("SK", pain=4)).verdict == "PAIN_REDUCE"

    def test_is_remembered_past_a_week_without_the_track(self) -> None:
        journal = Journal(**FREE).train(sets("SK", pain=4))
        so_far = journal.followed
        none = Outcome("NONE", code="NOT_SCHEDULED")
        outcomes = dict.fromkeys(TRACK.values(), none)
        after = fold.advance(so_far.constants, so_far.standing, journal.week, outcomes)
        assert after.position.states["straight_knee"].pain_before == scale(4)
