"""The watch example against a real server, through a proxy that loses requests and responses.

No set is lost, none is stored twice and `next` is right, wherever the connection breaks and
whenever the watch is killed. Simpler watches lose or duplicate sets through the same proxies.
"""

import datetime
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from examples.watch_companion import MAX_TRIES, MAX_TRIES_LIVE, Journal, Offline, Watch
from tests.examples.unreliable_proxy import (
    Fate,
    UnreliableProxy,
    lose_every_third_response,
    run_proxy,
)
from tests.examples.watch_runner import (
    PERFORMED,
    Runner,
    check_session_is_complete,
    describe_sets,
    describe_steps,
    fields,
    make_runner,
    make_set,
    send,
    send_until_answered,
)
from tests.processes import RunningServer, environment, serving

# The first part of the id of another device's session. The last part is that of its athlete.
OTHER_DEVICE = "0190d1c5-6b1e-7c3a-9f57"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    unlimited = {"key_requests_per_minute": 0, "address_requests_per_minute": 0}
    with serving(tmp_path_factory.mktemp("server"), **unlimited) as running:
        yield running


@pytest.fixture
def runner(server: RunningServer, tmp_path: Path) -> Runner:
    return make_runner(server, tmp_path)


class TestWatch:
    def test_stores_each_set_once_when_every_third_response_is_lost(self, runner: Runner) -> None:
        with run_proxy(runner.port) as proxy:
            done = runner.train(proxy)
        assert (done.returncode, done.stderr) == (0, "")
        assert len(proxy.lost()) >= len(runner.steps()) // 3
        check_session_is_complete(runner)

    def test_logs_holds_by_their_seconds(self, server: RunningServer, tmp_path: Path) -> None:
        core = ["side_plank", "bridge", "plank"]
        holding = make_runner(server, tmp_path, core=core, session_minutes=90)
        with run_proxy(holding.port) as proxy:
            done = holding.train(proxy)
        check_session_is_complete(holding)
        (session,) = holding.sessions()
        seconds = {one["exercise"]: one["duration_s"] for one in session["sets"]}
        assert (seconds["side-plank-knees"], seconds["plank-knees"]) == (20, 20)
        assert seconds["bridge"] is None
        assert "- Plank from the knees: 2 x 20 s" in done.stdout.splitlines()

    def test_does_what_another_device_has_left(self, runner: Runner) -> None:
        steps = runner.steps()
        begun = [step for step in steps if step["set"] == 1 and step["side"] != "right"]
        with run_proxy(runner.port, lambda _: "forward") as proxy:
            for step in begun:
                place = {"program_id": runner.program_id, "week": 1, "session": 1}
                body = make_set(step) | {"athlete_id": runner.athlete_id} | place
                path = f"/sessions/{OTHER_DEVICE}-{runner.athlete_id[-12:]}/sets/{uuid4()}"
                send_until_answered(proxy, runner, "PUT", path, body)
            assert runner.train(proxy).returncode == 0
        mine, other = runner.sessions()
        assert sorted(describe_sets(other["sets"])) == sorted(describe_steps(begun))
        assert describe_sets(mine["sets"]) == describe_steps([s for s in steps if s not in begun])
        following = runner.get(f"{runner.program_path}/today?view=full")["next"]
        assert (following["week"], following["session"]) == (1, 2)

    def test_prints_the_next_session(self, runner: Runner) -> None:
        with run_proxy(runner.port) as proxy:
            printed = runner.train(proxy).stdout.splitlines()
        following = runner.get(f"{runner.program_path}/today?view=full")["next"]
        assert (following["week"], following["session"]) == (1, 2)
        steps = runner.steps(1, 2)
        place = printed.index("Next: week 1, session 2")
        names = {step["description"].partition(":")[0].partition(",")[0] for step in steps}
        assert {line.removeprefix("- ").partition(":")[0] for line in printed[place + 1 :]} == names

    def test_sends_sets_live_and_closes_the_session_with_a_put(self, runner: Runner) -> None:
        with run_proxy(runner.port, lambda _: "forward") as proxy:
            assert runner.train(proxy).returncode == 0
        sent = [(one.method, one.path.count("/")) for one in proxy.exchanges]
        sets = len(runner.steps())
        assert sent == [("GET", 5), ("GET", 9), *[("PUT", 4)] * sets, ("PUT", 2)]
        check_session_is_complete(runner)

    def test_sends_the_sets_of_an_outage_in_a_batch(self, runner: Runner) -> None:
        with run_proxy(runner.port, lambda n: "lose request" if 3 < n <= 9 else "forward") as proxy:
            assert runner.train(proxy).returncode == 0
        arrived = [one.path for one in proxy.exchanges if one.status is not None]
        assert arrived.count("/sessions/batch") == 1
        assert len(proxy.lost()) == 6
        check_session_is_complete(runner)

    def test_keeps_the_sets_for_the_next_start_when_there_is_no_response(
        self, runner: Runner
    ) -> None:
        with run_proxy(runner.port, lambda n: "forward" if n <= 4 else "lose request") as proxy:
            done = runner.train(proxy)
        assert done.returncode == 1
        assert "start again" in done.stderr
        assert len(Journal(runner.journal).undelivered_sets()) == len(runner.steps()) - 2
        with run_proxy(runner.port) as proxy:
            assert runner.train(proxy).returncode == 0
        check_session_is_complete(runner)

    @pytest.mark.parametrize("last", [1, 4, 7, 10])
    def test_survives_being_killed(self, last: int, runner: Runner) -> None:
        with run_proxy(runner.port) as proxy:
            watch = subprocess.Popen(
                runner.command(proxy), env=environment(), stdout=subprocess.DEVNULL
            )
            proxy.wait_for_exchanges(last)
            watch.kill()
            watch.wait()
            again = runner.train(proxy)
        assert again.returncode == 0, again.stderr
        check_session_is_complete(runner)

    def test_sends_its_etag_and_gets_304_when_nothing_has_changed(
        self, server: RunningServer, tmp_path: Path
    ) -> None:
        ahead = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=30)
        resting = make_runner(server, tmp_path, start_date=str(ahead))
        with run_proxy(resting.port, lambda _: "forward") as proxy:
            done = [resting.train(proxy) for _ in range(2)]
        assert {one.stderr for one in done} == {
            resting.get(f"{resting.program_path}/today")["sentence"] + "\n"
        }
        assert done[0].stderr.startswith("Rest today; next is ")
        assert [one.status for one in proxy.exchanges] == [200, 304]

    def test_trains_by_the_last_plan_without_a_connection_and_only_once(
        self, runner: Runner
    ) -> None:
        with run_proxy(runner.port, lambda n: "forward" if n <= 2 else "lose request") as proxy:
            assert runner.train(proxy).returncode == 1
        with run_proxy(runner.port) as proxy:
            assert runner.train(proxy).returncode == 0
        with run_proxy(runner.port, lambda _: "lose request") as proxy:
            again = runner.train(proxy)
        assert again.stderr == "No connection, and no plan from before.\n"
        check_session_is_complete(runner)

    def test_stops_when_its_token_is_invalid_and_keeps_its_sets(self, runner: Runner) -> None:
        with run_proxy(runner.port, lambda n: "forward" if n <= 4 else "lose request") as proxy:
            runner.train(proxy)
        before = runner.journal.read_bytes()
        other = Runner(**{**fields(runner), "token": "pusht_ended"})
        with run_proxy(runner.port) as proxy:
            done = other.train(proxy)
        assert "token" in done.stderr
        assert runner.journal.read_bytes() == before

    def test_does_not_resend_a_set_that_was_rejected_for_good(self, runner: Runner) -> None:
        with run_proxy(runner.port, lambda n: "forward" if n <= 2 else "lose request") as proxy:
            runner.train(proxy)
        lines = runner.journal.read_text().splitlines(keepends=True)
        first = next(place for place, line in enumerate(lines) if line.startswith('{"set"'))
        lines[first] = lines[first].replace('"reps": 15', '"reps": -1')
        runner.journal.write_text("".join(lines))
        with run_proxy(runner.port) as proxy:
            done = runner.train(proxy)
        assert done.returncode == 0
        assert "not stored" in done.stdout
        (session,) = runner.sessions()
        assert describe_sets(session["sets"]) == describe_steps(runner.steps())[1:]


