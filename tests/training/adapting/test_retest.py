"""A new heel-rise test: which of several counts, and which tracks climb."""

from typing import Any

import pytest

from app.training.adapting import retest
from app.training.log.completed import LoggedTest
from app.training.log.logbook import build_logbook
from app.training.planning.spec import HeelRiseTest, SpecFields
from app.training.planning.standing import Standing, fresh_standing
from tests.training.journal import LONG, Change, Journal, make_id, make_session, sessions, sets
from tests.training.strategies import make_constants


def logged(left: int, right: int, session: int | None = 1) -> Change:
    """Log a heel-rise test with a session."""
    return sessions(session, heel_rise_test=LoggedTest(left, right))


class TestFindLoggedTest:
    def find(self, *tests: tuple[int, int, int]) -> tuple[int, int] | None:
        """Return the test that counts, of tests with place, left and right."""
        done = [
            make_session(session=place, session_id=make_id(n), heel_rise_test=LoggedTest(a, b))
            for n, (place, a, b) in enumerate(tests)
        ]
        log = build_logbook(make_constants(), [*done, make_session(session_id=make_id("none"))])
        return retest.find_logged_test(log.of_week(1))

    def test_is_none_without_a_test(self) -> None:
        assert self.find() is None

    def test_takes_that_of_the_last_session(self) -> None:
        assert self.find((1, 30, 30), (2, 10, 9)) == (10, 9)

    @pytest.mark.parametrize(
        ("better", "worse"),
        [
            # The weaker leg decides, then the sum, then the left leg.
            ((20, 20), (19, 40)),
            ((20, 25), (20, 24)),
            ((25, 20), (20, 25)),
        ],
    )
    def test_takes_the_best_of_one_session(
        self, better: tuple[int, int], worse: tuple[int, int]
    ) -> None:
        assert self.find((1, *better), (1, *worse)) == better
        assert self.find((1, *worse), (1, *better)) == better


def raise_tracks(
    test: tuple[int, int], *, hurt: bool = False, noted: str | None = "heel_rise", **state: Any
) -> Standing:
    """Raise the calf tracks of a beginner, on rung 2, by a test. `state` is that of SK before."""
    constants = make_constants()
    standing = fresh_standing(constants)._replace(test=test)
    calf = standing.tracks["straight_knee"]._replace(hits=1, **state)
    standing = standing._replace(tracks={**standing.tracks, "straight_knee": calf})
    return retest.raise_to_start(
        constants, standing, ("straight_knee", "bent_knee"), hurt=hurt, noted=noted
    )


class TestRaiseToStart:
    @pytest.mark.parametrize(
        ("weaker", "due"), [(9, None), (10, 3), (14, 3), (15, 4), (19, 4), (25, 4)]
    )
    def test_opens_two_rungs_at_most(self, weaker: int, due: int | None) -> None:
        standing = raise_tracks((weaker, 40))
        for track in ("straight_knee", "bent_knee"):
            state = standing.tracks[track]
            assert (state.due, state.due_rung) == ("test" if due else None, due)
        assert standing.tracks["step_up"].due is None

    def test_opens_available_rungs(self) -> None:
        """Without a chair there is no rung 4, so that the second one above is the fifth."""
        constants = make_constants(equipment=(), step_heights_cm=())
        numbers = [rung.number for rung in constants.ladders["bent_knee"]]
        standing = fresh_standing(constants)._replace(test=(30, 30))
        found = retest.raise_to_start(
            constants, standing, ["bent_knee"], hurt=False, noted="heel_rise"
        )
        before, after = standing.tracks["bent_knee"].rung.number, found.tracks["bent_knee"]
        assert after.due_rung == numbers[numbers.index(before) + 2]

    def test_forgets_the_count_of_good_sessions(self) -> None:
        standing = raise_tracks((15, 15))
        assert standing.tracks["straight_knee"].hits == 0

    @pytest.mark.parametrize(
        ("how", "calf", "other"),
        [
            ({"hurt": True}, None, None),
            ({"suspended": True}, None, "test"),
            ({"reduce": True}, None, "test"),
        ],
    )
    def test_opens_nothing_in_pain(
        self, how: dict[str, Any], calf: str | None, other: str | None
    ) -> None:
        standing = raise_tracks((30, 30), **how)
        due = [standing.tracks[track].due for track in ("straight_knee", "bent_knee")]
        assert due == [calf, other]

    @pytest.mark.parametrize(
        ("test", "noted", "notes"),
        [
            ((4, 30), "heel_rise", ("RETEST_LOWER",)),
            ((5, 5), "heel_rise", ()),
            ((30, 30), "heel_rise", ()),
            ((4, 30), None, ()),
        ],
    )
    def test_notes_a_test_that_points_lower(
        self, test: tuple[int, int], noted: str | None, notes: tuple[str, ...]
    ) -> None:
        standing = raise_tracks(test, noted=noted)
        assert standing.notes == notes
        assert standing.tracks["straight_knee"].due is None or test == (30, 30)

    def test_notes_nothing_if_another_track_is_raised(self) -> None:
        rung = make_constants().ladders["straight_knee"][-1]
        standing = raise_tracks((19, 19), rung=rung)
        assert [standing.tracks[t].due for t in ("straight_knee", "bent_knee")] == [None, "test"]
        assert standing.notes == ()


class TestInProgrammes:
    def test_climbs_in_the_next_build_week_with_the_sets_of_a_start(self) -> None:
        journal = Journal(**LONG).train(weeks=2).train(logged(24, 22))
        assert (journal.week.kind, journal.state("SK").due) == ("deload", "test")
        journal.train()
        assert journal.codes == ["RETEST_UP", "RETEST_UP", "NEXT_RUNG"]
        assert "SK4 2x12 R4; BK4 2x12 R4; SU3 3x12 R3 h18" in journal.week_text

    def test_waits_for_training_after_a_test_without_a_set(self) -> None:
        test = make_session(week=2, heel_rise_test=LoggedTest(25, 25))
        journal = Journal(**LONG).train()
        journal.log.append(test)
        journal.skip()
        assert journal.followed.standing.test == (25, 25)
        assert journal.codes == ["RETEST_UP", "RETEST_UP", "MISSED_WEEK_REPEAT"]

    def test_counts_a_test_before_the_first_set(self) -> None:
        journal = Journal()
        journal.log.append(make_session(heel_rise_test=LoggedTest(12, 12)))
        assert journal.skip().followed.standing.test == (12, 12)
        assert (journal.state("SK").rung.number, journal.codes[0]) == (3, "NO_DATA_START")

    def test_does_not_climb_while_any_track_hurts(self) -> None:
        journal = Journal(**LONG).train(logged(24, 22), sets("SU", pain=3))
        assert journal.codes == ["ADD_REPS", "ADD_REPS", "PAIN_ACCEPTABLE_HOLD"]

    def test_shows_the_note_for_one_week(self) -> None:
        wish: SpecFields = {**LONG, "heel_rise_test": HeelRiseTest(26, 26)}
        journal = Journal(**wish).train(logged(11, 11))
        assert [note.code for note in journal.week.notes] == ["RETEST_LOWER"]
        assert journal.state("SK").rung.number == 6
        assert journal.train().week.notes == ()
