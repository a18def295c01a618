"""Holds calendars over HTTP: opened with a key, read without one, revoked, and told to nobody."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from app.calendars.feeds import MOST_CALENDARS
from tests.athletes.uploads import RUNNER, address, put, spell_all
from tests.calendars.reading import a_journal, open_calendar, parse, read
from tests.client import Json, caller, make_key, new_id, pointers, read_problem, tenant_of
from tests.processes import SECONDS, RunningServer, serving

FIELDS = {"calendar_id", "athlete_id", "program_id", "at", "alarm_minutes", "created_at"}


async def list_calendars(client: httpx.AsyncClient, athlete_id: str = RUNNER) -> list[Json]:
    answer = await client.get("/calendars", params={"athlete_id": athlete_id})
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "private, no-cache"
    items: list[Json] = answer.json()["items"]
    return items


class TestOpen:
    async def test_tells_an_address_once(self, api: httpx.AsyncClient) -> None:
        journal = a_journal()
        made = await open_calendar(api, journal, alarm_minutes=15)
        assert set(made) == FIELDS | {"url"}
        assert (made["athlete_id"], made["program_id"]) == (RUNNER, address(journal))
        assert (made["at"], made["alarm_minutes"]) == ("18:30", 15)
        (listed,) = await list_calendars(api)
        assert listed == {name: made[name] for name in FIELDS}
        export = (await api.get(f"/athletes/{RUNNER}/export")).json()
        assert (export["calendars"], export["sessions"]) == ([listed], [])

    async def test_lets_nothing_on_the_way_keep_the_address(self, api: httpx.AsyncClient) -> None:
        sent = {"athlete_id": RUNNER, "program_id": address(a_journal())}
        answer = await api.post("/calendars", json=sent)
        assert answer.headers["cache-control"] == "no-store"
        assert (answer.json()["at"], answer.json()["alarm_minutes"]) == (None, None)

    async def test_keeps_no_secret(self, app: FastAPI, api: httpx.AsyncClient) -> None:
        made = await open_calendar(api, a_journal())
        secret = made["url"].split("_")[2]
        rows = await app.state.database.read(
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
            ({"program_id": "AQBH3FQM"}, "/program_id", "undated"),
            ({"time": "18:30"}, "/time", "extra_forbidden"),
        ],
    )
    async def test_says_what_is_wrong(
        self, changes: Json, pointer: str, code: str, sqlite_app: FastAPI
    ) -> None:
        fine: Json = {"athlete_id": RUNNER, "program_id": address(a_journal()), "at": "18:30"}
        async with caller(sqlite_app, await make_key(sqlite_app)) as api:
            body = {k: value for k, value in (fine | changes).items() if value is not None}
            problem = read_problem(
                await api.post("/calendars", json=body), 422, "validation-failed"
            )
            assert (pointers(problem), problem["errors"][0]["code"]) == ([pointer], code)
            assert await list_calendars(api) == []

    async def test_says_how_a_programme_gets_its_dates(self, api: httpx.AsyncClient) -> None:
        sent = {"athlete_id": RUNNER, "program_id": "AQBH3FQM"}
        answer = await api.post("/calendars", json=sent)
        assert "start_date" in read_problem(answer, 422, "validation-failed")["detail"]

    async def test_ends_a_loop_gone_wild(self, sqlite_app: FastAPI) -> None:
        journal = a_journal()
        async with caller(sqlite_app, await make_key(sqlite_app)) as api:
            opened = [await open_calendar(api, journal) for _ in range(MOST_CALENDARS)]
            sent = {"athlete_id": RUNNER, "program_id": address(journal)}
            problem = read_problem(
                await api.post("/calendars", json=sent), 422, "validation-failed"
            )
            assert problem["errors"][0]["code"] == "too_many_calendars"
            await open_calendar(api, journal, athlete_id="runner-2")
            await api.delete(f"/calendars/{opened[0]['calendar_id']}")
            await open_calendar(api, journal)

    async def test_is_refused_for_somebody_who_was_erased(
        self, api: httpx.AsyncClient, stranger: httpx.AsyncClient
    ) -> None:
        journal = a_journal()
        await open_calendar(api, journal)
        assert (await api.delete(f"/athletes/{RUNNER}")).status_code == 204
        sent = {"athlete_id": RUNNER, "program_id": address(journal)}
        read_problem(await api.post("/calendars", json=sent), 410, "athlete-erased")
        assert await list_calendars(api) == []
        await open_calendar(stranger, journal)


class TestRead:
    async def test_needs_no_key(self, api: httpx.AsyncClient, anyone: httpx.AsyncClient) -> None:
        journal = a_journal(timezone="Europe/Berlin")
        made = await open_calendar(api, journal, alarm_minutes=15)
        answer = await anyone.get(made["url"])
        events = parse(answer)
        assert len(events) == 24
        assert all(len(event.walk("VALARM")) == 1 for event in events.values())
        assert answer.headers["cache-control"] == "private, max-age=300"
        assert not any("url" in event for event in events.values())

    async def test_answers_the_same_again_or_that_nothing_changed(
        self, api: httpx.AsyncClient, anyone: httpx.AsyncClient
    ) -> None:
        made = await open_calendar(api, a_journal())
        first, second = [await anyone.get(made["url"]) for _ in range(2)]
        assert (first.content, first.headers["etag"]) == (second.content, second.headers["etag"])
        cached = await anyone.get(made["url"], headers={"If-None-Match": first.headers["etag"]})
        assert (cached.status_code, cached.content) == (304, b"")
        head = await anyone.head(made["url"])
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["etag"] == first.headers["etag"]

    async def test_has_events_of_whole_days_without_a_time(
        self, api: httpx.AsyncClient, anyone: httpx.AsyncClient
    ) -> None:
        made = await open_calendar(api, a_journal(), at=None)
        events = await read(anyone, made["url"])
        assert {event["dtstart"].params["VALUE"] for event in events.values()} == {"DATE"}

    async def test_is_of_one_person_and_one_programme(
        self, api: httpx.AsyncClient, anyone: httpx.AsyncClient
    ) -> None:
        journal, other = a_journal(), a_journal(level="advanced")
        made = await open_calendar(api, journal)
        before = (await anyone.get(made["url"])).content
        for sent in spell_all(a_journal().train(), "runner-2"):
            await put(api, sent)
        assert (await anyone.get(made["url"])).content == before
        theirs = await open_calendar(api, other)
        assert set(await read(anyone, theirs["url"])).isdisjoint(
            parse(await anyone.get(made["url"]))
        )


class TestNoCalendar:
    async def test_is_one_and_the_same_answer(
        self, app: FastAPI, api: httpx.AsyncClient, anyone: httpx.AsyncClient
    ) -> None:
        first, second = [await open_calendar(api, a_journal()) for _ in range(2)]
        revoked, kept = first["url"], second["url"]
        await api.delete(f"/calendars/{first['calendar_id']}")
        tenant = (await tenant_of(app, api)).hex
        unknown = revoked.replace(tenant, new_id().replace("-", ""))
        damaged = kept[:-5] + ("0" if kept[-5] != "0" else "1") + ".ics"
        told = set()
        for path in (revoked, unknown, damaged, "/calendars/nothing.ics", "/calendars/%20.ics"):
            problem = read_problem(await anyone.get(path), 404, "not-found")
            told.add((problem["detail"], *sorted(problem)))
        assert len(told) == 1
        parse(await anyone.get(kept))

    async def test_is_told_of_a_damaged_token_without_the_database(
        self, anyone: httpx.AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[object] = []
        monkeypatch.setattr(app.state.database, "read", lambda *call: asked.append(call))
        path = f"/calendars/pushcal_{'0' * 32}_{'0' * 64}_00000000.ics"
        read_problem(await anyone.get(path), 404, "not-found")
        assert asked == []


class TestRevoke:
    async def test_ends_it_at_once(self, api: httpx.AsyncClient, anyone: httpx.AsyncClient) -> None:
        made = await open_calendar(api, a_journal())
        path = f"/calendars/{made['calendar_id']}"
        answer = await api.delete(path)
        assert (answer.status_code, answer.content) == (204, b"")
        read_problem(await anyone.get(made["url"]), 404, "not-found")
        read_problem(await api.delete(path), 404, "not-found")
        assert await list_calendars(api) == []

    async def test_is_for_its_own_tenant(
        self, api: httpx.AsyncClient, stranger: httpx.AsyncClient
    ) -> None:
        made = await open_calendar(api, a_journal())
        path = f"/calendars/{made['calendar_id']}"
        read_problem(await stranger.delete(path), 404, "not-found")
        assert await list_calendars(stranger) == []
        assert len(await list_calendars(api)) == 1


class TestErasure:
    async def test_ends_the_calendars_of_a_person(
        self, api: httpx.AsyncClient, anyone: httpx.AsyncClient
    ) -> None:
        journal = a_journal().train()
        for sent in spell_all(journal):
            await put(api, sent)
        mine = await open_calendar(api, journal)
        other = await open_calendar(api, journal, athlete_id="runner-2")
        assert (await api.delete(f"/athletes/{RUNNER}")).status_code == 204
        read_problem(await anyone.get(mine["url"]), 404, "not-found")
        read_problem(await api.get(f"/athletes/{RUNNER}/export"), 404, "not-found")
        parse(await anyone.get(other["url"]))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with serving(tmp_path_factory.mktemp("calendars")) as running:
        yield running


class TestSecret:
    def test_is_in_no_log_and_no_metric(self, server: RunningServer) -> None:
        sent = {"athlete_id": RUNNER, "program_id": address(a_journal()), "at": "18:30"}
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
