"""The response to every write has the next session, or a note why there is none."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.sessions.next_session import ProgramLog, prescribe
from app.training.adapting.followed_program import FollowedProgram
from tests.athletes.journal_uploads import (
    RUNNER,
    encode_log,
    encode_session,
    find_program_id,
    get_followed,
    list_codes,
    put_batch,
    put_session,
)
from tests.athletes.worked_examples import four_weeks, high_pain_in_two_weeks
from tests.client import Json, a_live_set, a_session, a_set, new_id
from tests.training.journal import Journal, make_session, make_set, sessions, sets

NOW = datetime(2027, 3, 3, tzinfo=UTC)
DEFAULT = find_program_id(Journal())
TRACKS = ["straight_knee", "bent_knee", "step_up"]


def make_body(**changes: Any) -> Json:
    """Return a session of the default programme."""
    return a_session(**{"session_id": new_id(), "program_id": DEFAULT, **changes})


def list_tracks(following: Json) -> list[str]:
    return [one["track"] for one in following["exercises"]]


def find_reason_codes(following: Json) -> dict[str, str]:
    return {one["track"]: one["code"] for one in following["reasons"]}


async def put_set(client: httpx.AsyncClient, session_id: str, **changes: Any) -> Json:
    path = f"/sessions/{session_id}/sets/{new_id()}"
    answer = await client.put(path, json=a_live_set(**changes))
    assert answer.status_code in (200, 201), answer.text
    body: Json = answer.json()
    return body


async def send_batch(client: httpx.AsyncClient, *sent: Json) -> list[Json]:
    """Return the next sessions of a batch's response."""
    answer = await client.post("/sessions/batch", json={"sessions": sent})
    assert answer.status_code == 200, answer.text
    told: list[Json] = answer.json()["next"]
    return told


class TestNext:
    async def test_is_the_first_session_that_is_not_done(self, api: httpx.AsyncClient) -> None:
        journal = Journal().train(weeks=2)
        answers = [await put_session(api, sent) for sent in encode_log(journal)]
        places = [(one["next"]["week"], one["next"]["session"]) for one in answers]
        assert places == [(1, 2), (2, 1), (2, 2), (3, 1)]
        assert find_reason_codes(answers[1]["next"]) == dict.fromkeys(TRACKS, "RAMP_SETS")

    async def test_has_every_field(self, api: httpx.AsyncClient) -> None:
        journal = Journal().train()
        following = (await put_session(api, encode_session(journal, journal.log[0])))["next"]
        week = (await get_followed(api, DEFAULT))["weeks"][0]
        session = week["sessions"][1]
        assert following["exercises"] == session["exercises"]
        for name in ("weekday", "date", "est_minutes"):
            assert following[name] == session[name]
        assert (following["kind"], following["phase"]) == (week["kind"], week["phase"])
        assert [one["track"] for one in following["reasons"]] == TRACKS
        for reason in following["reasons"]:
            assert reason["sentence"]
            assert reason["evidence"]

    async def test_is_part_of_every_write_response(self, api: httpx.AsyncClient) -> None:
        sent = make_body(week=1, session=1, sets=[a_set()])
        first = await put_session(api, sent)
        live = await put_set(api, sent["session_id"], reps=9, set_index=5)
        posted = await api.post("/sessions", json=make_body(week=1, session=1, sets=[a_set()]))
        (batch,) = await send_batch(api, make_body(week=1, session=1, sets=[a_set()]))
        told = [first["next"], live["next"], posted.json()["next"], batch["next"]]
        assert [(one["week"], one["session"]) for one in told] == [(1, 2)] * 4
        assert (batch["athlete_id"], batch["program_id"]) == (RUNNER, DEFAULT)

    async def test_is_part_of_the_response_to_an_unchanged_write(
        self, api: httpx.AsyncClient
    ) -> None:
        sent = make_body(week=1, session=1, version=5, sets=[a_set()])
        first = await put_session(api, sent)
        for again, outcome in ((sent, "unchanged"), ({**sent, "version": 4}, "stale")):
            answer = await put_session(api, again)
            assert (answer["outcome"], answer["next"]) == (outcome, first["next"])

    async def test_is_null_without_a_programme(self, api: httpx.AsyncClient) -> None:
        answer = await put_session(api, make_body(program_id=None, sets=[a_set()]))
        assert (answer["next"], answer["data_notes"]) == (None, [])

    async def test_ignores_other_athletes_and_tenants(
        self, api: httpx.AsyncClient, stranger: httpx.AsyncClient
    ) -> None:
        await put_batch(api, encode_log(four_weeks()))
        for client, athlete_id in ((api, "runner-2"), (stranger, RUNNER)):
            answer = await put_session(client, make_body(athlete_id=athlete_id, week=1, session=1))
            assert (answer["next"]["week"], answer["next"]["session"]) == (1, 1)

    async def test_follows_a_deletion(self, api: httpx.AsyncClient) -> None:
        journal = four_weeks()
        await put_batch(api, encode_log(journal))
        (last,) = [one for one in encode_log(journal) if one["week"] == 4 and one["session"] == 2]
        await api.delete(f"/sessions/{last['session_id']}")
        answer = await put_session(api, encode_log(journal)[0])
        assert (answer["next"]["week"], answer["next"]["session"]) == (4, 2)


