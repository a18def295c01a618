"""What the front page says about a programme, in a real Chromium, held against the API."""

import base64
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from selenium.webdriver.common.by import By

from tests.browser import explorer_page
from tests.browser.chromium import Browser
from tests.browser.explorer_page import DATED

_LOADED = (
    "level=advanced&core=side_plank&equipment=chair&equipment=dumbbell&start_date=2027-01-04"
    "&heel_rise_test.left=30&heel_rise_test.right=22&weeks=12"
)
_HOSTILE = "<img src=x onerror=document.title='broken'>"
_TYPESCRIPT = Path(__file__).parents[1] / "clients" / "node_modules" / ".bin" / "tsc"
_SECONDS = 60


def read_all(browser: Browser, selector: str) -> list[str]:
    """Return the text of all elements of a selector."""
    found = browser.driver.find_elements(By.CSS_SELECTOR, selector)
    return [str(one.get_property("textContent")).strip() for one in found]


def load_program(browser: Browser, query: str) -> Any:
    """Show the programme of a query, and return what the API says about it."""
    shown = explorer_page.open_programme(browser, query)
    return explorer_page.fetch(browser, f"/programs/{shown}")


class TestSummary:
    def test_tells_weeks_days_and_race(self, browser: Browser) -> None:
        load_program(browser, DATED)
        assert browser.read("#answer h2") == (
            "12 weeks of strength, up to your race on Sunday 28 March 2027"
        )
        assert browser.read("#answer .lede").startswith("Planned for Monday and Thursday, ")
        assert "It begins on Monday 4 January 2027." in browser.read("#answer .lede")
        assert browser.read("#answered") == "beginner, 2 days a week, race on Sunday 28 March"

    def test_tells_the_phases_the_notices_and_the_disclaimers(self, browser: Browser) -> None:
        program = load_program(browser, DATED)
        assert read_all(browser, ".phases li")[0] == "Foundation: weeks 1 to 2"
        notices = [notice["sentence"] for notice in program["notices"]]
        assert read_all(browser, "#answer details:first-of-type .notes li") == notices
        assert browser.read("#answer > div > .disclaimers") == program["disclaimers"][0]

    def test_has_a_tab_for_each_week_with_its_kind(self, browser: Browser) -> None:
        load_program(browser, DATED)
        names = [
            tab.get_attribute("aria-label")
            for tab in browser.driver.find_elements(By.CSS_SELECTOR, ".weeks [role=tab]")
        ]
        assert len(names) == 12
        assert [names[0], names[3], names[11]] == ["Week 1", "Week 4 lighter", "Week 12 race"]
        assert browser.count(".weeks [aria-selected=true]") == 1

    def test_links_files_that_exist(self, browser: Browser) -> None:
        load_program(browser, DATED)
        links = browser.driver.find_elements(By.CSS_SELECTOR, "#answer a:is(.calendar, [download])")
        kinds = []
        for link in links:
            answer = httpx.get(str(link.get_property("href")))
            assert answer.status_code == 200
            kinds.append(answer.headers["content-type"].partition(";")[0])
        assert kinds == [
            "text/calendar",
            "application/vnd.ant.fit",
            "application/vnd.ant.fit",
            "application/zip",
        ]

    def test_has_no_calendar_without_dates(self, browser: Browser) -> None:
        load_program(browser, "weeks=2")
        assert not browser.driver.find_element(By.CSS_SELECTOR, ".calendar").is_displayed()
        assert browser.read(".session h5") == "Monday"

    def test_leads_to_the_guided_session(self, browser: Browser) -> None:
        program = load_program(browser, DATED)
        link = browser.driver.find_elements(By.CSS_SELECTOR, ".train")[1]
        address = urlsplit(str(link.get_property("href")))
        query = f"program_id={program['program_id']}&week=1&session=2"
        assert (address.path, address.query) == ("/train", query)

    def test_says_so_in_a_week_without_sessions(self, browser: Browser) -> None:
        load_program(browser, "weeks=4&pause_weeks=2")
        browser.click("#week-2")
        assert browser.read(".week").endswith("No sessions this week.")
        assert browser.count(".week .zip") == 0

    def test_tells_no_minutes_without_a_session(self, browser: Browser) -> None:
        load_program(browser, "weeks=2&pause_weeks=1&pause_weeks=2")
        assert browser.read("#answer .lede") == "No session is planned: each week is a pause."
        assert "Infinity" not in str(browser.evaluate("document.body.textContent"))

    @pytest.mark.parametrize(
        ("query", "given"),
        [
            ("age=40", "age"),
            ("body_mass=70", "body mass"),
            ("age=40&body_mass=70", "age and body mass"),
        ],
    )
    def test_tells_what_a_link_gives_away(self, query: str, given: str, browser: Browser) -> None:
        load_program(browser, query)
        assert browser.read("#answer .personal") == (
            f"The link holds your answers, your {given} too. Whoever has it can read them."
        )

    def test_has_no_such_hint_without_them(self, browser: Browser) -> None:
        load_program(browser, "weeks=2")
        assert not browser.driver.find_element(By.CSS_SELECTOR, ".personal").is_displayed()


