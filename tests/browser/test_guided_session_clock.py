"""The times of a guided session: counts, holds and rests, from moments and not from ticks."""

import pytest

from tests.browser.chromium import Browser
from tests.browser.guided_session import BASE, CORE, GuidedSession

LEAD_S = 5
# The animations of the picture beside the moment of the count, in milliseconds.
_COMPARE_BEATS = """(() => {
  const run = JSON.parse(Object.entries(sessionStorage).find(([key]) => key.includes("train"))[1]);
  const motions = document.querySelector("object").contentDocument.getAnimations();
  return [motions.length, Math.max(...motions.map((one) =>
    Math.abs(one.currentTime - (Date.now() - run.began))))];
})()"""
_RECORD_VOICE = """window.heard = [];
const speak = speechSynthesis.speak.bind(speechSynthesis);
speechSynthesis.speak = (said) => { heard.push(said.text); speak(said); }"""
_RECORD_WAKE_LOCKS = """window.locks = 0;
const request = navigator.wakeLock.request.bind(navigator.wakeLock);
navigator.wakeLock.request = (kind) => { locks += kind === "screen"; return request(kind); }"""


@pytest.fixture
def guided(module_browser: Browser) -> GuidedSession:
    """The page without anything kept by the test before."""
    module_browser.open("/explorer/train.css")
    module_browser.evaluate("sessionStorage.clear()")
    return GuidedSession(module_browser)


def begin_hold(guided: GuidedSession) -> None:
    """Begin the first hold of 20 to 30 seconds, at its first second."""
    guided.begin(CORE)
    for _ in range(3):
        guided.press("Menu", "Skip this exercise")
    assert guided.title() == "Side plank from the knees"
    guided.press("Start the hold")
    guided.move_clock(LEAD_S)


class TestHold:
    def test_counts_down_from_the_target(self, guided: GuidedSession) -> None:
        begin_hold(guided)
        guided.move_clock(5)
        guided.wait_for_text(".dial", "seconds to go")
        assert guided.number() == "15"

    def test_then_counts_up_to_the_maximum(self, guided: GuidedSession) -> None:
        begin_hold(guided)
        guided.move_clock(25)
        guided.wait_for_text(".dial", "held, up to 30")
        assert guided.number() == "25"
        assert guided.said().startswith("Target reached. Hold on")

    def test_ends_at_the_maximum_even_if_the_tab_slept(self, guided: GuidedSession) -> None:
        begin_hold(guided)
        began = guided.run()["began"]
        guided.move_clock(3600)
        guided.save_set()
        done = next(iter(guided.run()["done"].values()))
        assert (done["duration_s"], done["reps"]) == (30, None)
        assert done["performed_at"] == began + 30_000

    def test_that_is_stopped_lasts_until_then(self, guided: GuidedSession) -> None:
        begin_hold(guided)
        guided.move_clock(12)
        guided.press("Stop")
        guided.save_set(reserve=10)
        done = next(iter(guided.run()["done"].values()))
        # Ten seconds left are two counts of five.
        assert (done["duration_s"], done["rir"]) == (12, 2)

    def test_may_be_called_off_before_it_begins(self, guided: GuidedSession) -> None:
        begin_hold(guided)
        guided.move_clock(-LEAD_S)
        guided.press("Stop")
        assert guided.run()["began"] is None
        assert guided.browser.count(".dial") == 0

    def test_goes_on_after_a_reload(self, guided: GuidedSession) -> None:
        begin_hold(guided)
        guided.move_clock(8)
        guided.reload()
        assert guided.title() == "Side plank from the knees"
        assert guided.number() == "12"


class TestRest:
    def begin(self, guided: GuidedSession) -> None:
        guided.begin(BASE)
        guided.press("Set done")
        guided.save_set()
        guided.wait_for("Rest")

    def test_ends_by_the_clock_and_says_what_comes(self, guided: GuidedSession) -> None:
        self.begin(guided)
        assert guided.number() == "60"
        guided.move_clock(60)
        guided.wait_for("Straight-leg calf raise")
        assert guided.said() == (
            "Rest is over. Straight-leg calf raise, both legs, set 2 of 2, 15 to 20 reps."
        )

    def test_takes_15_seconds_more(self, guided: GuidedSession) -> None:
        self.begin(guided)
        guided.press("+15 s")
        assert guided.number() == "75"
        guided.move_clock(74)
        guided.wait_for_text(".dial strong", "1")
        guided.move_clock(1)
        guided.wait_for("Straight-leg calf raise")

    def test_runs_while_the_set_is_written_down(self, guided: GuidedSession) -> None:
        guided.begin(BASE)
        guided.press("Set done")
        guided.move_clock(40)
        guided.wait_for_text("footer p", "Rest: 20 s")
        guided.move_clock(30)
        guided.press("Save the set")
        assert guided.title_of_set() == "Straight-leg calf raise, both legs, set 2 of 2"

    def test_does_not_come_between_the_sides(self, guided: GuidedSession) -> None:
        guided.begin(BASE)
        guided.press("Menu", "Skip this exercise", "Menu", "Skip this exercise", "Set done")
        guided.save_set()
        assert guided.title_of_set() == "Step-up, right leg, set 1 of 2"
        assert guided.said().startswith("Switch sides. Step-up, right leg")
        guided.press("Set done")
        guided.save_set()
        guided.wait_for("Rest")

    def test_goes_on_after_a_reload(self, guided: GuidedSession) -> None:
        self.begin(guided)
        guided.move_clock(30)
        guided.reload()
        assert guided.number() == "30"
        guided.move_clock(30)
        guided.reload()
        guided.wait_for("Straight-leg calf raise")


