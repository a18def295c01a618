"""The front page of a programme that goes on from an earlier one: new answers keep its standing."""

from urllib.parse import urlsplit

from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from tests.browser import explorer_page
from tests.browser.chromium import Browser


class TestContinuedProgramme:
    def test_says_that_it_goes_on(self, browser: Browser) -> None:
        continued = explorer_page.open_continued(browser)
        assert "It goes on from what was reached before." in browser.read("#answer .lede")
        explorer_page.unfold(browser)
        assert browser.read("#continued").startswith("This programme goes on from what was")
        assert browser.count("#kept:not([hidden])") == 0
        browser.click("#continued a")
        browser.wait(lambda _: browser.count("[data-state=empty]"))
        assert not browser.driver.find_element(By.ID, "continued").is_displayed()
        browser.driver.back()
        assert explorer_page.read_program_id(browser) == continued
        assert browser.count("#continued:not([hidden])") == 1

    def test_keeps_its_standing_when_answers_change(self, browser: Browser) -> None:
        continued = explorer_page.open_continued(browser)
        explorer_page.unfold(browser)
        browser.click("[name=equipment][value=dumbbell]")
        browser.click("[name=core][value=bridge]")
        explorer_page.submit(browser)
        shown = explorer_page.read_program_id(browser)
        changes = {"equipment": ["chair", "dumbbell"], "core": ["bridge"]}
        assert shown == explorer_page.post_continue(browser, continued, changes)
        spec = explorer_page.fetch(browser, f"/programs/{shown}")["spec"]
        # A beginner would start on the second rung.
        assert spec["start"]["straight_knee"]["rung"] > 2
        assert urlsplit(str(browser.driver.current_url)).path == f"/programs/{shown}"
        assert browser.evaluate("document.activeElement.tagName") == "H2"
        browser.driver.back()
        browser.wait(lambda _: explorer_page.read_program_id(browser) == continued)

    def test_can_lose_its_running_days_and_its_weekdays(self, browser: Browser) -> None:
        week = ["rest", "easy", "hard", "rest", "easy", "long", "rest"]
        changes = {"run_schedule": week, "weekdays": [1, 3]}
        continued = explorer_page.open_continued(browser, changes)
        explorer_page.unfold(browser)
        for day in browser.driver.find_elements(By.NAME, "run_schedule"):
            Select(day).select_by_value("rest")
        browser.click("#kept button")
        explorer_page.submit(browser)
        shown = explorer_page.read_program_id(browser)
        freed = {"run_schedule": ["rest"] * 7, "days_per_week": 2}
        assert shown == explorer_page.post_continue(browser, continued, freed)

    def test_says_what_cannot_be_left_out(self, browser: Browser) -> None:
        continued = explorer_page.open_continued(browser, {"age": 40})
        explorer_page.unfold(browser)
        browser.driver.find_element(By.NAME, "age").clear()
        explorer_page.submit(browser)
        assert browser.read("label:has([name=age]) + .error").startswith("Can be changed here")
        browser.type("[name=age]", "41")
        browser.click("#plan")
        shown = explorer_page.read_program_id(browser)
        assert shown == explorer_page.post_continue(browser, continued, {"age": 41})

    def test_has_its_errors_beside_their_fields(self, browser: Browser) -> None:
        explorer_page.open_continued(browser, {"start_date": "2027-02-01"})
        explorer_page.unfold(browser)
        browser.type("[name=start_date]", "01042027")
        explorer_page.submit(browser)
        error = browser.read("label:has([name=start_date]) + .error")
        assert error == "Must not come before 2027-02-01, where the log ends"
        assert browser.evaluate("document.activeElement.name") == "start_date"

    def test_is_blocked_by_a_sign(self, browser: Browser) -> None:
        explorer_page.open_continued(browser)
        explorer_page.unfold(browser)
        browser.click("[value=night_pain]")
        explorer_page.submit(browser)
        browser.wait(lambda _: browser.count("[data-state=blocked]"))
        assert browser.read("#answer h2") == "No programme today"
