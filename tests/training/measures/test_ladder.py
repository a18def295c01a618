"""Ladder position (science part 5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.training.catalog.exercises import Rung
from app.training.catalog.track_definitions import Track
from app.training.measures import ladder
from app.training.planning import progression
from app.training.planning.plan_constants import PlanConstants, derive
from app.training.planning.spec import Spec, SpecFields
from app.training.planning.standing import TrackState
from tests.training.journal import CORE, Journal, sets
from tests.training.measures.measured import measure
from tests.training.strategies import make_constants, specs

# The worked examples of the science: 70 kg and any weight, so that the ladder ends with rung 8.
WEIGHTS: SpecFields = {"body_mass": 70, "equipment": ("chair", "dumbbell")}


def find_position(
    constants: PlanConstants, track: Track, rung: int, reps: int, load: float = 0
) -> float:
    """Return the position of a track on a rung, with two decimals."""
    found = next(one for one in constants.ladders[track] if one.number == rung)
    state = TrackState(found, reps, round(load * 100), sets=4)
    return round(float(ladder.find_position(constants, state)), 2)


class TestFindPosition:
    @pytest.mark.parametrize(
        ("rung", "load", "reps", "position"),
        [
            (7, 7, 8, 7.0),
            (7, 7, 12, 7.34),
            (7, 10, 8, 7.43),
            (7, 14, 12, 8.0),
            (8, 14, 6, 8.0),
            (8, 42, 6, 9.0),
        ],
    )
    def test_matches_the_examples(self, rung: int, load: float, reps: int, position: float) -> None:
        constants = make_constants(**WEIGHTS)
        assert find_position(constants, "straight_knee", rung, reps, load) == position

    @pytest.mark.parametrize(
        ("rung", "reps", "position"), [(2, 15, 2.0), (2, 18, 2.5), (2, 20, 2.83), (3, 15, 3.75)]
    )
    def test_rises_with_the_repetitions(self, rung: int, reps: int, position: float) -> None:
        assert find_position(make_constants(), "straight_knee", rung, reps) == position

    def test_uses_the_programme_s_range(self) -> None:
        # The last step-up without a higher box grows to 20, so 18 is (18-12)/(20-12+1).
        assert find_position(make_constants(), "step_up", 3, 18) == 3.67

    def test_counts_a_hold_in_fives(self) -> None:
        # The side plank from the knees is 20 to 30 s: 25 s are (5-4)/(6-4+1).
        assert find_position(make_constants(**CORE), "side_plank", 1, 5) == 1.33

    @pytest.mark.parametrize("reps", [1, 5, 14])
    def test_is_the_rung_below_its_range(self, reps: int) -> None:
        assert find_position(make_constants(), "straight_knee", 2, reps) == 2.0

    def test_does_not_divide_by_zero_if_the_only_weight_is_heavy(self) -> None:
        # 14 kg is the first load and the one that ends rung 7 as well, 5 kg more than any other.
        for owned in ((14.0,), (3.5,), (4.0, 14.0)):
            constants = make_constants(body_mass=70, equipment=("dumbbell",), loads=owned)
            for rung in (7, 8):
                position = find_position(constants, "straight_knee", rung, 8, owned[-1])
                assert rung <= position <= rung + 1

    @given(specs(weeks=4), st.data())
    def test_stays_between_its_rung_and_the_next(self, wanted: Spec, data: st.DataObject) -> None:
        constants = derive(wanted)
        state = data.draw(states(constants))
        position = ladder.find_position(constants, state)
        assert state.rung.number <= position <= state.rung.number + 1

    @given(specs(weeks=4), st.data())
    def test_never_falls_when_repetitions_load_or_rung_rise(
        self, wanted: Spec, data: st.DataObject
    ) -> None:
        constants = derive(wanted)
        lower = data.draw(states(constants))
        higher = data.draw(states(constants, lower.rung.track))
        if higher.rung is lower.rung:
            higher = higher._replace(
                reps=max(lower.reps, higher.reps), load=max(lower.load, higher.load)
            )
        elif higher.rung.number < lower.rung.number:
            lower, higher = higher, lower
        before, after = (ladder.find_position(constants, one) for one in (lower, higher))
        assert before <= after

    @given(specs(weeks=4), st.data())
    def test_never_falls_when_a_track_climbs(self, wanted: Spec, data: st.DataObject) -> None:
        constants = derive(wanted)
        state = data.draw(states(constants))
        climbed = progression.progress(constants, state).state
        before, after = (ladder.find_position(constants, one) for one in (state, climbed))
        assert before <= after


@st.composite
def states(draw: st.DrawFn, constants: PlanConstants, track: Track | None = None) -> TrackState:
    """Draw a state that a track may be in."""
    chosen = track or draw(st.sampled_from(constants.tracks))
    rung = draw(st.sampled_from(constants.ladders[chosen]))
    reps = draw(st.integers(1, constants.top_reps(rung)))
    return TrackState(rung, reps, draw(loads(constants, rung)), sets=4)


def loads(constants: PlanConstants, rung: Rung) -> st.SearchStrategy[int]:
    """Loads that a rung may have, in hundredths."""
    if not rung.loaded:
        return st.just(0)
    most = st.integers(1, constants.max_load)
    return most.map(lambda load: min(constants.fit_load(load), constants.max_load))


class TestMeasureLadder:
    def test_stays_where_it_is_in_lighter_weeks(self) -> None:
        result = measure(Journal().train(weeks=9)).ladder.weeks
        knees = [one.tracks["straight_knee"] for one in result]
        # SK2 is 15-20, SK3 12-15, SK4 12-15; weeks 4 and 8 are lighter.
        assert knees == [2.0, 2.0, 2.0, 2.0, 2.5, 2.83, 3.0, 3.0, 3.75, 4.0]

    def test_is_that_of_the_state_while_pain_reduces_the_dose(self) -> None:
        # 18 repetitions are reached; pain that does not settle halves the dose of week 7.
        journal = Journal().train(weeks=4).train(sets("SK", pain=4)).train(sets("SK", pain=4))
        assert journal.reason("SK").code == "PAIN_NOT_SETTLING"
        assert "SK2 2x14" in journal.week_text
        result = measure(journal).ladder.weeks
        assert [one.tracks["straight_knee"] for one in result[4:]] == [2.5, 2.5, 2.5]

    def test_falls_with_the_rung_after_pain_above_5(self) -> None:
        journal = Journal().train().train(sets("SK", session=1, pain=7))
        assert "SK" not in journal.week_text
        result = measure(journal).ladder.weeks
        assert [one.tracks["straight_knee"] for one in result] == [2.0, 2.0, 1.0]

    def test_does_not_fall_between_good_weeks(self) -> None:
        result = measure(Journal(**CORE).train(weeks=11))
        for track in result.ladder.weeks[0].tracks:
            line = [week.tracks[track] or 0 for week in result.ladder.weeks]
            assert line == sorted(line)
            assert line[-1] > line[0]
