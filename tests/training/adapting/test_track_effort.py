"""Outcomes of a track's week by its effort: too much, or so little that it climbs early."""

import pytest

from app.training.log.completed import MorningPain
from app.training.planning.spec import SpecFields
from app.training.planning.start import Start, TrackStart
from tests.training.adapting.outcomes import HARD, LOADED, NOT_YET, SHORT, judge_work, start_at
from tests.training.journal import LONG, judge_first_week, sessions, sets


class TestEffort:
    @pytest.mark.parametrize(
        ("wish", "track", "least", "expected"),
        [
            (LONG, "SK", 1, "due step"),
            (start_at(14), "SK", 2, "due step"),
            (SHORT, "SK", 2, "due step"),
            (LOADED, "SU", 1, "due step"),
            ({**LONG, "pain_now": 3}, "SK", 3, "due up"),
        ],
    )
    def test_is_too_high_below_the_target_minus_its_tolerance(
        self, wish: SpecFields, track: str, least: float, expected: str
    ) -> None:
        """The tolerance is 2 from 15 repetitions on and 1 below. Cautious programmes plan RIR 5."""
        assert judge_first_week(wish, track, sets(track, rir=least)) == expected
        found = judge_work(wish, track, sets(track, rir=least - 0.01), hits=1)
        assert (found.why, found.hits, found.due) == (HARD, 0, None)

    def test_is_the_mean_of_known_reserves(self) -> None:
        assert judge_first_week(LONG, "SK", sets("SK", rir=(0, 2, None))) == "due step"
        assert judge_first_week(LONG, "SK", sets("SK", rir=(0, 1.99, None))) == HARD

    def test_is_optional(self) -> None:
        assert judge_first_week(LONG, "SK", sets("SK", rir=None)) == "due step"

    def test_is_read_from_rpe(self) -> None:
        assert judge_first_week(LONG, "SK", sets("SK", rir=None, rpe=9.5)) == HARD


class TestJump:
    @pytest.mark.parametrize(
        ("wish", "track", "much", "less"),
        [
            (LONG, "SK", 7, "due step"),
            (start_at(14), "SK", 6, "due step"),
            (SHORT, "SK", 6, "due step"),
            (LOADED, "SU", 5, "due step"),
            ({}, "SK", 8, "due up"),
        ],
    )
    def test_needs_a_large_reserve(
        self, wish: SpecFields, track: str, much: float, less: str
    ) -> None:
        """The surplus is 4 from 15 repetitions on and 3 below. Foundation weeks plan RIR 4."""
        assert judge_first_week(wish, track, sets(track, rir=much)) == "due jump"
        assert judge_first_week(wish, track, sets(track, rir=much - 0.01)) == less

    @pytest.mark.parametrize(
        ("wish", "top"),
        [
            (LONG, 20),
            (SHORT, 15),
            ({**LONG, "start": Start(straight_knee=TrackStart(6, 15))}, 25),
        ],
    )
    def test_is_also_given_for_two_repetitions_above_the_range_in_every_set(
        self, wish: SpecFields, top: int
    ) -> None:
        """The range of the last unloaded rung extends to 25."""
        far = sets("SK", reps=top + 2, rir=None)
        assert judge_first_week(wish, "SK", far) == "due jump"
        once = sets("SK", session=2, reps=(top + 2, top + 1))
        assert judge_first_week(wish, "SK", far, once) == "due step"

    @pytest.mark.parametrize(("plain", "expected"), [(1, "due jump"), (3, "due step")])
    def test_compares_the_last_two_good_sessions_with_the_range(
        self, plain: int, expected: str
    ) -> None:
        done = (sets("SK", reps=17), sets("SK", session=plain, reps=12))
        assert judge_first_week(SHORT, "SK", *done) == expected

    @pytest.mark.parametrize(("short", "expected"), [(1, "due jump"), (2, NOT_YET), (3, NOT_YET)])
    def test_needs_two_good_sessions_after_the_last_short_one(
        self, short: int, expected: str
    ) -> None:
        done = (sets("SK", rir=10), sets("SK", session=short, reps=10))
        assert judge_first_week(SHORT, "SK", *done) == expected

    def test_needs_two_good_sessions_of_the_same_week(self) -> None:
        once = (sets("SK", rir=10), sets("SK", session=2, omit=True))
        assert judge_first_week(LONG, "SK", *once, hits=1) == "due step"

    def test_is_not_given_for_repetitions_without_reserve(self) -> None:
        assert judge_first_week(LONG, "SK", sets("SK", reps=22, rir=0)) == HARD

    @pytest.mark.parametrize(
        ("during", "after", "expected"),
        [
            (0, 0, "due jump"),
            (2, 2, "due jump"),
            (2.01, 0, "due step"),
            (0, 2.01, "due step"),
            (None, 0, "due jump"),
            (None, None, "due step"),
        ],
    )
    def test_needs_a_low_pain_score(
        self, during: float | None, after: float | None, expected: str
    ) -> None:
        felt = sessions(morning_pain=None if after is None else MorningPain(after))
        assert judge_first_week(LONG, "SK", sets("SK", rir=10, pain=during), felt) == expected

    @pytest.mark.parametrize("careful", [{"age": 65}, {"age": 17}, {"injury_last_3_months": True}])
    def test_is_not_given_to_cautious_programmes(self, careful: SpecFields) -> None:
        easy = sets("SK", rir=10, reps=40)
        assert judge_first_week({**LONG, **careful}, "SK", easy) == "due up"

    def test_is_not_given_to_a_weak_side(self) -> None:
        done = (sets("SK", side="left", reps=17), sets("SK", side="right", reps=19))
        assert judge_first_week(SHORT, "SK", *done) == "due jump"
        assert judge_first_week(SHORT, "SK", *done, weak="left") == "due step"
        assert judge_first_week(LONG, "SK", sets("SK", rir=10), weak="left") == "due jump"
