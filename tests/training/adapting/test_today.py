"""What to do today: one status and one sentence for each kind of day, with the sets if any."""

import datetime
from collections.abc import Sequence
from typing import Any

import pytest

from app.training.adapting import followed_program, today
from app.training.adapting.today import Today
from app.training.catalog.reasons import BLOCKS, TODAY_SENTENCES
from app.training.log.completed import CompletedSession, MorningPain
from app.training.planning.load import Load
from app.training.planning.spec import Pause, Race
from tests.training.adapting.outcomes import LOADED
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
from tests.training.strategies import make_spec

# Monday the first and Thursday the fourth of March.
DATED: dict[str, Any] = {"start_date": FIRST_DAY}
DAY = datetime.timedelta(days=1)
THURSDAY_OFF = sessions(2, omit=True)
TRAIN = "Session 1 of week 1: 3 exercises, about 19 minutes."


def tell(log: Sequence[CompletedSession] = (), day: int = 0, **wish: Any) -> Today:
    """Tell what to do some days after the first one, in a programme with dates."""
    date = FIRST_DAY + day * DAY
    spec = make_spec(**(DATED | wish))
    return today.build_today(followed_program.follow(spec, log, as_of=date), date)


def log_first_week(*changes: Change, **wish: Any) -> list[CompletedSession]:
    """Return the completed sessions of a first week."""
    wanted = make_spec(**(DATED | wish))
    return log_week(wanted, Journal(wanted).week, *changes)


def list_sets(found: Today) -> dict[str, list[tuple[str, int, int | None]]]:
    """Return side, count and repetitions of the sets of each exercise."""
    return {
        one.slug: [(each.side, each.count, each.reps) for each in one.sets]
        for one in found.exercises
    }


class TestTrain:
    def test_lists_the_sets_of_the_session(self) -> None:
        found = tell()
        assert (found.status, found.sentence) == ("train", TRAIN)
        assert (found.week, found.session, found.not_before) == (1, 1, None)
        assert [one.name for one in found.exercises][2] == "Step-up"
        assert list_sets(found) == {
            "straight-leg-calf-raise": [("both", 2, 15)],
            "bent-knee-calf-raise": [("both", 2, 15)],
            "step-up": [("left", 2, 15), ("right", 2, 15)],
        }

    def test_names_the_load(self) -> None:
        (*_, step) = tell(**LOADED).exercises
        assert {(one.load, one.reps_max) for one in step.sets} == {(Load(6, "kg"), 12)}

    def test_asks_for_seconds_of_a_hold(self) -> None:
        found = tell(core=("plank",))
        (plank,) = found.exercises[-1].sets
        assert (plank.reps, plank.seconds, plank.seconds_max) == (None, 20, 30)

    def test_offers_the_session_of_yesterday(self) -> None:
        assert tell(day=1) == tell()

    def test_has_one_exercise(self) -> None:
        assert tell(session_minutes=10, weekdays=(0, 1)).sentence.startswith(
            "Session 1 of week 1: 2 exercises"
        )
        hurt = log_first_week(THURSDAY_OFF, sets("SK", pain=7), sets("BK", pain=7))
        assert "Session 2 of week 1: 1 exercise, about" in tell(hurt, 3).sentence

    def test_is_told_without_dates_too(self) -> None:
        assert tell(start_date=None, day=100).status == "train"


class TestContinue:
    def test_lists_what_is_left(self) -> None:
        done = [make_set(set_index=n) for n in (1, 2)]
        begun = make_session(*done, make_set(exercise="step-up", side="left"), status="in_progress")
        found = tell([begun])
        assert found.status == "continue"
        assert (
            found.sentence == "Go on with session 1 of week 1: 2 exercises left, about 14 minutes."
        )
        assert list_sets(found) == {
            "bent-knee-calf-raise": [("both", 2, 15)],
            "step-up": [("left", 1, 15), ("right", 2, 15)],
        }

    def test_leaves_out_a_side_that_is_done(self) -> None:
        done = [make_set(exercise="step-up", side="left", set_index=n) for n in (1, 2)]
        found = tell([make_session(*done, status="in_progress")])
        assert list_sets(found)["step-up"] == [("right", 2, 15)]


class TestRest:
    def test_names_the_next_day(self) -> None:
        found = tell(log_first_week(THURSDAY_OFF), 1)
        assert found == Today(
            "rest", "Rest today; next is Thursday 2027-03-04.", (), FIRST_DAY + 3 * DAY
        )

    def test_waits_for_the_first_day(self) -> None:
        assert tell(day=-3).sentence == "Rest today; next is Monday 2027-03-01."

    def test_waits_for_rest_without_dates(self) -> None:
        log = log_first_week(THURSDAY_OFF)
        found = tell(log, 1, start_date=None)
        assert (found.status, found.not_before) == ("rest", FIRST_DAY + 2 * DAY)
        assert tell(log, 2, start_date=None).status == "train"

    def test_says_that_it_is_a_pause(self) -> None:
        pause = Pause(FIRST_DAY + 3 * DAY, FIRST_DAY + 8 * DAY)
        found = tell(log_first_week(THURSDAY_OFF), 4, pauses=(pause,))
        assert (found.status, found.sentence) == (
            "rest",
            "A planned pause; next is Thursday 2027-03-11.",
        )

    def test_says_that_pain_emptied_the_week(self) -> None:
        found = tell(log_first_week(sets(session=2, pain=7)), 8)
        assert found.status == "rest"
        pain, because = found.sentence.split(" Rest, because it hurt;")
        assert pain.startswith("Straight-knee calf raises, bent-knee calf raises, step-ups: Pain")
        assert pain.endswith("see a professional.")
        assert because == " next is Monday 2027-03-15, easier."


