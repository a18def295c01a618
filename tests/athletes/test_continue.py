"""Tests of POST /athletes/{athlete_id}/programs/{program_id}/continue: the successor of a programme
from the stored log. What a successor carries over is tested in tests/training and tests/programs.
"""

from typing import Any

import httpx
from fastapi import FastAPI

from tests.athletes.journal_uploads import (
    RUNNER,
    encode_log,
    encode_session,
    find_program_id,
    put_batch,
    put_session,
)
from tests.athletes.worked_examples import four_weeks, high_pain_in_two_weeks
from tests.calendars.calendar_client import make_journal
from tests.client import Json, caller, make_key, pointers, read_problem
from tests.training.journal import Journal, sessions
from tests.training.week_reasons import list_sent_reasons


def build_path(journal: Journal) -> str:
    return f"/athletes/{RUNNER}/programs/{find_program_id(journal)}/continue"


async def carry_on(client: httpx.AsyncClient, journal: Journal, **body: Any) -> Json:
    answer = await client.post(build_path(journal), json=body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    found: Json = answer.json()
    return found


class TestContinueAthleteProgram:
    async def test_is_the_same_as_with_the_log_in_the_request(self, api: httpx.AsyncClient) -> None:
        journal = four_weeks()
        await put_batch(api, encode_log(journal))
        spec = {"weeks": 10, "equipment": ["chair", "dumbbell"]}
        stored = await carry_on(api, journal, spec=spec)
        path = f"/programs/{find_program_id(journal)}/continue"
        sent = await api.post(path, json={"sessions": encode_log(journal), "spec": spec})
        assert stored == sent.json()
        assert (stored["spec"]["weeks"], stored["spec"]["start"]["since"]) == (10, 4)

    async def test_plans_what_comes_next(self, api: httpx.AsyncClient) -> None:
        journal = Journal().train(weeks=6)
        await put_batch(api, encode_log(journal))
        continued = await carry_on(api, journal)
        plan = (await api.get(f"/programs/{continued['program_id']}")).json()
        assert plan["spec"] == continued["spec"]
        codes = [reason["code"] for reason in list_sent_reasons(plan["weeks"][0]).values()]
        assert codes == ["NEXT_RUNG"] * 3

    async def test_starts_with_the_plan_if_nothing_was_done(self, api: httpx.AsyncClient) -> None:
        continued = await carry_on(api, Journal(weeks=6), spec={"weeks": 8})
        assert (continued["spec"]["weeks"], continued["spec"]["start"]["since"]) == (8, 0)

    async def test_leads_to_a_list_that_names_the_successor(self, api: httpx.AsyncClient) -> None:
        journal = make_journal(6, weeks=5).train(weeks=5)
        await put_batch(api, encode_log(journal))
        continued = await carry_on(api, journal, spec={"weeks": 4})
        following = journal.carry_on(weeks=4).train()
        assert find_program_id(following) == continued["program_id"]
        await put_session(api, encode_session(following, following.log[0]))
        programs = (await api.get(f"/athletes/{RUNNER}")).json()["programs"]
        assert [(one["program_id"], one["continued_as"]) for one in programs] == [
            (continued["program_id"], None),
            (find_program_id(journal), continued["program_id"]),
        ]

    async def test_tells_what_did_not_count(self, api: httpx.AsyncClient) -> None:
        journal = Journal(weeks=2).train()
        sent = encode_log(journal)
        sent[0]["sets"][0]["exercise"] = "hop"
        await put_batch(api, sent)
        notes = (await carry_on(api, journal))["data_notes"]
        assert [note["code"] for note in notes] == ["UNKNOWN_EXERCISE"]


class TestAfterABlock:
    async def test_requires_that_the_runner_was_cleared(self, api: httpx.AsyncClient) -> None:
        journal = high_pain_in_two_weeks()
        await put_batch(api, encode_log(journal))
        answer = await api.post(build_path(journal), json={"spec": {"weeks": 8}})
        assert pointers(read_problem(answer, 422, "validation-failed")) == ["/cleared"]
        continued = await carry_on(api, journal, cleared=True)
        plan = (await api.get(f"/programs/{continued['program_id']}")).json()
        assert {t: reason["code"] for t, reason in list_sent_reasons(plan["weeks"][0]).items()} == {
            "straight_knee": "RETURN_AFTER_PAIN",
            "bent_knee": "RETURN_AFTER_PAIN",
            "step_up": "CLEARED",
        }

    async def test_is_the_same_after_a_warning_sign(self, api: httpx.AsyncClient) -> None:
        journal = Journal().train(sessions(1, red_flags=("fever",)))
        await put_batch(api, encode_log(journal))
        answer = await api.post(build_path(journal), json={})
        assert pointers(read_problem(answer, 422, "validation-failed")) == ["/cleared"]
        assert (await carry_on(api, journal, cleared=True))["spec"]["start"]["caution"]


class TestBody:
    async def test_takes_no_log(self, api: httpx.AsyncClient) -> None:
        answer = await api.post(build_path(Journal()), json={"sessions": []})
        assert pointers(read_problem(answer, 422, "validation-failed")) == ["/sessions"]

    async def test_names_the_field_that_does_not_fit(self, api: httpx.AsyncClient) -> None:
        sent = {"spec": {"race_date": "2027-01-01"}}
        answer = await api.post(build_path(Journal()), json=sent)
        (where,) = pointers(read_problem(answer, 422, "validation-failed"))
        assert where.startswith("/spec/")

    async def test_needs_the_scope_to_read(self, app: FastAPI) -> None:
        path = build_path(Journal())
        async with caller(app) as anyone:
            read_problem(await anyone.post(path, json={}), 401, "unauthenticated")
        async with caller(app, await make_key(app, scopes=["sessions:write"])) as writer:
            read_problem(await writer.post(path, json={}), 403, "insufficient-scope")
        async with caller(app, await make_key(app, scopes=["sessions:read"])) as reader:
            assert (await reader.post(path, json={})).status_code == 200

    async def test_is_unknown_for_an_id_that_encodes_nothing(self, api: httpx.AsyncClient) -> None:
        answer = await api.post(f"/athletes/{RUNNER}/programs/x/continue", json={})
        read_problem(answer, 404, "not-found")
