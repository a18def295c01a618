"""The watch of the examples against a real server, over a line that loses things.

Nothing is lost, nothing is doubled and `next` is right, wherever the line breaks and whenever the
watch dies. Watches that leave out what this one does lose sets or double them on the same lines.
"""

import datetime
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from examples.watch_companion import TRIES, TRIES_LIVE, Journal, Offline, Watch
from tests.client import Json
from tests.examples.lossy import Fate, Line, every_third, losing
from tests.processes import SECONDS, RunningServer, environment, serving

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "examples" / "watch_companion.py"
PERFORMED = "2024-05-06T18:35:00+02:00"


@dataclass(frozen=True, slots=True)
class Runner:
    """An athlete with a programme and a watch."""

    port: int
    key: str
    athlete_id: str
    program_id: str
    token: str
    journal: Path

    def ask(self, path: str) -> Json:
        """What the app behind the watch sees, over a line that loses nothing."""
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = httpx.get(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        assert answer.status_code == 200, answer.text
        told: Json = answer.json()
        return told

    @property
    def programme(self) -> str:
        return f"/athletes/{self.athlete_id}/programs/{self.program_id}"

    def sessions(self) -> list[Json]:
        found: list[Json] = self.ask(f"/sessions?athlete_id={self.athlete_id}")["items"]
        return found

    def steps(self, week: int = 1, session: int = 1) -> list[Json]:
        """The sets that are planned."""
        path = f"/programs/{self.program_id}/weeks/{week}/sessions/{session}/planned.json"
        blocks = self.ask(path)["blocks"]
        return [step for block in blocks for step in block["steps"] if step["phase"] == "work"]

    def command(self, line: Line) -> list[str]:
        options = {
            "url": line.address,
            "token": self.token,
            "athlete": self.athlete_id,
            "program": self.program_id,
            "journal": str(self.journal),
            "pause": "0.002",
        }
        named = [word for name, value in options.items() for word in (f"--{name}", value)]
        return [sys.executable, str(SCRIPT), *named]

    def train(self, line: Line) -> subprocess.CompletedProcess[str]:
        """The watch, from its start to its end."""
        return subprocess.run(
            self.command(line),
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    unlimited = {"key_requests_per_minute": 0, "address_requests_per_minute": 0}
    with serving(tmp_path_factory.mktemp("server"), **unlimited) as running:
        yield running


@pytest.fixture
def runner(server: RunningServer, tmp_path: Path) -> Runner:
    return make_runner(server, tmp_path)


def make_runner(server: RunningServer, folder: Path, **wish: Any) -> Runner:
    athlete_id = f"runner-{uuid4()}"
    assert server.key is not None
    headers = {"Authorization": f"Bearer {server.key}"}
    with httpx.Client(base_url=server.address, headers=headers) as app:
        program_id = app.post("/programs", json=wish).json()["program_id"]
        made = app.post(f"/athletes/{athlete_id}/tokens", json={"expires_in_days": 1})
        token = made.json()["token"]
    assert token.startswith("pusht_")
    journal = folder / "watch.journal"
    return Runner(server.port, server.key, athlete_id, program_id, token, journal)


def in_order(sets: list[Json]) -> list[tuple[str, str, int, int]]:
    return [(one["exercise"], one["side"], one["set_index"], one["reps"]) for one in sets]


def as_planned(steps: list[Json]) -> list[tuple[str, str, int, int]]:
    return [(one["exercise"], one["side"], one["set"], one["goal"]["reps"]) for one in steps]


def check_whole(runner: Runner) -> None:
    """Everything that was planned has arrived, once, and the session is closed."""
    (session,) = runner.sessions()
    assert (session["week"], session["session"]) == (1, 1)
    assert session["status"] == "completed"
    assert session["ended_at"] >= session["started_at"]
    assert in_order(session["sets"]) == as_planned(runner.steps())


class TestWatch:
    def test_loses_nothing_and_doubles_nothing_where_each_third_answer_is_lost(
        self, runner: Runner
    ) -> None:
        with losing(runner.port) as line:
            done = runner.train(line)
        assert (done.returncode, done.stderr) == (0, "")
        assert len(line.lost()) >= len(runner.steps()) // 3
        check_whole(runner)

    def test_ends_with_what_comes_next(self, runner: Runner) -> None:
        with losing(runner.port) as line:
            printed = runner.train(line).stdout.splitlines()
        today = runner.ask(f"{runner.programme}/today")
        assert (today["week"], today["session"]) == (1, 2)
        steps = runner.steps(1, 2)
        place = printed.index("Next: week 1, session 2")
        names = {step["description"].partition(":")[0].partition(",")[0] for step in steps}
        assert {line.removeprefix("- ").partition(":")[0] for line in printed[place + 1 :]} == names

    def test_streams_sets_live_and_closes_the_session_with_a_put(self, runner: Runner) -> None:
        with losing(runner.port, lambda _: "pass") as line:
            assert runner.train(line).returncode == 0
        sent = [(one.method, one.path.count("/")) for one in line.exchanges]
        sets = len(runner.steps())
        assert sent == [("GET", 5), ("GET", 9), *[("PUT", 4)] * sets, ("PUT", 2)]
        check_whole(runner)

    def test_sends_in_a_batch_what_an_outage_has_kept(self, runner: Runner) -> None:
        with losing(runner.port, lambda n: "lose request" if 3 < n <= 9 else "pass") as line:
            assert runner.train(line).returncode == 0
        arrived = [one.path for one in line.exchanges if one.status is not None]
        assert arrived.count("/sessions/batch") == 1
        assert len(line.lost()) == 6
        check_whole(runner)

    def test_waits_for_the_next_time_if_nobody_answers_at_all(self, runner: Runner) -> None:
        with losing(runner.port, lambda n: "pass" if n <= 4 else "lose request") as line:
            done = runner.train(line)
        assert done.returncode == 1
        assert "start again" in done.stderr
        assert len(Journal(runner.journal).unsettled()) == len(runner.steps()) - 2
        with losing(runner.port) as line:
            assert runner.train(line).returncode == 0
        check_whole(runner)

    @pytest.mark.parametrize("last", [1, 4, 7, 10])
    def test_survives_being_killed(self, last: int, runner: Runner) -> None:
        with losing(runner.port) as line:
            watch = subprocess.Popen(
                runner.command(line), env=environment(), stdout=subprocess.DEVNULL
            )
            line.await_exchanges(last)
            watch.kill()
            watch.wait()
            again = runner.train(line)
        assert again.returncode == 0, again.stderr
        check_whole(runner)

    def test_asks_with_its_etag_and_is_told_when_nothing_changed(
        self, server: RunningServer, tmp_path: Path
    ) -> None:
        ahead = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=30)
        resting = make_runner(server, tmp_path, start_date=str(ahead))
        with losing(resting.port, lambda _: "pass") as line:
            done = [resting.train(line) for _ in range(2)]
        assert [one.stderr for one in done] == ["Nothing to do\n"] * 2
        assert [one.status for one in line.exchanges] == [200, 304]

    def test_trains_in_a_cellar_by_what_it_heard_before_and_only_once(self, runner: Runner) -> None:
        with losing(runner.port, lambda n: "pass" if n <= 2 else "lose request") as line:
            assert runner.train(line).returncode == 1
        with losing(runner.port) as line:
            assert runner.train(line).returncode == 0
        with losing(runner.port, lambda _: "lose request") as line:
            again = runner.train(line)
        assert again.stderr == "Nothing heard, and no connection\n"
        check_whole(runner)

    def test_stops_when_its_token_has_ended_and_keeps_what_it_has(self, runner: Runner) -> None:
        with losing(runner.port, lambda n: "pass" if n <= 4 else "lose request") as line:
            runner.train(line)
        before = runner.journal.read_bytes()
        other = Runner(**{**fields(runner), "token": "pusht_ended"})
        with losing(runner.port) as line:
            done = other.train(line)
        assert "token" in done.stderr
        assert runner.journal.read_bytes() == before

    def test_leaves_out_what_is_refused_for_good(self, runner: Runner) -> None:
        with losing(runner.port, lambda n: "pass" if n <= 2 else "lose request") as line:
            runner.train(line)
        lines = runner.journal.read_text().splitlines(keepends=True)
        first = next(place for place, line in enumerate(lines) if line.startswith('{"set"'))
        lines[first] = lines[first].replace('"reps": 15', '"reps": -1')
        runner.journal.write_text("".join(lines))
        with losing(runner.port) as line:
            done = runner.train(line)
        assert done.returncode == 0
        assert "not stored" in done.stdout
        (session,) = runner.sessions()
        assert in_order(session["sets"]) == as_planned(runner.steps())[1:]


def fields(runner: Runner) -> Json:
    return {name: getattr(runner, name) for name in runner.__slots__}


class TestAsk:
    def test_waits_longer_each_time_and_never_just_as_long(
        self, server: RunningServer, slept: list[float]
    ) -> None:
        with losing(server.port, lambda _: "lose request") as line, watch(line) as one:
            for _ in range(20):
                with pytest.raises(Offline):
                    one.ask("GET", "/livez")
        assert len(line.exchanges) == 20 * TRIES
        for attempt in range(TRIES - 1):
            waits = slept[attempt :: TRIES - 1]
            assert len({*waits}) == 20
            assert 0 <= min(waits) < max(waits) <= 2**attempt
        assert max(slept) > 8

    def test_waits_as_long_as_it_is_asked_to(
        self, server: RunningServer, slept: list[float]
    ) -> None:
        with (
            losing(server.port, lambda n: "turn away" if n == 1 else "pass") as line,
            watch(line) as one,
        ):
            assert one.ask("GET", "/livez").status_code == 200
        (waited,) = slept
        assert 7 <= waited <= 8

    def test_gives_up_sooner_between_two_sets(
        self, server: RunningServer, slept: list[float]
    ) -> None:
        with (
            losing(server.port, lambda _: "lose request") as line,
            watch(line) as one,
            pytest.raises(Offline),
        ):
            one.ask("GET", "/livez", TRIES_LIVE)
        assert len(line.exchanges) == TRIES_LIVE == len(slept) + 1


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the watch would have slept, each time."""
    seconds: list[float] = []
    monkeypatch.setattr("examples.watch_companion.time.sleep", seconds.append)
    return seconds


@contextmanager
def watch(line: Line) -> Iterator[Watch]:
    """A watch in this process that waits up to a second at first."""
    with httpx.Client(base_url=line.address) as client:
        yield Watch(client, Journal(Path("unused.journal")), 1)


class TestJournal:
    def test_takes_up_what_was_written(self, tmp_path: Path) -> None:
        file = tmp_path / "journal"
        Journal(file).add("set", {"set_id": "a"})
        Journal(file).add("settled", "a")
        Journal(file).add("set", {"set_id": "b"})
        assert Journal(file).unsettled() == [{"set_id": "b"}]

    def test_forgets_a_line_that_was_torn_and_goes_on_after_it(self, tmp_path: Path) -> None:
        file = tmp_path / "journal"
        Journal(file).add("set", {"set_id": "a", "notes": "Wäre"})
        whole = file.read_bytes()
        for cut in range(len(whole)):
            file.write_bytes(whole + whole[:cut])
            Journal(file).add("settled", "a")
            assert Journal(file).lines == [json.loads(whole), {"settled": "a"}]

    def test_is_empty_when_it_is_cleared(self, tmp_path: Path) -> None:
        journal = Journal(tmp_path / "journal")
        journal.add("heard", {"etag": "x"})
        journal.clear()
        assert journal.lines == Journal(journal.file).lines == []


class TestControl:
    """Watches without what this one has, on the same lines: they have to fail."""

    def test_doubles_sets_if_it_makes_no_ids(self, runner: Runner) -> None:
        with losing(runner.port) as line:
            for step in runner.steps():
                body = {
                    "athlete_id": runner.athlete_id,
                    "started_at": PERFORMED,
                    "sets": [a_set(step)],
                }
                insist(line, runner, "POST", "/sessions", body)
        arrived = [one for session in runner.sessions() for one in session["sets"]]
        assert len(arrived) > len(runner.steps())

    def test_loses_sets_if_it_tries_only_once(self, runner: Runner) -> None:
        session_id = uuid4()

        def lose_each_third(number: int) -> Fate:
            return "lose request" if every_third(number) != "pass" else "pass"

        with losing(runner.port, lose_each_third) as line:
            for step in runner.steps():
                body = a_set(step) | {"athlete_id": runner.athlete_id}
                send(line, runner, "PUT", f"/sessions/{session_id}/sets/{uuid4()}", body)
        (session,) = runner.sessions()
        assert len(session["sets"]) < len(runner.steps())

    def test_does_not_know_what_is_next_if_it_tries_only_once(self, runner: Runner) -> None:
        path = f"/sessions/{uuid4()}"
        body = {"athlete_id": runner.athlete_id, "started_at": PERFORMED}
        with losing(runner.port, lambda _: "lose answer") as line:
            assert send(line, runner, "PUT", path, body) is None
        assert len(runner.sessions()) == 1


def a_set(step: Json) -> Json:
    asked = {name: step[name] for name in ("exercise", "side")}
    return asked | {
        "set_index": step["set"],
        "reps": step["goal"]["reps"],
        "performed_at": PERFORMED,
    }


def send(line: Line, runner: Runner, method: str, path: str, body: Json) -> httpx.Response | None:
    """The answer, or None if it got lost."""
    headers = {"Authorization": f"Bearer {runner.token}"}
    try:
        return httpx.request(method, line.address + path, json=body, headers=headers)
    except httpx.TransportError:
        return None


def insist(line: Line, runner: Runner, method: str, path: str, body: Json) -> None:
    """Sends until there is an answer."""
    while (answer := send(line, runner, method, path, body)) is None:
        pass
    assert answer.status_code == 201, answer.text
