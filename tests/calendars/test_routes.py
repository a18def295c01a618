"""Tests of /calendars: created with a key, read without one, revoked, and secret."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from app.calendars.feeds import MAX_CALENDARS
from tests.athletes.journal_uploads import RUNNER, encode_log, find_program_id, put_session
from tests.calendars.calendar_client import create_calendar, make_journal, parse_events, read_events
from tests.client import Json, caller, make_key, new_id, pointers, read_problem, tenant_of
from tests.processes import SECONDS, RunningServer, serving

FIELDS = {"calendar_id", "athlete_id", "program_id", "at", "alarm_minutes", "created_at"}


async def list_calendars(client: httpx.AsyncClient, athlete_id: str = RUNNER) -> list[Json]:
    answer = await client.get("/calendars", params={"athlete_id": athlete_id})
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "private, no-cache"
    items: list[Json] = answer.json()["items"]
    return items


class TestCreateCalendar:
    async def test_shows_the_url_once(self, api: httpx.AsyncClient) -> None:
        journal = make_journal()
        made = await create_calendar(api, journal, alarm_minutes=15)
        assert set(made) == FIELDS | {"url"}
        assert (made["athlete_id"], made["program_id"]) == (RUNNER, find_program_id(journal))
        assert (made["at"], made["alarm_minutes"]) == ("18:30", 15)
        (listed,) = await list_calendars(api)
        assert listed == {name: made[name] for name in FIELDS}
        export = (await api.get(f"/athletes/{RUNNER}/export")).json()
        assert (export["calendars"], export["sessions"]) == ([listed], [])

    async def test_forbids_caching_the_url(self, api: httpx.AsyncClient) -> None:
        sent = {"athlete_id": RUNNER, "program_id": find_program_id(make_journal())}
        answer = await api.post("/calendars", json=sent)
        assert answer.headers["cache-control"] == "no-store"
        assert (answer.json()["at"], answer.json()["alarm_minutes"]) == (None, None)

    async def test_stores_no_secret(self, app: FastAPI, api: httpx.AsyncClient) -> None:
        made = await create_calendar(api, make_journal())
        secret = made["url"].split("_")[2]
        rows = await app.state.resources.database.read(
            lambda tx: str([*tx.exec_driver_sql("SELECT * FROM calendars")])
        )
        assert secret not in rows
        assert len(bytes.fromhex(secret)) == 32

    @pytest.mark.parametrize(
        ("changes", "pointer", "code"),
        [
            ({"at": "24:00"}, "/at", "string_pattern_mismatch"),
            ({"at": "7:30"}, "/at", "string_pattern_mismatch"),
            ({"at": "18:30\n"}, "/at", "string_pattern_mismatch"),
            ({"at": "\u0661\u0668:\u0663\u0660"}, "/at", "string_pattern_mismatch"),
            ({"alarm_minutes": -1}, "/alarm_minutes", "greater_than_equal"),
            ({"alarm_minutes": 1441}, "/alarm_minutes", "less_than_equal"),
            ({"alarm_minutes": True}, "/alarm_minutes", "int_type"),
            ({"at": None, "alarm_minutes": 15}, "/alarm_minutes", "alarm_without_time"),
            ({"athlete_id": "a/b"}, "/athlete_id", "athlete_id"),
            ({"athlete_id": None}, "/athlete_id", "missing"),
            ({"program_id": "nothing"}, "/program_id", "unknown_program"),
            ({"program_id": "AgCZvl77"}, "/program_id", "undated"),
            ({"time": "18:30"}, "/time", "extra_forbidden"),
        ],
    )
    async def test_rejects_a_wrong_field(
        self, changes: Json, pointer: str, code: str, sqlite_app: FastAPI
    ) -> None:
        fine: Json = {
            "athlete_id": RUNNER,
            "program_id": find_program_id(make_journal()),
            "at": "18:30",
        }
        async with caller(sqlite_app, await make_key(sqlite_app)) as api:
            body = {k: value for k, value in (fine | changes).items() if value is not None}
            problem = read_problem(
                await api.post("/calendars", json=body), 422, "validation-failed"
            )
            assert (pointers(problem), problem["errors"][0]["code"]) == ([pointer], code)
            assert await list_calendars(api) == []

    async def test_explains_how_to_plan_with_dates(self, api: httpx.AsyncClient) -> None:
        sent = {"athlete_id": RUNNER, "program_id": "AgCZvl77"}
        answer = await api.post("/calendars", json=sent)
        assert "start_date" in read_problem(answer, 422, "validation-failed")["detail"]

    async def test_limits_the_calendars_of_a_person(self, sqlite_app: FastAPI) -> None:
        journal = make_journal()
        async with caller(sqlite_app, await make_key(sqlite_app)) as api:
            opened = [await create_calendar(api, journal) for _ in range(MAX_CALENDARS)]
            sent = {"athlete_id": RUNNER, "program_id": find_program_id(journal)}
            problem = read_problem(
                await api.post("/calendars", json=sent), 422, "validation-failed"
            )
            assert problem["errors"][0]["code"] == "too_many_calendars"
            await create_calendar(api, journal, athlete_id="runner-2")
            await api.delete(f"/calendars/{opened[0]['calendar_id']}")
            await create_calendar(api, journal)

    async def test_rejects_an_erased_athlete(
        self, api: httpx.AsyncClient, stranger: httpx.AsyncClient
    ) -> None:
        journal = make_journal()
        await create_calendar(api, journal)
        assert (await api.delete(f"/athletes/{RUNNER}")).status_code == 204
        sent = {"athlete_id": RUNNER, "program_id": find_program_id(journal)}
        read_problem(await api.post("/calendars", json=sent), 410, "athlete-erased")
        assert await list_calendars(api) == []
        await create_calendar(stranger, journal)


class TestGetCalendar:
    async def test_requires_no_key(self, api: httpx.AsyncClient, anyone: httpx.AsyncClient) -> None:
        journal = make_journal(timezone="Europe/Berlin")
        made = await create_calendar(api, journal, alarm_minutes=15)
        answer = await anyone.get(made["url"])
        events = parse_events(answer)
        assert len(events) == 24
        assert all(len(event.walk("VALARM")) == 1 for event in events.values())
        assert answer.headers["cache-control"] == "private, max-age=300"
        assert not any("url" in event for event in events.values())

    async def test_answers_the_same_bytes_or_304(
        self, api: httpx.AsyncClient, anyone: httpx.AsyncClient
    ) -> None:
        made = await create_calendar(api, make_journal())
        first, second = [await anyone.get(made["url"]) for _ in range(2)]
        assert (first.content, first.headers["etag"]) == (second.content, second.headers["etag"])
        cached = await anyone.get(made["url"], headers={"If-None-Match": first.headers["etag"]})
        assert (cached.status_code, cached.content) == (304, b"")
        head = await anyone.head(made["url"])
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["etag"] == first.headers["etag"]

    async def test_has_all_day_events_without_a_time(
        self, api: httpx.AsyncClient, anyone: httpx.AsyncClient
    ) -> None:
        made = await create_calendar(api, make_journal(), at=None)
        events = await read_events(anyone, made["url"])
        assert {event["dtstart"].params["VALUE"] for event in events.values()} == {"DATE"}

    async def test_contains_one_programme_of_one_person(
        self, api: httpx.AsyncClient, anyone: httpx.AsyncClient
    ) -> None:
        journal, other = make_journal(), make_journal(level="advanced")
        made = await create_calendar(api, journal)
        before = (await anyone.get(made["url"])).content
        for sent in encode_log(make_journal().train(), "runner-2"):
            await put_session(api, sent)
        assert (await anyone.get(made["url"])).content == before
        theirs = await create_calendar(api, other)
        assert set(await read_events(anyone, theirs["url"])).isdisjoint(
            parse_events(await anyone.get(made["url"]))
        )


class TestUnknownCalendar:
    async def test_gets_the_same_answer_in_every_case(
        self, app: FastAPI, api: httpx.AsyncClient, anyone: httpx.AsyncClient
    ) -> None:
        first, second = [await create_calendar(api, make_journal()) for _ in range(2)]
        revoked, kept = first["url"], second["url"]
        await api.delete(f"/calendars/{first['calendar_id']}")
        tenant = (await tenant_of(app, api)).hex
        unknown = revoked.replace(tenant, new_id().replace("-", ""))
        damaged = kept[:-5] + ("0" if kept[-5] != "0" else "1") + ".ics"
        found = set()
        for path in (revoked, unknown, damaged, "/calendars/nothing.ics", "/calendars/%20.ics"):
            problem = read_problem(await anyone.get(path), 404, "not-found")
            found.add((problem["detail"], *sorted(problem)))
        assert len(found) == 1
        parse_events(await anyone.get(kept))

    async def test_is_rejected_without_the_database_if_damaged(
        self, anyone: httpx.AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[object] = []
        monkeypatch.setattr(app.state.resources.database, "read", lambda *call: asked.append(call))
        path = f"/calendars/pushcal_{'0' * 32}_{'0' * 64}_00000000.ics"
        read_problem(await anyone.get(path), 404, "not-found")
        assert asked == []


class TestDeleteCalendar:
    async def test_revokes_it_at_once(
        self, api: httpx.AsyncClient, anyone: httpx.AsyncClient
    ) -> None:
        made = await create_calendar(api, make_journal())
        path = f"/calendars/{made['calendar_id']}"
        answer = await api.delete(path)
        assert (answer.status_code, answer.content) == (204, b"")
        read_problem(await anyone.get(made["url"]), 404, "not-found")
        read_problem(await api.delete(path), 404, "not-found")
        assert await list_calendars(api) == []

    async def test_is_for_its_own_tenant_only(
        self, api: httpx.AsyncClient, stranger: httpx.AsyncClient
    ) -> None:
        made = await create_calendar(api, make_journal())
        path = f"/calendars/{made['calendar_id']}"
        read_problem(await stranger.delete(path), 404, "not-found")
        assert await list_calendars(stranger) == []
        assert len(await list_calendars(api)) == 1


class TestErasure:
    async def test_deletes_the_calendars_of_a_person(
        self, api: httpx.AsyncClient, anyone: httpx.AsyncClient
    ) -> None:
        journal = make_journal().train()
        for sent in encode_log(journal):
            await put_session(api, sent)
        mine = await create_calendar(api, journal)
        other = await create_calendar(api, journal, athlete_id="runner-2")
        assert (await api.delete(f"/athletes/{RUNNER}")).status_code == 204
        read_problem(await anyone.get(mine["url"]), 404, "not-found")
        read_problem(await api.get(f"/athletes/{RUNNER}/export"), 404, "not-found")
        parse_events(await anyone.get(other["url"]))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with serving(tmp_path_factory.mktemp("calendars")) as running:
        yield running


class TestSecret:
    def test_is_in_no_log_and_no_metric(self, server: RunningServer) -> None:
        sent = {"athlete_id": RUNNER, "program_id": find_program_id(make_journal()), "at": "18:30"}
        with httpx.Client(base_url=server.address, timeout=SECONDS) as client:
            client.headers["Authorization"] = f"Bearer {server.key}"
            made = client.post("/calendars", json=sent).json()
            answers = [client.get(made["url"]), client.delete(f"/calendars/{made['calendar_id']}")]
            answers += [client.get(made["url"]), client.get(made["url"].removesuffix(".ics"))]
            answers += [client.put(made["url"]), client.get(f"{made['url']}?x={made['url']}")]
            metrics = client.get("/metrics").text
        assert [answer.status_code for answer in answers] == [200, 204, 404, 405, 405, 400]
        server.stop()
        log = Path(server.log).read_text()
        routes = [json.loads(line).get("route") for line in log.splitlines()]
        assert routes.count("/calendars/{token}.ics") >= 3
        assert 'route="/calendars/{token}.ics"' in metrics
        for part in made["url"].removesuffix(".ics").split("_")[1:]:
            assert part not in log
            assert part not in metrics
