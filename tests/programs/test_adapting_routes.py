"""Tests of POST /programs/{program_id}/adapt, for apps that store their own data.

There is no database here, so nothing can be stored.
"""

import datetime
import json
import random
from typing import Any

import httpx
import pytest

from app.training.planning.start import Start, TrackStart
from tests.athletes.journal_uploads import (
    adapt,
    encode_log,
    encode_session,
    find_program_id,
    list_codes,
    write_notation,
)
from tests.athletes.worked_examples import (
    CASES,
    Case,
    four_weeks,
    high_pain_in_two_weeks,
    session_below_target,
    weaker_left_leg,
)
from tests.client import Json, a_session, a_set, new_id, pointers, read_problem
from tests.training.journal import Journal, sessions, sets
from tests.training.week_reasons import list_sent_reasons

DEFAULT = find_program_id(Journal())
MONDAY = datetime.date(2027, 3, 1)
TRACKS = ["straight_knee", "bent_knee", "step_up"]


def list_reasons(adapted: Json) -> dict[str, str]:
    """Return the code of each track's reason in the week of an answer."""
    return {track: why["code"] for track, why in list_sent_reasons(adapted["week"]).items()}


def drop_sentences(week: Json) -> Json:
    """Return a week without what is said in other words of a plan than after a log."""
    return {name: value for name, value in week.items() if "reason" not in name}


def logged(*made: Json, **changes: Any) -> Json:
    """Return a session of a log, in week 1 by default."""
    return a_session(**{"athlete_id": None, "week": 1, "session": 1, "sets": [*made], **changes})


