"""Pain: its rule at each boundary, and the weeks that follow."""

from typing import Any

import pytest

from app.training.adapting import track_outcome
from app.training.adapting.fold import Block
from app.training.adapting.track_outcome import Pain
from app.training.log.completed import MorningPain
from app.training.log.logbook import build_logbook
from app.training.log.set_records import scale
from app.training.planning.spec import SpecFields
from app.training.planning.start import Start, TrackStart
from tests.training.histories import Week, log_next
from tests.training.journal import (
    LONG,
    Change,
    Journal,
    judge_first_week,
    make_id,
    make_session,
    make_set,
    sessions,
    sets,
)
from tests.training.notation import TRACK
from tests.training.strategies import make_constants

# Full sets from the start, and no deload weeks.
FREE: SpecFields = {**LONG, "deload_every": 0}

STOP = "PAIN_ABOVE_5"
SIBLING = "SIBLING_PAIN"
WORSE = "PAIN_WORSE_NEXT_MORNING"
PERSISTS = "PAIN_PERSISTS"
STAYS = "PAIN_NOT_SETTLING"
WATCH = "PAIN_ACCEPTABLE_HOLD"
BACK = "RETURN_AFTER_PAIN"
RESUME = "RESUME_FULL"


def make_morning(
    score: float | None, site: str | None = None, session: int | None = None
) -> Change:
    """Return a change with pain on a morning after."""
    return sessions(session, morning_pain=None if score is None else MorningPain(score, site))


def find_pain(track: str, *changes: Change, **wish: Any) -> Pain:
    """Return the pain of a track in a first week that is done with these changes."""
    journal = Journal(**{**LONG, **wish}).train(*changes)
    log = build_logbook(journal.followed.constants, journal.log).of_week(1)
    return track_outcome.find_pain(log, TRACK[track])


def list_codes(journal: Journal) -> list[str]:
    return [journal.reason(track).code for track in ("SK", "BK", "SU")]


class TestFindPain:
    def test_is_the_worst_of_the_week_for_its_track(self) -> None:
        worst = sets("SK", session=1, pain=(0, 4.25, 1))
        assert find_pain("SK", worst) == Pain(scale(4.25), False)
        assert find_pain("BK", worst) == Pain(0, False)

    def test_is_unknown_if_it_was_not_reported(self) -> None:
        silent = (sets(pain=None), sessions(morning_pain=None))
        assert find_pain("SK", *silent) == Pain(None, False)
        assert judge_first_week(LONG, "SK", *silent) == "due step"

    @pytest.mark.parametrize(
        "way", [{"kind": "warmup"}, {"reps": 0}, {"reps": None}, {"reps": 101}]
    )
    def test_counts_in_sets_whose_work_does_not(self, way: dict[str, Any]) -> None:
        felt = sets("SK", session=1, pain=6, **way)
        assert find_pain("SK", felt).worst == scale(6)

    def test_counts_in_an_exercise_that_was_not_prescribed(self) -> None:
        felt = sets("SK", session=1, pain=6, exercise="two-leg-calf-raise-floor")
        assert find_pain("SK", felt).worst == scale(6)

    @pytest.mark.parametrize(
        ("during", "score", "worse"),
        [
            (0, 2.99, False),
            (2, 3, True),
            (3, 3, False),
            (3, 3.01, True),
            (4, 3, False),
            (None, 3, True),
            (5, 5, False),
            (0, 5, True),
        ],
    )
    def test_is_worse_if_a_morning_of_3_exceeds_each_set_before_it(
        self, during: float | None, score: float, worse: bool
    ) -> None:
        felt = (sets(pain=during), make_morning(score))
        assert find_pain("SK", *felt) == Pain(scale(max(score, during or 0)), worse)

    def test_compares_a_morning_with_the_sets_of_its_own_session(self) -> None:
        felt = (sets("SK", session=1, pain=5), make_morning(4, session=2))
        assert find_pain("SK", *felt) == Pain(scale(5), True)

    def test_counts_a_morning_for_tracks_of_its_session(self) -> None:
        felt = (sets("SK", session=2, omit=True), make_morning(7, session=2))
        assert find_pain("SK", *felt).worst == 0
        assert find_pain("BK", *felt).worst == scale(7)

    @pytest.mark.parametrize(
        ("site", "sore"),
        [
            ("achilles", {"SK", "BK"}),
            ("knee", {"SU"}),
            ("shoulder", {"SP", "PL"}),
            ("thigh", {"BR"}),
            ("back", {"SU", "SP", "BR", "PL"}),
            ("elbow", set(TRACK)),
            (None, set(TRACK)),
        ],
    )
    def test_counts_a_morning_for_the_tracks_of_its_site(
        self, site: str | None, sore: set[str]
    ) -> None:
        six: dict[str, Any] = {"core": ("side_plank", "bridge", "plank"), "session_minutes": 90}
        found = {t for t in TRACK if find_pain(t, make_morning(6, site), **six).worst == scale(6)}
        assert found == sore


