"""Tests of the JSON of a week: what it says, and what it leaves out because there is nothing."""

from typing import Any, ClassVar

import pytest
from pydantic import TypeAdapter

from app.training.planning.plan_constants import PlanConstants
from app.training.planning.standing import TrackState
from app.training.planning.week import Week
from tests.training.planning.states import answer, answer_standing, at, stand
from tests.training.strategies import make_constants

WEEK = TypeAdapter(Week)
PLAIN = make_constants()
CORE = make_constants(core=("side_plank", "bridge", "plank"))
LOADED = make_constants(equipment=("dumbbell",), body_mass=65)
MACHINES = make_constants(equipment=("leg_press", "seated_calf_machine"))


def to_json(week: Week) -> dict[str, Any]:
    """Return a week as it is sent."""
    found: dict[str, Any] = WEEK.dump_python(week, mode="json")
    return found


class TestJson:
    ALWAYS: ClassVar[set[str]] = {
        "index", "kind", "phase", "start_date", "retest", "set_budget", "hard_sets", "total_reps",
        "effective_volume", "reason", "sessions",
    }  # fmt: skip

    def test_leaves_out_what_is_empty_in_a_week(self) -> None:
        sent = to_json(answer(PLAIN))
        assert sent.keys() == self.ALWAYS
        assert sent["start_date"] is None

    def test_tells_notes_and_seconds_where_there_are_any(self) -> None:
        standing = stand(CORE, notes=("CAUTION_LIFTED",))
        sent = to_json(answer_standing(CORE, standing))
        assert sent.keys() == self.ALWAYS | {"other_reasons", "notes", "total_hold_s"}

    def test_tells_the_reason_of_most_tracks_once_and_the_others(self) -> None:
        standing = stand(PLAIN, at("BK2", 15, why="MISSED_WEEK_REPEAT"))
        sent = to_json(answer_standing(PLAIN, standing))
        assert sent["reason"]["code"] == "START"
        assert {t: one["code"] for t, one in sent["other_reasons"].items()} == {
            "bent_knee": "MISSED_WEEK_REPEAT"
        }

    def test_tells_zero_seconds_of_a_programme_with_core_tracks(self) -> None:
        assert to_json(answer(make_constants(core=("bridge",))))["total_hold_s"] == 0

    def test_leaves_out_what_is_empty_in_a_session(self) -> None:
        (session, _) = to_json(answer(PLAIN))["sessions"]
        assert session.keys() == {"index", "weekday", "date", "type", "est_minutes", "exercises"}

    def test_tells_a_trimmed_session_and_its_advice(self) -> None:
        constants = make_constants(session_minutes=15, run_schedule=("hard",) * 7)
        (session, _) = to_json(answer(constants))["sessions"]
        assert session["trimmed"] is True
        assert len(session["timing_advice"]) == 2

    @pytest.mark.parametrize(
        ("constants", "state", "more"),
        [
            (PLAIN, at("SK2", 15), set()),
            (PLAIN, at("SU2", 15), {"step_height_cm"}),
            (MACHINES, at("SK7", 8, 7), {"load_choice"}),
        ],
    )
    def test_leaves_out_what_is_empty_in_an_exercise(
        self, constants: PlanConstants, state: TrackState, more: set[str]
    ) -> None:
        sent = self.find_exercise(constants, state)
        assert sent.keys() == {"slug", "rung", "rest_s", "sets"} | more

    @pytest.mark.parametrize(
        ("constants", "state", "more"),
        [
            (PLAIN, at("SK2", 15), {"reps", "reps_max", "rir"}),
            (LOADED, at("SK7", 8, 6), {"reps", "reps_max", "rir", "load"}),
            (MACHINES, at("SK7", 8, 7), {"reps", "reps_max", "rir"}),
            (CORE, at("SP1", 4), {"seconds", "seconds_max", "reserve_s"}),
        ],
    )
    def test_leaves_out_what_does_not_apply_to_a_set(
        self, constants: PlanConstants, state: TrackState, more: set[str]
    ) -> None:
        for sent in self.find_exercise(constants, state)["sets"]:
            assert sent.keys() == {"side", "count", "rpe"} | more

    @staticmethod
    def find_exercise(constants: PlanConstants, state: TrackState) -> dict[str, Any]:
        slug = constants.printed[state.rung].exercise.slug
        exercises = to_json(answer(constants, state))["sessions"][0]["exercises"]
        return next(one for one in exercises if one["slug"] == slug)
