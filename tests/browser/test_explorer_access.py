"""The front page for everybody: screen readers, phones, the dark, no JavaScript, no other host."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from selenium.webdriver.common.by import By

from tests.browser import axe, explorer_page
from tests.browser.chromium import Browser
from tests.browser.explorer_page import DATED

STATES = {
    "empty": "/",
    "planned": f"/?{DATED}",
    "undated": "/?core=bridge&core=plank&days_per_week=4&units=imperial&weeks=3",
    "error": "/?level=expert&pain_now=11&weeks=99&utm=1",
    "blocked": "/?red_flags=hot_swollen_calf&level=beginner",
    "by id": "/programs/AgCZvl77",
}
states = pytest.mark.parametrize("state", STATES)


def open_state(browser: Browser, state: str) -> None:
    """Open the page in a state, and wait until all of it is there."""
    browser.open(STATES[state])
    browser.wait(lambda _: browser.count("[data-state]"))
    if browser.count("[data-state=planned]"):
        browser.wait(lambda _: browser.count(".exercise ol li"))


def emulate_width(browser: Browser, width: int) -> None:
    size = {"width": width, "height": 700, "deviceScaleFactor": 2, "mobile": True}
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def read_json(browser: Browser) -> Any:
    """Return the JSON that Chromium shows after a form was sent without a script."""
    return json.loads(browser.wait(lambda driver: driver.find_element(By.TAG_NAME, "pre").text))


class TestAccessibility:
    @states
    @pytest.mark.parametrize("dark", [False, True])
    def test_has_no_violation(self, state: str, dark: bool, browser: Browser) -> None:
        if dark:
            browser.prefer_dark()
        open_state(browser, state)
        browser.driver.execute_script(
            "for (const one of document.querySelectorAll('details')) one.open = true;"
        )
        assert axe.find_violations(browser) == []

    def test_is_checked_by_rules_that_find_something(self, browser: Browser) -> None:
        explorer_page.open_form(browser)
        browser.driver.execute_script(
            "document.querySelector('#pain').previousElementSibling.remove();"
            "document.querySelector('label[for=pain]').remove();"
        )
        assert any(found.startswith("label") for found in axe.find_violations(browser))

    @states
    def test_has_targets_that_a_finger_hits(self, state: str, browser: Browser) -> None:
        emulate_width(browser, 320)
        open_state(browser, state)
        small = browser.evaluate(
            """[...document.querySelectorAll("button, .button, summary, input, select, nav a")]
            .filter((one) => one.checkVisibility() && one.type !== "hidden")
            .filter((one) => one.getBoundingClientRect().height < (
                one.matches("button, .button, select") ? 44 : 24))
            .map((one) => one.outerHTML.slice(0, 100))"""
        )
        assert small == []

    @states
    @pytest.mark.parametrize("width", [320, 768])
    def test_fits_the_screen(self, state: str, width: int, browser: Browser) -> None:
        emulate_width(browser, width)
        open_state(browser, state)
        browser.driver.execute_script(
            "for (const one of document.querySelectorAll('details')) one.open = true;"
        )
        assert browser.evaluate("document.documentElement.scrollWidth") <= width

    def test_is_dark_if_the_system_is_dark(self, browser: Browser) -> None:
        open_state(browser, "planned")
        colour = "getComputedStyle(document.body).backgroundColor"
        light = browser.evaluate(colour)
        browser.prefer_dark()
        assert (light, browser.evaluate(colour)) == ("rgb(255, 255, 255)", "rgb(22, 27, 24)")

    def test_moves_nothing_by_itself(self, browser: Browser) -> None:
        open_state(browser, "planned")
        assert browser.evaluate("document.getAnimations().length") == 0

    def test_tells_a_screen_reader_what_happened(self, browser: Browser) -> None:
        open_state(browser, "planned")
        assert browser.evaluate("document.getElementById('status').textContent") == browser.read(
            "#answer h2"
        )


class TestRequests:
    @states
    def test_stay_on_this_service(self, state: str, browser: Browser) -> None:
        open_state(browser, state)
        requests = browser.list_requests()
        assert {urlsplit(url).netloc for url in requests} == {urlsplit(browser.address).netloc}

    @pytest.mark.parametrize("state", ["empty", "planned", "undated", "blocked", "by id"])
    def test_all_succeed_without_a_word_on_the_console(self, state: str, browser: Browser) -> None:
        open_state(browser, state)
        height = browser.evaluate("document.body.scrollHeight")
        for top in range(0, height, 600):
            browser.driver.execute_script(f"scrollTo(0, {top})")
        pictures = "[...document.images].filter((one) => !one.complete || !one.naturalWidth).length"
        browser.wait(lambda _: browser.evaluate(pictures) == 0)
        assert browser.list_failures() == []
        assert browser.driver.get_log("browser") == []

    def test_ask_the_api_once_before_the_programme(self, browser: Browser) -> None:
        open_state(browser, "planned")
        asked = [
            event["request"]["url"]
            for event in browser.list_events("Network.requestWillBeSent")
            if event["type"] == "Fetch"
        ]
        assert urlsplit(asked[0]).path == "/programs"
        assert sorted(urlsplit(url).path for url in asked[1:]) == ["/evidence", "/exercises"]


class TestWithoutJavaScript:
    def test_the_form_answers(self, browser: Browser) -> None:
        browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        browser.open("/")
        for selector in ("[value=advanced]", "[name=equipment][value=dumbbell]", "#plan"):
            browser.driver.find_element(By.CSS_SELECTOR, selector).click()
        browser.wait(lambda driver: urlsplit(driver.current_url).path == "/programs")
        address = urlsplit(browser.driver.current_url)
        sent = parse_qsl(address.query, keep_blank_values=True)
        assert {name for name, value in sent if not value} == {"step_heights_cm", "equipment"}
        program = read_json(browser)
        assert program["status"] == "planned"
        assert program["spec"]["level"] == "advanced"
        assert program["spec"]["equipment"] == ["chair", "dumbbell"]
        assert program["spec"]["step_heights_cm"] == [18]

    def test_a_sign_blocks(self, browser: Browser) -> None:
        browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        browser.open("/")
        browser.driver.find_element(By.CSS_SELECTOR, "[value=night_pain]").click()
        browser.driver.find_element(By.ID, "plan").click()
        answer = read_json(browser)
        assert (answer["status"], answer["code"]) == ("blocked", "CLEARANCE_REQUIRED")

    def test_a_programme_shows_its_chart(self, browser: Browser) -> None:
        browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        browser.open(STATES["by id"])
        chart = browser.driver.find_element(By.CSS_SELECTOR, "img.chart")
        assert httpx.get(str(chart.get_attribute("src"))).status_code == 200
