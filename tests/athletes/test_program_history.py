"""Tests of the list of a person's programmes, and of their progress across those that follow one
another.
"""

import datetime
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.athletes import program_history
from app.athletes.program_history import TrainedProgram
from app.training import engine
from app.training.planning.start import Start, TrackStart
from tests.athletes.journal_uploads import (
    RUNNER,
    encode_log,
    find_program_id,
    get_followed,
    put_batch,
    put_session,
)
from tests.calendars.calendar_client import create_calendar, make_journal
from tests.client import Json, a_session, a_set, caller, make_key, new_id, read_problem
from tests.training.journal import Journal, sessions, sets

# The default programme of engine 1, which is retired.
RETIRED = "AQBH3FQM"


async def list_programs(client: httpx.AsyncClient, athlete_id: str = RUNNER) -> list[Json]:
    answer = await client.get(f"/athletes/{athlete_id}/programs")
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


async def get_progress(client: httpx.AsyncClient) -> Json:
    answer = await client.get(f"/athletes/{RUNNER}/progress")
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def make_season() -> list[Journal]:
    """Return three programmes that follow one another, the last of them under way.

    They have a session on Sundays, so that no running week is over before this week is.
    """
    first = make_journal(11, weeks=4, weekdays=(2, 6)).train(weeks=4)
    second = first.carry_on(weeks=9, equipment=("chair", "dumbbell")).train(weeks=5)
    # The third one begins before the end of the second.
    third = second.carry_on(weeks=8).train(weeks=2)
    return [first, second, third]


async def put_season(client: httpx.AsyncClient) -> list[Journal]:
    season = make_season()
    for journal in reversed(season):
        await put_batch(client, encode_log(journal))
    return season


class TestListAthletePrograms:
    async def test_tells_what_became_of_each_the_newest_first(self, api: httpx.AsyncClient) -> None:
        first, second, third = await put_season(api)
        listed = await list_programs(api)
        assert [one["program_id"] for one in listed] == [
            find_program_id(journal) for journal in (third, second, first)
        ]
        assert [one["status"] for one in listed] == ["planned", "planned", "finished"]
        assert [one["week"] for one in listed] == [3, 8, None]
        for one, journal in zip(listed, (third, second, first), strict=True):
            last = journal.log[-1].started_at
            assert datetime.datetime.fromisoformat(one["last_session_at"]) == last

    async def test_names_the_programme_that_continues_another(self, api: httpx.AsyncClient) -> None:
        _, second, third = await put_season(api)
        listed = await list_programs(api)
        assert [one["continued_as"] for one in listed] == [
            None,
            find_program_id(third),
            find_program_id(second),
        ]
        # Without a session of it, nobody knows that the third one was planned.
        for sent in encode_log(third):
            await api.delete(f"/sessions/{sent['session_id']}")
        assert [one["continued_as"] for one in await list_programs(api)] == [
            None,
            find_program_id(second),
        ]

    async def test_names_no_programme_that_only_comes_later(self, api: httpx.AsyncClient) -> None:
        for journal in (make_journal(9, weeks=2).train(), make_journal(5).train()):
            await put_batch(api, encode_log(journal))
        assert [one["continued_as"] for one in await list_programs(api)] == [None, None]

    async def test_includes_blocked_unknown_and_retired_programmes(
        self, api: httpx.AsyncClient
    ) -> None:
        blocked = make_journal(1).train(sessions(1, red_flags=("fever",)))
        await put_batch(api, encode_log(blocked))
        for program_id, day in (("of-another-coach", 2), (RETIRED, 1)):
            moment = f"2024-01-0{day}T10:00:00+01:00"
            await put_session(
                api, a_session(session_id=new_id(), program_id=program_id, started_at=moment)
            )
        listed = await list_programs(api)
        assert [(one["program_id"], one["status"], one["week"]) for one in listed] == [
            (find_program_id(blocked), "blocked", None),
            ("of-another-coach", "unknown", None),
            (RETIRED, "retired", None),
        ]
        assert listed[1]["last_session_at"] == "2024-01-02T10:00:00+01:00"

    async def test_leaves_out_sessions_without_a_programme(self, api: httpx.AsyncClient) -> None:
        await put_session(api, a_session(session_id=new_id(), sets=[a_set()]))
        assert await list_programs(api) == []
        assert (await api.get(f"/athletes/{RUNNER}")).json()["programs"] == []

    async def test_is_empty_for_others(
        self, api: httpx.AsyncClient, stranger: httpx.AsyncClient
    ) -> None:
        await put_batch(api, encode_log(make_journal(1).train()))
        assert await list_programs(stranger) == []
        assert await list_programs(api, "runner-2") == []

    async def test_ends_after_fifty(self, api: httpx.AsyncClient) -> None:
        sent = [
            a_session(
                session_id=new_id(), program_id=f"p-{n}", started_at=f"2024-05-06T12:{n:02}:00Z"
            )
            for n in range(52)
        ]
        await put_batch(api, sent)
        listed = await list_programs(api)
        assert [one["program_id"] for one in listed] == [f"p-{n}" for n in range(51, 1, -1)]


