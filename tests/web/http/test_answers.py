"""Tests of ETags, the answer cache, and cached answers over HTTP."""

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from app.web.http import answers
from app.web.http.answers import CACHE_PROGRAM, AnswerCache, PreparedAnswer
from tests.client import a_session, caller, new_id


def prepare(size: int = 10) -> PreparedAnswer:
    return answers.prepare(b"x" * size, "/x", CACHE_PROGRAM)


class TestMakeEtag:
    def test_makes_a_strong_tag_that_depends_on_the_bytes(self) -> None:
        assert answers.make_etag(b"a") == answers.make_etag(b"a") != answers.make_etag(b"b")
        assert answers.make_etag(b"a")[0] == answers.make_etag(b"a")[-1] == '"'


class TestEtagMatches:
    @pytest.mark.parametrize("header", ['"a"', 'W/"a"', '"b", "a"', ' "a" ,"b"', "*", " * "])
    def test_matches_a_header_with_the_tag(self, header: str) -> None:
        assert answers.etag_matches(header, '"a"')

    @pytest.mark.parametrize("header", [None, "", "a", '"A"', '"a', '"b"', 'W/"b"', '"a"x', "**"])
    def test_matches_no_other_header(self, header: str | None) -> None:
        assert not answers.etag_matches(header, '"a"')

    @given(st.text(max_size=30))
    def test_accepts_any_text(self, header: str) -> None:
        assert answers.etag_matches(header, '"a"') in (True, False)


class TestAnswerCache:
    def test_returns_the_stored_answer(self) -> None:
        cache, answer = AnswerCache(10_000), prepare()
        assert cache.get("/a") is None
        assert cache.put("/a", answer) is cache.get("/a") is answer

    def test_evicts_the_least_recently_used_answer(self) -> None:
        cache = AnswerCache(3 * prepare().size())
        for path in "abc":
            cache.put(path, prepare())
        assert cache.get("a")
        cache.put("d", prepare())
        assert [path for path in "abcd" if cache.get(path)] == ["a", "c", "d"]

    def test_does_not_store_an_answer_larger_than_the_cache(self) -> None:
        cache = AnswerCache(1_500)
        cache.put("small", prepare())
        large = prepare(2_000)
        assert cache.put("large", large) is large
        assert cache.get("large") is None
        assert cache.get("small")

    def test_stores_nothing_with_a_size_of_0(self) -> None:
        cache = AnswerCache(0)
        cache.put("a", prepare())
        assert cache.get("a") is None

    @given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 900)), max_size=30))
    def test_counts_its_bytes_and_never_exceeds_the_maximum(
        self, puts: list[tuple[str, int]]
    ) -> None:
        cache = AnswerCache(5_500)
        for path, size in puts:
            cache.put(path, prepare(size))
            assert cache.bytes == sum(answer.size() for answer in cache.answers.values())
            assert cache.bytes <= cache.max_bytes


class TestCachedAnswer:
    async def test_has_the_body_and_headers_of_the_framework(self, sqlite_app: FastAPI) -> None:
        path = "/exercises/step-up"
        sqlite_app.state.resources.answer_cache.answers.pop(path, None)
        async with caller(sqlite_app) as client:
            first = await client.get(path)
            assert sqlite_app.state.resources.answer_cache.get(path)
            second = await client.get(path)
            known = {"If-None-Match": first.headers["etag"]}
            third = await client.get(path, headers=known)
        # Only the framework's response passes the CORS layer, which adds a needless Vary: Origin.
        own = ("x-request-id", "vary")
        assert second.content == first.content
        assert {k: v for k, v in first.headers.items() if k not in own} == {
            k: v for k, v in second.headers.items() if k not in own
        }
        assert "Accept-Encoding" in first.headers["vary"]
        assert second.headers["vary"] == "Accept-Encoding"
        assert (third.status_code, third.content) == (304, b"")

    async def test_is_not_used_for_a_query_or_another_method(self, sqlite_app: FastAPI) -> None:
        async with caller(sqlite_app) as client:
            await client.get("/exercises")
            assert len((await client.get("/exercises?seed=true")).json()["items"]) == 3
            assert (await client.get("/exercises?x=1")).status_code == 400
            assert (await client.post("/exercises")).status_code == 405

    @pytest.mark.parametrize("coding", ["br", "gzip", "identity"])
    async def test_has_its_own_tag_in_each_coding(self, sqlite_app: FastAPI, coding: str) -> None:
        accepted = {"Accept-Encoding": coding}
        async with caller(sqlite_app) as client:
            plain = await client.get("/exercises", headers={"Accept-Encoding": "identity"})
            first = await client.get("/exercises", headers=accepted)
            known = {**accepted, "If-None-Match": first.headers["etag"]}
            again = await client.get("/exercises", headers=known)
            head = await client.head("/exercises", headers=accepted)
        assert first.content == plain.content
        assert first.headers.get("content-encoding", "identity") == coding
        assert (first.headers["etag"] == plain.headers["etag"]) == (coding == "identity")
        assert (again.status_code, again.content) == (304, b"")
        assert (head.content, head.headers["content-length"]) == (
            b"",
            first.headers["content-length"],
        )

    async def test_is_not_made_of_private_data(self, api: httpx.AsyncClient) -> None:
        path = f"/sessions/{new_id()}"
        await api.put(path, json=a_session(notes="x" * 1_000))
        read = await api.get(path, headers={"Accept-Encoding": "gzip, br"})
        assert "content-encoding" not in read.headers
