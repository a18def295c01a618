"""Successors start where the log ends: nothing is lost and nothing is added."""

import datetime
from typing import Unpack

import pytest
from hypothesis import assume
from hypothesis import strategies as st

from app.training import engine
from app.training.adapting import followed_program, successor
from app.training.catalog.track_definitions import TRACKS
from app.training.planning import plan_constants, program
from app.training.planning.spec import HeelRiseTest, Spec, SpecError, SpecFields, Start, TrackStart
from tests.training.journal import P2, TRACK, Journal, sessions, sets
from tests.training.queries import find_doses, list_exercises
from tests.training.strategies import given_few, plan_program, specs

SEED = TrackStart(2, 15)
MONDAY = datetime.date(2027, 3, 1)
WEEK = datetime.timedelta(days=7)


def build(journal: Journal, **changes: Unpack[SpecFields]) -> Spec:
    """Return the successor's spec after a journal."""
    return successor.build_successor(journal.followed, changes)


def find_start(spec: Spec, track: str) -> TrackStart:
    """Return the start of a successor's track."""
    found = spec.start and spec.start.of(TRACK[track])
    assert found
    return found


def make_journal(**changes: Unpack[SpecFields]) -> Journal:
    """Train the second worked example, with changes."""
    wish: SpecFields = {**P2, **changes}
    return Journal(**wish)


def train_loads() -> Journal:
    """Train until every exercise has a load."""
    calf, step = TrackStart(7, 10, 7.0), TrackStart(6, 10, 7.0)
    return make_journal(start=Start(calf, calf, step, full_volume=True)).train()


class TestBuildSuccessor:
    @pytest.mark.parametrize("weeks", [1, 4, 5, 8, 11])
    def test_starts_with_the_next_week_of_its_predecessor(self, weeks: int) -> None:
        journal = make_journal(deload_every=0).train(weeks=weeks)
        following = plan_program(build(journal))
        assert find_doses(following.weeks[0]) == find_doses(journal.week)

    def test_keeps_all_other_fields(self) -> None:
        wish: SpecFields = {
            **P2, "age": 40, "sex": "female", "session_minutes": 50, "deload_every": 5,
            "weekdays": (1, 4), "heel_rise_test": HeelRiseTest(30, 21), "avoid_below_level": True,
            "timezone": "Europe/Berlin", "injury_last_3_months": True,
            "run_schedule": ("rest", "easy", "rest", "hard", "rest", "long", "rest"),
        }  # fmt: skip
        journal = Journal(**wish).train(weeks=3)
        new = build(journal)
        for name in {*wish, "level", "equipment"} - {"weeks"}:
            assert getattr(new, name) == getattr(journal.spec, name), name

    @pytest.mark.parametrize(("done", "left"), [(0, 12), (3, 9), (11, 1), (12, 12)])
    def test_has_the_weeks_left_or_twelve(self, done: int, left: int) -> None:
        assert build(Journal().train(weeks=done)).weeks == left
        assert build(Journal().train(weeks=done), weeks=30).weeks == 30

    def test_starts_with_full_volume_if_it_was_reached(self) -> None:
        for weeks, full in ((1, False), (2, True)):
            start = build(Journal().train(weeks=weeks)).start
            assert start == Start(SEED, SEED, SEED, full_volume=full)

    def test_starts_lower_after_a_setback(self) -> None:
        hurt = Journal().train(weeks=4).train(sets("SK", pain=7))
        assert find_start(build(hurt), "SK").rung == 1
        away = train_loads().skip(4)
        assert find_start(build(away), "SK").rung == find_start(build(train_loads()), "SK").rung - 1

    def test_drops_cleared_red_flags(self) -> None:
        journal = Journal().train(weeks=2).train(sessions(1, red_flags=("night_pain",)))
        assert journal.followed.status == "blocked"
        assert build(journal).red_flags == ()
        assert program.find_block(build(journal)) is None

    def test_prefers_a_given_start(self) -> None:
        given = Start(straight_knee=TrackStart(1, 9), full_volume=True)
        new = build(Journal().train(), start=given).start
        assert new == Start(TrackStart(1, 9), SEED, SEED, full_volume=True)

    def test_rejects_a_start_that_does_not_fit(self) -> None:
        with pytest.raises(SpecError) as caught:
            build(Journal(), start=Start(step_up=TrackStart(7, 6, 10.0)))
        assert list(caught.value.path) == ["start", "step_up", "rung"]

    def test_rejects_invalid_changes(self) -> None:
        for changes, path in (
            (SpecFields(race_date=MONDAY), ["race_date"]),
            (SpecFields(body_mass=20), ["body_mass"]),
            (SpecFields(timezone="Nowhere"), ["timezone"]),
        ):
            with pytest.raises(SpecError) as caught:
                build(Journal().train(), **changes)
            assert list(caught.value.path) == path