class TestJudgePain:
    @pytest.mark.parametrize(
        ("pain", "expected"),
        [
            (None, "due step"),
            (2, "due step"),
            (2.9999, "due step"),
            (3, WATCH),
            (5, WATCH),
            (5.01, STOP),
            (10, STOP),
        ],
    )
    def test_holds_from_three_and_stops_above_five(self, pain: float | None, expected: str) -> None:
        assert judge_first_week(LONG, "SK", sets("SK", session=2, pain=pain)) == expected

    @pytest.mark.parametrize(
        ("before", "now", "expected"),
        [
            (None, 3, WATCH),
            (3, 2.99, "due step"),
            (3, 3, STAYS),
            (3, 4, STAYS),
            (4, 3, WATCH),
            (4, 3.99, WATCH),
            (3, 5.01, STOP),
        ],
    )
    def test_reduces_if_it_does_not_settle(
        self, before: float | None, now: float, expected: str
    ) -> None:
        known = None if before is None else scale(before)
        assert judge_first_week(LONG, "SK", sets(pain=now), pain_prev=known) == expected

    @pytest.mark.parametrize(("weeks", "expected"), [(1, WATCH), (2, PERSISTS), (4, PERSISTS)])
    def test_reduces_in_the_third_week_with_pain(self, weeks: int, expected: str) -> None:
        settling = {"painful": weeks, "pain_prev": scale(5)}
        assert judge_first_week(LONG, "SK", sets(pain=3), **settling) == expected

    @pytest.mark.parametrize(
        ("felt", "state", "expected"),
        [
            ((sets(pain=6), make_morning(7)), {"suspended": True}, STOP),
            ((sets(pain=3), make_morning(4)), {"suspended": True}, BACK),
            ((sets(pain=3), make_morning(4)), {"painful": 2, "pain_prev": scale(3)}, WORSE),
            ((sets(pain=3),), {"painful": 2, "pain_prev": scale(3)}, PERSISTS),
            ((sets(pain=3),), {"painful": 1, "pain_prev": scale(3)}, STAYS),
        ],
    )
    def test_goes_from_the_strongest_to_the_weakest(
        self, felt: tuple[Change, ...], state: dict[str, Any], expected: str
    ) -> None:
        assert judge_first_week(LONG, "SK", *felt, **state) == expected

    @pytest.mark.parametrize("pain", [None, 0, 4, 5])
    def test_returns_a_suspended_track_whatever_it_says_up_to_five(
        self, pain: float | None
    ) -> None:
        felt = sets("SK", pain=pain)
        assert judge_first_week(LONG, "SK", felt, suspended=True, pain_prev=scale(4)) == BACK


STABBING = sets("SK", session=1, pain=7)


