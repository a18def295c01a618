"""Effort, pain and the balance of both sides (science part 5)."""

from typing import Any

import pytest

from app.training.catalog.tracks import TRACKS
from app.training.log.completed import Load, MorningPain
from app.training.measures import summary
from app.training.measures.progress import PainScore, PainWeek, Progress, SideBalance, Zone
from tests.training.journal import (
    P2,
    Change,
    Journal,
    make_id,
    make_session,
    make_set,
    sessions,
    sets,
)


def measured(journal: Journal) -> Progress:
    return summary.measure(journal.course, journal.log)


def first_week(*changes: Change, **fields: Any) -> Progress:
    """P1 after its first week: 2 x 15 of three seed exercises with 4 in reserve, twice."""
    return measured(Journal(**fields).train(*changes))


class TestEffort:
    def test_is_0_if_the_reserve_was_as_planned(self) -> None:
        week = first_week().effort.weeks[0]
        assert (week.mean, week.tracks) == (0, dict.fromkeys(TRACKS, 0))

    def test_is_the_mean_of_logged_less_planned(self) -> None:
        # Four sets with 4 planned: 4, 4, 1 and 0.
        week = first_week(sets("SK", session=2, rir=(1, 0))).effort.weeks[0]
        assert week.tracks["straight_knee"] == -1.75
        # 4 sets, 4 sets and 8 sides.
        assert week.mean == -0.44

    def test_is_above_0_if_it_was_easier(self) -> None:
        assert first_week(sets(rir=6.5)).effort.weeks[0].mean == 2.5

    def test_reads_exertion_as_reserve(self) -> None:
        assert first_week(sets(rir=None, rpe=8)).effort.weeks[0].mean == -2

    def test_takes_the_harder_of_both(self) -> None:
        assert first_week(sets(rir=6, rpe=10)).effort.weeks[0].mean == -4

    def test_passes_over_sets_without_a_word_on_effort(self) -> None:
        week = first_week(sets("SK", rir=(None, 2)), sets("BK", rir=None)).effort.weeks[0]
        assert (week.tracks["straight_knee"], week.tracks["bent_knee"]) == (-2, None)

    def test_goes_by_the_plan_of_the_week(self) -> None:
        # Four in reserve at first, three from week 3 on, five in the lighter week 4.
        told = measured(Journal().train(sets(rir=4), weeks=4)).effort.weeks
        assert [week.mean for week in told] == [0, 0, 1, -1, None]

    def test_passes_over_a_track_that_was_not_asked_for(self) -> None:
        journal = Journal().train().train(sets("SK", session=1, pain=7))
        journal.log.append(make_session(make_set(set_id=make_id("more"), rir=0), week=3))
        told = measured(journal)
        assert told.hard_sets.weeks[2].calf == 1
        assert told.effort.weeks[2].tracks["straight_knee"] is None


