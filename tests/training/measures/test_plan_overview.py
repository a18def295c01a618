"""The weeks of a plan at a glance (science part 5)."""

from typing import Any

from app.training.catalog.track_definitions import Track
from app.training.measures.plan_overview import LadderPlace, build_plan_overview
from app.training.planning.spec import SpecFields
from app.training.planning.start import Start, TrackStart
from tests.training.journal import CORE, FIRST_DAY, P2
from tests.training.strategies import make_spec, plan_program


class TestPlaces:
    def list_values(self, track: Track = "straight_knee", **fields: Any) -> list[float | None]:
        places = build_plan_overview(make_spec(**fields)).places[track]
        return [None if one is None else round(one.position, 3) for one in places]

    def test_rises_with_repetitions_and_rungs_and_stays_in_easier_weeks(self) -> None:
        assert self.list_values() == [2, 2, 2, 2, 2.5, 2.833, 3, 3, 3.75, 4, 4.75, 4.75]

    def test_knows_a_track_that_begins_with_an_easier_week(self) -> None:
        start = Start(straight_knee=TrackStart(3, reps=14))
        assert self.list_values(start=start, weeks=3, lighter_weeks=(1,))[0] == 3.5

    def test_is_none_for_a_track_that_no_session_holds(self) -> None:
        race = {"weeks": 1, "start_date": FIRST_DAY, "race_date": FIRST_DAY}
        assert self.list_values("step_up", **race) == [None]

    def test_tells_exercise_and_load(self) -> None:
        places = build_plan_overview(make_spec(**P2)).places["step_up"]
        assert places[0] == LadderPlace(3, "Step-up with slow lowering", 0, 3)
        last = places[-1]
        assert last is not None
        assert (last.rung, last.exercise, last.load) == (6, "Loaded step-up", 6)

    def test_has_no_load_where_the_runner_chooses_it(self) -> None:
        machine: SpecFields = {
            "equipment": ("leg_press",),
            "start": Start(straight_knee=TrackStart(7)),
        }
        place = build_plan_overview(make_spec(**machine)).places["straight_knee"][0]
        assert place == LadderPlace(7, "Calf raise on the leg press, one leg", 0, 7)


class TestHolds:
    def test_are_those_of_the_programme(self) -> None:
        holds = build_plan_overview(make_spec(**CORE)).holds
        planned = [week.total_hold_s for week in plan_program(**CORE).weeks]
        assert [sum(week.values()) for week in holds] == planned

    def test_are_absent_without_core_tracks(self) -> None:
        assert build_plan_overview(make_spec()).holds == []
