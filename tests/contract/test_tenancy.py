"""Tenants are isolated in every operation of openapi.yaml, so that no route is left out.

A request for another tenant's data is answered like a request for data that does not exist. A key
can do only what its scope allows. A new operation fails here until its scope is added to SCOPES.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import astuple, dataclass, replace

import httpx
import pytest
from fastapi import FastAPI

from tests.client import (
    Json,
    a_live_set,
    a_session,
    a_set,
    caller,
    make_key,
    new_id,
    read_problem,
)
from tests.contract.document import OPERATIONS, Operation

KEYED_OPERATIONS = [one for one in OPERATIONS if one.needs_key]
OPERATIONS_ON_ONE = [one for one in KEYED_OPERATIONS if "{" in one.path]
each_of_one = pytest.mark.parametrize("operation", OPERATIONS_ON_ONE, ids=lambda one: one.id)

SCOPES = {
    "create_session": "sessions:write",
    "create_sessions": "sessions:write",
    "create_calendar": "tokens:create",
    "delete_calendar": "tokens:create",
    "list_calendars": "tokens:create",
    "delete_session": "sessions:write",
    "delete_set": "sessions:write",
    "put_session": "sessions:write",
    "put_set": "sessions:write",
    "export_athlete": "sessions:read",
    "continue_athlete_program": "sessions:read",
    "get_athlete": "sessions:read",
    "get_athlete_progress": "sessions:read",
    "get_athlete_progress_picture": "sessions:read",
    "get_athlete_program": "sessions:read",
    "get_athlete_program_calendar": "sessions:read",
    "get_athlete_program_planned_session": "sessions:read",
    "get_athlete_program_week": "sessions:read",
    "get_progress": "sessions:read",
    "get_progress_picture": "sessions:read",
    "get_session": "sessions:read",
    "get_today": "sessions:read",
    "list_athlete_programs": "sessions:read",
    "list_sessions": "sessions:read",
    "erase_athlete": "athletes:erase",
    "create_token": "tokens:create",
    "import_sessions": "sessions:write",
    "get_athlete_program_workout": "sessions:read",
    "get_athlete_program_workouts": "sessions:read",
}
EVERY_SCOPE = ("sessions:read", "sessions:write", "athletes:erase", "tokens:create")


# Operations whose query must contain an athlete.
WITH_ATHLETE_QUERY = ("list_calendars", "import_sessions")
FILE = "started_at,exercise\n2024-05-06T18:30:00+02:00,step-up\n"
# Values that differ in any two responses.
UNIQUE = re.compile(r'pusht_[\w-]+|(?<="expires_at":)"[^"]+"|(?<=UID:)[^@]+')


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids of one athlete's data, existing or not. All have the same length, so that responses
    can be compared.
    """

    session_id: str
    set_id: str
    athlete_id: str
    calendar_id: str

    def path_parameters(self, program_id: str) -> dict[str, str]:
        """Return a value for each path parameter. A programme belongs to no tenant."""
        return {
            "session_id": self.session_id,
            "set_id": self.set_id,
            "athlete_id": self.athlete_id,
            "calendar_id": self.calendar_id,
            "program_id": program_id,
            "week": "1",
            "session": "1",
        }


def new_ids() -> Ids:
    return Ids(new_id(), new_id(), new_id(), new_id())


@dataclass(frozen=True, slots=True)
class Owner:
    """A tenant with an athlete, a session of a programme, and a calendar."""

    client: httpx.AsyncClient
    ids: Ids
    program_id: str

    async def snapshot(self) -> list[bytes]:
        """Return everything of the tenant that can be read."""
        query = {"athlete_id": self.ids.athlete_id}
        read = [
            await self.client.get(f"/sessions/{self.ids.session_id}"),
            await self.client.get("/sessions"),
            await self.client.get("/calendars", params=query),
        ]
        assert [one.status_code for one in read] == [200, 200, 200]
        return [one.content for one in read]


