"""How a week went for each track: pain before work, and the week that is done as prescribed."""

from typing import Any

import pytest

from app.training.adapting import judgement
from app.training.adapting.judgement import Judgement
from app.training.adapting.track_outcome import WorkOutcome
from app.training.catalog.track_definitions import Track
from app.training.log.logbook import WeekLog, build_logbook
from app.training.log.set_records import scale
from app.training.planning.spec import SpecFields
from app.training.planning.standing import PAIN_CODES
from tests.training.journal import CORE, LONG, P2, Change, Journal, log_week, sessions, sets

STABBING = sets("SK", session=1, pain=7)


def judge_next_week(journal: Journal, *changes: Change) -> dict[Track, Judgement]:
    """Return the judgement of the next week, done with these changes."""
    running = journal.followed.running
    assert running
    constants = journal.followed.constants
    done = log_week(journal.spec, journal.week, *changes)
    log = build_logbook(constants, done).of_week(running.planned.index)
    return judgement.judge_week(constants, running.planned, log)


def assume_next_week(journal: Journal) -> dict[Track, Judgement]:
    """Return the judgement of the next week as if it were done as prescribed."""
    running = journal.followed.running
    assert running
    return judgement.assume_perfect_week(journal.followed.constants, running.planned)


class TestJudgeWeek:
    def test_has_the_work_of_each_track_in_a_build_week(self) -> None:
        judged = judge_next_week(Journal(**LONG), sets("SU", omit=True))
        step = WorkOutcome(None, 2, "step", None)
        assert judged["straight_knee"] == Judgement(0, None, True, step)
        missed = WorkOutcome("TRACK_MISSED_REPEAT", 0, None, None)
        assert judged["step_up"] == Judgement(None, None, False, missed)

    def test_has_no_work_beside_a_pain_rule(self) -> None:
        judged = judge_next_week(Journal(**LONG), sets("SK", pain=3))
        assert judged["straight_knee"] == Judgement(scale(3), "PAIN_ACCEPTABLE_HOLD", True, None)
        assert judged["bent_knee"].work is not None

    def test_has_no_work_in_other_weeks(self) -> None:
        deload = Journal(**LONG).train(weeks=3)
        assert deload.week.kind == "deload"
        assert judge_next_week(deload)["straight_knee"] == Judgement(0, None, True, None)

    @pytest.mark.parametrize(
        ("way", "trained"),
        [({"reps": 0}, False), ({"kind": "warmup"}, False), ({"reps": 1}, True)],
    )
    def test_calls_a_track_trained_after_a_repetition(
        self, way: dict[str, Any], trained: bool
    ) -> None:
        judged = judge_next_week(Journal(**LONG), sets("SK", **way))["straight_knee"]
        assert (judged.trained, judged.pain) == (trained, 0)

    def test_calls_a_track_trained_by_another_exercise(self) -> None:
        easier = sets("SK", exercise="two-leg-calf-raise-floor")
        assert judge_next_week(Journal(**LONG), easier)["straight_knee"].trained

    def test_knows_no_pain_of_an_empty_log(self) -> None:
        running = Journal().followed.running
        assert running
        judged = judgement.judge_week(Journal().followed.constants, running.planned, WeekLog())
        assert {one.pain for one in judged.values()} == {None}


class TestAssumePerfectWeek:
    @pytest.mark.parametrize("wish", [LONG, P2, CORE, {"days_per_week": 1}])
    @pytest.mark.parametrize(
        "weeks",
        [
            [],
            [(), (), ()],
            [(), (sets("SK", side="left", missed=5),)],
            [(STABBING,)],
            [(STABBING,), ()],
            [(sets(number=2, omit=True),)],
        ],
    )
    def test_equals_the_judgement_of_a_week_that_is_logged_as_prescribed(
        self, wish: SpecFields, weeks: list[tuple[Change, ...]]
    ) -> None:
        journal = Journal(**wish)
        for changes in weeks:
            journal.train(*changes)
        silent = sessions(morning_pain=None)
        assert assume_next_week(journal) == judge_next_week(journal, silent)

    def test_returns_a_suspended_track(self) -> None:
        judged = assume_next_week(Journal(**LONG).train(STABBING))
        assert judged["straight_knee"] == Judgement(None, "RETURN_AFTER_PAIN", False, None)


class TestFindSoreTissues:
    @pytest.mark.parametrize(
        ("hurt", "tissues"),
        [
            ([], set()),
            ([sets("BK", pain=6)], {"calf"}),
            ([sets("SK", pain=6), sets("SU", pain=6)], {"calf", "step"}),
            ([sets("PL", pain=6)], {"trunk"}),
            ([sets("SK", pain=5)], set()),
        ],
    )
    def test_returns_those_that_pain_stopped(self, hurt: list[Change], tissues: set[str]) -> None:
        judged = judge_next_week(Journal(**CORE), *hurt)
        assert judgement.find_sore_tissues(judged) == tissues


class TestShowStrongest:
    @pytest.mark.parametrize("place", range(len(PAIN_CODES) - 1))
    def test_prefers_each_pain_code_to_the_next(self, place: int) -> None:
        stronger, weaker = PAIN_CODES[place : place + 2]
        assert judgement.show_strongest(weaker, None, stronger) == stronger

    def test_ignores_reasons_that_are_not_of_pain(self) -> None:
        assert judgement.show_strongest("ADD_REPS", None, "SIBLING_PAIN") == "SIBLING_PAIN"
        assert judgement.show_strongest("ADD_REPS", None) is None
