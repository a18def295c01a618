"""Tests of the loads of a programme: masses, the first load, the greatest, and those between."""

import pytest

from tests.training.planning.states import find_rung
from tests.training.strategies import make_constants


class TestMasses:
    def test_assume_a_body_mass_if_none_is_given(self) -> None:
        assert make_constants().body_mass == 7000
        assert make_constants(units="imperial").body_mass == 15400

    @pytest.mark.parametrize(("load", "heavy"), [(12.99, False), (13, True), (13.01, True)])
    def test_are_heavy_from_a_fifth_of_body_mass(self, load: float, heavy: bool) -> None:
        assert make_constants(body_mass=65).is_heavy(round(load * 100)) is heavy

    def test_raise_the_effort_of_a_repetition_by_their_share_of_body_mass(self) -> None:
        constants = make_constants(body_mass=70, equipment=("backpack",))
        # 2.00 x (1 + 7 / 70), times 100 and times 7,000
        assert constants.effort(find_rung("SK7"), 700) == 220 * 7000
        assert constants.effort(find_rung("BK1"), 0) == 40 * 7000


class TestFirstLoad:
    @pytest.mark.parametrize(
        ("body_mass", "increment", "first"),
        [(70, 1, 7), (65, 1, 6), (65, 2.5, 5), (30, 5, 5), (99.9, 0.25, 9.75), (64.35, 0.3, 6.3)],
    )
    def test_is_a_tenth_of_body_mass(
        self, body_mass: float, increment: float, first: float
    ) -> None:
        constants = make_constants(body_mass=body_mass, load_increment=increment)
        assert constants.first_load / 100 == first

    @pytest.mark.parametrize(
        ("loads", "first"),
        [((5.0, 6.0, 10.0), 6), ((5.0, 7.0), 7), ((8.0, 10.0), 8), ((1.0, 3.0, 9.0), 9)],
    )
    def test_is_the_heaviest_owned_one_up_to_that_or_the_lightest(
        self, loads: tuple[float, ...], first: float
    ) -> None:
        assert make_constants(body_mass=70, loads=loads).first_load / 100 == first


class TestMaxLoad:
    @pytest.mark.parametrize(
        ("body_mass", "increment", "most"),
        # Down to a multiple of the increment.
        [(70, 1, 42), (65, 2.5, 37.5), (64.35, 0.25, 38.5), (30, 5, 15), (99.99, 5, 55)],
    )
    def test_is_six_tenths_of_body_mass(
        self, body_mass: float, increment: float, most: float
    ) -> None:
        constants = make_constants(body_mass=body_mass, load_increment=increment)
        assert constants.max_load / 100 == most

    def test_is_the_heaviest_owned_one_up_to_that(self) -> None:
        assert make_constants(body_mass=70, loads=(10, 40, 50)).max_load == 4000


class TestFitLoad:
    @pytest.mark.parametrize(
        ("most", "load"), [(9.99, 7.5), (10, 10), (2.4, 2.5), (0, 2.5), (11, 10)]
    )
    def test_returns_a_multiple_of_the_increment_and_at_least_one(
        self, most: float, load: float
    ) -> None:
        constants = make_constants(load_increment=2.5)
        assert constants.fit_load(round(most * 100)) / 100 == load

    @pytest.mark.parametrize(("most", "load"), [(9.99, 6), (10, 10), (5, 6), (99, 16)])
    def test_returns_an_owned_weight_and_at_least_the_lightest(
        self, most: float, load: float
    ) -> None:
        constants = make_constants(body_mass=65, loads=(6, 10, 16))
        assert constants.fit_load(round(most * 100)) / 100 == load

    def test_ignores_owned_weights_below_a_twentieth_of_body_mass(self) -> None:
        assert make_constants(body_mass=70, loads=(2, 3.5, 8)).fit_load(300) == 350


class TestNextLoad:
    @pytest.mark.parametrize(("load", "above"), [(5, 7.5), (6, 7.5), (0, 2.5)])
    def test_returns_the_next_multiple_of_the_increment(self, load: float, above: float) -> None:
        constants = make_constants(load_increment=2.5)
        assert constants.next_load(round(load * 100)) == above * 100

    @pytest.mark.parametrize(("load", "above"), [(0, 6), (6, 10), (9, 10), (10, 16)])
    def test_returns_the_next_owned_weight(self, load: float, above: float) -> None:
        constants = make_constants(body_mass=65, loads=(6, 10, 16))
        assert constants.next_load(round(load * 100)) == above * 100

    def test_is_none_above_the_heaviest_owned_weight(self) -> None:
        assert make_constants(body_mass=65, loads=(6, 10, 16)).next_load(1600) is None