@pytest.fixture
async def owner(app: FastAPI) -> AsyncIterator[Owner]:
    async with caller(app, await make_key(app)) as client:
        spec = {"start_date": "2024-05-06"}
        program_id = (await client.post("/programs", json=spec)).json()["program_id"]
        ids = new_ids()
        request = {"athlete_id": ids.athlete_id, "program_id": program_id}
        calendar = (await client.post("/calendars", json=request)).json()
        made = Owner(client, replace(ids, calendar_id=calendar["calendar_id"]), program_id)
        sent = a_session(
            athlete_id=made.ids.athlete_id,
            program_id=program_id,
            week=1,
            session=1,
            notes="c4n4ry",
            sets=[a_set(set_id=made.ids.set_id)],
        )
        stored = await client.put(f"/sessions/{made.ids.session_id}", json=sent)
        assert stored.status_code == 201
        yield made


def make_body(operation: Operation, ids: Ids, program_id: str) -> Json | None:
    """Return a body with these ids, or None if the operation has no body."""
    return {
        "put_session": a_session(athlete_id=ids.athlete_id, sets=[a_set(set_id=ids.set_id)]),
        "put_set": a_live_set(athlete_id=ids.athlete_id),
        "create_session": a_session(session_id=ids.session_id, athlete_id=ids.athlete_id),
        "create_sessions": {
            "sessions": [a_session(session_id=ids.session_id, athlete_id=ids.athlete_id)]
        },
        "create_token": {},
        "continue_athlete_program": {},
        "create_calendar": {"athlete_id": ids.athlete_id, "program_id": program_id},
    }.get(operation.id)


async def send_request(
    client: httpx.AsyncClient, operation: Operation, ids: Ids, program_id: str
) -> httpx.Response:
    path = operation.path.format_map(ids.path_parameters(program_id))
    body = make_body(operation, ids, program_id)
    query = {"athlete_id": ids.athlete_id} if operation.id in WITH_ATHLETE_QUERY else None
    if operation.id == "import_sessions":
        return await client.post(path, content=FILE, params=query)
    return await client.request(operation.method, path, json=body, params=query)


def without_unique_values(
    answer: httpx.Response, ids: Ids
) -> tuple[int, str, list[tuple[str, str]]]:
    """Return the status, text and headers of a response without unique values and these ids."""
    text = answer.text
    for value in astuple(ids):
        text = text.replace(value, "*")
    text = UNIQUE.sub("*", text.replace(answer.headers["x-request-id"], "*"))
    unique_headers = ("x-request-id", "etag")
    headers = sorted((k, v) for k, v in answer.headers.items() if k not in unique_headers)
    return answer.status_code, text, headers


