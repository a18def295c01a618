"""The response to every write has the next session, or a note why there is none."""

from datetime import UTC, date, datetime
from uuid import UUID

import httpx
import pytest

from app.sessions.next_session import ProgramLog, prescribe
from app.training.adapting import next_session
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
from tests.athletes.worked_examples import four_weeks
from tests.client import a_set, new_id
from tests.sessions.next_client import (
    DEFAULT,
    TRACKS,
    count_left,
    find_reason_codes,
    list_tracks,
    make_body,
    put_set,
    send_batch,
)
from tests.training.journal import CORE, Journal, make_session, make_set, sessions
from tests.training.week_reasons import list_sent_reasons

NOW = datetime(2027, 3, 3, tzinfo=UTC)


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
        assert (following["planned_date"], following["left"]) == (None, None)
        assert following["reasons"] == list_sent_reasons(week)
        assert [*following["reasons"]] == TRACKS

    async def test_is_complete_in_itself(self, api: httpx.AsyncClient) -> None:
        journal = Journal(**CORE).train()
        following = (await put_session(api, encode_session(journal, journal.log[0])))["next"]
        details = following["exercise_details"]
        assert [*details] == [one["slug"] for one in following["exercises"]]
        for one in details.values():
            assert one["name"]
            assert one["cues"]
        units = [one["unit"] for one in details.values()]
        assert units == ["reps"] * 3 + ["seconds", "reps", "seconds"]
        assert [sorted(one["sets"][0]) for one in following["exercises"][:4:3]] == [
            ["count", "reps", "reps_max", "rir", "rpe", "side"],
            ["count", "reserve_s", "rpe", "seconds", "seconds_max", "side"],
        ]

    async def test_is_what_is_left_of_the_session_under_way(self, api: httpx.AsyncClient) -> None:
        session_id, place = new_id(), {"program_id": DEFAULT, "week": 1, "session": 1}
        first = await put_set(api, session_id, side="both", reps=15, **place)
        assert (first["next"]["week"], first["next"]["session"]) == (1, 1)
        assert count_left(first["next"]) == {
            "straight_knee": [1], "bent_knee": [2], "step_up": [2, 2],
        }  # fmt: skip
        second = await put_set(api, session_id, side="both", set_index=2, reps=15, **place)
        assert list_tracks(second["next"]) == TRACKS[1:]
        assert second["next"]["est_minutes"] < first["next"]["est_minutes"]

    async def test_counts_holds_by_their_seconds(self, api: httpx.AsyncClient) -> None:
        journal = Journal(**CORE)
        place = {"program_id": find_program_id(journal), "week": 1, "session": 1, "reps": None}
        session_id, plank = new_id(), {"exercise": "side-plank-knees", "side": "left"}
        held = await put_set(api, session_id, duration_s=20.5, **plank, **place)
        assert held["session"]["sets"][0]["duration_s"] == 20.5
        assert (held["data_notes"], count_left(held["next"])["side_plank"]) == ([], [1, 2])
        unknown = await put_set(api, session_id, set_index=2, **plank, **place)
        assert list_codes(unknown["data_notes"]) == ["HOLD_WITHOUT_DURATION"]
        assert count_left(unknown["next"])["side_plank"] == [1, 2]

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
            sent = make_body(athlete_id=athlete_id, week=1, session=1, sets=[a_set()])
            answer = await put_session(client, sent)
            assert (answer["next"]["week"], answer["next"]["session"]) == (1, 2)

    async def test_follows_a_session_that_was_done_without_a_set(
        self, api: httpx.AsyncClient
    ) -> None:
        told = []
        for status in ("in_progress", "abandoned"):
            answer = await put_session(api, make_body(week=1, session=1, status=status))
            told.append((answer["next"]["session"], answer["next"]["left"]))
        assert told == [(1, None), (2, None)]

    async def test_follows_a_deletion(self, api: httpx.AsyncClient) -> None:
        journal = four_weeks()
        await put_batch(api, encode_log(journal))
        (last,) = [one for one in encode_log(journal) if one["week"] == 4 and one["session"] == 2]
        await api.delete(f"/sessions/{last['session_id']}")
        answer = await put_session(api, encode_log(journal)[0])
        assert (answer["next"]["week"], answer["next"]["session"]) == (4, 2)


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
        made = [a_set(exercise="hop"), a_set(rir=6, rpe=10, set_index=2), a_set(side="right")]
        answer = await put_session(api, make_body(week=1, session=2, sets=made))
        assert sorted(list_codes(answer["data_notes"])) == [
            "CONTRADICTORY_EFFORT", "UNKNOWN_EXERCISE",
        ]  # fmt: skip
        assert (answer["next"]["week"], answer["next"]["session"]) == (2, 1)

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

        monkeypatch.setattr(next_session, "find_next", fail)

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
            make_body(program_id=other, week=1, status="completed"),
            make_body(week=1, session=2, sets=[a_set()]),
        )
        assert [(one["athlete_id"], one["program_id"]) for one in told] == [
            (RUNNER, DEFAULT),
            ("runner-2", DEFAULT),
            (RUNNER, other),
        ]
        assert [(one["next"]["week"], one["next"]["session"]) for one in told] == [
            (2, 1), (1, 1), (1, 2),
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
        # The second session is on the seventh day.
        journal = Journal(
            start_date=date(2027, 2, 24), timezone="Pacific/Auckland", weekdays=(1, 5)
        )
        log = ProgramLog(RUNNER, find_program_id(journal), [])
        # In Auckland the eighth day has begun when it is still the seventh in London.
        places = [
            (following.week, following.session)
            for hour in (10, 12)
            if (following := prescribe(log, datetime(2027, 3, 2, hour, tzinfo=UTC)).next)
        ]
        assert places == [(1, 2), (2, 1)]

    def test_moves_a_session_that_would_come_too_soon(self) -> None:
        journal = Journal(start_date=date(2027, 3, 1)).train(sessions(1, days=2))
        log = ProgramLog(RUNNER, find_program_id(journal), journal.log[:1])
        following = prescribe(log, datetime(2027, 3, 4, 12, tzinfo=UTC)).next
        assert following is not None
        assert (following.week, following.session, following.weekday) == (1, 2, 3)
        assert (following.planned_date, following.date) == (date(2027, 3, 4), date(2027, 3, 5))
        assert following.not_before == date(2027, 3, 5)

    def test_notes_nothing_on_other_sessions(self) -> None:
        odd, fine = UUID(int=1), UUID(int=2)
        log = ProgramLog(
            RUNNER,
            DEFAULT,
            [
                make_session(make_set(reps=500, set_id=odd), session_id=odd),
                make_session(make_set(set_index=2, set_id=fine), session_id=fine),
            ],
        )
        assert [note.code for note in prescribe(log, NOW, about=odd).notes] == [
            "IMPLAUSIBLE_IGNORED"
        ]
        assert prescribe(log, NOW, about=fine).notes == ()
        assert prescribe(log, NOW).notes == ()
