"""Holds adapt to what it promises to apps that keep their own data.

There is no database here: whatever is asked, nothing is stored.
"""

import datetime
import random
from typing import Any

import httpx
import pytest

from tests.athletes.uploads import adapt, address, codes, note_down, spell, spell_all
from tests.athletes.worked import (
    CASES,
    Case,
    four_weeks,
    high_pain_twice,
    second_session_short,
    weak_left,
)
from tests.client import Json, a_session, a_set, new_id, pointers, read_problem
from tests.training.journal import Journal, sessions, sets

DEFAULT = address(Journal())
MONDAY = datetime.date(2027, 3, 1)
TRACKS = ["straight_knee", "bent_knee", "step_up"]


def logged(*made: Json, **changes: Any) -> Json:
    """A session of a log, in week 1 unless told otherwise."""
    return a_session(**{"athlete_id": None, "week": 1, "session": 1, "sets": [*made], **changes})


class TestAdapt:
    @pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
    async def test_agrees_with_the_worked_examples(
        self, case: Case, offline: httpx.AsyncClient
    ) -> None:
        make, week = case
        journal = make()
        told = await adapt(
            offline, address(journal), sessions=spell_all(journal), through_week=journal.weeks_over
        )
        assert (told["status"], told["reason"], told["data_notes"]) == ("planned", None, [])
        assert note_down(told["week"]) == week
        assert {one["track"]: one["code"] for one in told["changes"]} == told["week"]["reasons"]

    async def test_blocks_after_high_pain_in_two_weeks_running(
        self, offline: httpx.AsyncClient
    ) -> None:
        told = await adapt(offline, DEFAULT, sessions=spell_all(high_pain_twice()))
        assert (told["status"], told["week"], told["changes"]) == ("blocked", None, [])
        assert told["reason"]["code"] == "CLEARANCE_REQUIRED"
        assert told["reason"]["evidence"] == ["EV-38"]
        assert len(told["disclaimers"]) == 1

    @pytest.mark.parametrize("through", [None, 0, 1, 5])
    async def test_blocks_at_a_warning_sign(
        self, through: int | None, offline: httpx.AsyncClient
    ) -> None:
        journal = four_weeks().train(sessions(1, red_flags=("sudden_snap",)))
        told = await adapt(offline, DEFAULT, sessions=spell_all(journal), through_week=through)
        # Who says that an earlier week was the last asks what came next then.
        assert told["status"] == ("planned" if through in (0, 1) else "blocked")

    async def test_answers_the_first_week_to_an_empty_log(self, offline: httpx.AsyncClient) -> None:
        told = await adapt(offline, DEFAULT)
        plan = (await offline.get(f"/programs/{DEFAULT}")).json()
        assert told["week"] == plan["weeks"][0]
        assert (told["program_id"], told["disclaimers"]) == (DEFAULT, plan["disclaimers"])

    @pytest.mark.parametrize("through", range(12))
    async def test_answers_the_week_after_the_last_that_is_over(
        self, through: int, offline: httpx.AsyncClient
    ) -> None:
        sent = spell_all(four_weeks())
        told = await adapt(offline, DEFAULT, sessions=sent, through_week=through)
        assert told["week"]["index"] == through + 1

    @pytest.mark.parametrize("through", [12, 52])
    async def test_ends_with_the_programme(self, through: int, offline: httpx.AsyncClient) -> None:
        told = await adapt(offline, DEFAULT, through_week=through)
        assert (told["status"], told["week"], told["changes"]) == ("finished", None, [])
        assert told["reason"] is None

    async def test_sees_by_itself_which_week_is_over(self, offline: httpx.AsyncClient) -> None:
        sent = spell_all(four_weeks())
        weeks = [
            (await adapt(offline, DEFAULT, sessions=sent[:count]))["week"]["index"]
            for count in range(9)
        ]
        assert weeks == [1, 1, 2, 2, 3, 3, 4, 4, 5]

    @pytest.mark.parametrize(
        ("as_of", "week"), [("2027-01-01", 1), ("2027-03-07", 1), ("2027-03-08", 2), (None, 1)]
    )
    async def test_goes_by_the_calendar_where_it_is_told_the_day(
        self, as_of: str | None, week: int, offline: httpx.AsyncClient
    ) -> None:
        program_id = address(Journal(start_date=MONDAY))
        assert (await adapt(offline, program_id, as_of=as_of))["week"]["index"] == week
        told = await adapt(offline, DEFAULT, as_of=as_of)
        assert told["week"]["index"] == 1  # it has no dates

    async def test_ends_with_the_calendar(self, offline: httpx.AsyncClient) -> None:
        program_id = address(Journal(start_date=MONDAY, weeks=2))
        assert (await adapt(offline, program_id, as_of="2027-03-15"))["status"] == "finished"

    async def test_is_the_plan_week_by_week_while_all_is_done(
        self, offline: httpx.AsyncClient
    ) -> None:
        journal = Journal(weeks=6).train(weeks=6)
        plan = (await offline.get(f"/programs/{address(journal)}")).json()["weeks"]
        sent = spell_all(journal)
        told = [
            await adapt(offline, address(journal), sessions=sent, through_week=through)
            for through in range(6)
        ]
        assert [one["week"] for one in told] == plan

    async def test_is_not_kept_by_anybody(self, offline: httpx.AsyncClient) -> None:
        answer = await offline.post(
            f"/programs/{DEFAULT}/adapt", json={}, headers={"Origin": "https://an.app"}
        )
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["access-control-allow-origin"] == "*"

    @pytest.mark.parametrize("what", ["adapt", "continue", "simulate"])
    async def test_does_not_exist_for_an_id_of_nothing(
        self, what: str, offline: httpx.AsyncClient
    ) -> None:
        for program_id in ("x", DEFAULT[:-1], DEFAULT + "A", "A" * 300):
            answer = await offline.post(f"/programs/{program_id}/{what}", json={})
            read_problem(answer, 404, "not-found")