class TestGetAthlete:
    async def test_lists_the_programmes(self, api: httpx.AsyncClient) -> None:
        await put_season(api)
        answer = await api.get(f"/athletes/{RUNNER}")
        assert answer.json() == {"athlete_id": RUNNER, "programs": await list_programs(api)}
        assert answer.headers["cache-control"] == "private, no-cache"
        known = {"If-None-Match": answer.headers["etag"]}
        assert (await api.get(f"/athletes/{RUNNER}", headers=known)).status_code == 304

    async def test_is_404_if_nothing_is_stored(
        self, api: httpx.AsyncClient, stranger: httpx.AsyncClient
    ) -> None:
        await put_batch(api, encode_log(make_journal(1).train()))
        for client, athlete_id in ((stranger, RUNNER), (api, "runner-2")):
            read_problem(await client.get(f"/athletes/{athlete_id}"), 404, "not-found")
        await api.delete(f"/athletes/{RUNNER}")
        read_problem(await api.get(f"/athletes/{RUNNER}"), 404, "not-found")

    async def test_knows_who_only_has_a_calendar(self, api: httpx.AsyncClient) -> None:
        await create_calendar(api, make_journal())
        assert (await api.get(f"/athletes/{RUNNER}")).json()["programs"] == []

    @pytest.mark.parametrize("below", ["", "/programs", "/progress", "/progress.svg"])
    async def test_requires_a_key_with_the_scope_to_read(self, below: str, app: FastAPI) -> None:
        path = f"/athletes/{RUNNER}{below}"
        async with caller(app) as anyone:
            read_problem(await anyone.get(path), 401, "unauthenticated")
        async with caller(app, await make_key(app, scopes=["sessions:write"])) as writer:
            read_problem(await writer.get(path), 403, "insufficient-scope")


class TestGetAthleteProgress:
    async def test_goes_on_from_one_programme_to_the_next(self, api: httpx.AsyncClient) -> None:
        season = await put_season(api)
        found = await get_progress(api)
        assert found["programs"] == [find_program_id(journal) for journal in season]
        weeks = [(week["week"], week["program"], week["program_week"]) for week in found["weeks"]]
        assert weeks == [
            *((n, 1, n) for n in range(1, 5)),
            *((n, 2, n - 4) for n in range(5, 10)),
            *((n, 3, n - 9) for n in range(10, 13)),
        ]
        assert [week["over"] for week in found["weeks"]] == [True] * 11 + [False]

    async def test_is_that_of_the_programme_if_there_is_only_one(
        self, api: httpx.AsyncClient
    ) -> None:
        journal = make_journal(3).train(weeks=3)
        await put_batch(api, encode_log(journal))
        found = await get_progress(api)
        alone = await get_followed(api, find_program_id(journal), below="/progress")
        assert found["programs"] == [find_program_id(journal)]
        assert found["adherence"] == alone["adherence"]
        assert found["ladder"] == alone["ladder"]

    async def test_leaves_out_what_does_not_belong_together(self, api: httpx.AsyncClient) -> None:
        other = make_journal(11, weeks=2, level="advanced").train(weeks=2)
        await put_batch(api, encode_log(other))
        journal = make_journal(3).train(weeks=2)
        await put_batch(api, encode_log(journal))
        assert (await get_progress(api))["programs"] == [find_program_id(journal)]

    async def test_is_404_without_a_programme(self, api: httpx.AsyncClient) -> None:
        read_problem(await api.get(f"/athletes/{RUNNER}/progress"), 404, "not-found")
        await put_session(api, a_session(session_id=new_id(), program_id="of-another-coach"))
        read_problem(await api.get(f"/athletes/{RUNNER}/progress"), 404, "not-found")