class TestStop:
    def test_takes_a_track_out_for_a_week_and_returns_it_in_two_steps(self) -> None:
        """Twelve of the easier rung are half of 15, and so on: by hand from science 4.4."""
        journal = Journal(**FREE).train().train(STABBING)
        assert list_codes(journal) == [STOP, SIBLING, "ADD_REPS"]
        assert "[F, 19 min]: BK2 2x14 R5; SU2 3x20 R3 h18" in journal.week_text
        journal.train()
        assert list_codes(journal) == [BACK, RESUME, "NEXT_RUNG"]
        assert "[F, 26 min]: SK1 2x12 R5; BK2 3x18 R3; SU3 3x12 R3 h18" in journal.week_text
        journal.train()
        assert list_codes(journal) == [RESUME, "ADD_REPS", "ADD_REPS"]
        assert "[F, 31 min]: SK1 3x15 R3; BK2 3x20 R3; SU3 3x15 R3 h18" in journal.week_text

    @pytest.mark.parametrize("weeks", [2, 3])
    def test_takes_a_track_out_before_and_after_a_lighter_week(self, weeks: int) -> None:
        journal = Journal(**LONG).train(weeks=weeks).train(STABBING)
        assert {journal.week.kind, journal.followed.past[-1].kind} == {"build", "deload"}
        assert journal.reason("SK").code == STOP
        assert "SK" not in journal.week_text

    def test_forgets_what_was_due(self) -> None:
        journal = Journal(**LONG).train(weeks=2).train(STABBING)
        state = journal.state("SK")
        assert (state.hits, state.due, state.suspended, state.reduce) == (0, None, True, False)
        assert (state.stopped, state.pain_prev, state.painful) == (True, scale(7), 1)

    def test_ends_after_a_week_without_training(self) -> None:
        journal = Journal(**FREE).train().train(STABBING).skip()
        assert list_codes(journal) == [BACK, SIBLING, "MISSED_WEEK_REPEAT"]
        state = journal.state("SK")
        assert (state.suspended, state.reduce, state.pain_prev, state.painful) == (
            False,
            True,
            None,
            0,
        )

    def test_returns_reduced_after_three_weeks_away(self) -> None:
        journal = Journal(**FREE).train(weeks=3).train(STABBING).skip(3)
        assert list_codes(journal) == [BACK, SIBLING, "LONG_BREAK_14"]
        assert (journal.state("SK").reduce, journal.state("SK").sets) == (True, 4)

    def test_clears_the_pain_of_the_week_before(self) -> None:
        journal = Journal(**FREE).train().train(STABBING).train()
        assert journal.state("SK").pain_prev is None
        assert journal.judge("SK", sets("SK", pain=5)).pain_code == WATCH

    def test_remembers_the_pain_of_a_suspended_track_that_was_trained_all_the_same(self) -> None:
        journal = Journal(**FREE).train(STABBING).train()
        secret = make_set(pain=4, performed_at=journal.log[-1].started_at)
        journal.log.append(make_session(secret, week=2, session=2, session_id=make_id("secret")))
        state = journal.state("SK")
        assert (state.why, state.reduce, state.pain_prev) == (BACK, True, scale(4))

    @pytest.mark.parametrize(("own", "code"), [(0, SIBLING), (4, SIBLING), (5.5, STOP)])
    def test_lightens_the_other_tracks_of_its_tissue(self, own: float, code: str) -> None:
        journal = Journal(**FREE).train(STABBING, sets("BK", pain=own))
        assert journal.reason("BK").code == code
        assert journal.state("BK").reduce == (code == SIBLING)
        assert journal.reason("SU").code == "ADD_REPS"

    def test_leaves_the_calf_tracks_after_pain_in_step_ups(self) -> None:
        assert list_codes(Journal(**FREE).train(sets("SU", pain=6))) == [
            "ADD_REPS",
            "ADD_REPS",
            STOP,
        ]


class TestBlock:
    def test_follows_a_second_week_of_high_pain_in_a_tissue(self) -> None:
        journal = Journal(**FREE).train(STABBING).train(sets("BK", pain=5.5))
        assert journal.followed.block == Block("PAIN_CAME_BACK", frozenset({"calf"}))

    def test_follows_high_pain_in_a_suspended_track_that_was_done(self) -> None:
        journal = Journal(**FREE).train(STABBING).train()
        secret = make_set(pain=6, performed_at=journal.log[-1].started_at)
        journal.log.append(make_session(secret, week=2, session=2, session_id=make_id("secret")))
        assert journal.followed.status == "blocked"

    def test_follows_high_pain_in_the_first_week_back(self) -> None:
        journal = Journal(**FREE).train(STABBING).train(sets("BK", omit=True)).train(STABBING)
        assert journal.followed.status == "blocked"

    def test_ignores_weeks_without_data_between(self) -> None:
        journal = Journal(**FREE).train(STABBING).skip().train(STABBING)
        assert journal.followed.status == "blocked"

    def test_does_not_follow_after_a_good_week_between(self) -> None:
        journal = Journal(**FREE).train(STABBING).train(weeks=2).train(STABBING)
        assert journal.followed.status == "planned"
        assert journal.state("SK").suspended

    def test_does_not_follow_if_another_tissue_hurts(self) -> None:
        journal = Journal(**FREE).train(STABBING).train(sets("SU", pain=7))
        assert journal.followed.status == "planned"
        assert journal.state("SU").suspended

    def test_follows_a_red_flag_and_stays(self) -> None:
        journal = Journal().train().train(sessions(2, red_flags=("night_pain",)))
        assert journal.followed.block == Block("WARNING_SIGN_LOGGED", frozenset())
        assert [week.index for week in journal.followed.past] == [1]
        assert journal.skip(5).followed.status == "blocked"

    def test_needs_no_set_beside_a_red_flag(self) -> None:
        journal = Journal().train(sets(omit=True), sessions(1, red_flags=("night_pain",)))
        assert journal.followed.status == "blocked"


