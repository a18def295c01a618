"""Every state of the guided session: axe-core, small screens, the dark, the network, addresses."""

from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.browser import axe
from tests.browser.chromium import Browser
from tests.browser.conftest import RunningService
from tests.browser.guided_session import CORE, GuidedSession

# What leads to each state, from the first screen on.
STATES: dict[str, tuple[str, ...]] = {
    "start": (),
    "warm-up": ("Start",),
    "set": ("Start", "I am warm"),
    "count": ("Start", "I am warm", "Count for me"),
    "entry": ("Start", "I am warm", "Set done"),
    "rest": ("Start", "I am warm", "Set done", "Save the set"),
    "menu": ("Start", "I am warm", "Set done", "Save the set", "Menu"),
    "warning signs": ("Start", "Warning signs"),
    "stopped": ("Start", "Warning signs", "Yes: stop the session"),
    "summary": ("Start", "Menu", "End the session", "Store it with an API key"),
    "what changes": ("Start", "Menu", "End the session", "What changes next?"),
}
each_state = pytest.mark.parametrize("presses", STATES.values(), ids=list(STATES))
_SMALL_TARGETS = """[...document.querySelectorAll(
  "button, a.button, .check, .scale label, summary, header a")]
  .map((one) => [one.textContent, one.getBoundingClientRect()])
  .filter(([, { width, height }]) => width > 0 && Math.min(width, height) < 43.9)
  .map(([text]) => text)"""
# Of an engine that is no longer served.
_RETIRED = "AYiAYAJaAMrN4oQ"
_UNKNOWN = {"program_id": "AgCZvl78", "week": 1, "session": 1}


@pytest.fixture
def guided(module_browser: Browser) -> GuidedSession:
    """The page without anything kept by the test before, on a desktop in the light."""
    module_browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    module_browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    module_browser.open("/explorer/train.css")
    module_browser.evaluate("sessionStorage.clear()")
    return GuidedSession(module_browser)


def emulate_phone(guided: GuidedSession, width: int, height: int) -> None:
    size = {"width": width, "height": height, "deviceScaleFactor": 2, "mobile": True}
    guided.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def emulate_media(guided: GuidedSession, name: str, value: str) -> None:
    features = {"features": [{"name": name, "value": value}]}
    guided.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", features)


def reach(guided: GuidedSession, presses: tuple[str, ...]) -> None:
    """Open the session, and press what leads to a state."""
    guided.open()
    guided.press(*presses)
    if "What changes next?" in presses:
        guided.wait_for_text("main", "Counted:")


class TestStates:
    @each_state
    def test_break_no_rule_of_axe(self, presses: tuple[str, ...], guided: GuidedSession) -> None:
        reach(guided, presses)
        assert axe.find_violations(guided.browser) == []

    @each_state
    def test_break_no_rule_of_axe_in_the_dark(
        self, presses: tuple[str, ...], guided: GuidedSession
    ) -> None:
        emulate_media(guided, "prefers-color-scheme", "dark")
        emulate_phone(guided, 390, 844)
        reach(guided, presses)
        assert axe.find_violations(guided.browser) == []

    @each_state
    def test_fit_small_phones(self, presses: tuple[str, ...], guided: GuidedSession) -> None:
        for width, height in ((320, 568), (844, 390)):
            emulate_phone(guided, width, height)
            reach(guided, presses)
            assert guided.browser.overflow() == 0
            assert guided.browser.evaluate(_SMALL_TARGETS) == []
            guided.browser.evaluate("sessionStorage.clear()")

    def test_of_pain_breaks_no_rule_of_axe(self, guided: GuidedSession) -> None:
        guided.begin()
        guided.do_set(pain=9)
        guided.wait_for("Stop this exercise")
        assert axe.find_violations(guided.browser) == []

    def test_of_an_error_breaks_no_rule_of_axe(self, guided: GuidedSession) -> None:
        reach(guided, STATES["summary"])
        guided.press("Store the session")
        guided.wait_for_text("details .alarm", "That is no API key")
        assert axe.find_violations(guided.browser) == []

    @each_state
    def test_have_one_heading_of_the_first_rank_with_the_focus(
        self, presses: tuple[str, ...], guided: GuidedSession
    ) -> None:
        reach(guided, presses)
        assert guided.browser.count("h1") == 1
        focus = guided.browser.evaluate("document.activeElement.tagName")
        last_press = presses[-1] if presses else ""
        keeps_focus = last_press in ("What changes next?", "Store it with an API key")
        assert keeps_focus or focus in ("H1", "H2")


