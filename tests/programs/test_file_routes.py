"""Tests of a programme's files over HTTP: built from its id alone, and public."""

import httpx
import pytest

from tests.calendars.calendar_client import parse_events
from tests.client import Json, pointers, read_problem

WISH: Json = {"start_date": "2026-10-19", "timezone": "Europe/Berlin"}


async def plan(client: httpx.AsyncClient, **wish: object) -> str:
    answer = await client.post("/programs", json={**WISH, **wish})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["program_id"])


class TestGetProgramCalendar:
    async def test_contains_an_event_for_each_session(self, offline: httpx.AsyncClient) -> None:
        program_id = await plan(offline)
        path = f"/programs/{program_id}"
        query = {"at": "18:30", "alarm_minutes": "15"}
        events = [*parse_events(await offline.get(f"{path}/calendar.ics", params=query)).values()]
        weeks = (await offline.get(path)).json()["weeks"]
        planned = [session for week in weeks for session in week["sessions"]]
        assert len(events) == len(planned) == 24
        for event, session in zip(events, planned, strict=True):
            assert f"{event['dtstart'].dt:%Y-%m-%d}" == session["date"]
            assert len(event.walk("VALARM")) == 1
        # The clocks go back on the first Sunday.
        assert [f"{event['dtstart'].dt:%H:%M}" for event in events[1:3]] == ["16:30", "17:30"]

    async def test_links_to_its_sessions_on_the_requested_host(
        self, offline: httpx.AsyncClient
    ) -> None:
        program_id = await plan(offline)
        path = f"/programs/{program_id}/calendar.ics"
        events = [*parse_events(await offline.get(path)).values()]
        link = str(events[3]["url"])
        assert link == f"http://127.0.0.1/programs/{program_id}/weeks/2/sessions/2"
        session = (await offline.get(link)).json()
        assert session["date"] == str(events[3]["dtstart"].dt)

    @pytest.mark.parametrize("host", ["a b", "a/b", 'a"b', "[::1", "x" * 254, "a@b", ""])
    async def test_contains_no_link_if_the_host_name_is_invalid(
        self, host: str, offline: httpx.AsyncClient
    ) -> None:
        path = f"/programs/{await plan(offline)}/calendar.ics"
        events = parse_events(await offline.get(path, headers={"Host": host}))
        assert not any("url" in event for event in events.values())

    async def test_is_not_cached_across_hosts(self, offline: httpx.AsyncClient) -> None:
        path = f"/programs/{await plan(offline)}/calendar.ics"
        for host in ("a.example", "b.example:8443", "[::1]:8000"):
            (link, *_) = parse_events(await offline.get(path, headers={"Host": host})).values()
            assert str(link["url"]).startswith(f"http://{host}/programs/")

    async def test_is_public(self, offline: httpx.AsyncClient) -> None:
        path = f"/programs/{await plan(offline)}/calendar.ics"
        first, second = [await offline.get(path) for _ in range(2)]
        assert first.content == second.content
        assert first.headers["cache-control"] == "public, max-age=86400"
        assert first.headers["access-control-allow-origin"] == "*"
        cached = await offline.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (cached.status_code, cached.content) == (304, b"")

    async def test_depends_on_the_query(self, offline: httpx.AsyncClient) -> None:
        path = f"/programs/{await plan(offline)}/calendar.ics"
        queries: list[Json] = [{}, {"at": "18:30"}, {"at": "18:31"}]
        queries += [{"at": "18:30", "alarm_minutes": "0"}]
        answers = [await offline.get(path, params=query) for query in queries]
        assert len({answer.content for answer in answers}) == 4
        assert b"TRIGGER:P" in answers[3].content

    async def test_rejects_a_programme_without_dates(self, offline: httpx.AsyncClient) -> None:
        answer = await offline.get("/programs/AgCZvl77/calendar.ics")
        problem = read_problem(answer, 422, "validation-failed")
        assert "start_date" in problem["detail"]
        assert pointers(problem) == ["program_id"]

    async def test_answers_404_to_an_unknown_id(self, offline: httpx.AsyncClient) -> None:
        read_problem(await offline.get("/programs/nothing/calendar.ics"), 404, "not-found")

    @pytest.mark.parametrize(
        ("query", "name"),
        [
            ("at=24:00", "at"),
            ("at=1830", "at"),
            ("at=18:30:00", "at"),
            ("at=", "at"),
            ("at=18:30&alarm_minutes=x", "alarm_minutes"),
            ("at=18:30&alarm_minutes=-1", "alarm_minutes"),
            ("at=18:30&alarm_minutes=1441", "alarm_minutes"),
            ("alarm_minutes=15", "alarm_minutes"),
        ],
    )
    async def test_rejects_a_wrong_query(
        self, query: str, name: str, offline: httpx.AsyncClient
    ) -> None:
        answer = await offline.get(f"/programs/{await plan(offline)}/calendar.ics?{query}")
        assert pointers(read_problem(answer, 422, "validation-failed")) == [name]


class TestGetProgramPlannedSession:
    async def test_contains_the_sets_of_the_session(self, offline: httpx.AsyncClient) -> None:
        path = f"/programs/{await plan(offline)}/weeks/2/sessions/2"
        found = (await offline.get(f"{path}/planned.json")).json()
        session = (await offline.get(path)).json()
        assert (found["week"], found["session"], found["date"]) == (2, 2, session["date"])
        work = [one for block in found["blocks"] for one in block["steps"] if one["exercise"]]
        assert [
            (one["exercise"], one["side"], one["set"], one["goal"]["reps"]) for one in work
        ] == [
            (exercise["slug"], sets["side"], number, sets["reps"])
            for exercise in session["exercises"]
            for number in range(1, exercise["sets"][0]["count"] + 1)
            for sets in exercise["sets"]
        ]

    async def test_is_linked_by_the_workout(self, offline: httpx.AsyncClient) -> None:
        path = f"/programs/{await plan(offline)}/weeks/1/sessions/1/"
        link = (await offline.get(f"{path}workout.fit")).headers["link"]
        target, _, relation = link.partition("; ")
        assert relation == 'rel="describedby"'
        described = await offline.get(path + target.strip("<>"))
        assert {one["format"] for one in described.json()["warnings"]} >= {"fit"}

    async def test_is_public(self, offline: httpx.AsyncClient) -> None:
        path = f"/programs/{await plan(offline)}/weeks/1/sessions/1/planned.json"
        first, second = [await offline.get(path) for _ in range(2)]
        assert first.content == second.content
        assert first.headers["content-type"] == "application/json"
        assert first.headers["cache-control"] == "public, max-age=86400"
        assert first.headers["access-control-allow-origin"] == "*"
        cached = await offline.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (cached.status_code, cached.content) == (304, b"")

    @pytest.mark.parametrize("below", ["weeks/13/sessions/1", "weeks/1/sessions/4"])
    async def test_answers_404_outside_of_the_programme(
        self, below: str, offline: httpx.AsyncClient
    ) -> None:
        path = f"/programs/{await plan(offline)}/{below}/planned.json"
        read_problem(await offline.get(path), 404, "not-found")