class TestAdaptProgram:
    @pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
    async def test_returns_the_week_of_each_worked_example(
        self, case: Case, offline: httpx.AsyncClient
    ) -> None:
        make, week = case
        journal = make()
        adapted = await adapt(
            offline,
            find_program_id(journal),
            sessions=encode_log(journal),
            through_week=journal.weeks_over,
        )
        assert (adapted["status"], adapted["reason"], adapted["data_notes"]) == (
            "planned",
            None,
            [],
        )
        assert write_notation(adapted["week"]) == week
        assert {one["track"]: one["code"] for one in adapted["changes"]} == list_reasons(adapted)

    async def test_blocks_after_high_pain_in_two_weeks_in_a_row(
        self, offline: httpx.AsyncClient
    ) -> None:
        adapted = await adapt(offline, DEFAULT, sessions=encode_log(high_pain_in_two_weeks()))
        assert (adapted["status"], adapted["week"], adapted["changes"]) == ("blocked", None, [])
        assert adapted["next"] is None
        assert adapted["reason"] == {
            "code": "CLEARANCE_REQUIRED",
            "sentence": "Pain above 5/10 came back: stop and get assessed before continuing.",
            "evidence": ["EV-15"],
            "basis": "evidence",
        }
        assert len(adapted["disclaimers"]) == 1

    @pytest.mark.parametrize("through", [None, 0, 1, 5])
    async def test_blocks_at_a_warning_sign(
        self, through: int | None, offline: httpx.AsyncClient
    ) -> None:
        journal = four_weeks().train(sessions(1, red_flags=("sudden_snap",)))
        adapted = await adapt(offline, DEFAULT, sessions=encode_log(journal), through_week=through)
        # With an earlier `through_week`, the answer is what came next at that time.
        assert adapted["status"] == ("planned" if through in (0, 1) else "blocked")
        if adapted["status"] == "blocked":
            assert "call your emergency number now" in adapted["reason"]["sentence"]

    async def test_returns_the_first_week_for_an_empty_log(
        self, offline: httpx.AsyncClient
    ) -> None:
        adapted = await adapt(offline, DEFAULT)
        assert adapted["week"] == (await offline.get(f"/programs/{DEFAULT}/weeks/1")).json()
        plan = (await offline.get(f"/programs/{DEFAULT}")).json()
        assert (adapted["program_id"], adapted["disclaimers"]) == (DEFAULT, plan["disclaimers"])

    @pytest.mark.parametrize("through", range(12))
    async def test_returns_the_week_after_the_last_one_that_is_over(
        self, through: int, offline: httpx.AsyncClient
    ) -> None:
        sent = encode_log(four_weeks())
        adapted = await adapt(offline, DEFAULT, sessions=sent, through_week=through)
        assert adapted["week"]["index"] == through + 1

    @pytest.mark.parametrize("through", [12, 52])
    async def test_is_finished_after_the_last_week(
        self, through: int, offline: httpx.AsyncClient
    ) -> None:
        adapted = await adapt(offline, DEFAULT, through_week=through)
        assert (adapted["status"], adapted["week"], adapted["changes"]) == ("finished", None, [])
        assert adapted["reason"] is None

    async def test_finds_the_week_that_is_over_without_through_week(
        self, offline: httpx.AsyncClient
    ) -> None:
        sent = encode_log(four_weeks())
        weeks = [
            (await adapt(offline, DEFAULT, sessions=sent[:count]))["week"]["index"]
            for count in range(9)
        ]
        assert weeks == [1, 1, 2, 2, 3, 3, 4, 4, 5]

    @pytest.mark.parametrize(
        ("as_of", "week"), [("2027-01-01", 1), ("2027-03-05", 1), ("2027-03-06", 2), (None, 1)]
    )
    async def test_counts_weeks_as_over_by_date_with_as_of(
        self, as_of: str | None, week: int, offline: httpx.AsyncClient
    ) -> None:
        program_id = find_program_id(Journal(start_date=MONDAY))
        assert (await adapt(offline, program_id, as_of=as_of))["week"]["index"] == week
        adapted = await adapt(offline, DEFAULT, as_of=as_of)
        assert adapted["week"]["index"] == 1  # it has no dates

    async def test_is_finished_after_the_last_date(self, offline: httpx.AsyncClient) -> None:
        program_id = find_program_id(Journal(start_date=MONDAY, weeks=2))
        assert (await adapt(offline, program_id, as_of="2027-03-15"))["status"] == "finished"

    async def test_returns_the_planned_weeks_if_all_sets_are_done(
        self, offline: httpx.AsyncClient
    ) -> None:
        journal = Journal(weeks=6).train(weeks=6)
        plan = (await offline.get(f"/programs/{find_program_id(journal)}")).json()["weeks"]
        sent = encode_log(journal)
        adapted = [
            await adapt(offline, find_program_id(journal), sessions=sent, through_week=through)
            for through in range(6)
        ]
        assert [drop_sentences(one["week"] | {"exercise_details": 0}) for one in adapted] == [
            drop_sentences(week | {"exercise_details": 0}) for week in plan
        ]

    async def test_says_what_was_earned_and_not_what_is_planned(
        self, offline: httpx.AsyncClient
    ) -> None:
        adapted = await adapt(offline, DEFAULT, sessions=encode_log(four_weeks().train()))
        for why in list_sent_reasons(adapted["week"]).values():
            assert why["sentence"] == "That went well, so each set goes to 20 repetitions."
        plan = (await offline.get(f"/programs/{DEFAULT}")).json()
        for why in list_sent_reasons(plan["weeks"][5]).values():
            assert why["sentence"] == "If these sets go well, each set goes to 20 repetitions."

    async def test_is_complete_in_itself(self, offline: httpx.AsyncClient) -> None:
        # Pain takes the runner down to an exercise that the programme does not hold.
        journal = Journal(deload_every=0).train(weeks=2).train(sets("SK", pain=7)).train()
        adapted = await adapt(offline, find_program_id(journal), sessions=encode_log(journal))
        week, program = adapted["week"], await offline.get(f"/programs/{find_program_id(journal)}")
        slugs = {one["slug"] for session in week["sessions"] for one in session["exercises"]}
        assert set(week["exercise_details"]) == slugs
        assert slugs - set(program.json()["exercise_details"])

    async def test_is_not_cached(self, offline: httpx.AsyncClient) -> None:
        answer = await offline.post(
            f"/programs/{DEFAULT}/adapt", json={}, headers={"Origin": "https://an.app"}
        )
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["access-control-allow-origin"] == "*"

    @pytest.mark.parametrize("what", ["adapt", "continue", "simulate"])
    async def test_answers_404_to_an_unknown_id(
        self, what: str, offline: httpx.AsyncClient
    ) -> None:
        for program_id in ("x", DEFAULT[:-1], DEFAULT + "A", "A" * 300):
            answer = await offline.post(f"/programs/{program_id}/{what}", json={})
            read_problem(answer, 404, "not-found")


