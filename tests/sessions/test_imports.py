"""POST /sessions/import over HTTP: storing a file once and again, and hostile files. The readers of
the formats are tested in tests/formats.
"""

import asyncio
import io
import time
import zipfile
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.client import Json, a_session, a_set, caller, make_key, new_id, read_problem
from tests.formats.fit import raw_fit, watch_simulator

CSV = (
    "started_at,exercise,side,reps,performed_at\n"
    "2026-10-06T18:30:00+02:00,step-up,left,15,2026-10-06T18:34:10+02:00\n"
    "2026-10-06T18:30:00+02:00,step-up,right,14,2026-10-06T18:35:10+02:00\n"
)
HEVY = (
    '"title","start_time","end_time","exercise_title","set_index","set_type","weight_kg","reps"\n'
    '"Legs","6 Oct 2026, 18:30","6 Oct 2026, 18:50","Step Up",0,"normal",,15\n'
)
SPEC = {"level": "advanced", "equipment": ["dumbbell"], "days_per_week": 3, "units": "metric"}


async def send_file(client: httpx.AsyncClient, data: str | bytes, **query: Any) -> httpx.Response:
    return await client.post("/sessions/import", content=data, params={"athlete_id": "me", **query})


async def import_file(client: httpx.AsyncClient, data: str | bytes, **query: Any) -> Json:
    answer = await send_file(client, data, **query)
    assert answer.status_code == 200, answer.text
    imported: Json = answer.json()
    return imported


def list_outcomes(imported: Json) -> list[str]:
    return [one["outcome"] for one in imported["outcomes"]]


def build_zip(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, CSV)
    return packed.getvalue()