class TestReduction:
    def test_halves_a_track_that_was_worse_in_the_morning_and_then_eases_it(self) -> None:
        journal = Journal(**FREE).train().train(make_morning(4, "knee", session=1))
        assert list_codes(journal) == ["ADD_REPS", "ADD_REPS", WORSE]
        assert "SU2 2x14 R5 h18" in journal.week_text
        journal.train(sets("SU", pain=4))
        assert list_codes(journal) == ["NEXT_RUNG", "NEXT_RUNG", STAYS]
        assert "SU1 2x12 R5 h18" in journal.week_text

    def test_eases_in_the_first_three_weeks_with_pain_only(self) -> None:
        wish: SpecFields = {**FREE, "start": Start(straight_knee=TrackStart(6, 15))}
        journal = Journal(**wish)
        rungs = [journal.train(sets("SK", pain=4)).state("SK").rung.number for _ in range(5)]
        assert rungs == [6, 6, 5, 5, 5]
        assert journal.reason("SK").code == PERSISTS
        assert journal.state("SK").painful == 4

    def test_stays_until_pain_is_low(self) -> None:
        journal = Journal(**FREE).train(make_morning(4, "knee")).train(sets("SU", pain=3))
        assert (journal.state("SU").reduce, journal.reason("SU").code) == (True, WATCH)
        journal.train(sets("SU", pain=2))
        assert (journal.state("SU").reduce, journal.reason("SU").code) == (False, RESUME)

    def test_stays_while_the_track_is_not_trained(self) -> None:
        journal = Journal(**FREE).train(make_morning(4, "knee")).train(sets("SU", omit=True))
        assert (journal.state("SU").reduce, journal.reason("SU").code) == (True, WORSE)

    def test_resumes_without_progress(self) -> None:
        journal = Journal(**FREE).train(make_morning(4, "knee")).train(sets("SU", rir=10))
        state = journal.state("SU")
        assert (state.reps, state.hits, state.due) == (15, 0, None)

    def test_takes_a_tenth_of_the_load_with_a_rung(self) -> None:
        start = Start(straight_knee=TrackStart(8, 6, load=20))
        wish: SpecFields = {**FREE, "equipment": ("chair", "backpack"), "start": start}
        journal = Journal(**wish)
        sore = sets("SK", pain=4)
        state = journal.train(sore).train(sore).state("SK")
        assert (state.rung.number, state.load, state.reduce) == (8, 2000, True)
        state = journal.train(sore).state("SK")
        assert (state.rung.number, state.reps, state.load) == (7, 6, 1800)

    def test_resumes_after_a_reason_of_pain_in_a_lighter_week(self) -> None:
        """Pain to watch does not reduce, but what was due is gone for the week after."""
        journal = Journal().train(weeks=2).train(sets("SK", pain=4))
        assert (journal.week.kind, journal.reason("SK").code) == ("deload", WATCH)
        assert journal.train().reason("SK").code == RESUME


class TestWatch:
    def test_holds_its_own_track_only(self) -> None:
        journal = Journal().train(sets("BK", pain=3))
        assert list_codes(journal) == ["RAMP_SETS", WATCH, "RAMP_SETS"]
        assert journal.state("BK").sets == 4

    @pytest.mark.parametrize(("pain", "said"), [(3, "3"), (4.5, "4.5"), (3.125, "3.125")])
    def test_names_the_score(self, pain: float, said: str) -> None:
        journal = Journal(**LONG).train(sets("BK", session=1, pain=pain))
        sentence = f"Pain {said}/10 is in the watch zone: hold steady."
        assert journal.reason("BK").sentence == sentence

    def test_takes_back_what_a_lighter_week_waits_to_give(self) -> None:
        journal = Journal().train(weeks=3)
        assert (journal.week.kind, journal.state("SK").due) == ("deload", "step")
        journal.train(sets("SK", pain=3))
        assert list_codes(journal) == [WATCH, "ADD_REPS", "ADD_REPS"]

    def test_is_forgotten_after_a_week_of_training_without_a_score(self) -> None:
        journal = Journal(**FREE).train(sets("SK", pain=4))
        silent = journal.train(sets("SK", pain=None), sessions(morning_pain=None))
        assert (silent.state("SK").pain_prev, silent.state("SK").painful) == (None, 0)

    @pytest.mark.parametrize("week", [(sets("SK", omit=True),), None])
    def test_is_remembered_past_a_week_without_the_track(self, week: Week) -> None:
        journal = Journal(**FREE).train(sets("SK", pain=4))
        log_next(journal, week)
        assert (journal.state("SK").pain_prev, journal.state("SK").painful) == (scale(4), 1)


class TestSites:
    def test_of_a_track_outside_the_programme_count_for_all(self) -> None:
        session = make_session(make_set(), morning_pain=MorningPain(6, "shoulder"))
        log = build_logbook(make_constants(), [session]).of_week(1)
        assert log.uploads[0].morning is not None
        assert log.uploads[0].morning.tracks == {TRACK[t] for t in ("SK", "BK", "SU")}