class TestPicture:
    def test_moves(self, guided: GuidedSession) -> None:
        reach(guided, STATES["set"])
        assert "view=motion&theme=light" in guided.browser.evaluate(
            "document.querySelector('object').data"
        )

    def test_of_a_hold_does_not_move(self, guided: GuidedSession) -> None:
        guided.begin(CORE)
        while "seconds" not in guided.browser.read(".dose"):
            guided.press("Menu", "Skip this exercise")
        picture = "document.querySelector('object').data"
        assert "view=end&theme=light" in guided.browser.evaluate(picture)

    def test_is_turned_for_the_left_side(self, guided: GuidedSession) -> None:
        guided.begin(CORE)
        turned: dict[str, set[int]] = {}
        while not {"left", "right", "both"} <= turned.keys():
            side = guided.title_of_set().split(", ")[1].split()[0]
            turned.setdefault(side, set()).add(guided.browser.count("object.left"))
            guided.press("Menu", "Skip this set")
        assert turned == {"left": {1}, "right": {0}, "both": {0}}

    def test_is_dark_in_the_dark(self, guided: GuidedSession) -> None:
        emulate_media(guided, "prefers-color-scheme", "dark")
        reach(guided, STATES["set"])
        assert "theme=dark" in guided.browser.evaluate("document.querySelector('object').data")

    def test_stands_still_if_motion_is_unwanted_while_the_ring_counts(
        self, guided: GuidedSession
    ) -> None:
        emulate_media(guided, "prefers-reduced-motion", "reduce")
        reach(guided, STATES["count"])
        assert "view=both" in guided.browser.evaluate("document.querySelector('object').data")
        guided.browser.wait(
            lambda _: guided.browser.evaluate(
                "document.querySelector('object').contentDocument?.querySelector('svg') != null"
            )
        )
        animations = "document.querySelector('object').contentDocument.getAnimations().length"
        assert guided.browser.evaluate(animations) == 0
        guided.move_clock(5 + 8)
        guided.wait_for_text(".dial strong", "2")

    def test_has_the_text_of_the_catalogue(
        self, guided: GuidedSession, service: RunningService
    ) -> None:
        reach(guided, STATES["set"])
        exercise = httpx.get(f"{service.address}/exercises/two-leg-calf-raise-slow-lower").json()
        label = "document.querySelector('.picture').getAttribute('aria-label')"
        text = exercise["pictures"]["alt"]
        assert guided.browser.wait(lambda _: guided.browser.evaluate(label) == text)


class TestNetwork:
    def test_asks_this_service_alone_and_without_an_error(self, guided: GuidedSession) -> None:
        guided.driver.get_log("browser")
        guided.driver.get_log("performance")
        reach(guided, STATES["count"])
        guided.press("Set done", "Save the set", "Menu", "End the session", "What changes next?")
        guided.wait_for_text("main", "Counted:")
        requests = guided.browser.list_requests()
        assert {urlsplit(url).hostname for url in requests} == {"127.0.0.1"}
        assert guided.browser.list_failures() == []
        assert guided.driver.get_log("browser") == []

    def test_needs_no_network_after_a_reload_of_the_page(self, guided: GuidedSession) -> None:
        reach(guided, STATES["rest"])
        guided.driver.get_log("performance")
        guided.browser.events.clear()
        guided.reload()
        paths = {urlsplit(url).path for url in guided.browser.list_requests()}
        assert not any(path.startswith("/programs") for path in paths)

    def test_is_light(self, guided: GuidedSession) -> None:
        reach(guided, STATES["start"])
        sizes = """performance.getEntriesByType("resource").concat(
          performance.getEntriesByType("navigation"))
          .filter(({ name }) => name.includes("train")).map((one) => one.encodedBodySize)"""
        guided.driver.execute_cdp_cmd("Network.clearBrowserCache", {})
        guided.reload()
        assert 0 < sum(guided.browser.evaluate(sizes)) < 25_000


class TestBadAddress:
    @pytest.mark.parametrize(
        ("address", "sentence"),
        [
            (_UNKNOWN, "There is no programme with this id."),
            ({"program_id": CORE, "week": 99}, "The programme has 12 weeks."),
            ({"program_id": CORE, "session": 9}, "The week has the sessions 1, 2."),
            ({"program_id": ""}, "The address has to name a programme"),
            ({"program_id": CORE, "week": "1e3"}, "The address has to name a programme"),
            ({"program_id": "../exercises"}, "The address has to name a programme"),
            ({"program_id": "<img src=x onerror=alert(1)>"}, "The address has to name a programme"),
        ],
    )
    def test_gets_a_sentence_and_a_way_on(
        self, address: dict[str, Any], sentence: str, guided: GuidedSession
    ) -> None:
        guided.open(**address)
        assert sentence in guided.text()
        assert guided.browser.count("footer a") >= 1
        assert guided.browser.count("main img") == 0
        assert axe.find_violations(guided.browser) == []

    def test_leads_to_the_programme_if_there_is_one(self, guided: GuidedSession) -> None:
        guided.open(CORE, week=99)
        guided.press("See the programme")
        assert guided.browser.wait(lambda driver: f"/programs/{CORE}" in driver.current_url)

    def test_leads_from_a_retired_programme_to_its_successor(
        self, guided: GuidedSession, service: RunningService
    ) -> None:
        guided.open(_RETIRED)
        answer = httpx.get(f"{service.address}/programs/{_RETIRED}")
        successor = answer.links["successor-version"]["url"]
        assert guided.text().endswith(answer.json()["detail"])
        assert guided.browser.read("main a") == successor
        guided.browser.click("main a")
        guided.browser.wait(lambda driver: driver.current_url == service.address + successor)

    @pytest.mark.parametrize(
        ("link", "expected"),
        [
            ('</programs/AoA>; rel="successor-version"', "/programs/AoA"),
            ('<//evil.example/programs/AoA>; rel="successor-version"', None),
            ('<https://evil.example/programs/AoA>; rel="successor-version"', None),
            ('<javascript:alert(1)>; rel="successor-version"', None),
            ('</programs/../keys>; rel="successor-version"', None),
            ('</programs/AoA>; rel="next"', None),
        ],
    )
    def test_follows_only_paths_of_programmes(
        self, link: str, expected: str | None, guided: GuidedSession
    ) -> None:
        guided.open()
        found = guided.driver.execute_script(
            """const link = arguments[0];
            window.fetch = async () => ({ ok: false, json: async () => ({}),
              headers: new Headers({ Link: link }) });
            return import("/explorer/train_calls.js")
              .then(({ call }) => call("programs/x").catch((problem) => problem.successor))""",
            link,
        )
        assert found == expected
