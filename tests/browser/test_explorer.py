"""The front page in a real Chromium: its form, its address, and the programme for them."""

import random
import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from tests.browser import explorer_page
from tests.browser.chromium import Browser
from tests.programs.spec_samples import SPECS

_CHOICES: dict[str, Sequence[object]] = {
    "level": ["beginner", "intermediate", "advanced"],
    "days_per_week": [1, 2, 3, 4, 5, 6],
    "weeks": [1, 4, 12, 20],
    "pain_now": [0, 1, 3],
    "session_minutes": [20, 45, 90],
    "units": ["metric", "imperial"],
    "body_mass": [70, 82.5],
    "age": [16, 40, 71],
    "injury_last_3_months": ["true"],
    "avoid_below_level": ["true"],
    "start_date": ["2027-01-06"],
    "heel_rise_test": [(20, 25), (3, 4)],
    "side_plank_test": [(30, 95)],
    "core": [["side_plank"], ["bridge", "plank"]],
    "equipment": [[""], ["chair", "dumbbell"], ["backpack", "leg_press"]],
    "step_heights_cm": [[""], [15, 30], [18, 23], [18, 46, 60]],
    "step_heights_in": [[7, 12]],
    "run_schedule": [["rest", "easy", "hard", "rest", "easy", "long", "rest"]],
    "deload_every": [0, 6],
    "timezone": ["Europe/Berlin"],
}


def draw_query(rng: random.Random) -> list[tuple[str, str]]:
    """Return a random spec as a query. Some of its fields are not in the form."""
    query: list[tuple[str, str]] = []
    names = rng.sample(sorted(_CHOICES), rng.randrange(1, 9))
    if {"step_heights_cm", "step_heights_in"} <= {*names}:
        names.remove("step_heights_in")
    for name in names:
        value = rng.choice(_CHOICES[name])
        if isinstance(value, tuple):
            query += [(f"{name}.left", str(value[0])), (f"{name}.right", str(value[1]))]
        else:
            query += [(name, str(one)) for one in (value if isinstance(value, list) else [value])]
    return query


class TestForm:
    def test_plans_what_a_person_fills_in(self, browser: Browser) -> None:
        explorer_page.open_form(browser)
        browser.click("[value=intermediate]")
        browser.click("[name=core][value=bridge]")
        browser.click("[name=equipment][value=dumbbell]")
        browser.click("[name=step_heights_cm][value='30']")
        days = browser.driver.find_elements(By.NAME, "run_schedule")
        for day, run in zip((1, 3, 6), ("easy", "hard", "long"), strict=True):
            Select(days[day]).select_by_visible_text(run)
        for name, text in (("race_date", "03282027"), ("start_date", "01042027")):
            browser.type(f"[name={name}]", text)
        browser.click("#plan")
        shown = explorer_page.read_program_id(browser)
        query = explorer_page.read_query(browser)
        assert parse_qsl(query) == [
            ("level", "intermediate"),
            ("race_date", "2027-03-28"),
            ("start_date", "2027-01-04"),
            *[
                ("run_schedule", run)
                for run in ("rest", "easy", "rest", "hard", "rest", "rest", "long")
            ],
            ("step_heights_cm", "18"),
            ("step_heights_cm", "30"),
            ("equipment", "chair"),
            ("equipment", "dumbbell"),
            ("core", "bridge"),
        ]
        answer = explorer_page.find_answer(browser, f"/programs?{query}")
        assert answer == explorer_page.fetch(browser, f"/programs?{query}")
        assert answer["program_id"] == shown
        assert browser.evaluate("document.activeElement.tagName") == "H2"

    def test_sends_only_what_was_changed(self, browser: Browser) -> None:
        explorer_page.open_form(browser)
        browser.driver.execute_script("document.querySelector('[name=start_date]').value = ''")
        browser.click("#plan")
        explorer_page.read_program_id(browser)
        assert explorer_page.read_query(browser) == "level=beginner"

    def test_tells_no_equipment_from_no_answer(self, browser: Browser) -> None:
        explorer_page.open_form(browser)
        browser.click("[name=equipment][value=chair]")
        browser.click("#plan")
        program = explorer_page.fetch(
            browser, f"/programs/{explorer_page.read_program_id(browser)}"
        )
        assert program["spec"]["equipment"] == []

    def test_proposes_today(self, browser: Browser) -> None:
        explorer_page.open_form(browser)
        proposed = browser.evaluate("document.querySelector('[name=start_date]').value")
        assert proposed == browser.evaluate("new Date().toLocaleDateString('sv')")

    @pytest.mark.parametrize("number", range(30))
    def test_gives_random_answers_back(self, number: int, seed: int, browser: Browser) -> None:
        query = draw_query(random.Random(seed + number))
        shown = explorer_page.open_programme(browser, query)
        planned = explorer_page.fetch(browser, f"/programs?{urlencode(query)}")
        assert shown == planned["program_id"]
        explorer_page.submit(browser)
        assert explorer_page.read_program_id(browser) == shown, query

    def test_shows_an_example(self, browser: Browser) -> None:
        explorer_page.open_form(browser)
        browser.click("#example")
        explorer_page.read_program_id(browser)
        assert browser.count(".week .session") == 2

    def test_keeps_what_it_has_no_field_for(self, browser: Browser) -> None:
        shown = explorer_page.open_programme(browser, "weeks=6&deload_every=0&step_heights_cm=23")
        explorer_page.submit(browser)
        assert explorer_page.read_program_id(browser) == shown
        kept = browser.evaluate("document.querySelector('#kept span').textContent")
        assert sorted(kept.split(", ")) == ["deload_every = 0", "step_heights_cm = 23"]

    def test_leaves_it_out_if_asked_to(self, browser: Browser) -> None:
        browser.open("/?level=advanced&utm_source=mail")
        assert browser.read("#answer li") == "utm_source is unknown"
        browser.click("#kept button")
        browser.click("#plan")
        explorer_page.read_program_id(browser)
        assert explorer_page.read_query(browser) == "level=advanced"


