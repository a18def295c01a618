"""Tests of the beginning of a week: what each track is given, and the code of its reason."""

import datetime
from typing import Any, get_args

import pytest

from app.training.planning import week_start
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.spec import Pause, Race
from app.training.planning.standing import PAIN_CODES, Standing, TrackState
from app.training.planning.start import StartCode
from app.training.planning.training_calendar import WeekKind
from app.training.planning.week_start import WeekStart
from tests.training.notation import SHORT, TRACK
from tests.training.planning.states import at, stand, stand_everywhere
from tests.training.strategies import make_constants

MONDAY = datetime.date(2027, 3, 1)
PLAIN = make_constants()
ONE_DAY = make_constants(days_per_week=1)
LOADED = make_constants(equipment=("dumbbell",), step_heights_cm=(18, 30), body_mass=65)
LIGHTER = make_constants(lighter_weeks=(1,))
OTHER_CODES = [code for code in get_args(StartCode) if code not in PAIN_CODES]


def add_days(days: int) -> datetime.date:
    return MONDAY + datetime.timedelta(days=days)


def begin_track(
    constants: PlanConstants, state: TrackState, **fields: Any
) -> tuple[str, TrackState]:
    """Return the code of a track's reason in week 1, and its state once what was due is given."""
    begun = week_start.begin_week(constants, stand(constants, state, **fields), 1)
    track = state.rung.track
    return begun.shown[track], begun.standing.tracks[track]


def list_codes(begun: WeekStart) -> dict[str, str]:
    return {SHORT[track]: code for track, code in begun.shown.items()}


def count_sets(begun: WeekStart) -> dict[str, int]:
    return {SHORT[track]: state.sets for track, state in begun.standing.tracks.items()}


def ask_everywhere(constants: PlanConstants, **sets: int) -> Standing:
    """Return a standing in which every track may grow, with the sets of some."""
    standing = stand_everywhere(constants, due="up", why=None)
    tracks = {
        track: state._replace(sets=sets.get(SHORT[track], state.sets))
        for track, state in standing.tracks.items()
    }
    return standing._replace(tracks=tracks)


class TestReason:
    def test_is_the_one_that_waits_and_is_shown_once(self) -> None:
        code, state = begin_track(PLAIN, at("SK2", 15, sets=4, why="START"))
        assert (code, state.why) == ("START", None)

    def test_says_that_there_was_no_room_if_none_waits(self) -> None:
        assert begin_track(PLAIN, at("SK2", 15)) == ("NOT_SCHEDULED", at("SK2", 15))

    def test_is_the_change_if_something_is_given(self) -> None:
        state = at("SK2", 15, due="step", why="RESUME_FULL")
        assert begin_track(PLAIN, state) == ("ADD_REPS", at("SK2", 18))


class TestPain:
    @pytest.mark.parametrize("code", PAIN_CODES)
    @pytest.mark.parametrize("held", ["suspended", "reduce"])
    def test_is_the_reason_as_long_as_it_holds_the_track_back(self, code: str, held: str) -> None:
        state = at("SK2", 15, why=code, due="up", **{held: True})
        assert begin_track(PLAIN, state) == (code, state)

    @pytest.mark.parametrize("code", PAIN_CODES)
    def test_is_the_reason_of_a_lighter_week(self, code: str) -> None:
        state = at("SK2", 15, why=code)
        assert begin_track(LIGHTER, state) == (code, state)

    def test_is_the_reason_without_an_open_session(self) -> None:
        race = make_constants(
            weekdays=(2,), start_date=MONDAY, races=(Race(add_days(2), taper=False),), weeks=2
        )
        state = at("SK2", 15, why="PAIN_ACCEPTABLE_HOLD")
        assert begin_track(race, state) == ("PAIN_ACCEPTABLE_HOLD", state)

    @pytest.mark.parametrize("code", PAIN_CODES)
    def test_is_said_once_in_a_build_week_at_full_work(self, code: str) -> None:
        assert begin_track(PLAIN, at("SK2", 15, why=code)) == (code, at("SK2", 15))

    @pytest.mark.parametrize("held", ["suspended", "reduce"])
    @pytest.mark.parametrize("why", [None, "CLEARED"])
    def test_gives_nothing_to_a_track_that_it_holds_back_whatever_the_reason(
        self, held: str, why: str | None
    ) -> None:
        state = at("SK2", 15, why=why, due="up", **{held: True})
        assert begin_track(PLAIN, state) == (why or "NOT_SCHEDULED", state)


