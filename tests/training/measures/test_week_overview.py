"""The weeks of followed programmes at a glance (science part 5)."""

import pytest

from app.training.catalog.track_definitions import BASE_TRACKS
from app.training.measures.week_overview import build_overview, build_overview_across
from tests.training.journal import CORE, Journal, sets
from tests.training.measures.measured import measure


class TestBuildOverview:
    def test_shows_what_was_done_and_what_is_to_come(self) -> None:
        journal = Journal(weeks=6).train(sets("SK", reps=10)).train()
        weeks = build_overview(journal.followed)
        assert [(one.index, one.kind) for one in weeks] == [
            (1, "build"), (2, "build"), (3, "build"), (4, "deload"), (5, "build"), (6, "build")
        ]  # fmt: skip
        assert [one.done is not None for one in weeks] == [True, True, True, False, False, False]
        assert weeks[0].planned == dict.fromkeys(BASE_TRACKS, 60)
        assert weeks[0].done == {"straight_knee": 40, "bent_knee": 60, "step_up": 60}
        assert sum((weeks[2].done or {}).values()) == 0

    def test_has_the_volumes_of_the_followed_programme(self) -> None:
        journal = Journal(**CORE).train(weeks=3).train(sets("BK", pain=4))
        followed = journal.followed
        for shown, week in zip(build_overview(followed), followed.weeks(), strict=True):
            assert shown.planned == pytest.approx(week.effective_volume, abs=0.01)
            assert sum((shown.planned_holds or {}).values()) == week.total_hold_s

    def test_has_the_positions_of_the_measure(self) -> None:
        journal = Journal(**CORE).train(weeks=6)
        shown = build_overview(journal.followed)
        for one, week in zip(shown, measure(journal).ladder.weeks, strict=False):
            assert one.position == pytest.approx(week.tracks, abs=0.006)

    def test_does_not_move_a_track_whose_dose_is_reduced(self) -> None:
        journal = Journal().train(weeks=4).train(sets("SK", pain=4)).train(sets("SK", pain=4))
        shown = build_overview(journal.followed)
        assert [one.position["straight_knee"] for one in shown[4:8]] == [2.5, 2.5, 2.5, 2.5]

    def test_has_the_worst_pain(self) -> None:
        journal = Journal().train(sets("SK", pain=2)).train(sets("BK", pain=5.5))
        pains = [one.worst_pain for one in build_overview(journal.followed)[:3]]
        assert pains == [2, 5.5, None]

    def test_has_holds_only_with_core_tracks(self) -> None:
        plain = build_overview(Journal().train().followed)[0]
        assert (plain.planned_holds, plain.done_holds) == (None, None)
        half = Journal(core=("plank",)).train(sets("PL", session=2, omit=True))
        week = build_overview(half.followed)[0]
        assert (week.planned_holds or {})["plank"] == 80
        assert (week.done_holds or {})["plank"] == 40

    def test_shows_the_week_that_ended_with_a_block(self) -> None:
        journal = Journal().train(sets("SK", pain=7)).train(sets("BK", pain=7))
        weeks = build_overview(journal.followed)
        assert [one.worst_pain for one in weeks] == [7, 7]


class TestBuildOverviewAcross:
    def test_goes_on_from_one_programme_to_the_next(self) -> None:
        first = Journal(weeks=12).train(weeks=6)
        second = first.carry_on().train(weeks=2)
        line = [(one.followed, one.log) for one in (first, second)]
        longer = Journal(weeks=12).train(weeks=8)
        assert build_overview_across(line) == build_overview(longer.followed)
