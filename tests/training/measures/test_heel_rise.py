"""Heel-rise tests, norms and changes between tests (science 2.7 and part 5)."""

import datetime

import pytest

from app.training.log.completed import CompletedSession, LoggedTest
from app.training.measures import heel_rise
from app.training.measures.heel_rise import NORMS, HeelRise
from app.training.planning.spec import HeelRiseTest, Sex, Surface
from tests.training.journal import make_id, make_session
from tests.training.strategies import make_spec

NOON = datetime.datetime(2027, 3, 1, 12, tzinfo=datetime.UTC)


def make_test_session(
    left: int, right: int, *, day: int = 0, surface: Surface | None = None
) -> CompletedSession:
    """Return a session with a test on a day of the programme."""
    return make_session(
        session_id=make_id("test", day),
        started_at=NOON + datetime.timedelta(days=day),
        heel_rise_test=LoggedTest(left, right, surface),
    )


def review(*sessions: CompletedSession, age: int = 42, sex: Sex = "female") -> HeelRise:
    return heel_rise.measure_heel_rise([(make_spec(age=age, sex=sex), sessions)])


class TestFindNorm:
    @pytest.mark.parametrize(
        ("sex", "row"),
        [
            ("male", (37, 32, 28, 23, 19, 14, 10)),
            ("female", (30, 27, 24, 21, 19, 16, 13)),
            ("unspecified", (34, 30, 26, 22, 19, 15, 12)),
        ],
    )
    def test_uses_decades(self, sex: Sex, row: tuple[int, ...]) -> None:
        assert tuple(heel_rise.find_norm(sex, age) for age in range(20, 90, 10)) == row

    def test_uses_the_mean_of_both_without_a_sex(self) -> None:
        means = [(m + f + 1) // 2 for m, f in zip(NORMS["male"], NORMS["female"], strict=True)]
        assert list(NORMS["unspecified"]) == means

    @pytest.mark.parametrize(
        ("age", "norm", "extrapolated"),
        [
            (13, 37, True),
            (19, 37, True),
            (20, 37, False),
            (29, 37, False),
            (30, 32, False),
            (81, 10, False),
            (82, 10, True),
            (100, 10, True),
        ],
    )
    def test_extrapolates_outside_20_to_81_years(
        self, age: int, norm: int, extrapolated: bool
    ) -> None:
        result = review(make_test_session(10, 10), age=age, sex="male")
        assert (result.norm, result.extrapolated) == (norm, extrapolated)

    def test_has_no_norm_without_an_age(self) -> None:
        result = heel_rise.measure_heel_rise([(make_spec(), [make_test_session(12, 20)])])
        assert (result.norm, result.extrapolated) == (None, False)
        assert result.tests[0].left.percent_of_norm is None


class TestMeasureHeelRise:
    def test_matches_the_example(self) -> None:
        result = review(make_test_session(12, 20))
        (test,) = result.tests
        assert (test.asymmetry_percent, test.asymmetry_flagged) == (40, True)
        assert result.norm == 24
        assert (test.left.percent_of_norm, test.right.percent_of_norm) == (50, 83)

    @pytest.mark.parametrize(
        ("left", "right", "percent", "flagged"),
        [(20, 26, 23, True), (26, 20, 23, True), (20, 25, 20, False), (1, 2, 50, False)],
    )
    def test_flags_a_gap_of_6(self, left: int, right: int, percent: int, flagged: bool) -> None:
        test = review(make_test_session(left, right)).tests[0]
        assert (test.asymmetry_percent, test.asymmetry_flagged) == (percent, flagged)

    def test_has_no_percentage_without_repetitions(self) -> None:
        test = review(make_test_session(0, 0)).tests[0]
        assert (test.asymmetry_percent, test.asymmetry_flagged) == (None, False)

    @pytest.mark.parametrize(
        ("after", "change", "flagged"),
        [(26, 6, False), (27, 7, True), (14, -6, False), (13, -7, True)],
    )
    def test_flags_a_change_of_7(self, after: int, change: int, flagged: bool) -> None:
        leg = review(make_test_session(20, 20), make_test_session(after, 20, day=28)).tests[1].left
        assert (leg.change, leg.change_flagged) == (change, flagged)

    def test_compares_each_test_with_the_one_before(self) -> None:
        result = review(
            make_test_session(20, 20),
            make_test_session(22, 21, day=28),
            make_test_session(23, 20, day=56),
        )
        assert [test.left.change for test in result.tests] == [None, 2, 1]
        assert [test.right.change for test in result.tests] == [None, 1, -1]

    @pytest.mark.parametrize(
        ("before", "after", "change"),
        [
            ("floor", "wedge", None),
            ("wedge", "floor", None),
            ("floor", "floor", 9),
            (None, "wedge", 9),
            ("wedge", None, 9),
        ],
    )
    def test_does_not_compare_floor_with_wedge(
        self, before: Surface | None, after: Surface | None, change: int | None
    ) -> None:
        result = review(
            make_test_session(20, 20, surface=before),
            make_test_session(29, 20, day=28, surface=after),
        )
        assert result.tests[1].left.change == change

    def test_orders_the_test_of_the_spec_by_date(self) -> None:
        own = HeelRiseTest(15, 15, date=datetime.date(2027, 3, 15))
        spec = make_spec(heel_rise_test=own)
        result = heel_rise.measure_heel_rise(
            [(spec, [make_test_session(10, 10), make_test_session(20, 20, day=28)])]
        )
        assert [test.source for test in result.tests] == ["session", "spec", "session"]
        assert [test.left.change for test in result.tests] == [None, 5, 5]

    def test_puts_a_test_without_a_date_first(self) -> None:
        result = heel_rise.measure_heel_rise(
            [(make_spec(heel_rise_test=HeelRiseTest(9, 9)), [make_test_session(8, 8)])]
        )
        assert [(test.date, test.source) for test in result.tests] == [
            (None, "spec"),
            (NOON.date(), "session"),
        ]

    def test_dates_a_test_in_the_programme_s_zone(self) -> None:
        spec = make_spec(timezone="Pacific/Kiritimati")
        (test,) = heel_rise.measure_heel_rise([(spec, [make_test_session(8, 8)])]).tests
        assert test.date == datetime.date(2027, 3, 2)

    def test_counts_a_test_that_a_successor_keeps_once(self) -> None:
        own = HeelRiseTest(15, 15)
        spec = make_spec(heel_rise_test=own)
        newer = make_spec(heel_rise_test=HeelRiseTest(25, 25, date=NOON.date()), age=42)
        result = heel_rise.measure_heel_rise([(spec, []), (spec, []), (newer, [])])
        assert [test.left.reps for test in result.tests] == [15, 25]
        assert result.norm == heel_rise.find_norm("unspecified", 42)

    def test_is_empty_without_tests(self) -> None:
        assert review(make_session()).tests == ()
