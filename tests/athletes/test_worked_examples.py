"""The worked examples of the science through HTTP: what is planned, adapted and continued by a log
that was sent, and the next session of a log that is stored, on both databases.
"""

import json
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter

from app.training.adapting.next_session import NextSession
from app.training.planning.week import Week
from tests.athletes.journal_uploads import RUNNER, encode_log, find_program_id, put_batch
from tests.client import Json
from tests.training.notation import list_cells
from tests.training.test_worked_examples import BEFORE, HISTORIES, WITHIN, format_next
from tests.training.worked_examples import ADAPTATIONS, CONTINUATIONS, NEXT_SESSIONS, PLANS

_WEEK, _NEXT = TypeAdapter(Week), TypeAdapter(NextSession)
_FIELDS = {*Week.__dataclass_fields__}


def read_week(sent: Json) -> list[str]:
    """Return a week of an answer as the examples write it."""
    return list_cells(_WEEK.validate_python({key: sent[key] for key in sent if key in _FIELDS}))


async def post(client: httpx.AsyncClient, path: str, body: Any) -> Json:
    answer = await client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


class TestPlan:
    @pytest.mark.parametrize("name", PLANS)
    async def test_equals_the_example(self, name: str, api: httpx.AsyncClient) -> None:
        planned = await post(api, "/programs", PLANS[name].sent)
        assert tuple(map(read_week, planned["weeks"])) == PLANS[name].weeks


class TestAdaptation:
    @pytest.mark.parametrize("name", ADAPTATIONS)
    async def test_gives_the_week_of_the_example(self, name: str, api: httpx.AsyncClient) -> None:
        journal = HISTORIES[name]()
        body = {"sessions": encode_log(journal), "through_week": journal.weeks_over}
        adapted = await post(api, f"/programs/{find_program_id(journal)}/adapt", body)
        if adapted["status"] == "blocked":
            assert [adapted["status"], adapted["reason"]["code"]] == [
                ADAPTATIONS[name][0],
                ADAPTATIONS[name][5],
            ]
        else:
            assert read_week(adapted["week"]) == ADAPTATIONS[name]


class TestContinue:
    @pytest.mark.parametrize("name", CONTINUATIONS)
    async def test_begins_with_the_weeks_of_the_example(
        self, name: str, api: httpx.AsyncClient
    ) -> None:
        journal, changes = BEFORE[name](), json.loads(CONTINUATIONS[name][0])
        body = {
            "sessions": encode_log(journal),
            "through_week": journal.weeks_over,
            "cleared": changes.pop("cleared", False),
            "spec": changes,
        }
        path = f"/programs/{find_program_id(journal)}/continue"
        successor = (await post(api, path, body))["program_id"]
        weeks = (await api.get(f"/programs/{successor}")).json()["weeks"][:2]
        assert "<br>".join(", ".join(read_week(week)) for week in weeks) == CONTINUATIONS[name][1]


class TestNextSession:
    @pytest.mark.parametrize("name", NEXT_SESSIONS)
    async def test_is_the_session_of_the_example(self, name: str, api: httpx.AsyncClient) -> None:
        day, expected = NEXT_SESSIONS[name]
        journal = WITHIN[name]()
        await put_batch(api, encode_log(journal))
        path = f"/athletes/{RUNNER}/programs/{find_program_id(journal)}"
        answer = await api.get(f"{path}/today", params={"date": day, "view": "full"})
        notes = (await api.get(path)).json()["data_notes"]
        found = _NEXT.validate_python(answer.json()["next"])
        assert format_next(found, [note["code"] for note in notes]) == expected
