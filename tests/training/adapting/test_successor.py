"""Successors start where the log ends: nothing is lost and nothing is added."""

import datetime
from typing import Any, Unpack

import pytest

from app.training.adapting import successor
from app.training.adapting.successor import NotCleared
from app.training.log.completed import LoggedTest, MorningPain
from app.training.log.set_records import scale
from app.training.planning import program
from app.training.planning.spec import HeelRiseTest, Pause, Race, SidePlankTest, Spec, SpecFields
from app.training.planning.spec_building import SpecError
from app.training.planning.start import Start, TrackStart
from tests.training.adapting.outcomes import begin
from tests.training.journal import CORE, LONG, P2, Journal, make_session, sessions, sets
from tests.training.notation import TRACK, format_sessions, format_week
from tests.training.strategies import plan_program

MONDAY = datetime.date(2027, 3, 1)
WEEK = datetime.timedelta(days=7)
DAY = datetime.timedelta(days=1)
STABBING = sets("SK", session=1, pain=7)
TRACKS = ("SK", "BK", "SU")
FREE: SpecFields = {**LONG, "deload_every": 0}


def build(journal: Journal, *, cleared: bool = False, **changes: Unpack[SpecFields]) -> Spec:
    """Return the successor's spec after a journal."""
    return successor.build_successor(journal.followed, changes, cleared=cleared)


def find_start(spec: Spec, track: str = "SK") -> TrackStart:
    """Return the start of a successor's track."""
    found = spec.start and spec.start.of(TRACK[track])
    assert found
    return found


def train_loads() -> Journal:
    """Train a week in which every exercise has a load."""
    calf, step = TrackStart(7, 10, load=7.0), TrackStart(6, 10, load=7.0)
    return begin(P2, start=Start(calf, calf, step), deload_every=0).train()


def block(how: str) -> Journal:
    """Return a programme that pain or a warning sign has blocked in its second week."""
    journal = Journal(**FREE).train(STABBING)
    if how == "pain":
        return journal.train(sets("BK", pain=6))
    return journal.train(sessions(1, red_flags=("night_pain",)))


class TestBuildSuccessor:
    @pytest.mark.parametrize("weeks", [0, 1, 3, 4, 8])
    def test_plans_the_rest_of_the_same_programme(self, weeks: int) -> None:
        journal = Journal(**P2).train(weeks=weeks)
        rest = plan_program(**P2).weeks[weeks:]
        following = plan_program(build(journal)).weeks
        assert [format_week(week)[1:] for week in following] == [
            format_week(week)[1:] for week in rest
        ]

    def test_keeps_what_a_bad_week_left(self) -> None:
        changes = (sets("SK", reps=10, rir=0), sets("BK", pain=3), sets("SU", omit=True))
        journal = Journal(**FREE).train(*changes)
        following = journal.carry_on()
        assert following.codes == journal.codes
        assert format_sessions(following.week) == format_sessions(journal.week)
        assert following.reason("SK").sentence == journal.reason("SK").sentence

    def test_counts_a_running_week_that_holds_a_set(self) -> None:
        journal = Journal(**FREE).train().train(sessions(2, omit=True))
        journal.weeks_over = 1
        assert (build(journal).weeks, find_start(build(journal)).hits) == (10, 1)

    def test_does_not_count_a_running_week_without_a_set(self) -> None:
        journal = Journal(**FREE).train()
        journal.log.append(make_session(week=2, morning_pain=MorningPain(3)))
        assert build(journal).weeks == 11

    def test_keeps_all_other_fields(self) -> None:
        wish: SpecFields = {
            **P2, "age": 40, "sex": "female", "session_minutes": 50, "deload_every": 5,
            "weekdays": (1, 4), "heel_rise_test": HeelRiseTest(30, 21), "avoid_below_level": True,
            "timezone": "Europe/Berlin", "injury_last_3_months": True, "core": ("plank",),
            "prefer": ("standing-machine-calf-raise",), "loads": (4, 8), "ramp": "direct",
            "run_schedule": ("rest", "easy", "rest", "hard", "rest", "long", "rest"),
        }  # fmt: skip
        journal = Journal(**wish).train(weeks=3)
        new = build(journal)
        for name in {*wish, "level", "equipment"}:
            assert getattr(new, name) == getattr(journal.spec, name), name

    @pytest.mark.parametrize(("done", "left"), [(0, 12), (3, 9), (11, 1), (12, 12)])
    def test_has_the_weeks_left_or_twelve(self, done: int, left: int) -> None:
        assert build(Journal().train(weeks=done)).weeks == left
        assert build(Journal().train(weeks=done), weeks=30).weeks == 30

    def test_counts_the_weeks_before(self) -> None:
        journal = Journal(weeks=4).train(weeks=4).carry_on(weeks=4).train(weeks=3)
        assert journal.spec.start
        assert journal.spec.start.since == 4
        start = build(journal).start
        assert start
        assert start.since == 7

    def test_moves_the_numbers_of_paused_and_lighter_weeks(self) -> None:
        journal = Journal(pause_weeks=(1, 5), lighter_weeks=(2, 3, 8)).skip().train(weeks=2)
        new = build(journal)
        assert (new.pause_weeks, new.lighter_weeks) == ((2,), (5,))

    def test_refuses_a_start_which_would_replace_what_is_known_of_pain(self) -> None:
        hurt = Journal().train(sets("SK", pain=8))
        for given in (Start(straight_knee=TrackStart(5)), Start()):
            with pytest.raises(SpecError) as caught:
                build(hurt, start=given)
            assert caught.value.path == ("start",)

    def test_refuses_a_start_date_before_the_end_of_the_log(self) -> None:
        journal = Journal(start_date=MONDAY).train(weeks=2)
        with pytest.raises(SpecError, match="where the log ends") as caught:
            build(journal, start_date=MONDAY + datetime.timedelta(days=13))
        assert caught.value.path == ("start_date",)
        end = MONDAY + datetime.timedelta(days=14)
        assert build(journal, start_date=end).start_date == end

    def test_rejects_invalid_changes(self) -> None:
        for changes, path in (
            (SpecFields(race_date=MONDAY), ["race_date"]),
            (SpecFields(body_mass=20), ["body_mass"]),
            (SpecFields(timezone="Nowhere"), ["timezone"]),
        ):
            with pytest.raises(SpecError) as caught:
                build(Journal().train(), **changes)
            assert list(caught.value.path) == path

    def test_forgets_a_track_that_leaves_and_starts_one_that_joins(self) -> None:
        journal = Journal(**CORE).train(weeks=3)
        assert find_start(build(journal), "PL").why != "START"
        fewer = build(journal, core=("bridge",)).start
        assert fewer
        assert fewer.of("plank") is None
        joined = build(Journal(**FREE).train(weeks=3), core=("plank",))
        assert find_start(joined, "PL") == TrackStart(2, seconds=20, load=0.0, sets=6, why="START")