class TestExercises:
    def test_have_name_dose_tempo_cues_and_picture(self, browser: Browser) -> None:
        program = load_program(browser, DATED)
        details = program["exercise_details"]
        exercises = program["weeks"][0]["sessions"][0]["exercises"]
        first_session = ".session:first-child .exercise"
        assert read_all(browser, f"{first_session} h6") == [
            details[one["slug"]]["name"] for one in exercises
        ]
        assert read_all(browser, f"{first_session} .dose li") == [
            "2 sets of 15 to 20, leave 4 in reserve",
            "2 sets of 15 to 20, leave 4 in reserve",
            "2 sets of 15 to 20, leave 4 in reserve, on each side, left first",
            "On a step of 18 cm",
            "2 sets, hold 20 to 30 s, leave 20 s in reserve, on each side, left first",
        ]
        assert read_all(browser, f"{first_session} .tempo") == [
            "2 s up, 1 s hold, 3 s down · rest 60 s between sets",
            "2 s up, 1 s hold, 3 s down · rest 60 s between sets",
            "1 s up, 1 s hold, 2 s down · rest 60 s between sets",
            "rest 60 s between sets",
        ]
        cues = [cue for one in exercises for cue in details[one["slug"]]["cues"]]
        assert read_all(browser, f"{first_session} .cues li") == cues
        pictures = browser.driver.find_elements(By.CSS_SELECTOR, f"{first_session} img")
        for picture, one in zip(pictures, exercises, strict=True):
            path = f"/exercises/{one['slug']}/illustration.svg?view=both"
            assert picture.get_attribute("src") == browser.address + path
            assert picture.get_attribute("alt")

    def test_have_the_catalogue_s_words_for_picture_and_movement(self, browser: Browser) -> None:
        load_program(browser, DATED)
        known = explorer_page.fetch(browser, "/exercises/straight-leg-calf-raise")
        browser.wait(lambda _: browser.count(".exercise ol li"))
        steps = read_all(browser, ".exercise:first-child ol li")[: len(known["setup"]) + 3]
        assert steps[: len(known["setup"])] == known["setup"]
        alt = "document.querySelector('.exercise img').alt"
        assert browser.evaluate(alt) == known.get("pictures", {}).get("alt", known["name"])

    def test_tell_an_extra_set_of_the_weaker_side(self, browser: Browser) -> None:
        program = load_program(browser, _LOADED)
        uneven = [
            (week["index"], one)
            for week in program["weeks"]
            for session in week["sessions"]
            for one in session["exercises"]
            if len({entry["count"] for entry in one["sets"]}) > 1
        ]
        week, one = uneven[0]
        browser.click(f"#week-{week}")
        side, count = one["sets"][0]["side"].capitalize(), one["sets"][0]["count"]
        assert any(
            line.startswith(f"{side}: {count} set") for line in read_all(browser, ".dose li")
        )

    def test_tell_the_load(self, browser: Browser) -> None:
        program = load_program(browser, _LOADED)
        loads = [
            (week["index"], entry["load"])
            for week in program["weeks"]
            for session in week["sessions"]
            for one in session["exercises"]
            for entry in one["sets"]
            if entry.get("load")
        ]
        week, load = loads[-1]
        browser.click(f"#week-{week}")
        text = f" with {load['value']:g} {load['unit']}, "
        assert any(text in line for line in read_all(browser, ".dose li"))

    def test_tell_why_and_on_what_evidence(self, browser: Browser) -> None:
        program = load_program(browser, DATED)
        week = program["weeks"][0]
        reason = week.get("other_reasons", {}).get("straight_knee", week["reason"])
        assert browser.read(".exercise .evidence span") == reason["sentence"]
        browser.click(".exercise .evidence summary")
        rules = {
            item["id"]: item["rule"] for item in explorer_page.fetch(browser, "/evidence")["items"]
        }
        browser.wait(lambda _: browser.count(".exercise .evidence li"))
        told = read_all(browser, ".exercise:first-child .evidence li")
        assert told[0] == "Basis: published findings and our own choice."
        for line, name in zip(told[1:], reason["evidence"], strict=True):
            assert line.startswith(rules[name])


