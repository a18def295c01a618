"""Ladder position (science part 5)."""

from app.training.catalog.track_definitions import TRACKS
from tests.training.journal import Journal, sets
from tests.training.measures.measured import measure


class TestMeasureLadder:
    def test_matches_the_formula(self) -> None:
        result = measure(Journal().train(weeks=9)).ladder.weeks
        knees = [one.tracks["straight_knee"] for one in result]
        # SK2 is 15-20: (15-15)/6, then the lighter week's 12, 18 and 20; SK3 is 12-15.
        assert knees == [2.0, 2.0, 2.0, 1.5, 2.5, 2.83, 3.0, 2.25, 3.75, 4.0]

    def test_uses_the_programme_s_range(self) -> None:
        # The last step-up without a higher box grows to 20, so 18 is (18-12)/(20-12+1).
        result = measure(Journal().train(weeks=9)).ladder.weeks
        assert result[9].tracks["step_up"] == 3.67

    def test_is_none_for_a_track_that_is_left_out(self) -> None:
        result = measure(Journal().train().train(sets("SK", session=1, pain=7))).ladder.weeks
        assert result[2].tracks["straight_knee"] is None
        assert result[2].tracks["step_up"] == 2.0

    def test_uses_the_highest_target_of_a_week(self) -> None:
        # Science A5: the bent-knee raise is 2 sets of 12 on Monday and one of 15 on Thursday.
        result = measure(Journal().train().train(sets("SK", session=1, pain=7))).ladder.weeks
        assert result[2].tracks["bent_knee"] == 2.0

    def test_does_not_fall_between_good_build_weeks(self) -> None:
        result = measure(Journal().train(weeks=11))
        weeks = zip(result.ladder.weeks, result.weeks, strict=True)
        builds = [one.tracks for one, week in weeks if week.kind == "build"]
        for track in TRACKS:
            line = [position or 0 for position in (tracks[track] for tracks in builds)]
            assert line == sorted(line)