class TestClearance:
    @pytest.mark.parametrize("how", ["pain", "sign"])
    def test_is_needed_after_a_block(self, how: str) -> None:
        with pytest.raises(NotCleared):
            build(block(how))

    def test_of_pain_eases_the_tissue_that_hurt(self) -> None:
        new = build(block("pain"), cleared=True)
        # Suspended on rung 1 already, so it has nothing below; the sibling goes a rung down.
        for track in ("SK", "BK"):
            start = find_start(new, track)
            assert (start.rung, start.reduce, start.why) == (1, True, "RETURN_AFTER_PAIN")
            assert (start.suspended, start.stopped, start.pain_prev, start.painful) == (
                False,
                False,
                None,
                0,
            )
        step = find_start(new, "SU")
        assert (step.rung, step.reps, step.why, step.reduce) == (2, 18, "CLEARED", False)

    def test_of_a_warning_sign_eases_all(self) -> None:
        new = build(block("sign"), cleared=True)
        whys = {find_start(new, track).why for track in TRACKS}
        assert whys == {"RETURN_AFTER_PAIN"}
        assert find_start(new, "SU").rung == 1

    def test_counts_the_blocked_week_and_calls_for_caution(self) -> None:
        new = build(block("pain"), cleared=True)
        assert (new.weeks, new.red_flags) == (10, ())
        assert new.start
        assert (new.start.since, new.start.caution, new.start.calm, new.start.run) == (
            2,
            True,
            0,
            0,
        )
        assert program.find_block(new) is None

    def test_changes_nothing_without_a_block(self) -> None:
        journal = Journal(**FREE).train()
        assert build(journal, cleared=True) == build(journal)

    def test_keeps_a_reason_of_pain_of_other_tracks(self) -> None:
        sore = sessions(1, morning_pain=MorningPain(4, "knee"))
        journal = (
            Journal(**FREE).train(STABBING, sore).train(sets("BK", pain=6), sets("SU", omit=True))
        )
        assert find_start(build(journal, cleared=True), "SU").why == "PAIN_WORSE_NEXT_MORNING"


