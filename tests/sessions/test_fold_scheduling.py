"""Tests of where logs are folded: short ones on the event loop, long ones in a thread."""

import threading

import pytest

from app.sessions import fold_scheduling
from app.sessions.fold_scheduling import MAX_SETS_ON_LOOP, MAX_SIMULATED_WEEKS_ON_LOOP
from app.training import engine
from app.training.adapting.simulation import SimulatedRunner
from app.training.planning.spec_building import build_spec
from tests.training.journal import Journal, make_session, make_set


class TestRun:
    async def test_runs_on_the_event_loop_for_a_short_log(self) -> None:
        here = threading.get_ident()
        assert await fold_scheduling.run(threading.get_ident, sets=MAX_SETS_ON_LOOP) == here

    async def test_runs_in_a_thread_for_a_long_log(self) -> None:
        here = threading.get_ident()
        assert await fold_scheduling.run(threading.get_ident, sets=MAX_SETS_ON_LOOP + 1) != here

    @pytest.mark.parametrize("sets", [0, MAX_SETS_ON_LOOP + 1])
    async def test_raises_the_error_of_the_work(self, sets: int) -> None:
        def fail() -> None:
            raise KeyError

        with pytest.raises(KeyError):
            await fold_scheduling.run(fail, sets=sets)


class TestCountSets:
    def test_counts_the_sets_of_all_sessions_and_one_without_sets_as_one(self) -> None:
        sessions = [make_session(make_set(), make_set(set_index=2)), make_session()]
        assert fold_scheduling.count_sets(sessions) == 3

    def test_counts_every_set_of_a_journal(self) -> None:
        log = Journal().train(weeks=2).log
        assert fold_scheduling.count_sets(log) == sum(len(session.sets) for session in log) > 0


class TestSimulate:
    @pytest.mark.parametrize("weeks", [4, MAX_SIMULATED_WEEKS_ON_LOOP + 1])
    async def test_is_the_same_on_the_loop_and_in_a_thread(self, weeks: int) -> None:
        ref = engine.identify(build_spec({"weeks": weeks}))
        assert await fold_scheduling.simulate(ref, SimulatedRunner(seed=7)) == ref.simulate(
            SimulatedRunner(seed=7)
        )