class TestPain:
    @pytest.mark.parametrize(("pain", "left"), [(5, TRACKS), (5.0001, TRACKS[1:])])
    async def test_removes_an_exercise_from_thursday_after_pain_above_5_on_monday(
        self, pain: float, left: list[str], api: httpx.AsyncClient
    ) -> None:
        journal = Journal().train(sets("SK", session=1, pain=pain))
        answer = await put_session(api, encode_session(journal, journal.log[0]))
        assert (answer["next"]["week"], answer["next"]["session"]) == (1, 2)
        assert list_tracks(answer["next"]) == left
        out = {track: "PAIN_ABOVE_5" for track in TRACKS if track not in left}
        assert find_reason_codes(answer["next"]) == {**dict.fromkeys(TRACKS, "START"), **out}

    @pytest.mark.parametrize("kind", ["work", "warmup"])
    async def test_removes_an_exercise_after_pain_in_one_live_set(
        self, kind: str, api: httpx.AsyncClient
    ) -> None:
        place = {"program_id": DEFAULT, "week": 1, "session": 1}
        answer = await put_set(api, new_id(), exercise="step-up", pain=6, kind=kind, **place)
        assert list_tracks(answer["next"]) == TRACKS[:2]

    @pytest.mark.parametrize(("site", "left"), [("knee", TRACKS[:2]), ("calf", TRACKS[2:])])
    async def test_counts_morning_pain_for_the_tracks_of_its_site(
        self, site: str, left: list[str], api: httpx.AsyncClient
    ) -> None:
        journal = Journal().train(sessions(1, morning_pain=None))
        sent = encode_session(journal, journal.log[0])
        assert list_tracks((await put_session(api, sent))["next"]) == TRACKS
        answer = await put_session(
            api, {**sent, "morning_pain": {"score": 8, "site": site}, "sets": []}
        )
        assert list_tracks(answer["next"]) == left

    async def test_skips_a_week_after_pain_in_all_tracks(self, api: httpx.AsyncClient) -> None:
        journal = Journal().train(sets(session=1, pain=7))
        following = (await put_session(api, encode_session(journal, journal.log[0])))["next"]
        assert (following["week"], following["session"]) == (3, 1)
        assert list_tracks(following) == TRACKS
        weeks = (await get_followed(api, DEFAULT))["weeks"]
        assert [len(week["sessions"]) for week in weeks[:3]] == [1, 0, 2]
        assert set(weeks[1]["reasons"].values()) == {"PAIN_ABOVE_5"}

    async def test_restores_an_exercise_after_a_correction(self, api: httpx.AsyncClient) -> None:
        journal = Journal().train(sets("SK", session=1, pain=7))
        sent = encode_session(journal, journal.log[0])
        assert list_tracks((await put_session(api, sent))["next"]) == TRACKS[1:]
        for one in sent["sets"]:
            one["pain"] = 0
        assert list_tracks((await put_session(api, sent))["next"]) == TRACKS