class TestRequest:
    def test_waits_longer_at_each_retry_and_never_equally_long(
        self, server: RunningServer, slept: list[float]
    ) -> None:
        with run_proxy(server.port, lambda _: "lose request") as proxy, make_watch(proxy) as watch:
            for _ in range(20):
                with pytest.raises(Offline):
                    watch.request("GET", "/livez")
        assert len(proxy.exchanges) == 20 * MAX_TRIES
        for attempt in range(MAX_TRIES - 1):
            waits = slept[attempt :: MAX_TRIES - 1]
            assert len({*waits}) == 20
            assert 0 <= min(waits) < max(waits) <= 2**attempt
        assert max(slept) > 8

    def test_waits_for_the_time_of_retry_after(
        self, server: RunningServer, slept: list[float]
    ) -> None:
        with (
            run_proxy(server.port, lambda n: "reject" if n == 1 else "forward") as proxy,
            make_watch(proxy) as watch,
        ):
            assert watch.request("GET", "/livez").status_code == 200
        (waited,) = slept
        assert 7 <= waited <= 8

    def test_gives_up_sooner_between_two_sets(
        self, server: RunningServer, slept: list[float]
    ) -> None:
        with (
            run_proxy(server.port, lambda _: "lose request") as proxy,
            make_watch(proxy) as watch,
            pytest.raises(Offline),
        ):
            watch.request("GET", "/livez", MAX_TRIES_LIVE)
        assert len(proxy.exchanges) == MAX_TRIES_LIVE == len(slept) + 1


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of each sleep of the watch, which does not really sleep."""
    seconds: list[float] = []
    monkeypatch.setattr("examples.watch_companion.time.sleep", seconds.append)
    return seconds


@contextmanager
def make_watch(proxy: UnreliableProxy) -> Iterator[Watch]:
    """Yield a watch in this process that waits up to a second before its first retry."""
    with httpx.Client(base_url=proxy.address) as client:
        yield Watch(client, Journal(Path("unused.journal")), 1)


class TestJournal:
    def test_reads_what_was_written(self, tmp_path: Path) -> None:
        file = tmp_path / "journal"
        Journal(file).add("set", {"set_id": "a"})
        Journal(file).add("delivered", "a")
        Journal(file).add("set", {"set_id": "b"})
        assert Journal(file).undelivered_sets() == [{"set_id": "b"}]

    def test_drops_an_incomplete_line_and_continues_after_it(self, tmp_path: Path) -> None:
        file = tmp_path / "journal"
        Journal(file).add("set", {"set_id": "a", "notes": "Wäre"})
        whole = file.read_bytes()
        for cut in range(len(whole)):
            file.write_bytes(whole + whole[:cut])
            Journal(file).add("delivered", "a")
            assert Journal(file).lines == [json.loads(whole), {"delivered": "a"}]

    def test_is_empty_when_it_is_cleared(self, tmp_path: Path) -> None:
        journal = Journal(tmp_path / "journal")
        journal.add("plan", {"etag": "x"})
        journal.clear()
        assert journal.lines == Journal(journal.file).lines == []


class TestSimplerWatch:
    """Watches that lack something that the example does must fail through the same proxies."""

    def test_stores_sets_twice_if_it_makes_no_ids(self, runner: Runner) -> None:
        with run_proxy(runner.port) as proxy:
            for step in runner.steps():
                body = {
                    "athlete_id": runner.athlete_id,
                    "started_at": PERFORMED,
                    "sets": [make_set(step)],
                }
                send_until_answered(proxy, runner, "POST", "/sessions", body)
        arrived = [one for session in runner.sessions() for one in session["sets"]]
        assert len(arrived) > len(runner.steps())

    def test_loses_sets_if_it_never_retries(self, runner: Runner) -> None:
        session_id = uuid4()

        def lose_each_third(number: int) -> Fate:
            return "lose request" if lose_every_third_response(number) != "forward" else "forward"

        with run_proxy(runner.port, lose_each_third) as proxy:
            for step in runner.steps():
                body = make_set(step) | {"athlete_id": runner.athlete_id}
                send(proxy, runner, "PUT", f"/sessions/{session_id}/sets/{uuid4()}", body)
        (session,) = runner.sessions()
        assert len(session["sets"]) < len(runner.steps())

    def test_does_not_get_the_next_session_if_it_never_retries(self, runner: Runner) -> None:
        path = f"/sessions/{uuid4()}"
        body = {"athlete_id": runner.athlete_id, "started_at": PERFORMED}
        with run_proxy(runner.port, lambda _: "lose response") as proxy:
            assert send(proxy, runner, "PUT", path, body) is None
        assert len(runner.sessions()) == 1
