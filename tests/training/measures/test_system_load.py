"""The greatest load, body mass included (science part 5)."""

import pytest

from app.training.catalog.track_definitions import BASE_TRACKS, TRACKS
from app.training.measures.system_load import SystemLoad
from app.training.planning.load import Load
from tests.training.journal import CORE, P2, Change, Journal, sessions, sets
from tests.training.measures.measured import measure, measure_first_week


class TestMeasureSystemLoad:
    def loaded(self, *changes: Change) -> SystemLoad:
        """P2 after week 11, in which the step-up is 3 x 10 at 6 kg."""
        return measure(Journal(**P2).train(weeks=10).train(*changes)).system_load

    def test_adds_body_mass_and_load(self) -> None:
        result = self.loaded()
        assert result.weeks[10].tracks == {"straight_knee": 65, "bent_knee": 65, "step_up": 71}
        assert result.weeks[0].tracks == {"straight_knee": 65, "bent_knee": 65, "step_up": 65}
        assert (result.unit, result.body_mass_assumed) == ("kg", False)

    def test_uses_sets_of_6_repetitions_or_more(self) -> None:
        heavy = (Load(9, "kg"), Load(12, "kg"), Load(7, "kg"))
        result = self.loaded(sets("SU", load=heavy, reps=(6, 5, 8)))
        assert result.weeks[10].tracks["step_up"] == 74

    def test_finds_the_greatest_of_all_weeks(self) -> None:
        result = self.loaded()
        assert result.best == {"straight_knee": 65, "bent_knee": 65, "step_up": 71}
        assert result.weeks[11].tracks == dict.fromkeys(BASE_TRACKS)

    def test_leaves_out_an_unknown_load(self) -> None:
        result = self.loaded(sets("SU", load=None))
        assert result.weeks[10].tracks["step_up"] is None

    @pytest.mark.parametrize("slug", ["seated-heel-raise", "seated-loaded-calf-raise"])
    def test_leaves_out_seated_exercises(self, slug: str) -> None:
        result = measure_first_week(sets("BK", exercise=slug, load=Load(20, "kg"))).system_load
        assert result.best["bent_knee"] is None

    def test_is_in_the_unit_of_the_programme(self) -> None:
        result = measure(
            Journal(units="imperial").train(sets("SK", load=Load(10, "kg")))
        ).system_load
        # Nobody said what the runner weighs: 154 lb are assumed; 10 kg are 22.05 lb.
        assert (result.unit, result.body_mass_assumed) == ("lb", True)
        assert result.best == {"straight_knee": 176.05, "bent_knee": 154, "step_up": 154}

    def test_is_none_without_training(self) -> None:
        result = measure(Journal().train(sessions(omit=True))).system_load
        assert result.best == dict.fromkeys(BASE_TRACKS)

    def test_is_none_for_core_tracks(self) -> None:
        result = measure(Journal(**CORE).train()).system_load
        lifted = {track: 70.0 if track in BASE_TRACKS else None for track in TRACKS}
        assert result.best == lifted