class TestImport:
    async def test_stores_the_sessions_of_the_file(self, api: httpx.AsyncClient) -> None:
        imported = await import_file(api, CSV)
        assert (imported["kind"], list_outcomes(imported)) == ("pushoff_csv", ["created"])
        stored = (await api.get("/sessions", params={"athlete_id": "me"})).json()["items"]
        assert stored == imported["sessions"]
        assert [(s["exercise"], s["side"], s["reps"]) for s in stored[0]["sets"]] == [
            ("step-up", "left", 15),
            ("step-up", "right", 14),
        ]

    async def test_changes_nothing_the_second_time(self, api: httpx.AsyncClient) -> None:
        await import_file(api, CSV)
        assert list_outcomes(await import_file(api, CSV)) == ["unchanged"]

    async def test_previews_the_outcomes_and_stores_nothing(self, api: httpx.AsyncClient) -> None:
        imported = await import_file(api, CSV, dry_run="true")
        assert (imported["dry_run"], list_outcomes(imported), imported["next"]) == (
            True,
            ["created"],
            [],
        )
        assert (await api.get("/sessions")).json()["items"] == []

    async def test_reads_a_zip_archive(self, api: httpx.AsyncClient) -> None:
        assert list_outcomes(await import_file(api, build_zip("export.csv"))) == ["created"]

    async def test_reads_local_times_in_the_given_zone(self, api: httpx.AsyncClient) -> None:
        imported = await import_file(api, HEVY, tz="America/New_York")
        assert imported["sessions"][0]["started_at"] == "2026-10-06T18:30:00-04:00"

    async def test_warns_that_it_assumed_a_zone(self, api: httpx.AsyncClient) -> None:
        imported = await import_file(api, HEVY)
        assert "time_zone_assumed" in [one["code"] for one in imported["warnings"]]

    async def test_stores_and_lists_unmapped_exercises(self, api: httpx.AsyncClient) -> None:
        imported = await import_file(api, HEVY.replace("Step Up", "Bench Press"))
        assert imported["unmapped"] == [{"exercise": "hevy:Bench Press", "sets": 1}]
        assert [one["exercise"] for one in imported["sessions"][0]["sets"]] == ["hevy:Bench Press"]

    async def test_stores_a_history_of_any_length(self, api: httpx.AsyncClient) -> None:
        header, *_ = CSV.splitlines(keepends=True)
        days = [f"2025-{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 29)]
        moment = "{0}T{1}:00:00Z,step-up,both,9,{0}T{1}:05:00Z\n"
        rows = "".join(moment.format(day, hour) for day in days for hour in (10, 20))
        imported = await import_file(api, header + rows)
        assert list_outcomes(imported) == ["created"] * 2 * len(days)
        assert list_outcomes(await import_file(api, header + rows)) == ["unchanged"] * 2 * len(days)

    async def test_hides_the_conflicting_session_of_another_athlete_from_a_device(
        self, app: FastAPI
    ) -> None:
        async with caller(app, await make_key(app)) as key:
            (session,) = (await import_file(key, CSV, dry_run="true"))["sessions"]
            path = f"/sessions/{session['session_id']}"
            await key.put(path, json=a_session(athlete_id="somebody", notes="c4n4ry"))
            token = (await key.post("/athletes/me/tokens", json={})).json()["token"]
            assert "c4n4ry" in (await send_file(key, CSV)).text
        async with caller(app, token) as device:
            imported = await send_file(device, CSV)
            assert list_outcomes(imported.json()) == ["conflict"]
            assert "c4n4ry" not in imported.text
            batch = {"sessions": [a_session(session_id=session["session_id"], athlete_id="me")]}
            imported = await device.post("/sessions/batch", json=batch)
            assert list_outcomes(imported.json()) == ["conflict"]
            assert "c4n4ry" not in imported.text

    async def test_stores_nothing_for_an_erased_athlete(self, api: httpx.AsyncClient) -> None:
        await import_file(api, CSV)
        await api.delete("/athletes/me")
        imported = await import_file(api, CSV)
        assert list_outcomes(imported) == ["invalid"]
        assert imported["outcomes"][0]["problem"]["status"] == 410

    async def test_accepts_the_token_of_its_athlete_only(self, app: FastAPI) -> None:
        async with caller(app, await make_key(app)) as key:
            token = (await key.post("/athletes/me/tokens", json={})).json()["token"]
        async with caller(app, token) as device:
            assert list_outcomes(await import_file(device, CSV)) == ["created"]
            read_problem(await send_file(device, CSV, athlete_id="you"), 403, "insufficient-scope")

    async def test_keeps_later_corrections(self, api: httpx.AsyncClient) -> None:
        program = (await api.post("/programs", json=SPEC)).json()["program_id"]
        file = await api.get(f"/programs/{program}/weeks/1/sessions/1/workout.fit")
        evening = watch_simulator.perform(file.content)
        (session,) = (await import_file(api, evening))["sessions"]
        path, first = f"/sessions/{session['session_id']}", session["sets"][0]
        said = {**first, "pain": 7, "reps": 3}
        corrected = {key: value for key, value in said.items() if value is not None}
        assert (await api.put(path, json={**session, "srpe": 6, "sets": [corrected]})).is_success
        imported = await import_file(api, evening)
        assert list_outcomes(imported) == ["unchanged"]
        kept = (await api.get(path)).json()
        assert (kept["srpe"], kept["sets"][0]["pain"], kept["sets"][0]["reps"]) == (6, 7, 3)

    async def test_fills_in_fields_that_a_shorter_file_lacked(self, api: httpx.AsyncClient) -> None:
        short = raw_fit.build_file(raw_fit.file_id_message(), raw_fit.set_message(index=0))
        whole = raw_fit.build_file(
            raw_fit.file_id_message(),
            raw_fit.set_message(index=0),
            raw_fit.set_message(start=raw_fit.EVENING + 90, index=1),
            raw_fit.session_message(),
            raw_fit.activity_message(),
        )
        await import_file(api, short)
        assert list_outcomes(await import_file(api, whole)) == ["updated"]
        (stored,) = (await api.get("/sessions")).json()["items"]
        assert (len(stored["sets"]), stored["ended_at"] is None) == (2, False)

    async def test_assigns_no_week_of_another_programme(self, api: httpx.AsyncClient) -> None:
        one = (await api.post("/programs", json=SPEC)).json()["program_id"]
        other = (await api.post("/programs", json={"level": "beginner"})).json()["program_id"]
        file = await api.get(f"/programs/{one}/weeks/1/sessions/1/workout.fit")
        imported = await import_file(api, watch_simulator.perform(file.content), program_id=other)
        (session,) = imported["sessions"]
        assert (session["program_id"], session["week"], session["session"]) == (other, None, None)
        assert "other_program" in [one["code"] for one in imported["warnings"]]

    async def test_warns_of_a_session_that_was_sent_live_as_well(
        self, api: httpx.AsyncClient
    ) -> None:
        program = (await api.post("/programs", json=SPEC)).json()["program_id"]
        file = await api.get(f"/programs/{program}/weeks/1/sessions/1/workout.fit")
        live = a_session(
            athlete_id="me",
            program_id=program,
            week=1,
            session=1,
            started_at=watch_simulator.START.isoformat(),
        )
        await api.put(f"/sessions/{new_id()}", json=live)
        imported = await import_file(api, watch_simulator.perform(file.content))
        assert "maybe_stored_already" in [one["code"] for one in imported["warnings"]]

    async def test_returns_the_data_notes_of_an_upload(self, api: httpx.AsyncClient) -> None:
        imported = await import_file(api, CSV.replace("step-up", "calf raise"))
        assert imported["unmapped"] == [{"exercise": "calf raise", "sets": 2}]
        notes = imported["outcomes"][0]["data_notes"]
        assert [one["code"] for one in notes] == ["UNKNOWN_EXERCISE"] * 2

    async def test_moves_a_session_when_its_zone_is_given_later(
        self, api: httpx.AsyncClient
    ) -> None:
        local = CSV.replace("+02:00", "")
        await import_file(api, local)
        await import_file(api, local, tz="Europe/Berlin")
        (stored,) = (await api.get("/sessions")).json()["items"]
        assert stored["started_at"] == "2026-10-06T18:30:00+02:00"

    async def test_stores_each_row_without_an_id_as_a_separate_set(
        self, api: httpx.AsyncClient
    ) -> None:
        sent = a_session(athlete_id="me", sets=[a_set(reps=1), a_set(reps=2)])
        await api.put(f"/sessions/{new_id()}", json=sent)
        imported = await api.get("/sessions", headers={"Accept": "text/csv"})
        head, _, second = imported.text.splitlines()
        columns = head.split(",")
        row = second.split(",")
        row[columns.index("set_id")] = row[columns.index("set_index")] = ""
        row[columns.index("reps")] = "9"
        await import_file(api, "\n".join([head, second, ",".join(row)]))
        (stored,) = (await api.get("/sessions")).json()["items"]
        assert sorted(one["reps"] for one in stored["sets"]) == [1, 2, 9]


PlannedOrDone = tuple[str, str, float, float]


def list_planned(session: Json) -> list[PlannedOrDone]:
    """Return exercise, side, target and load of each set, in the order in which to do them."""
    return [
        (
            exercise["slug"],
            one["side"],
            one.get("reps") or one.get("seconds"),
            one.get("load", {}).get("value", 0),
        )
        for exercise in session["exercises"]
        for number in range(max(one["count"] for one in exercise["sets"]))
        for one in exercise["sets"]
        if number < one["count"]
    ]


def list_done(session: Json) -> list[PlannedOrDone]:
    """Return exercise, side, repetitions or seconds, and load of each set."""
    return [
        (one["exercise"], one["side"], one["reps"] or one["duration_s"], one["load_kg"] or 0)
        for one in session["sets"]
    ]


class TestRoundTrip:
    @pytest.mark.parametrize("layout", ["flat", "repeat"])
    @pytest.mark.parametrize(
        "habits", [watch_simulator.WatchOptions(), watch_simulator.WatchOptions(keeps_notes=False)]
    )
    async def test_restores_every_exercise_side_rep_and_load(
        self, api: httpx.AsyncClient, layout: str, habits: watch_simulator.WatchOptions
    ) -> None:
        program = (await api.post("/programs", json=SPEC)).json()
        asked = program["weeks"][0]["sessions"][0]
        path = f"/athletes/me/programs/{program['program_id']}"
        file = await api.get(f"{path}/weeks/1/sessions/1/workout.fit", params={"layout": layout})
        performed = watch_simulator.perform(file.content, habits)
        imported = await import_file(api, performed, program_id=program["program_id"])
        (session,) = imported["sessions"]
        place = [session[name] for name in ("program_id", "week", "session")]
        assert place == [program["program_id"], 1, 1]
        assert list_done(session) == list_planned(asked)
        assert not any(one["reps"] is None for one in session["sets"])

    async def test_restores_the_seconds_of_a_hold(self, api: httpx.AsyncClient) -> None:
        spec = {**SPEC, "core": ["side_plank", "bridge", "plank"], "session_minutes": 90}
        program = (await api.post("/programs", json=spec)).json()
        path = f"/athletes/me/programs/{program['program_id']}"
        file = await api.get(f"{path}/weeks/1/sessions/1/workout.fit")
        performed = watch_simulator.perform(file.content, watch_simulator.WatchOptions())
        imported = await import_file(api, performed, program_id=program["program_id"])
        (session,) = imported["sessions"]
        planned = list_planned(program["weeks"][0]["sessions"][0])
        assert list_done(session) == planned
        (following,) = imported["next"]
        assert (following["next"]["week"], following["next"]["session"]) == (1, 2)
        assert following["data_notes"] == []

    async def test_responds_with_the_next_session(self, api: httpx.AsyncClient) -> None:
        program = (await api.post("/programs", json=SPEC)).json()["program_id"]
        path = f"/programs/{program}/weeks/1/sessions/1/workout.fit"
        imported = await import_file(api, watch_simulator.perform((await api.get(path)).content))
        (following,) = imported["next"]
        assert (following["athlete_id"], following["program_id"]) == ("me", program)
        assert (following["next"]["week"], following["next"]["session"]) == (1, 2)
        today = (await api.get(f"/athletes/me/programs/{program}/today")).json()
        assert (today["week"], today["session"]) == (1, 2)

    async def test_restores_sessions_from_a_pushoff_csv(self, api: httpx.AsyncClient) -> None:
        sent = a_session(
            athlete_id="me",
            notes='=1+1, "quoted"\nand more',
            version=3,
            sets=[a_set(set_id=new_id(), load={"value": 12.5, "unit": "lb"}, pain=2.5, version=3)],
        )
        await api.put(f"/sessions/{new_id()}", json=sent)
        imported = await api.get("/sessions", headers={"Accept": "text/csv"})
        assert imported.headers["content-type"] == "text/csv; charset=utf-8"
        assert list_outcomes(await import_file(api, imported.content)) == ["unchanged"]

    async def test_pages_csv_as_it_pages_json(self, api: httpx.AsyncClient) -> None:
        for day in (1, 2, 3):
            await api.put(
                f"/sessions/{new_id()}", json=a_session(started_at=f"2026-01-0{day}T10:00:00Z")
            )
        first = await api.get("/sessions?limit=2", headers={"Accept": "text/csv"})
        assert len(first.text.splitlines()) == 3
        rest = await api.get(first.links["next"]["url"], headers={"Accept": "text/csv"})
        assert len(rest.text.splitlines()) == 2


BAD: dict[str, tuple[bytes, int, str]] = {
    "nothing": (b"", 422, "unreadable-file"),
    "zeros": (bytes(100), 422, "unreadable-file"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(50), 422, "unreadable-file"),
    "JSON": (b'{"sessions": []}', 422, "unreadable-file"),
    "a table of something else": (b"a,b\n1,2\n", 422, "unreadable-file"),
    "half a FIT header": (raw_fit.build_file()[:11], 422, "unreadable-file"),
    "an archive of nothing": (build_zip(), 422, "unreadable-file"),
    "an archive of two": (build_zip("a.csv", "b.csv"), 422, "unreadable-file"),
    "an archive that climbs": (build_zip("../a.csv"), 422, "unreadable-file"),
    "more than eight MiB": (bytes(8 * 2**20 + 1), 413, "content-too-large"),
}


class TestBadFile:
    @pytest.mark.parametrize(("data", "status", "slug"), BAD.values(), ids=BAD)
    async def test_is_rejected_with_the_reason(
        self, api: httpx.AsyncClient, data: bytes, status: int, slug: str
    ) -> None:
        problem = read_problem(await send_file(api, data), status, slug)
        assert len(problem["detail"]) > 20
        assert (await api.get("/sessions")).json()["items"] == []

    async def test_is_rejected_in_a_form(self, api: httpx.AsyncClient) -> None:
        sent = await api.post(
            "/sessions/import", params={"athlete_id": "me"}, files={"file": ("a.csv", CSV)}
        )
        read_problem(sent, 415, "unsupported-media-type")

    @pytest.mark.parametrize(
        "query",
        [
            {"athlete_id": ""},
            {"tz": "Mars/Olympus"},
            {"tz": "../../etc/passwd"},
            {"tz": "/etc/localtime"},
            {"dry_run": "maybe"},
            {"program_id": "x" * 401},
        ],
    )
    async def test_is_not_read_if_the_query_is_invalid(
        self, api: httpx.AsyncClient, query: Json
    ) -> None:
        read_problem(await send_file(api, CSV, **query), 422, "validation-failed")

    async def test_is_imported_with_an_unknown_programme(self, api: httpx.AsyncClient) -> None:
        imported = await import_file(api, CSV, program_id="nonsense")
        assert list_outcomes(imported) == ["created"]
        assert imported["sessions"][0]["program_id"] == "nonsense"

    async def test_does_not_block_other_requests(self, api: httpx.AsyncClient) -> None:
        # Two million records of no content: as much work as eight MiB can make.
        tiny = raw_fit.build_file(raw_fit.define_message(20, []), bytes(2_000_000))
        waits = []

        async def watch_over(reading: asyncio.Task[httpx.Response]) -> None:
            while not reading.done():
                began = time.perf_counter()
                assert (await api.get("/livez")).status_code == 200
                waits.append(time.perf_counter() - began)
                await asyncio.sleep(0.01)

        reading = asyncio.create_task(send_file(api, tiny))
        await watch_over(reading)
        problem = (await reading).json()
        assert problem["status"] in (413, 422)
        # Far more than it takes on a busy machine, and far less than the two seconds of the file.
        assert len(waits) > 5
        assert max(waits) < 1
