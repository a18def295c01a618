"""The pages of the problems in a real Chromium."""

from selenium.webdriver.common.by import By

from tests.browser.chromium import Browser


class TestProblemPages:
    def test_are_linked_from_the_list(self, browser: Browser) -> None:
        browser.open("/problems")
        browser.driver.find_element(By.LINK_TEXT, "Validation failed").click()
        assert browser.read("h1") == "Validation failed"
        assert '"/problems/validation-failed"' in browser.read("pre")
        assert (browser.list_failures(), browser.list_console_errors()) == ([], [])

    def test_are_styled(self, browser: Browser) -> None:
        browser.open("/problems/conflict")
        light = browser.evaluate("getComputedStyle(document.body).backgroundColor")
        browser.prefer_dark()
        dark = browser.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (light, dark) == ("rgb(255, 255, 255)", "rgb(22, 27, 24)")

    def test_fit_a_phone(self, browser: Browser) -> None:
        browser.emulate_phone()
        for path in ("/problems", "/problems/unsupported-media-type", "/problems/conflict"):
            browser.open(path)
            assert browser.overflow() == 0
