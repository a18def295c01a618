"""Simulations: one seed gives one result, and what a runner does decides the weeks."""

import datetime
from typing import Any, get_args

import pytest
from hypothesis import strategies as st

from app.training.adapting import simulation
from app.training.adapting.simulation import Effort, SimulatedRunner, SimulatedWeek, Simulation
from app.training.planning.plan_constants import derive
from app.training.planning.spec import Spec, SpecFields
from app.training.planning.week import Week
from tests.training.adapting.outcomes import SHORT
from tests.training.journal import CORE, P2, Journal, sets
from tests.training.notation import format_sessions, format_week
from tests.training.queries import list_exercises
from tests.training.strategies import given_few, make_constants, make_spec, plan_program, specs
from tests.training.week_reasons import list_reasons

PERFECT = SimulatedRunner()


def run(wish: SpecFields | None = None, **runner: Any) -> Simulation:
    """Simulate a runner in the default programme or another."""
    return simulation.simulate(make_spec(**(wish or {})), SimulatedRunner(**runner))


def runners() -> st.SearchStrategy[SimulatedRunner]:
    return st.builds(
        SimulatedRunner,
        adherence=st.sampled_from([0.0, 0.5, 1.0]) | st.floats(0, 1),
        effort=st.sampled_from(get_args(Effort)),
        missed_weeks=st.frozensets(st.integers(1, 30), max_size=6),
        seed=st.integers(0, 2**53 - 1),
    )


def list_codes(*weeks: Week) -> set[str]:
    return {why.code for week in weeks for why in list_reasons(week).values()}


def sum_rungs(week: SimulatedWeek) -> int:
    return sum({one.track: one.rung for one in list_exercises(week)}.values())


