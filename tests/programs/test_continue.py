"""Tests of POST /programs/{program_id}/continue: the successor, and the progress that it keeps."""

import datetime
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter

from app.training import engine
from app.training.catalog.track_definitions import BASE_TRACKS
from app.training.planning.week import Week
from tests.athletes.journal_uploads import (
    RUNNER,
    encode_log,
    find_program_id,
    get_followed,
    list_codes,
    put_batch,
)
from tests.athletes.worked_examples import four_weeks, high_pain, high_pain_in_two_weeks
from tests.client import Json, a_session, a_set, pointers, read_problem
from tests.training.journal import CORE, P2, Journal, sessions, sets
from tests.training.week_reasons import list_sent_reasons

MONDAY = datetime.date(2027, 3, 1)


async def follow(client: httpx.AsyncClient, journal: Journal, **body: Any) -> Json:
    """Return the successor of a journal's programme."""
    answer = await ask(client, journal, **body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    continued: Json = answer.json()
    return continued


async def ask(client: httpx.AsyncClient, journal: Journal, **body: Any) -> httpx.Response:
    sent = {"sessions": encode_log(journal), "through_week": journal.weeks_over, **body}
    return await client.post(f"/programs/{find_program_id(journal)}/continue", json=sent)


async def open_program(client: httpx.AsyncClient, program_id: str) -> Json:
    answer = await client.get(f"/programs/{program_id}")
    assert answer.status_code == 200, answer.text
    program: Json = answer.json()
    return program


def first_doses(week: Json) -> list[tuple[int, int, float | None]]:
    """Return rung, reps or seconds, and load of each exercise of a week's first session."""
    return [
        (one["rung"], sets.get("reps") or sets["seconds"], (sets.get("load") or {}).get("value"))
        for one in week["sessions"][0]["exercises"]
        for sets in one["sets"][:1]
    ]


class TestContinueProgram:
    async def test_returns_the_id_of_a_programme(self, offline: httpx.AsyncClient) -> None:
        continued = await follow(offline, four_weeks())
        program = await open_program(offline, continued["program_id"])
        assert program["spec"] == continued["spec"]
        assert (continued["spec"]["weeks"], continued["data_notes"]) == (8, [])

    async def test_starts_where_the_log_ends(self, offline: httpx.AsyncClient) -> None:
        journal = four_weeks()
        continued = await follow(offline, journal)
        program = await open_program(offline, continued["program_id"])
        assert first_doses(program["weeks"][0]) == [(2, 18, None)] * 3
        start = continued["spec"]["start"]
        for track in BASE_TRACKS:
            reached = {name: start[track][name] for name in ("rung", "reps", "load", "sets", "due")}
            assert reached == {"rung": 2, "reps": 15, "load": 0.0, "sets": 6, "due": "step"}
        assert (start["since"], start["ever"]) == (4, True)

    async def test_goes_on_as_the_longer_programme_would(self, offline: httpx.AsyncClient) -> None:
        for journal in (four_weeks(), Journal(**CORE).train(weeks=5), Journal(**P2).train(weeks=3)):
            continued = await follow(offline, journal)
            program = await open_program(offline, continued["program_id"])
            over = journal.weeks_over
            longer = (await open_program(offline, find_program_id(journal)))["weeks"][over:]
            # The first reason stands in its planned words in both.
            for week in (*program["weeks"], *longer):
                week["index"] = 0
            assert program["weeks"] == longer
            assert program["spec"]["weeks"] == 12 - over

    async def test_keeps_the_progress_over_three_programmes(
        self, offline: httpx.AsyncClient
    ) -> None:
        journal = Journal(**P2)
        for weeks in (4, 3, 4):
            journal.train(weeks=weeks)
            planned = TypeAdapter(Week).dump_python(journal.week, mode="json")
            continued = await follow(offline, journal, spec={"weeks": 12})
            program = await open_program(offline, continued["program_id"])
            assert first_doses(program["weeks"][0]) == first_doses(planned)
            assert continued["spec"]["level"] == journal.spec.level
            journal = Journal(engine.find_program(continued["program_id"]).spec)

    async def test_accepts_the_answered_spec_as_a_request(self, offline: httpx.AsyncClient) -> None:
        for journal in (
            four_weeks(),
            Journal(**CORE).train(weeks=2).train(sets("SP", pain=4)),
            Journal(start_date=MONDAY, level="advanced").train(weeks=6).skip(2),
            high_pain(),
        ):
            continued = await follow(offline, journal)
            again = await offline.post("/programs", json=continued["spec"])
            assert again.status_code == 200, again.text
            assert again.json()["program_id"] == continued["program_id"]
            assert len(continued["program_id"]) <= 400

    async def test_keeps_what_was_reached_when_equipment_is_missing(
        self, offline: httpx.AsyncClient
    ) -> None:
        journal = Journal(**P2).train(weeks=8)
        continued = await follow(offline, journal, spec={"equipment": [], "step_heights_cm": []})
        held = continued["spec"]["start"]["step_up"]["held"]
        assert (held["rung"], held["weeks"]) == (journal.state("SU").rung.number, 0)
        program = await open_program(offline, continued["program_id"])
        assert list_sent_reasons(program["weeks"][0])["step_up"]["code"] == "SPEC_CHANGED"

    async def test_applies_changed_fields(self, offline: httpx.AsyncClient) -> None:
        changes: Json = {
            "equipment": ["dumbbell"],
            "step_heights_in": [8, 12],
            "heel_rise_test": {"left": 30, "right": 20},
            "side_plank_test": {"left": 70, "right": 60},
            "core": ["side_plank"],
            "loads": [5, 7.5],
            "days_per_week": 3,
            "weeks": 20,
            "lighter_weeks": [2],
            "pause_weeks": [6],
        }
        spec = (await follow(offline, four_weeks(), spec=changes))["spec"]
        assert (spec["equipment"], spec["step_heights_cm"]) == (["dumbbell"], [20, 30])
        assert (spec["days_per_week"], spec["weeks"]) == (3, 20)
        assert spec["heel_rise_test"]["right"] == 20
        assert (spec["core"], spec["loads"], spec["side_plank_test"]["left"]) == (
            ["side_plank"],
            [5.0, 7.5],
            70,
        )
        assert (spec["lighter_weeks"], spec["pause_weeks"]) == ([2], [6])
        assert spec["start"]["side_plank"]["rung"] == 3

    async def test_applies_a_moved_race(self, offline: httpx.AsyncClient) -> None:
        journal = Journal(start_date=MONDAY).train(weeks=4)
        continued = await follow(offline, journal, spec={"race_date": "2027-05-16"})
        assert (continued["spec"]["start_date"], continued["spec"]["weeks"]) == ("2027-03-29", 8)
        assert continued["spec"]["races"] == [{"date": "2027-05-16", "taper": True}]
        program = await open_program(offline, continued["program_id"])
        assert [week["kind"] for week in program["weeks"]][-3:] == ["taper", "race", "transition"]

    async def test_answers_pauses_as_they_were_sent(self, offline: httpx.AsyncClient) -> None:
        journal = Journal(start_date=MONDAY).train(weeks=1)
        pauses = [{"from": "2027-04-01", "to": "2027-04-10"}]
        continued = await follow(offline, journal, spec={"pauses": pauses})
        assert continued["spec"]["pauses"] == pauses

    async def test_converts_units(self, offline: httpx.AsyncClient) -> None:
        spec = (await follow(offline, Journal(**P2).train(), spec={"units": "imperial"}))["spec"]
        assert (spec["body_mass"], spec["load_increment"]) == (143.3, 2.5)

    async def test_returns_notes_on_the_log(self, offline: httpx.AsyncClient) -> None:
        odd = [a_session(week=1, sets=[a_set(exercise="hop")]), a_session(program_id="x")]
        continued = await follow(offline, Journal(), sessions=odd, through_week=None)
        assert list_codes(continued["data_notes"]) == ["UNKNOWN_EXERCISE", "OTHER_PROGRAMME"]

    async def test_plans_twelve_weeks_after_a_finished_programme(
        self, offline: httpx.AsyncClient
    ) -> None:
        journal = Journal(weeks=2).train(weeks=2)
        assert (await follow(offline, journal, through_week=None))["spec"]["weeks"] == 12

    async def test_returns_an_id_that_sessions_can_be_logged_under(
        self, api: httpx.AsyncClient
    ) -> None:
        journal = four_weeks()
        await put_batch(api, encode_log(journal))
        continued = await follow(api, journal)
        new = Journal(engine.find_program(continued["program_id"]).spec).train(weeks=2)
        await put_batch(api, encode_log(new))
        assert (await get_followed(api, find_program_id(new), RUNNER))["current_week"] == 3
        assert (await get_followed(api, find_program_id(journal), RUNNER))["current_week"] == 5


class TestClearance:
    @pytest.mark.parametrize("cleared", [None, False])
    async def test_is_required_after_a_block(
        self, cleared: bool | None, offline: httpx.AsyncClient
    ) -> None:
        body = {} if cleared is None else {"cleared": cleared}
        answer = await ask(offline, high_pain_in_two_weeks(), through_week=None, **body)
        problem = read_problem(answer, 422, "validation-failed")
        assert pointers(problem) == ["/cleared"]
        assert "professional" in problem["detail"]

    async def test_continues_on_a_lower_rung(self, offline: httpx.AsyncClient) -> None:
        continued = await follow(offline, high_pain_in_two_weeks(), cleared=True)
        calf = continued["spec"]["start"]["straight_knee"]
        assert (calf["rung"], calf["reduce"], calf["why"]) == (1, True, "RETURN_AFTER_PAIN")
        assert continued["spec"]["start"]["caution"] is True
        assert (await open_program(offline, continued["program_id"]))["status"] == "planned"

    async def test_is_required_after_a_warning_sign(self, offline: httpx.AsyncClient) -> None:
        journal = four_weeks().train(sessions(2, red_flags=("night_pain",)))
        answer = await ask(offline, journal, through_week=None)
        assert pointers(read_problem(answer, 422, "validation-failed")) == ["/cleared"]
        continued = await follow(offline, journal, cleared=True)
        assert continued["spec"]["red_flags"] == []

    async def test_is_not_required_otherwise(self, offline: httpx.AsyncClient) -> None:
        plain = await follow(offline, four_weeks())
        assert await follow(offline, four_weeks(), cleared=True) == plain

    @pytest.mark.parametrize(
        ("spec", "pointer"),
        [({"red_flags": ["night_pain"]}, "/spec/red_flags"), ({"pain_now": 6}, "/spec/pain_now")],
    )
    async def test_does_not_cover_a_new_warning_sign(
        self, spec: Json, pointer: str, offline: httpx.AsyncClient
    ) -> None:
        for cleared in (False, True):
            answer = await ask(offline, four_weeks(), spec=spec, cleared=cleared)
            assert pointers(read_problem(answer, 422, "validation-failed")) == [pointer]


class TestContinueIn:
    @pytest.mark.parametrize(
        ("spec", "pointer"),
        [
            ({"week": 3}, "/spec/week"),
            ({"weeks": 60}, "/spec/weeks"),
            ({"race_date": "2027-05-16"}, "/spec/race_date"),
            ({"body_mass": 20}, "/spec/body_mass"),
            ({"timezone": "Nowhere"}, "/spec/timezone"),
            ({"step_heights_cm": [18], "step_heights_in": [7]}, "/spec/step_heights_in"),
            ({"start": {"step_up": {"rung": 7, "reps": 6}}}, "/spec/start"),
            ({"start": {}}, "/spec/start"),
            ({"pauses": [{"from": "2027-01-01", "to": "2027-01-02"}]}, "/spec/pauses"),
            ({"core": ["swim"]}, "/spec/core/0"),
        ],
    )
    async def test_rejects_a_wrong_field(
        self, spec: Json, pointer: str, offline: httpx.AsyncClient
    ) -> None:
        answer = await ask(offline, four_weeks(), spec=spec)
        assert pointers(read_problem(answer, 422, "validation-failed")) == [pointer]
