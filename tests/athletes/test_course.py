"""Holds a programme as it stands to what was done: whatever the way and the order it came in."""

import datetime
import random
from datetime import UTC

import httpx
import pytest
from fastapi import FastAPI

from tests.athletes.uploads import (
    RUNNER,
    address,
    begin_week,
    codes,
    get_course,
    note_down,
    put,
    put_all,
    spell,
    spell_all,
    without_nothing,
)
from tests.athletes.worked import (
    CASES,
    Case,
    four_weeks,
    high_pain_twice,
    second_session_short,
)
from tests.client import Json, caller, make_key, new_id, read_problem
from tests.training.journal import Journal, sessions, sets

WHO = ("athlete_id", "program_id")


async def get_plan(client: httpx.AsyncClient, program_id: str) -> list[Json]:
    """The weeks of the programme as it was planned."""
    weeks: list[Json] = (await client.get(f"/programs/{program_id}")).json()["weeks"]
    return weeks


def without_mark(week: Json) -> Json:
    return {name: value for name, value in week.items() if name != "projected"}


class TestCourse:
    @pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
    async def test_agrees_with_the_worked_examples(
        self, case: Case, api: httpx.AsyncClient
    ) -> None:
        make, week = case
        journal = make()
        await put_all(api, spell_all(journal))
        if journal.log[-1].week != journal.weeks_over:
            # Without dates, nothing but a later session says that empty weeks are over.
            await put(api, begin_week(journal))
        told = await get_course(api, address(journal))
        assert (told["status"], told["reason"], told["data_notes"]) == ("planned", None, [])
        assert told["current_week"] == journal.weeks_over + 1
        assert note_down(told["weeks"][journal.weeks_over]) == week

    async def test_blocks_after_high_pain_in_two_weeks_running(
        self, api: httpx.AsyncClient
    ) -> None:
        journal = high_pain_twice()
        await put_all(api, spell_all(journal))
        told = await get_course(api, address(journal))
        assert (told["status"], told["current_week"]) == ("blocked", None)
        assert told["reason"]["code"] == "CLEARANCE_REQUIRED"
        assert [week["index"] for week in told["weeks"]] == [1, 2, 3]
        assert told["reasons"] == []

    async def test_is_the_plan_while_nothing_was_done(self, api: httpx.AsyncClient) -> None:
        program_id = address(Journal(level="advanced", weeks=20))
        told = await get_course(api, program_id)
        assert [without_mark(week) for week in told["weeks"]] == await get_plan(api, program_id)
        assert [week["projected"] for week in told["weeks"]] == [False] + [True] * 19
        assert (told["current_week"], told["athlete_id"]) == (1, RUNNER)
        assert set(codes(told["reasons"])) == {"START"}

    async def test_stays_the_plan_while_all_is_done_as_prescribed(
        self, api: httpx.AsyncClient
    ) -> None:
        journal = Journal().train(weeks=7)
        await put_all(api, spell_all(journal))
        told = await get_course(api, address(journal))
        assert [without_mark(w) for w in told["weeks"]] == await get_plan(api, address(journal))
        assert [week["projected"] for week in told["weeks"]] == [False] * 8 + [True] * 4

    async def test_projects_from_what_was_done(self, api: httpx.AsyncClient) -> None:
        journal = second_session_short()
        await put_all(api, spell_all(journal))
        weeks = (await get_course(api, address(journal)))["weeks"]
        plan = await get_plan(api, address(journal))
        assert [week["index"] for week in weeks] == [*range(1, 13)]
        assert weeks[6]["reasons"]["straight_knee"] == "ADD_REPS"
        assert plan[6]["reasons"]["straight_knee"] == "NEXT_RUNG"

    async def test_ends(self, api: httpx.AsyncClient) -> None:
        journal = Journal(weeks=2).train(weeks=2)
        await put_all(api, spell_all(journal))
        told = await get_course(api, address(journal))
        assert (told["status"], told["current_week"], told["reason"]) == ("finished", None, None)
        assert [week["projected"] for week in told["weeks"]] == [False, False]

    async def test_goes_on_by_the_calendar_where_it_has_dates(self, api: httpx.AsyncClient) -> None:
        today = datetime.datetime.now(UTC).date()
        start = today - datetime.timedelta(days=21 + today.weekday())
        told = await get_course(api, address(Journal(start_date=start)))
        assert told["current_week"] == 4
        assert set(codes(told["reasons"])) == {"NO_DATA_START"}
        assert told["weeks"][3]["start_date"] == (start + datetime.timedelta(days=21)).isoformat()

    async def test_tells_what_could_not_be_counted(self, api: httpx.AsyncClient) -> None:
        journal = four_weeks()
        sent = spell(journal, journal.log[-1])
        sent["sets"] = [{**sent["sets"][0], "reps": 500, "set_index": 9, "set_id": new_id()}]
        await put_all(api, spell_all(journal))
        await put(api, sent)
        (note,) = (await get_course(api, address(journal)))["data_notes"]
        assert note["code"] == "IMPLAUSIBLE_IGNORED"
        assert (note["session_id"], note["set_id"]) == (
            sent["session_id"],
            sent["sets"][0]["set_id"],
        )

    @pytest.mark.parametrize("program_id", ["x", "AQBH3FQN", "%20", "A" * 300])
    async def test_is_not_there_for_an_id_of_nothing(
        self, program_id: str, api: httpx.AsyncClient
    ) -> None:
        for below in ("", "/today", "/weeks/1"):
            answer = await api.get(f"/athletes/{RUNNER}/programs/{program_id}{below}")
            read_problem(answer, 404, "not-found")


