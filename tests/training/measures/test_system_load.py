"""The greatest load, body mass included (science part 5)."""

import pytest

from app.training.catalog.exercises import TRACKS
from app.training.log.completed import Load
from app.training.measures.system_load import SystemLoad
from tests.training.journal import P2, Change, Journal, sessions, sets
from tests.training.measures.measured import measure, measure_first_week


class TestMeasureSystemLoad:
    def loaded(self, *changes: Change) -> SystemLoad:
        """P2 after week 11, in which the straight-knee raise is 3 x 8 at 6 kg."""
        return measure(Journal(**P2).train(weeks=10).train(*changes)).system_load

    def test_adds_body_mass_and_load(self) -> None:
        told = self.loaded()
        assert told.weeks[10].tracks == {"straight_knee": 71, "bent_knee": 71, "step_up": 71}
        assert told.weeks[0].tracks == {"straight_knee": 65, "bent_knee": 65, "step_up": 65}
        assert (told.unit, told.body_mass_assumed) == ("kg", False)

    def test_takes_the_most_of_a_set_of_6_repetitions(self) -> None:
        heavy = (Load(9, "kg"), Load(12, "kg"), Load(7, "kg"))
        told = self.loaded(sets("SK", load=heavy, reps=(6, 5, 8)))
        assert told.weeks[10].tracks["straight_knee"] == 74

    def test_names_the_most_of_all_weeks(self) -> None:
        told = self.loaded()
        assert told.best == {"straight_knee": 71, "bent_knee": 71, "step_up": 71}
        assert told.weeks[11].tracks == dict.fromkeys(TRACKS)

    def test_leaves_out_a_load_that_is_unknown(self) -> None:
        told = self.loaded(sets("SK", load=None))
        assert told.weeks[10].tracks["straight_knee"] is None

    @pytest.mark.parametrize("slug", ["seated-heel-raise", "seated-loaded-calf-raise"])
    def test_leaves_out_what_does_not_lift_the_body(self, slug: str) -> None:
        told = measure_first_week(sets("BK", exercise=slug, load=Load(20, "kg"))).system_load
        assert told.best["bent_knee"] is None

    def test_is_in_the_unit_of_the_programme(self) -> None:
        told = measure(Journal(units="imperial").train(sets("SK", load=Load(10, "kg")))).system_load
        # Nobody said what the runner weighs: 154 lb are assumed; 10 kg are 22.05 lb.
        assert (told.unit, told.body_mass_assumed) == ("lb", True)
        assert told.best == {"straight_knee": 176.05, "bent_knee": 154, "step_up": 154}

    def test_is_nothing_without_training(self) -> None:
        told = measure(Journal().train(sessions(omit=True))).system_load
        assert told.best == dict.fromkeys(TRACKS)
