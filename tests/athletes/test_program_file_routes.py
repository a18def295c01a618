"""Tests of a programme's files after what was done, and of who may read them."""

import httpx
from fastapi import FastAPI

from tests.athletes.journal_uploads import RUNNER, encode_log, find_program_id, put_batch
from tests.calendars.calendar_client import (
    find_sequence,
    list_cancelled,
    make_journal,
    parse_events,
)
from tests.client import caller, make_key, pointers, read_problem
from tests.training.journal import Journal, sets


def build_path(journal: Journal, athlete_id: str = RUNNER) -> str:
    return f"/athletes/{athlete_id}/programs/{find_program_id(journal)}/calendar.ics"


class TestGetFollowedCalendar:
    async def test_is_the_plan_if_nothing_was_done(self, api: httpx.AsyncClient) -> None:
        # Before its first day nothing has moved, whatever the day of this run.
        journal = make_journal(-1)
        mine = parse_events(await api.get(build_path(journal)))
        plan = parse_events(await api.get(f"/programs/{find_program_id(journal)}/calendar.ics"))
        # The UIDs contain the runner, because a coach may have one programme of two runners.
        assert not set(mine) & set(plan)
        for own, planned in zip(mine.values(), plan.values(), strict=True):
            assert own["description"] == planned["description"]
            assert own["dtstart"] == planned["dtstart"]
        assert find_sequence(mine) == find_sequence(plan) == 0

    async def test_follows_what_was_done(self, api: httpx.AsyncClient) -> None:
        journal = (
            make_journal(2, weekdays=(0, 1, 3, 4)).train().train(sets("SU", session=2, pain=7))
        )
        await put_batch(api, encode_log(journal))
        answer = await api.get(build_path(journal), params={"at": "07:15"})
        assert list_cancelled(parse_events(answer)) == ["W3S2", "W3S4"]
        assert answer.headers["cache-control"] == "private, no-cache"
        assert answer.headers["vary"] == "Authorization"
        theirs = parse_events(await api.get(build_path(journal, "runner-2")))
        assert list_cancelled(theirs) == []

    async def test_contains_no_link_that_needs_a_key(self, api: httpx.AsyncClient) -> None:
        events = parse_events(await api.get(build_path(make_journal())))
        assert not any("url" in event for event in events.values())

    async def test_rejects_a_programme_without_dates(self, api: httpx.AsyncClient) -> None:
        answer = await api.get(build_path(Journal()))
        assert pointers(read_problem(answer, 422, "validation-failed")) == ["program_id"]

    async def test_rejects_an_alarm_without_a_time(self, api: httpx.AsyncClient) -> None:
        answer = await api.get(build_path(make_journal()), params={"alarm_minutes": "15"})
        assert pointers(read_problem(answer, 422, "validation-failed")) == ["alarm_minutes"]

    async def test_requires_a_key_with_the_scope_to_read(self, app: FastAPI) -> None:
        async with caller(app) as anyone:
            read_problem(await anyone.get(build_path(make_journal())), 401, "unauthenticated")
        async with caller(app, await make_key(app, scopes=["tokens:create"])) as client:
            read_problem(await client.get(build_path(make_journal())), 403, "insufficient-scope")


def get_planned_session(
    journal: Journal, week: int = 1, session: int = 1, athlete_id: str = RUNNER
) -> str:
    below = f"weeks/{week}/sessions/{session}/planned.json"
    return f"/athletes/{athlete_id}/programs/{find_program_id(journal)}/{below}"


class TestGetFollowedPlannedSession:
    async def test_is_the_plan_if_nothing_was_done(self, api: httpx.AsyncClient) -> None:
        journal = Journal()
        mine = await api.get(get_planned_session(journal))
        below = get_planned_session(journal).removeprefix(f"/athletes/{RUNNER}")
        plan = await api.get(below)
        assert mine.content == plan.content
        assert mine.headers["cache-control"] == "private, no-cache"
        assert mine.headers["vary"] == "Authorization"

    async def test_changes_with_what_was_done_but_keeps_its_id(
        self, api: httpx.AsyncClient
    ) -> None:
        journal = Journal()
        before = await api.get(get_planned_session(journal, week=2))
        await put_batch(api, encode_log(journal.train(sets("SU", pain=7))))
        path = get_planned_session(journal, week=2)
        after = await api.get(path, headers={"If-None-Match": before.headers["etag"]})
        assert after.status_code == 200
        assert after.json()["id"] == before.json()["id"]
        assert [len(one.json()["blocks"]) for one in (before, after)] == [3, 2]
        theirs = await api.get(get_planned_session(journal, week=2, athlete_id="runner-2"))
        assert theirs.content == before.content

    async def test_answers_304_if_nothing_changed(self, api: httpx.AsyncClient) -> None:
        path = get_planned_session(Journal())
        tag = (await api.get(path)).headers["etag"]
        assert (await api.get(path, headers={"If-None-Match": tag})).status_code == 304

    async def test_answers_404_outside_of_the_programme(self, api: httpx.AsyncClient) -> None:
        for week, session in ((60, 1), (1, 7)):
            read_problem(
                await api.get(get_planned_session(Journal(), week, session)), 404, "not-found"
            )

    async def test_accepts_the_token_of_its_athlete_only(
        self, api: httpx.AsyncClient, anyone: httpx.AsyncClient
    ) -> None:
        body = {"scopes": ["sessions:read"]}
        token = (await api.post(f"/athletes/{RUNNER}/tokens", json=body)).json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        mine = await anyone.get(get_planned_session(Journal()), headers=headers)
        assert mine.status_code == 200
        theirs = await anyone.get(
            get_planned_session(Journal(), athlete_id="runner-2"), headers=headers
        )
        read_problem(theirs, 403, "insufficient-scope")
        read_problem(await anyone.get(get_planned_session(Journal())), 401, "unauthenticated")
