"""The page /docs in a real Chromium that reaches only this machine."""

import json
from urllib.parse import urlsplit

import pytest

from tests.browser import axe
from tests.browser.chromium import Browser
from tests.browser.conftest import RunningService

CREATE_PROGRAM = "#operations-programs-create_program"
LIST_SESSIONS = "#operations-sessions-list_sessions"
CREATE_SESSION = "#operations-sessions-create_session"
COUNT_OPERATIONS = """fetch("/openapi.json").then(answer => answer.json()).then(document =>
    Object.values(document.paths).flatMap(path => Object.keys(path)).length)"""

OPEN_SCHEMAS = """
for (const tab of document.querySelectorAll(".tablinks"))
    if (tab.innerText === "Schema") tab.click();
document.querySelector(".models-control").click();
"""


def open_docs(browser: Browser) -> None:
    """Open the page, and wait until Swagger UI has drawn the operations."""
    browser.open("/docs")
    browser.read(".opblock-summary-path")


def open_operation(browser: Browser, operation: str) -> None:
    """Open the page with one operation unfolded, ready to be executed."""
    open_docs(browser)
    browser.click(f"{operation} .opblock-summary-control")
    browser.wait(lambda _: browser.count(f"{operation} .execute"))


def execute(browser: Browser, operation: str) -> tuple[str, str]:
    """Click on Execute; return the status and the body that the page shows."""
    browser.click(f"{operation} .execute")
    live = f"{operation} .live-responses-table tbody"
    return (
        browser.read(f"{live} .response-col_status"),
        browser.read(f"{live} .highlight-code code"),
    )


def authorize(browser: Browser, key: str) -> None:
    """Paste a key into the dialog behind Authorize."""
    browser.click(".auth-wrapper .authorize")
    browser.type(".modal-ux input", key)
    browser.click(".modal-ux .btn.authorize")
    browser.click(".modal-ux .btn-done")


class TestDocsPage:
    def test_shows_every_operation(self, browser: Browser) -> None:
        open_docs(browser)
        assert browser.driver.title == "Pushoff API"
        assert browser.count(".opblock") == browser.evaluate(COUNT_OPERATIONS)

    def test_requests_nothing_from_other_hosts(self, browser: Browser) -> None:
        open_operation(browser, CREATE_PROGRAM)
        execute(browser, CREATE_PROGRAM)
        requests = browser.list_requests()
        assert {urlsplit(url).hostname for url in requests} == {"127.0.0.1"}
        assert {"/docs", "/docs/assets/swagger-ui-bundle.js", "/openapi.json", "/programs"} <= {
            urlsplit(url).path for url in requests
        }
        assert browser.list_failures() == []

    def test_has_no_console_errors(self, browser: Browser) -> None:
        open_operation(browser, CREATE_PROGRAM)
        execute(browser, CREATE_PROGRAM)
        assert browser.list_console_errors() == []
        assert browser.count(".errors-wrapper") == 0

    def test_plans_a_programme(self, browser: Browser) -> None:
        open_operation(browser, CREATE_PROGRAM)
        status, body = execute(browser, CREATE_PROGRAM)
        assert status.split()[0] == "200"
        assert json.loads(body)["status"] == "planned"

    def test_accepts_a_pasted_key_and_keeps_it(
        self, browser: Browser, service: RunningService
    ) -> None:
        open_operation(browser, CREATE_SESSION)
        assert execute(browser, CREATE_SESSION)[0].split()[0] == "401"
        authorize(browser, service.key)
        browser.wait(lambda _: browser.count(".auth-wrapper .authorize.locked"))
        open_operation(browser, CREATE_SESSION)
        status, body = execute(browser, CREATE_SESSION)
        assert status.split()[0] == "201"
        assert json.loads(body)["outcome"] == "created"

    def test_rejects_a_wrong_key(self, browser: Browser, service: RunningService) -> None:
        open_docs(browser)
        authorize(browser, service.key[:-1] + "x")
        open_operation(browser, LIST_SESSIONS)
        browser.type(f"{LIST_SESSIONS} [data-param-name=athlete_id] input", "somebody")
        assert execute(browser, LIST_SESSIONS)[0].split()[0] == "401"

    def test_links_from_a_response_to_its_problem(self, browser: Browser) -> None:
        open_operation(browser, CREATE_PROGRAM)
        link = f"{CREATE_PROGRAM} .responses-table a[href='/problems/validation-failed']"
        assert browser.wait(lambda _: browser.count(link)) >= 1

    @pytest.mark.parametrize("operation", [CREATE_PROGRAM, CREATE_SESSION, LIST_SESSIONS])
    def test_fits_a_phone(self, operation: str, browser: Browser) -> None:
        browser.emulate_phone()
        open_operation(browser, operation)
        execute(browser, operation)
        assert browser.overflow() == 0

    def test_is_dark_if_the_system_is_dark(self, browser: Browser) -> None:
        open_docs(browser)
        assert browser.count("html.dark-mode") == 0
        browser.prefer_dark()
        browser.wait(lambda _: browser.count("html.dark-mode"))

    def test_keeps_the_address_of_an_open_operation(self, browser: Browser) -> None:
        open_operation(browser, CREATE_PROGRAM)
        assert browser.evaluate("location.hash") == "#/programs/create_program"
        browser.driver.refresh()
        browser.wait(lambda _: browser.count(f"{CREATE_PROGRAM} .execute"))


@pytest.fixture(params=["light", "dark"])
def themed_browser(request: pytest.FixtureRequest, browser: Browser) -> Browser:
    """A browser in each theme, on the page."""
    if request.param == "dark":
        browser.prefer_dark()
    open_docs(browser)
    return browser


class TestAccessibility:
    def test_of_the_list_of_operations(self, themed_browser: Browser) -> None:
        assert axe.find_violations(themed_browser) == []

    @pytest.mark.parametrize("operation", [CREATE_PROGRAM, LIST_SESSIONS])
    def test_of_an_executed_operation(self, operation: str, themed_browser: Browser) -> None:
        open_operation(themed_browser, operation)
        if operation == LIST_SESSIONS:
            themed_browser.type(f"{operation} [data-param-name=athlete_id] input", "somebody")
        execute(themed_browser, operation)
        assert axe.find_violations(themed_browser) == []

    def test_of_the_schemas(self, themed_browser: Browser) -> None:
        open_operation(themed_browser, LIST_SESSIONS)
        themed_browser.driver.execute_script(OPEN_SCHEMAS)
        themed_browser.wait(lambda _: themed_browser.count(".json-schema-2020-12") > 100)
        assert axe.find_violations(themed_browser) == []

    def test_of_the_dialog_for_a_key(self, themed_browser: Browser) -> None:
        themed_browser.click(".auth-wrapper .authorize")
        themed_browser.wait(lambda _: themed_browser.count(".modal-ux input"))
        assert axe.find_violations(themed_browser) == []


class TestBrowser:
    def test_records_a_request_to_another_host(self, browser: Browser) -> None:
        browser.driver.get("data:text/html,<img src='http://elsewhere.example/x.png'>")
        browser.wait(lambda _: browser.list_failures())
        assert browser.list_requests() == ["http://elsewhere.example/x.png"]

    def test_measures_a_page_that_is_too_wide(self, browser: Browser) -> None:
        browser.emulate_phone()
        browser.driver.get("data:text/html,<p style='width: 500px'>")
        assert browser.overflow() >= 110
