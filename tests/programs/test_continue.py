"""Holds a continuation to its promise over HTTP: an id that opens, and nothing that was lost."""

import datetime
from typing import Any

import httpx
import pytest

from app.training import engine
from app.training.catalog.tracks import TRACKS
from tests.athletes.uploads import RUNNER, address, codes, get_course, put_all, spell_all
from tests.athletes.worked import four_weeks, high_pain_twice
from tests.client import Json, a_session, a_set, pointers, read_problem
from tests.training.journal import P2, Journal, sessions

MONDAY = datetime.date(2027, 3, 1)


async def follow(client: httpx.AsyncClient, journal: Journal, **body: Any) -> Json:
    """The successor of what a journal went through."""
    answer = await ask(client, journal, **body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    told: Json = answer.json()
    return told


async def ask(client: httpx.AsyncClient, journal: Journal, **body: Any) -> httpx.Response:
    sent = {"sessions": spell_all(journal), "through_week": journal.weeks_over, **body}
    return await client.post(f"/programs/{address(journal)}/continue", json=sent)


async def open_program(client: httpx.AsyncClient, program_id: str) -> Json:
    answer = await client.get(f"/programs/{program_id}")
    assert answer.status_code == 200, answer.text
    program: Json = answer.json()
    return program


def first_doses(week: Json) -> list[tuple[int, int, float | None]]:
    """Rung, repetitions and load of each exercise of a week's first session."""
    return [
        (one["rung"], one["sets"][0]["reps_target"], one["sets"][0]["load"])
        for one in week["sessions"][0]["exercises"]
    ]


class TestContinue:
    async def test_answers_a_programme_that_opens(self, offline: httpx.AsyncClient) -> None:
        told = await follow(offline, four_weeks())
        program = await open_program(offline, told["program_id"])
        assert program["spec"] == told["spec"]
        assert (told["spec"]["weeks"], told["data_notes"]) == (8, [])

    async def test_begins_where_the_log_ends(self, offline: httpx.AsyncClient) -> None:
        journal = four_weeks()
        told = await follow(offline, journal)
        program = await open_program(offline, told["program_id"])
        assert first_doses(program["weeks"][0]) == [(2, 18, None)] * 3
        reached = {"rung": 2, "reps": 18, "load": 0.0}
        start = told["spec"]["start"]
        assert [start.pop(track) for track in TRACKS] == [reached] * 3
        assert start == {"full_volume": True}

    async def test_loses_nothing_in_three_programmes(self, offline: httpx.AsyncClient) -> None:
        journal = Journal(**P2)
        for weeks in (4, 3, 4):
            journal.train(weeks=weeks)
            last = journal.followed.standing.position.states
            told = await follow(offline, journal, spec={"weeks": 12})
            program = await open_program(offline, told["program_id"])
            for track, dose in zip(TRACKS, first_doses(program["weeks"][0]), strict=True):
                state = last[track]
                load = state.load / 100 if state.rung.loaded else None
                assert dose == (state.rung.number, state.reps, load)
            wanted = journal.followed.constants.spec
            assert told["spec"]["level"] == wanted.level
            journal = Journal(engine.find_program(told["program_id"]).spec)

    async def test_takes_up_what_changes(self, offline: httpx.AsyncClient) -> None:
        changes: Json = {
            "equipment": ["dumbbell"],
            "step_heights_in": [8, 12],
            "heel_rise_test": {"left": 30, "right": 20},
            "days_per_week": 3,
            "weeks": 20,
        }
        spec = (await follow(offline, four_weeks(), spec=changes))["spec"]
        assert (spec["equipment"], spec["step_heights_cm"]) == (["dumbbell"], [20, 30])
        assert (spec["days_per_week"], spec["weeks"]) == (3, 20)
        assert spec["heel_rise_test"]["right"] == 20

    async def test_moves_the_race(self, offline: httpx.AsyncClient) -> None:
        journal = Journal(start_date=MONDAY).train(weeks=4)
        told = await follow(offline, journal, spec={"race_date": "2027-05-16"})
        assert (told["spec"]["start_date"], told["spec"]["weeks"]) == ("2027-03-29", 7)
        program = await open_program(offline, told["program_id"])
        assert [week["kind"] for week in program["weeks"]][-2:] == ["taper", "race"]

    async def test_changes_units(self, offline: httpx.AsyncClient) -> None:
        spec = (await follow(offline, Journal(**P2).train(), spec={"units": "imperial"}))["spec"]
        assert (spec["body_mass"], spec["load_increment"]) == (143.3, 2.5)

    async def test_tells_what_of_the_log_did_not_count(self, offline: httpx.AsyncClient) -> None:
        odd = [a_session(week=1, sets=[a_set(exercise="hop")]), a_session(program_id="x")]
        told = await follow(offline, Journal(), sessions=odd, through_week=None)
        assert codes(told["data_notes"]) == ["UNKNOWN_EXERCISE", "OTHER_PROGRAMME"]

    async def test_of_a_finished_programme_has_twelve_weeks(
        self, offline: httpx.AsyncClient
    ) -> None:
        journal = Journal(weeks=2).train(weeks=2)
        assert (await follow(offline, journal, through_week=None))["spec"]["weeks"] == 12

    async def test_is_logged_under_its_own_id(self, api: httpx.AsyncClient) -> None:
        journal = four_weeks()
        await put_all(api, spell_all(journal))
        told = await follow(api, journal)
        new = Journal(engine.find_program(told["program_id"]).spec).train(weeks=2)
        await put_all(api, spell_all(new))
        assert (await get_course(api, address(new), RUNNER))["current_week"] == 3
        assert (await get_course(api, address(journal), RUNNER))["current_week"] == 5


class TestClearance:
    @pytest.mark.parametrize("cleared", [None, False])
    async def test_is_needed_after_a_block(
        self, cleared: bool | None, offline: httpx.AsyncClient
    ) -> None:
        body = {} if cleared is None else {"cleared": cleared}
        answer = await ask(offline, high_pain_twice(), through_week=None, **body)
        problem = read_problem(answer, 422, "validation-failed")
        assert pointers(problem) == ["/cleared"]
        assert "professional" in problem["detail"]

    async def test_lets_it_go_on_lower(self, offline: httpx.AsyncClient) -> None:
        told = await follow(offline, high_pain_twice(), cleared=True)
        assert told["spec"]["start"]["straight_knee"]["rung"] == 1
        assert (await open_program(offline, told["program_id"]))["status"] == "planned"

    async def test_is_needed_after_a_warning_sign(self, offline: httpx.AsyncClient) -> None:
        journal = four_weeks().train(sessions(2, red_flags=("night_pain",)))
        answer = await ask(offline, journal, through_week=None)
        assert pointers(read_problem(answer, 422, "validation-failed")) == ["/cleared"]
        told = await follow(offline, journal, cleared=True)
        assert told["spec"]["red_flags"] == []

    async def test_is_not_needed_otherwise(self, offline: httpx.AsyncClient) -> None:
        plain = await follow(offline, four_weeks())
        assert await follow(offline, four_weeks(), cleared=True) == plain

    @pytest.mark.parametrize(
        ("spec", "pointer"),
        [({"red_flags": ["night_pain"]}, "/spec/red_flags"), ({"pain_now": 6}, "/spec/pain_now")],
    )
    async def test_of_the_past_does_not_cover_what_is_named_now(
        self, spec: Json, pointer: str, offline: httpx.AsyncClient
    ) -> None:
        for cleared in (False, True):
            answer = await ask(offline, four_weeks(), spec=spec, cleared=cleared)
            assert pointers(read_problem(answer, 422, "validation-failed")) == [pointer]


class TestWire:
    @pytest.mark.parametrize(
        ("spec", "pointer"),
        [
            ({"week": 3}, "/spec/week"),
            ({"weeks": 60}, "/spec/weeks"),
            ({"race_date": "2027-05-16"}, "/spec/race_date"),
            ({"body_mass": 20}, "/spec/body_mass"),
            ({"timezone": "Nowhere"}, "/spec/timezone"),
            ({"step_heights_cm": [18], "step_heights_in": [7]}, "/spec/step_heights_in"),
            ({"start": {"step_up": {"rung": 7, "reps": 6}}}, "/spec/start/step_up/rung"),
        ],
    )
    async def test_is_refused_where_it_is_wrong(
        self, spec: Json, pointer: str, offline: httpx.AsyncClient
    ) -> None:
        answer = await ask(offline, four_weeks(), spec=spec)
        assert pointers(read_problem(answer, 422, "validation-failed")) == [pointer]
