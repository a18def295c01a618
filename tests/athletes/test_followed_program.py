"""Tests of a programme after what was done: the same for every way and order of uploads."""

import datetime
import random
import uuid
from datetime import UTC

import httpx
import pytest
from fastapi import FastAPI

from tests.athletes.journal_uploads import (
    RUNNER,
    drop_nulls,
    encode_log,
    encode_next_session,
    encode_session,
    find_program_id,
    get_followed,
    list_codes,
    put_batch,
    put_session,
    write_notation,
)
from tests.athletes.worked_examples import (
    CASES,
    Case,
    four_weeks,
    high_pain_in_two_weeks,
    session_below_target,
)
from tests.client import Json, caller, make_key, new_id, read_problem
from tests.training.journal import Journal, sessions, sets
from tests.training.week_reasons import list_sent_reasons

WHO = ("athlete_id", "program_id")


async def get_plan(client: httpx.AsyncClient, program_id: str) -> list[Json]:
    """Return the weeks of the programme as planned."""
    weeks: list[Json] = (await client.get(f"/programs/{program_id}")).json()["weeks"]
    return weeks


def drop_words(week: Json) -> Json:
    """Return a week without what may differ between the plan and a programme after its log: the
    tense of its reasons, and whether it is projected.
    """
    dropped = {"projected", "reason", "other_reasons"}
    kept = {name: value for name, value in week.items() if name not in dropped}
    return {**kept, "reasons": {t: reason["code"] for t, reason in list_sent_reasons(week).items()}}


def drop_all_words(weeks: list[Json]) -> list[Json]:
    return [drop_words(week) for week in weeks]


