"""A batch responds with one outcome for each item, in order; items do not affect each other."""

from typing import Any

import httpx
import pytest

from app.web.http import problems
from tests.client import Json, a_session, a_set, new_id, pointers, read_problem


async def post(client: httpx.AsyncClient, *sessions: Any) -> list[Json]:
    """Return the outcomes of an accepted batch."""
    answer = await client.post("/sessions/batch", json={"sessions": sessions})
    assert answer.status_code == 200, answer.text
    assert answer.json()["next"] == []
    outcomes: list[Json] = answer.json()["outcomes"]
    assert [outcome["index"] for outcome in outcomes] == list(range(len(sessions)))
    return outcomes


def make_session(**changes: Any) -> Json:
    return a_session(session_id=new_id(), **changes)


class TestBatch:
    async def test_responds_with_each_outcome_in_order(self, api: httpx.AsyncClient) -> None:
        sent = [make_session(version=1, notes=str(n)) for n in range(4)]
        await post(api, sent[0], sent[1], {**sent[2], "version": 5}, {**sent[3], "version": 5})
        outcomes = await post(
            api,
            make_session(),
            sent[0],
            {**sent[1], "version": 2},
            {**sent[2], "version": 4},
            {**sent[3], "version": 5, "notes": "other"},
            {"athlete_id": "runner-1"},
        )
        assert [outcome["outcome"] for outcome in outcomes] == [
            "created", "unchanged", "updated", "stale", "conflict", "invalid",
        ]  # fmt: skip
        assert [o["session_id"] for o in outcomes[1:5]] == [s["session_id"] for s in sent]

    async def test_stores_every_valid_item(self, api: httpx.AsyncClient) -> None:
        bad: list[Any] = [
            None,
            5,
            [],
            "x",
            {},
            make_session(started_at="now"),
            make_session(version=-1),
        ]
        good = [make_session(sets=[a_set()]) for _ in bad]
        mixed = [one for pair in zip(bad, good, strict=True) for one in pair]
        outcomes = await post(api, *mixed)
        assert [o["outcome"] for o in outcomes] == ["invalid", "created"] * len(bad)
        stored = {item["session_id"] for item in (await api.get("/sessions")).json()["items"]}
        assert stored == {one["session_id"] for one in good}

    async def test_responds_with_the_problem_of_an_item(self, api: httpx.AsyncClient) -> None:
        sent = make_session(srpe=11, sets=[a_set(), a_set(reps="many")])
        (outcome,) = await post(api, sent)
        problem = outcome["problem"]
        assert outcome["session_id"] == sent["session_id"]
        assert (problem["type"], problem["status"]) == ("/problems/validation-failed", 422)
        assert problem["title"] == problems.ValidationFailed.title
        assert sorted(pointers(problem)) == ["/sets/1/reps", "/srpe"]
        assert problem["instance"] == "/sessions/batch"

    async def test_requires_an_id_for_each_item(self, api: httpx.AsyncClient) -> None:
        (outcome,) = await post(api, a_session())
        assert (outcome["outcome"], outcome["session_id"]) == ("invalid", None)
        assert pointers(outcome["problem"]) == ["/session_id"]

    @pytest.mark.parametrize("moment", ["1999-12-31T00:00:00Z", "9999-01-01T00:00:00Z"])
    async def test_rejects_only_the_item_with_an_impossible_moment(
        self, moment: str, api: httpx.AsyncClient
    ) -> None:
        outcomes = await post(api, make_session(started_at=moment), make_session())
        assert [o["outcome"] for o in outcomes] == ["invalid", "created"]
        assert pointers(outcomes[0]["problem"]) == ["/started_at"]

    @pytest.mark.parametrize(
        ("fields", "where"),
        [({"notes": "x" * 2_001}, "/notes"), ({"athlete_id": "x" * 2_001}, "/athlete_id")],
    )
    async def test_rejects_only_the_item_with_a_text_that_is_too_long(
        self, fields: Json, where: str, api: httpx.AsyncClient
    ) -> None:
        outcomes = await post(api, make_session(**fields), make_session())
        assert [o["outcome"] for o in outcomes] == ["invalid", "created"]
        assert pointers(outcomes[0]["problem"]) == [where]

    async def test_accepts_a_long_text_in_an_unknown_field(self, api: httpx.AsyncClient) -> None:
        (outcome,) = await post(api, make_session(track="x" * 10_000))
        assert (outcome["outcome"], outcome["warnings"][0]["pointer"]) == ("created", "/track")

    async def test_responds_with_the_stored_session_of_a_conflict(
        self, api: httpx.AsyncClient
    ) -> None:
        sent = make_session(version=1, notes="a")
        outcomes = await post(api, sent, {**sent, "notes": "b"}, {**sent, "athlete_id": "x"})
        assert [o["outcome"] for o in outcomes] == ["created", "conflict", "conflict"]
        for outcome in outcomes[1:]:
            problem = outcome["problem"]
            assert (problem["type"], problem["status"]) == ("/problems/conflict", 409)
            assert problem["stored"]["notes"] == "a"
        assert (await api.get(f"/sessions/{sent['session_id']}")).json()["notes"] == "a"

    async def test_merges_one_session_several_times_in_turn(self, api: httpx.AsyncClient) -> None:
        sent, set_id = make_session(), new_id()
        outcomes = await post(
            api,
            {**sent, "version": 1, "sets": [a_set(set_id=set_id, version=1, reps=1)]},
            {**sent, "version": 3, "notes": "newest"},
            {**sent, "version": 2, "notes": "late"},
            {**sent, "version": 3, "notes": "newest", "sets": [a_set(set_id=set_id, version=2)]},
        )
        assert [o["outcome"] for o in outcomes] == ["created", "updated", "stale", "updated"]
        stored = (await api.get(f"/sessions/{sent['session_id']}")).json()
        assert (stored["version"], stored["notes"]) == (3, "newest")
        assert [(s["version"], s["reps"]) for s in stored["sets"]] == [(2, 12)]

    async def test_rejects_a_set_in_two_sessions(self, api: httpx.AsyncClient) -> None:
        done = a_set(set_id=new_id())
        outcomes = await post(api, make_session(sets=[done]), make_session(sets=[done]))
        assert [o["outcome"] for o in outcomes] == ["created", "conflict"]
        assert len((await api.get("/sessions")).json()["items"]) == 1

    async def test_returns_notes_and_warnings_for_each_item(self, api: httpx.AsyncClient) -> None:
        outcomes = await post(
            api, make_session(sets=[a_set(exercise="hop")]), make_session(mood="fine")
        )
        assert [[n["code"] for n in o["data_notes"]] for o in outcomes] == [
            ["UNKNOWN_EXERCISE"], [],
        ]  # fmt: skip
        assert [[n["pointer"] for n in o["warnings"]] for o in outcomes] == [[], ["/mood"]]

    async def test_changes_nothing_when_it_is_sent_again(self, api: httpx.AsyncClient) -> None:
        sent = [make_session(sets=[a_set(), a_set(side="right")]) for _ in range(5)]
        await post(api, *sent)
        before = (await api.get("/sessions")).content
        assert {o["outcome"] for o in await post(api, *sent)} == {"unchanged"}
        assert (await api.get("/sessions")).content == before


class TestLimits:
    async def test_accepts_500_sessions_and_5000_sets(self, api: httpx.AsyncClient) -> None:
        sent = [make_session(sets=[a_set(set_index=n) for n in range(10)]) for _ in range(500)]
        assert {o["outcome"] for o in await post(api, *sent)} == {"created"}
        items = (await api.get("/sessions", params={"limit": 200})).json()["items"]
        assert [len(item["sets"]) for item in items] == [10] * 200

    async def test_rejects_the_501st_session(self, api: httpx.AsyncClient) -> None:
        answer = await api.post("/sessions/batch", json={"sessions": [{}] * 501})
        assert pointers(read_problem(answer, 422, "validation-failed")) == ["/sessions"]

    async def test_rejects_the_5001st_set(self, api: httpx.AsyncClient) -> None:
        sent = [make_session(sets=[a_set(set_index=n) for n in range(500)]) for _ in range(10)]
        sent.append(make_session(sets=[a_set()]))
        answer = await api.post("/sessions/batch", json={"sessions": sent})
        assert pointers(read_problem(answer, 422, "validation-failed")) == ["/sessions"]
        assert (await api.get("/sessions")).json()["items"] == []
