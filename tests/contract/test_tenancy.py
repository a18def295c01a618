"""Holds tenants apart, over every operation of openapi.yaml, so that no route is left out.

What another tenant owns and what nobody owns are answered alike, and a key does what its scope
says. An operation that is new fails here until somebody has said what its scope is.
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

KEYED = [one for one in OPERATIONS if one.needs_key]
ABOUT_ONE = [one for one in KEYED if "{" in one.path]
each_of_one = pytest.mark.parametrize("operation", ABOUT_ONE, ids=lambda one: one.id)

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
    "get_course": "sessions:read",
    "get_course_calendar": "sessions:read",
    "get_course_planned_session": "sessions:read",
    "get_course_week": "sessions:read",
    "get_progress": "sessions:read",
    "get_progress_picture": "sessions:read",
    "get_session": "sessions:read",
    "get_today": "sessions:read",
    "list_sessions": "sessions:read",
    "erase_athlete": "athletes:erase",
    "create_token": "tokens:create",
    "import_sessions": "sessions:write",
    "get_course_workout": "sessions:read",
    "get_course_workouts": "sessions:read",
}
EVERY_SCOPE = ("sessions:read", "sessions:write", "athletes:erase", "tokens:create")


# Operations whose query has to name a person.
ASK_FOR_WHOM = ("list_calendars", "import_sessions")
FILE = "started_at,exercise\n2024-05-06T18:30:00+02:00,step-up\n"
# What no two answers share, even if all else is alike.
UNIQUE = re.compile(r'pusht_[\w-]+|(?<="expires_at":)"[^"]+"|(?<=UID:)[^@]+')


@dataclass(frozen=True, slots=True)
class Names:
    """What somebody may own, or nobody; all of one length, so that answers can be compared."""

    session_id: str
    set_id: str
    athlete_id: str
    calendar_id: str

    def spread(self, program_id: str) -> dict[str, str]:
        """A value for each parameter of a path. A programme is its own id, and nobody's."""
        return {
            "session_id": self.session_id,
            "set_id": self.set_id,
            "athlete_id": self.athlete_id,
            "calendar_id": self.calendar_id,
            "program_id": program_id,
            "week": "1",
            "session": "1",
        }


def new_names() -> Names:
    return Names(new_id(), new_id(), new_id(), new_id())


@dataclass(frozen=True, slots=True)
class Owner:
    """A tenant with a session of a runner in a programme, and their calendar."""

    client: httpx.AsyncClient
    names: Names
    program_id: str

    async def snapshot(self) -> list[bytes]:
        """Everything of it that can be read."""
        person = {"athlete_id": self.names.athlete_id}
        read = [
            await self.client.get(f"/sessions/{self.names.session_id}"),
            await self.client.get("/sessions"),
            await self.client.get("/calendars", params=person),
        ]
        assert [one.status_code for one in read] == [200, 200, 200]
        return [one.content for one in read]


@pytest.fixture
async def owner(app: FastAPI) -> AsyncIterator[Owner]:
    async with caller(app, await make_key(app)) as client:
        wish = {"start_date": "2024-05-06"}
        program_id = (await client.post("/programs", json=wish)).json()["program_id"]
        names = new_names()
        opened = {"athlete_id": names.athlete_id, "program_id": program_id}
        calendar = (await client.post("/calendars", json=opened)).json()
        made = Owner(client, replace(names, calendar_id=calendar["calendar_id"]), program_id)
        sent = a_session(
            athlete_id=made.names.athlete_id,
            program_id=program_id,
            week=1,
            session=1,
            notes="c4n4ry",
            sets=[a_set(set_id=made.names.set_id)],
        )
        stored = await client.put(f"/sessions/{made.names.session_id}", json=sent)
        assert stored.status_code == 201
        yield made


def body_of(operation: Operation, names: Names, program_id: str) -> Json | None:
    """A body about these names, where the operation takes one."""
    return {
        "put_session": a_session(athlete_id=names.athlete_id, sets=[a_set(set_id=names.set_id)]),
        "put_set": a_live_set(athlete_id=names.athlete_id),
        "create_session": a_session(session_id=names.session_id, athlete_id=names.athlete_id),
        "create_sessions": {
            "sessions": [a_session(session_id=names.session_id, athlete_id=names.athlete_id)]
        },
        "create_token": {},
        "create_calendar": {"athlete_id": names.athlete_id, "program_id": program_id},
    }.get(operation.id)


async def ask(
    client: httpx.AsyncClient, operation: Operation, names: Names, program_id: str
) -> httpx.Response:
    path = operation.path.format_map(names.spread(program_id))
    body = body_of(operation, names, program_id)
    query = {"athlete_id": names.athlete_id} if operation.id in ASK_FOR_WHOM else None
    if operation.id == "import_sessions":
        return await client.post(path, content=FILE, params=query)
    return await client.request(operation.method, path, json=body, params=query)