class TestGetFollowedProgram:
    @pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
    async def test_returns_the_week_of_each_worked_example(
        self, case: Case, api: httpx.AsyncClient
    ) -> None:
        make, week = case
        journal = make()
        await put_batch(api, encode_log(journal))
        if journal.log[-1].week != journal.weeks_over:
            # Without dates, only a later session shows that empty weeks are over.
            await put_session(api, encode_next_session(journal))
        followed = await get_followed(api, find_program_id(journal))
        assert (followed["status"], followed["reason"], followed["data_notes"]) == (
            "planned",
            None,
            [],
        )
        assert followed["current_week"] == journal.weeks_over + 1
        assert write_notation(followed["weeks"][journal.weeks_over]) == week

    async def test_blocks_after_high_pain_in_two_weeks_in_a_row(
        self, api: httpx.AsyncClient
    ) -> None:
        journal = high_pain_in_two_weeks()
        await put_batch(api, encode_log(journal))
        followed = await get_followed(api, find_program_id(journal))
        assert (followed["status"], followed["current_week"]) == ("blocked", None)
        assert followed["reason"]["code"] == "CLEARANCE_REQUIRED"
        assert followed["reason"]["sentence"].startswith("Pain above 5/10 came back")
        assert [week["index"] for week in followed["weeks"]] == [1, 2, 3]
        assert followed["reasons"] == {}

    async def test_says_what_to_do_after_a_warning_sign(self, api: httpx.AsyncClient) -> None:
        journal = Journal().train(sessions(1, red_flags=("hot_swollen_calf",)))
        await put_batch(api, encode_log(journal))
        followed = await get_followed(api, find_program_id(journal))
        assert "call your emergency number" in followed["reason"]["sentence"]
        assert [week["projected"] for week in followed["weeks"]] == [False]

    async def test_is_the_plan_if_nothing_was_done(self, api: httpx.AsyncClient) -> None:
        program_id = find_program_id(Journal(level="advanced", weeks=20))
        followed = await get_followed(api, program_id)
        plan = (await api.get(f"/programs/{program_id}")).json()
        assert drop_all_words(followed["weeks"]) == drop_all_words(plan["weeks"])
        assert [week["projected"] for week in followed["weeks"]] == [False] + [True] * 19
        assert (followed["current_week"], followed["athlete_id"]) == (1, RUNNER)
        assert set(list_codes(followed["reasons"].values())) == {"START"}
        for name in ("exercise_details", "warm_up", "spec", "engine_version", "disclaimers"):
            assert followed[name] == plan[name]

    async def test_uses_the_sentences_of_what_was_earned_until_now(
        self, api: httpx.AsyncClient
    ) -> None:
        journal = Journal().train(weeks=4)
        await put_batch(api, encode_log(journal))
        weeks = (await get_followed(api, find_program_id(journal)))["weeks"]
        said = [list_sent_reasons(weeks[index])["straight_knee"] for index in (4, 5)]
        assert [reason["code"] for reason in said] == ["ADD_REPS"] * 2
        earned, planned = (reason["sentence"] for reason in said)
        assert earned == "That went well, so each set goes to 18 repetitions."
        assert planned == "If these sets go well, each set goes to 20 repetitions."

    async def test_is_the_plan_if_all_was_done_as_prescribed(self, api: httpx.AsyncClient) -> None:
        journal = Journal().train(weeks=7)
        await put_batch(api, encode_log(journal))
        followed = await get_followed(api, find_program_id(journal))
        plan = await get_plan(api, find_program_id(journal))
        assert drop_all_words(followed["weeks"]) == drop_all_words(plan)
        assert [week["projected"] for week in followed["weeks"]] == [False] * 8 + [True] * 4

    async def test_projects_from_what_was_done(self, api: httpx.AsyncClient) -> None:
        journal = session_below_target()
        await put_batch(api, encode_log(journal))
        weeks = (await get_followed(api, find_program_id(journal)))["weeks"]
        plan = await get_plan(api, find_program_id(journal))
        assert [week["index"] for week in weeks] == [*range(1, 13)]
        assert drop_words(weeks[6])["reasons"]["straight_knee"] == "ADD_REPS"
        assert drop_words(plan[6])["reasons"]["straight_knee"] == "NEXT_RUNG"

    async def test_is_finished_after_the_last_week(self, api: httpx.AsyncClient) -> None:
        journal = Journal(weeks=2).train(weeks=2)
        await put_batch(api, encode_log(journal))
        followed = await get_followed(api, find_program_id(journal))
        assert (followed["status"], followed["current_week"], followed["reason"]) == (
            "finished",
            None,
            None,
        )
        assert [week["projected"] for week in followed["weeks"]] == [False, False]

    async def test_counts_weeks_as_over_by_date(self, api: httpx.AsyncClient) -> None:
        today = datetime.datetime.now(UTC).date()
        start = today - datetime.timedelta(days=21 + today.weekday())
        # With a session on Sundays, no week is over before its last day.
        journal = Journal(start_date=start, weekdays=(2, 6))
        followed = await get_followed(api, find_program_id(journal))
        assert followed["current_week"] == 4
        assert set(list_codes(followed["reasons"].values())) == {"NO_DATA_START"}
        assert (
            followed["weeks"][3]["start_date"] == (start + datetime.timedelta(days=21)).isoformat()
        )

    async def test_returns_notes_on_the_log(self, api: httpx.AsyncClient) -> None:
        journal = four_weeks()
        sent = encode_session(journal, journal.log[-1])
        sent["sets"] = [{**sent["sets"][0], "reps": 500, "set_index": 9, "set_id": new_id()}]
        await put_batch(api, encode_log(journal))
        await put_session(api, sent)
        (note,) = (await get_followed(api, find_program_id(journal)))["data_notes"]
        assert note["code"] == "IMPLAUSIBLE_IGNORED"
        assert (note["session_id"], note["set_id"]) == (
            sent["session_id"],
            sent["sets"][0]["set_id"],
        )

    @pytest.mark.parametrize("program_id", ["x", "AQBH3FQN", "%20", "A" * 300])
    async def test_answers_404_to_an_unknown_id(
        self, program_id: str, api: httpx.AsyncClient
    ) -> None:
        for below in ("", "/today", "/weeks/1"):
            answer = await api.get(f"/athletes/{RUNNER}/programs/{program_id}{below}")
            read_problem(answer, 404, "not-found")

    @pytest.mark.parametrize("below", ["", "/today", "/weeks/1", "/progress"])
    async def test_answers_410_to_the_id_of_a_retired_engine(
        self, below: str, api: httpx.AsyncClient
    ) -> None:
        answer = await api.get(f"/athletes/{RUNNER}/programs/AQBH3FQM{below}")
        read_problem(answer, 410, "program-engine-retired")
        assert answer.headers["link"].startswith("</programs/A")