class TestWeek:
    async def test_is_the_same_as_in_the_whole(self, api: httpx.AsyncClient) -> None:
        journal = second_session_short()
        await put_all(api, spell_all(journal))
        told = await get_course(api, address(journal))
        for week in told["weeks"]:
            below = f"/weeks/{week['index']}"
            assert await get_course(api, address(journal), below=below) == week

    async def test_is_not_there_beyond_the_programme(self, api: httpx.AsyncClient) -> None:
        program_id = address(Journal(weeks=2))
        answer = await api.get(f"/athletes/{RUNNER}/programs/{program_id}/weeks/3")
        read_problem(answer, 404, "not-found")

    async def test_is_not_there_behind_a_block(self, api: httpx.AsyncClient) -> None:
        journal = high_pain_twice()
        await put_all(api, spell_all(journal))
        path = f"/athletes/{RUNNER}/programs/{address(journal)}/weeks"
        assert (await api.get(f"{path}/3")).status_code == 200
        read_problem(await api.get(f"{path}/4"), 404, "not-found")


def season() -> Journal:
    """Eight weeks with everything that a log can hold, and the ninth begun."""
    journal = Journal().train(weeks=2).train(sets("SK", pain=4)).train()
    journal.train(sets("BK", session=1, pain=7)).train(sessions(morning_pain=None)).skip()
    journal.train(sets("SU", side="left", reps=9, rir=None, rpe=9))
    return journal.train(sessions(2, omit=True))


async def put_live(client: httpx.AsyncClient, sent: Json, chance: random.Random) -> None:
    """A session set by set, in any order, its own fields somewhere between."""
    place = {name: sent[name] for name in ("week", "session", *WHO)}
    parts = [*sent["sets"], None]
    chance.shuffle(parts)
    for one in parts:
        if one is None:
            await put(client, {**sent, "sets": []})
            continue
        path = f"/sessions/{sent['session_id']}/sets/{one['set_id']}"
        answer = await client.put(path, json={**one, **place})
        assert answer.status_code in (200, 201), answer.text


async def put_anyhow(client: httpx.AsyncClient, sent: list[Json], chance: random.Random) -> None:
    """Sessions in any order, each in one of the ways that there are."""
    left = chance.sample(sent, len(sent))
    for one in left[:2]:
        await put_live(client, one, chance)
    await put_all(client, left[2:8])
    for one in left[8:]:
        await put(client, one)


