"""Writes follow the rules of versions: the outcome, the stored session and the response."""

from typing import Any

import httpx
import pytest

from tests.client import Json, a_live_set, a_session, a_set, new_id, read_problem

# The stored session, the sent one, and the outcome: (version, notes). None is no version.
Sent = tuple[int | None, str]
RULES: dict[str, tuple[Sent, Sent, str]] = {
    "the last write wins where no version is given": ((None, "a"), (None, "b"), "updated"),
    "a retry without a version changes nothing": ((None, "a"), (None, "a"), "unchanged"),
    "a retry of a version changes nothing": ((2, "a"), (2, "a"), "unchanged"),
    "a higher version replaces": ((2, "a"), (3, "b"), "updated"),
    "a higher version of the same is kept as such": ((2, "a"), (3, "a"), "updated"),
    "a lower version is stale": ((2, "a"), (1, "b"), "stale"),
    "a lower version of the same is stale": ((2, "a"), (1, "a"), "stale"),
    "one version with two contents is a conflict": ((2, "a"), (2, "b"), "conflict"),
    "a write without a version wins over one with": ((2, "a"), (None, "b"), "updated"),
    "a retry that leaves the version out changes nothing": ((2, "a"), (None, "a"), "unchanged"),
    "a version wins over a write without": ((None, "a"), (0, "b"), "updated"),
    "a version is added to a write without": ((None, "a"), (0, "a"), "updated"),
    "version 0 is a version": ((0, "a"), (0, "b"), "conflict"),
}
KEPT = {"stale", "conflict", "unchanged"}
rules = pytest.mark.parametrize(("stored", "sent", "outcome"), RULES.values(), ids=RULES.keys())


async def put(
    client: httpx.AsyncClient, session_id: str, sets: list[Json] | None = None, **changes: Any
) -> httpx.Response:
    return await client.put(f"/sessions/{session_id}", json=a_session(sets=sets, **changes))


async def put_set(
    client: httpx.AsyncClient, session_id: str, set_id: str, **changes: Any
) -> httpx.Response:
    return await client.put(f"/sessions/{session_id}/sets/{set_id}", json=a_live_set(**changes))


async def read_session(client: httpx.AsyncClient, session_id: str) -> Json:
    answer = await client.get(f"/sessions/{session_id}")
    assert answer.status_code == 200
    body: Json = answer.json()
    return body


class TestSession:
    async def test_is_created_the_first_time(self, api: httpx.AsyncClient) -> None:
        session_id = new_id()
        answer = await put(api, session_id, sets=[a_set()], notes="a")
        body = answer.json()
        assert (answer.status_code, body["outcome"]) == (201, "created")
        assert body["session"] == await read_session(api, session_id)
        assert (body["next"], body["data_notes"], body["warnings"]) == (None, [], [])

    @rules
    async def test_follows_the_rules_of_versions(
        self, stored: Sent, sent: Sent, outcome: str, api: httpx.AsyncClient
    ) -> None:
        session_id = new_id()
        await put(api, session_id, version=stored[0], notes=stored[1])
        before = await read_session(api, session_id)
        answer = await put(api, session_id, version=sent[0], notes=sent[1])
        after = await read_session(api, session_id)
        if outcome == "conflict":
            assert read_problem(answer, 409, "conflict")["stored"] == before
        else:
            assert (answer.status_code, answer.json()["outcome"]) == (200, outcome)
            assert answer.json()["session"] == after
        assert (after == before) is (outcome in KEPT)
        assert after["notes"] == (stored if outcome in KEPT else sent)[1]

    async def test_keeps_its_version_when_none_is_sent(self, api: httpx.AsyncClient) -> None:
        session_id = new_id()
        await put(api, session_id, version=5, notes="a")
        await put(api, session_id, notes="b")
        assert (await read_session(api, session_id))["version"] == 5
        assert (await put(api, session_id, version=4)).json()["outcome"] == "stale"

    async def test_clears_fields_that_are_no_longer_sent(self, api: httpx.AsyncClient) -> None:
        session_id = new_id()
        await put(api, session_id, srpe=7, notes="a", device={"model": "One"})
        await put(api, session_id)
        after = await read_session(api, session_id)
        assert (after["srpe"], after["notes"], after["device"]) == (None, None, None)

    async def test_cannot_move_to_another_athlete(self, api: httpx.AsyncClient) -> None:
        session_id = new_id()
        await put(api, session_id, athlete_id="runner-1")
        answer = await put(api, session_id, athlete_id="runner-2", version=9)
        body = read_problem(answer, 409, "conflict")
        assert body["stored"]["athlete_id"] == "runner-1"
        assert (await read_session(api, session_id))["athlete_id"] == "runner-1"

    async def test_accepts_the_id_of_the_url_in_any_case(self, api: httpx.AsyncClient) -> None:
        session_id = new_id()
        sent = a_session(session_id=session_id)
        answer = await api.put(f"/sessions/{session_id.upper()}", json=sent)
        assert answer.json()["session"]["session_id"] == session_id

    async def test_rejects_another_id_in_its_body(self, api: httpx.AsyncClient) -> None:
        sent = a_session(session_id=new_id())
        answer = await api.put(f"/sessions/{new_id()}", json=sent)
        assert read_problem(answer, 422, "validation-failed")["errors"][0]["pointer"] == (
            "/session_id"
        )


