"""If-Match and If-None-Match follow RFC 9110: a client with an outdated view does not write."""

import asyncio

import httpx

from tests.client import a_session, a_set, new_id, read_problem


class TestIfMatch:
    async def test_replaces_the_current_state(self, api: httpx.AsyncClient) -> None:
        path = f"/sessions/{new_id()}"
        tag = (await api.put(path, json=a_session())).headers["etag"]
        for form in ("{}", '"x", {}', "*"):
            named = {"If-Match": form.format(tag)}
            answer = await api.put(path, json=a_session(notes=form), headers=named)
            assert (answer.status_code, answer.json()["outcome"]) == (200, "updated")
            tag = answer.headers["etag"]

    async def test_rejects_any_other_state(self, api: httpx.AsyncClient) -> None:
        path = f"/sessions/{new_id()}"
        old = (await api.put(path, json=a_session())).headers["etag"]
        await api.put(path, json=a_session(sets=[a_set()]))
        before = (await api.get(path)).content
        for sent in (old, '"x"', "x", ""):
            answer = await api.put(path, json=a_session(notes="b"), headers={"If-Match": sent})
            read_problem(answer, 412, "precondition-failed")
            refused = await api.delete(path, headers={"If-Match": sent})
            read_problem(refused, 412, "precondition-failed")
        assert (await api.get(path)).content == before

    async def test_fails_without_a_stored_session(self, api: httpx.AsyncClient) -> None:
        path = f"/sessions/{new_id()}"
        answer = await api.put(path, json=a_session(), headers={"If-Match": "*"})
        read_problem(answer, 412, "precondition-failed")
        assert (await api.get(path)).status_code == 404

    async def test_deletes_the_current_state(self, api: httpx.AsyncClient) -> None:
        path = f"/sessions/{new_id()}"
        tag = (await api.put(path, json=a_session())).headers["etag"]
        assert (await api.delete(path, headers={"If-Match": tag})).status_code == 204

    async def test_stores_one_of_a_hundred_concurrent_writes(self, api: httpx.AsyncClient) -> None:
        path = f"/sessions/{new_id()}"
        tag = (await api.put(path, json=a_session())).headers["etag"]
        answers = await asyncio.gather(
            *(
                api.put(path, json=a_session(notes=str(n)), headers={"If-Match": tag})
                for n in range(100)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [200] + [412] * 99
        (won,) = [answer for answer in answers if answer.status_code == 200]
        assert won.json()["session"] == (await api.get(path)).json()


class TestIfNoneMatch:
    async def test_creates_a_session_but_does_not_replace_it(self, api: httpx.AsyncClient) -> None:
        path, only_new = f"/sessions/{new_id()}", {"If-None-Match": "*"}
        first = await api.put(path, json=a_session(notes="a"), headers=only_new)
        second = await api.put(path, json=a_session(notes="b"), headers=only_new)
        assert first.status_code == 201
        read_problem(second, 412, "precondition-failed")
        assert (await api.get(path)).json()["notes"] == "a"

    async def test_creates_one_of_twenty_concurrent_sessions(self, api: httpx.AsyncClient) -> None:
        path, only_new = f"/sessions/{new_id()}", {"If-None-Match": "*"}
        answers = await asyncio.gather(
            *(api.put(path, json=a_session(notes=str(n)), headers=only_new) for n in range(20))
        )
        assert sorted(answer.status_code for answer in answers) == [201] + [412] * 19

    async def test_is_ignored_unless_it_is_a_star(self, api: httpx.AsyncClient) -> None:
        path = f"/sessions/{new_id()}"
        tag = (await api.put(path, json=a_session())).headers["etag"]
        answer = await api.put(path, json=a_session(notes="b"), headers={"If-None-Match": tag})
        assert answer.json()["outcome"] == "updated"