class TestSimulate:
    def test_gives_one_result_for_one_seed(self) -> None:
        first, again, other = (run(adherence=0.7, effort="hard", seed=seed) for seed in (7, 7, 8))
        assert first == again
        assert first != other

    @pytest.mark.parametrize("wish", [{}, P2, CORE, {"level": "advanced", "weeks": 30}])
    def test_equals_the_plan_for_a_perfect_runner(self, wish: SpecFields) -> None:
        simulated = run(wish)
        assert simulated.status == "finished"
        assert [format_week(week) for week in simulated.weeks] == [
            format_week(week) for week in plan_program(**wish).weeks
        ]
        assert {week.done for week in simulated.weeks} == {1.0}

    @given_few(specs())
    def test_asks_a_perfect_runner_for_the_work_of_the_plan(self, spec: Spec) -> None:
        weeks = simulation.simulate(spec, PERFECT).weeks
        assert [format_sessions(week) for week in weeks] == [
            format_sessions(week) for week in plan_program(spec).weeks
        ]

    def test_tells_what_was_earned(self) -> None:
        simulated, planned = run({"ramp": "direct"}).weeks[1], plan_program(ramp="direct").weeks[1]
        assert (
            simulated.find_reason("step_up").code
            == planned.find_reason("step_up").code
            == "ADD_REPS"
        )
        assert simulated.find_reason("step_up").sentence.startswith("That went well")
        assert planned.find_reason("step_up").sentence.startswith("If these sets go well")

    def test_shows_a_missed_week(self) -> None:
        weeks = run(missed_weeks=frozenset({5})).weeks
        assert weeks[4].done == 0
        assert list_codes(weeks[5]) == {"MISSED_WEEK_REPEAT"}
        assert format_sessions(weeks[5]) == format_sessions(weeks[4])

    @pytest.mark.parametrize(
        ("away", "code"), [(2, "LONG_BREAK_14"), (4, "LONG_BREAK_28"), (8, "RESTART_AFTER_BREAK")]
    )
    def test_shows_a_long_break(self, away: int, code: str) -> None:
        missed = frozenset(range(3, 3 + away))
        weeks = run({"weeks": 14, "deload_every": 0}, missed_weeks=missed).weeks
        assert list_codes(weeks[2 + away]) == {code}

    def test_stays_at_the_start_if_nothing_is_done(self) -> None:
        weeks = run(adherence=0).weeks
        assert {week.done for week in weeks} == {0.0}
        assert list_codes(*weeks[1:]) == {"NO_DATA_START"}
        assert len({tuple(format_sessions(week)) for week in weeks}) == 1

    def test_shrinks_if_little_is_done(self) -> None:
        weeks = run({"ramp": "direct"}, adherence=0.3, seed=1).weeks
        assert "SIMPLIFY_DOSE" in list_codes(*weeks)
        assert weeks[-1].set_budget < weeks[0].set_budget
        assert 0.1 < sum(week.done for week in weeks) / len(weeks) < 0.5

    def test_progresses_faster_if_easy_and_slower_if_hard(self) -> None:
        hard, planned, easy = (run(effort=effort) for effort in ("hard", "as_planned", "easy"))
        rungs = [sum_rungs(one.weeks[-1]) for one in (hard, planned, easy)]
        assert rungs[0] < rungs[1] < rungs[2]
        assert list_codes(*hard.weeks) & {"EFFORT_TOO_HIGH", "BELOW_TARGET_REGRESS"}

    def test_tells_about_each_exercise(self) -> None:
        simulated = run(CORE, effort="easy")
        slugs = {one.slug for one in list_exercises(*simulated.weeks)}
        assert slugs == simulated.exercise_details.keys()

    @given_few(specs(), runners())
    def test_finishes_any_programme(self, spec: Spec, runner: SimulatedRunner) -> None:
        simulated = simulation.simulate(spec, runner)
        assert simulated.status == "finished"
        assert [week.index for week in simulated.weeks] == [*range(1, spec.weeks + 1)]
        for week in simulated.weeks:
            assert 0 <= week.done <= 1
            assert week.index not in runner.missed_weeks or week.done == 0

    @given_few(specs(), runners())
    def test_asks_for_repetitions_and_loads_that_there_are(
        self, spec: Spec, runner: SimulatedRunner
    ) -> None:
        constants = derive(spec)
        for week in simulation.simulate(spec, runner).weeks:
            for one in list_exercises(week):
                (rung,) = [r for r in constants.ladders[one.track] if r.number == one.rung]
                for each in one.sets:
                    counts = each.reps or (each.seconds or 0) // 5
                    assert 1 <= counts <= constants.top_reps(rung)
                    assert each.load is None or each.load.value * 100 <= constants.max_load


class TestListSets:
    def test_takes_turns_between_the_sides(self) -> None:
        step = list_exercises(plan_program().weeks[0])[2]
        order = [(number, one.side) for number, one in simulation.list_sets(step)]
        assert order == [(1, "left"), (1, "right"), (2, "left"), (2, "right")]

    def test_ends_with_the_extra_set_of_a_weak_side(self) -> None:
        behind = (sets("SK", side="left", reps=12), sets("SK", side="right", reps=15))
        calf = list_exercises(Journal(**SHORT).train(*behind).week)[0]
        order = [(number, one.side) for number, one in simulation.list_sets(calf)]
        assert order[-3:] == [(3, "left"), (3, "right"), (4, "left")]


class TestSessionTime:
    def test_is_noon_in_the_programme_s_zone(self) -> None:
        wish = SpecFields(start_date=datetime.date(2027, 3, 24), timezone="Pacific/Chatham")
        constants = make_constants(**wish)
        for week in plan_program(**wish).weeks:
            for session in week.sessions:
                moment = simulation.session_time(constants, week, session)
                assert (moment.date(), moment.hour) == (session.date, 12)

    def test_is_a_day_of_the_week_without_dates(self) -> None:
        journal = Journal()
        for week in plan_program(journal.spec).weeks:
            for session in week.sessions:
                moment = simulation.session_time(journal.followed.constants, week, session)
                assert moment.weekday() == session.weekday
                days = (moment.date() - simulation._UNDATED_START).days
                assert days // 7 + 1 == week.index
