"""Tests of what a watch polls: one status, one sentence, and the right sets, in less than 1 KiB."""

import datetime
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.athletes import responses
from app.training.adapting import followed_program, next_session
from app.training.catalog.reasons import BLOCKS
from app.training.planning.spec import HeelRiseTest, Spec
from app.training.planning.start import Start, TrackStart
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
from tests.properties import at_most
from tests.training.journal import CORE, Journal, sessions, sets
from tests.training.strategies import specs

MONDAY = datetime.date(2024, 5, 6)
THURSDAY = "2024-05-09"


async def get_today(client: httpx.AsyncClient, journal: Journal, **query: Any) -> Json:
    below = f"/today?{httpx.QueryParams(query)}"
    return await get_followed(client, find_program_id(journal), below=below)


def make_dated_journal(start: datetime.date = MONDAY, **wish: Any) -> Journal:
    """Return two weeks that start on a Monday, with sessions on Mondays and Thursdays."""
    return Journal(start_date=start, **{"weeks": 2, **wish})


def list_slugs(found: Json) -> list[str]:
    return [one["slug"] for one in found["exercises"]]


def list_sets(found: Json) -> list[tuple[str, int]]:
    """Return the side and the number of each kind of sets."""
    return [(one["side"], one["count"]) for e in found["exercises"] for one in e["sets"]]


class TestGetToday:
    async def test_groups_the_sets_of_the_next_session(self, api: httpx.AsyncClient) -> None:
        found = await get_today(api, Journal())
        dose = {"count": 2, "reps": 15, "reps_max": 20}
        both, left, right = ({"side": side, **dose} for side in ("both", "left", "right"))
        assert found == {
            "status": "train",
            "sentence": "Session 1 of week 1: 3 exercises, about 19 minutes.",
            "week": 1,
            "session": 1,
            "exercises": [
                {
                    "slug": "straight-leg-calf-raise",
                    "name": "Straight-leg calf raise",
                    "sets": [both],
                },
                {"slug": "bent-knee-calf-raise", "name": "Bent-knee calf raise", "sets": [both]},
                {"slug": "step-up", "name": "Step-up", "sets": [left, right]},
            ],
        }

    async def test_gives_the_seconds_of_a_hold(self, api: httpx.AsyncClient) -> None:
        found = await get_today(api, Journal(**CORE))
        plank = found["exercises"][-1]
        assert plank["slug"] == "plank-knees"
        assert plank["sets"] == [{"side": "both", "count": 2, "seconds": 20, "seconds_max": 30}]

    async def test_starts_with_the_weaker_side_and_its_extra_set(
        self, api: httpx.AsyncClient
    ) -> None:
        journal = weaker_left_leg()
        await put_batch(api, encode_log(journal))
        assert list_sets(await get_today(api, journal))[:2] == [("left", 4), ("right", 3)]

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

    async def test_continues_the_session_under_way(self, api: httpx.AsyncClient) -> None:
        journal = Journal().train()
        sent = encode_session(journal, journal.log[0], status="in_progress")
        begun = [one for one in sent["sets"] if one["set_index"] == 1 and one["side"] != "right"]
        await put_session(api, {**sent, "sets": begun})
        found = await get_today(api, journal)
        assert (found["status"], found["week"], found["session"]) == ("continue", 1, 1)
        assert list_sets(found) == [("both", 1), ("both", 1), ("left", 1), ("right", 2)]
        assert found["sentence"].startswith("Go on with session 1 of week 1: 3 exercises left")

    async def test_leaves_out_a_painful_track_and_says_why_first(
        self, api: httpx.AsyncClient
    ) -> None:
        journal = high_pain()
        await put_batch(api, encode_log(journal)[:3])
        found = await get_today(api, journal)
        assert (found["week"], found["session"]) == (2, 2)
        assert list_slugs(found) == ["bent-knee-calf-raise", "step-up"]
        pain, _, rest = found["sentence"].partition("Session 2 of week 2: 2 exercises")
        assert "Pain above 5/10: leave this exercise out" in pain
        assert rest

    async def test_explains_a_block(self, api: httpx.AsyncClient) -> None:
        journal = high_pain_in_two_weeks()
        await put_batch(api, encode_log(journal))
        assert await get_today(api, journal) == {
            "status": "blocked",
            "sentence": BLOCKS["PAIN_CAME_BACK"].sentence,
            "exercises": [],
        }

    async def test_tells_a_runner_with_a_warning_sign_what_to_do(
        self, api: httpx.AsyncClient
    ) -> None:
        journal = Journal().train(sessions(1, red_flags=("chest_pain_or_fainting",)))
        await put_batch(api, encode_log(journal))
        found = await get_today(api, journal)
        assert found["status"] == "blocked"
        assert found["sentence"] == BLOCKS["WARNING_SIGN_LOGGED"].sentence

    async def test_explains_the_end(self, api: httpx.AsyncClient) -> None:
        journal = Journal(weeks=1).train()
        await put_batch(api, encode_log(journal))
        found = await get_today(api, journal)
        assert (found["status"], found["exercises"]) == ("finished", [])
        assert found["sentence"] == "This programme is done."


