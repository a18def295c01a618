"""Holds the form of a device's token, and that it opens one person's data and nothing else."""

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from app.database.database import Database
from app.keys import store, tokens
from app.keys.auth import SCOPES
from app.keys.tokens import SignedToken, Token
from tests.client import (
    a_live_set,
    a_session,
    a_set,
    caller,
    load_key,
    make_key,
    new_id,
    read_problem,
)

KEY = bytes(range(32))
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
TOKEN = Token("0123456789abcdef", "runner-7", frozenset(tokens.SCOPES), NOON)
SPELLED = tokens.spell(TOKEN, KEY)
FLIPPED = [
    SPELLED[:place] + ("A" if SPELLED[place] != "A" else "B") + SPELLED[place + 1 :]
    for place in range(len(tokens.PREFIX), len(SPELLED))
]


def read(text: str) -> Token | None:
    """What a token says, if its signature is right."""
    sent = tokens.parse(text)
    return sent.token if sent is not None and sent.verify(KEY) else None


class TestParse:
    @pytest.mark.parametrize(
        "athlete_id", ["r", "runner-7", "læufer \U0001f3c3", "\U0001f3c3" * 128]
    )
    def test_reads_what_was_spelled(self, athlete_id: str) -> None:
        token = replace(TOKEN, athlete_id=athlete_id)
        assert read(tokens.spell(token, KEY)) == token

    @pytest.mark.parametrize("scope", tokens.SCOPES)
    def test_reads_each_scope(self, scope: str) -> None:
        token = replace(TOKEN, scopes=frozenset({scope}))
        assert read(tokens.spell(token, KEY)) == token

    def test_refuses_any_letter_that_was_changed(self) -> None:
        assert [wrong for wrong in FLIPPED if tokens.parse(wrong) is not None] == []

    def test_refuses_another_keys_signature(self) -> None:
        sent = tokens.parse(SPELLED)
        assert sent is not None
        assert sent.verify(KEY)
        assert not sent.verify(bytes(32))

    def test_refuses_a_signature_for_anything_else_that_is_said(self) -> None:
        mine, theirs = tokens.parse(SPELLED), replace(TOKEN, athlete_id="runner-8")
        assert mine is not None
        assert not SignedToken(theirs, mine.signature).verify(KEY)

    def test_shows_no_log_its_signature(self) -> None:
        sent = tokens.parse(SPELLED)
        assert repr(sent) == f"SignedToken({TOKEN.key_id})"

    @pytest.mark.parametrize(
        "text",
        [
            "",
            tokens.PREFIX,
            tokens.PREFIX + "A",
            tokens.PREFIX + "A" * 5_000,
            SPELLED + "=",
            SPELLED + "A",
            SPELLED[:-1],
            SPELLED.upper(),
            f" {SPELLED}",
            tokens.PREFIX + "ü",
            tokens.PREFIX + base64.urlsafe_b64encode(bytes(47)).decode(),
        ],
    )
    def test_refuses_what_is_no_token(self, text: str) -> None:
        assert tokens.parse(text) is None

    def test_keeps_nothing_of_the_key_that_signed_it(self) -> None:
        assert KEY not in base64.urlsafe_b64decode(SPELLED.removeprefix(tokens.PREFIX) + "==")


@dataclass(frozen=True, slots=True)
class Wearer:
    """A tenant with a key, and a device with a token for one of its runners."""

    app: FastAPI
    key: httpx.AsyncClient
    device: httpx.AsyncClient
    athlete_id: str
    token: str


@pytest.fixture
async def wearer(app: FastAPI) -> AsyncIterator[Wearer]:
    athlete_id = new_id()
    async with caller(app, await make_key(app)) as key:
        made = await key.post(f"/athletes/{athlete_id}/tokens", json={})
        assert made.status_code == 201, made.text
        assert made.headers["cache-control"] == "no-store"
        token = made.json()["token"]
        async with caller(app, token) as device:
            yield Wearer(app, key, device, athlete_id, token)