class TestErrors:
    def test_stand_beside_their_fields(self, browser: Browser) -> None:
        browser.open("/?level=expert&pain_now=11&weeks=99&heel_rise_test.left=500&run_schedule=x")
        browser.wait(lambda _: browser.count("[data-state=error]"))
        wrong = browser.driver.find_elements(By.CSS_SELECTOR, "[aria-invalid=true]")
        names = [field.get_attribute("name") for field in wrong]
        assert names == [
            "pain_now", "level", "weeks", "run_schedule", "heel_rise_test.left",
            "heel_rise_test.right",
        ]  # fmt: skip
        for field in wrong:
            described = str(field.get_attribute("aria-describedby")).split()[-1]
            message = browser.driver.find_element(By.ID, described)
            assert message.is_displayed()
            assert message.text
        assert browser.evaluate("document.activeElement.name") == "pain_now"

    def test_say_what_would_be_right(self, browser: Browser) -> None:
        browser.open("/?weeks=99")
        assert "less than or equal to 52" in browser.read("label:has([name=weeks]) + .error")

    def test_say_the_label_of_a_field(self, browser: Browser) -> None:
        browser.open("/?level=beginner&race_date=2027-03-28")
        error = browser.read("label:has([name=race_date]) + .error")
        assert error == "Needs a “first day”, so that the weeks can be counted"
        browser.open("/?pause_weeks=2&start_date=2027-03-01")
        assert "without “first day”; send pauses" in browser.read("#answer li")

    def test_have_a_label_for_every_field(self, browser: Browser) -> None:
        explorer_page.open_form(browser)
        said = browser.driver.execute_async_script(
            """
            const done = arguments[0];
            const names = [...document.querySelectorAll("form [name]")]
                .map(({ name }) => name.split(".")[0]).filter((name) => name.includes("_"));
            import(document.querySelector("[href*='questions.js']").href).then((questions) =>
                done(names.map((name) => [name, questions.nameFields(`a ${name}, then`)])));"""
        )
        page = str(browser.evaluate("document.body.textContent")).casefold()
        assert len(said) > 20
        for name, sentence in said:
            label = re.fullmatch(r"a “([^_]+)”, then", sentence)
            assert label, name
            assert label[1] in page

    def test_go_once_they_are_mended(self, browser: Browser) -> None:
        browser.open("/?weeks=99")
        browser.wait(lambda _: browser.count("[data-state=error]"))
        browser.driver.find_element(By.NAME, "weeks").clear()
        browser.type("[name=weeks]", "9")
        browser.click("#plan")
        explorer_page.read_program_id(browser)
        assert browser.count("[aria-invalid], .error") == 0

    def test_of_a_date_go_to_its_field(self, browser: Browser) -> None:
        browser.open("/?level=beginner&race_date=2027-03-28")
        browser.wait(lambda _: browser.count("[data-state=error]"))
        assert browser.evaluate("document.activeElement.name") in ("race_date", "start_date")

    def test_of_unreadable_text_need_no_request(self, browser: Browser) -> None:
        explorer_page.open_form(browser)
        browser.type("[name=weeks]", "1e-")
        browser.click("#plan")
        assert browser.read(".error") == "Must be a number"
        assert browser.evaluate("document.activeElement.name") == "weeks"
        assert explorer_page.read_query(browser) == ""

    def test_of_the_network_keep_the_answers(self, browser: Browser) -> None:
        explorer_page.open_form(browser)
        browser.click("[value=advanced]")
        explorer_page.cut_network(browser)
        browser.click("#plan")
        assert browser.read("#answer h2") == "The service did not answer"
        assert browser.evaluate("document.querySelector('[value=advanced]').checked")

    def test_show_a_block_in_words(self, browser: Browser) -> None:
        explorer_page.open_form(browser)
        browser.click("[value=hot_swollen_calf]")
        assert "today" in browser.read(".urgent")
        browser.click("#plan")
        assert browser.read("#answer .tag") == "Stop"
        assert browser.read("#answer h2") == "No programme today"
        assert "get assessed before starting" in browser.read("#answer .lede")
        browser.click("#answer .evidence summary")
        assert browser.read("#answer .evidence li")

    def test_block_for_a_sign_that_the_form_does_not_know(self, browser: Browser) -> None:
        browser.open("/?red_flags=something_else")
        browser.wait(lambda _: browser.count("[data-state=blocked]"))
        explorer_page.submit(browser)
        browser.wait(lambda _: browser.count("[data-state=blocked] #answer h2"))
        assert "red_flags=something_else" in explorer_page.read_query(browser)


