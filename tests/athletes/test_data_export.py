"""Tests of an export: everything stored on a person, and nothing on others."""

import datetime
import json
from datetime import UTC
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI

from app.athletes import responses
from app.sessions.store import AthleteData
from tests.athletes.journal_uploads import RUNNER, encode_log, put_batch, put_session
from tests.client import Json, a_session, a_set, caller, make_key, new_id, read_problem
from tests.training.journal import Journal, make_session, make_set

NOW = datetime.datetime(2027, 5, 6, tzinfo=UTC)
PATH = f"/athletes/{RUNNER}/export"
FULL: Json = {
    "ended_at": "2024-05-06T19:10:00+02:00",
    "status": "partial",
    "source": "watch",
    "device": {"manufacturer": "m", "model": None, "kind": "watch"},
    "srpe": 6.5,
    "morning_pain": {"score": 2, "site": "achilles"},
    "red_flags": ["night_pain"],
    "heel_rise_test": {"left": 20, "right": 25, "surface": "floor"},
    "notes": 'said "fine"\n\u2028\u00e4',
}


async def export(client: httpx.AsyncClient, path: str = PATH) -> Json:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    exported: Json = answer.json()
    return exported


def named_session(**changes: object) -> Json:
    return a_session(session_id=new_id(), **changes)


class TestExportAthlete:
    async def test_contains_every_session_as_stored(self, api: httpx.AsyncClient) -> None:
        every = [
            named_session(
                **FULL, program_id="p", week=3, sets=[a_set(), a_set(side="right", load_kg=5)]
            ),
            named_session(started_at="2020-01-01T00:00:00Z", program_id="of-nobody"),
            *encode_log(Journal().train(weeks=2)),
        ]
        await put_batch(api, every)
        exported = await export(api)
        assert set(exported) == {"athlete_id", "exported_at", "sessions", "deleted", "calendars"}
        assert (exported["athlete_id"], exported["deleted"]) == (RUNNER, [])
        stored = [(await api.get(f"/sessions/{one['session_id']}")).json() for one in every]
        oldest_first = sorted(
            stored, key=lambda one: datetime.datetime.fromisoformat(one["started_at"])
        )
        assert exported["sessions"] == oldest_first
        assert sum(len(one["sets"]) for one in exported["sessions"]) == 2 + sum(
            len(one["sets"]) for one in every[2:]
        )

    async def test_contains_the_time_of_the_export(self, api: httpx.AsyncClient) -> None:
        await put_session(api, named_session())
        made = datetime.datetime.fromisoformat((await export(api))["exported_at"])
        assert abs(datetime.datetime.now(UTC) - made) < datetime.timedelta(minutes=1)

    async def test_lists_only_ids_of_what_was_deleted(self, api: httpx.AsyncClient) -> None:
        gone, kept = (
            named_session(notes="secret-1", sets=[a_set()]),
            named_session(sets=[a_set(reps=87)]),
        )
        kept["sets"][0]["set_id"] = set_id = new_id()
        await put_batch(api, [gone, kept])
        await api.delete(f"/sessions/{gone['session_id']}", params={"version": 4})
        await api.delete(f"/sessions/{kept['session_id']}/sets/{set_id}")
        answer = await api.get(PATH)
        assert [one["session_id"] for one in answer.json()["sessions"]] == [kept["session_id"]]
        assert answer.json()["deleted"] == [
            {"session_id": gone["session_id"], "set_id": None, "version": 4},
            {"session_id": kept["session_id"], "set_id": set_id, "version": 0},
        ]
        assert b"secret-1" not in answer.content
        assert b'"reps"' not in answer.content

    async def test_contains_nothing_of_others(
        self, api: httpx.AsyncClient, stranger: httpx.AsyncClient
    ) -> None:
        await put_session(api, named_session(notes="mine"))
        await put_session(api, named_session(notes="other-athlete", athlete_id="runner-2"))
        await put_session(stranger, named_session(notes="other-tenant"))
        answer = await api.get(PATH)
        assert [one["notes"] for one in answer.json()["sessions"]] == ["mine"]
        assert b"other" not in answer.content

    async def test_accepts_any_athlete_id(self, api: httpx.AsyncClient) -> None:
        for name in ('a"b\\c', "\u00e4\u202e\U0001f9b5", "a b+c%2Fd?e#f", "x" * 128):
            await put_session(api, named_session(athlete_id=name))
            exported = await export(api, f"/athletes/{quote(name, safe='')}/export")
            assert exported["athlete_id"] == exported["sessions"][0]["athlete_id"] == name

    async def test_is_streamed_and_not_cached(self, api: httpx.AsyncClient) -> None:
        await put_batch(api, [named_session() for _ in range(3)])
        answer = await api.get(PATH)
        assert "content-length" not in answer.headers
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["cache-control"] == "private, no-cache"

    async def test_contains_a_long_history(self, api: httpx.AsyncClient) -> None:
        for _ in range(2):
            await put_batch(api, [named_session(sets=[a_set()]) for _ in range(500)])
        exported = await export(api)
        assert [len(one["sets"]) for one in exported["sessions"]] == [1] * 1000

    async def test_answers_404_for_an_unknown_athlete(
        self, api: httpx.AsyncClient, stranger: httpx.AsyncClient
    ) -> None:
        await put_session(api, named_session())
        read_problem(await api.get("/athletes/nobody/export"), 404, "not-found")
        read_problem(await stranger.get(PATH), 404, "not-found")

    async def test_requires_a_key_with_the_scope_to_read(self, app: FastAPI) -> None:
        async with caller(app) as anyone:
            read_problem(await anyone.get(PATH), 401, "unauthenticated")
        async with caller(app, await make_key(app, scopes=["athletes:erase"])) as eraser:
            read_problem(await eraser.get(PATH), 403, "insufficient-scope")


class TestStreamExport:
    def test_yields_one_session_at_a_time(self) -> None:
        held = AthleteData([make_session(make_set(), week=week) for week in range(1, 30)], [], [])
        pieces = [*responses.stream_export("ann", held, NOW)]
        assert len(pieces) > 29
        assert max(len(piece) for piece in pieces) < 2_000
        assert len(json.loads(b"".join(pieces))["sessions"]) == 29

    @pytest.mark.parametrize("athlete_id", ['"', "\\", "\u2028", "\x01", "\U0001f9b5"])
    def test_yields_one_json_document(self, athlete_id: str) -> None:
        exported = json.loads(
            b"".join(responses.stream_export(athlete_id, AthleteData([], [], []), NOW))
        )
        assert exported == {
            "athlete_id": athlete_id,
            "exported_at": "2027-05-06T00:00:00+00:00",
            "sessions": [],
            "deleted": [],
            "calendars": [],
        }