class TestSets:
    @rules
    async def test_follows_the_rules_of_versions(
        self, stored: Sent, sent: Sent, outcome: str, api: httpx.AsyncClient
    ) -> None:
        session_id, set_id = new_id(), new_id()
        one = a_set(set_id=set_id, version=stored[0], rpe_scale=stored[1])
        await put(api, session_id, sets=[one])
        before = await read_session(api, session_id)
        two = a_set(set_id=set_id, version=sent[0], rpe_scale=sent[1])
        answer = await put(api, session_id, sets=[two])
        after = await read_session(api, session_id)
        if outcome == "conflict":
            assert read_problem(answer, 409, "conflict")["stored"] == before
        else:
            assert (answer.status_code, answer.json()["outcome"]) == (200, outcome)
        assert (after == before) is (outcome in KEPT)

    async def test_keeps_sets_that_are_not_listed(self, api: httpx.AsyncClient) -> None:
        session_id = new_id()
        await put(api, session_id, sets=[a_set(side="left"), a_set(side="right")])
        answer = await put(api, session_id, sets=[a_set(side="left", reps=3)], notes="b")
        assert [s["reps"] for s in answer.json()["session"]["sets"]] == [3, 12]
        answer = await put(api, session_id, notes="c")
        assert len(answer.json()["session"]["sets"]) == 2

    async def test_finds_sets_without_ids_again(self, api: httpx.AsyncClient) -> None:
        session_id = new_id()
        sets = [a_set(), a_set(reps=10), a_set(side="right")]
        first = await put(api, session_id, sets=sets)
        assert [s["set_index"] for s in first.json()["session"]["sets"]] == [1, 1, 2]
        again = await put(api, session_id, sets=sets)
        assert again.json()["outcome"] == "unchanged"
        assert again.json()["session"] == first.json()["session"]

    async def test_stores_the_new_sets_of_a_stale_session(self, api: httpx.AsyncClient) -> None:
        session_id = new_id()
        await put(api, session_id, version=2, notes="new")
        answer = await put(api, session_id, version=1, notes="old", sets=[a_set()])
        body = answer.json()
        assert (body["outcome"], body["session"]["notes"]) == ("updated", "new")
        assert len(body["session"]["sets"]) == 1

    async def test_rejects_the_whole_upload_if_a_set_conflicts(
        self, api: httpx.AsyncClient
    ) -> None:
        session_id = new_id()
        mine = a_set(set_id=new_id(), version=1)
        await put(api, session_id, sets=[mine])
        before = await read_session(api, session_id)
        answer = await put(
            api, session_id, notes="b", sets=[{**mine, "reps": 1}, a_set(side="right")]
        )
        read_problem(answer, 409, "conflict")
        assert await read_session(api, session_id) == before

    async def test_cannot_move_to_another_session(self, api: httpx.AsyncClient) -> None:
        one, other, done = new_id(), new_id(), a_set(set_id=new_id())
        await put(api, one, sets=[done])
        answer = await put(api, other, sets=[{**done, "version": 9}])
        assert "stored" not in read_problem(answer, 409, "conflict")
        assert (await api.get(f"/sessions/{other}")).status_code == 404
        assert len((await read_session(api, one))["sets"]) == 1

    async def test_rejects_different_sets_with_one_id(self, api: httpx.AsyncClient) -> None:
        done = a_set(set_id=new_id(), set_index=1)
        session_id = new_id()
        answer = await put(api, session_id, sets=[done, {**done, "reps": 1}])
        assert read_problem(answer, 422, "validation-failed")["errors"][0]["pointer"] == "/sets/1"
        assert (await put(api, session_id, sets=[done, done])).status_code == 201
        assert len((await read_session(api, session_id))["sets"]) == 1

    async def test_sorts_sets_by_time(self, api: httpx.AsyncClient) -> None:
        session_id = new_id()
        minutes = ["41", "35", "38"]
        sets = [a_set(performed_at=f"2024-05-06T18:{m}:00+02:00") for m in minutes]
        answer = await put(api, session_id, sets=sets)
        times = [s["performed_at"] for s in answer.json()["session"]["sets"]]
        assert times == sorted(times)