class TestLogOrder:
    async def test_changes_no_byte_even_with_repeated_sessions(
        self, offline: httpx.AsyncClient, seed: int
    ) -> None:
        journal = weaker_left_leg().train(sets("BK", pain=4)).skip().train()
        sent, chance = encode_log(journal), random.Random(seed)
        path, bodies = f"/programs/{find_program_id(journal)}/adapt", set()
        for log in (sent, sent[::-1], chance.sample(sent, len(sent)), sent + sent):
            bodies.add((await offline.post(path, json={"sessions": log})).content)
        assert len(bodies) == 1

    async def test_changes_no_worked_example_even_with_versions(
        self, offline: httpx.AsyncClient
    ) -> None:
        sent = encode_log(session_below_target())
        late = [one for one in sent if one["week"] == 4]
        again = {**sent[0], "sets": [{**sent[0]["sets"][0], "version": 1}]}
        log = [*[one for one in reversed(sent + sent) if one["week"] != 4], again, *late]
        adapted = await adapt(offline, DEFAULT, sessions=log)
        assert write_notation(adapted["week"]) == CASES["A2 one session short"][1]
        assert adapted["data_notes"] == []

    async def test_does_not_matter_because_the_highest_version_wins(
        self, offline: httpx.AsyncClient
    ) -> None:
        sent = encode_log(Journal().train())
        hurt = {**sent[0], "sets": [{**one, "pain": 9, "version": 1} for one in sent[0]["sets"]]}
        healed = {**sent[0], "sets": [{**one, "version": 2} for one in sent[0]["sets"]]}
        for log in ([hurt, healed, *sent], [*sent, healed, hurt]):
            adapted = await adapt(offline, DEFAULT, sessions=log)
            assert set(list_reasons(adapted).values()) == {"RAMP_SETS"}


class TestChanges:
    async def test_contains_the_dose_before_and_after(self, offline: httpx.AsyncClient) -> None:
        adapted = await adapt(offline, DEFAULT, sessions=encode_log(session_below_target()))
        same, more = adapted["changes"][:2]
        calf = {"rung": 2, "slug": "straight-leg-calf-raise", "sets": 6, "load": None, "reps": 18}
        assert [one["track"] for one in adapted["changes"]] == TRACKS
        assert (same["from"], same["to"]) == (calf, calf)
        assert same["sentence"] == "A session fell short of 18 repetitions; same again."
        assert (more["from"]["reps"], more["to"]["reps"]) == (18, 20)
        assert more["sentence"] == "That went well, so each set goes to 20 repetitions."
        for one in adapted["changes"]:
            assert set(one) == {"track", "code", "sentence", "evidence", "basis", "from", "to"}
            assert one["evidence"]

    async def test_compares_with_the_last_build_week(self, offline: httpx.AsyncClient) -> None:
        # Week 4 is a lighter week.
        adapted = await adapt(offline, DEFAULT, sessions=encode_log(four_weeks()))
        assert (adapted["week"]["index"], adapted["changes"][0]["code"]) == (5, "ADD_REPS")
        assert [adapted["changes"][0][side]["reps"] for side in ("from", "to")] == [15, 18]

    async def test_counts_holds_in_seconds_and_loads_with_their_unit(
        self, offline: httpx.AsyncClient
    ) -> None:
        start = Start(straight_knee=TrackStart(7))
        journal = Journal(core=("plank",), equipment=("dumbbell",), start=start).train(weeks=2)
        adapted = await adapt(offline, find_program_id(journal), sessions=encode_log(journal))
        changes = {one["track"]: one["to"] for one in adapted["changes"]}
        assert changes["plank"].keys() == {"rung", "slug", "sets", "load", "seconds"}
        assert changes["straight_knee"]["load"] == {"value": 7.0, "unit": "kg"}

    async def test_has_no_dose_before_the_first_week(self, offline: httpx.AsyncClient) -> None:
        adapted = await adapt(offline, DEFAULT)
        assert [one["from"] for one in adapted["changes"]] == [None] * 3
        assert [one["to"]["sets"] for one in adapted["changes"]] == [4] * 3

    async def test_shows_a_track_that_is_left_out_and_returns(
        self, offline: httpx.AsyncClient
    ) -> None:
        journal = Journal(deload_every=0).train(weeks=2).train(sets("SK", pain=7))
        steps = []
        for _ in range(2):
            adapted = await adapt(offline, find_program_id(journal), sessions=encode_log(journal))
            steps.append(adapted["changes"][0])
            journal.train()
        assert [one["code"] for one in steps] == ["PAIN_ABOVE_5", "RETURN_AFTER_PAIN"]
        assert [one["from"] and one["from"]["rung"] for one in steps] == [2, None]
        assert [one["to"] and one["to"]["rung"] for one in steps] == [None, 1]