class TestCount:
    def begin(self, guided: GuidedSession) -> None:
        """Begin the first set, of 2 s up, 1 s hold and 3 s down."""
        guided.press("Count for me")
        guided.move_clock(LEAD_S)

    def test_follows_the_tempo(self, guided: GuidedSession) -> None:
        guided.begin(BASE)
        self.begin(guided)
        guided.move_clock(4 * 6 + 4)
        guided.wait_for_text(".dial", "down")
        assert guided.number() == "5"

    def test_stops_at_the_most_reps(self, guided: GuidedSession) -> None:
        guided.begin(BASE)
        self.begin(guided)
        guided.move_clock(20 * 6)
        guided.wait_for_text(".dial", "stop here")
        assert guided.number() == "20"
        guided.press("Set done")
        guided.save_set()
        assert guided.run()["done"]["0"]["reps"] == 20

    @pytest.mark.parametrize(("seconds", "reps"), [(5 * 6 + 2, 5), (5 * 6 + 4, 6), (1, 0)])
    def test_passes_on_its_reps(self, seconds: int, reps: int, guided: GuidedSession) -> None:
        guided.begin(BASE)
        self.begin(guided)
        guided.move_clock(seconds)
        guided.press("Set done")
        guided.save_set()
        assert guided.run()["done"]["0"]["reps"] == reps

    def test_that_is_not_used_leaves_what_was_prescribed(self, guided: GuidedSession) -> None:
        guided.begin(BASE)
        guided.press("Set done")
        guided.save_set()
        assert guided.run()["done"]["0"]["reps"] == 15

    def test_and_the_picture_keep_time(self, guided: GuidedSession) -> None:
        guided.begin(BASE)
        self.begin(guided)
        guided.move_clock(65)
        guided.wait_for_text(".dial strong", "11")
        motions, most_apart = guided.browser.evaluate(_COMPARE_BEATS)
        assert motions > 0
        # The page compares them at each tick of 200 ms, and lets 150 ms pass.
        assert most_apart < 600

    def test_is_silent_unless_asked(self, guided: GuidedSession) -> None:
        guided.open(BASE)
        guided.browser.evaluate(f"(() => {{ {_RECORD_VOICE} }})()")
        guided.press("Start", "I am warm")
        self.begin(guided)
        guided.wait_for_text(".dial", "up")
        assert guided.browser.evaluate("heard") == []

    def test_is_spoken_if_asked(self, guided: GuidedSession) -> None:
        guided.open(BASE)
        guided.browser.evaluate(f"(() => {{ {_RECORD_VOICE} }})()")
        guided.browser.click("main .check input")
        guided.press("Start", "I am warm")
        self.begin(guided)
        guided.browser.wait(lambda _: guided.browser.evaluate("heard.at(-1)") == "1")
        guided.move_clock(6)
        guided.browser.wait(lambda _: guided.browser.evaluate("heard.at(-1)") == "2")
        assert "Get ready." in guided.browser.evaluate("heard")

    def test_keeps_the_screen_awake(self, guided: GuidedSession) -> None:
        guided.open(BASE)
        guided.browser.evaluate(f"(() => {{ {_RECORD_WAKE_LOCKS} }})()")
        guided.press("Start")
        assert guided.browser.wait(lambda _: guided.browser.evaluate("locks")) == 1


class TestReload:
    def test_keeps_what_was_typed(self, guided: GuidedSession) -> None:
        guided.begin(BASE)
        guided.press("Set done", "+", "+")
        guided.choose("Worst pain", 2)
        before = guided.run()
        guided.reload()
        assert guided.title() == "How was it?"
        assert guided.browser.evaluate("document.querySelector('[type=number]').value") == "17"
        guided.press("Save the set")
        done = guided.run()["done"]["0"]
        assert (done["reps"], done["pain"], done["rir"]) == (17, 2, None)
        assert guided.run()["session_id"] == before["session_id"]

    def test_keeps_the_summary(self, guided: GuidedSession) -> None:
        guided.begin(BASE)
        guided.do_set()
        guided.end()
        before = guided.completed()
        guided.move_clock(600)
        guided.reload()
        assert guided.completed() == before