class TestFullView:
    async def test_is_the_next_session_of_a_write(self, api: httpx.AsyncClient) -> None:
        journal = Journal().train()
        answer = await put_session(api, encode_session(journal, journal.log[0]))
        full = await get_today(api, journal, view="full")
        brief = await get_today(api, journal)
        assert full["next"] == answer["next"]
        assert full["next"]["exercise_details"]
        assert (full["status"], full["sentence"]) == (brief["status"], brief["sentence"])
        assert set(full) == {"status", "sentence", "not_before", "next"}

    async def test_tells_the_next_session_on_a_day_of_rest(self, api: httpx.AsyncClient) -> None:
        journal = make_dated_journal()
        full = await get_today(api, journal, date="2024-05-05", view="full")
        assert (full["status"], full["not_before"]) == ("rest", "2024-05-06")
        assert (full["next"]["week"], full["next"]["session"]) == (1, 1)

    async def test_has_no_session_after_a_block(self, api: httpx.AsyncClient) -> None:
        journal = high_pain_in_two_weeks()
        await put_batch(api, encode_log(journal))
        full = await get_today(api, journal, view="full")
        assert (full["status"], full["next"], full["not_before"]) == ("blocked", None, None)

    async def test_has_one_name(self, api: httpx.AsyncClient) -> None:
        path = f"/athletes/{RUNNER}/programs/{find_program_id(Journal())}/today"
        answer = await api.get(path, params={"view": "long"})
        assert pointers(read_problem(answer, 422, "validation-failed")) == ["view"]