class TestOrder:
    async def test_and_way_of_uploads_change_no_byte(
        self, api: httpx.AsyncClient, stranger: httpx.AsyncClient, seed: int
    ) -> None:
        journal, chance = season(), random.Random(seed)
        path = f"/athletes/{RUNNER}/programs/{address(journal)}"
        await put_all(api, spell_all(journal))
        for _ in range(2):
            await put_anyhow(stranger, spell_all(journal), chance)
        for below in ("", "/today", "/weeks/9"):
            one, other = await api.get(path + below), await stranger.get(path + below)
            assert one.status_code == 200
            assert one.content == other.content
            assert one.headers["etag"] == other.headers["etag"]

    async def test_and_repetition_change_nothing_of_a_worked_example(
        self, api: httpx.AsyncClient
    ) -> None:
        journal = second_session_short()
        sent = spell_all(journal)
        late = [one for one in sent if one["week"] == 4]
        await put_all(api, [*reversed(sent), *sent[:6], *late])
        again = {**sent[2]["sets"][1], "version": 1}
        await put(api, without_nothing({**sent[2], "sets": [again]}))
        told = await get_course(api, address(journal))
        assert note_down(told["weeks"][5]) == CASES["A2 one session short"][1]
        assert told["data_notes"] == []


class TestPrivacy:
    async def test_shows_a_stranger_an_untouched_plan(
        self, api: httpx.AsyncClient, stranger: httpx.AsyncClient
    ) -> None:
        journal = second_session_short()
        await put_all(api, spell_all(journal))
        told = await get_course(stranger, address(journal))
        assert (told["current_week"], told["data_notes"]) == (1, [])
        plan = await get_plan(stranger, address(journal))
        assert [without_mark(week) for week in told["weeks"]] == plan

    async def test_shows_nothing_of_another_athlete(self, api: httpx.AsyncClient) -> None:
        journal = four_weeks()
        await put_all(api, spell_all(journal))
        assert (await get_course(api, address(journal)))["current_week"] == 5
        assert (await get_course(api, address(journal), "runner-2"))["current_week"] == 1

    async def test_shows_nothing_of_another_programme(self, api: httpx.AsyncClient) -> None:
        await put_all(api, spell_all(four_weeks()))
        other = address(Journal(weeks=11))
        assert (await get_course(api, other))["current_week"] == 1

    @pytest.mark.parametrize("below", ["", "/weeks/1", "/today"])
    async def test_needs_a_key_that_may_read(self, below: str, app: FastAPI) -> None:
        path = f"/athletes/{RUNNER}/programs/{address(Journal())}{below}"
        async with caller(app) as anyone:
            read_problem(await anyone.get(path), 401, "unauthenticated")
        async with caller(app, await make_key(app, scopes=["sessions:write"])) as writer:
            read_problem(await writer.get(path), 403, "insufficient-scope")
        async with caller(app, await make_key(app, scopes=["sessions:read"])) as reader:
            assert (await reader.get(path)).status_code == 200


class TestCaching:
    @pytest.mark.parametrize("below", ["", "/weeks/1", "/today"])
    async def test_saves_the_bytes_that_a_client_has(
        self, below: str, api: httpx.AsyncClient
    ) -> None:
        journal = Journal().train()
        path = f"/athletes/{RUNNER}/programs/{address(journal)}{below}"
        first = await api.get(path)
        assert first.headers["cache-control"] == "private, no-cache"
        assert "Authorization" in first.headers["vary"]
        known = {"If-None-Match": first.headers["etag"]}
        again = await api.get(path, headers=known)
        assert (again.status_code, again.content) == (304, b"")
        await put_all(api, spell_all(journal))
        after = await api.get(path, headers=known)
        # The first week was prescribed as it was, whatever was done in it.
        assert after.status_code == (304 if below == "/weeks/1" else 200)
