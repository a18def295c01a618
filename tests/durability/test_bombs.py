"""Bodies that are small and cost much: what one of them takes from a real server at most.

Counted are the server's own time on the processor and the memory that it needed above what it had.
Files are read in a process of their own, beside the event loop.
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
from tests.durability.sizes import Record, size
from tests.processes import SECONDS, RunningServer, serving

TIMES = size("BOMBS", short=1, long=20)
MOST_MIB = 32
CPU_S, FILE_CPU_S = 0.25, 2.0
MIB = 2**20


def padded(opening: str, piece: str, closing: str, length: int = MIB) -> bytes:
    """A body of as many pieces as fit."""
    many = (length - len(opening) - len(closing)) // len(piece)
    return (opening + piece * many + closing).encode()


def csv(row: str, length: int = 8 * MIB) -> bytes:
    head = "session_id,athlete_id,started_at,exercise,reps,performed_at\n"
    return padded(head, row, "", length)


def zipped(content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("activity.fit", content)
    return made.getvalue()


SESSION = json.dumps(a_session())[:-1]
PATH = f"/sessions/{new_id()}"
JSON = {
    "a mebibyte of brackets": padded("", "[", ""),
    "a mebibyte of nested objects": padded("", '{"a":', ""),
    "a mebibyte of numbers": padded(SESSION + ', "x": [', "1,", "1]}"),
    "a mebibyte of digits": padded(SESSION + ', "x": ', "9", "}"),
    "a mebibyte of empty lists": padded(SESSION + ', "x": [', "[],", "[]]}"),
    "a mebibyte of keys": SESSION.encode()
    + b","
    + b",".join(b'"%d":0' % number for number in range(90_000))
    + b"}",
    "a mebibyte of escapes": padded(SESSION + ', "notes": "', "\\u0000", '"}'),
    "the most sets of nothing": padded(SESSION + ', "sets": [', "{},", "{}]}"),
    "the most sets of wrong numbers": (
        SESSION + ', "sets": [' + ",".join(['{"reps": "x"}'] * 4_990) + "]}"
    ).encode(),
    "the most sets that fit": padded(
        SESSION + ', "sets": [', json.dumps(a_set()) + ",", json.dumps(a_set()) + "]}"
    ),
}


def packed(piece: str, last: str, first: str = "") -> bytes:
    """A session with so many of a piece in a field that nobody knows, as small as gzip lets it be
    that is not refused for its ratio.
    """
    plain = padded(f'{SESSION}, "x": [{first}', piece, f"{last}]}}", 8 * MIB - 1)
    # Noise that is a part of no value: gzip's own field for a file's name.
    noise = random.Random(1).randbytes(100_000).replace(b"\0", b"")
    head = b"\x1f\x8b\x08\x08" + bytes(4) + b"\0\xff" + noise + b"\0"
    return head + gzip.compress(plain, mtime=0)[10:]


GZIP = {
    "gzip of zeros": gzip.compress(bytes(64 * MIB)),
    "gzip of blanks within the ratio": gzip.compress(
        padded(SESSION + ', "x": [', "[],      ", "[]]}", 2 * MIB)
    ),
    "gzip of lists to the most that is unpacked": packed("[],      ", "[]"),
    "gzip of strings to the most that is unpacked": packed('"' + "a" * 170 + '",', '""'),
    "gzip of pairs to the most that is unpacked": packed('"' + "\\ud83e\\uddb5" * 14 + '",', '""'),
    "gzip of digits to the most that is unpacked": packed("1", "1", "0."),
    "gzip of blanks to the most that is unpacked": packed(" ", "1"),
    "gzip in gzip": gzip.compress(gzip.compress(bytes(256 * MIB))),
}
FILES = {
    "CSV of one word": padded("", "x", "", 8 * MIB),
    "CSV of commas": padded("", ",", "", 8 * MIB),
    "CSV of quotes": padded("", '"\n', "", 8 * MIB),
    "CSV of empty lines": padded("", "\n", "", 8 * MIB),
    "our CSV of half rows": csv(f"{new_id()},me,,,,\n"),
    "ZIP of zeros": zipped(bytes(64 * MIB)),
    "a FIT head and zeros": bytes((14, 32, 0, 0, 0xFF, 0xFF, 0x7F, 0))
    + b".FIT"
    + bytes(8 * MIB - 12),
    "a FIT of tiny records": bytes((14, 32, 0, 0, 0xF0, 0xFF, 0x7F, 0))
    + b".FIT\0\0"
    + bytes((0x40, 0, 0, 20, 0, 1, 2, 1, 2))
    + b"\0\x01" * (4 * MIB - 16),
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What a request took."""

    status: int
    cpu_s: float
    mib: float


