"""Tests of device tokens: their text, and access to the data of one athlete only."""

import base64
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from app.database.database import Database
from app.keys import device_tokens, store
from app.keys.auth import SCOPES
from app.keys.device_tokens import SignedToken, Token
from tests.client import (
    a_live_set,
    a_session,
    a_set,
    caller,
    load_key,
    make_key,
    new_id,
    read_problem,
    sign_token,
)

KEY = bytes(range(32))
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
TOKEN = Token("0123456789abcdef", "runner-7", frozenset(device_tokens.SCOPES), NOON)
TEXT = device_tokens.encode(TOKEN, KEY)
CHANGED_TEXTS = [
    TEXT[:place] + ("A" if TEXT[place] != "A" else "B") + TEXT[place + 1 :]
    for place in range(len(device_tokens.PREFIX), len(TEXT))
]


def parse_and_verify(text: str) -> Token | None:
    """Return the token in a text if its signature is valid."""
    sent = device_tokens.parse(text)
    return sent.token if sent is not None and sent.verify(KEY) else None


class TestParse:
    @pytest.mark.parametrize(
        "athlete_id", ["r", "runner-7", "læufer \U0001f3c3", "\U0001f3c3" * 128]
    )
    def test_reads_what_was_encoded(self, athlete_id: str) -> None:
        token = replace(TOKEN, athlete_id=athlete_id)
        assert parse_and_verify(device_tokens.encode(token, KEY)) == token

    @pytest.mark.parametrize("scope", device_tokens.SCOPES)
    def test_reads_each_scope(self, scope: str) -> None:
        token = replace(TOKEN, scopes=frozenset({scope}))
        assert parse_and_verify(device_tokens.encode(token, KEY)) == token

    def test_rejects_any_changed_character(self) -> None:
        assert [wrong for wrong in CHANGED_TEXTS if device_tokens.parse(wrong) is not None] == []

    def test_rejects_the_signature_of_another_key(self) -> None:
        sent = device_tokens.parse(TEXT)
        assert sent is not None
        assert sent.verify(KEY)
        assert not sent.verify(bytes(32))

    def test_rejects_a_signature_of_other_content(self) -> None:
        mine, theirs = device_tokens.parse(TEXT), replace(TOKEN, athlete_id="runner-8")
        assert mine is not None
        assert not SignedToken(theirs, mine.signature).verify(KEY)

    def test_rejects_unknown_scopes(self) -> None:
        content = bytearray(TOKEN.to_bytes())
        content[1] |= 4
        signed = bytes(content) + bytes(32)
        text = base64.urlsafe_b64encode(signed + zlib.crc32(signed).to_bytes(4, "big"))
        sent = device_tokens.PREFIX + text.decode().rstrip("=")
        assert device_tokens.parse(sent) is None

    def test_hides_its_signature_in_repr(self) -> None:
        sent = device_tokens.parse(TEXT)
        assert repr(sent) == f"SignedToken({TOKEN.key_id})"

    @pytest.mark.parametrize(
        "text",
        [
            "",
            device_tokens.PREFIX,
            device_tokens.PREFIX + "A",
            device_tokens.PREFIX + "A" * 5_000,
            TEXT + "=",
            TEXT + "A",
            TEXT[:-1],
            TEXT.upper(),
            f" {TEXT}",
            device_tokens.PREFIX + "ü",
            device_tokens.PREFIX + base64.urlsafe_b64encode(bytes(47)).decode(),
        ],
    )
    def test_rejects_what_is_not_a_token(self, text: str) -> None:
        assert device_tokens.parse(text) is None

    def test_does_not_contain_the_key_that_signed_it(self) -> None:
        assert KEY not in base64.urlsafe_b64decode(TEXT.removeprefix(device_tokens.PREFIX) + "==")


@dataclass(frozen=True, slots=True)
class DeviceSetup:
    """A tenant with a key, and a device with a token for one of its athletes."""

    app: FastAPI
    key: httpx.AsyncClient
    device: httpx.AsyncClient
    athlete_id: str
    token: str


@pytest.fixture
async def setup(app: FastAPI) -> AsyncIterator[DeviceSetup]:
    athlete_id = new_id()
    async with caller(app, await make_key(app)) as key:
        created = await key.post(f"/athletes/{athlete_id}/tokens", json={})
        assert created.status_code == 201, created.text
        assert created.headers["cache-control"] == "no-store"
        token = created.json()["token"]
        async with caller(app, token) as device:
            yield DeviceSetup(app, key, device, athlete_id, token)