class TestCreateToken:
    async def test_ends_after_thirty_days_unless_told_otherwise(self, wearer: Wearer) -> None:
        made = await wearer.key.post(f"/athletes/{wearer.athlete_id}/tokens", json={})
        left = datetime.fromisoformat(made.json()["expires_at"]) - datetime.now(UTC)
        assert timedelta(days=29, hours=23) < left <= timedelta(days=30)

    @pytest.mark.parametrize("days", [0, 91, -1, 1.5, "30", True])
    async def test_lasts_a_day_to_ninety(self, wearer: Wearer, days: object) -> None:
        path = f"/athletes/{wearer.athlete_id}/tokens"
        refused = await wearer.key.post(path, json={"expires_in_days": days})
        read_problem(refused, 422, "validation-failed")

    async def test_is_all_that_a_key_for_tokens_can_do(self, app: FastAPI) -> None:
        async with caller(app, await make_key(app, scopes=["tokens:create"])) as key:
            made = await key.post("/athletes/runner-7/tokens", json={})
            read_problem(await key.get("/sessions"), 403, "insufficient-scope")
        async with caller(app, made.json()["token"]) as device:
            assert (await device.get("/sessions")).status_code == 200

    async def test_takes_the_scope_for_it(self, app: FastAPI) -> None:
        async with caller(app, await make_key(app, scopes=["sessions:read"])) as key:
            refused = await key.post("/athletes/runner-7/tokens", json={})
        read_problem(refused, 403, "insufficient-scope")

    async def test_makes_no_token_that_makes_tokens(self, wearer: Wearer) -> None:
        path = f"/athletes/{wearer.athlete_id}/tokens"
        read_problem(await wearer.device.post(path, json={}), 403, "insufficient-scope")
        wanted = await wearer.key.post(path, json={"scopes": ["tokens:create"]})
        read_problem(wanted, 422, "validation-failed")


