"""Side-plank tests and changes between them (science 2.7b and part 5)."""

import datetime

import pytest

from app.training.measures import side_plank
from app.training.measures.side_plank import SidePlank, SidePlankResult, SideResult
from app.training.planning.spec import SidePlankTest, Spec
from tests.training.journal import Journal
from tests.training.measures.measured import measure, measure_across
from tests.training.strategies import make_spec

DAY = datetime.date(2027, 3, 1)


def spec_with(left: int, right: int, *, day: int | None = None) -> Spec:
    """Return a spec with a test, on a day of the programme if one is given."""
    date = None if day is None else DAY + datetime.timedelta(days=day)
    return make_spec(core=("side_plank",), side_plank_test=SidePlankTest(left, right, date))


def review(*specs: Spec) -> SidePlank:
    return side_plank.measure_side_plank(specs)


class TestMeasureSidePlank:
    def test_has_a_band_of_30_seconds(self) -> None:
        assert review(spec_with(50, 50)).noise_s == 30

    def test_compares_the_sides(self) -> None:
        (test,) = review(spec_with(60, 30, day=0)).tests
        assert test == SidePlankResult(
            date=DAY,
            left=SideResult(60, None, change_flagged=False),
            right=SideResult(30, None, change_flagged=False),
            asymmetry_percent=50,
            asymmetry_flagged=True,
        )

    @pytest.mark.parametrize(("left", "right", "flagged"), [(59, 30, False), (30, 60, True)])
    def test_flags_a_gap_of_30_seconds(self, left: int, right: int, flagged: bool) -> None:
        assert review(spec_with(left, right)).tests[0].asymmetry_flagged == flagged

    def test_has_no_percentage_without_seconds(self) -> None:
        assert review(spec_with(0, 0)).tests[0].asymmetry_percent is None

    @pytest.mark.parametrize(
        ("after", "change", "flagged"),
        [(79, 29, False), (80, 30, True), (21, -29, False), (20, -30, True)],
    )
    def test_flags_a_change_of_30_seconds(self, after: int, change: int, flagged: bool) -> None:
        left = review(spec_with(50, 50, day=0), spec_with(after, 50, day=60)).tests[1].left
        assert (left.change, left.change_flagged) == (change, flagged)

    def test_orders_tests_by_date(self) -> None:
        result = review(spec_with(70, 70, day=9), spec_with(50, 50, day=2), spec_with(40, 40))
        assert [test.left.seconds for test in result.tests] == [40, 50, 70]

    def test_has_no_norm(self) -> None:
        assert not [name for name in SidePlank.__dataclass_fields__ if "norm" in name]
        assert not [name for name in SideResult.__dataclass_fields__ if "norm" in name]


class TestProgress:
    def test_has_the_tests_only_with_side_planks(self) -> None:
        test = SidePlankTest(50, 50)
        with_it = measure(Journal(core=("side_plank",), side_plank_test=test))
        assert with_it.side_plank is not None
        assert len(with_it.side_plank.tests) == 1
        assert measure(Journal(core=("plank",), side_plank_test=test)).side_plank is None

    def test_counts_a_test_that_a_successor_keeps_once(self) -> None:
        first = Journal(core=("side_plank",), side_plank_test=SidePlankTest(50, 50)).train()
        kept = first.carry_on().train()
        newer = kept.carry_on(side_plank_test=SidePlankTest(90, 85))
        result = measure_across(first, kept, newer).side_plank
        assert result is not None
        assert [test.left.change for test in result.tests] == [None, 40]