class TestPrint:
    @pytest.mark.parametrize("query", [_LOADED, "level=advanced&days_per_week=3&weeks=52"])
    def test_waits_for_all_pictures(self, query: str, browser: Browser) -> None:
        program = load_program(browser, query)
        browser.driver.execute_script(
            """
            window.print = () => {
                const pictures = [...document.querySelectorAll("#print img")];
                const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
                window.printed = {
                    weeks: document.querySelectorAll("#print .week").length,
                    pictures: pictures.length,
                    there: pictures.filter((one) => one.complete && one.naturalWidth).length,
                    ids: ids.length, different: new Set(ids).size };
            };"""
        )
        browser.click(".print")
        printed = browser.wait(lambda _: browser.evaluate("window.printed"))
        sessions = [one for week in program["weeks"] for one in week["sessions"]]
        assert printed["weeks"] == len(program["weeks"])
        assert printed["pictures"] == sum(len(one["exercises"]) for one in sessions)
        assert printed["there"] == printed["pictures"]
        assert printed["ids"] == printed["different"]

    def test_begins_each_week_on_a_new_page(self, browser: Browser) -> None:
        load_program(browser, _LOADED)
        browser.driver.execute_script("window.print = () => { window.printed = true; }")
        browser.click(".print")
        browser.wait(lambda _: browser.evaluate("window.printed"))
        browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        breaks = browser.evaluate(
            "[...document.querySelectorAll('#print .week')]"
            ".map((week) => getComputedStyle(week).breakBefore)"
        )
        assert breaks == ["auto"] + ["page"] * 11

    @pytest.mark.parametrize(
        "query",
        [DATED.replace("&race_date=2027-03-28", ""), _LOADED.partition("&heel_rise_test")[0]],
    )
    def test_has_a_page_for_each_week(self, query: str, browser: Browser) -> None:
        load_program(browser, f"{query}&weeks=4")
        a4 = {"paperWidth": 8.27, "paperHeight": 11.69}
        printed = browser.driver.execute_cdp_cmd("Page.printToPDF", a4)
        pages = re.findall(rb"/Type /Page\b", base64.b64decode(printed["data"]))
        assert len(pages) == 4
        browser.wait(lambda _: not browser.count("#print .week"))


class TestSnippets:
    @pytest.mark.parametrize("path", [f"/?{_LOADED}", "/programs/AgCZvl77"])
    def test_give_the_programme_on_screen(
        self, path: str, browser: Browser, tmp_path: Path
    ) -> None:
        browser.open(path)
        shown = explorer_page.read_program_id(browser)
        texts = {}
        for tab in browser.driver.find_elements(By.CSS_SELECTOR, ".languages [role=tab]"):
            tab.click()
            texts[tab.text] = browser.read("#snippet code")
        (tmp_path / "snippet.py").write_text(texts["Python"])
        (tmp_path / "snippet.mts").write_text(texts["TypeScript"] + "\nexport {};\n")
        assert f'"program_id":"{shown}"' in run(tmp_path, "sh", "-c", texts["curl"])
        assert run(tmp_path, sys.executable, "snippet.py").strip() == shown
        options = ["--strict", "--target", "es2022", "--module", "nodenext", "--types", "node"]
        roots = str(_TYPESCRIPT.parents[1] / "@types")
        run(tmp_path, str(_TYPESCRIPT), *options, "--typeRoots", roots, "snippet.mts")
        assert run(tmp_path, "node", "snippet.mjs").strip() == shown

    def test_quote_hostile_values(self, browser: Browser, tmp_path: Path) -> None:
        value = "'; touch broken; '\"\\$(touch broken)`touch broken`"
        query = {"level": "beginner", "timezone": "UTC"}
        address = str(httpx.URL(f"{browser.address}/programs", params=query))
        browser.open(f"/?{httpx.QueryParams(query)}")
        explorer_page.read_program_id(browser)
        script = """
            const done = arguments[2];
            import("/explorer/snippets.js").then(({snippets}) => {
                const url = new URL(arguments[0]);
                url.searchParams.set("timezone", arguments[1]);
                done(snippets(url));
            });"""
        texts = browser.driver.execute_async_script(script, address, value)
        (tmp_path / "snippet.py").write_text(texts["Python"])
        (tmp_path / "snippet.mjs").write_text(texts["TypeScript"])
        problems = [
            subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
            for command in (
                ["sh", "-c", texts["curl"]],
                [sys.executable, "snippet.py"],
                ["node", "snippet.mjs"],
            )
        ]
        for problem in problems:
            assert b"/problems/validation-failed" in problem.stdout + problem.stderr or (
                b"422 Unprocessable" in problem.stderr
            )
        assert not (tmp_path / "broken").exists()


class TestHostileValues:
    @pytest.mark.parametrize(
        "query",
        [
            {"level": _HOSTILE},
            {"red_flags": _HOSTILE},
            {_HOSTILE: _HOSTILE},
            {"weeks": "3", "timezone": _HOSTILE},
            {"level": "beginner", "prefer": "javascript:alert(1)"},
        ],
        ids=str,
    )
    def test_stay_text(self, query: dict[str, str], browser: Browser) -> None:
        browser.open(f"/?{httpx.QueryParams(query)}#{_HOSTILE}")
        browser.read("#answer h2")
        assert browser.count("#main [src=x], #main [onerror]") == 0
        assert browser.driver.title == "Pushoff: calf and core strength for runners"
        assert "CSP" not in str(browser.list_console_errors())


def run(folder: Path, *command: str) -> str:
    """Run a command and return its output. Raises AssertionError with all output if it fails."""
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=_SECONDS
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
