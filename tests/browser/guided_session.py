"""The guided session in a browser, as its visitor uses it, with a clock that a test moves.

The page reads the time from `Date.now` alone. The script below stops that clock an hour ago, and a
test moves it on: no test waits for a rest or a hold, or depends on the speed of the machine. The
clock outlives a reload.
"""

import json
from typing import Any
from urllib.parse import urlencode

from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser.chromium import Browser

# All six tracks, for a beginner with a weaker left leg.
CORE = "AqCAgAQMFAAABx6cLxI"
# Calf raises on one leg, with one more set for the left.
EXTRA_SET = "AigCGigAAHtrTmc"
BASE = "AgCZvl77"
# Loads in pounds, and core exercises.
POUNDS = "AqiMgAQCGh4AAAYBA_A4g2A"

_CLOCK = """(() => {
  if (window.moveClock) return;
  const real = Date.now.bind(Date);
  const move = (ms) => {
    const moved = (Number(sessionStorage.getItem("clock")) || real() - 3_600_000) + ms;
    sessionStorage.setItem("clock", moved);
    return moved;
  };
  Date.now = () => { try { return move(0) } catch { return real() } };
  window.moveClock = move;
})()"""
_FIND_BUTTON = """return [...document.querySelectorAll("button, a.button, summary")].find(
  (one) => one.textContent.trim() === arguments[0] && one.checkVisibility()) ?? null"""
_FIND_ANSWER = """const scale = [...document.querySelectorAll("fieldset")].find(
  (one) => one.firstChild.textContent.startsWith(arguments[0]));
  return [...scale?.querySelectorAll("span") ?? []].find(
  (one) => one.textContent === arguments[1]) ?? null"""
_NAME_OF_FOCUS = """const on = document.activeElement;
  return on.getAttribute("aria-label") || on.closest("label")?.textContent || on.textContent"""


class GuidedSession:
    """The page /train. Texts are those that the visitor sees."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.driver = browser.driver
        self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": _CLOCK})

    def open(self, program_id: str = CORE, week: object = 1, session: object = 1) -> None:
        """Open a session, and wait until the page shows something to press."""
        query = urlencode({"program_id": program_id, "week": week, "session": session})
        self.browser.open(f"/train?{query}")
        self.browser.wait(lambda _: self.browser.count("footer > *"))

    def begin(self, program_id: str = CORE) -> None:
        """Open a session, and go on to its first set."""
        self.open(program_id)
        self.press("Start", "I am warm")

    def reload(self) -> None:
        self.driver.refresh()
        self.browser.wait(lambda _: self.browser.count("footer > *"))

    def press(self, *texts: str) -> None:
        """Click on buttons, one after the other, each once it is there."""
        for text in texts:
            self._click(_FIND_BUTTON, text)

    def choose(self, question: str, answer: object) -> None:
        """Choose an answer on a scale."""
        self._click(_FIND_ANSWER, question, str(answer))

    def _click(self, script: str, *arguments: str) -> None:
        def click(driver: Any) -> bool:
            found = driver.execute_script(script, *arguments)
            if found is None:
                return False
            driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", found)
            # The field of an answer lies over its text: what is at that point takes the click.
            ActionChains(driver).move_to_element(found).click().perform()
            return True

        self.browser.wait(click)

    def press_by_keyboard(self, *texts: str) -> None:
        """Press buttons with the keyboard alone: Tab until one has the focus, then Enter."""
        for text in texts:
            self.move_focus(text)
            self._type(Keys.ENTER)

    def move_focus(self, name: str) -> None:
        """Press Tab until something with this name has the focus."""
        for _ in range(60):
            if self.driver.execute_script(_NAME_OF_FOCUS).strip() == name:
                return
            self._type(Keys.TAB)
        raise AssertionError(f"Tab does not reach {name}")

    def _type(self, key: str) -> None:
        self.driver.switch_to.active_element.send_keys(key)

    def wait_for(self, title: str) -> None:
        """Wait for the screen with this title."""
        self.browser.wait(lambda _: self.title() == title)

    def wait_for_text(self, selector: str, text: str) -> str:
        """Wait until the first element of a selector shows a text, and return all that it shows."""
        self.browser.wait(lambda _: text in self.browser.read(selector))
        return self.browser.read(selector)

    def title(self) -> str:
        return str(self.driver.find_element(By.CSS_SELECTOR, "h1").text)

    def text(self) -> str:
        """Return everything that the page shows."""
        return self.browser.read("main")

    def title_of_set(self) -> str:
        """Return which set it is, as the tab of the browser names it."""
        return str(self.driver.title).removesuffix(" · Pushoff")

    def said(self) -> str:
        """Return what a screen reader was told last."""
        return str(self.browser.evaluate('document.getElementById("said").textContent'))

    def number(self) -> str:
        """Return the number in the dial."""
        return self.browser.read(".dial strong")

    def move_clock(self, seconds: float) -> None:
        self.browser.evaluate(f"moveClock({seconds * 1000})")

    def run(self) -> dict[str, Any]:
        """Return all that the page keeps of the session."""
        kept = self.browser.evaluate(
            "Object.entries(sessionStorage).find(([key]) => key.startsWith('pushoff/train/'))[1]"
        )
        found: dict[str, Any] = json.loads(kept)
        return found

    def completed(self) -> dict[str, Any]:
        """Return the completed session that the summary shows as JSON."""
        found: dict[str, Any] = json.loads(
            self.browser.evaluate("document.querySelector('pre').textContent")
        )
        return found

    def save_set(self, *, pain: int | None = None, reserve: int | None = None) -> None:
        """Answer what the page asks after a set, and save it."""
        self.wait_for("How was it?")
        if pain is not None:
            self.choose("Worst pain", pain)
        if reserve is not None:
            self.choose("How many more", reserve)
        self.press("Save the set")

    def do_set(self, *, pain: int | None = None, reserve: int | None = None) -> None:
        """Do the set on the screen in half a minute, answer, and skip the rest if there is one."""
        self.move_clock(30)
        is_hold = "seconds" in self.browser.read(".dose")
        self.press("I held it" if is_hold else "Set done")
        self.save_set(pain=pain, reserve=reserve)
        if self.title() == "Rest":
            self.press("Skip the rest")

    def end(self) -> None:
        """End the session early."""
        self.press("Menu", "End the session")
        self.browser.wait(lambda _: self.browser.count("pre"))