class TestEquipment:
    def test_opens_rungs_if_it_is_new(self) -> None:
        journal = Journal(heel_rise_test=HeelRiseTest(30, 30)).train()
        assert journal.followed.constants.ladders["straight_knee"][-1].number == 6
        new = build(journal, equipment=("chair", "dumbbell"))
        assert find_start(new, "SK").rung == 6
        rungs = [
            one.rung for one in list_exercises(*plan_program(new).weeks) if one.track == TRACK["SK"]
        ]
        assert rungs[0] == 6
        assert rungs[-1] >= 7

    def test_lowers_rungs_if_it_is_gone(self) -> None:
        journal = train_loads()
        assert [find_start(build(journal), track).rung for track in TRACK] == [7, 7, 6]
        bare = build(journal, equipment=(), step_heights_cm=())
        assert bare.start == Start(
            TrackStart(5, 25, 0.0), TrackStart(5, 25, 0.0), TrackStart(0, 20, 0.0), full_volume=True
        )

    def test_does_not_restore_a_load_if_it_comes_back(self) -> None:
        bare = build(train_loads(), equipment=())
        again = successor.build_successor(followed_program.follow(bare, []), P2)
        assert find_start(again, "SK") == TrackStart(6, 15, 0.0)

    def test_rounds_loads_down_to_a_coarser_increment(self) -> None:
        journal = train_loads()
        fine = find_start(build(journal), "SK").load
        coarse = find_start(build(journal, load_increment=4), "SK").load
        assert coarse == fine // 4 * 4
        assert coarse > 0

    def test_limits_loads_by_a_lower_body_mass(self) -> None:
        heavy = TrackStart(8, 6, 38.0)
        journal = make_journal(start=Start(heavy, heavy))
        assert find_start(build(journal), "SK").load == 38
        assert find_start(build(journal, body_mass=30), "SK").load == 18


class TestUnits:
    def test_converts_loads_and_body_mass(self) -> None:
        journal = train_loads()
        old, new = build(journal), build(journal, units="imperial")
        assert (new.body_mass, new.load_increment) == (143.3, 2.5)
        for track in TRACK:
            kg, lb = find_start(old, track), find_start(new, track)
            assert (kg.rung, kg.reps) == (lb.rung, lb.reps)
            assert 0 <= kg.load / 0.45359237 - lb.load < 2.5

    def test_keeps_an_assumed_body_mass_assumed(self) -> None:
        assert build(Journal(), units="imperial").body_mass is None

    def test_accepts_other_units_with_new_masses(self) -> None:
        new = build(train_loads(), units="imperial", body_mass=150, load_increment=5)
        assert (new.body_mass, new.load_increment) == (150, 5)
        assert find_start(new, "SK").load % 5 == 0

    @pytest.mark.parametrize(("mass", "lb"), [(30, 66.14), (250, 550), (249.4, 549.83)])
    def test_keeps_body_mass_within_its_limits(self, mass: float, lb: float) -> None:
        assert build(Journal(body_mass=mass), units="imperial").body_mass == lb

    def test_converts_back_to_the_same_mass(self) -> None:
        there = build(train_loads(), units="imperial")
        back = successor.build_successor(
            followed_program.follow(there, []), SpecFields(units="metric")
        )
        assert back.body_mass == pytest.approx(65, abs=0.01)