class TestGetFollowedWeek:
    async def test_is_the_same_as_in_the_programme_and_complete_in_itself(
        self, api: httpx.AsyncClient
    ) -> None:
        journal = session_below_target()
        await put_batch(api, encode_log(journal))
        followed = await get_followed(api, find_program_id(journal))
        seen: Json = {}
        for week in followed["weeks"]:
            below = f"/weeks/{week['index']}"
            alone = await get_followed(api, find_program_id(journal), below=below)
            details = alone.pop("exercise_details")
            assert alone == week
            slugs = {e["slug"] for one in week["sessions"] for e in one["exercises"]}
            assert set(details) == slugs
            seen |= details
        assert seen == followed["exercise_details"]

    async def test_is_404_after_the_last_week(self, api: httpx.AsyncClient) -> None:
        program_id = find_program_id(Journal(weeks=2))
        answer = await api.get(f"/athletes/{RUNNER}/programs/{program_id}/weeks/3")
        read_problem(answer, 404, "not-found")

    async def test_is_404_after_a_block(self, api: httpx.AsyncClient) -> None:
        journal = high_pain_in_two_weeks()
        await put_batch(api, encode_log(journal))
        path = f"/athletes/{RUNNER}/programs/{find_program_id(journal)}/weeks"
        assert (await api.get(f"{path}/3")).status_code == 200
        read_problem(await api.get(f"{path}/4"), 404, "not-found")


def make_season() -> Journal:
    """Return eight weeks with everything that a log can contain, and the start of the ninth."""
    journal = Journal().train(weeks=2).train(sets("SK", pain=4)).train()
    journal.train(sets("BK", session=1, pain=7)).train(sessions(morning_pain=None)).skip()
    journal.train(sets("SU", side="left", reps=9, rir=None, rpe=9))
    return journal.train(sessions(2, omit=True))


async def put_set_by_set(client: httpx.AsyncClient, sent: Json, chance: random.Random) -> None:
    """Store a session set by set in random order, with its own fields in between."""
    place = {name: sent[name] for name in ("week", "session", *WHO)}
    parts = [*sent["sets"], None]
    chance.shuffle(parts)
    for one in parts:
        if one is None:
            await put_session(client, {**sent, "sets": []})
            continue
        path = f"/sessions/{sent['session_id']}/sets/{one['set_id']}"
        answer = await client.put(path, json={**one, **place})
        assert answer.status_code in (200, 201), answer.text


async def put_in_any_way(
    client: httpx.AsyncClient, sent: list[Json], chance: random.Random
) -> None:
    """Store sessions in random order, each by a random kind of upload."""
    left = chance.sample(sent, len(sent))
    for one in left[:2]:
        await put_set_by_set(client, one, chance)
    await put_batch(client, left[2:8])
    for one in left[8:]:
        await put_session(client, one)


def record_on_second_device(sent: Json) -> Json:
    """Return a session as another device sends it, which recorded the same a minute later."""
    minute = datetime.timedelta(minutes=1)
    copy: Json = {**sent, "session_id": str(uuid.UUID(int=uuid.UUID(sent["session_id"]).int ^ 1))}
    copy["sets"] = [
        {
            **one,
            "set_id": str(uuid.UUID(int=uuid.UUID(one["set_id"]).int ^ 1)),
            "performed_at": (
                datetime.datetime.fromisoformat(one["performed_at"]) + minute
            ).isoformat(),
        }
        for one in sent["sets"]
    ]
    return copy