def leave_out(answer: httpx.Response, names: Names) -> tuple[int, str, list[tuple[str, str]]]:
    """An answer without what differs between any two, and without the names that were asked."""
    text = answer.text
    for value in astuple(names):
        text = text.replace(value, "*")
    text = UNIQUE.sub("*", text.replace(answer.headers["x-request-id"], "*"))
    own = ("x-request-id", "etag")
    headers = sorted((k, v) for k, v in answer.headers.items() if k not in own)
    return answer.status_code, text, headers


class TestAnotherTenant:
    @each_of_one
    async def test_is_answered_as_if_there_were_nothing(
        self, operation: Operation, owner: Owner, stranger: httpx.AsyncClient
    ) -> None:
        before = await owner.snapshot()
        theirs = await ask(stranger, operation, owner.names, owner.program_id)
        nobodys = new_names()
        unknown = await ask(stranger, operation, nobodys, owner.program_id)
        assert leave_out(theirs, owner.names) == leave_out(unknown, nobodys)
        assert "c4n4ry" not in theirs.text
        if 404 in operation.problems and operation.id.startswith(("get_s", "delete_", "export")):
            read_problem(theirs, 404, "not-found")
        assert await owner.snapshot() == before

    async def test_can_use_the_same_ids_for_things_of_its_own(
        self, owner: Owner, stranger: httpx.AsyncClient
    ) -> None:
        before = await owner.snapshot()
        path = f"/sessions/{owner.names.session_id}"
        sent = a_session(athlete_id="x", notes="mine", sets=[a_set(set_id=owner.names.set_id)])
        assert (await stranger.put(path, json=sent)).status_code == 201
        assert (await stranger.get(path)).json()["notes"] == "mine"
        live = await stranger.put(f"{path}/sets/{new_id()}", json=a_live_set(athlete_id="x"))
        assert live.json()["outcome"] == "updated"
        assert (await stranger.delete(f"{path}/sets/{owner.names.set_id}")).status_code == 204
        assert (await stranger.delete(path)).status_code == 204
        assert await owner.snapshot() == before

    async def test_sees_nothing_in_its_lists(
        self, owner: Owner, stranger: httpx.AsyncClient
    ) -> None:
        for query in ({}, {"athlete_id": owner.names.athlete_id}, {"from": "2000-01-01"}):
            answer = await stranger.get("/sessions", params=query)
            assert answer.json() == {"items": [], "next_cursor": None}

    async def test_finds_nothing_through_ids_in_a_body(
        self, owner: Owner, stranger: httpx.AsyncClient
    ) -> None:
        before = await owner.snapshot()
        names = owner.names
        items = [
            a_session(session_id=names.session_id, athlete_id="x", version=9),
            a_session(session_id=new_id(), athlete_id="x", sets=[a_set(set_id=names.set_id)]),
        ]
        answer = await stranger.post("/sessions/batch", json={"sessions": items})
        assert [o["outcome"] for o in answer.json()["outcomes"]] == ["created", "created"]
        assert await owner.snapshot() == before

    async def test_can_erase_a_person_of_the_same_name_for_itself_only(
        self, owner: Owner, stranger: httpx.AsyncClient
    ) -> None:
        athlete = owner.names.athlete_id
        await stranger.post("/sessions", json=a_session(athlete_id=athlete))
        assert (await stranger.delete(f"/athletes/{athlete}")).status_code == 204
        late = a_session(athlete_id=athlete)
        read_problem(await stranger.post("/sessions", json=late), 410, "athlete-erased")
        assert (await owner.client.post("/sessions", json=late)).status_code == 201

    async def test_finds_nothing_through_an_entity_tag(
        self, owner: Owner, stranger: httpx.AsyncClient
    ) -> None:
        path = f"/sessions/{owner.names.session_id}"
        tag = (await owner.client.get(path)).headers["etag"]
        for named in (tag, "*"):
            answer = await stranger.put(path, json=a_session(), headers={"If-Match": named})
            read_problem(answer, 412, "precondition-failed")
            cached = await stranger.get(path, headers={"If-None-Match": named})
            read_problem(cached, 404, "not-found")


class TestKey:
    def test_has_a_scope_for_every_operation(self) -> None:
        assert {one.id for one in KEYED} == set(SCOPES)

    @pytest.mark.parametrize("operation", KEYED, ids=lambda one: one.id)
    async def test_does_what_its_scope_says_and_nothing_else(
        self, operation: Operation, app: FastAPI, owner: Owner
    ) -> None:
        tenant = f"tenant-{new_id()}"
        for scope in EVERY_SCOPE:
            async with caller(app, await make_key(app, tenant, [scope])) as client:
                answer = await ask(client, operation, new_names(), owner.program_id)
            if scope == SCOPES[operation.id]:
                assert answer.status_code in (200, 201, 204, 404)
            else:
                detail = read_problem(answer, 403, "insufficient-scope")["detail"]
                assert SCOPES[operation.id] in detail

    @pytest.mark.parametrize("operation", KEYED, ids=lambda one: one.id)
    async def test_is_needed(
        self, operation: Operation, owner: Owner, anyone: httpx.AsyncClient
    ) -> None:
        answer = await ask(anyone, operation, owner.names, owner.program_id)
        read_problem(answer, 401, "unauthenticated")
        listed = await owner.client.get("/sessions")
        assert len(listed.json()["items"]) == 1
