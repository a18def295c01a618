"""What pain leads to: outcomes 1 to 4 at their boundaries, and what the weeks after make of them."""

import datetime
from dataclasses import replace

import pytest

from app.training import adaptation
from app.training.log import MorningPain
from app.training.outcome import Outcome
from app.training.record import scaled
from app.training.spec import SpecFields
from tests.training.journal import (
    LONG,
    TRACK,
    Change,
    Journal,
    make_session,
    make_set,
    sessions,
    sets,
    verdict,
)

# Without lighter weeks that would come in between.
FREE: SpecFields = {**LONG, "deload_every": 0}

STOP = "PAIN_STOP PAIN_ABOVE_5"
WATCH = "PAIN_HOLD PAIN_ACCEPTABLE_HOLD"
WORSE = "PAIN_REDUCE PAIN_WORSE_NEXT_MORNING"
STAYS = "PAIN_REDUCE PAIN_NOT_SETTLING"
BACK = "SUSPENDED RETURN_AFTER_PAIN"
PARTIAL = "PARTIAL PARTIAL_WEEK_REPEAT"


def morning(score: float, site: str | None = None, session: int | None = None) -> Change:
    """A morning after that was felt."""
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
        assert verdict(LONG, "SK", sets("SK", session=2, pain=pain)) == expected

    def test_is_the_worst_of_the_week_and_of_its_own_track(self) -> None:
        worst = sets("SK", session=1, pain=(0, 4.25, 1))
        assert Journal(**LONG).judge("SK", worst).pain == scaled(4.25)
        assert Journal(**LONG).judge("BK", worst).pain == 0

    def test_is_unknown_where_nobody_spoke_of_it(self) -> None:
        silent = (sets(pain=None), sessions(morning_pain=None))
        assert Journal(**LONG).judge("SK", *silent).pain is None
        assert verdict(LONG, "SK", *silent) == "PROGRESS"

    def test_of_a_warm_up_counts(self) -> None:
        assert verdict(LONG, "SK", sets("SK", session=1, kind="warmup", pain=6)) == STOP

    def test_of_a_set_that_was_not_done_does_not_count(self) -> None:
        assert verdict(LONG, "SK", sets("SK", session=1, reps=0, pain=6)) == PARTIAL

    def test_of_a_set_that_nobody_counted_does(self) -> None:
        assert verdict(LONG, "SK", sets("SK", session=1, reps=None, pain=6)) == STOP

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
    def test_reduces_where_the_morning_is_worse(
        self, during: float | None, score: float, expected: str
    ) -> None:
        assert verdict(LONG, "SK", sets(pain=during), morning(score)) == expected

    def test_compares_the_worst_morning_with_the_worst_set_of_the_week(self) -> None:
        felt = (sets("SK", session=1, pain=4), morning(4, session=2))
        assert verdict(LONG, "SK", *felt) == WATCH
        assert verdict(LONG, "BK", *felt) == WORSE

    def test_of_a_morning_is_for_the_tracks_that_were_trained(self) -> None:
        felt = (sets("SK", session=2, omit=True), morning(7, session=2))
        assert verdict(LONG, "SK", *felt) == PARTIAL
        assert verdict(LONG, "BK", *felt) == STOP

    @pytest.mark.parametrize(
        ("site", "sore"),
        [("achilles", {"SK", "BK"}), ("knee", {"SU"}), (None, {"SK", "BK", "SU"})],
    )
    def test_of_a_morning_is_for_the_tracks_of_its_site(
        self, site: str | None, sore: set[str]
    ) -> None:
        stopped = {track for track in TRACK if verdict(LONG, track, morning(6, site)) == STOP}
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
    def test_reduces_where_it_does_not_settle(
        self, before: float | None, now: float, expected: str
    ) -> None:
        known = None if before is None else scaled(before)
        assert verdict(LONG, "SK", sets(pain=now), pain_before=known) == expected

    def test_names_the_morning_before_last_week(self) -> None:
        felt = (sets(pain=3), morning(4))
        assert verdict(LONG, "SK", *felt, pain_before=scaled(3)) == WORSE

    @pytest.mark.parametrize(
        ("pain", "expected"), [(None, BACK), (0, BACK), (4, BACK), (5, BACK), (5.01, STOP)]
    )
    def test_lets_a_suspended_track_come_back_unless_it_still_hurts(
        self, pain: float | None, expected: str
    ) -> None:
        before = scaled(4)
        felt = sets(pain=pain)
        assert verdict(LONG, "SK", felt, suspended=True, pain_before=before) == expected


class TestStop:
    def test_leaves_a_track_out_for_a_week_and_brings_it_back_in_two_steps(self) -> None:
        journal = Journal(**FREE).train().train(sets("SK", session=1, pain=7))
        assert (
            journal.told
            == """\
3 | build/build | 18 | 10 | 176 | 0/56/120 | PAIN_ABOVE_5/SIBLING_PAIN/ADD_REPS
Mon+Thu [F, 19 min]: BK2 2x14 R5; SU2 3x20 R3 h18"""
        )
        assert (
            journal.train().told
            == """\
4 | build/build | 18 | 16 | 228 | 38.4/108/82.8 | RETURN_AFTER_PAIN/RESUME_FULL/NEXT_RUNG
Mon+Thu [F, 26 min]: SK1 2x12 R5; BK2 3x18 R3; SU3 3x12 R3 h18"""
        )
        assert (
            journal.train().told
            == """\
5 | build/build | 18 | 18 | 300 | 72/120/103.5 | RESUME_FULL/ADD_REPS/ADD_REPS
Mon+Thu [F, 31 min]: SK1 3x15 R3; BK2 3x20 R3; SU3 3x15 R3 h18"""
        )