class TestCreateToken:
    async def test_expires_after_thirty_days_by_default(self, setup: DeviceSetup) -> None:
        created = await setup.key.post(f"/athletes/{setup.athlete_id}/tokens", json={})
        left = datetime.fromisoformat(created.json()["expires_at"]) - datetime.now(UTC)
        assert timedelta(days=29, hours=23) < left <= timedelta(days=30)

    @pytest.mark.parametrize("days", [0, 91, -1, 1.5, "30", True])
    async def test_rejects_a_duration_outside_1_to_90_days(
        self, setup: DeviceSetup, days: object
    ) -> None:
        path = f"/athletes/{setup.athlete_id}/tokens"
        rejected = await setup.key.post(path, json={"expires_in_days": days})
        read_problem(rejected, 422, "validation-failed")

    async def test_is_all_that_the_scope_tokens_create_allows(self, app: FastAPI) -> None:
        async with caller(app, await make_key(app, scopes=["tokens:create"])) as key:
            created = await key.post("/athletes/runner-7/tokens", json={})
            read_problem(await key.get("/sessions"), 403, "insufficient-scope")
        async with caller(app, created.json()["token"]) as device:
            assert (await device.get("/sessions")).status_code == 200

    async def test_needs_the_scope_tokens_create(self, app: FastAPI) -> None:
        async with caller(app, await make_key(app, scopes=["sessions:read"])) as key:
            rejected = await key.post("/athletes/runner-7/tokens", json={})
        read_problem(rejected, 403, "insufficient-scope")

    async def test_gives_no_token_the_scope_tokens_create(self, setup: DeviceSetup) -> None:
        path = f"/athletes/{setup.athlete_id}/tokens"
        read_problem(await setup.device.post(path, json={}), 403, "insufficient-scope")
        response = await setup.key.post(path, json={"scopes": ["tokens:create"]})
        read_problem(response, 422, "validation-failed")


