"""Storing, reading and deleting sessions over HTTP."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.client import Json, a_live_set, a_session, a_set, caller, new_id, read_problem


async def store_session(client: httpx.AsyncClient, **changes: Any) -> str:
    """Store a session and return its path."""
    path = f"/sessions/{new_id()}"
    assert (await client.put(path, json=a_session(**changes))).status_code == 201
    return path


class TestCreateSession:
    async def test_generates_an_id_and_a_location(self, api: httpx.AsyncClient) -> None:
        answer = await api.post("/sessions", json=a_session(sets=[a_set()]))
        body = answer.json()
        assert (answer.status_code, body["outcome"]) == (201, "created")
        assert answer.headers["location"] == f"/sessions/{body['session']['session_id']}"
        found = await api.get(answer.headers["location"])
        assert found.json() == body["session"]
        assert found.headers["etag"] == answer.headers["etag"]

    async def test_stores_a_new_session_each_time_without_a_key(
        self, api: httpx.AsyncClient
    ) -> None:
        first, second = [await api.post("/sessions", json=a_session()) for _ in range(2)]
        assert first.headers["location"] != second.headers["location"]
        assert len((await api.get("/sessions")).json()["items"]) == 2

    async def test_uses_the_id_that_was_sent(self, api: httpx.AsyncClient) -> None:
        session_id = new_id()
        answers = [
            await api.post("/sessions", json=a_session(session_id=session_id)) for _ in range(2)
        ]
        assert [answer.status_code for answer in answers] == [201, 200]
        assert {a.headers["location"] for a in answers} == {f"/sessions/{session_id}"}

    async def test_finds_the_session_of_a_retry(self, api: httpx.AsyncClient) -> None:
        key = {"Idempotency-Key": "watch-42-2024-05-06"}
        sent = a_session(sets=[a_set(), a_set(side="right")])
        first, second = [await api.post("/sessions", json=sent, headers=key) for _ in range(2)]
        assert (first.status_code, first.json()["outcome"]) == (201, "created")
        assert (second.status_code, second.json()["outcome"]) == (200, "unchanged")
        assert first.json()["session"] == second.json()["session"]
        assert len((await api.get("/sessions")).json()["items"]) == 1

    async def test_reads_a_key_with_and_without_quotes_as_one(self, api: httpx.AsyncClient) -> None:
        places = {
            (
                await api.post("/sessions", json=a_session(), headers={"Idempotency-Key": key})
            ).headers["location"]
            for key in ("abc", '"abc"')
        }
        assert len(places) == 1

    async def test_separates_the_keys_of_tenants(
        self, api: httpx.AsyncClient, stranger: httpx.AsyncClient
    ) -> None:
        key = {"Idempotency-Key": "1"}
        places = {
            (await client.post("/sessions", json=a_session(), headers=key)).headers["location"]
            for client in (api, stranger)
        }
        assert len(places) == 2

    async def test_separates_the_keys_of_two_devices(
        self, app: FastAPI, api: httpx.AsyncClient
    ) -> None:
        """Two watches may count their sessions alike."""
        key, places = {"Idempotency-Key": "1"}, []
        for athlete_id in ("runner-1", "runner-2"):
            created = await api.post(f"/athletes/{athlete_id}/tokens", json={})
            async with caller(app, created.json()["token"]) as device:
                for status in (201, 200):
                    sent = a_session(athlete_id=athlete_id)
                    answer = await device.post("/sessions", json=sent, headers=key)
                    assert answer.status_code == status, answer.text
                    places.append(answer.headers["location"])
        assert len(set(places)) == 2


class TestGetSession:
    async def test_responds_304_to_a_matching_etag(self, api: httpx.AsyncClient) -> None:
        path = await store_session(api, sets=[a_set()])
        first = await api.get(path)
        tag = first.headers["etag"]
        for sent in (tag, f'"x", {tag}', f"W/{tag}", "*"):
            again = await api.get(path, headers={"If-None-Match": sent})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == tag
        other = await api.get(path, headers={"If-None-Match": '"x"'})
        assert other.content == first.content

    async def test_is_cached_by_the_caller_only(self, api: httpx.AsyncClient) -> None:
        path = await store_session(api)
        one, many = await api.get(path), await api.get("/sessions")
        assert {a.headers["cache-control"] for a in (one, many)} == {"private, no-cache"}
        assert one.headers["vary"] == "Authorization"
        assert many.headers["vary"] == "Authorization, Accept"

    async def test_has_a_new_tag_after_every_change(self, api: httpx.AsyncClient) -> None:
        path, set_id = await store_session(api), new_id()
        tags = [(await api.get(path)).headers["etag"]]
        changes: list[tuple[str, str, Json | None]] = [
            ("PUT", path, a_session(notes="a")),
            ("PUT", f"{path}/sets/{set_id}", a_live_set()),
            ("PUT", f"{path}/sets/{set_id}", a_live_set(reps=3)),
            ("DELETE", f"{path}/sets/{set_id}", None),
        ]
        for method, target, body in changes:
            answer = await api.request(method, target, json=body)
            tags.append((await api.get(path)).headers["etag"])
            assert answer.headers.get("etag", tags[-1]) == tags[-1]
        # The last deletion leads back to what was there before the set.
        assert len(set(tags[:4])) == 4
        assert tags[4] == tags[1]

    async def test_answers_a_head_without_a_body(self, api: httpx.AsyncClient) -> None:
        path = await store_session(api)
        got, head = await api.get(path), await api.head(path)
        assert (head.status_code, head.content) == (200, b"")
        for name in ("etag", "content-length", "content-type"):
            assert head.headers[name] == got.headers[name]


class TestDeleteSession:
    async def test_removes_the_session_and_its_sets(self, api: httpx.AsyncClient) -> None:
        path = await store_session(api, sets=[a_set()])
        answer = await api.delete(path)
        assert (answer.status_code, answer.content) == (204, b"")
        read_problem(await api.get(path), 404, "not-found")
        assert (await api.get("/sessions")).json()["items"] == []

    async def test_can_be_repeated(self, api: httpx.AsyncClient) -> None:
        path = await store_session(api)
        assert [(await api.delete(path)).status_code for _ in range(2)] == [204, 204]

    async def test_responds_404_to_an_unknown_session(self, api: httpx.AsyncClient) -> None:
        read_problem(await api.delete(f"/sessions/{new_id()}"), 404, "not-found")

    @pytest.mark.parametrize(
        ("version", "outcome"), [(None, "stale"), (2, "stale"), (5, "stale"), (6, "created")]
    )
    async def test_is_undone_by_a_higher_version_only(
        self, version: int | None, outcome: str, api: httpx.AsyncClient
    ) -> None:
        path = await store_session(api, version=3, sets=[a_set()])
        await api.delete(path, params={"version": 5})
        answer = await api.put(path, json=a_session(version=version, notes="late"))
        assert answer.json()["outcome"] == outcome
        if outcome == "stale":
            assert (answer.status_code, answer.json()["session"]) == (200, None)
            assert (await api.get(path)).status_code == 404
        else:
            assert answer.status_code == 201
            assert (await api.get(path)).json()["sets"] == []

    async def test_keeps_the_stored_version_without_a_version(self, api: httpx.AsyncClient) -> None:
        path = await store_session(api, version=3)
        await api.delete(path)
        assert (await api.put(path, json=a_session(version=3))).json()["outcome"] == "stale"
        assert (await api.put(path, json=a_session(version=4))).json()["outcome"] == "created"

    async def test_is_stale_if_a_newer_version_is_stored(self, api: httpx.AsyncClient) -> None:
        path = await store_session(api, version=3, notes="a")
        answer = await api.delete(path, params={"version": 2})
        assert (answer.status_code, answer.json()["outcome"]) == (200, "stale")
        assert answer.json()["session"] == (await api.get(path)).json()

    async def test_ignores_a_late_live_set(self, api: httpx.AsyncClient) -> None:
        path = await store_session(api)
        await api.delete(path)
        answer = await api.put(f"{path}/sets/{new_id()}", json=a_live_set(version=99))
        assert (answer.status_code, answer.json()["outcome"]) == (200, "stale")
        assert (await api.get(path)).status_code == 404

    async def test_raises_the_version_of_an_earlier_deletion(self, api: httpx.AsyncClient) -> None:
        path = await store_session(api, version=1)
        await api.delete(path, params={"version": 2})
        assert (await api.delete(path, params={"version": 8})).status_code == 204
        assert (await api.delete(path, params={"version": 4})).status_code == 204
        assert (await api.put(path, json=a_session(version=8))).json()["outcome"] == "stale"


class TestDeleteSet:
    async def test_keeps_the_other_sets(self, api: httpx.AsyncClient) -> None:
        one, other = new_id(), new_id()
        path = await store_session(api, sets=[a_set(set_id=one), a_set(set_id=other, side="right")])
        assert (await api.delete(f"{path}/sets/{one}")).status_code == 204
        assert [s["set_id"] for s in (await api.get(path)).json()["sets"]] == [other]

    @pytest.mark.parametrize(("version", "comes_back"), [(None, False), (5, False), (6, True)])
    async def test_is_undone_by_a_higher_version_only(
        self, version: int | None, comes_back: bool, api: httpx.AsyncClient
    ) -> None:
        set_id = new_id()
        path = await store_session(api, sets=[a_set(set_id=set_id, version=1)])
        await api.delete(f"{path}/sets/{set_id}", params={"version": 5})
        late = a_set(set_id=set_id, version=version)
        answer = await api.put(path, json=a_session(sets=[late]))
        assert answer.json()["outcome"] == ("updated" if comes_back else "stale")
        assert len((await api.get(path)).json()["sets"]) == comes_back

    async def test_is_stale_if_a_newer_version_is_stored(self, api: httpx.AsyncClient) -> None:
        set_id = new_id()
        path = await store_session(api, sets=[a_set(set_id=set_id, version=3)])
        answer = await api.delete(f"{path}/sets/{set_id}", params={"version": 2})
        assert (answer.status_code, answer.json()["outcome"]) == (200, "stale")
        assert len(answer.json()["session"]["sets"]) == 1

    async def test_responds_404_outside_of_its_session(self, api: httpx.AsyncClient) -> None:
        set_id = new_id()
        path, other = (
            await store_session(api, sets=[a_set(set_id=set_id)]),
            await store_session(api),
        )
        for address in (f"{other}/sets/{set_id}", f"{path}/sets/{new_id()}"):
            read_problem(await api.delete(address), 404, "not-found")
        assert len((await api.get(path)).json()["sets"]) == 1


class TestEveryField:
    async def test_is_returned_as_it_was_sent(self, api: httpx.AsyncClient) -> None:
        target = {"reps": 12, "load": 10.25}
        done = a_set(
            set_id=new_id(), version=4, set_index=3, load={"value": 12.5, "unit": "kg"},
            duration_s=61.5, rir=2.5, rpe=7.5, rpe_scale="borg-cr10", pain=0.5, kind="warmup",
            prescribed=target,
        )  # fmt: skip
        sent = a_session(
            session_id=new_id(), version=7, program_id="p-1", week=3, session=2,
            ended_at="2024-05-06T19:10:00.250000+02:00", status="partial", source="My Watch",
            device={"manufacturer": "Maker", "model": "One", "kind": "watch"}, srpe=6.5,
            morning_pain={"score": 1.5, "site": "achilles"}, red_flags=["night_pain", "other"],
            heel_rise_test={"left": 20, "right": 25, "surface": "floor"}, notes=" kept ",
        )  # fmt: skip
        path = f"/sessions/{sent['session_id']}"
        told = await api.put(path, json={**sent, "sets": [done]})
        read = await api.get(path)
        assert read.json() == {**sent, "sets": [{**done, "load_kg": 12.5}]}
        assert read.headers["etag"] == told.headers["etag"]

    async def test_is_null_and_not_zero_if_it_is_unknown(self, api: httpx.AsyncClient) -> None:
        path = await store_session(api, sets=[a_set(side=None, reps=None)])
        body = (await api.get(path)).json()
        (done,) = body.pop("sets")
        known = {"session_id", "athlete_id", "started_at", "status", "red_flags"}
        assert {name for name, value in body.items() if value is not None} == known
        known = {"set_id", "exercise", "set_index", "performed_at", "kind"}
        assert {name for name, value in done.items() if value is not None} == known
