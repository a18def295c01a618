"""The next session: which one, when, and what is left of it."""

import datetime
from collections.abc import Sequence
from typing import Any

from app.training.adapting import followed_program, next_session
from app.training.adapting.next_session import NextSession
from app.training.log.completed import CompletedSession, MorningPain
from tests.training.adapting.outcomes import SHORT
from tests.training.journal import (
    FIRST_DAY,
    Change,
    Journal,
    log_week,
    make_session,
    make_set,
    sessions,
    sets,
)
from tests.training.notation import format_exercise
from tests.training.strategies import make_spec

DATED: dict[str, Any] = {"start_date": FIRST_DAY}
DAY = datetime.timedelta(days=1)
THURSDAY_OFF = sessions(2, omit=True)


def find(
    log: Sequence[CompletedSession] = (), as_of: datetime.date | None = None, **wish: Any
) -> NextSession:
    """Return the next session of a programme, which there must be."""
    found = next_session.find_next(followed_program.follow(make_spec(**wish), log, as_of=as_of))
    assert found
    return found


def log_first_week(*changes: Change, **wish: Any) -> list[CompletedSession]:
    """Return the completed sessions of a first week."""
    return log_week(make_spec(**wish), Journal(**wish).week, *changes)


class TestFindNext:
    def test_is_the_first_session_that_is_not_done(self) -> None:
        monday, thursday = log_first_week()
        assert (find().week, find().session) == (1, 1)
        assert (find([monday]).week, find([monday]).session) == (1, 2)
        assert (find([thursday]).week, find([thursday]).session) == (2, 1)

    def test_is_the_first_of_the_next_week_after_the_last(self) -> None:
        found = find(log_first_week())
        assert (found.week, found.session) == (2, 1)
        assert {why.code for why in found.reasons.values()} == {"RAMP_SETS"}

    def test_has_its_dates_and_week(self) -> None:
        found = find(log_first_week(THURSDAY_OFF, **DATED), **DATED)
        thursday = FIRST_DAY + 3 * DAY
        assert (found.weekday, found.date, found.planned_date) == (3, thursday, thursday)
        assert found.not_before == FIRST_DAY + 2 * DAY
        assert (found.kind, found.phase, found.est_minutes) == ("build", "foundation", 19)

    def test_moves_to_the_day_that_leaves_two_days_of_rest(self) -> None:
        log = log_first_week(THURSDAY_OFF, sessions(1, days=2), **DATED)
        found = find(log, FIRST_DAY + 2 * DAY, **DATED)
        assert (found.planned_date, found.date) == (FIRST_DAY + 3 * DAY, FIRST_DAY + 4 * DAY)

    def test_moves_the_first_of_the_next_week_too(self) -> None:
        log = log_first_week(sessions(1, omit=True), sessions(2, days=4), **DATED)
        found = find(log, FIRST_DAY + 7 * DAY, **DATED)
        assert (found.week, found.date) == (2, FIRST_DAY + 9 * DAY)

    def test_has_no_dates_without_a_start(self) -> None:
        found = find(log_first_week(THURSDAY_OFF))
        assert (found.date, found.planned_date) == (None, None)
        assert found.not_before == FIRST_DAY + 2 * DAY

    def test_is_a_session_of_yesterday_still(self) -> None:
        tuesday = find([], FIRST_DAY + DAY, **DATED)
        assert (tuesday.session, tuesday.date) == (1, FIRST_DAY)
        assert find([], FIRST_DAY + 2 * DAY, **DATED).session == 2

    def test_skips_weeks_that_have_no_session(self) -> None:
        found = find(log_first_week(), pause_weeks=(2, 3))
        assert (found.week, found.session) == (4, 1)
        assert {why.code for why in found.reasons.values()} == {"LONG_BREAK_14"}

    def test_is_none_after_the_last_week(self) -> None:
        spec = make_spec(weeks=1)
        followed = followed_program.follow(spec, log_first_week(weeks=1))
        assert next_session.find_next(followed) is None

    def test_is_none_in_a_block(self) -> None:
        flagged = make_session(red_flags=("night_pain",))
        followed = followed_program.follow(make_spec(), [flagged])
        assert next_session.find_next(followed) is None

    def test_tells_about_its_exercises(self) -> None:
        found = find()
        assert [one.slug for one in found.exercises] == [*found.exercise_details]
        assert found.exercise_details["step-up"].name == "Step-up"