class TestToken:
    async def test_stores_and_reads_its_own_athletes_sessions(self, wearer: Wearer) -> None:
        path = f"/sessions/{new_id()}"
        sent = a_session(athlete_id=wearer.athlete_id, sets=[a_set()])
        assert (await wearer.device.put(path, json=sent)).status_code == 201
        assert (await wearer.device.get(path)).status_code == 200
        assert (await wearer.device.delete(path)).status_code == 204

    async def test_lists_its_own_athlete_only(self, wearer: Wearer) -> None:
        for athlete_id in (wearer.athlete_id, "somebody"):
            sent = a_session(athlete_id=athlete_id)
            await wearer.key.put(f"/sessions/{new_id()}", json=sent)
        listed = (await wearer.device.get("/sessions")).json()["items"]
        assert [one["athlete_id"] for one in listed] == [wearer.athlete_id]

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    async def test_opens_no_session_of_another(self, wearer: Wearer, method: str) -> None:
        path = f"/sessions/{new_id()}"
        await wearer.key.put(path, json=a_session(athlete_id="somebody", notes="c4n4ry"))
        body = a_session(athlete_id=wearer.athlete_id) if method == "PUT" else None
        refused = await wearer.device.request(method, path, json=body)
        read_problem(refused, 403, "insufficient-scope")
        assert "c4n4ry" not in refused.text
        assert (await wearer.key.get(path)).json()["notes"] == "c4n4ry"

    async def test_deletes_no_set_of_another(self, wearer: Wearer) -> None:
        session, one = f"/sessions/{new_id()}", new_id()
        sent = a_session(athlete_id="somebody", sets=[a_set(set_id=one)])
        await wearer.key.put(session, json=sent)
        refused = await wearer.device.delete(f"{session}/sets/{one}")
        read_problem(refused, 403, "insufficient-scope")
        assert len((await wearer.key.get(session)).json()["sets"]) == 1

    async def test_writes_for_nobody_else(self, wearer: Wearer) -> None:
        path, other = f"/sessions/{new_id()}", a_session(athlete_id="somebody")
        for refused in (
            await wearer.device.put(path, json=other),
            await wearer.device.put(f"{path}/sets/{new_id()}", json=a_live_set()),
            await wearer.device.post("/sessions", json=other),
        ):
            read_problem(refused, 403, "insufficient-scope")
        assert (await wearer.key.get(path)).status_code == 404

    async def test_drains_its_queue_past_what_is_anothers(self, wearer: Wearer) -> None:
        mine = a_session(session_id=new_id(), athlete_id=wearer.athlete_id)
        other = a_session(session_id=new_id(), athlete_id="somebody")
        taken = await wearer.device.post("/sessions/batch", json={"sessions": [other, mine]})
        refused, stored = taken.json()["outcomes"]
        assert (refused["outcome"], refused["problem"]["status"]) == ("invalid", 403)
        assert stored["outcome"] == "created"
        assert (await wearer.key.get(f"/sessions/{other['session_id']}")).status_code == 404

    @pytest.mark.parametrize("leaf", ["export", "programs/{p}/today", "programs/{p}/progress"])
    async def test_opens_its_own_athletes_pages_only(self, wearer: Wearer, leaf: str) -> None:
        program = (await wearer.key.post("/programs", json={})).json()["program_id"]
        leaf = leaf.format(p=program)
        await wearer.key.put(f"/sessions/{new_id()}", json=a_session(athlete_id=wearer.athlete_id))
        assert (await wearer.device.get(f"/athletes/{wearer.athlete_id}/{leaf}")).status_code == 200
        refused = await wearer.device.get(f"/athletes/somebody/{leaf}")
        read_problem(refused, 403, "insufficient-scope")

    async def test_erases_nobody(self, wearer: Wearer) -> None:
        refused = await wearer.device.delete(f"/athletes/{wearer.athlete_id}")
        read_problem(refused, 403, "insufficient-scope")

    async def test_reads_only_where_it_may_only_read(self, wearer: Wearer) -> None:
        path = f"/athletes/{wearer.athlete_id}/tokens"
        made = await wearer.key.post(path, json={"scopes": ["sessions:read"]})
        async with caller(wearer.app, made.json()["token"]) as reader:
            assert (await reader.get("/sessions")).status_code == 200
            sent = a_session(athlete_id=wearer.athlete_id)
            refused = await reader.put(f"/sessions/{new_id()}", json=sent)
        read_problem(refused, 403, "insufficient-scope")

    async def test_ends_by_itself(self, wearer: Wearer) -> None:
        key = await load_key(wearer.app, wearer.key.headers["Authorization"].split()[1])
        ended = Token(key.key_id, wearer.athlete_id, frozenset(SCOPES), datetime.now(UTC))
        async with caller(wearer.app, tokens.spell(ended, key.secret_hash)) as late:
            read_problem(await late.get("/sessions"), 401, "unauthenticated")

    async def test_ends_with_the_key_that_made_it(self, wearer: Wearer) -> None:
        database: Database = wearer.app.state.database
        key = await load_key(wearer.app, wearer.key.headers["Authorization"].split()[1])
        assert await database.write(store.revoke_key, key.key_id, datetime.now(UTC))
        wearer.app.state.key_ring.seen.clear()
        read_problem(await wearer.device.get("/sessions"), 401, "unauthenticated")

    async def test_is_nothing_if_another_key_signed_it(self, wearer: Wearer) -> None:
        key = await load_key(wearer.app, wearer.key.headers["Authorization"].split()[1])
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        forged = Token(key.key_id, wearer.athlete_id, frozenset(SCOPES), tomorrow)
        async with caller(wearer.app, tokens.spell(forged, KEY)) as forger:
            read_problem(await forger.get("/sessions"), 401, "unauthenticated")