class TestBlock:
    @pytest.mark.parametrize("place", [{"week": 1, "session": 1}, {"week": 3}, {}])
    async def test_follows_a_warning_sign_at_once(
        self, place: Json, api: httpx.AsyncClient
    ) -> None:
        await put_session(api, make_body(week=1, session=1, sets=[a_set()]))
        answer = await put_session(api, make_body(red_flags=["sudden_snap"], **place))
        assert answer["next"] is None
        (note,) = answer["data_notes"]
        assert (note["code"], note["pointer"]) == ("CLEARANCE_REQUIRED", "/program_id")
        assert "stop and get assessed" in note["detail"]
        assert (await get_followed(api, DEFAULT))["status"] == "blocked"

    async def test_stays_after_later_sessions(self, api: httpx.AsyncClient) -> None:
        journal = high_pain_in_two_weeks()
        await put_batch(api, encode_log(journal))
        answer = await put_session(api, make_body(week=9, session=1, sets=[a_set()]))
        assert answer["next"] is None
        assert list_codes(answer["data_notes"]) == ["CLEARANCE_REQUIRED"]

    async def test_ends_when_the_sign_was_a_mistake(self, api: httpx.AsyncClient) -> None:
        sent = make_body(week=1, session=1, red_flags=["night_pain"])
        assert (await put_session(api, sent))["next"] is None
        assert (await put_session(api, {**sent, "red_flags": []}))["next"]["week"] == 1


class TestNotes:
    async def test_reports_an_unknown_programme(self, api: httpx.AsyncClient) -> None:
        sent = make_body(program_id="of-another-coach", sets=[a_set()])
        answer = await put_session(api, sent)
        assert (answer["outcome"], answer["next"]) == ("created", None)
        assert list_codes(answer["data_notes"]) == ["unknown_program"]
        stored = (await api.get(f"/sessions/{sent['session_id']}")).json()
        assert stored == answer["session"]

    async def test_reports_a_finished_programme(self, api: httpx.AsyncClient) -> None:
        journal = Journal(weeks=1).train()
        first, last = [await put_session(api, sent) for sent in encode_log(journal)]
        assert first["data_notes"] == []
        assert (last["next"], list_codes(last["data_notes"])) == (None, ["PROGRAMME_FINISHED"])

    async def test_reports_sets_that_do_not_count(self, api: httpx.AsyncClient) -> None:
        other = make_body(week=1, session=1, sets=[a_set(reps=999)])
        assert list_codes((await put_session(api, other))["data_notes"]) == ["IMPLAUSIBLE_IGNORED"]
        made = [a_set(exercise="hop"), a_set(rir=6, rpe=10), a_set(side="right")]
        answer = await put_session(api, make_body(week=1, session=2, sets=made))
        assert sorted(list_codes(answer["data_notes"])) == [
            "CONTRADICTORY_EFFORT", "UNKNOWN_EXERCISE", "unknown_exercise",
        ]  # fmt: skip
        assert answer["next"]["week"] == 1

    async def test_reports_a_missing_week_without_dates(self, api: httpx.AsyncClient) -> None:
        answer = await put_session(api, make_body(sets=[a_set()]))
        assert list_codes(answer["data_notes"]) == ["WEEK_REQUIRED"]
        assert (answer["next"]["week"], answer["next"]["session"]) == (1, 1)

    async def test_reports_a_session_outside_of_the_programme(self, api: httpx.AsyncClient) -> None:
        answer = await put_session(api, make_body(week=40, sets=[a_set()]))
        assert list_codes(answer["data_notes"]) == ["OUT_OF_RANGE"]