class TestLeft:
    def test_is_unknown_before_the_first_set(self) -> None:
        assert find().left is None

    def test_has_the_exercises_and_minutes_that_remain(self) -> None:
        begun = make_session(*(make_set(set_index=n) for n in (1, 2)), status="in_progress")
        found = find([begun])
        assert (found.session, found.left) == (
            1,
            {"bent_knee": {"both": 2}, "step_up": {"left": 2, "right": 2}},
        )
        assert [one.slug for one in found.exercises] == ["bent-knee-calf-raise", "step-up"]
        # 180 + 240 + 320 + 60 seconds.
        assert found.est_minutes == 14

    def test_counts_the_minutes_of_the_sets_that_remain(self) -> None:
        """One set of 90 seconds remains of the first exercise: 180 + 90 + 240 + 320 + 120."""
        assert find([make_session(make_set(), status="in_progress")]).est_minutes == 16

    def test_starts_with_a_set_of_no_repetition(self) -> None:
        begun = make_session(make_set(reps=0), status="in_progress")
        left = find([begun]).left
        assert left
        assert left["straight_knee"] == {"both": 2}

    def test_includes_the_extra_set_of_a_weak_side(self) -> None:
        behind = (sets("SK", side="left", reps=12), sets("SK", side="right", reps=15))
        journal = Journal(**SHORT).train(*behind)
        done = [sessions(1, status="in_progress"), sessions(2, omit=True), sessions(3, omit=True)]
        journal.log += log_week(
            journal.spec,
            journal.week,
            *done,
            sets("SK", omit=True),
            sets("SU", number=1, omit=True),
        )
        found = next_session.find_next(journal.followed)
        assert found
        assert found.left == {
            "straight_knee": {"left": 4, "right": 3},
            "step_up": {"left": 1, "right": 1},
        }

    def test_is_over_the_day_after(self) -> None:
        begun = make_session(make_set(), status="in_progress")
        assert find([begun], FIRST_DAY, **DATED).left is not None
        tomorrow = find([begun], FIRST_DAY + DAY, **DATED)
        assert (tomorrow.session, tomorrow.left) == (2, None)


class TestPain:
    def test_is_told_with_a_track_that_is_out(self) -> None:
        found = find(log_first_week(THURSDAY_OFF, sets("SK", session=1, pain=7)))
        assert (found.week, found.session) == (1, 2)
        assert [format_exercise(one) for one in found.exercises] == [
            "BK2 1x15 R5",
            "SU2 2x15 R4 h18",
        ]
        codes = [why.code for why in found.reasons.values()]
        assert codes == ["PAIN_ABOVE_5", "SIBLING_PAIN", "START"]

    def test_is_told_with_the_next_week(self) -> None:
        found = find(log_first_week(sets("SK", session=2, pain=7)))
        assert (found.week, found.session) == (2, 1)
        codes = [why.code for why in found.reasons.values()]
        assert codes == ["PAIN_ABOVE_5", "SIBLING_PAIN", "RAMP_SETS"]

    def test_empties_the_next_week_and_reduces_the_one_after(self) -> None:
        log = log_first_week(THURSDAY_OFF, sets(pain=7))
        found = find(log)
        assert (found.week, found.session) == (3, 1)
        assert {one.rpe for exercise in found.exercises for one in exercise.sets} == {5}

    def test_reduces_the_rest_of_a_session_under_way(self) -> None:
        sore = make_set(pain=2)
        begun = make_session(sore, status="in_progress", morning_pain=MorningPain(3, "calf"))
        found = find([begun], ramp="direct")
        assert found.left is not None
        assert found.left["straight_knee"] == {"both": 1}
        assert [format_exercise(one) for one in found.exercises][1] == "BK2 3x15 R3"