class TestLiveSet:
    async def test_creates_its_session(self, api: httpx.AsyncClient) -> None:
        session_id, set_id = new_id(), new_id()
        answer = await put_set(api, session_id, set_id, program_id="p", week=2, session=1)
        assert (answer.status_code, answer.json()["outcome"]) == (201, "created")
        opened = await read_session(api, session_id)
        assert (opened["program_id"], opened["week"], opened["session"]) == ("p", 2, 1)
        assert (opened["status"], opened["version"]) == ("in_progress", None)
        assert opened["started_at"] == "2024-05-06T18:35:00+02:00"
        assert [s["set_id"] for s in opened["sets"]] == [set_id]

    async def test_is_replaced_by_its_session_when_that_arrives(
        self, api: httpx.AsyncClient
    ) -> None:
        session_id = new_id()
        await put_set(api, session_id, new_id())
        answer = await put(api, session_id, version=0, notes="a", status="completed")
        assert (answer.status_code, answer.json()["outcome"]) == (200, "updated")
        after = await read_session(api, session_id)
        assert (after["status"], after["started_at"], len(after["sets"])) == (
            "completed",
            "2024-05-06T18:30:00+02:00",
            1,
        )

    async def test_changes_nothing_of_a_stored_session(self, api: httpx.AsyncClient) -> None:
        session_id = new_id()
        await put(api, session_id, version=3, notes="a", status="partial")
        before = await read_session(api, session_id)
        answer = await put_set(api, session_id, new_id(), week=9)
        assert (answer.status_code, answer.json()["outcome"]) == (200, "updated")
        after = await read_session(api, session_id)
        assert len(after.pop("sets")) == 1
        assert after == {name: value for name, value in before.items() if name != "sets"}

    async def test_can_arrive_in_any_order(self, api: httpx.AsyncClient) -> None:
        session_id = new_id()
        for minute in ("50", "40", "45"):
            await put_set(
                api, session_id, new_id(), performed_at=f"2024-05-06T18:{minute}:00+02:00"
            )
        after = await read_session(api, session_id)
        assert [s["performed_at"][14:16] for s in after["sets"]] == ["40", "45", "50"]

    async def test_is_the_same_set_as_in_its_session(self, api: httpx.AsyncClient) -> None:
        session_id, set_id = new_id(), new_id()
        await put_set(api, session_id, set_id)
        answer = await put(api, session_id, sets=[a_set(set_id=set_id, reps=13)])
        assert [s["reps"] for s in answer.json()["session"]["sets"]] == [13]
        answer = await put_set(api, session_id, set_id, reps=13)
        assert answer.json()["outcome"] == "unchanged"

    async def test_conflicts_with_a_session_of_another_athlete(
        self, api: httpx.AsyncClient
    ) -> None:
        session_id = new_id()
        await put(api, session_id)
        answer = await api.put(
            f"/sessions/{session_id}/sets/{new_id()}", json=a_set(athlete_id="runner-2")
        )
        read_problem(answer, 409, "conflict")
        assert (await read_session(api, session_id))["sets"] == []

    async def test_conflicts_with_a_set_of_another_session(self, api: httpx.AsyncClient) -> None:
        one, other, set_id = new_id(), new_id(), new_id()
        await put_set(api, one, set_id)
        read_problem(await put_set(api, other, set_id, version=2), 409, "conflict")
        assert (await api.get(f"/sessions/{other}")).status_code == 404

    async def test_rejects_another_id_in_its_body(self, api: httpx.AsyncClient) -> None:
        sent = a_live_set(set_id=new_id())
        answer = await api.put(f"/sessions/{new_id()}/sets/{new_id()}", json=sent)
        assert read_problem(answer, 422, "validation-failed")["errors"][0]["pointer"] == "/set_id"