class TestFailure:
    @pytest.fixture(autouse=True)
    def _broken_fold(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object, **__: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(FollowedProgram, "next_session", fail)

    async def test_undoes_no_write(self, api: httpx.AsyncClient) -> None:
        sent = make_body(week=1, session=1, sets=[a_set()])
        answer = await put_session(api, sent)
        assert (answer["outcome"], answer["next"]) == ("created", None)
        assert list_codes(answer["data_notes"]) == ["next_failed"]
        stored = await api.get(f"/sessions/{sent['session_id']}")
        assert stored.json() == answer["session"]

    async def test_undoes_no_live_set(self, api: httpx.AsyncClient) -> None:
        session_id = new_id()
        answer = await put_set(api, session_id, program_id=DEFAULT, week=1)
        assert (answer["next"], list_codes(answer["data_notes"])) == (None, ["next_failed"])
        assert len((await api.get(f"/sessions/{session_id}")).json()["sets"]) == 1

    async def test_undoes_no_batch(self, api: httpx.AsyncClient) -> None:
        sent = [
            make_body(week=1),
            make_body(week=1, athlete_id="runner-2"),
            make_body(program_id=None),
        ]
        told = await send_batch(api, *sent)
        assert [(one["next"], list_codes(one["data_notes"])) for one in told] == [
            (None, ["next_failed"])
        ] * 2
        assert len((await api.get("/sessions")).json()["items"]) == 3


class TestBatch:
    async def test_lists_each_athlete_and_programme_once(self, api: httpx.AsyncClient) -> None:
        other = find_program_id(Journal(weeks=3))
        told = await send_batch(
            api,
            make_body(week=1, session=1, sets=[a_set()]),
            make_body(athlete_id="runner-2"),
            make_body(program_id=None, athlete_id="runner-3"),
            make_body(program_id=other, week=1),
            make_body(week=1, session=2, sets=[a_set()]),
        )
        assert [(one["athlete_id"], one["program_id"]) for one in told] == [
            (RUNNER, DEFAULT),
            ("runner-2", DEFAULT),
            (RUNNER, other),
        ]
        assert [(one["next"]["week"], one["next"]["session"]) for one in told] == [
            (2, 1), (1, 1), (1, 1),
        ]  # fmt: skip

    async def test_lists_the_first_ten(self, api: httpx.AsyncClient) -> None:
        people = [f"runner-{number}" for number in range(12)]
        told = await send_batch(api, *(make_body(athlete_id=one) for one in people))
        assert [one["athlete_id"] for one in told] == people[:10]

    async def test_lists_nothing_for_rejected_sessions(self, api: httpx.AsyncClient) -> None:
        sent = make_body(version=1)
        await put_session(api, sent)
        assert await send_batch(api, {**sent, "notes": "other"}, {"program_id": DEFAULT}) == []

    async def test_notes_why_there_is_no_next_session(self, api: httpx.AsyncClient) -> None:
        told = await send_batch(
            api, make_body(program_id="x"), make_body(red_flags=["night_pain"], week=1)
        )
        assert [(one["next"], list_codes(one["data_notes"])) for one in told] == [
            (None, ["unknown_program"]),
            (None, ["CLEARANCE_REQUIRED"]),
        ]


class TestPrescribe:
    def test_uses_the_day_in_the_time_zone_of_the_programme(self) -> None:
        journal = Journal(
            start_date=date(2027, 2, 24), timezone="Pacific/Auckland", weekdays=(2, 5)
        )
        log = ProgramLog(RUNNER, find_program_id(journal), [make_session(make_set())])
        # In Auckland the eighth day has begun when it is still the seventh in London.
        weeks = [
            following.week
            for hour in (10, 12)
            if (following := prescribe(log, datetime(2027, 3, 2, hour, tzinfo=UTC)).next)
        ]
        assert weeks == [1, 2]

    def test_notes_nothing_on_other_sessions(self) -> None:
        odd, fine = UUID(int=1), UUID(int=2)
        log = ProgramLog(
            RUNNER,
            DEFAULT,
            [
                make_session(make_set(reps=500, set_id=odd), session_id=odd),
                make_session(make_set(set_id=fine), session_id=fine),
            ],
        )
        assert [note.code for note in prescribe(log, NOW, about=odd).notes] == [
            "IMPLAUSIBLE_IGNORED"
        ]
        assert prescribe(log, NOW, about=fine).notes == ()
        assert prescribe(log, NOW).notes == ()
