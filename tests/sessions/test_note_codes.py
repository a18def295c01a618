"""Every code of a data note that a write may answer with has its sentence in /reasons."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from app.training.adapting import next_session
from tests.athletes.journal_uploads import encode_log, put_session
from tests.client import Json, a_set
from tests.programs.test_retired_engines import RETIRED_ID
from tests.sessions.next_client import make_body
from tests.training.journal import Journal

FINISHED = encode_log(Journal(weeks=1).train())


async def check_notes(client: httpx.AsyncClient, notes: list[Json], *codes: str) -> None:
    """Check that /reasons has these codes, with the sentences of these notes."""
    assert {note["code"] for note in notes} == set(codes)
    for note in notes:
        answer = await client.get(f"/reasons/{note['code']}")
        assert answer.status_code == 200, note["code"]
        sentence = re.sub(r"\\\{\w+\\\}", ".+", re.escape(answer.json()["earned"]))
        assert re.fullmatch(sentence, note["detail"])


class TestCodeOfANote:
    async def test_of_a_finished_programme_is_listed(self, api: httpx.AsyncClient) -> None:
        notes = [(await put_session(api, sent))["data_notes"] for sent in FINISHED][-1]
        await check_notes(api, notes, "PROGRAMME_FINISHED")

    async def test_of_an_unknown_programme_is_listed(self, api: httpx.AsyncClient) -> None:
        answer = await put_session(api, make_body(program_id="of-another-coach"))
        await check_notes(api, answer["data_notes"], "unknown_program")

    async def test_of_a_retired_engine_is_listed(self, api: httpx.AsyncClient) -> None:
        answer = await put_session(api, make_body(program_id=RETIRED_ID))
        await check_notes(api, answer["data_notes"], "program_engine_retired")

    async def test_of_odd_values_is_listed(self, api: httpx.AsyncClient) -> None:
        soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        ended = "2024-05-06T18:00:00+02:00"
        sent = make_body(
            program_id=None, started_at=soon, ended_at=ended, sets=[a_set(exercise="hop")]
        )
        notes = (await put_session(api, sent))["data_notes"]
        await check_notes(api, notes, "clock_skew", "ended_before_start", "UNKNOWN_EXERCISE")

    async def test_of_a_failed_fold_is_listed(
        self, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(next_session, "find_next", fail)
        answer = await put_session(api, make_body(week=1))
        await check_notes(api, answer["data_notes"], "next_failed")