class TestOrder:
    async def test_and_repetition_change_no_byte(
        self, offline: httpx.AsyncClient, seed: int
    ) -> None:
        journal = weak_left().train(sets("BK", pain=4)).skip().train()
        sent, chance = spell_all(journal), random.Random(seed)
        path, bodies = f"/programs/{address(journal)}/adapt", set()
        for log in (sent, sent[::-1], chance.sample(sent, len(sent)), sent + sent):
            bodies.add((await offline.post(path, json={"sessions": log})).content)
        assert len(bodies) == 1

    async def test_and_versions_change_nothing_of_a_worked_example(
        self, offline: httpx.AsyncClient
    ) -> None:
        sent = spell_all(second_session_short())
        late = [one for one in sent if one["week"] == 4]
        again = {**sent[0], "sets": [{**sent[0]["sets"][0], "version": 1}]}
        log = [*[one for one in reversed(sent + sent) if one["week"] != 4], again, *late]
        told = await adapt(offline, DEFAULT, sessions=log)
        assert note_down(told["week"]) == CASES["A2 one session short"][1]
        assert told["data_notes"] == []

    async def test_of_versions_decides(self, offline: httpx.AsyncClient) -> None:
        sent = spell_all(Journal().train())
        hurt = {**sent[0], "sets": [{**one, "pain": 9, "version": 1} for one in sent[0]["sets"]]}
        healed = {**sent[0], "sets": [{**one, "version": 2} for one in sent[0]["sets"]]}
        for log in ([hurt, healed, *sent], [*sent, healed, hurt]):
            told = await adapt(offline, DEFAULT, sessions=log)
            assert set(told["week"]["reasons"].values()) == {"RAMP_SETS"}


class TestChanges:
    async def test_tell_where_a_track_was_and_where_it_goes(
        self, offline: httpx.AsyncClient
    ) -> None:
        told = await adapt(offline, DEFAULT, sessions=spell_all(second_session_short()))
        same, more = told["changes"][:2]
        calf = {"rung": 2, "slug": "straight-leg-calf-raise", "sets": 6, "reps": 18, "load": None}
        assert [one["track"] for one in told["changes"]] == TRACKS
        assert (same["from"], same["to"]) == (calf, calf)
        assert same["sentence"].startswith("Not every set reached 18")
        assert (more["from"]["reps"], more["to"]["reps"]) == (18, 20)
        assert more["sentence"] == "You met the target, so each set goes to 20."
        for one in told["changes"]:
            assert set(one) == {"track", "code", "sentence", "evidence", "basis", "from", "to"}
            assert one["evidence"]

    async def test_have_no_past_before_the_first_week(self, offline: httpx.AsyncClient) -> None:
        told = await adapt(offline, DEFAULT)
        assert [one["from"] for one in told["changes"]] == [None] * 3
        assert [one["to"]["sets"] for one in told["changes"]] == [4] * 3

    async def test_show_what_is_left_out_and_comes_back(self, offline: httpx.AsyncClient) -> None:
        journal = Journal(deload_every=0).train(weeks=2).train(sets("SK", pain=7))
        steps = []
        for _ in range(2):
            told = await adapt(offline, address(journal), sessions=spell_all(journal))
            steps.append(told["changes"][0])
            journal.train()
        assert [one["code"] for one in steps] == ["PAIN_ABOVE_5", "RETURN_AFTER_PAIN"]
        assert [one["from"] and one["from"]["rung"] for one in steps] == [2, None]
        assert [one["to"] and one["to"]["rung"] for one in steps] == [None, 1]