def train_in(journal: Journal, day: int) -> TrainedProgram:
    """Return a programme in which one session was done on a day."""
    (first, *_) = Journal().train(sets()).log
    moved = [first.__class__(session_id=first.session_id, athlete_id=RUNNER, started_at=at(day))]
    return TrainedProgram(find_program_id(journal), engine.identify(journal.spec), moved)


def at(day: int) -> datetime.datetime:
    return datetime.datetime(2024, 5, 1, tzinfo=datetime.UTC) + timedelta(days=day)


def continue_after(since: int, **wish: Any) -> Journal:
    """Return a programme that continues others after so many weeks."""
    return Journal(start=Start(since=since, ever=True), **wish)


class TestFindSuccessors:
    def test_takes_the_newest_programme_whose_weeks_are_counted(self) -> None:
        first, second = Journal(weeks=12), Journal(weeks=8)
        later = continue_after(8)
        history = [train_in(later, 9), train_in(second, 5), train_in(first, 1)]
        found = program_history.find_successors(history)
        assert found == {find_program_id(second): find_program_id(later)}

    @pytest.mark.parametrize(("weeks", "is_found"), [(0, True), (4, True), (5, False)])
    def test_counts_no_more_weeks_than_the_programme_has(self, weeks: int, is_found: bool) -> None:
        history = [train_in(Journal(weeks=4), 1), train_in(continue_after(weeks), 2)]
        assert bool(program_history.find_successors(history)) == is_found

    def test_takes_no_programme_that_began_later(self) -> None:
        history = [train_in(Journal(weeks=4), 3), train_in(continue_after(4), 2)]
        assert program_history.find_successors(history) == {}

    def test_ignores_a_start_that_a_client_wrote(self) -> None:
        own = Journal(start=Start(straight_knee=TrackStart(2)))
        history = [train_in(Journal(weeks=4), 1), train_in(own, 2)]
        assert program_history.find_successors(history) == {}

    def test_follows_a_chain_back_to_its_beginning(self) -> None:
        season = [Journal(weeks=4), continue_after(4, weeks=6), continue_after(7, weeks=5)]
        history = [train_in(journal, day) for day, journal in enumerate(season)][::-1]
        chain = program_history.find_newest_chain(history)
        assert [one.program_id for one in chain] == [find_program_id(one) for one in season]
        assert program_history.find_newest_chain([]) == []


class TestGetAthleteProgressPicture:
    async def test_draws_one_line_through_all_programmes(self, api: httpx.AsyncClient) -> None:
        season = await put_season(api)
        answer = await api.get(f"/athletes/{RUNNER}/progress.svg")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
        below = f"programs/{find_program_id(season[-1])}/progress.svg"
        alone = await api.get(f"/athletes/{RUNNER}/{below}")
        assert "Planned and done, 17 weeks" in answer.text
        assert "In weeks 1 to 12 of 17," in answer.text
        assert "Planned and done, 8 weeks" in alone.text

    async def test_is_404_without_a_programme(self, api: httpx.AsyncClient) -> None:
        read_problem(await api.get(f"/athletes/{RUNNER}/progress.svg"), 404, "not-found")