class TestPain:
    def test_is_the_worst_of_a_week(self) -> None:
        told = first_week(
            sets("BK", session=2, pain=(1, 4)),
            sessions(session=1, morning_pain=MorningPain(2)),
        )
        assert told.pain.weeks[0] == PainWeek(
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
    def test_has_the_zones_that_the_programme_goes_by(self, score: float, zone: Zone) -> None:
        during = first_week(sets("SU", pain=score)).pain.weeks[0].during
        assert during == PainScore(score, zone)

    def test_is_unknown_if_nobody_said(self) -> None:
        told = first_week(sets(pain=None), sessions(morning_pain=None)).pain.weeks[0]
        assert (told.during, told.morning, told.tracks) == (None, None, dict.fromkeys(TRACKS))

    def test_counts_warm_up_sets_but_no_set_that_was_not_begun(self) -> None:
        told = first_week(sets("SK", kind="warmup", pain=3), sets("BK", reps=0, pain=9))
        assert told.pain.weeks[0].during == PainScore(3, "3-5")

    def test_takes_a_site_for_the_tracks_that_it_speaks_for(self) -> None:
        told = first_week(sessions(morning_pain=MorningPain(4, "knee"))).pain.weeks[0]
        assert told.tracks == {
            "straight_knee": PainScore(0, "0-2"),
            "bent_knee": PainScore(0, "0-2"),
            "step_up": PainScore(4, "3-5"),
        }

    def test_shows_a_morning_whose_site_was_not_trained(self) -> None:
        told = first_week(
            sets("SU", omit=True), sessions(morning_pain=MorningPain(4, "hip"))
        ).pain.weeks[0]
        assert told.morning == PainScore(4, "3-5")
        assert told.tracks["step_up"] is None

    def test_belongs_to_its_week(self) -> None:
        told = measured(Journal().train(sets(pain=2)).train(sets(pain=1)))
        worst = [week.during and week.during.score for week in told.pain.weeks]
        assert worst == [2, 1, None]


class TestAsymmetry:
    def test_agrees_with_a_week_by_hand(self) -> None:
        # Science A10: 12 on the left, 15 on the right, in all sessions of week 5.
        journal = Journal(**P2).train(weeks=4).train(sets("SK", side="left", reps=12, rir=0))
        week = measured(journal).asymmetry.weeks[4]
        assert week.tracks["straight_knee"] == SideBalance(
            left_reps=12, right_reps=15, percent=20, four_week_percent=5, behind="left"
        )

    def test_is_0_if_both_sides_are_level(self) -> None:
        week = first_week(**P2).asymmetry.weeks[0]
        assert week.tracks["straight_knee"] == SideBalance(12, 12, 0, 0, None)

    def test_takes_the_mean_of_all_sets_of_a_side(self) -> None:
        # Mondays 15 and 12, Thursdays 15 and 15: 14.25 on the right.
        told = first_week(sets("SU", session=1, side="right", reps=(15, 12)))
        assert told.asymmetry.weeks[0].tracks["step_up"] == SideBalance(
            left_reps=15, right_reps=14.25, percent=5, four_week_percent=5, behind="right"
        )

    def test_takes_the_mean_of_four_weeks_that_have_one(self) -> None:
        journal = Journal()
        for reps in (14, 13, None, 12, 15):
            one_side = sets("SU", side="left", reps=reps or 15, omit=reps is None)
            journal.train(one_side, sets("SU", side="right", reps=15))
        rows = [week.tracks["step_up"] for week in measured(journal).asymmetry.weeks]
        # 1/15, 2/15, none, 3/15, 0: the fifth week has left the first behind.
        assert [row and row.percent for row in rows] == [7, 13, None, 20, 0, None]
        assert [row and row.four_week_percent for row in rows] == [7, 10, None, 13, 11, None]

    @pytest.mark.parametrize("side", ["both", None])
    def test_takes_no_set_that_names_neither_side(self, side: str | None) -> None:
        journal = Journal()
        done = (make_set(exercise="step-up", side=one) for one in ("left", side))
        journal.log.append(make_session(*done))
        assert measured(journal).asymmetry.weeks[0].tracks["step_up"] is None

    def test_is_nothing_for_exercises_of_both_legs(self) -> None:
        journal = Journal()
        journal.log.append(make_session(*(make_set(side=one) for one in ("left", "right"))))
        assert measured(journal).asymmetry.weeks[0].tracks["straight_knee"] is None

    def test_takes_no_easier_exercise_or_load(self) -> None:
        easier = sets("SU", side="left", exercise="supported-step-up", reps=30)
        assert first_week(easier).asymmetry.weeks[0].tracks["step_up"] is None
        lighter = sets("SK", side="left", load=Load(1, "kg"), reps=30)
        told = measured(Journal(**P2).train(weeks=10).train(lighter))
        assert told.asymmetry.weeks[10].tracks["straight_knee"] is None
