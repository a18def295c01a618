"""Tests of the core tracks of a programme, and of the size of answers with and without them."""

import brotli
import httpx

from app.training.catalog.track_definitions import BASE_TRACKS, OPTIONAL_TRACKS, TRACKS
from tests.client import Json
from tests.programs.spec_samples import ALL_CORE
from tests.training.week_reasons import list_sent_reasons


class TestCore:
    async def test_changes_no_byte_of_a_programme_without_it(
        self, offline: httpx.AsyncClient
    ) -> None:
        plain = await offline.post("/programs", json={})
        unchanged: list[Json] = [{"core": []}, {"core": [], "prefer": [], "races": [], "loads": []}]
        for spec in unchanged:
            assert (await offline.post("/programs", json=spec)).content == plain.content
        queried = await offline.get("/programs?core=")
        assert queried.content == plain.content
        for week in plain.json()["weeks"]:
            assert (
                list(week["effective_volume"]) == list(list_sent_reasons(week)) == list(BASE_TRACKS)
            )
            assert "total_hold_s" not in week
        assert b"seconds" not in plain.content.replace(b"seconds_", b"")

    async def test_counts_one_id_for_any_order(self, offline: httpx.AsyncClient) -> None:
        orders: list[Json] = [
            {"core": ["plank", "bridge", "side_plank"]},
            {"core": ["side_plank", "plank", "bridge"]},
        ]
        found = {(await offline.post("/programs", json=spec)).content for spec in orders}
        assert found == {(await offline.post("/programs", json=ALL_CORE)).content}

    async def test_measures_holds_in_seconds(self, offline: httpx.AsyncClient) -> None:
        whole = (await offline.post("/programs", json=ALL_CORE)).json()
        units = {slug: one["unit"] for slug, one in whole["exercise_details"].items()}
        for week in whole["weeks"]:
            assert list(list_sent_reasons(week)) == list(TRACKS)
            assert (week["total_hold_s"] > 0) == bool(week["sessions"])
            for one in (e for session in week["sessions"] for e in session["exercises"]):
                counted = {name for sets in one["sets"] for name in sets}
                assert ("seconds" in counted, "reserve_s" in counted) == (
                    (True, True) if units[one["slug"]] == "seconds" else (False, False)
                )
                assert ("reps" in counted) == (units[one["slug"]] == "reps")

    async def test_joins_only_the_tracks_that_are_named(self, offline: httpx.AsyncClient) -> None:
        for track in OPTIONAL_TRACKS:
            whole = (await offline.post("/programs", json={"core": [track]})).json()
            assert list(list_sent_reasons(whole["weeks"][0])) == [*BASE_TRACKS, track]


class TestSize:
    """Goals of the contract and of the engine."""

    async def test_of_the_default_programme_is_32_kb_at_most(
        self, offline: httpx.AsyncClient
    ) -> None:
        answer = await offline.post("/programs", json={}, headers={"Accept-Encoding": "identity"})
        assert len(answer.content) <= 32_000

    async def test_of_the_default_programme_is_4_kb_compressed_at_most(
        self, offline: httpx.AsyncClient
    ) -> None:
        sent = {"Accept-Encoding": "br"}
        async with offline.stream("POST", "/programs", json={}, headers=sent) as answer:
            assert answer.headers["content-encoding"] == "br"
            body = b"".join([chunk async for chunk in answer.aiter_raw()])
        assert len(body) <= 4_000
        plain = await offline.post("/programs", json={}, headers={"Accept-Encoding": "identity"})
        assert brotli.decompress(body) == plain.content

    async def test_of_a_programme_with_all_of_core_is_48_kb_at_most(
        self, offline: httpx.AsyncClient
    ) -> None:
        sent = {"Accept-Encoding": "identity"}
        answer = await offline.post("/programs", json=ALL_CORE, headers=sent)
        # Of these, 0.9 KiB are the paths of the pictures.
        assert len(answer.content) <= 48 * 1024

    async def test_of_a_session_alone_is_5_kb_at_most(self, offline: httpx.AsyncClient) -> None:
        whole = (await offline.post("/programs", json={})).json()
        place = f"/programs/{whole['program_id']}"
        for week in whole["weeks"]:
            for session in week["sessions"]:
                path = f"{place}/weeks/{week['index']}/sessions/{session['index']}"
                answer = await offline.get(path, headers={"Accept-Encoding": "identity"})
                assert len(answer.content) <= 5_000
