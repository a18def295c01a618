"""Tests of what a watch polls: the right session for the day, in less than 1 KiB."""

import datetime

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from app.athletes import responses
from app.athletes.schemas import Today
from app.training.adapting import followed_program
from app.training.catalog import reasons
from app.training.catalog.track_definitions import TRACKS
from app.training.planning.spec import HeelRiseTest, Spec, Start, TrackStart
from tests.athletes.journal_uploads import (
    RUNNER,
    encode_log,
    encode_session,
    find_program_id,
    get_followed,
    put_batch,
    put_session,
)
from tests.athletes.worked_examples import high_pain, high_pain_in_two_weeks, weaker_left_leg
from tests.client import Json, pointers, read_problem
from tests.training.journal import Journal, sets
from tests.training.strategies import specs

MONDAY = datetime.date(2024, 5, 6)
TODAY = TypeAdapter(Today)


async def get_today(client: httpx.AsyncClient, journal: Journal, date: str | None = None) -> Json:
    return await get_followed(
        client, find_program_id(journal), below="/today" + (f"?date={date}" if date else "")
    )


def make_dated_journal(start: datetime.date = MONDAY) -> Journal:
    """Return two weeks that start on a Monday, with sessions on Mondays and Thursdays."""
    return Journal(start_date=start, weeks=2)


class TestGetToday:
    async def test_groups_the_sets_of_the_next_session(self, api: httpx.AsyncClient) -> None:
        found = await get_today(api, Journal())
        calf = {"sets": 2, "reps": 15, "reps_max": 20, "load": None, "rest_s": 60}
        assert found == {
            "status": "planned",
            "week": 1,
            "session": 1,
            "date": None,
            "minutes": 19,
            "sets": [
                {"exercise": "straight-leg-calf-raise", "side": "both", **calf},
                {"exercise": "bent-knee-calf-raise", "side": "both", **calf},
                {"exercise": "step-up", "side": "left", **calf},
                {"exercise": "step-up", "side": "right", **calf},
            ],
            "reasons": dict.fromkeys(TRACKS, "START"),
            "sentence": None,
        }

    async def test_starts_with_the_weaker_side_and_its_extra_set(
        self, api: httpx.AsyncClient
    ) -> None:
        journal = weaker_left_leg()
        await put_batch(api, encode_log(journal))
        first, second = (await get_today(api, journal))["sets"][:2]
        assert (first["side"], first["sets"]) == ("left", 4)
        assert (second["side"], second["sets"]) == ("right", 3)

    async def test_returns_the_next_session_when_one_is_done(self, api: httpx.AsyncClient) -> None:
        journal, seen = Journal().train(weeks=2), []
        for sent in encode_log(journal):
            answer = await put_session(api, sent)
            found = await get_today(api, journal)
            assert (found["week"], found["session"]) == (
                answer["next"]["week"],
                answer["next"]["session"],
            )
            seen.append((found["week"], found["session"]))
        assert seen == [(1, 2), (2, 1), (2, 2), (3, 1)]

    async def test_leaves_out_a_painful_track(self, api: httpx.AsyncClient) -> None:
        journal = high_pain()
        await put_batch(api, encode_log(journal)[:3])
        found = await get_today(api, journal)
        assert (found["week"], found["session"]) == (2, 2)
        assert {one["exercise"] for one in found["sets"]} == {"bent-knee-calf-raise", "step-up"}
        assert found["reasons"]["straight_knee"] == "PAIN_ABOVE_5"

    async def test_explains_a_block(self, api: httpx.AsyncClient) -> None:
        journal = high_pain_in_two_weeks()
        await put_batch(api, encode_log(journal))
        found = await get_today(api, journal)
        assert (found["status"], found["sets"], found["reasons"]) == ("blocked", [], {})
        assert {found[name] for name in ("week", "session", "date", "minutes")} == {None}

    async def test_explains_the_end(self, api: httpx.AsyncClient) -> None:
        journal = Journal(weeks=1).train()
        await put_batch(api, encode_log(journal))
        assert (await get_today(api, journal))["status"] == "finished"