class Meter:
    """Watches a server and the processes that it reads files in."""

    def __init__(self, server: RunningServer) -> None:
        self._process = psutil.Process(server.process.pid)

    def ask(self, api: httpx.Client, request: httpx.Request) -> Cost:
        """The answer's status, and what it took."""
        before = self._cpu_s()
        memory = self._reset_peak()
        answer = api.send(request)
        answer.read()
        spent, peak = self._cpu_s(), self._peak()
        return Cost(answer.status_code, spent - before, (peak - memory) / MIB)

    def _family(self) -> list[psutil.Process]:
        return [self._process, *self._process.children(recursive=True)]

    def _cpu_s(self) -> float:
        times = self._process.cpu_times()
        living = sum(sum(child.cpu_times()[:2]) for child in self._family())
        return float(living + times.children_user + times.children_system)

    def _reset_peak(self) -> int:
        for process in self._family():
            Path(f"/proc/{process.pid}/clear_refs").write_text("5")
        return self._peak()

    def _peak(self) -> int:
        """The most memory of each since it was last asked, in bytes."""
        lines = [
            line
            for process in self._family()
            for line in Path(f"/proc/{process.pid}/status").read_text().splitlines()
        ]
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with serving(tmp_path_factory.mktemp("bombs"), access_log=False) as running:
        yield running


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {server.key}"}
    with httpx.Client(base_url=server.address, headers=headers, timeout=SECONDS) as client:
        # What is loaded at the first of a kind is no cost of the second.
        client.put(PATH, json=a_session(sets=[a_set()]))
        client.post("/sessions/import?athlete_id=me", content=csv("\n", 100))
        client.get("/sessions")
        yield client


def worst(server: RunningServer, api: httpx.Client, request: httpx.Request) -> Cost:
    """The greatest cost of several times the same."""
    meter = Meter(server)
    costs = [meter.ask(api, request) for _ in range(TIMES)]
    return Cost(
        max(cost.status for cost in costs),
        max(cost.cpu_s for cost in costs),
        max(cost.mib for cost in costs),
    )


def hold(cost: Cost, most_cpu_s: float, record: Record) -> None:
    record("bombs", TIMES)
    record("most CPU (s)", cost.cpu_s)
    record("most MiB", cost.mib)
    assert cost.status < 500 or cost.status == 503
    assert cost.cpu_s <= most_cpu_s
    assert cost.mib <= MOST_MIB


class TestBomb:
    @pytest.mark.parametrize("name", JSON)
    def test_of_json_costs_little(
        self, name: str, server: RunningServer, api: httpx.Client, record_property: Record
    ) -> None:
        kind = {"Content-Type": "application/json"}
        request = api.build_request("PUT", PATH, content=JSON[name][:MIB], headers=kind)
        hold(worst(server, api, request), CPU_S, record_property)

    @pytest.mark.parametrize("name", GZIP)
    def test_of_gzip_costs_little(
        self, name: str, server: RunningServer, api: httpx.Client, record_property: Record
    ) -> None:
        kind = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        request = api.build_request("PUT", PATH, content=GZIP[name], headers=kind)
        hold(worst(server, api, request), CPU_S, record_property)

    @pytest.mark.parametrize("name", FILES)
    def test_in_a_file_is_ended_in_time(
        self, name: str, server: RunningServer, api: httpx.Client, record_property: Record
    ) -> None:
        path = "/sessions/import?athlete_id=me"
        request = api.build_request("POST", path, content=FILES[name][: 8 * MIB])
        hold(worst(server, api, request), FILE_CPU_S, record_property)


class TestWithoutLimits:
    def test_a_bomb_costs_what_it_wants(self, tmp_path: Path) -> None:
        limits = {"max_decoded_bytes": 256 * MIB, "max_decode_ratio": 2000}
        with (
            serving(tmp_path, access_log=False, **limits) as open_to_all,
            httpx.Client(base_url=open_to_all.address, timeout=SECONDS) as client,
        ):
            client.headers["Authorization"] = f"Bearer {open_to_all.key}"
            kind = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
            bomb = client.build_request("PUT", PATH, content=GZIP["gzip of zeros"], headers=kind)
            assert Meter(open_to_all).ask(client, bomb).mib > MOST_MIB
