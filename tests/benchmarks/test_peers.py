"""The comparison with other services: the order of workloads, the requests and the table."""

import pytest

from benchmarks import peers
from benchmarks.measured_server import NO_COST, Cost, MeasuredServer

ROW = ("a row, alone", "template", "create", "alone", 50)
SERVER = MeasuredServer(port=1, pid=1, authorization="Token abc", postmaster=1)


def make_row(theirs: list[float], ours: list[float], helpers: float = 0) -> str:
    costs = {
        "template create": [Cost(one / 1e6, helpers / 1e6, 600 / 1e6) for one in theirs],
        "pushoff alone": [Cost(one / 1e6, 0, 70 / 1e6) for one in ours],
    }
    return peers.format_row(ROW, costs)


class TestFormatRow:
    def test_shows_median_lowest_and_highest_of_costs_and_ratios(self) -> None:
        assert make_row([3_000, 2_000, 4_000], [50, 40, 50]) == (
            "| a row, alone | template | 3,000 (2,000-4,000) | 600 | 50 (40-50) | 70"
            " | 60 (50-80) | 50 |"
        )

    def test_shows_the_cost_of_helpers(self) -> None:
        assert "| 600 + 9,000 |" in make_row([3_000], [50], helpers=9_000)

    def test_shows_two_digits_of_a_small_ratio(self) -> None:
        assert make_row([1_400], [1_000]).endswith("| 1.4 (1.4-1.4) | 50 missed |")

    def test_marks_an_aim_that_is_missed(self) -> None:
        assert make_row([2_000], [50]).endswith("| 40 (40-40) | 50 missed |")


class TestInterleaveWorkloads:
    def test_takes_one_workload_of_each_service_in_turn(self) -> None:
        workloads: dict[str, peers.Workloads] = {
            "pushoff": {"plan": lambda: NO_COST, "list": lambda: NO_COST},
            "wger": {"log": lambda: NO_COST},
        }
        names = [name for name, _ in peers.interleave_workloads(workloads)]
        assert names == ["pushoff plan", "wger log", "pushoff list"]


class TestRequest:
    def test_has_the_key_and_the_length_of_its_body(self) -> None:
        head, _, body = SERVER.request("POST", "/items", {"n": 1}).partition(b"\r\n\r\n")
        assert body == b'{"n": 1}'
        assert {b"Authorization: Token abc", b"Content-Length: 8"} <= {*head.split(b"\r\n")}


class TestRequireEqual:
    def test_raises_for_a_difference(self) -> None:
        with pytest.raises(RuntimeError, match=r"our list: \[\] in place of \[9\]"):
            peers.require_equal("our list", [], [9])