class TestLighterWeek:
    KINDS: tuple[tuple[WeekKind, str], ...] = (
        ("deload", "DELOAD"),
        ("taper", "TAPER"),
        ("race", "RACE"),
        ("transition", "TRANSITION"),
        ("pause", "PAUSE_PLANNED"),
    )

    @staticmethod
    def begin_kind(kind: WeekKind, standing_of: TrackState) -> WeekStart:
        """Return week 6 of a programme in which it is of this kind."""
        fields: dict[WeekKind, dict[str, Any]] = {
            "deload": {"lighter_weeks": (6,)},
            "taper": {"start_date": MONDAY, "race_date": add_days(44)},
            "race": {"start_date": MONDAY, "race_date": add_days(37), "weeks": 8},
            "transition": {"start_date": MONDAY, "race_date": add_days(30), "weeks": 8},
            "pause": {"pause_weeks": (6,)},
        }
        constants = make_constants(**fields[kind])
        return week_start.begin_week(constants, stand(constants, standing_of), 6)

    @pytest.mark.parametrize(("kind", "code"), KINDS)
    def test_is_its_own_reason_and_gives_nothing(self, kind: WeekKind, code: str) -> None:
        state = at("SK2", 15, sets=4, due="up", why="SIMPLIFY_DOSE")
        begun = self.begin_kind(kind, state)
        assert begun.kind == kind
        assert set(begun.shown.values()) == {code}
        assert begun.standing.tracks["straight_knee"] == state

    @pytest.mark.parametrize("code", OTHER_CODES)
    def test_lets_every_other_reason_wait(self, code: str) -> None:
        state = at("SK2", 15, why=code)
        assert begin_track(LIGHTER, state) == ("DELOAD", state)


class TestClosedTrack:
    def test_keeps_what_is_due_and_why(self) -> None:
        # The race takes Saturday and Sunday; Monday's calf session stays.
        constants = make_constants(
            weekdays=(0, 5, 6),
            start_date=MONDAY,
            races=(Race(add_days(7), taper=False),),
            weeks=3,
        )
        state = at("SU2", 15, sets=2, due="up", why="SIMPLIFY_DOSE")
        begun = week_start.begin_week(constants, stand(constants, state), 1)
        assert list_codes(begun) == {"SK": "START", "BK": "START", "SU": "NOT_SCHEDULED"}
        assert begun.standing.tracks["step_up"] == state


class TestTest:
    def test_moves_to_its_rung_with_the_sets_of_the_start(self) -> None:
        state = at("SK2", 20, due="test", due_rung=4, maintain=True, why="START")
        # 5/4 x 20 / 1.5 allows 16; the rung begins at 12.
        assert begin_track(PLAIN, state) == ("RETEST_UP", at("SK4", 12, sets=4))

    def test_adds_no_sets(self) -> None:
        state = at("SK2", 15, sets=3, due="test", due_rung=3)
        assert begin_track(PLAIN, state)[1].sets == 3

    def test_begins_with_few_repetitions_and_the_first_load(self) -> None:
        state = at("SK4", 12, due="test", due_rung=7)
        # 5/4 x 12 x 1.5 / (2.0 x 71 / 65) = 10.3, and 8 are the fewest.
        assert begin_track(LOADED, state) == ("RETEST_UP", at("SK7", 8, 6, sets=4))
        weaker = at("BK1", 15, due="test", due_rung=3)
        assert begin_track(PLAIN, weaker)[1].reps == 6  # 5/4 x 15 x 0.40 / 1.15 = 6.5


