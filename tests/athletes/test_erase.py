"""Holds an erasure to its promise: all is gone at once, and late uploads meet a 410."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from app.database.rows import BaseRow
from app.sessions.statements import ERASURES
from tests.athletes.uploads import RUNNER, address, get_course, put, put_all, spell_all
from tests.client import (
    Json,
    a_live_set,
    a_session,
    a_set,
    caller,
    make_key,
    new_id,
    read_problem,
    tenant_of,
)
from tests.training.journal import Journal

PATH = f"/athletes/{RUNNER}"


def named(**changes: Any) -> Json:
    return a_session(session_id=new_id(), **changes)


async def erase(client: httpx.AsyncClient, path: str = PATH) -> None:
    answer = await client.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")


async def find_rows(app: FastAPI, client: httpx.AsyncClient) -> dict[str, list[Any]]:
    """The rows of a tenant in every table, by table, but for its keys and itself."""
    tenant = await tenant_of(app, client)

    def read(tx: sa.Connection) -> dict[str, list[Any]]:
        return {
            table.name: [tuple(row) for row in tx.execute(sa.select(table)) if tenant in row]
            for table in BaseRow.metadata.sorted_tables
            if table.name not in ("tenants", "keys")
        }

    found: dict[str, list[Any]] = await app.state.database.read(read)
    return found


async def pass_days(app: FastAPI, client: httpx.AsyncClient, days: float) -> None:
    """Makes the tenant's erasures so much older."""
    tenant = await tenant_of(app, client)
    when = datetime.now(UTC) - timedelta(days=days)
    mine = ERASURES.c.tenant_id == tenant
    older = sa.update(ERASURES).where(mine).values(erased_at=when)
    await app.state.database.write(lambda tx: tx.execute(older).rowcount)


class TestErase:
    async def test_leaves_one_row_that_names_nobody(
        self, app: FastAPI, api: httpx.AsyncClient
    ) -> None:
        sent = spell_all(Journal().train(weeks=3))
        await put_all(api, sent)
        await api.delete(f"/sessions/{sent[0]['session_id']}")
        await api.delete(f"/sessions/{sent[1]['session_id']}/sets/{sent[1]['sets'][0]['set_id']}")
        assert {name for name, rows in (await find_rows(app, api)).items() if rows} == {
            "sessions", "sets",
        }  # fmt: skip
        await erase(api)
        left = await find_rows(app, api)
        assert {name: len(rows) for name, rows in left.items() if rows} == {"erasures": 1}
        assert RUNNER not in str(left)

    async def test_is_seen_everywhere_at_once(self, api: httpx.AsyncClient) -> None:
        journal = Journal().train(weeks=3)
        await put_all(api, spell_all(journal))
        path = f"/sessions/{spell_all(journal)[0]['session_id']}"
        await erase(api)
        read_problem(await api.get(path), 404, "not-found")
        read_problem(await api.delete(path), 404, "not-found")
        read_problem(await api.get(f"{PATH}/export"), 404, "not-found")
        assert (await api.get("/sessions")).json()["items"] == []
        assert (await get_course(api, address(journal)))["current_week"] == 1

    async def test_may_be_asked_for_again(self, api: httpx.AsyncClient) -> None:
        await put(api, named())
        await erase(api)
        await erase(api)

    async def test_finds_nobody_who_was_never_there(
        self, api: httpx.AsyncClient, stranger: httpx.AsyncClient
    ) -> None:
        await put(api, named())
        read_problem(await api.delete("/athletes/nobody"), 404, "not-found")
        read_problem(await stranger.delete(PATH), 404, "not-found")
        assert len((await api.get("/sessions")).json()["items"]) == 1

    async def test_leaves_the_same_name_of_another_tenant_alone(
        self, api: httpx.AsyncClient, stranger: httpx.AsyncClient
    ) -> None:
        for client in (api, stranger):
            await put_all(client, spell_all(Journal().train()))
        before = (await stranger.get("/sessions")).content
        await erase(api)
        assert (await stranger.get("/sessions")).content == before
        assert (await put(stranger, named()))["outcome"] == "created"

    async def test_leaves_other_athletes_alone(self, api: httpx.AsyncClient) -> None:
        await put(api, named())
        other = await put(api, named(athlete_id="runner-10"))
        await erase(api)
        (item,) = (await api.get("/sessions")).json()["items"]
        assert item == other["session"]

    async def test_needs_its_own_scope(self, app: FastAPI) -> None:
        async with caller(app) as anyone:
            read_problem(await anyone.delete(PATH), 401, "unauthenticated")
        scopes = ["sessions:read", "sessions:write", "tokens:create"]
        async with caller(app, await make_key(app, scopes=scopes)) as client:
            await put(client, named())
            read_problem(await client.delete(PATH), 403, "insufficient-scope")
            assert len((await client.get("/sessions")).json()["items"]) == 1


class TestLateUpload:
    async def test_is_refused_in_every_form(self, app: FastAPI, api: httpx.AsyncClient) -> None:
        sent = named(sets=[a_set()])
        await put(api, sent)
        await erase(api)
        path = f"/sessions/{sent['session_id']}"
        answers = [
            await api.put(path, json=sent),
            await api.put(f"/sessions/{new_id()}", json={**sent, "session_id": None}),
            await api.put(f"{path}/sets/{new_id()}", json=a_live_set()),
            await api.post("/sessions", json=sent),
            await api.post("/sessions", json=sent, headers={"Idempotency-Key": '"retry"'}),
        ]
        for answer in answers:
            assert RUNNER not in read_problem(answer, 410, "athlete-erased")["detail"]
        left = await find_rows(app, api)
        assert {name: len(rows) for name, rows in left.items() if rows} == {"erasures": 1}

    async def test_holds_back_no_other_of_its_batch(self, api: httpx.AsyncClient) -> None:
        journal = Journal().train()
        await put_all(api, spell_all(journal))
        await erase(api)
        batch = [*spell_all(journal), named(athlete_id="runner-2", program_id=address(journal))]
        answer = await api.post("/sessions/batch", json={"sessions": batch})
        outcomes = answer.json()["outcomes"]
        assert [one["outcome"] for one in outcomes] == ["invalid", "invalid", "created"]
        for one in outcomes[:2]:
            assert (one["problem"]["type"], one["problem"]["status"]) == (
                "/problems/athlete-erased",
                410,
            )
        assert [one["athlete_id"] for one in answer.json()["next"]] == ["runner-2"]

    @pytest.mark.parametrize(("days", "status"), [(29.9, 410), (30.1, 201)])
    async def test_is_refused_for_thirty_days(
        self, days: float, status: int, app: FastAPI, api: httpx.AsyncClient
    ) -> None:
        await put(api, named(notes="before"))
        await erase(api)
        await pass_days(app, api, days)
        sent = named(notes="after")
        answer = await api.put(f"/sessions/{sent['session_id']}", json=sent)
        assert answer.status_code == status
        items = (await api.get("/sessions")).json()["items"]
        assert [one["notes"] for one in items] == (["after"] if status == 201 else [])

    async def test_of_somebody_who_came_back_can_be_erased_again(
        self, app: FastAPI, api: httpx.AsyncClient
    ) -> None:
        await put(api, named())
        await erase(api)
        await pass_days(app, api, 31)
        await put(api, named())
        await erase(api)
        left = await find_rows(app, api)
        assert {name: len(rows) for name, rows in left.items() if rows} == {"erasures": 1}
        read_problem(
            await api.put(f"/sessions/{new_id()}", json=a_session()), 410, "athlete-erased"
        )