class TestNext:
    async def test_is_the_first_session_of_the_week(self, offline: httpx.AsyncClient) -> None:
        adapted = await adapt(offline, DEFAULT, sessions=encode_log(four_weeks()))
        following, week = adapted["next"], adapted["week"]
        assert (following["week"], following["session"], following["left"]) == (5, 1, None)
        assert following["exercises"] == week["sessions"][0]["exercises"]
        assert following["reasons"] == list_sent_reasons(week)

    async def test_is_what_is_left_of_a_session_under_way(self, offline: httpx.AsyncClient) -> None:
        begun = logged(a_set(reps=15, side="both"), status="in_progress")
        following = (await adapt(offline, DEFAULT, sessions=[begun]))["next"]
        assert following["left"]["straight_knee"] == {"both": 1}
        assert following["est_minutes"] < (await adapt(offline, DEFAULT))["next"]["est_minutes"]

    async def test_is_null_after_the_end(self, offline: httpx.AsyncClient) -> None:
        assert (await adapt(offline, DEFAULT, through_week=12))["next"] is None

    async def test_is_5_kb_at_most(self, offline: httpx.AsyncClient) -> None:
        for weeks in range(1, 12):
            sent = encode_log(Journal().train(weeks=weeks))
            following = (await adapt(offline, DEFAULT, sessions=sent))["next"]
            assert len(json.dumps(following, separators=(",", ":"))) <= 5_000


class TestDataNotes:
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
    async def test_names_what_was_ignored_or_changed(
        self, code: str, session: Json, offline: httpx.AsyncClient
    ) -> None:
        session = {**session, "session_id": new_id()}
        adapted = await adapt(offline, DEFAULT, sessions=[session])
        (note,) = adapted["data_notes"]
        assert (note["code"], note["session_id"]) == (code, session["session_id"])
        assert note["sentence"]
        assert (adapted["status"], adapted["week"]["index"]) == ("planned", 1)

    async def test_contains_one_note_for_each_session_of_another_programme(
        self, offline: httpx.AsyncClient
    ) -> None:
        sent = [{**one, "program_id": "x"} for one in encode_log(four_weeks())]
        adapted = await adapt(offline, DEFAULT, sessions=sent)
        assert list_codes(adapted["data_notes"]) == ["OTHER_PROGRAMME"] * 8
        assert (adapted["week"]["index"], adapted["changes"][0]["code"]) == (1, "START")

    async def test_ignores_repeated_sessions(self, offline: httpx.AsyncClient) -> None:
        session = {**logged(a_set(exercise="hop")), "session_id": new_id()}
        adapted = await adapt(offline, DEFAULT, sessions=[session] * 5)
        assert list_codes(adapted["data_notes"]) == ["UNKNOWN_EXERCISE"]

    async def test_identifies_sessions_without_an_id(self, offline: httpx.AsyncClient) -> None:
        log = [logged(a_set(exercise="hop")), logged(a_set(exercise="skip"))]
        first, again = [await adapt(offline, DEFAULT, sessions=log) for _ in range(2)]
        assert first["data_notes"] == again["data_notes"]
        assert len({note["session_id"] for note in first["data_notes"]}) == 2

    async def test_counts_the_valid_sets_beside_ignored_ones(
        self, offline: httpx.AsyncClient
    ) -> None:
        odd = [logged(a_set(exercise="hop")), logged(a_set(), program_id="x")]
        adapted = await adapt(offline, DEFAULT, sessions=[*odd, *encode_log(four_weeks())])
        assert (adapted["week"]["index"], len(adapted["data_notes"])) == (5, 2)
        assert set(list_reasons(adapted).values()) == {"ADD_REPS"}

    async def test_ignores_unknown_fields(self, offline: httpx.AsyncClient) -> None:
        session = logged({**a_set(), "mood": "fine"}, weather="mild")
        assert (await adapt(offline, DEFAULT, sessions=[session]))["data_notes"] == []


class TestAdaptIn:
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
    async def test_rejects_a_wrong_field(
        self, body: Any, pointer: str, offline: httpx.AsyncClient
    ) -> None:
        answer = await offline.post(f"/programs/{DEFAULT}/adapt", json=body)
        assert pointers(read_problem(answer, 422, "validation-failed")) == [pointer]

    async def test_accepts_a_long_log(self, offline: httpx.AsyncClient) -> None:
        journal = Journal(days_per_week=6, weeks=3).train(weeks=3)
        log = [encode_session(journal, done, f"a-{n}") for done in journal.log for n in range(20)]
        adapted = await adapt(offline, find_program_id(journal), sessions=log[:2000])
        assert adapted["status"] == "finished"
