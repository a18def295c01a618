"""The status of a session that was sent without one: it closes nothing that is still to be done."""

from typing import Any

import httpx
import pytest

from tests.athletes.journal_uploads import adapt, get_followed, put_session
from tests.client import Json, a_set, new_id
from tests.sessions.next_client import DEFAULT, make_body, put_set

MORNING: Json = {"week": 1, "session": 1, "morning_pain": {"score": 1, "site": "calf"}}


async def put_after(api: httpx.AsyncClient, first: Json, **second: Any) -> str:
    """Return the status of a session after two uploads."""
    sent = make_body(**first)
    await put_session(api, sent)
    again = make_body(session_id=sent["session_id"], **second)
    status: str = (await put_session(api, again))["session"]["status"]
    return status


class TestStatusThatWasNotSent:
    async def test_is_completed_with_sets(self, api: httpx.AsyncClient) -> None:
        answer = await put_session(api, make_body(week=1, session=1, sets=[a_set()]))
        assert (answer["session"]["status"], answer["next"]["session"]) == ("completed", 2)

    async def test_leaves_the_session_open_without_sets(self, api: httpx.AsyncClient) -> None:
        answer = await put_session(api, make_body(**MORNING))
        assert (answer["session"]["status"], answer["next"]["session"]) == ("in_progress", 1)
        assert (await get_followed(api, DEFAULT, below="/today"))["session"] == 1

    async def test_leaves_it_open_after_a_post(self, api: httpx.AsyncClient) -> None:
        answer = (await api.post("/sessions", json=make_body(**MORNING))).json()
        assert (answer["session"]["status"], answer["next"]["session"]) == ("in_progress", 1)

    async def test_leaves_it_open_in_a_batch(self, api: httpx.AsyncClient) -> None:
        sent = {"sessions": [make_body(**MORNING)]}
        answer = (await api.post("/sessions/batch", json=sent)).json()
        assert answer["next"][0]["next"]["session"] == 1

    async def test_leaves_it_open_in_a_log(self, api: httpx.AsyncClient) -> None:
        adapted = await adapt(api, DEFAULT, sessions=[make_body(**MORNING)])
        assert adapted["next"]["session"] == 1

    @pytest.mark.parametrize("status", ["in_progress", "completed", "partial", "abandoned"])
    @pytest.mark.parametrize("sets", [[], [a_set()]])
    async def test_does_not_replace_a_stored_one(
        self, api: httpx.AsyncClient, status: str, sets: list[Json]
    ) -> None:
        first = {"week": 1, "session": 1, "status": status, "sets": [a_set()]}
        assert await put_after(api, first, **MORNING, sets=sets) == status

    async def test_does_not_close_a_session_that_is_under_way(self, api: httpx.AsyncClient) -> None:
        session_id = new_id()
        await put_set(api, session_id, program_id=DEFAULT, week=1, session=1)
        answer = await put_session(api, make_body(session_id=session_id, **MORNING))
        assert (answer["next"]["session"], answer["next"]["left"] is None) == (1, False)

    async def test_is_replaced_by_one_that_is_sent(self, api: httpx.AsyncClient) -> None:
        assert await put_after(api, MORNING, **MORNING, status="abandoned") == "abandoned"

    async def test_is_kept_within_a_batch(self, api: httpx.AsyncClient) -> None:
        done = make_body(week=1, session=1, status="partial", sets=[a_set()])
        pain = make_body(session_id=done["session_id"], **MORNING)
        answer = (await api.post("/sessions/batch", json={"sessions": [done, pain]})).json()
        assert [one["outcome"] for one in answer["outcomes"]] == ["created", "updated"]
        assert answer["next"][0]["next"]["session"] == 2

    @pytest.mark.parametrize("version", [None, 3])
    async def test_is_unchanged_when_it_is_sent_again(
        self, api: httpx.AsyncClient, version: int | None
    ) -> None:
        sent = make_body(**MORNING, version=version)
        answers = [await put_session(api, sent) for _ in range(2)]
        assert [one["outcome"] for one in answers] == ["created", "unchanged"]

    async def test_is_new_after_a_deletion(self, api: httpx.AsyncClient) -> None:
        sent = make_body(week=1, session=1, status="partial", version=1)
        await put_session(api, sent)
        await api.delete(f"/sessions/{sent['session_id']}")
        again = make_body(session_id=sent["session_id"], **MORNING, version=2)
        assert (await put_session(api, again))["session"]["status"] == "in_progress"
