"""What the response to a write says about pain and warning signs that it reported."""

import httpx
import pytest

from app.training.catalog.reasons import BLOCKS, explain
from app.training.planning.standing import PAIN_CODES
from tests.athletes.journal_uploads import (
    encode_log,
    encode_session,
    get_followed,
    list_codes,
    put_batch,
    put_session,
)
from tests.athletes.worked_examples import high_pain_in_two_weeks
from tests.client import Json, a_set, new_id
from tests.sessions.next_client import (
    DEFAULT,
    TRACKS,
    find_reason_codes,
    list_tracks,
    make_body,
    put_set,
    send_batch,
)
from tests.training.journal import Journal, sessions, sets
from tests.training.week_reasons import list_sent_reasons

# The default programme of engine 1, which is retired.
RETIRED = "AQBH3FQM"
EMERGENCY = {
    "code": "CLEARANCE_REQUIRED",
    "detail": BLOCKS["WARNING_SIGN_LOGGED"].sentence,
    "pointer": "/red_flags",
}


class TestPain:
    @pytest.mark.parametrize(
        ("pain", "left", "codes"),
        [
            (5, TRACKS, ["PAIN_ACCEPTABLE_HOLD", "START", "START"]),
            (5.0001, TRACKS[1:], ["PAIN_ABOVE_5", "SIBLING_PAIN", "START"]),
        ],
    )
    async def test_removes_an_exercise_from_thursday_after_pain_above_5_on_monday(
        self, pain: float, left: list[str], codes: list[str], api: httpx.AsyncClient
    ) -> None:
        journal = Journal().train(sets("SK", session=1, pain=pain))
        answer = await put_session(api, encode_session(journal, journal.log[0]))
        assert (answer["next"]["week"], answer["next"]["session"]) == (1, 2)
        assert list_tracks(answer["next"]) == left
        assert [*find_reason_codes(answer["next"]).values()] == codes
        (note,) = answer["data_notes"]
        said = answer["next"]["reasons"]["straight_knee"]["sentence"]
        assert note["detail"] == f"Straight-knee calf raises: {said}"
        assert (note["code"], note["pointer"]) == (codes[0], "/program_id")

    @pytest.mark.parametrize(("pain", "codes"), [(5, []), (5.5, ["PAIN_ABOVE_5"])])
    async def test_is_told_where_a_session_counts_for_no_week(
        self, pain: float, codes: list[str], api: httpx.AsyncClient
    ) -> None:
        journal = Journal().train(sets("SK", session=1, pain=pain))
        sent = encode_session(journal, journal.log[0])
        answer = await put_session(api, {**sent, "week": None, "session": None})
        assert [one["code"] for one in answer["data_notes"]] == ["WEEK_REQUIRED", *codes]

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
        answer = await put_session(api, encode_session(journal, journal.log[0]))
        following = answer["next"]
        assert (following["week"], following["session"]) == (3, 1)
        assert set(find_reason_codes(following).values()) == {"RETURN_AFTER_PAIN"}
        assert list_tracks(following) == TRACKS
        weeks = (await get_followed(api, DEFAULT))["weeks"]
        assert [len(week["sessions"]) for week in weeks[:3]] == [2, 0, 2]
        assert {one["code"] for one in list_sent_reasons(weeks[1]).values()} == {"PAIN_ABOVE_5"}
        # The strongest reason is that of the week in between, which has no session to show it.
        (note,) = answer["data_notes"]
        assert note["code"] == "PAIN_ABOVE_5"
        assert note["detail"].endswith(explain("PAIN_ABOVE_5").sentence)

    @pytest.mark.parametrize("pain", [4, 7])
    async def test_is_told_after_the_last_session(self, pain: int, api: httpx.AsyncClient) -> None:
        journal = Journal(weeks=1).train(sets("SK", session=2, pain=pain))
        _, last = [await put_session(api, sent) for sent in encode_log(journal)]
        codes = list_codes(last["data_notes"])
        assert (last["next"], codes[1:]) == (None, ["PROGRAMME_FINISHED"])
        assert codes[0] == {4: "PAIN_ACCEPTABLE_HOLD", 7: "PAIN_ABOVE_5"}[pain]

    async def test_is_told_in_a_batch(self, api: httpx.AsyncClient) -> None:
        journal = Journal().train(sets("SK", pain=7))
        (told,) = await send_batch(api, *encode_log(journal))
        assert list_codes(told["data_notes"]) == ["PAIN_ABOVE_5"]

    async def test_is_told_by_the_strongest_reason_only(self, api: httpx.AsyncClient) -> None:
        journal = Journal().train(sets("SU", pain=4), sets("SK", pain=8))
        for sent in encode_log(journal):
            answer = await put_session(api, sent)
            found = [*find_reason_codes(answer["next"]).values()]
            assert found == ["PAIN_ABOVE_5", "SIBLING_PAIN", "PAIN_ACCEPTABLE_HOLD"]
            assert list_codes(answer["data_notes"]) == [min(found, key=PAIN_CODES.index)]

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
        assert answer["data_notes"][0] == EMERGENCY
        assert list_codes(answer["data_notes"]).count("CLEARANCE_REQUIRED") == 1
        assert (await get_followed(api, DEFAULT))["status"] == "blocked"

    @pytest.mark.parametrize("program_id", [None, "of-another-coach", RETIRED])
    async def test_follows_a_warning_sign_in_any_session(
        self, program_id: str | None, api: httpx.AsyncClient
    ) -> None:
        sent = make_body(program_id=program_id, red_flags=["anything at all"])
        assert EMERGENCY in (await put_session(api, sent))["data_notes"]
        batch = await api.post("/sessions/batch", json={"sessions": [sent]})
        assert batch.json()["outcomes"][0]["data_notes"] == [EMERGENCY]

    async def test_stays_after_later_sessions(self, api: httpx.AsyncClient) -> None:
        journal = high_pain_in_two_weeks()
        await put_batch(api, encode_log(journal))
        answer = await put_session(api, make_body(week=9, session=1, sets=[a_set()]))
        assert answer["next"] is None
        (note,) = answer["data_notes"]
        assert (note["code"], note["pointer"]) == ("CLEARANCE_REQUIRED", "/program_id")
        assert note["detail"] == BLOCKS["PAIN_CAME_BACK"].sentence

    async def test_ends_when_the_sign_was_a_mistake(self, api: httpx.AsyncClient) -> None:
        sent = make_body(week=1, session=1, red_flags=["night_pain"])
        assert (await put_session(api, sent))["next"] is None
        assert (await put_session(api, {**sent, "red_flags": []}))["next"]["week"] == 1