class TestDone:
    def test_names_the_next_day(self) -> None:
        found = tell(log_first_week(THURSDAY_OFF))
        assert found == Today(
            "done", "Done for today; next is Thursday 2027-03-04.", (), FIRST_DAY + 3 * DAY
        )

    def test_needs_a_repetition(self) -> None:
        begun = [sets(reps=0), sessions(1, status="abandoned")]
        assert tell(log_first_week(THURSDAY_OFF, *begun)).status == "rest"


class TestRace:
    @pytest.mark.parametrize("taper", [True, False])
    def test_asks_for_nothing_else(self, taper: bool) -> None:
        race = Race(FIRST_DAY + 9 * DAY, taper)
        found = tell(log_first_week(), 9, races=(race,), weeks=4)
        assert found == Today("race", TODAY_SENTENCES["race"], ())

    def test_comes_before_the_end_of_the_programme(self) -> None:
        race = Race(FIRST_DAY + 20 * DAY, False)
        assert tell([], 20, races=(race,), weeks=1).status == "race"
        assert tell([], 21, races=(race,), weeks=1).status == "finished"


class TestBlocked:
    def test_says_only_that(self) -> None:
        flagged = make_session(red_flags=("night_pain",))
        sentence = BLOCKS["WARNING_SIGN_LOGGED"].sentence
        assert tell([flagged]) == Today("blocked", sentence, ())

    def test_comes_before_a_race(self) -> None:
        flagged = make_session(red_flags=("night_pain",))
        race = Race(FIRST_DAY, False)
        assert tell([flagged], races=(race,), weeks=3).status == "blocked"


class TestFinished:
    @pytest.mark.parametrize("day", [3, 30])
    def test_says_that_the_programme_is_done(self, day: int) -> None:
        found = tell(log_first_week(weeks=1), day, weeks=1)
        assert found == Today("finished", "This programme is done.", ())


class TestPain:
    @pytest.mark.parametrize(("day", "status"), [(0, "done"), (1, "rest"), (3, "train")])
    def test_comes_first_with_the_name_of_a_track_that_is_out(self, day: int, status: str) -> None:
        found = tell(log_first_week(THURSDAY_OFF, sets("SK", pain=7)), day)
        assert found.status == status
        why, then = found.sentence.split(" If it persists, see a professional. ")
        assert why.startswith(
            "Straight-knee calf raises: Pain above 5/10: leave this exercise out for"
        )
        assert then.split()[0] in {"Done", "Rest", "Session"}

    def test_comes_first_with_the_names_of_the_exercises(self) -> None:
        sore = sessions(1, morning_pain=MorningPain(4, "knee"))
        found = tell(log_first_week(THURSDAY_OFF, sore), 3)
        assert found.sentence.startswith(
            "Step-ups: Worse the morning after: about half the work. Session 2 of week 1:"
        )

    def test_comes_before_a_race(self) -> None:
        race = Race(FIRST_DAY + 9 * DAY, False)
        log = log_first_week(sets("SU", session=2, pain=3), races=(race,), weeks=4)
        found = tell(log, 9, races=(race,), weeks=4)
        assert found.status == "race"
        assert found.sentence.startswith("Step-up")
        assert found.sentence.endswith(TODAY_SENTENCES["race"])

    @pytest.mark.parametrize("weeks", [1, 2, 4])
    def test_comes_before_a_pause_of_any_length(self, weeks: int) -> None:
        pause = Pause(FIRST_DAY + 7 * DAY, FIRST_DAY + (7 * weeks + 6) * DAY)
        log = log_first_week(sets("SK", session=2, pain=7), pauses=(pause,))
        found = tell(log, 3, pauses=(pause,))
        assert found.sentence.startswith("Straight-knee calf raises: Pain above 5/10")

    def test_comes_before_the_end_of_the_programme(self) -> None:
        log = log_first_week(sets("SK", session=2, pain=7), weeks=1)
        found = tell(log, 8, weeks=1)
        assert found.status == "finished"
        assert found.sentence.startswith("Straight-knee calf raises: Pain above 5/10")
        assert found.sentence.endswith(TODAY_SENTENCES["finished"])

    def test_says_the_strongest_only(self) -> None:
        found = tell(log_first_week(THURSDAY_OFF, sets("SK", pain=7), sets("SU", pain=3)), 3)
        assert "watch zone" not in found.sentence

    def test_is_not_told_once_it_is_over(self) -> None:
        journal = Journal(**DATED).train(sets("SU", pain=3))
        assert "watch zone" in tell(journal.log, 7).sentence
        assert tell(journal.train().log, 14).sentence.startswith("Session 1 of week 3:")
