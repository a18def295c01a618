"""The values of the guided session's script beside those of the service: order, words, ids."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from app.formats import steps
from app.formats.ical import session_text
from app.programs import lookup
from app.training.adapting.track_outcome import PAIN_STOP
from app.training.catalog.exercises import EXERCISES
from app.training.catalog.track_definitions import DEFINITIONS
from app.training.log.set_records import PAIN_WATCH
from app.training.planning.standing import PAIN_CODES, SCALE
from app.training.planning.week import Session
from tests.browser.chromium import Browser
from tests.browser.guided_session import BASE, CORE, EXTRA_SET, POUNDS

MODULE = "/explorer/train_session.js"
LIST_STEPS = """fetch(arguments[0]).then((answer) => answer.json()).then((session) =>
  module.listSteps(session).map((step) => [step.at, step.entry, step.number]))"""
DESCRIBE_SETS = """fetch(arguments[0]).then((answer) => answer.json()).then((session) =>
  session.exercises.map(({ sets }) => sets.map(module.describeDose)))"""
SESSIONS = [(BASE, 1, 1), (CORE, 1, 1), (CORE, 12, 2), (EXTRA_SET, 1, 1), (POUNDS, 6, 1)]


@pytest.fixture(scope="module")
def browser(module_browser: Browser) -> Browser:
    """A Chromium that may load the module of the page."""
    module_browser.open("/train")
    return module_browser


def evaluate(browser: Browser, expression: str, *arguments: object) -> Any:
    """Return the value of an expression that uses the module."""
    script = f"return import('{MODULE}').then((module) => {expression})"
    return browser.driver.execute_script(script, *arguments)


def find_session(program_id: str, week: int, place: int) -> Session:
    program = lookup.find_program(program_id).plan()
    return lookup.pick_session(lookup.pick_week(program, week), place)


class TestListSteps:
    @pytest.mark.parametrize(("program_id", "week", "place"), SESSIONS)
    def test_has_the_order_of_workout_files(
        self, program_id: str, week: int, place: int, browser: Browser
    ) -> None:
        address = f"/programs/{program_id}/weeks/{week}/sessions/{place}"
        planned = find_session(program_id, week, place)
        expected = [
            [step.exercise, step.sets, step.number]
            for step in steps.list_steps(planned)
            if step.kind == "work"
        ]
        assert evaluate(browser, LIST_STEPS, address) == expected

    def test_does_an_extra_set_of_the_weak_side_last(self, browser: Browser) -> None:
        address = f"/programs/{EXTRA_SET}/weeks/1/sessions/1"
        found = evaluate(browser, LIST_STEPS, address)
        assert found[:7] == [[0, side, n] for n in (1, 2, 3) for side in (0, 1)] + [[0, 0, 4]]


class TestWords:
    @pytest.mark.parametrize(("program_id", "week", "place"), SESSIONS)
    def test_tell_the_doses_of_the_calendar(
        self, program_id: str, week: int, place: int, browser: Browser
    ) -> None:
        address = f"/programs/{program_id}/weeks/{week}/sessions/{place}"
        exercises = find_session(program_id, week, place).exercises
        found: Sequence[Sequence[str]] = evaluate(browser, DESCRIBE_SETS, address)
        for exercise, doses in zip(exercises, found, strict=True):
            lines = " ".join(session_text.format_sets(exercise))
            assert all(dose.replace("reps", "repetitions") in lines for dose in doses)

    @pytest.mark.parametrize("track", [*DEFINITIONS])
    def test_say_what_a_side_is(self, track: str, browser: Browser) -> None:
        side, meaning = evaluate(browser, "module.describeSide('left', arguments[0])", track)
        expected = DEFINITIONS[track].side_is
        is_one_sided = any(
            one.laterality == "unilateral" for one in EXERCISES.values() if one.track == track
        )
        if is_one_sided:
            assert meaning == (expected or "The leg that works.").rstrip(".").lower()
            assert (side == "Left leg") == ("leg" in meaning)

    @pytest.mark.parametrize("slug", ["straight-leg-calf-raise", "step-up-slow-lower"])
    def test_say_where_a_repetition_stands(self, slug: str, browser: Browser) -> None:
        tempo = EXERCISES[slug].tempo
        assert tempo
        beat = {name: getattr(tempo, name) for name in ("up_s", "hold_s", "down_s", "bottom_s")}
        call = "module.findBeat(arguments[0] * 1000, arguments[1])"
        cycle = sum(beat.values())
        found = [evaluate(browser, call, second, beat) for second in (0, tempo.up_s, 2 * cycle - 1)]
        assert [(one["rep"], one["phase"]) for one in found[:2]] == [(1, "up"), (1, "hold")]
        assert (found[2]["rep"], found[2]["left"]) == (2, 1)

    def test_name_the_field_of_an_error(self, browser: Browser) -> None:
        error = {"pointer": "/sessions/0/sets/0/reps", "detail": "is too high"}
        done = {"sets": [{"exercise": "step-up", "side": "left", "set_index": 2}]}
        call = "module.describeError(arguments[0], arguments[1], (slug) => slug)"
        assert evaluate(browser, call, error, done) == "step-up, left, set 2: Reps: is too high."

    @pytest.mark.parametrize(
        ("units", "cm", "height"),
        [("metric", 18, "18 cm"), ("imperial", 18, "7 in"), ("imperial", 20, "8 in")],
    )
    def test_give_a_step_in_the_units_of_the_front_page(
        self, units: str, cm: int, height: str, browser: Browser
    ) -> None:
        step = {"exercise": {"step_height_cm": cm}, "planned": {"rir": 2}}
        way = evaluate(browser, "module.describeWay(arguments[0], null, arguments[1])", step, units)
        assert way.startswith(f"Step: {height}.")
        on_front_page = browser.driver.execute_script(
            """const exercise = { sets: [{ count: 2, reps: 9, reps_max: 9, rir: 2 }],
              step_height_cm: arguments[0] };
            return import("/explorer/words.js").then(({ dose }) => dose(exercise, arguments[1]))""",
            cm,
            units,
        )
        assert on_front_page[-1] == f"On a step of {height}"


class TestPain:
    def test_stops_an_exercise_where_the_service_does(self, browser: Browser) -> None:
        assert evaluate(browser, "module.TOO_MUCH_PAIN") * SCALE == PAIN_STOP

    def test_has_the_bands_of_the_service(self, browser: Browser) -> None:
        watch, stop = PAIN_WATCH // SCALE, PAIN_STOP // SCALE
        hint = evaluate(browser, "module.PAIN_HINT")
        assert re.findall(r"(\w+(?: to \d+)?):", hint.replace("Above ", "Above_")) == [
            "0", f"1 to {watch - 1}", f"{watch} to {stop}", f"Above_{stop}"
        ]  # fmt: skip

    def test_has_the_codes_of_the_service_in_their_order(self, browser: Browser) -> None:
        assert evaluate(browser, "module.PAIN_CODES") == [*PAIN_CODES]

    @pytest.mark.parametrize("code", PAIN_CODES)
    def test_of_every_code_is_pain(self, code: str, browser: Browser) -> None:
        assert evaluate(browser, "module.isPain({ code: arguments[0] })", code)


class TestIds:
    def test_are_uuids_of_version_7_in_order_of_time(self, browser: Browser) -> None:
        made = evaluate(browser, "[1, 2, 1.7e12].map(module.makeId)")
        assert [UUID(one).version for one in made] == [7, 7, 7]
        assert [UUID(one).int >> 80 for one in made] == [1, 2, 1_700_000_000_000]

    def test_are_never_the_same(self, browser: Browser) -> None:
        made = evaluate(browser, "Array.from({length: 1000}, () => module.makeId(5))")
        assert len({*made}) == 1000


class TestWriteMoment:
    @pytest.mark.parametrize(
        ("zone", "expected"),
        [
            ("UTC", "2026-11-23T18:30:00.000+00:00"),
            ("Asia/Kolkata", "2026-11-24T00:00:00.000+05:30"),
            ("America/St_Johns", "2026-11-23T15:00:00.000-03:30"),
        ],
    )
    def test_has_the_offset_of_the_device(self, zone: str, expected: str, browser: Browser) -> None:
        browser.driver.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": zone})
        moment = evaluate(browser, "module.writeMoment(Date.UTC(2026, 10, 23, 18, 30))")
        assert moment == expected
        assert re.fullmatch(r"[\d-]{10}T[\d:.]{12}[+-]\d\d:\d\d", moment)