class TestCaution:
    def test_follows_the_new_values(self) -> None:
        start = build(Journal(**FREE).train(weeks=2), pain_now=3).start
        assert start
        assert (start.caution, start.calm) == (True, 0)

    def test_ends_when_the_injury_is_over(self) -> None:
        journal = Journal(injury_last_3_months=True).train(weeks=2)
        kept, over = build(journal).start, build(journal, injury_last_3_months=False).start
        assert kept
        assert over
        assert (kept.caution, kept.calm) == (True, 2)
        assert (over.caution, over.calm) == (False, 0)


class TestUnits:
    def test_converts_loads_and_body_mass(self) -> None:
        journal = train_loads()
        old, new = build(journal), build(journal, units="imperial")
        assert (new.body_mass, new.load_increment) == (143.3, 2.5)
        for track in TRACKS:
            kg, lb = find_start(old, track), find_start(new, track)
            assert (kg.rung, kg.reps) == (lb.rung, lb.reps)
            assert 0 <= (kg.load or 0) / 0.45359237 - (lb.load or 0) < 2.5

    def test_converts_the_weights_that_are_owned(self) -> None:
        new = build(Journal(equipment=("dumbbell",), loads=(5, 10)), units="imperial")
        assert new.loads == (11.02, 22.05)

    def test_keeps_an_assumed_body_mass_assumed(self) -> None:
        assert build(Journal(), units="imperial").body_mass is None

    def test_accepts_other_units_with_new_masses(self) -> None:
        new = build(train_loads(), units="imperial", body_mass=150, load_increment=5)
        assert (new.body_mass, new.load_increment) == (150, 5)
        assert find_start(new).load == 15

    @pytest.mark.parametrize(("mass", "lb"), [(30, 66.14), (250, 550), (249.4, 549.83)])
    def test_keeps_body_mass_within_its_limits(self, mass: float, lb: float) -> None:
        assert build(Journal(body_mass=mass), units="imperial").body_mass == lb


class TestDates:
    def test_continues_where_the_log_ends(self) -> None:
        new = build(Journal(start_date=MONDAY).train(weeks=5))
        assert (new.start_date, new.weeks) == (MONDAY + 5 * WEEK, 7)

    def test_keeps_a_future_race(self) -> None:
        race = MONDAY + 80 * DAY
        new = build(Journal(start_date=MONDAY, race_date=race).train(weeks=5))
        assert (new.races, new.weeks) == ((Race(race, True),), 7)
        assert [week.kind for week in plan_program(new).weeks[-2:]] == ["taper", "race"]

    def test_follows_a_moved_race(self) -> None:
        journal = Journal(start_date=MONDAY, race_date=MONDAY + 11 * WEEK).train(weeks=5)
        new = build(journal, race_date=MONDAY + 20 * WEEK, weeks=16)
        assert (new.start_date, len(new.races)) == (MONDAY + 5 * WEEK, 1)
        assert plan_program(new).weeks[-1].kind == "race"

    @pytest.mark.parametrize(("weeks", "kept"), [(4, True), (5, False)])
    def test_drops_a_race_of_more_than_13_days_before(self, weeks: int, kept: bool) -> None:
        """Race on 15 March: 14 days before the start of the sixth week, but 13 is allowed."""
        race = Race(MONDAY + 2 * WEEK + DAY, False)
        journal = Journal(start_date=MONDAY, races=(race,), weeks=12).train(weeks=weeks)
        assert build(journal).races == ((race,) if kept else ())

    def test_keeps_pauses(self) -> None:
        pause = Pause(MONDAY + 5 * WEEK, MONDAY + 6 * WEEK)
        assert build(Journal(start_date=MONDAY, pauses=(pause,)).train()).pauses == (pause,)

    def test_drops_weekdays_if_their_number_changes(self) -> None:
        assert build(Journal(weekdays=(1, 4)).train(), days_per_week=3).weekdays is None
        assert build(Journal(weekdays=(1, 4)).train()).weekdays == (1, 4)

    def test_accepts_dates_for_a_programme_without_dates(self) -> None:
        journal = Journal(pause_weeks=(8,)).train(weeks=3)
        new = build(journal, start_date=MONDAY)
        assert (new.start_date, new.pause_weeks, new.weeks) == (MONDAY, (), 9)


