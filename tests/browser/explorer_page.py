"""Steps on the front page that its tests share."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from tests.browser.chromium import Browser

SHOWN = "#answer [data-program]"
DATED = "level=beginner&core=side_plank&start_date=2027-01-04&race_date=2027-03-28"
"""Twelve weeks with a race, from a Monday that is far away."""


def open_form(browser: Browser) -> None:
    """Open the empty page, with its script at work."""
    browser.open("/")
    browser.wait(lambda _: browser.count("[data-state=empty]"))


def open_programme(browser: Browser, query: str | Sequence[tuple[str, str]] = DATED) -> str:
    """Open the page with a query; return the id of the programme that it shows."""
    text = query if isinstance(query, str) else urlencode(query)
    browser.open(f"/?{text}")
    return read_program_id(browser)


def read_program_id(browser: Browser) -> str:
    """Return the id of the programme on screen, once there is one."""
    browser.wait(lambda _: browser.count(f"[data-state=planned] {SHOWN}"))
    return str(browser.evaluate(f"document.querySelector('{SHOWN}').dataset.program"))


def open_continued(browser: Browser, more: Mapping[str, object] | None = None) -> str:
    """Open a programme that continues an advanced one, as a beginner's; return its id."""
    earlier = fetch(browser, "/programs?level=advanced&weeks=4")["program_id"]
    changes = {"level": "beginner", "weeks": 6, **(more or {})}
    continued = post_continue(browser, earlier, changes)
    browser.open(f"/programs/{continued}")
    assert read_program_id(browser) == continued
    return continued


def post_continue(browser: Browser, program_id: str, changes: Mapping[str, object]) -> str:
    """Return the id of the programme that continues another one with these changes."""
    address = f"{browser.address}/programs/{program_id}/continue"
    answer = httpx.post(address, json={"sessions": [], "spec": changes})
    return str(answer.raise_for_status().json()["program_id"])


def unfold(browser: Browser) -> None:
    """Open the answers, and what is folded among them."""
    browser.driver.execute_script(
        "for (const one of document.querySelectorAll('#questions, .part')) one.open = true"
    )


def submit(browser: Browser) -> None:
    """Open the folded answers, if they are, and ask for the programme again."""
    browser.evaluate("document.getElementById('questions').open = true")
    browser.driver.execute_script("document.getElementById('answer').replaceChildren()")
    browser.click("#plan")


def read_query(browser: Browser) -> str:
    """Return the query of the address."""
    return urlsplit(str(browser.driver.current_url)).query


def fetch(browser: Browser, path: str) -> Any:
    """Return what the API answers to everybody else."""
    return httpx.get(browser.address + path).json()


def find_answer(browser: Browser, path: str) -> Any:
    """Return the body that the page got for a path with its query."""
    for event in browser.list_events("Network.responseReceived"):
        if event["response"]["url"] == browser.address + path and event["type"] == "Fetch":
            found = browser.driver.execute_cdp_cmd(
                "Network.getResponseBody", {"requestId": event["requestId"]}
            )
            return json.loads(found["body"])
    return None


def cut_network(browser: Browser) -> None:
    """Let every further request of the page fail."""
    browser.driver.execute_cdp_cmd("Network.enable", {})
    conditions = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    browser.driver.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)
