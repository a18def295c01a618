"""Uploads are stored exactly. Unusual values get a note, and nothing is guessed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.client import Json, a_live_set, a_session, a_set, new_id, pointers, read_problem


async def put(client: httpx.AsyncClient, sent: Json) -> Json:
    """Store a session, compare it with a GET, and return the response."""
    path = f"/sessions/{new_id()}"
    answer = await client.put(path, json=sent)
    assert answer.status_code == 201, answer.text
    body: Json = answer.json()
    assert (await client.get(path)).json() == body["session"]
    return body


async def put_set(client: httpx.AsyncClient, **changes: Any) -> Json:
    body = await put(client, a_session(sets=[a_set(**changes)]))
    stored: Json = body["session"]["sets"][0]
    return stored


def time_ahead(**time: float) -> str:
    return (datetime.now(UTC) + timedelta(**time)).isoformat()


def list_codes(notes: list[Json]) -> list[tuple[str, str]]:
    return [(note["code"], note["pointer"]) for note in notes]


NOTES = {
    "turned round": "\u202eright to left\u202c and \u200bback\u2066 \u2069",
    "an emoji of four bytes": "\U0001f9b5\U0001f3fd and \U0001f468\u200d\U0001f469\u200d\U0001f467",
    "marks on marks": "e" + "\u0301" * 1_999,
    "2,000 emoji": "\U0001f9b5" * 2_000,
    "not normalised": "\u212b \u00c5 A\u030a",
    "blanks at both ends": "  \t a \r\n ",
    "what SQL would read": "'; DROP TABLE sessions; --",
    "no characters of Unicode": "\uffff\U0010ffff\u0001",
    "a backslash and a u": "\\u0000 \\ud800",
    "nothing": "",
}


class TestNotes:
    @pytest.mark.parametrize("text", NOTES.values(), ids=NOTES.keys())
    async def test_returns_notes_unchanged(self, text: str, api: httpx.AsyncClient) -> None:
        stored = (await put(api, a_session(notes=text)))["session"]["notes"]
        assert stored.encode() == text.encode()

    async def test_limits_notes_in_code_points(self, api: httpx.AsyncClient) -> None:
        for character in ("x", "\U0001f9b5"):
            sent = a_session(notes=character * 2_001)
            answer = await api.put(f"/sessions/{new_id()}", json=sent)
            assert pointers(read_problem(answer, 422, "validation-failed")) == ["/notes"]


class TestTimes:
    @pytest.mark.parametrize(
        ("sent", "told"),
        [
            ("2024-05-06T18:30:00+02:00", "2024-05-06T18:30:00+02:00"),
            ("2024-05-06T18:30:00Z", "2024-05-06T18:30:00Z"),
            ("2024-05-06T18:30:00-00:00", "2024-05-06T18:30:00Z"),
            ("2024-05-06T18:30:00+05:45", "2024-05-06T18:30:00+05:45"),
            ("2024-05-06T18:30:00-09:30", "2024-05-06T18:30:00-09:30"),
            ("2024-05-06T00:10:00+14:00", "2024-05-06T00:10:00+14:00"),
            ("2024-05-06T18:30:00+23:59", "2024-05-06T18:30:00+23:59"),
            ("2024-05-06T18:30:00.5Z", "2024-05-06T18:30:00.500000Z"),
            ("2024-05-06T18:30:00.123456789Z", "2024-05-06T18:30:00.123456Z"),
            # A local time that daylight saving skips, and both of one that it repeats.
            ("2024-03-31T02:30:00+01:00", "2024-03-31T02:30:00+01:00"),
            ("2024-10-27T02:30:00+02:00", "2024-10-27T02:30:00+02:00"),
            ("2024-10-27T02:30:00+01:00", "2024-10-27T02:30:00+01:00"),
        ],
    )
    async def test_keeps_the_offset(self, sent: str, told: str, api: httpx.AsyncClient) -> None:
        body = await put(api, a_session(started_at=sent, ended_at=sent))
        assert (body["session"]["started_at"], body["session"]["ended_at"]) == (told, told)

    async def test_accepts_a_time_slightly_ahead_without_a_note(
        self, api: httpx.AsyncClient
    ) -> None:
        assert (await put(api, a_session(started_at=time_ahead(minutes=4))))["data_notes"] == []

    async def test_notes_a_time_less_than_a_day_ahead(self, api: httpx.AsyncClient) -> None:
        late = time_ahead(hours=23)
        body = await put(api, a_session(started_at=late, sets=[a_set(performed_at=late)]))
        assert list_codes(body["data_notes"]) == [
            ("clock_skew", "/started_at"), ("clock_skew", "/sets/0/performed_at"),
        ]  # fmt: skip

    @pytest.mark.parametrize("field", ["started_at", "ended_at"])
    async def test_rejects_a_time_more_than_a_day_ahead(
        self, field: str, api: httpx.AsyncClient
    ) -> None:
        sent = a_session(**{field: time_ahead(hours=25)})
        answer = await api.put(f"/sessions/{new_id()}", json=sent)
        assert pointers(read_problem(answer, 422, "validation-failed")) == [f"/{field}"]

    async def test_limits_the_time_of_a_set(self, api: httpx.AsyncClient) -> None:
        sets = [a_set(), a_set(performed_at=time_ahead(hours=25))]
        answer = await api.put(f"/sessions/{new_id()}", json=a_session(sets=sets))
        assert pointers(read_problem(answer, 422, "validation-failed")) == ["/sets/1/performed_at"]
        path = f"/sessions/{new_id()}/sets/{new_id()}"
        answer = await api.put(path, json=a_live_set(performed_at=time_ahead(hours=25)))
        assert pointers(read_problem(answer, 422, "validation-failed")) == ["/performed_at"]

    async def test_notes_an_end_before_the_start(self, api: httpx.AsyncClient) -> None:
        body = await put(api, a_session(ended_at="2024-05-06T18:00:00+02:00"))
        assert list_codes(body["data_notes"]) == [("ended_before_start", "/ended_at")]

    async def test_treats_another_offset_as_other_content(self, api: httpx.AsyncClient) -> None:
        path, moved = f"/sessions/{new_id()}", "2024-05-06T11:30:00-05:00"
        done = a_set(set_id=new_id(), version=1)
        await api.put(path, json=a_session(sets=[done]))
        answer = await api.put(path, json=a_session(started_at=moved))
        assert answer.json()["outcome"] == "updated"
        assert (await api.get(path)).json()["started_at"] == moved
        sets = [{**done, "performed_at": "2024-05-06T11:35:00-05:00"}]
        answer = await api.put(path, json=a_session(started_at=moved, sets=sets))
        assert answer.status_code == 409

    async def test_filters_by_the_moment_in_any_offset(self, api: httpx.AsyncClient) -> None:
        for hour, offset in (("18", "+02:00"), ("11", "-05:00")):
            await put(api, a_session(started_at=f"2024-05-06T{hour}:30:00{offset}"))
        window = {"from": "2024-05-06T16:30:00Z", "to": "2024-05-06T16:30:00.000001Z"}
        assert len((await api.get("/sessions", params=window)).json()["items"]) == 2


class TestSets:
    @pytest.mark.parametrize(("version", "status"), [(None, 201), (3, 201), (2, 422)])
    async def test_merges_repeated_sets_that_are_equal_with_the_version_of_their_session(
        self, version: int | None, status: int, api: httpx.AsyncClient
    ) -> None:
        done = a_set(set_id=new_id(), set_index=1, version=version)
        again = {**done, "version": 3}
        sent = a_session(version=3, sets=[done, again])
        answer = await api.put(f"/sessions/{new_id()}", json=sent)
        assert answer.status_code == status
        if status == 201:
            (kept,) = answer.json()["session"]["sets"]
            assert kept["version"] == 3


class TestLoads:
    async def test_keeps_a_load_in_kilograms(self, api: httpx.AsyncClient) -> None:
        stored = await put_set(api, load_kg=12.25)
        assert (stored["load_kg"], stored["load"]) == (12.25, {"value": 12.25, "unit": "kg"})

    async def test_returns_a_load_in_pounds_and_kilograms(self, api: httpx.AsyncClient) -> None:
        stored = await put_set(api, load={"value": 25, "unit": "lb"})
        assert stored["load"] == {"value": 25.0, "unit": "lb"}
        assert stored["load_kg"] == 11.3398

    async def test_distinguishes_a_load_of_zero_from_null(self, api: httpx.AsyncClient) -> None:
        assert (await put_set(api, load_kg=0))["load_kg"] == 0
        assert (await put_set(api))["load_kg"] is None

    async def test_reads_minus_zero_as_zero(self, api: httpx.AsyncClient) -> None:
        path = f"/sessions/{new_id()}"
        sent = b'{"load_kg": -0.0, "exercise": "step-up", "performed_at": "2024-05-06T18:00:00Z"}'
        body = b'{"athlete_id": "x", "started_at": "2024-05-06T18:00:00Z", "sets": [%s]}' % sent
        answer = await api.put(path, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 201
        assert '"load_kg":0.0' in (await api.get(path)).text

    @pytest.mark.parametrize("load", [0.0001, 0.1, 33.3333, 999.9999, 1000])
    async def test_keeps_the_last_decimal_of_a_load(
        self, load: float, api: httpx.AsyncClient
    ) -> None:
        stored = await put_set(api, load={"value": load, "unit": "kg"})
        assert stored["load"]["value"] == load


class TestBounds:
    @pytest.mark.parametrize(
        "fields",
        [
            {"reps": 0}, {"reps": 1000}, {"rir": 10}, {"rpe": 10.0}, {"rpe": 0}, {"pain": 10},
            {"duration_s": 86_400}, {"set_index": 0}, {"set_index": 1000}, {"version": 0},
        ],
    )  # fmt: skip
    async def test_accepts_the_lowest_and_highest_values(
        self, fields: Json, api: httpx.AsyncClient
    ) -> None:
        stored = await put_set(api, **fields)
        assert {name: stored[name] for name in fields} == fields

    async def test_accepts_the_longest_names(self, api: httpx.AsyncClient) -> None:
        sent = a_session(athlete_id="ä" * 128, program_id="p" * 400, source="s" * 100)
        stored = (await put(api, sent))["session"]
        assert {name: stored[name] for name in ("athlete_id", "program_id", "source")} == {
            name: sent[name] for name in ("athlete_id", "program_id", "source")
        }


class TestUnknownFields:
    async def test_warns_of_unknown_fields_and_does_not_store_them(
        self, api: httpx.AsyncClient
    ) -> None:
        sent = a_session(
            mood="c4n4ry", device={"model": "One", "battery": "c4n4ry"},
            sets=[a_set(), a_set(tempo={"up": "c4n4ry"}, load={"value": 1, "unit": "kg", "x": 1})],
        )  # fmt: skip
        body = await put(api, sent)
        assert sorted(list_codes(body["warnings"])) == [
            ("unknown_field", "/device/battery"), ("unknown_field", "/mood"),
            ("unknown_field", "/sets/1/load/x"), ("unknown_field", "/sets/1/tempo"),
        ]  # fmt: skip
        assert "c4n4ry" not in str(body)
        assert body["data_notes"] == []

    async def test_says_where_a_side_plank_test_belongs(self, api: httpx.AsyncClient) -> None:
        body = await put(api, a_session(side_plank_test={"left": 40, "right": 30}))
        (warning,) = body["warnings"]
        assert (warning["code"], warning["pointer"]) == ("unknown_field", "/side_plank_test")
        assert warning["detail"] == (
            "A side-plank test belongs in the `spec` of `continue`. It was not stored."
        )

    async def test_escapes_and_truncates_json_pointers(self, api: httpx.AsyncClient) -> None:
        body = await put(api, {**a_session(), "a/b~c": 1, "": 2, "x" * 300: 3})
        assert [note["pointer"] for note in body["warnings"]] == [
            "/a~1b~0c", "/", "/" + "x" * 100,
        ]  # fmt: skip

    async def test_warns_of_at_most_fifty_fields(self, api: httpx.AsyncClient) -> None:
        body = await put(api, {**a_session(), **{f"x{n}": n for n in range(60)}})
        assert len(body["warnings"]) == 50

    async def test_warns_of_the_unknown_fields_of_a_live_set(self, api: httpx.AsyncClient) -> None:
        path = f"/sessions/{new_id()}/sets/{new_id()}"
        answer = await api.put(path, json=a_live_set(heart_rate=150))
        assert list_codes(answer.json()["warnings"]) == [("unknown_field", "/heart_rate")]


class TestUnknownExercise:
    async def test_is_stored_and_noted(self, api: httpx.AsyncClient) -> None:
        body = await put(api, a_session(sets=[a_set(), a_set(exercise="one-leg hop")]))
        assert list_codes(body["data_notes"]) == [("UNKNOWN_EXERCISE", "/sets/1/exercise")]
        assert body["warnings"] == []
        assert "one-leg hop" in [done["exercise"] for done in body["session"]["sets"]]

    async def test_is_noted_for_a_live_set(self, api: httpx.AsyncClient) -> None:
        path = f"/sessions/{new_id()}/sets/{new_id()}"
        answer = await api.put(path, json=a_live_set(exercise="hop"))
        assert list_codes(answer.json()["data_notes"]) == [("UNKNOWN_EXERCISE", "/exercise")]
