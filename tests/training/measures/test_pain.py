"""The worst pain of each week and its zone (science part 5)."""

import pytest

from app.training.catalog.track_definitions import BASE_TRACKS
from app.training.log.completed import MorningPain
from app.training.measures.pain import PainScore, PainWeek, Zone
from tests.training.journal import FIRST_DAY, Journal, sessions, sets
from tests.training.measures.measured import measure, measure_first_week


class TestMeasurePain:
    def test_is_the_worst_of_a_week(self) -> None:
        result = measure_first_week(
            sets("BK", session=2, pain=(1, 4)),
            sessions(session=1, morning_pain=MorningPain(2)),
        )
        assert result.pain.weeks[0] == PainWeek(
            week=1,
            during=PainScore(4, "3-5"),
            morning=PainScore(2, "0-2"),
            tracks={
                "straight_knee": PainScore(2, "0-2"),
                "bent_knee": PainScore(4, "3-5"),
                "step_up": PainScore(2, "0-2"),
            },
        )

    @pytest.mark.parametrize(
        ("score", "zone"),
        [(0, "0-2"), (2.99, "0-2"), (3, "3-5"), (5, "3-5"), (5.01, "6-10"), (10, "6-10")],
    )
    def test_has_the_zones_of_the_programme(self, score: float, zone: Zone) -> None:
        during = measure_first_week(sets("SU", pain=score)).pain.weeks[0].during
        assert during == PainScore(score, zone)

    def test_is_none_if_nothing_was_reported(self) -> None:
        result = measure_first_week(sets(pain=None), sessions(morning_pain=None)).pain.weeks[0]
        assert (result.during, result.morning) == (None, None)
        assert result.tracks == dict.fromkeys(BASE_TRACKS)

    def test_counts_warm_up_sets_and_sets_of_zero_repetitions(self) -> None:
        warm_up, begun = sets("SK", kind="warmup", pain=3), sets("BK", reps=0, pain=4)
        tracks = measure_first_week(warm_up, begun).pain.weeks[0].tracks
        assert tracks["straight_knee"] == PainScore(3, "3-5")
        assert tracks["bent_knee"] == PainScore(4, "3-5")

    def test_keeps_the_week_that_pain_has_blocked(self) -> None:
        journal = Journal().train().train(sets("SK", pain=7)).train(sets("BK", pain=7))
        result = measure(journal)
        assert result.status == "blocked"
        worst = [week.during and week.during.score for week in result.pain.weeks]
        assert worst == [0, 7, 7]

    def test_puts_the_pain_of_a_late_session_into_the_week_of_its_date(self) -> None:
        late = sessions(2, days=5, morning_pain=MorningPain(4))
        dated = Journal(start_date=FIRST_DAY).train(late)
        mornings = [week.morning and week.morning.score for week in measure(dated).pain.weeks]
        assert mornings == [0, 4]

    def test_counts_a_site_for_its_tracks(self) -> None:
        result = measure_first_week(sessions(morning_pain=MorningPain(4, "knee"))).pain.weeks[0]
        assert result.tracks == {
            "straight_knee": PainScore(0, "0-2"),
            "bent_knee": PainScore(0, "0-2"),
            "step_up": PainScore(4, "3-5"),
        }

    def test_includes_a_morning_whose_track_was_not_trained(self) -> None:
        result = measure_first_week(
            sets("SU", omit=True), sessions(morning_pain=MorningPain(4, "hip"))
        ).pain.weeks[0]
        assert result.morning == PainScore(4, "3-5")
        assert result.tracks["step_up"] is None

    def test_is_separate_for_each_week(self) -> None:
        result = measure(Journal().train(sets(pain=2)).train(sets(pain=1)))
        worst = [week.during and week.during.score for week in result.pain.weeks]
        assert worst == [2, 1, None]