class TestGap:
    def begin(self, days: int, *, away: int = 0) -> Start:
        """Return the start of a successor that begins some days after the log's end."""
        journal = begin(FREE, start_date=MONDAY).train(weeks=4).skip(away)
        new = build(journal, start_date=MONDAY + (4 + away) * WEEK + days * DAY)
        assert new.start
        return new.start

    @pytest.mark.parametrize(
        ("days", "away", "why", "rung", "reps"),
        [
            (6, 0, None, 3, 12),
            (7, 1, None, 3, 12),
            (14, 2, "LONG_BREAK_14", 3, 12),
            (28, 4, "LONG_BREAK_28", 2, 13),
            (56, 8, "RESTART_AFTER_BREAK", 2, 13),
        ],
    )
    def test_eases_by_the_whole_weeks(
        self, days: int, away: int, why: str | None, rung: int, reps: int
    ) -> None:
        start = self.begin(days)
        track = start.of(TRACK["SK"])
        assert track
        assert (start.away, track.rung, track.reps) == (away, rung, reps)
        assert why in (None, track.why)
        assert (track.due == "step") == (away < 2)
        assert start.run == (0 if away else 4)

    def test_adds_to_the_weeks_away_before(self) -> None:
        start = self.begin(7, away=1)
        assert start.away == 2
        track = start.of(TRACK["SK"])
        assert track
        assert track.why == "LONG_BREAK_14"

    def test_keeps_a_reason_of_pain(self) -> None:
        journal = begin(FREE, start_date=MONDAY).train(STABBING)
        new = build(journal, start_date=MONDAY + 5 * WEEK)
        assert find_start(new).why == "PAIN_ABOVE_5"
        assert find_start(new, "SU").why == "LONG_BREAK_28"


class TestTests:
    def test_open_two_rungs_of_the_calf_at_most(self) -> None:
        new = build(Journal(**FREE).train(), heel_rise_test=HeelRiseTest(26, 25))
        assert [(find_start(new, t).due, find_start(new, t).due_rung) for t in TRACKS] == [
            ("test", 4),
            ("test", 4),
            ("step", None),
        ]
        assert new.start
        assert new.start.test == (26, 25)

    def test_open_rungs_of_the_side_plank(self) -> None:
        new = build(Journal(**CORE).train(), side_plank_test=SidePlankTest(70, 65))
        side, plank = find_start(new, "SP"), find_start(new, "PL")
        assert (side.due, side.due_rung, plank.due) == ("test", 3, "up")

    @pytest.mark.parametrize(
        ("before", "after", "rungs"),
        [
            ("beginner", "advanced", {3, 4}),
            ("advanced", "beginner", set()),
            ("beginner", None, set()),
        ],
    )
    def test_may_be_a_higher_level(self, before: Any, after: Any, rungs: set[int]) -> None:
        changes: SpecFields = {"level": after} if after else {}
        new = build(begin(FREE, level=before).train(), **changes)
        assert {one for t in TRACKS if (one := find_start(new, t).due_rung) is not None} == rungs

    def test_open_nothing_after_pain(self) -> None:
        sore = Journal(**FREE).train(sets("SU", pain=3))
        new = build(sore, heel_rise_test=HeelRiseTest(26, 25))
        assert find_start(new).due == "step"

    def test_note_a_heel_rise_test_that_points_lower(self) -> None:
        journal = begin(FREE, level="intermediate").train()
        new = build(journal, heel_rise_test=HeelRiseTest(6, 6))
        assert new.start
        assert new.start.notes == ("RETEST_LOWER",)
        hold = build(journal, core=("side_plank",), side_plank_test=SidePlankTest(1, 1))
        assert hold.start
        assert hold.start.notes == ()

    def test_of_the_log_stay_known(self) -> None:
        journal = Journal(**FREE).train(sessions(1, heel_rise_test=LoggedTest(12, 13)))
        start = build(journal).start
        assert start
        assert start.test == (12, 13)


class TestChain:
    def test_keeps_pain_over_programmes(self) -> None:
        journal = Journal(**FREE).train(sets("SK", pain=4)).carry_on()
        assert journal.judge("SK", sets("SK", pain=4)).pain_code == "PAIN_NOT_SETTLING"
        journal = journal.train(sets("SK", pain=3.5)).carry_on()
        assert journal.state("SK").pain_prev == scale(3.5)
        assert journal.judge("SK", sets("SK", pain=3)).pain_code == "PAIN_PERSISTS"

    def test_keeps_a_suspension(self) -> None:
        journal = Journal(**FREE).train(STABBING).carry_on(equipment=("chair", "dumbbell"))
        assert journal.codes == ["PAIN_ABOVE_5", "SIBLING_PAIN", "ADD_REPS"]
        blocked = journal.train(sets("BK", pain=6))
        assert blocked.followed.status == "blocked"