class TestDate:
    @pytest.mark.parametrize(
        ("date", "status", "due"),
        [
            ("2024-04-01", "rest", "2024-05-06"),
            ("2024-05-05", "rest", "2024-05-06"),
            ("2024-05-06", "planned", "2024-05-06"),
            ("2024-05-08", "planned", "2024-05-06"),
            ("2024-05-12", "planned", "2024-05-06"),
            ("2024-05-13", "planned", "2024-05-13"),
            ("2024-05-20", "finished", None),
            ("9999-12-31", "finished", None),
        ],
    )
    async def test_decides_between_planned_and_rest(
        self, date: str, status: str, due: str | None, api: httpx.AsyncClient
    ) -> None:
        found = await get_today(api, make_dated_journal(), date)
        assert (found["status"], found["date"]) == (status, due)

    async def test_does_not_matter_after_the_session_was_done(self, api: httpx.AsyncClient) -> None:
        journal = make_dated_journal().train()
        await put_session(api, encode_session(journal, journal.log[0]))
        found = [await get_today(api, journal, f"2024-05-0{day}") for day in (6, 8, 9)]
        assert [one["status"] for one in found] == ["rest", "rest", "planned"]
        assert {one["date"] for one in found} == {"2024-05-09"}
        assert all(one["sets"] for one in found)

    async def test_defaults_to_today(self, api: httpx.AsyncClient) -> None:
        assert (await get_today(api, make_dated_journal()))["status"] == "finished"
        assert (await get_today(api, make_dated_journal(datetime.date(2999, 1, 7))))[
            "status"
        ] == "rest"

    async def test_does_not_matter_without_dates(self, api: httpx.AsyncClient) -> None:
        found = await get_today(api, Journal(), "2024-05-06")
        assert (found["status"], found["date"], found["week"]) == ("planned", None, 1)

    @pytest.mark.parametrize("date", ["", "2024-5-6", "tomorrow", "20240506", "2024-02-30"])
    async def test_must_be_a_calendar_day(self, date: str, api: httpx.AsyncClient) -> None:
        path = f"/athletes/{RUNNER}/programs/{find_program_id(Journal())}/today"
        answer = await api.get(path, params={"date": date})
        assert pointers(read_problem(answer, 422, "validation-failed")) == ["date"]

    async def test_is_the_only_parameter(self, api: httpx.AsyncClient) -> None:
        path = f"/athletes/{RUNNER}/programs/{find_program_id(Journal())}/today"
        read_problem(await api.get(path, params={"as_of": "2024-05-06"}), 400, "unknown-parameter")


def make_largest_journal() -> Journal:
    """Return a programme with long names, two sides, loads of two decimals and a weak side."""
    calf, step = TrackStart(7, 8, 101.38), TrackStart(6, 12, 101.38)
    return Journal(
        level="advanced",
        ramp="direct",
        days_per_week=1,
        equipment=("chair", "dumbbell"),
        step_heights_cm=(18, 30, 46),
        body_mass=249.99,
        load_increment=1.37,
        heel_rise_test=HeelRiseTest(38, 30),
        start=Start(calf, calf, step),
        start_date=MONDAY,
        session_minutes=120,
    )


class TestSize:
    async def test_stays_below_1_kib_at_its_worst(self, api: httpx.AsyncClient) -> None:
        journal = make_largest_journal().train(sets("SU", side="left", reps=8))
        journal.train(sets(load=None))
        await put_batch(api, encode_log(journal))
        path = f"/athletes/{RUNNER}/programs/{find_program_id(journal)}/today"
        answer = await api.get(path, params={"date": "2024-05-20"})
        found = answer.json()
        assert [one["side"] for one in found["sets"]] == ["right", "left"] * 2 + ["left", "right"]
        assert [one["sets"] for one in found["sets"]] == [5, 4] * 3
        assert set(found["reasons"].values()) == {"DIFFERENT_EXERCISE_LOGGED"}
        assert 850 < len(answer.content) < 1024

    @settings(max_examples=50)
    @given(specs(), st.data())
    def test_stays_below_1_kib_in_any_programme(self, spec: Spec, data: st.DataObject) -> None:
        over = data.draw(st.integers(0, spec.weeks))
        found = responses.build_today(followed_program.follow(spec, [], through_week=over), MONDAY)
        longest = dict.fromkeys(found.reasons, max(reasons.REASONS, key=len))
        assert len(TODAY.dump_json(found.model_copy(update={"reasons": longest}))) < 1024
