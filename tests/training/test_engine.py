"""The seam of engines: an id names its engine, and the number chooses the rules."""

import dataclasses
from collections.abc import Callable

import pytest

from app.training import engine
from app.training.adapting.simulation import SimulatedRunner
from app.training.engine import EngineRetired
from app.training.planning import program_ids
from app.training.planning.id_bytes import UnknownProgram
from app.training.planning.spec import SpecFields
from app.training.planning.spec_building import SpecError
from app.training.planning.start import Start, TrackStart
from tests.training.strategies import make_spec

LATER = 7


class TestFindProgram:
    def test_finds_the_spec_and_the_engine_of_an_id(self) -> None:
        ref = engine.identify(make_spec(level="advanced"))
        assert engine.find_program(ref.program_id) == ref
        assert (ref.engine, ref.spec) == (engine.CURRENT, make_spec(level="advanced"))

    def test_plans_with_the_engine_that_the_id_names(self, monkeypatch: pytest.MonkeyPatch) -> None:
        later = dataclasses.replace(engine.CURRENT, number=LATER, version="7.0.0")
        monkeypatch.setattr(engine, "ENGINES", {**engine.ENGINES, LATER: later})
        first, second = (program_ids.encode(make_spec(), number) for number in (2, LATER))
        assert engine.find_program(first).engine.version == "2.0.0"
        assert engine.find_program(second).engine.version == "7.0.0"

    def test_rejects_an_unknown_engine(self) -> None:
        with pytest.raises(UnknownProgram):
            engine.find_program(program_ids.encode(make_spec(), LATER))

    def test_names_the_successor_of_a_retired_engine(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(engine, "RETIRED", frozenset({LATER}))
        spec = make_spec(weeks=8)
        with pytest.raises(EngineRetired) as caught:
            engine.find_program(program_ids.encode(spec, LATER))
        assert caught.value.successor == engine.identify(spec)


class TestEngine:
    def test_has_its_number_as_key(self) -> None:
        assert {number: one.number for number, one in engine.ENGINES.items()} == {2: 2}
        assert engine.RETIRED.isdisjoint(engine.ENGINES)

    def test_plans_with_its_version(self) -> None:
        for one in engine.ENGINES.values():
            assert one.plan(make_spec(), "an-id").engine_version == one.version


class TestContinueProgram:
    def test_refuses_a_start_that_does_not_fit(self) -> None:
        followed = engine.identify(make_spec()).follow([])
        wish = SpecFields(start=Start(step_up=TrackStart(7)))
        with pytest.raises(SpecError) as caught:
            engine.continue_program(followed, wish)
        assert caught.value.path == ("start",)

    def test_returns_a_spec_that_can_be_planned(self) -> None:
        followed = engine.identify(make_spec(weeks=5)).follow([], through_week=2)
        spec = engine.continue_program(followed, SpecFields(core=("plank",)))
        assert (spec.weeks, spec.core) == (3, ("plank",))
        assert engine.identify(spec).plan().spec == spec

    @pytest.mark.parametrize("start", [Start(step_up=TrackStart(7)), Start(run=2)])
    def test_plans_no_spec_whose_start_does_not_fit(self, start: Start) -> None:
        ref = engine.identify(make_spec(start=start))
        calls: list[Callable[[], object]] = [
            ref.plan, lambda: ref.follow([]), lambda: ref.simulate(SimulatedRunner()),
        ]  # fmt: skip
        for call in calls:
            with pytest.raises(SpecError):
                call()
