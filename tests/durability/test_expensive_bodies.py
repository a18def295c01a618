"""Small bodies that are expensive to read: the CPU time and memory that one costs a real server.

Each test measures the CPU time of the server's processes and the growth of their peak memory. Files
are read in a separate process, beside the event loop.
"""

import gzip
import io
import json
import random
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from tests.client import a_session, a_set, new_id
from tests.durability.run_sizes import RecordFigure, read_size
from tests.processes import SECONDS, RunningServer, serving

REPETITIONS = read_size("BOMBS", short=1, long=20)
MAX_MIB = 32
MAX_CPU_S, MAX_FILE_CPU_S = 0.25, 2.0
MIB = 2**20


def repeat_to_length(opening: str, piece: str, closing: str, length: int = MIB) -> bytes:
    """Return a body of at most `length` bytes that repeats a piece as often as possible."""
    count = (length - len(opening) - len(closing)) // len(piece)
    return (opening + piece * count + closing).encode()


def make_csv(row: str, length: int = 8 * MIB) -> bytes:
    head = "session_id,athlete_id,started_at,exercise,reps,performed_at\n"
    return repeat_to_length(head, row, "", length)


def make_zip(content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("activity.fit", content)
    return made.getvalue()


SESSION = json.dumps(a_session())[:-1]
PATH = f"/sessions/{new_id()}"
JSON = {
    "1 MiB of brackets": repeat_to_length("", "[", ""),
    "1 MiB of nested objects": repeat_to_length("", '{"a":', ""),
    "1 MiB of numbers": repeat_to_length(SESSION + ', "x": [', "1,", "1]}"),
    "1 MiB of digits": repeat_to_length(SESSION + ', "x": ', "9", "}"),
    "1 MiB of empty lists": repeat_to_length(SESSION + ', "x": [', "[],", "[]]}"),
    "1 MiB of keys": SESSION.encode()
    + b","
    + b",".join(b'"%d":0' % number for number in range(90_000))
    + b"}",
    "1 MiB of escapes": repeat_to_length(SESSION + ', "notes": "', "\\u0000", '"}'),
    "as many empty sets as fit": repeat_to_length(SESSION + ', "sets": [', "{},", "{}]}"),
    "as many sets with wrong numbers as fit": (
        SESSION + ', "sets": [' + ",".join(['{"reps": "x"}'] * 4_990) + "]}"
    ).encode(),
    "as many valid sets as fit": repeat_to_length(
        SESSION + ', "sets": [', json.dumps(a_set()) + ",", json.dumps(a_set()) + "]}"
    ),
}


def make_gzip(piece: str, last: str, first: str = "") -> bytes:
    """Return a gzipped session with a repeated piece in an unknown field: 8 MiB when unpacked, and
    as small as it can be without being rejected for its compression ratio.
    """
    plain = repeat_to_length(f'{SESSION}, "x": [{first}', piece, f"{last}]}}", 8 * MIB - 1)
    # Random bytes that are part of no value: gzip's header field for a file name.
    noise = random.Random(1).randbytes(100_000).replace(b"\0", b"")
    head = b"\x1f\x8b\x08\x08" + bytes(4) + b"\0\xff" + noise + b"\0"
    return head + gzip.compress(plain, mtime=0)[10:]


GZIP = {
    "gzip of zeros": gzip.compress(bytes(64 * MIB)),
    "gzip of blanks within the ratio": gzip.compress(
        repeat_to_length(SESSION + ', "x": [', "[],      ", "[]]}", 2 * MIB)
    ),
    "gzip of lists up to the size limit": make_gzip("[],      ", "[]"),
    "gzip of strings up to the size limit": make_gzip('"' + "a" * 170 + '",', '""'),
    "gzip of surrogate pairs up to the size limit": make_gzip(
        '"' + "\\ud83e\\uddb5" * 14 + '",', '""'
    ),
    "gzip of digits up to the size limit": make_gzip("1", "1", "0."),
    "gzip of blanks up to the size limit": make_gzip(" ", "1"),
    "gzip in gzip": gzip.compress(gzip.compress(bytes(256 * MIB))),
}
FILES = {
    "CSV of one word": repeat_to_length("", "x", "", 8 * MIB),
    "CSV of commas": repeat_to_length("", ",", "", 8 * MIB),
    "CSV of quotes": repeat_to_length("", '"\n', "", 8 * MIB),
    "CSV of empty lines": repeat_to_length("", "\n", "", 8 * MIB),
    "CSV of ours with incomplete rows": make_csv(f"{new_id()},me,,,,\n"),
    "ZIP of zeros": make_zip(bytes(64 * MIB)),
    "a FIT header and zeros": bytes((14, 32, 0, 0, 0xFF, 0xFF, 0x7F, 0))
    + b".FIT"
    + bytes(8 * MIB - 12),
    "a FIT file of tiny records": bytes((14, 32, 0, 0, 0xF0, 0xFF, 0x7F, 0))
    + b".FIT\0\0"
    + bytes((0x40, 0, 0, 20, 0, 1, 2, 1, 2))
    + b"\0\x01" * (4 * MIB - 16),
}


@dataclass(frozen=True, slots=True)
class Cost:
    """The status of a response, and what the request cost the server."""

    status: int
    cpu_s: float
    mib: float


class CostMeter:
    """Measures a server and the processes in which it reads files."""

    def __init__(self, server: RunningServer) -> None:
        self._process = psutil.Process(server.process.pid)

    def measure(self, api: httpx.Client, request: httpx.Request) -> Cost:
        cpu_before = self._cpu_s()
        memory_before = self._reset_peak()
        response = api.send(request)
        response.read()
        cpu_after, peak = self._cpu_s(), self._peak_bytes()
        mib = (peak - memory_before) / MIB
        return Cost(response.status_code, cpu_after - cpu_before, mib)

    def _processes(self) -> list[psutil.Process]:
        return [self._process, *self._process.children(recursive=True)]

    def _cpu_s(self) -> float:
        times = self._process.cpu_times()
        living = sum(sum(child.cpu_times()[:2]) for child in self._processes())
        return float(living + times.children_user + times.children_system)

    def _reset_peak(self) -> int:
        for process in self._processes():
            Path(f"/proc/{process.pid}/clear_refs").write_text("5")
        return self._peak_bytes()

    def _peak_bytes(self) -> int:
        """Return the sum of the peak memory of each process since the last reset."""
        lines = [
            line
            for process in self._processes()
            for line in Path(f"/proc/{process.pid}/status").read_text().splitlines()
        ]
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with serving(tmp_path_factory.mktemp("expensive_bodies"), access_log=False) as running:
        yield running


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {server.key}"}
    with httpx.Client(base_url=server.address, headers=headers, timeout=SECONDS) as client:
        # The first request of a kind loads modules. That cost must not be measured.
        client.put(PATH, json=a_session(sets=[a_set()]))
        client.post("/sessions/import?athlete_id=me", content=make_csv("\n", 100))
        client.get("/sessions")
        yield client


def measure_worst(server: RunningServer, api: httpx.Client, request: httpx.Request) -> Cost:
    """Return the greatest cost of several equal requests."""
    meter = CostMeter(server)
    costs = [meter.measure(api, request) for _ in range(REPETITIONS)]
    return Cost(
        max(cost.status for cost in costs),
        max(cost.cpu_s for cost in costs),
        max(cost.mib for cost in costs),
    )


def check_cost(cost: Cost, max_cpu_s: float, record: RecordFigure) -> None:
    record("requests", REPETITIONS)
    record("most CPU (s)", cost.cpu_s)
    record("most MiB", cost.mib)
    assert cost.status < 500 or cost.status == 503
    assert cost.cpu_s <= max_cpu_s
    assert cost.mib <= MAX_MIB


class TestExpensiveBody:
    @pytest.mark.parametrize("name", JSON)
    def test_of_json_stays_within_the_limits(
        self, name: str, server: RunningServer, api: httpx.Client, record_property: RecordFigure
    ) -> None:
        kind = {"Content-Type": "application/json"}
        request = api.build_request("PUT", PATH, content=JSON[name][:MIB], headers=kind)
        check_cost(measure_worst(server, api, request), MAX_CPU_S, record_property)

    @pytest.mark.parametrize("name", GZIP)
    def test_of_gzip_stays_within_the_limits(
        self, name: str, server: RunningServer, api: httpx.Client, record_property: RecordFigure
    ) -> None:
        kind = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        request = api.build_request("PUT", PATH, content=GZIP[name], headers=kind)
        check_cost(measure_worst(server, api, request), MAX_CPU_S, record_property)

    @pytest.mark.parametrize("name", FILES)
    def test_in_a_file_stays_within_the_limits(
        self, name: str, server: RunningServer, api: httpx.Client, record_property: RecordFigure
    ) -> None:
        path = "/sessions/import?athlete_id=me"
        request = api.build_request("POST", path, content=FILES[name][: 8 * MIB])
        check_cost(measure_worst(server, api, request), MAX_FILE_CPU_S, record_property)


class TestCostMeter:
    def test_measures_the_memory_of_a_gzip_bomb_without_limits(self, tmp_path: Path) -> None:
        limits = {"max_decoded_bytes": 256 * MIB, "max_decode_ratio": 2000}
        with (
            serving(tmp_path, access_log=False, **limits) as unlimited,
            httpx.Client(base_url=unlimited.address, timeout=SECONDS) as client,
        ):
            client.headers["Authorization"] = f"Bearer {unlimited.key}"
            kind = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
            bomb = client.build_request("PUT", PATH, content=GZIP["gzip of zeros"], headers=kind)
            assert CostMeter(unlimited).measure(client, bomb).mib > MAX_MIB
