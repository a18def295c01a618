"""What a browser test may ask for: the service as a process of its own, and a Chromium.

Chromium resolves no name and uses no proxy, so a page that needs another host breaks here as it
would on an aeroplane; and every request that it makes is written down.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import element_to_be_clickable
from selenium.webdriver.support.wait import WebDriverWait

LONGEST_WAIT_S = 20
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


@dataclass
class Browser:
    """A Chromium that is looking at the service."""

    driver: Any
    address: str
    events: list[dict[str, Any]] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Goes to a page of the service."""
        self.driver.get(self.address + path)

    def wait(self, condition: Callable[[Any], Any]) -> Any:
        """What a condition gives, as soon as that is something."""
        return WebDriverWait(self.driver, LONGEST_WAIT_S, 0.05).until(condition)

    def click(self, selector: str) -> None:
        """Clicks on what is there, once it can be."""
        self.wait(element_to_be_clickable((By.CSS_SELECTOR, selector))).click()

    def read(self, selector: str) -> str:
        """The text of what a selector finds, once there is some."""
        return str(self.wait(lambda d: d.find_element(By.CSS_SELECTOR, selector).text))

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

    def log(self, method: str) -> list[dict[str, Any]]:
        """Everything of a kind that the network did so far."""
        for entry in self.driver.get_log("performance"):
            self.events.append(json.loads(entry["message"])["message"])
        return [event["params"] for event in self.events if event["method"] == method]

    def asked(self) -> list[str]:
        """Every address that something was asked of. What a page holds in itself is no request."""
        urls = [str(sent["request"]["url"]) for sent in self.log("Network.requestWillBeSent")]
        return [url for url in urls if urlsplit(url).scheme not in ("data", "blob", "about")]

    def failed(self) -> list[str]:
        """Why requests came to nothing, and the answers that say no."""
        broken = [str(event["errorText"]) for event in self.log("Network.loadingFailed")]
        answers = [event["response"] for event in self.log("Network.responseReceived")]
        return broken + [f"{a['status']} {a['url']}" for a in answers if a["status"] >= 400]

    def complaints(self) -> list[str]:
        """What the console holds against the page."""
        entries = self.driver.get_log("browser")
        return [entry["message"] for entry in entries if entry["level"] == "SEVERE"]


@pytest.fixture(scope="session")
def address(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the service, running on a migrated, empty SQLite database."""
    file = shutil.copy(sqlite_template, tmp_path_factory.mktemp("service") / "pushoff.db")
    command = [sys.executable, "-m", "uvicorn", "--factory", "app.main:create_app", "--port", "0"]
    with subprocess.Popen(
        [*command, "--no-access-log"],
        env={**os.environ, "PUSHOFF_DATABASE_URL": f"sqlite:///{file}"},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        lines: list[str] = []
        for line in process.stderr:
            lines.append(line)
            if found := re.search(r"running on (http://127\.0\.0\.1:\d+)", line):
                yield found[1]
                process.terminate()
                break
        else:
            pytest.fail("".join(lines))


@pytest.fixture
def browser(address: str, tmp_path: Path) -> Iterator[Browser]:
    """A Chromium that has seen nothing yet."""
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or "/usr/bin/chromium"
    for flag in [*FLAGS, f"--user-data-dir={tmp_path / 'chromium'}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    service = Service(shutil.which("chromedriver") or "/usr/bin/chromedriver")
    driver = Chrome(options=options, service=service)
    yield Browser(driver, address)
    driver.quit()
