"""The comparison with other services: whose turn it is, what is sent, and how it is told."""

import pytest

from benchmarks import peers
from benchmarks.measured_server import NO_COST, Cost, MeasuredServer

ROW = ("a row, alone", "template", "create", "alone", 50)
PARTY = MeasuredServer(port=1, pid=1, authorization="Token abc", postmaster=1)


def tell(theirs: list[float], ours: list[float], aside: float = 0) -> str:
    costs = {
        "template create": [Cost(one / 1e6, aside / 1e6, 600 / 1e6) for one in theirs],
        "pushoff alone": [Cost(one / 1e6, 0, 70 / 1e6) for one in ours],
    }
    return peers.format_row(ROW, costs)


class TestLine:
    def test_has_median_lowest_and_highest_of_both_and_of_each_round_s_ratio(self) -> None:
        assert tell([3_000, 2_000, 4_000], [50, 40, 50]) == (
            "| a row, alone | template | 3,000 (2,000-4,000) | 600 | 50 (40-50) | 70"
            " | 60 (50-80) | 50 |"
        )

    def test_tells_apart_what_works_beside_a_server(self) -> None:
        assert "| 600 + 9,000 |" in tell([3_000], [50], aside=9_000)

    def test_keeps_two_digits_of_a_small_ratio(self) -> None:
        assert tell([1_400], [1_000]).endswith("| 1.4 (1.4-1.4) | 50 missed |")

    def test_marks_an_aim_that_is_missed(self) -> None:
        assert tell([2_000], [50]).endswith("| 40 (40-40) | 50 missed |")


class TestTurns:
    def test_go_round_all_parties(self) -> None:
        works: dict[str, peers.Workloads] = {
            "pushoff": {"plan": lambda: NO_COST, "list": lambda: NO_COST},
            "wger": {"log": lambda: NO_COST},
        }
        names = [name for name, _ in peers.interleave_workloads(works)]
        assert names == ["pushoff plan", "wger log", "pushoff list"]


class TestRequest:
    def test_has_the_key_and_the_length_of_its_body(self) -> None:
        head, _, body = PARTY.request("POST", "/items", {"n": 1}).partition(b"\r\n\r\n")
        assert body == b'{"n": 1}'
        assert {b"Authorization: Token abc", b"Content-Length: 8"} <= {*head.split(b"\r\n")}


class TestCheck:
    def test_refuses_what_is_not_compared(self) -> None:
        with pytest.raises(RuntimeError, match=r"our list: \[\] in place of \[9\]"):
            peers.require_equal("our list", [], [9])