class TestDates:
    def test_continues_where_the_log_ends(self) -> None:
        journal = Journal(start_date=MONDAY).train(weeks=5)
        new = build(journal)
        assert (new.start_date, new.weeks) == (MONDAY + 5 * WEEK, 7)

    def test_keeps_a_future_race(self) -> None:
        race = MONDAY + datetime.timedelta(days=80)
        new = build(Journal(start_date=MONDAY, race_date=race).train(weeks=5))
        assert (new.race_date, new.weeks) == (race, 7)
        assert [week.kind for week in plan_program(new).weeks[-2:]] == ["taper", "race"]

    def test_follows_a_moved_race(self) -> None:
        journal = Journal(start_date=MONDAY, race_date=MONDAY + 11 * WEEK).train(weeks=5)
        new = build(journal, race_date=MONDAY + 20 * WEEK)
        assert (new.start_date, new.weeks) == (MONDAY + 5 * WEEK, 16)
        assert plan_program(new).weeks[-1].kind == "race"

    def test_drops_a_past_race(self) -> None:
        new = build(Journal(start_date=MONDAY, race_date=MONDAY + 2 * WEEK).train(weeks=3))
        assert (new.race_date, new.weeks) == (None, 12)

    def test_keeps_a_race_on_the_first_day(self) -> None:
        race = MONDAY + 2 * WEEK
        new = build(Journal(start_date=MONDAY, race_date=race).train(weeks=2))
        assert (new.start_date, new.race_date, new.weeks) == (race, race, 1)

    def test_accepts_dates_for_a_programme_without_dates(self) -> None:
        new = build(Journal().train(weeks=3), start_date=MONDAY, race_date=MONDAY + 9 * WEEK)
        assert (new.start_date, new.weeks) == (MONDAY, 10)

    def test_accepts_a_start_after_a_pause(self) -> None:
        new = build(Journal(start_date=MONDAY).train(weeks=3), start_date=MONDAY + 9 * WEEK)
        assert (new.start_date, new.weeks) == (MONDAY + 9 * WEEK, 12)

    def test_drops_weekdays_if_their_number_changes(self) -> None:
        assert build(Journal(weekdays=(1, 4)).train(), days_per_week=3).weekdays is None
        assert build(Journal(weekdays=(1, 4)).train()).weekdays == (1, 4)


class TestChain:
    def test_keeps_every_state_over_three_programmes(self) -> None:
        journal = make_journal(weeks=4)
        reached: list[dict[str, tuple[int, float]]] = []
        for _ in range(3):
            journal.train(weeks=4)
            states = {track: journal.state(track) for track in TRACK}
            following = build(journal, weeks=4)
            for track, state in states.items():
                new = find_start(following, track)
                assert (new.rung, new.reps, new.load * 100) == (
                    state.rung.number,
                    state.reps,
                    state.load,
                )
            reached.append({t: (s.rung.number, s.load) for t, s in states.items()})
            journal = Journal(following)
        for track in TRACK:
            ladder = [one[track] for one in reached]
            assert ladder == sorted(ladder)
            assert ladder[0] < ladder[-1]

    @given_few(specs(), st.data())
    def test_plans_from_any_week_of_any_spec(self, spec: Spec, data: st.DataObject) -> None:
        through = data.draw(st.integers(0, spec.weeks))
        follower = successor.build_successor(
            followed_program.follow(spec, [], through_week=through), SpecFields()
        )
        assert engine.find_program(engine.identify(follower).program_id).spec == follower
        assert plan_program(follower).weeks[0].index == 1

    @given_few(specs(), specs(begin_from=None))
    def test_accepts_any_other_equipment(self, spec: Spec, other: Spec) -> None:
        assume(spec.units == other.units)
        changes: SpecFields = {
            "equipment": other.equipment,
            "step_heights_cm": other.step_heights_cm,
            "load_increment": other.load_increment,
        }
        follower = successor.build_successor(followed_program.follow(spec, []), changes)
        constants = plan_constants.derive(follower)
        for track in TRACKS:
            assert follower.start
            assert follower.start.of(track)
            old = followed_program.follow(spec, []).standing.position.states[track].rung.number
            lowest = constants.ladders[track][0].number
            taken = follower.start.of(track)
            assert taken
            assert taken.rung <= max(old, lowest)
