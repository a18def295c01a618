"""A guided session from the warm-up to what changes next, in a real Chromium and service."""

from datetime import datetime
from typing import Any

import httpx
import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.chromium import Browser
from tests.browser.conftest import RunningService
from tests.browser.guided_session import BASE, CORE, POUNDS, GuidedSession

PAIN_ABOVE_5 = "Pain above 5/10: leave this exercise out for the rest of that week"
SETS_OF_BASE = 8
NOTES = "Windy; <b>fine</b>"
# An offset that no other machine of a developer is likely to have.
INDIA = "Asia/Kolkata"


@pytest.fixture
def guided(browser: Browser) -> GuidedSession:
    return GuidedSession(browser)


def adapt(service: RunningService, program_id: str, **body: Any) -> dict[str, Any]:
    answer = httpx.post(f"{service.address}/programs/{program_id}/adapt", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def read_stored(service: RunningService, session_id: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {service.key}"}
    answer = httpx.get(f"{service.address}/sessions/{session_id}", headers=headers)
    found: dict[str, Any] = answer.json()
    return found


def store(guided: GuidedSession, key: str, athlete: str = "runner-7") -> None:
    """Store the session with a key on the summary."""
    guided.press("Store it with an API key")
    field = "details [type=text]"
    guided.browser.type(field, Keys.BACKSPACE * 2 + athlete)
    guided.browser.type("details [type=password]", key)
    guided.press("Store the session")


class TestWholeSession:
    def test_is_stored_as_it_was_entered(
        self, guided: GuidedSession, service: RunningService
    ) -> None:
        zone = {"timezoneId": INDIA}
        guided.driver.execute_cdp_cmd("Emulation.setTimezoneOverride", zone)
        guided.begin(BASE)
        guided.do_set(pain=1, reserve=4)
        while guided.title() != "Done":
            guided.do_set(pain=0)
        guided.choose("How hard was", 6)
        guided.browser.type("textarea", NOTES)
        store(guided, service.key)
        guided.wait_for_text("details .answer", "Outcome: created.")
        sent = guided.completed()
        stored = read_stored(service, sent["session_id"])
        assert (sent["status"], sent["srpe"], sent["notes"]) == ("completed", 6, NOTES)
        assert sent["athlete_id"] == "runner-7"
        assert sent["started_at"].endswith("+05:30")
        assert {name: stored[name] for name in sent if name != "sets"} == {
            name: sent[name] for name in sent if name != "sets"
        } | {name: stored[name] for name in ("started_at", "ended_at")}
        assert [datetime.fromisoformat(stored[name]) for name in ("started_at", "ended_at")] == [
            datetime.fromisoformat(sent[name]) for name in ("started_at", "ended_at")
        ]
        assert len(sent["sets"]) == SETS_OF_BASE
        assert [(one["rir"], one["pain"]) for one in sent["sets"][:2]] == [(4, 1), (None, 0)]
        for one, kept in zip(sent["sets"], stored["sets"], strict=True):
            moments = (datetime.fromisoformat(each.pop("performed_at")) for each in (one, kept))
            assert len({*moments}) == 1
            assert {name: kept[name] for name in one} == one

    def test_is_done_with_the_keyboard_alone(
        self, guided: GuidedSession, service: RunningService
    ) -> None:
        guided.open(BASE)
        guided.press_by_keyboard("Start", "I am warm")
        for number in range(SETS_OF_BASE):
            guided.press_by_keyboard("Set done")
            guided.wait_for("How was it?")
            if number == 0:
                guided.press_by_keyboard("Reps: 1 more")
                guided.move_focus("don't know")
                # The arrow goes on from the last answer to the first.
                guided.driver.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)
            guided.press_by_keyboard("Save the set")
            guided.browser.wait(lambda _: guided.title() != "How was it?")
            if guided.title() == "Rest":
                guided.press_by_keyboard("Skip the rest")
                guided.browser.wait(lambda _: guided.title() != "Rest")
        guided.wait_for("Done")
        guided.press_by_keyboard("What changes next?")
        guided.wait_for_text("main", "Counted: this session alone")
        sets = guided.completed()["sets"]
        assert [len(sets), sets[0]["reps"] - sets[1]["reps"], sets[0]["pain"]] == [8, 1, 0]
        assert adapt(service, BASE, sessions=[guided.completed()])["status"] == "planned"

    def test_does_not_send_what_was_skipped(self, guided: GuidedSession) -> None:
        guided.begin()
        guided.press("Menu", "Skip this set")
        assert guided.title_of_set().endswith("set 2 of 2")
        guided.do_set()
        guided.press("Menu", "Skip this exercise")
        guided.do_set()
        guided.end()
        completed = guided.completed()
        assert [(one["exercise"], one["set_index"]) for one in completed["sets"]] == [
            ("two-leg-calf-raise-slow-lower", 2), ("step-up", 1),
        ]  # fmt: skip
        assert completed["status"] == "partial"

    def test_that_ends_before_a_set_is_abandoned(
        self, guided: GuidedSession, service: RunningService
    ) -> None:
        guided.begin()
        guided.end()
        completed = guided.completed()
        assert (completed["status"], completed["sets"]) == ("abandoned", [])
        assert adapt(service, CORE, sessions=[completed])["status"] == "planned"

    def test_goes_on_after_an_early_end(self, guided: GuidedSession) -> None:
        guided.begin()
        guided.do_set()
        guided.end()
        guided.press("Go on with the session")
        assert guided.title_of_set().endswith("set 2 of 2")

    def test_corrects_a_set_before(self, guided: GuidedSession) -> None:
        guided.begin()
        guided.press("Set done")
        guided.save_set()
        first = guided.run()["done"]["0"]
        guided.press("Correct last set", "+", "+")
        guided.save_set(reserve=2)
        guided.wait_for("Rest")
        corrected = guided.run()["done"]["0"]
        assert corrected == first | {"reps": first["reps"] + 2, "rir": 2}

    def test_begins_again_with_a_new_id(self, guided: GuidedSession) -> None:
        guided.begin()
        guided.end()
        first = guided.completed()["session_id"]
        guided.press("Do it again")
        assert "stays counted" in guided.browser.read("dialog")
        guided.press("Yes, from the beginning")
        guided.wait_for("Week 1, session 1")
        assert guided.run()["session_id"] != first


class TestPain:
    def test_above_5_stops_the_exercise_and_leaves_it_out(
        self, guided: GuidedSession, service: RunningService
    ) -> None:
        guided.begin()
        guided.do_set(pain=7)
        guided.wait_for("Stop this exercise")
        assert PAIN_ABOVE_5 in guided.text()
        guided.press("Leave it out", "Skip the rest")
        assert guided.title() == "Bent-knee raise with slow lowering"
        guided.do_set(pain=0)
        guided.end()
        completed = guided.completed()
        assert [one["pain"] for one in completed["sets"]] == [7, 0]
        guided.press("What changes next?")
        first = f"Calf raise with slow lowering: {PAIN_ABOVE_5}"
        guided.wait_for_text(".answer p", first)
        changes = adapt(service, CORE, sessions=[completed], through_week=1)["changes"]
        assert [c["code"] for c in changes if c["track"] == "straight_knee"] == ["PAIN_ABOVE_5"]
        assert all(change["sentence"] in guided.text() for change in changes)

    def test_above_5_takes_the_exercise_out_of_the_next_session(
        self, guided: GuidedSession
    ) -> None:
        # A session that was looked at before, and not begun.
        guided.open(session=2)
        assert "Calf raise with slow lowering" in guided.browser.read("ol")
        guided.begin()
        guided.do_set(pain=8)
        guided.press("End the session", "What changes next?")
        guided.browser.click(".answer a")
        guided.wait_for("Week 1, session 2")
        assert PAIN_ABOVE_5 in guided.text()
        assert "Calf raise with slow lowering" not in guided.browser.read("ol")

    def test_may_be_a_slip(self, guided: GuidedSession) -> None:
        guided.begin()
        guided.do_set(pain=7)
        guided.press("Correct the number")
        guided.save_set(pain=2)
        guided.wait_for("Rest")
        assert guided.run()["done"]["0"]["pain"] == 2

    def test_that_is_not_known_is_null(self, guided: GuidedSession) -> None:
        guided.begin()
        guided.do_set()
        guided.end()
        done = guided.completed()["sets"][0]
        assert (done["pain"], done["rir"], done["load"]) == (None, None, None)


class TestWeight:
    def begin(self, guided: GuidedSession) -> None:
        guided.open(POUNDS, week=6)
        guided.press("Start", "I am warm", "Set done")

    def test_is_kept_in_its_unit(self, guided: GuidedSession) -> None:
        self.begin(guided)
        assert "Loaded single-leg calf raise, left leg, set 1 of 4" in guided.text()
        guided.browser.click("[aria-label='Weight, lb: 1 more']")
        guided.save_set()
        assert guided.run()["done"]["0"]["load"] == {"value": 16, "unit": "lb"}

    def test_that_is_not_known_is_null(self, guided: GuidedSession) -> None:
        self.begin(guided)
        guided.browser.type("[aria-label='Weight, lb']", Keys.END + Keys.BACKSPACE * 4)
        guided.save_set()
        assert guided.run()["done"]["0"]["load"] is None

    def test_beyond_the_limit_is_not_saved(self, guided: GuidedSession) -> None:
        self.begin(guided)
        guided.browser.type("[aria-label='Weight, lb']", Keys.END + "000")
        guided.press("Save the set")
        assert guided.run()["done"] == {}


class TestImperialUnits:
    def test_are_those_of_the_step(self, guided: GuidedSession) -> None:
        guided.open(POUNDS)
        assert "On a step of 7 in." in guided.text()
        guided.press("Start", "I am warm", *["Menu", "Skip this exercise"] * 2)
        assert guided.title() == "Step-up with slow lowering"
        assert "Step: 7 in." in guided.text()


class TestWarningSigns:
    def test_stop_the_session_with_the_emergency_sentence(
        self, guided: GuidedSession, service: RunningService
    ) -> None:
        guided.begin()
        guided.do_set()
        guided.press("Warning signs")
        guided.browser.click("dialog [type=checkbox]")
        guided.press("Yes: stop the session")
        guided.wait_for("Stop here")
        assert "call your emergency number now" in guided.browser.read("[role=alert]")
        completed = guided.completed()
        assert (completed["status"], completed["red_flags"]) == ("abandoned", ["sudden_snap"])
        assert adapt(service, CORE, sessions=[completed])["status"] == "blocked"
        guided.press("What changes next?")
        guided.wait_for_text(".answer", "stop and get assessed")
        guided.open(session=2)
        assert (guided.title(), guided.browser.count("footer button")) == ("Stop here", 0)

    def test_block_the_programme_without_being_named(
        self, guided: GuidedSession, service: RunningService
    ) -> None:
        guided.begin()
        guided.do_set()
        guided.press("Warning signs", "Yes: stop the session")
        guided.wait_for("Stop here")
        completed = guided.completed()
        assert completed["red_flags"] == ["not_named"]
        assert adapt(service, CORE, sessions=[completed])["status"] == "blocked"

    def test_come_with_the_whole_sentence_of_the_service(
        self, guided: GuidedSession, service: RunningService
    ) -> None:
        guided.open()
        guided.press("Warning signs")
        reason = httpx.get(f"{service.address}/reasons/CLEARANCE_REQUIRED").json()
        sentence = reason["variants"]["warning_sign_logged"]["earned"]
        assert guided.browser.read("dialog p") == f"If one is true: {sentence}"

    @pytest.mark.parametrize("presses", [(), ("Start",), ("Start", "I am warm")])
    def test_are_always_at_hand(self, presses: tuple[str, ...], guided: GuidedSession) -> None:
        guided.open()
        guided.press(*presses, "Warning signs")
        assert "call your emergency number" in guided.browser.read("dialog p")
        guided.press("No: go on")
        assert guided.browser.count("dialog[open]") == 0

    def test_that_is_ticked_is_not_denied_by_mistake(self, guided: GuidedSession) -> None:
        guided.open()
        guided.press("Warning signs")
        deny = "document.querySelector('dialog').lastChild"
        assert guided.browser.evaluate(f"[{deny}.textContent, {deny}.disabled]") == [
            "No: go on", False,
        ]  # fmt: skip
        guided.browser.click("dialog input")
        assert guided.browser.evaluate(f"{deny}.disabled")
        guided.browser.click("dialog input")
        guided.press("No: go on")
        assert guided.browser.count("dialog[open]") == 0


class TestSummary:
    def test_does_not_keep_the_key(self, guided: GuidedSession, service: RunningService) -> None:
        guided.begin()
        guided.do_set()
        guided.end()
        store(guided, service.key)
        guided.wait_for_text("details .answer", "Outcome: created.")
        stores = "JSON.stringify({...sessionStorage, ...localStorage, at: location.href})"
        assert service.key not in guided.browser.evaluate(stores)
        guided.reload()
        guided.press("Store it with an API key")
        assert guided.browser.evaluate("document.querySelector('[type=password]').value") == ""

    def test_says_an_error_with_its_field(
        self, guided: GuidedSession, service: RunningService
    ) -> None:
        guided.begin()
        guided.do_set()
        guided.end()
        store(guided, service.key, athlete="a/b")
        message = "Your id: must not hold a slash"
        assert message in guided.wait_for_text("details .alarm", message)

    @pytest.mark.parametrize(
        ("key", "title"), [("push_no", "Unauthenticated"), ("schlüssel", "That is no API key")]
    )
    def test_says_that_a_key_is_wrong(self, key: str, title: str, guided: GuidedSession) -> None:
        guided.begin()
        guided.do_set()
        guided.end()
        store(guided, key)
        assert title in guided.wait_for_text("details .alarm", title)

    def test_remembers_sessions_on_the_device_only_if_asked(self, guided: GuidedSession) -> None:
        guided.begin()
        guided.do_set()
        guided.end()
        remembered = "Object.keys(localStorage).join()"
        assert guided.browser.evaluate(remembered) == ""
        guided.browser.click("main > .check input")
        assert guided.browser.evaluate(remembered) == f"pushoff/done/{CORE}"
        guided.reload()
        assert guided.browser.evaluate("document.querySelector('main > .check input').checked")
        guided.browser.click("main > .check input")
        assert guided.browser.evaluate(remembered) == ""

    def test_opens_the_evidence_of_a_change_in_place(
        self, guided: GuidedSession, service: RunningService
    ) -> None:
        guided.begin()
        guided.do_set(pain=7)
        guided.press("End the session", "What changes next?")
        guided.wait_for_text("main", "Counted:")
        assert "EV-" not in guided.text()
        changes = adapt(service, CORE, sessions=[guided.completed()], through_week=1)["changes"]
        change = next(one for one in changes if one["code"] == "PAIN_ABOVE_5")
        assert guided.browser.read(".answer li summary") == f"Why? {change['sentence']}"
        guided.browser.click(".answer li summary")
        grounds = guided.browser.read(".answer li details ul")
        rule = httpx.get(f"{service.address}/evidence/{change['evidence'][0]}").json()["rule"]
        assert grounds.startswith("Basis: published findings.")
        assert rule in grounds
        assert "EV-" not in guided.text()

    def test_counts_the_sessions_before(
        self, guided: GuidedSession, service: RunningService
    ) -> None:
        for number in (1, 2):
            guided.open(BASE, session=number)
            guided.press("Start", "I am warm")
            while guided.title() != "Done":
                guided.do_set(pain=0)
        guided.press("What changes next?")
        guided.wait_for_text("main", "this session and 1 before it")
        key = f"sessionStorage['pushoff/done/{BASE}']"
        sessions = guided.browser.evaluate(f"JSON.parse({key})")
        answer = adapt(service, BASE, sessions=sessions, through_week=1)
        assert all(change["sentence"] in guided.text() for change in answer["changes"])
        assert f"Week {answer['week']['index']}, if nothing more is done before it" in guided.text()
        assert len(sessions) == 2
