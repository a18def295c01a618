"""What the guided session remembers: the sessions done before, and a run that was left halfway."""

import json
from typing import Any

import httpx
import pytest

from tests.browser.chromium import Browser
from tests.browser.conftest import RunningService
from tests.browser.guided_session import BASE, GuidedSession

NOT_USED = "the later sessions were not used"
GONE = "could not be used, and is gone: begin again."
# Where the page kept a run before its form had a version.
OLD_KEY = f"pushoff/train/{BASE}/1/1"


@pytest.fixture
def guided(browser: Browser) -> GuidedSession:
    return GuidedSession(browser)


def build_done(week: int, pain: int, *, red_flags: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a completed session with one painful set of calf raises."""
    done = {
        "set_id": f"01890000-0000-7000-8001-{week:012}",
        "exercise": "straight-leg-calf-raise",
        "side": "both",
        "set_index": 1,
        "reps": 15,
        "pain": pain,
        "performed_at": f"2026-11-{week:02}T10:05:00+00:00",
        "kind": "work",
    }
    return {
        "session_id": f"01890000-0000-7000-8000-{week:012}",
        "athlete_id": "me",
        "program_id": BASE,
        "week": week,
        "session": 1,
        "started_at": f"2026-11-{week:02}T10:00:00+00:00",
        "ended_at": f"2026-11-{week:02}T10:20:00+00:00",
        "status": "abandoned" if red_flags else "partial",
        "red_flags": [*red_flags],
        "sets": [done],
    }


def remember(guided: GuidedSession, *sessions: dict[str, Any]) -> None:
    """Put sessions into the memory of the device, as the page does if its visitor asks for it."""
    guided.browser.open("/explorer/train.css")
    store = "localStorage.setItem(arguments[0], arguments[1])"
    guided.driver.execute_script(store, f"pushoff/done/{BASE}", json.dumps(sessions))


def keep(guided: GuidedSession, key: str, kept: str) -> None:
    """Leave something where the page keeps a run."""
    guided.browser.open("/explorer/train.css")
    guided.driver.execute_script("sessionStorage.setItem(arguments[0], arguments[1])", key, kept)


def adapt(service: RunningService, week: int, *sessions: dict[str, Any]) -> dict[str, Any]:
    """Return what the service plans for a week after those sessions."""
    body = {"sessions": sessions, "through_week": week - 1}
    answer = httpx.post(f"{service.address}/programs/{BASE}/adapt", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


class TestDoneBefore:
    @pytest.mark.parametrize("week", [1, 2, 3, 4, 7])
    def test_pain_is_remembered_after_missed_weeks(
        self, week: int, guided: GuidedSession, service: RunningService
    ) -> None:
        done = build_done(1, pain=8)
        remember(guided, done)
        guided.open(BASE, week=week, session=2)
        answer = adapt(service, week, done)
        planned = next(one for one in answer["week"]["sessions"] if one["index"] == 2)
        run = guided.run()
        assert run["plan"]["exercises"] == planned["exercises"]
        expected = {
            one["sentence"]
            for one in answer["changes"]
            if one["code"] in ("PAIN_ABOVE_5", "RETURN_AFTER_PAIN", "SIBLING_PAIN")
        }
        assert {text.partition(": ")[2] for text in run["warnings"]} == expected
        assert guided.browser.count("main p.alarm") == len(expected) == 2

    def test_pain_is_told_once(self, guided: GuidedSession, service: RunningService) -> None:
        done = build_done(1, pain=8)
        remember(guided, done)
        guided.open(BASE, week=3)
        sentence = adapt(service, 3, done)["week"]["reason"]["sentence"]
        assert guided.text().count(sentence) == 1

    def test_a_painless_start_still_has_its_reason(
        self, guided: GuidedSession, service: RunningService
    ) -> None:
        done = build_done(1, pain=0)
        remember(guided, done)
        guided.open(BASE, week=3)
        assert adapt(service, 3, done)["week"]["reason"]["sentence"] in guided.text()
        assert guided.browser.count("main p.alarm") == 0

    def test_an_earlier_week_says_that_it_does_not_use_it(
        self, guided: GuidedSession, service: RunningService
    ) -> None:
        done = build_done(3, pain=8)
        remember(guided, done)
        guided.open(BASE, week=2)
        assert NOT_USED in guided.text()
        planned = adapt(service, 2)["week"]["sessions"][0]
        assert guided.run()["plan"]["exercises"] == planned["exercises"]
        # It hurts all the same.
        warning = guided.browser.read("main p.alarm")
        assert warning.startswith("Straight-leg calf raise: Pain above 5/10")

    def test_an_earlier_week_uses_what_was_done_before_it(
        self, guided: GuidedSession, service: RunningService
    ) -> None:
        first, last = build_done(1, pain=8), build_done(4, pain=0)
        remember(guided, first, last)
        guided.open(BASE, week=2)
        assert NOT_USED in guided.text()
        planned = adapt(service, 2, first)["week"]["sessions"][0]
        assert guided.run()["plan"]["exercises"] == planned["exercises"]
        assert "Pain above 5/10" in guided.browser.read("main p.alarm")

    @pytest.mark.parametrize("week", [1, 3, 4, 6])
    def test_a_warning_sign_stops_every_week(self, week: int, guided: GuidedSession) -> None:
        remember(guided, build_done(3, pain=0, red_flags=("sudden_snap",)))
        guided.open(BASE, week=week)
        assert (guided.title(), guided.browser.count("footer button")) == ("Stop here", 0)

    def test_of_another_form_is_no_session(self, guided: GuidedSession) -> None:
        guided.browser.open("/explorer/train.css")
        guided.browser.evaluate(f"localStorage.setItem('pushoff/done/{BASE}', '{{\"week\": 1}}')")
        guided.open(BASE)
        assert guided.title() == "Week 1, session 1"

    def test_that_nobody_can_read_is_forgotten_if_the_visitor_agrees(
        self, guided: GuidedSession
    ) -> None:
        remember(guided, build_done(1, pain=0) | {"started_at": "yesterday"})
        guided.open(BASE, week=2)
        assert "could not be read" in guided.text()
        guided.press("Forget them and go on")
        guided.wait_for("Week 2, session 1")
        assert guided.browser.evaluate(f"localStorage.getItem('pushoff/done/{BASE}')") is None


class TestKeptRun:
    def find_key(self, guided: GuidedSession) -> str:
        """Return where the page keeps the run of this session."""
        guided.open(BASE)
        key = "Object.keys(sessionStorage).find((one) => one.startsWith('pushoff/train/'))"
        return str(guided.browser.evaluate(key))

    @pytest.mark.parametrize("change", [None, "plan", "done", "out", "signs", "at", "screen"])
    def test_of_another_form_is_dropped_with_a_sentence(
        self, change: str | None, guided: GuidedSession
    ) -> None:
        key = self.find_key(guided)
        guided.press("Start", "I am warm")
        run: dict[str, Any] = guided.run() | {change: 99} if change else {"screen": "set"}
        keep(guided, key, json.dumps(run))
        guided.driver.get_log("browser")
        guided.open(BASE)
        assert guided.title() == "Week 1, session 1"
        assert GONE in guided.text()
        assert guided.browser.list_console_errors() == []
        guided.press("Start", "I am warm")
        assert guided.title() == "Straight-leg calf raise"
        guided.reload()
        assert guided.title() == "Straight-leg calf raise"

    def test_of_an_older_version_is_not_read(self, guided: GuidedSession) -> None:
        keep(guided, OLD_KEY, '{"screen": "set"}')
        guided.open(BASE)
        assert guided.title() == "Week 1, session 1"

    def test_of_another_session_stays(self, guided: GuidedSession) -> None:
        other = OLD_KEY.replace("/1/1", "/1/2")
        keep(guided, other, '{"screen": "set"}')
        guided.open(BASE)
        assert GONE not in guided.text()
        assert guided.browser.evaluate(f"sessionStorage.getItem('{other}')")