class TestToken:
    async def test_stores_and_reads_sessions_of_its_athlete(self, setup: DeviceSetup) -> None:
        path = f"/sessions/{new_id()}"
        sent = a_session(athlete_id=setup.athlete_id, sets=[a_set()])
        assert (await setup.device.put(path, json=sent)).status_code == 201
        assert (await setup.device.get(path)).status_code == 200
        assert (await setup.device.delete(path)).status_code == 204

    async def test_lists_sessions_of_its_athlete_only(self, setup: DeviceSetup) -> None:
        for athlete_id in (setup.athlete_id, "somebody"):
            sent = a_session(athlete_id=athlete_id)
            await setup.key.put(f"/sessions/{new_id()}", json=sent)
        listed = (await setup.device.get("/sessions")).json()["items"]
        assert [one["athlete_id"] for one in listed] == [setup.athlete_id]

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    async def test_has_no_access_to_a_session_of_another_athlete(
        self, setup: DeviceSetup, method: str
    ) -> None:
        path = f"/sessions/{new_id()}"
        await setup.key.put(path, json=a_session(athlete_id="somebody", notes="c4n4ry"))
        body = a_session(athlete_id=setup.athlete_id) if method == "PUT" else None
        rejected = await setup.device.request(method, path, json=body)
        read_problem(rejected, 403, "insufficient-scope")
        assert "c4n4ry" not in rejected.text
        assert (await setup.key.get(path)).json()["notes"] == "c4n4ry"

    async def test_deletes_no_set_of_another_athlete(self, setup: DeviceSetup) -> None:
        session, one = f"/sessions/{new_id()}", new_id()
        sent = a_session(athlete_id="somebody", sets=[a_set(set_id=one)])
        await setup.key.put(session, json=sent)
        rejected = await setup.device.delete(f"{session}/sets/{one}")
        read_problem(rejected, 403, "insufficient-scope")
        assert len((await setup.key.get(session)).json()["sets"]) == 1

    async def test_writes_for_no_other_athlete(self, setup: DeviceSetup) -> None:
        path, other = f"/sessions/{new_id()}", a_session(athlete_id="somebody")
        for rejected in (
            await setup.device.put(path, json=other),
            await setup.device.put(f"{path}/sets/{new_id()}", json=a_live_set()),
            await setup.device.post("/sessions", json=other),
        ):
            read_problem(rejected, 403, "insufficient-scope")
        assert (await setup.key.get(path)).status_code == 404

    async def test_stores_the_rest_of_a_batch_with_a_session_of_another_athlete(
        self, setup: DeviceSetup
    ) -> None:
        mine = a_session(session_id=new_id(), athlete_id=setup.athlete_id)
        other = a_session(session_id=new_id(), athlete_id="somebody")
        taken = await setup.device.post("/sessions/batch", json={"sessions": [other, mine]})
        rejected, stored = taken.json()["outcomes"]
        assert (rejected["outcome"], rejected["problem"]["status"]) == ("invalid", 403)
        assert stored["outcome"] == "created"
        assert (await setup.key.get(f"/sessions/{other['session_id']}")).status_code == 404

    @pytest.mark.parametrize("leaf", ["export", "programs/{p}/today", "programs/{p}/progress"])
    async def test_reads_pages_of_its_athlete_only(self, setup: DeviceSetup, leaf: str) -> None:
        program = (await setup.key.post("/programs", json={})).json()["program_id"]
        leaf = leaf.format(p=program)
        await setup.key.put(f"/sessions/{new_id()}", json=a_session(athlete_id=setup.athlete_id))
        assert (await setup.device.get(f"/athletes/{setup.athlete_id}/{leaf}")).status_code == 200
        rejected = await setup.device.get(f"/athletes/somebody/{leaf}")
        read_problem(rejected, 403, "insufficient-scope")

    async def test_erases_no_athlete(self, setup: DeviceSetup) -> None:
        rejected = await setup.device.delete(f"/athletes/{setup.athlete_id}")
        read_problem(rejected, 403, "insufficient-scope")

    async def test_reads_only_with_the_scope_sessions_read(self, setup: DeviceSetup) -> None:
        path = f"/athletes/{setup.athlete_id}/tokens"
        created = await setup.key.post(path, json={"scopes": ["sessions:read"]})
        async with caller(setup.app, created.json()["token"]) as reader:
            assert (await reader.get("/sessions")).status_code == 200
            sent = a_session(athlete_id=setup.athlete_id)
            rejected = await reader.put(f"/sessions/{new_id()}", json=sent)
        read_problem(rejected, 403, "insufficient-scope")

    async def test_expires(self, setup: DeviceSetup) -> None:
        key = await load_key(setup.app, setup.key.headers["Authorization"].split()[1])
        ended = Token(key.key_id, setup.athlete_id, frozenset(SCOPES), datetime.now(UTC))
        async with caller(setup.app, sign_token(setup.app, ended, key)) as late:
            read_problem(await late.get("/sessions"), 401, "unauthenticated")

    async def test_lasts_90_days_at_most(self, setup: DeviceSetup) -> None:
        key = await load_key(setup.app, setup.key.headers["Authorization"].split()[1])
        for days, status in ((90, 200), (91, 401), (3650, 401)):
            end = datetime.now(UTC) + timedelta(days=days)
            token = Token(key.key_id, setup.athlete_id, frozenset(device_tokens.SCOPES), end)
            async with caller(setup.app, sign_token(setup.app, token, key)) as device:
                assert (await device.get("/sessions")).status_code == status

    async def test_ends_with_the_key_that_issued_it(self, setup: DeviceSetup) -> None:
        database: Database = setup.app.state.resources.database
        key = await load_key(setup.app, setup.key.headers["Authorization"].split()[1])
        assert await database.write(store.revoke_key, key.key_id, datetime.now(UTC))
        setup.app.state.key_cache.entries.clear()
        read_problem(await setup.device.get("/sessions"), 401, "unauthenticated")

    async def test_is_rejected_if_another_key_signed_it(self, setup: DeviceSetup) -> None:
        key = await load_key(setup.app, setup.key.headers["Authorization"].split()[1])
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        forged = Token(key.key_id, setup.athlete_id, frozenset(SCOPES), tomorrow)
        async with caller(setup.app, device_tokens.encode(forged, KEY)) as forger:
            read_problem(await forger.get("/sessions"), 401, "unauthenticated")

    async def test_cannot_be_made_of_what_is_stored(self, setup: DeviceSetup) -> None:
        """Who has a backup knows the key's row, and the secret of another service."""
        key = await load_key(setup.app, setup.key.headers["Authorization"].split()[1])
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        token = Token(key.key_id, setup.athlete_id, frozenset(device_tokens.SCOPES), tomorrow)
        guessed = [key.secret_hash, device_tokens.derive_signing_key(KEY, key.secret_hash)]
        for signing_key in guessed:
            async with caller(setup.app, device_tokens.encode(token, signing_key)) as forger:
                read_problem(await forger.get("/sessions"), 401, "unauthenticated")
        async with caller(setup.app, sign_token(setup.app, token, key)) as device:
            assert (await device.get("/sessions")).status_code == 200