class TestUploadOrder:
    async def test_changes_no_byte_on_either_database(
        self, sqlite_app: FastAPI, postgres_app: FastAPI, seed: int
    ) -> None:
        journal, chance = make_season(), random.Random(seed)
        sent = encode_log(journal)
        sent += [record_on_second_device(one) for one in sent[::2]]
        path = f"/athletes/{RUNNER}/programs/{find_program_id(journal)}"
        seen: dict[str, set[bytes]] = {}
        for app in (sqlite_app, postgres_app):
            for _ in range(2):
                async with caller(app, await make_key(app)) as client:
                    await put_in_any_way(client, sent, chance)
                    await put_batch(client, chance.sample(sent, len(sent)))
                    for below in ("", "/today", "/today?view=full", "/weeks/9", "/progress"):
                        answer = await client.get(path + below)
                        assert answer.status_code == 200
                        seen.setdefault(below, set()).add(answer.content)
        assert {below: len(bodies) for below, bodies in seen.items()} == dict.fromkeys(seen, 1)

    async def test_counts_what_two_devices_recorded_once(self, api: httpx.AsyncClient) -> None:
        journal = session_below_target()
        sent = encode_log(journal)
        await put_batch(api, [*sent, *(record_on_second_device(one) for one in sent)])
        followed = await get_followed(api, find_program_id(journal))
        assert write_notation(followed["weeks"][5]) == CASES["A2 one session short"][1]
        assert set(list_codes(followed["data_notes"])) == {"POSSIBLE_DUPLICATE"}

    async def test_changes_no_byte_even_with_other_kinds_of_upload(
        self, api: httpx.AsyncClient, stranger: httpx.AsyncClient, seed: int
    ) -> None:
        journal, chance = make_season(), random.Random(seed)
        path = f"/athletes/{RUNNER}/programs/{find_program_id(journal)}"
        await put_batch(api, encode_log(journal))
        for _ in range(2):
            await put_in_any_way(stranger, encode_log(journal), chance)
        for below in ("", "/today", "/weeks/9"):
            one, other = await api.get(path + below), await stranger.get(path + below)
            assert one.status_code == 200
            assert one.content == other.content
            assert one.headers["etag"] == other.headers["etag"]

    async def test_changes_no_worked_example_even_with_repeated_uploads(
        self, api: httpx.AsyncClient
    ) -> None:
        journal = session_below_target()
        sent = encode_log(journal)
        late = [one for one in sent if one["week"] == 4]
        await put_batch(api, [*reversed(sent), *sent[:6], *late])
        again = {**sent[2]["sets"][1], "version": 1}
        await put_session(api, drop_nulls({**sent[2], "sets": [again]}))
        followed = await get_followed(api, find_program_id(journal))
        assert write_notation(followed["weeks"][5]) == CASES["A2 one session short"][1]
        assert followed["data_notes"] == []


class TestPrivacy:
    async def test_shows_another_tenant_the_plan(
        self, api: httpx.AsyncClient, stranger: httpx.AsyncClient
    ) -> None:
        journal = session_below_target()
        await put_batch(api, encode_log(journal))
        followed = await get_followed(stranger, find_program_id(journal))
        assert (followed["current_week"], followed["data_notes"]) == (1, [])
        plan = await get_plan(stranger, find_program_id(journal))
        assert drop_all_words(followed["weeks"]) == drop_all_words(plan)

    async def test_shows_nothing_of_another_athlete(self, api: httpx.AsyncClient) -> None:
        journal = four_weeks()
        await put_batch(api, encode_log(journal))
        assert (await get_followed(api, find_program_id(journal)))["current_week"] == 5
        assert (await get_followed(api, find_program_id(journal), "runner-2"))["current_week"] == 1

    async def test_shows_nothing_of_another_programme(self, api: httpx.AsyncClient) -> None:
        await put_batch(api, encode_log(four_weeks()))
        other = find_program_id(Journal(weeks=11))
        assert (await get_followed(api, other))["current_week"] == 1

    @pytest.mark.parametrize("below", ["", "/weeks/1", "/today"])
    async def test_requires_a_key_with_the_scope_to_read(self, below: str, app: FastAPI) -> None:
        path = f"/athletes/{RUNNER}/programs/{find_program_id(Journal())}{below}"
        async with caller(app) as anyone:
            read_problem(await anyone.get(path), 401, "unauthenticated")
        async with caller(app, await make_key(app, scopes=["sessions:write"])) as writer:
            read_problem(await writer.get(path), 403, "insufficient-scope")
        async with caller(app, await make_key(app, scopes=["sessions:read"])) as reader:
            assert (await reader.get(path)).status_code == 200


class TestCaching:
    @pytest.mark.parametrize("below", ["", "/weeks/1", "/today"])
    async def test_answers_304_to_a_current_etag(self, below: str, api: httpx.AsyncClient) -> None:
        journal = Journal().train()
        path = f"/athletes/{RUNNER}/programs/{find_program_id(journal)}{below}"
        first = await api.get(path)
        assert first.headers["cache-control"] == "private, no-cache"
        assert "Authorization" in first.headers["vary"]
        known = {"If-None-Match": first.headers["etag"]}
        again = await api.get(path, headers=known)
        assert (again.status_code, again.content) == (304, b"")
        await put_batch(api, encode_log(journal))
        after = await api.get(path, headers=known)
        # The prescription of the first week does not depend on what was done in it.
        assert after.status_code == (304 if below == "/weeks/1" else 200)