class TestNotes:
    @pytest.mark.parametrize(
        ("code", "session"),
        [
            ("OTHER_PROGRAMME", logged(a_set(), program_id="of-somebody-else")),
            ("UNKNOWN_EXERCISE", logged(a_set(exercise="hop"))),
            ("OUT_OF_RANGE", logged(a_set(), week=13)),
            ("WEEK_REQUIRED", logged(a_set(), week=None)),
            ("IMPLAUSIBLE_IGNORED", logged(a_set(reps=101))),
            ("IMPLAUSIBLE_IGNORED", logged(a_set(load={"value": 463, "unit": "lb"}))),
            ("CONTRADICTORY_EFFORT", logged(a_set(rir=6, rpe=10))),
        ],
    )
    async def test_tell_what_did_not_count_as_it_was(
        self, code: str, session: Json, offline: httpx.AsyncClient
    ) -> None:
        session = {**session, "session_id": new_id()}
        told = await adapt(offline, DEFAULT, sessions=[session])
        (note,) = told["data_notes"]
        assert (note["code"], note["session_id"]) == (code, session["session_id"])
        assert note["sentence"]
        assert (told["status"], told["week"]["index"]) == ("planned", 1)

    async def test_on_another_programme_stand_for_all_of_it(
        self, offline: httpx.AsyncClient
    ) -> None:
        sent = [{**one, "program_id": "x"} for one in spell_all(four_weeks())]
        told = await adapt(offline, DEFAULT, sessions=sent)
        assert codes(told["data_notes"]) == ["OTHER_PROGRAMME"] * 8
        assert (told["week"]["index"], told["changes"][0]["code"]) == (1, "START")

    async def test_are_not_made_for_repetitions(self, offline: httpx.AsyncClient) -> None:
        session = {**logged(a_set(exercise="hop")), "session_id": new_id()}
        told = await adapt(offline, DEFAULT, sessions=[session] * 5)
        assert codes(told["data_notes"]) == ["UNKNOWN_EXERCISE"]

    async def test_name_sessions_without_an_id_by_their_place(
        self, offline: httpx.AsyncClient
    ) -> None:
        log = [logged(a_set(exercise="hop")), logged(a_set(exercise="skip"))]
        first, again = [await adapt(offline, DEFAULT, sessions=log) for _ in range(2)]
        assert first["data_notes"] == again["data_notes"]
        assert len({note["session_id"] for note in first["data_notes"]}) == 2

    async def test_do_not_hold_back_what_is_in_order(self, offline: httpx.AsyncClient) -> None:
        odd = [logged(a_set(exercise="hop")), logged(a_set(), program_id="x")]
        told = await adapt(offline, DEFAULT, sessions=[*odd, *spell_all(four_weeks())])
        assert (told["week"]["index"], len(told["data_notes"])) == (5, 2)
        assert set(told["week"]["reasons"].values()) == {"ADD_REPS"}

    async def test_are_not_made_for_fields_of_newer_companions(
        self, offline: httpx.AsyncClient
    ) -> None:
        session = logged({**a_set(), "mood": "fine"}, weather="mild")
        assert (await adapt(offline, DEFAULT, sessions=[session]))["data_notes"] == []


class TestWire:
    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ([], ""),
            ({"session": []}, "/session"),
            ({"sessions": {}}, "/sessions"),
            ({"sessions": [5]}, "/sessions/0"),
            ({"sessions": [{"week": 1}]}, "/sessions/0/started_at"),
            ({"sessions": [logged(), logged(week=0)]}, "/sessions/1/week"),
            ({"sessions": [logged(week=53)]}, "/sessions/0/week"),
            ({"sessions": [logged(a_set(), a_set(reps=1.5))]}, "/sessions/0/sets/1/reps"),
            ({"sessions": [logged(a_set(pain=11))]}, "/sessions/0/sets/0/pain"),
            ({"sessions": [logged(session_id="x")]}, "/sessions/0/session_id"),
            ({"sessions": [logged()] * 2001}, "/sessions"),
            ({"through_week": -1}, "/through_week"),
            ({"through_week": 53}, "/through_week"),
            ({"through_week": "1"}, "/through_week"),
            ({"as_of": "2027-3-1"}, "/as_of"),
        ],
    )
    async def test_is_refused_where_it_is_wrong(
        self, body: Any, pointer: str, offline: httpx.AsyncClient
    ) -> None:
        answer = await offline.post(f"/programs/{DEFAULT}/adapt", json=body)
        assert pointers(read_problem(answer, 422, "validation-failed")) == [pointer]

    async def test_takes_a_long_season(self, offline: httpx.AsyncClient) -> None:
        journal = Journal(days_per_week=6, weeks=3).train(weeks=3)
        log = [spell(journal, done, f"a-{n}") for done in journal.log for n in range(20)]
        told = await adapt(offline, address(journal), sessions=log[:2000])
        assert told["status"] == "finished"