class TestAddress:
    def test_goes_back_forward_and_survives_a_reload(self, browser: Browser) -> None:
        explorer_page.open_form(browser)
        first = explorer_page.open_programme(browser)
        browser.evaluate("document.getElementById('questions').open = true")
        browser.click("[value=advanced]")
        browser.click("#plan")
        browser.wait(lambda _: explorer_page.read_program_id(browser) != first)
        second = explorer_page.read_program_id(browser)
        browser.driver.back()
        browser.wait(lambda _: explorer_page.read_program_id(browser) == first)
        assert browser.evaluate("document.querySelector('[value=beginner]').checked")
        browser.driver.forward()
        browser.wait(lambda _: explorer_page.read_program_id(browser) == second)
        browser.driver.refresh()
        assert explorer_page.read_program_id(browser) == second
        assert browser.evaluate("document.querySelector('[value=advanced]').checked")

    def test_names_the_week(self, browser: Browser) -> None:
        explorer_page.open_programme(browser)
        browser.click("#week-4")
        assert urlsplit(browser.driver.current_url).fragment == "week-4"
        browser.driver.refresh()
        assert browser.read(".week h4").startswith("Week 4: build, lighter week")

    def test_of_a_calendar_s_event_opens_its_session(self, browser: Browser) -> None:
        program = explorer_page.fetch(browser, f"/programs?{explorer_page.DATED}")["program_id"]
        events = httpx.get(f"{browser.address}/programs/{program}/calendar.ics").text
        address = re.findall(r"^URL:(.*)\r$", events.replace("\r\n ", ""), re.MULTILINE)[9]
        assert address.endswith(f"/programs/{program}/weeks/5/sessions/2")
        browser.driver.get(address)
        assert explorer_page.read_program_id(browser) == program
        assert browser.read(".week h4").startswith("Week 5: ")
        assert browser.read("h5:focus") == "Thursday 4 February"

    def test_keeps_the_answers_when_a_link_leads_within_the_page(self, browser: Browser) -> None:
        explorer_page.open_form(browser)
        browser.click("[value=advanced]")
        browser.click(".hero .button")
        assert browser.evaluate("document.querySelector('[value=advanced]').checked")

    def test_of_a_programme_shows_it_and_its_answers(self, browser: Browser) -> None:
        for spec in SPECS:
            program = httpx.post(f"{browser.address}/programs", json=spec).json()
            browser.open(f"/programs/{program['program_id']}")
            assert explorer_page.read_program_id(browser) == program["program_id"]
            explorer_page.submit(browser)
            assert explorer_page.read_program_id(browser) == program["program_id"], spec
            # Where the tracks start is only in the id of a programme.
            assert bool(explorer_page.read_query(browser)) == ("start" not in spec)


class TestWithoutNetwork:
    def test_shows_what_it_has(self, browser: Browser) -> None:
        explorer_page.open_programme(browser)
        browser.wait(lambda _: "/evidence" in str(browser.list_requests()))
        browser.wait(lambda _: browser.count(".exercise ol li"))
        explorer_page.cut_network(browser)
        browser.click("#week-5")
        assert browser.read(".week h4").startswith("Week 5")
        browser.click(".exercise .evidence summary")
        assert "could not be loaded" not in browser.read(".exercise .evidence li:last-child")
        browser.click(".exercise details summary")
        assert browser.read(".exercise .cues li")


class TestKeyboard:
    def test_is_enough(self, browser: Browser) -> None:
        explorer_page.open_form(browser)
        body = browser.driver.switch_to.active_element
        body.send_keys(Keys.TAB)
        assert browser.read(":focus") == "Skip to the content"
        for _ in range(100):
            browser.driver.switch_to.active_element.send_keys(Keys.TAB)
            if browser.evaluate("document.activeElement.id") == "plan":
                break
        browser.driver.switch_to.active_element.send_keys(Keys.ENTER)
        explorer_page.read_program_id(browser)
        for _ in range(30):
            browser.driver.switch_to.active_element.send_keys(Keys.TAB)
            if browser.evaluate("document.activeElement.id") == "week-1":
                break
        for key, week in (
            (Keys.ARROW_RIGHT, 2), (Keys.END, 12), (Keys.ARROW_RIGHT, 1), (Keys.ARROW_LEFT, 12),
            (Keys.HOME, 1),
        ):  # fmt: skip
            browser.driver.switch_to.active_element.send_keys(key)
            assert browser.evaluate("document.activeElement.id") == f"week-{week}"
            assert browser.read(".week h4").startswith(f"Week {week}:")
        browser.driver.switch_to.active_element.send_keys(Keys.TAB)
        assert browser.evaluate("document.activeElement.role") == "tabpanel"
