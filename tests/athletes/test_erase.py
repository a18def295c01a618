"""Tests of an erasure: everything is deleted at once, and late uploads get a 410."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from app.database.rows import BaseRow
from app.sessions.statements import ERASURES
from tests.athletes.journal_uploads import (
    RUNNER,
    encode_log,
    find_program_id,
    get_followed,
    put_batch,
    put_session,
)
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


def named_session(**changes: Any) -> Json:
    return a_session(session_id=new_id(), **changes)


async def erase(client: httpx.AsyncClient, path: str = PATH) -> None:
    answer = await client.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")


async def find_rows(app: FastAPI, client: httpx.AsyncClient) -> dict[str, list[Any]]:
    """Return the rows of a tenant by table, without its keys and its own row."""
    tenant = await tenant_of(app, client)

    def read(tx: sa.Connection) -> dict[str, list[Any]]:
        return {
            table.name: [tuple(row) for row in tx.execute(sa.select(table)) if tenant in row]
            for table in BaseRow.metadata.sorted_tables
            if table.name not in ("tenants", "keys")
        }

    found: dict[str, list[Any]] = await app.state.resources.database.read(read)
    return found


async def age_erasures(app: FastAPI, client: httpx.AsyncClient, days: float) -> None:
    """Make the tenant's erasures older by some days."""
    tenant = await tenant_of(app, client)
    when = datetime.now(UTC) - timedelta(days=days)
    mine = ERASURES.c.tenant_id == tenant
    older = sa.update(ERASURES).where(mine).values(erased_at=when)
    await app.state.resources.database.write(lambda tx: tx.execute(older).rowcount)


class TestEraseAthlete:
    async def test_leaves_one_row_without_the_id(
        self, app: FastAPI, api: httpx.AsyncClient
    ) -> None:
        sent = encode_log(Journal().train(weeks=3))
        await put_batch(api, sent)
        await api.delete(f"/sessions/{sent[0]['session_id']}")
        await api.delete(f"/sessions/{sent[1]['session_id']}/sets/{sent[1]['sets'][0]['set_id']}")
        assert {name for name, rows in (await find_rows(app, api)).items() if rows} == {
            "sessions", "sets",
        }  # fmt: skip
        await erase(api)
        left = await find_rows(app, api)
        assert {name: len(rows) for name, rows in left.items() if rows} == {"erasures": 1}
        assert RUNNER not in str(left)

    async def test_applies_everywhere_at_once(self, api: httpx.AsyncClient) -> None:
        journal = Journal().train(weeks=3)
        await put_batch(api, encode_log(journal))
        path = f"/sessions/{encode_log(journal)[0]['session_id']}"
        await erase(api)
        read_problem(await api.get(path), 404, "not-found")
        read_problem(await api.delete(path), 404, "not-found")
        read_problem(await api.get(f"{PATH}/export"), 404, "not-found")
        assert (await api.get("/sessions")).json()["items"] == []
        assert (await get_followed(api, find_program_id(journal)))["current_week"] == 1

    async def test_can_be_repeated(self, app: FastAPI, api: httpx.AsyncClient) -> None:
        sent = named_session()
        await put_session(api, sent)
        answers = [await api.delete(PATH) for _ in range(2)]
        assert [(answer.status_code, answer.content) for answer in answers] == 2 * [(204, b"")]
        left = await find_rows(app, api)
        assert {name: len(rows) for name, rows in left.items() if rows} == {"erasures": 1}
        late = await api.put(f"/sessions/{sent['session_id']}", json=sent)
        read_problem(late, 410, "athlete-erased")

    async def test_answers_404_for_an_unknown_athlete(
        self, api: httpx.AsyncClient, stranger: httpx.AsyncClient
    ) -> None:
        await put_session(api, named_session())
        read_problem(await api.delete("/athletes/nobody"), 404, "not-found")
        read_problem(await stranger.delete(PATH), 404, "not-found")
        assert len((await api.get("/sessions")).json()["items"]) == 1

    async def test_keeps_the_same_id_of_another_tenant(
        self, api: httpx.AsyncClient, stranger: httpx.AsyncClient
    ) -> None:
        for client in (api, stranger):
            await put_batch(client, encode_log(Journal().train()))
        before = (await stranger.get("/sessions")).content
        await erase(api)
        assert (await stranger.get("/sessions")).content == before
        assert (await put_session(stranger, named_session()))["outcome"] == "created"

    async def test_keeps_other_athletes(self, api: httpx.AsyncClient) -> None:
        await put_session(api, named_session())
        other = await put_session(api, named_session(athlete_id="runner-10"))
        await erase(api)
        (item,) = (await api.get("/sessions")).json()["items"]
        assert item == other["session"]

    async def test_requires_its_own_scope(self, app: FastAPI) -> None:
        async with caller(app) as anyone:
            read_problem(await anyone.delete(PATH), 401, "unauthenticated")
        scopes = ["sessions:read", "sessions:write", "tokens:create"]
        async with caller(app, await make_key(app, scopes=scopes)) as client:
            await put_session(client, named_session())
            read_problem(await client.delete(PATH), 403, "insufficient-scope")
            assert len((await client.get("/sessions")).json()["items"]) == 1


class TestLateUpload:
    async def test_is_rejected_in_every_form(self, app: FastAPI, api: httpx.AsyncClient) -> None:
        sent = named_session(sets=[a_set()])
        await put_session(api, sent)
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

    async def test_does_not_stop_others_of_its_batch(self, api: httpx.AsyncClient) -> None:
        journal = Journal().train()
        await put_batch(api, encode_log(journal))
        await erase(api)
        batch = [
            *encode_log(journal),
            named_session(athlete_id="runner-2", program_id=find_program_id(journal)),
        ]
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
    async def test_is_rejected_for_thirty_days(
        self, days: float, status: int, app: FastAPI, api: httpx.AsyncClient
    ) -> None:
        await put_session(api, named_session(notes="before"))
        await erase(api)
        await age_erasures(app, api, days)
        sent = named_session(notes="after")
        answer = await api.put(f"/sessions/{sent['session_id']}", json=sent)
        assert answer.status_code == status
        items = (await api.get("/sessions")).json()["items"]
        assert [one["notes"] for one in items] == (["after"] if status == 201 else [])

    async def test_can_be_erased_again_after_thirty_days(
        self, app: FastAPI, api: httpx.AsyncClient
    ) -> None:
        await put_session(api, named_session())
        await erase(api)
        await age_erasures(app, api, 31)
        await put_session(api, named_session())
        await erase(api)
        left = await find_rows(app, api)
        assert {name: len(rows) for name, rows in left.items() if rows} == {"erasures": 1}
        read_problem(
            await api.put(f"/sessions/{new_id()}", json=a_session()), 410, "athlete-erased"
        )
