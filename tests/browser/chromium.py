"""A Chromium with its network cut, and everything that it asked for.

It resolves no name and uses no proxy, so a page that needs another host breaks here as it would
on an aeroplane. Hands what tests ask of a page to them in their own words; knows no page.
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

LONGEST_WAIT_S = 20
# A page that is still drawing itself: ask again.
NOT_YET = (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    StaleElementReferenceException,
)
FLAGS = [
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
# What is in the page or in the browser already is no request to anybody.
LOCAL_SCHEMES = {"about", "blob", "chrome", "data"}


class Browser:
    """A Chromium that is looking at a service."""

    def __init__(self, driver: Any, address: str) -> None:
        self.driver = driver
        self.address = address
        self.events: list[dict[str, Any]] = []

    def open(self, path: str) -> None:
        """Goes to a page of the service."""
        self.driver.get(self.address + path)

    def wait(self, condition: Callable[[Any], Any]) -> Any:
        """What a condition gives, as soon as that is something."""
        waiting = WebDriverWait(self.driver, LONGEST_WAIT_S, 0.05, ignored_exceptions=NOT_YET)
        return waiting.until(condition)

    def click(self, selector: str) -> None:
        """Clicks on the first that a selector finds, once that can be done."""
        self.wait(lambda d: d.find_element(By.CSS_SELECTOR, selector).click() is None)

    def type(self, selector: str, text: str) -> None:
        """Types into a field, once that can be done."""
        self.wait(lambda d: d.find_element(By.CSS_SELECTOR, selector).send_keys(text) is None)

    def read(self, selector: str) -> str:
        """The text that shows in the first that a selector finds, once there is some."""
        found = By.CSS_SELECTOR, selector
        return str(self.wait(lambda d: d.find_element(*found).get_property("innerText").strip()))

    def count(self, selector: str) -> int:
        """How many elements a selector finds now."""
        return len(self.driver.find_elements(By.CSS_SELECTOR, selector))

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        return self.driver.execute_script(f"return {expression}")

    def narrow(self) -> None:
        """Becomes a phone, 390 points wide."""
        size = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def darken(self) -> None:
        """Becomes a system whose user asked for dark colours."""
        wish = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", wish)

    def overflow(self) -> int:
        """By how many points a phone's page is wider than its screen."""
        wide = self.evaluate("document.documentElement.scrollWidth - screen.width")
        return max(int(wide), 0)

    def happened(self, method: str) -> list[dict[str, Any]]:
        """Everything of a kind that the network did so far."""
        for entry in self.driver.get_log("performance"):
            self.events.append(json.loads(entry["message"])["message"])
        return [event["params"] for event in self.events if event["method"] == method]

    def asked(self) -> list[str]:
        """Every address that something was asked of."""
        urls = [str(sent["request"]["url"]) for sent in self.happened("Network.requestWillBeSent")]
        return [url for url in urls if urlsplit(url).scheme not in LOCAL_SCHEMES]

    def failed(self) -> list[str]:
        """Why requests came to nothing, and the answers that say no."""
        broken = [str(event["errorText"]) for event in self.happened("Network.loadingFailed")]
        answers = [event["response"] for event in self.happened("Network.responseReceived")]
        return broken + [f"{a['status']} {a['url']}" for a in answers if a["status"] >= 400]

    def complaints(self) -> list[str]:
        """What the console holds against the page."""
        entries = self.driver.get_log("browser")
        return [str(entry["message"]) for entry in entries if entry["level"] == "SEVERE"]


@contextmanager
def launch(address: str, profile: Path) -> Iterator[Browser]:
    """A Chromium that has seen nothing yet, with its files in a folder of its own."""
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or "/usr/bin/chromium"
    for flag in [*FLAGS, f"--user-data-dir={profile}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    service = Service(shutil.which("chromedriver") or "/usr/bin/chromedriver")
    driver = Chrome(options=options, service=service)
    try:
        # Away from the browser's own first page, whose doings are not ours.
        driver.get("about:blank")
        driver.get_log("performance")
        yield Browser(driver, address)
    finally:
        driver.quit()