class TestJump:
    @pytest.mark.parametrize(
        ("state", "code", "after"),
        [
            (at("SK2", 15, due="jump"), "ACCELERATE_RUNG", at("SK3", 12)),
            (at("SK2", 15, due="jump", sets=4), "ACCELERATE_RUNG", at("SK3", 12, sets=4)),
            (at("SK7", 8, 6, due="jump"), "ACCELERATE_LOAD", at("SK7", 8, 9)),
            (at("SK7", 8, 15, due="jump"), "ACCELERATE_RUNG", at("SK8", 6, 15)),
        ],
    )
    def test_climbs_early(self, state: TrackState, code: str, after: TrackState) -> None:
        assert begin_track(LOADED, state) == (code, after)

    def test_climbs_although_a_side_is_weak(self) -> None:
        state = at("SK4", 12, due="jump", weak="left")
        assert begin_track(PLAIN, state) == ("ACCELERATE_RUNG", at("SK5", 12, weak="left"))

    def test_makes_progress_where_nothing_is_above(self) -> None:
        assert begin_track(PLAIN, at("SK6", 15, due="jump")) == ("ADD_REPS", at("SK6", 18))
        code, state = begin_track(PLAIN, at("SK6", 25, due="jump"))
        assert (code, state.top) == ("LADDER_TOP_HOLD", 1)


class TestUp:
    def test_adds_sets_before_repetitions(self) -> None:
        state = at("SK2", 15, sets=4, due="up", hits=2)
        assert begin_track(PLAIN, state) == ("RAMP_SETS", at("SK2", 15, sets=5))

    def test_makes_progress_with_all_sets(self) -> None:
        assert begin_track(PLAIN, at("SK2", 15, due="up")) == ("ADD_REPS", at("SK2", 18))

    def test_makes_progress_with_half_of_the_sets_in_maintenance(self) -> None:
        state = at("SK6", 25, sets=3, due="up", maintain=True, top=2)
        assert begin_track(PLAIN, state) == ("MAINTAIN", state._replace(due=None))

    def test_asks_for_repetitions_and_not_for_sets_if_a_step_is_due(self) -> None:
        state = at("SK2", 15, sets=4, due="step")
        assert begin_track(PLAIN, state) == ("ADD_REPS", at("SK2", 18, sets=4))


class TestSharing:
    def test_gives_each_track_one_where_a_quarter_is_enough_for_all(self) -> None:
        begun = week_start.begin_week(PLAIN, ask_everywhere(PLAIN), 1)
        assert count_sets(begun) == {"SK": 5, "BK": 5, "SU": 5}
        assert set(begun.shown.values()) == {"RAMP_SETS"}

    def test_gives_no_more_than_a_quarter_of_all_sets(self) -> None:
        # Two each: a quarter of six is one, and the first track has it.
        begun = week_start.begin_week(ONE_DAY, ask_everywhere(ONE_DAY), 1)
        assert count_sets(begun) == {"SK": 3, "BK": 2, "SU": 2}
        assert list_codes(begun) == {
            "SK": "RAMP_SETS", "BK": "HOLD_WITH_OTHERS", "SU": "HOLD_WITH_OTHERS",
        }  # fmt: skip

    def test_lets_those_that_wait_ask_again(self) -> None:
        begun = week_start.begin_week(ONE_DAY, ask_everywhere(ONE_DAY), 1)
        waiting = begun.standing.tracks["bent_knee"]
        assert waiting == at("BK2", 15, sets=2, due="up")
        again = week_start.begin_week(ONE_DAY, ask_everywhere(ONE_DAY, SK=3), 2)
        assert count_sets(again) == {"SK": 3, "BK": 3, "SU": 2}

    def test_gives_one_however_few_there_are(self) -> None:
        begun = week_start.begin_week(ONE_DAY, ask_everywhere(ONE_DAY, SK=1, BK=1, SU=1), 1)
        assert count_sets(begun) == {"SK": 2, "BK": 1, "SU": 1}

    def test_counts_the_sets_of_tracks_that_do_not_ask(self) -> None:
        standing = ask_everywhere(ONE_DAY)
        # 2 + 3 + 3 are eight: two sets for the one and the other.
        more = stand(ONE_DAY, at("SU2", 15, sets=3), standing.tracks["straight_knee"])
        asking = {**more.tracks, "bent_knee": at("BK2", 15, sets=2, due="up")}
        extra = week_start.begin_week(ONE_DAY, more._replace(tracks=asking), 1)
        assert count_sets(extra) == {"SK": 3, "BK": 2, "SU": 3}
        asking["step_up"] = at("SU2", 15, sets=4)
        extra = week_start.begin_week(ONE_DAY, more._replace(tracks=asking), 1)
        assert count_sets(extra) == {"SK": 3, "BK": 3, "SU": 4}

    def test_gives_a_track_a_quarter_of_its_own_sets_at_most(self) -> None:
        constants = make_constants(level="advanced", days_per_week=3)
        alone = at("SK6", 12, sets=9, due="up")
        assert begin_track(constants, alone)[1].sets == 11
        assert begin_track(constants, alone._replace(sets=7))[1].sets == 8

    def test_gives_a_track_no_more_than_its_full_sets(self) -> None:
        constants = make_constants(level="advanced", days_per_week=3)
        assert begin_track(constants, at("SK6", 12, sets=11, due="up"))[1].sets == 12

    @pytest.mark.parametrize(("calf", "step", "grows"), [(2, 2, "SK"), (3, 1, "SU"), (2, 1, "SK")])
    def test_begins_with_the_track_that_has_the_fewest_sets_a_session(
        self, calf: int, step: int, grows: str
    ) -> None:
        # Two calf sessions a week and one step session.
        constants = make_constants(weekdays=(0, 1, 3))
        assert (constants.frequency["straight_knee"], constants.frequency["step_up"]) == (2, 1)
        standing = stand(
            constants,
            at("SK2", 15, sets=calf, due="up"),
            at("BK2", 15, sets=2),
            at("SU2", 15, sets=step, due="up"),
        )
        begun = week_start.begin_week(constants, standing, 1)
        given = {t: n for t, n in count_sets(begun).items() if n > standing.tracks[TRACK[t]].sets}
        assert list(given) == [grows]