class TestDate:
    @pytest.mark.parametrize(
        ("date", "status", "due"),
        [
            ("2024-04-01", "rest", "2024-05-06"),
            ("2024-05-05", "rest", "2024-05-06"),
            ("2024-05-06", "train", None),
            ("2024-05-07", "train", None),
            # The first session was left out.
            ("2024-05-08", "rest", "2024-05-09"),
            ("2024-05-11", "rest", "2024-05-13"),
            ("2024-05-13", "train", None),
            ("2024-05-20", "finished", None),
            ("9999-12-31", "finished", None),
        ],
    )
    async def test_decides_between_training_and_rest(
        self, date: str, status: str, due: str | None, api: httpx.AsyncClient
    ) -> None:
        found = await get_today(api, make_dated_journal(), date=date)
        assert (found["status"], found.get("not_before")) == (status, due)
        if due is not None:
            assert found["sentence"].endswith(f"{due}.")
            assert found["exercises"] == []

    async def test_distinguishes_a_day_that_is_done_from_rest(self, api: httpx.AsyncClient) -> None:
        journal = make_dated_journal().train()
        await put_session(api, encode_session(journal, journal.log[0]))
        days = ("2024-05-06", "2024-05-08", THURSDAY)
        found = [await get_today(api, journal, date=day) for day in days]
        assert [one["status"] for one in found] == ["done", "rest", "train"]
        assert [one.get("not_before") for one in found] == [THURSDAY, THURSDAY, None]
        assert [one["sentence"] for one in found[:2]] == [
            "Done for today; next is Thursday 2024-05-09.",
            "Rest today; next is Thursday 2024-05-09.",
        ]

    async def test_leaves_a_day_of_rest_after_a_late_session(self, api: httpx.AsyncClient) -> None:
        journal = make_dated_journal().train(sessions(1, days=2))
        await put_session(api, encode_session(journal, journal.log[0]))
        found = await get_today(api, journal, date=THURSDAY)
        assert (found["status"], found["not_before"]) == ("rest", "2024-05-10")

    async def test_says_that_it_is_race_day(self, api: httpx.AsyncClient) -> None:
        race = datetime.date(2024, 5, 26)
        journal = make_dated_journal(weeks=4, race_date=race)
        found = await get_today(api, journal, date=str(race))
        assert (found["status"], found["exercises"]) == ("race", [])
        assert found["sentence"] == "Race day: nothing else today."

    async def test_defaults_to_today(self, api: httpx.AsyncClient) -> None:
        assert (await get_today(api, make_dated_journal()))["status"] == "finished"
        ahead = make_dated_journal(datetime.date(2999, 1, 7))
        assert (await get_today(api, ahead))["status"] == "rest"

    async def test_does_not_matter_without_dates(self, api: httpx.AsyncClient) -> None:
        found = await get_today(api, Journal(), date="2024-05-06")
        assert (found["status"], found["week"]) == ("train", 1)

    @pytest.mark.parametrize("date", ["", "2024-5-6", "tomorrow", "20240506", "2024-02-30"])
    async def test_must_be_a_calendar_day(self, date: str, api: httpx.AsyncClient) -> None:
        path = f"/athletes/{RUNNER}/programs/{find_program_id(Journal())}/today"
        answer = await api.get(path, params={"date": date})
        assert pointers(read_problem(answer, 422, "validation-failed")) == ["date"]

    async def test_has_one_name(self, api: httpx.AsyncClient) -> None:
        path = f"/athletes/{RUNNER}/programs/{find_program_id(Journal())}/today"
        read_problem(await api.get(path, params={"as_of": "2024-05-06"}), 400, "unknown-parameter")


def make_largest_journal() -> Journal:
    """Return a programme with long names, two sides, loads of two decimals and a weak side."""
    calf, step = TrackStart(7, 8, load=101.38), TrackStart(6, 12, load=101.38)
    return Journal(
        level="advanced",
        ramp="direct",
        days_per_week=1,
        equipment=("chair", "dumbbell"),
        step_heights_cm=(18, 30, 46),
        body_mass=249.99,
        load_increment=1.37,
        heel_rise_test=HeelRiseTest(38, 30),
        start=Start(straight_knee=calf, bent_knee=calf, step_up=step),
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
        sides = [("right", 5), ("left", 4)] * 2 + [("left", 5), ("right", 4)]
        assert list_sets(answer.json()) == sides
        assert 850 < len(answer.content) < 1024
        full = await api.get(path, params={"date": "2024-05-20", "view": "full"})
        assert 3500 < len(full.content) < 5 * 1024

    @settings(max_examples=at_most(50))
    @given(specs(), st.data())
    def test_stays_small_in_any_programme(self, spec: Spec, data: st.DataObject) -> None:
        over = data.draw(st.integers(0, spec.weeks))
        followed = followed_program.follow(spec, [], through_week=over)
        exercises = (
            len(following.exercises) if (following := next_session.find_next(followed)) else 0
        )
        brief, full = (
            responses.encode_today(followed, MONDAY, in_full=view) for view in (False, True)
        )
        # Three exercises are the promise; each core track adds its own.
        more = max(0, exercises - 3)
        assert len(brief) < 1024 + 320 * more
        assert len(full) < 5 * 1024 + 1024 * more
