"""A Chromium that reaches only this machine, and records every request that it makes.

It resolves no host names and uses no proxy, so a page that needs another host fails here. The
methods of `Browser` are not specific to any page.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from selenium.common.exceptions import (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    StaleElementReferenceException,
)
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

_TIMEOUT_S = 20
# A page that is still being drawn raises these: try again.
_RETRYABLE_ERRORS = (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    StaleElementReferenceException,
)
_FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--window-size=1280,900",
]
# URLs of these schemes cause no network request.
_LOCAL_SCHEMES = {"about", "blob", "chrome", "data"}


class Browser:
    """A Chromium for the pages of one service."""

    def __init__(self, driver: Any, address: str) -> None:
        self.driver = driver
        self.address = address
        self.events: list[dict[str, Any]] = []

    def open(self, path: str) -> None:
        """Open a page of the service."""
        self.driver.get(self.address + path)

    def wait(self, condition: Callable[[Any], Any]) -> Any:
        """Return the value of a condition as soon as it is true."""
        waiting = WebDriverWait(self.driver, _TIMEOUT_S, 0.05, ignored_exceptions=_RETRYABLE_ERRORS)
        return waiting.until(condition)

    def click(self, selector: str) -> None:
        """Click on the first element of a selector, once that is possible."""
        self.wait(lambda d: d.find_element(By.CSS_SELECTOR, selector).click() is None)

    def type(self, selector: str, text: str) -> None:
        """Type into the first element of a selector, once that is possible."""
        self.wait(lambda d: d.find_element(By.CSS_SELECTOR, selector).send_keys(text) is None)

    def read(self, selector: str) -> str:
        """Return the visible text of the first element of a selector, once there is some."""
        found = By.CSS_SELECTOR, selector
        return str(self.wait(lambda d: d.find_element(*found).get_property("innerText").strip()))

    def count(self, selector: str) -> int:
        """Return the present number of elements of a selector."""
        return len(self.driver.find_elements(By.CSS_SELECTOR, selector))

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression in the page."""
        return self.driver.execute_script(f"return {expression}")

    def emulate_phone(self) -> None:
        """Emulate a phone that is 390 points wide."""
        size = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def prefer_dark(self) -> None:
        """Emulate a system whose user prefers dark colours."""
        features = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", features)

    def overflow(self) -> int:
        """Return by how many points a page is wider than the phone."""
        excess = self.evaluate("document.documentElement.scrollWidth - screen.width")
        return max(int(excess), 0)

    def list_events(self, method: str) -> list[dict[str, Any]]:
        """Return the parameters of all network events of a kind so far."""
        for entry in self.driver.get_log("performance"):
            self.events.append(json.loads(entry["message"])["message"])
        return [event["params"] for event in self.events if event["method"] == method]

    def list_requests(self) -> list[str]:
        """Return the URL of every request."""
        events = self.list_events("Network.requestWillBeSent")
        urls = [str(event["request"]["url"]) for event in events]
        return [url for url in urls if urlsplit(url).scheme not in _LOCAL_SCHEMES]

    def list_failures(self) -> list[str]:
        """Return the errors of failed requests, and the responses with an error status."""
        failed = [str(event["errorText"]) for event in self.list_events("Network.loadingFailed")]
        responses = [event["response"] for event in self.list_events("Network.responseReceived")]
        return failed + [f"{r['status']} {r['url']}" for r in responses if r["status"] >= 400]

    def list_console_errors(self) -> list[str]:
        """Return the errors in the console of the browser."""
        entries = self.driver.get_log("browser")
        return [str(entry["message"]) for entry in entries if entry["level"] == "SEVERE"]


@contextmanager
def launch(address: str, profile: Path) -> Iterator[Browser]:
    """Run a Chromium with a new profile until the block ends."""
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or "/usr/bin/chromium"
    for flag in [*_FLAGS, f"--user-data-dir={profile}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    service = Service(shutil.which("chromedriver") or "/usr/bin/chromedriver")
    driver = Chrome(options=options, service=service)
    try:
        # Leave the browser's own start page, whose requests do not matter here.
        driver.get("about:blank")
        driver.get_log("performance")
        yield Browser(driver, address)
    finally:
        driver.quit()
