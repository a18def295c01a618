"""Holds the shelf of finished answers: what it keeps, what it gives up, and how it validates."""

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from app.web.http import answers
from app.web.http.answers import CACHE_PROGRAM, AnswerCache, PreparedAnswer
from tests.client import a_session, caller, new_id


def an_answer(size: int = 10) -> PreparedAnswer:
    return answers.prepare(b"x" * size, "/x", CACHE_PROGRAM)


class TestTag:
    def test_is_strong_and_of_the_bytes(self) -> None:
        assert answers.make_etag(b"a") == answers.make_etag(b"a") != answers.make_etag(b"b")
        assert answers.make_etag(b"a")[0] == answers.make_etag(b"a")[-1] == '"'


class TestMatches:
    @pytest.mark.parametrize("header", ['"a"', 'W/"a"', '"b", "a"', ' "a" ,"b"', "*", " * "])
    def test_finds_the_tag(self, header: str) -> None:
        assert answers.etag_matches(header, '"a"')

    @pytest.mark.parametrize("header", [None, "", "a", '"A"', '"a', '"b"', 'W/"b"', '"a"x', "**"])
    def test_finds_no_other(self, header: str | None) -> None:
        assert not answers.etag_matches(header, '"a"')

    @given(st.text(max_size=30))
    def test_breaks_at_nothing(self, header: str) -> None:
        assert answers.etag_matches(header, '"a"') in (True, False)


class TestShelf:
    def test_gives_back_what_was_put(self) -> None:
        shelf, answer = AnswerCache(10_000), an_answer()
        assert shelf.get("/a") is None
        assert shelf.put("/a", answer) is shelf.get("/a") is answer

    def test_makes_room_for_the_new(self) -> None:
        shelf = AnswerCache(3 * an_answer().weigh())
        for path in "abc":
            shelf.put(path, an_answer())
        assert shelf.get("a")
        shelf.put("d", an_answer())
        assert [path for path in "abcd" if shelf.get(path)] == ["a", "c", "d"]

    def test_keeps_nothing_that_is_larger_than_itself(self) -> None:
        shelf = AnswerCache(1_500)
        shelf.put("small", an_answer())
        large = an_answer(2_000)
        assert shelf.put("large", large) is large
        assert shelf.get("large") is None
        assert shelf.get("small")

    def test_of_no_size_keeps_nothing(self) -> None:
        shelf = AnswerCache(0)
        shelf.put("a", an_answer())
        assert shelf.get("a") is None

    @given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 900)), max_size=30))
    def test_knows_its_weight_and_never_exceeds_it(self, puts: list[tuple[str, int]]) -> None:
        shelf = AnswerCache(5_500)
        for path, size in puts:
            shelf.put(path, an_answer(size))
            assert shelf.bytes == sum(answer.weigh() for answer in shelf.answers.values())
            assert shelf.bytes <= shelf.most_bytes


class TestFront:
    async def test_answers_as_the_framework_does(self, sqlite_app: FastAPI) -> None:
        path = "/exercises/step-up"
        sqlite_app.state.resources.answer_cache.answers.pop(path, None)
        async with caller(sqlite_app) as client:
            first = await client.get(path)
            assert sqlite_app.state.resources.answer_cache.get(path)
            second = await client.get(path)
            named = {"If-None-Match": first.headers["etag"]}
            third = await client.get(path, headers=named)
        # Only the framework's way passes the layer that adds a needless Vary: Origin.
        own = ("x-request-id", "vary")
        assert second.content == first.content
        assert {k: v for k, v in first.headers.items() if k not in own} == {
            k: v for k, v in second.headers.items() if k not in own
        }
        assert "Accept-Encoding" in first.headers["vary"]
        assert second.headers["vary"] == "Accept-Encoding"
        assert (third.status_code, third.content) == (304, b"")

    async def test_leaves_questions_and_other_methods_alone(self, sqlite_app: FastAPI) -> None:
        async with caller(sqlite_app) as client:
            await client.get("/exercises")
            assert len((await client.get("/exercises?seed=true")).json()["items"]) == 3
            assert (await client.get("/exercises?x=1")).status_code == 400
            assert (await client.post("/exercises")).status_code == 405

    @pytest.mark.parametrize("coding", ["br", "gzip", "identity"])
    async def test_hands_out_each_coding_under_a_tag_of_its_own(
        self, sqlite_app: FastAPI, coding: str
    ) -> None:
        wanted = {"Accept-Encoding": coding}
        async with caller(sqlite_app) as client:
            plain = await client.get("/exercises", headers={"Accept-Encoding": "identity"})
            first = await client.get("/exercises", headers=wanted)
            known = {**wanted, "If-None-Match": first.headers["etag"]}
            again = await client.get("/exercises", headers=known)
            head = await client.head("/exercises", headers=wanted)
        assert first.content == plain.content
        assert first.headers.get("content-encoding", "identity") == coding
        assert (first.headers["etag"] == plain.headers["etag"]) == (coding == "identity")
        assert (again.status_code, again.content) == (304, b"")
        assert (head.content, head.headers["content-length"]) == (
            b"",
            first.headers["content-length"],
        )

    async def test_codes_nothing_that_is_somebodys(self, api: httpx.AsyncClient) -> None:
        path = f"/sessions/{new_id()}"
        await api.put(path, json=a_session(notes="x" * 1_000))
        read = await api.get(path, headers={"Accept-Encoding": "gzip, br"})
        assert "content-encoding" not in read.headers