class TestMaintain:
    def test_halves_the_sets_in_the_week_that_begins_it(self) -> None:
        state = at("SK6", 25, sets=6, due="step", top=1)
        after = at("SK6", 25, sets=3, top=2, maintain=True)
        assert begin_track(PLAIN, state) == ("MAINTAIN", after)

    def test_halves_the_sets_in_a_lighter_week_too(self) -> None:
        _, state = begin_track(LIGHTER, at("SK6", 25, sets=6, top=2, maintain=True))
        assert state.sets == 3

    def test_adds_no_sets_to_fewer(self) -> None:
        _, state = begin_track(PLAIN, at("SK6", 25, sets=2, top=2, maintain=True))
        assert state.sets == 2

    def test_ends_once_something_harder_is_open(self) -> None:
        state = at("SK6", 25, sets=3, top=2, maintain=True, due="up")
        assert begin_track(LOADED, state) == (
            "RAMP_SETS",
            state._replace(sets=4, due=None, maintain=False),
        )

    def test_ends_below_the_top_of_the_range(self) -> None:
        _, state = begin_track(PLAIN, at("SK6", 22, sets=3, maintain=True))
        assert not state.maintain


class TestBeginWeek:
    def test_says_the_load_that_was_added(self) -> None:
        state = at("SK7", 12, 6, due="step")
        begun = week_start.begin_week(LOADED, stand(LOADED, state), 1)
        assert begun.added_loads == {"straight_knee": 300}

    def test_says_no_load_that_a_new_rung_begins_with(self) -> None:
        state = at("SK6", 15, due="step")
        begun = week_start.begin_week(LOADED, stand(LOADED, state), 1)
        assert list_codes(begun)["SK"] == "NEXT_RUNG"
        assert begun.added_loads == {}

    def test_knows_the_calendar_of_the_week(self) -> None:
        pause = Pause(add_days(7), add_days(8))
        constants = make_constants(start_date=MONDAY, pauses=(pause,))
        begun = week_start.begin_week(constants, stand(constants), 2)
        assert (begun.index, begun.start_date, begun.kind) == (2, add_days(7), "build")
        assert [place.number for place in begun.open_places] == [2]

    def test_begins_a_deload_after_the_build_weeks_that_were_trained(self) -> None:
        assert week_start.begin_week(PLAIN, stand(PLAIN, run=3), 2).kind == "deload"
        assert week_start.begin_week(PLAIN, stand(PLAIN, run=2), 9).kind == "build"

    def test_begins_a_deload_earlier_while_caution_holds(self) -> None:
        assert week_start.begin_week(PLAIN, stand(PLAIN, run=2, caution=True), 3).kind == "deload"

    def test_changes_no_count_of_the_programme(self) -> None:
        standing = stand(PLAIN, since=4, run=1, away=2, ever=True, notes=("RETEST_LOWER",))
        begun = week_start.begin_week(PLAIN, standing, 1)
        assert begun.standing._replace(tracks=standing.tracks) == standing