class TestAnotherTenant:
    @each_of_one
    async def test_is_answered_as_if_the_data_did_not_exist(
        self, operation: Operation, owner: Owner, stranger: httpx.AsyncClient
    ) -> None:
        before = await owner.snapshot()
        theirs = await send_request(stranger, operation, owner.ids, owner.program_id)
        unknown_ids = new_ids()
        unknown = await send_request(stranger, operation, unknown_ids, owner.program_id)
        assert without_unique_values(theirs, owner.ids) == without_unique_values(
            unknown, unknown_ids
        )
        assert "c4n4ry" not in theirs.text
        if 404 in operation.problems and operation.id.startswith(("get_s", "delete_", "export")):
            read_problem(theirs, 404, "not-found")
        assert await owner.snapshot() == before

    async def test_can_use_the_same_ids_for_its_own_data(
        self, owner: Owner, stranger: httpx.AsyncClient
    ) -> None:
        before = await owner.snapshot()
        path = f"/sessions/{owner.ids.session_id}"
        sent = a_session(athlete_id="x", notes="mine", sets=[a_set(set_id=owner.ids.set_id)])
        assert (await stranger.put(path, json=sent)).status_code == 201
        assert (await stranger.get(path)).json()["notes"] == "mine"
        live = await stranger.put(f"{path}/sets/{new_id()}", json=a_live_set(athlete_id="x"))
        assert live.json()["outcome"] == "updated"
        assert (await stranger.delete(f"{path}/sets/{owner.ids.set_id}")).status_code == 204
        assert (await stranger.delete(path)).status_code == 204
        assert await owner.snapshot() == before

    async def test_gets_empty_lists(self, owner: Owner, stranger: httpx.AsyncClient) -> None:
        for query in ({}, {"athlete_id": owner.ids.athlete_id}, {"from": "2000-01-01"}):
            answer = await stranger.get("/sessions", params=query)
            assert answer.json() == {"items": [], "next_cursor": None}

    async def test_changes_nothing_of_the_owner_through_ids_in_a_body(
        self, owner: Owner, stranger: httpx.AsyncClient
    ) -> None:
        before = await owner.snapshot()
        ids = owner.ids
        items = [
            a_session(session_id=ids.session_id, athlete_id="x", version=9),
            a_session(session_id=new_id(), athlete_id="x", sets=[a_set(set_id=ids.set_id)]),
        ]
        answer = await stranger.post("/sessions/batch", json={"sessions": items})
        assert [o["outcome"] for o in answer.json()["outcomes"]] == ["created", "created"]
        assert await owner.snapshot() == before

    async def test_can_erase_an_athlete_of_the_same_name_only_for_itself(
        self, owner: Owner, stranger: httpx.AsyncClient
    ) -> None:
        athlete = owner.ids.athlete_id
        await stranger.post("/sessions", json=a_session(athlete_id=athlete))
        assert (await stranger.delete(f"/athletes/{athlete}")).status_code == 204
        late = a_session(athlete_id=athlete)
        read_problem(await stranger.post("/sessions", json=late), 410, "athlete-erased")
        assert (await owner.client.post("/sessions", json=late)).status_code == 201

    async def test_learns_nothing_through_an_entity_tag(
        self, owner: Owner, stranger: httpx.AsyncClient
    ) -> None:
        path = f"/sessions/{owner.ids.session_id}"
        tag = (await owner.client.get(path)).headers["etag"]
        for named in (tag, "*"):
            answer = await stranger.put(path, json=a_session(), headers={"If-Match": named})
            read_problem(answer, 412, "precondition-failed")
            cached = await stranger.get(path, headers={"If-None-Match": named})
            read_problem(cached, 404, "not-found")


class TestKey:
    def test_has_a_scope_for_every_operation(self) -> None:
        assert {one.id for one in KEYED_OPERATIONS} == set(SCOPES)

    @pytest.mark.parametrize("operation", KEYED_OPERATIONS, ids=lambda one: one.id)
    async def test_does_only_what_its_scope_allows(
        self, operation: Operation, app: FastAPI, owner: Owner
    ) -> None:
        tenant = f"tenant-{new_id()}"
        for scope in EVERY_SCOPE:
            async with caller(app, await make_key(app, tenant, [scope])) as client:
                answer = await send_request(client, operation, new_ids(), owner.program_id)
            if scope == SCOPES[operation.id]:
                assert answer.status_code in (200, 201, 204, 404)
            else:
                detail = read_problem(answer, 403, "insufficient-scope")["detail"]
                assert SCOPES[operation.id] in detail

    @pytest.mark.parametrize("operation", KEYED_OPERATIONS, ids=lambda one: one.id)
    async def test_is_required(
        self, operation: Operation, owner: Owner, anyone: httpx.AsyncClient
    ) -> None:
        answer = await send_request(anyone, operation, owner.ids, owner.program_id)
        read_problem(answer, 401, "unauthenticated")
        listed = await owner.client.get("/sessions")
        assert len(listed.json()["items"]) == 1
