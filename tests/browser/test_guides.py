"""The guides, the changelog, the 404 page and the bar above /docs in a real Chromium."""

from urllib.parse import urlsplit

import pytest

from app.web.docs import guides
from tests.browser.axe import find_violations
from tests.browser.chromium import Browser

PAGES = [
    "/guides",
    *(f"/guides/{name}" for name in guides.NAMES),
    "/changelog",
    "/problems",
    "/problems/conflict",
    "/nothing-here",
]
each_page = pytest.mark.parametrize("path", PAGES)


class TestGuides:
    @each_page
    def test_fit_a_small_phone_and_a_desktop(self, path: str, browser: Browser) -> None:
        for width in (320, 1280):
            # Only on an emulated phone, the screen is as wide as the window.
            size = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": True}
            browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
            browser.open(path)
            assert browser.read("h1")
            assert (width, browser.overflow()) == (width, 0)

    @each_page
    def test_load_only_from_this_service_and_without_errors(
        self, path: str, browser: Browser
    ) -> None:
        browser.open(path)
        assert {urlsplit(url).hostname for url in browser.list_requests()} == {"127.0.0.1"}
        # The status of the page itself is the only failure.
        expected = [f"404 {browser.address}{path}"] if path == "/nothing-here" else []
        assert browser.list_failures() == expected
        assert len(browser.list_console_errors()) == len(expected)

    @each_page
    def test_break_no_rule_of_wcag_in_either_theme(self, path: str, browser: Browser) -> None:
        browser.open(path)
        assert find_violations(browser) == []
        browser.prefer_dark()
        browser.open(path)
        assert find_violations(browser) == []

    def test_lead_from_the_list_to_a_guide_and_to_the_next(self, browser: Browser) -> None:
        browser.open("/guides")
        browser.click("dl a[href='/guides/start']")
        assert browser.read("h1") == "Start in five minutes"
        assert browser.read(".guides [aria-current]") == "Start in five minutes"
        browser.click(".guides a[href='/guides/glossary']")
        assert browser.read("h1") == "Glossary"

    def test_have_headings_that_can_be_linked_to(self, browser: Browser) -> None:
        browser.open("/guides/start#store-a-session")
        top = browser.evaluate(
            "document.getElementById('store-a-session').getBoundingClientRect().top"
        )
        assert 0 <= top < 200

    def test_show_code_in_colours(self, browser: Browser) -> None:
        browser.open("/guides/start")
        colours = {
            browser.evaluate(f"getComputedStyle(document.querySelector('pre .{name}')).color")
            for name in ("string", "name", "number", "comment")
        }
        assert len(colours) == 4


class TestDocsBar:
    def test_leads_to_the_guides_on_a_phone(self, browser: Browser) -> None:
        browser.emulate_phone()
        browser.open("/docs")
        browser.read(".opblock-summary-path")
        assert browser.overflow() == 0
        browser.click("nav a[href='/guides']")
        assert browser.read("h1") == "Guides"
