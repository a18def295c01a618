"""The worked examples of the science, digit for digit. Part 6 of docs/science.md has them."""

import datetime
import json
import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from app.training.adapting import followed_program, next_session
from app.training.adapting.next_session import NextSession
from app.training.log.completed import CompletedSession, LoggedTest, MorningPain
from tests.training import worked_examples
from tests.training.journal import Journal, make_id, sessions, sets
from tests.training.notation import DAYS, SHORT, format_exercise, list_cells
from tests.training.strategies import plan_program
from tests.training.worked_examples import ADAPTATIONS, CONTINUATIONS, NEXT_SESSIONS, PLANS

WEEKS = [(name, index) for name, plan in PLANS.items() for index in range(len(plan.weeks))]


def begin(name: str = "P1") -> Journal:
    """Return a journal of one of the plans."""
    return Journal(**PLANS[name].fields)


def hurt_calf() -> Journal:
    return begin().train().train(sets("SK", session=1, pain=7))


def cut_short(journal: Journal) -> Journal:
    """Train a week of which every session ends after four sets."""
    missing = [sets("BK", number=number, omit=True) for number in (2, 3)]
    return journal.train(sets("SU", omit=True), *missing)


HISTORIES: dict[str, Callable[[], Journal]] = {
    "A1": lambda: begin().train(weeks=6),
    "A2": lambda: begin().train(weeks=4).train(sets("SK", session=2, reps=(18, 17, 17))),
    "A3": lambda: begin().train(weeks=4).train(sets("SK", session=2, reps=(18, 16, 12))),
    "A4": lambda: begin().train(weeks=4).train(sets("SK", reps=(14, 12, 10), rir=0)),
    "A5": lambda: begin().train(weeks=4).train(sets("SK", session=1, number=2, omit=True)),
    "A8": lambda: begin().train(weeks=4).train(sessions(2, omit=True), weeks=2),
    "A10": lambda: cut_short(cut_short(begin().train(weeks=4))),
    "A12": lambda: begin().train(sets("SK", reps=12)),
    "A17": lambda: begin().train(weeks=4).train(sets("SK", rir=8)),
    "A22": lambda: begin().train(weeks=4).skip(3),
    "A30": lambda: begin().train(weeks=4).train(sets("BK", pain=4)),
    "A32": lambda: begin().train(weeks=4).train(sets("BK", pain=4), weeks=3),
    "A34": lambda: begin().train(weeks=4).train(sessions(1, morning_pain=MorningPain(4, "calf"))),
    "A35": hurt_calf,
    "A36": lambda: hurt_calf().train(),
    "A38": lambda: hurt_calf().train(sets("BK", pain=7)),
    "A41": lambda: begin().train(weeks=3).train(sets("SK", pain=4)),
    "A45": lambda: (
        begin().train(weeks=2).train(sessions(2, heel_rise_test=LoggedTest(24, 22))).train()
    ),
    "A49": lambda: begin("P4").train(sets(pain=2), weeks=5),
}


def garble(log: list[CompletedSession], seed: int) -> list[CompletedSession]:
    """Return a log as it may arrive: twice, in any order, the sets of a session in parts."""
    rng = random.Random(seed)
    halves = [replace(one, sets=one.sets[part::2]) for one in log for part in (0, 1)]
    sent = [*log, *halves]
    rng.shuffle(sent)
    return sent


class TestPlan:
    @pytest.mark.parametrize(("name", "index"), WEEKS)
    def test_equals_the_example_in_every_week(self, name: str, index: int) -> None:
        weeks = plan_program(**PLANS[name].fields).weeks
        assert list_cells(weeks[index]) == PLANS[name].weeks[index]

    @pytest.mark.parametrize("name", PLANS)
    def test_has_the_days_and_the_length_of_the_example(self, name: str) -> None:
        found = plan_program(**PLANS[name].fields)
        assert " ".join(DAYS[day] for day in found.days) == PLANS[name].days
        assert len(found.weeks) == len(PLANS[name].weeks)


class TestAdaptation:
    def test_covers_every_example(self) -> None:
        assert HISTORIES.keys() == ADAPTATIONS.keys()

    @pytest.mark.parametrize("name", [name for name in ADAPTATIONS if name != "A38"])
    def test_gives_the_week_of_the_example(self, name: str) -> None:
        assert list_cells(HISTORIES[name]().week) == ADAPTATIONS[name]

    def test_blocks_in_a38(self) -> None:
        block = HISTORIES["A38"]().followed.describe_block()
        assert block
        assert [block.status, *[""] * 4, block.code, "none"] == ADAPTATIONS["A38"]

    @pytest.mark.parametrize("name", HISTORIES)
    def test_ignores_how_the_log_arrived(self, name: str, seed: int) -> None:
        journal = HISTORIES[name]()
        sent = garble(journal.log, seed)
        found = followed_program.follow(journal.spec, sent, through_week=journal.weeks_over)
        assert (found.weeks(), found.block) == (journal.followed.weeks(), journal.followed.block)


BEFORE: dict[str, Callable[[], Journal]] = {
    "C1": HISTORIES["A1"],
    "C2": hurt_calf,
    "C3": lambda: begin("P2").train(weeks=11),
    "C5": lambda: carry_on("C3").train(weeks=2),
    "C7": HISTORIES["A38"],
    "C10": HISTORIES["A1"],
    "C12": lambda: begin().train(weeks=14),
}


def carry_on(name: str) -> Journal:
    """Return the journal of the successor in an example."""
    changes = json.loads(CONTINUATIONS[name][0])
    cleared = changes.pop("cleared", False)
    fields = worked_examples.read_fields(json.dumps(changes))
    return BEFORE[name]().carry_on(cleared=cleared, **fields)


class TestContinue:
    def test_covers_every_example(self) -> None:
        assert BEFORE.keys() == CONTINUATIONS.keys()

    @pytest.mark.parametrize("name", CONTINUATIONS)
    def test_begins_with_the_weeks_of_the_example(self, name: str) -> None:
        weeks = plan_program(carry_on(name).spec).weeks[:2]
        assert "<br>".join(", ".join(list_cells(week)) for week in weeks) == CONTINUATIONS[name][1]

    def test_goes_on_like_the_plan_in_c1(self) -> None:
        weeks = plan_program(carry_on("C1").spec).weeks
        assert [list_cells(week) for week in weeks] == [*PLANS["P1"].weeks[6:]]


DATED = {"weeks": 8, "start_date": "2026-01-05"}


def begin_dated() -> Journal:
    return Journal(**worked_examples.read_fields(json.dumps(DATED)))


def train_one_exercise_a_day() -> Journal:
    """Train one exercise a day, from Monday to Saturday, without saying for which session."""
    journal = begin_dated().train()
    day = journal.log[0].started_at
    parts = [
        (done, SHORT[exercise.track], exercise.slug)
        for done, planned in zip(journal.log, journal.followed.weeks()[0].sessions, strict=True)
        for exercise in planned.exercises
    ]
    journal.log = [
        replace(
            done,
            session_id=make_id(number),
            week=None,
            session=None,
            status="in_progress",
            started_at=day.replace(day=day.day + number),
            sets=tuple(one for one in done.sets if one.exercise == slug),
        )
        for number, (done, _, slug) in enumerate(parts)
    ]
    return journal


def begin_first_session() -> Journal:
    journal = begin_dated().train(sessions(2, omit=True), sessions(1, status="in_progress"))
    journal.log = [replace(journal.log[0], sets=journal.log[0].sets[:1])]
    return journal


WITHIN: dict[str, Callable[[], Journal]] = {
    "N2": lambda: begin_dated().train(sessions(1, days=2), sessions(2, omit=True)),
    "N3": lambda: begin_dated().train(sessions(2, days=4)),
    "N5": begin_first_session,
    "N8": lambda: begin_dated().train(sets("SK", pain=7), sessions(2, omit=True)),
    "N10": lambda: begin_dated().train(sets(session=2, pain=7)),
    "N12": train_one_exercise_a_day,
    "N16": lambda: begin_dated().train(sessions(2, days=5), sets("SK", session=2, pain=7)),
}


def format_next(found: NextSession, notes: list[str]) -> str:
    """Return the next session as the examples write it."""
    exercises = "; ".join(
        f"{format_exercise(one)} {found.reasons[one.track].code}" for one in found.exercises
    )
    text = f"week {found.week} session {found.session}, date {found.date}, not_before "
    text += f"{found.not_before}: {exercises}"
    if found.left is not None:
        left = {SHORT[track]: counts for track, counts in found.left.items()}
        text += f"; left `{json.dumps(left)}`"
    return text + (f"; notes {', '.join(notes)}" if notes else "")


class TestNextSession:
    def test_covers_every_example(self) -> None:
        assert WITHIN.keys() == NEXT_SESSIONS.keys()

    @pytest.mark.parametrize("name", NEXT_SESSIONS)
    def test_is_the_session_of_the_example(self, name: str) -> None:
        as_of, expected = NEXT_SESSIONS[name]
        journal = WITHIN[name]()
        today = datetime.date.fromisoformat(as_of)
        followed = followed_program.follow(journal.spec, journal.log, as_of=today)
        found = next_session.find_next(followed)
        assert found
        assert format_next(found, [note.code for note in followed.log.notes]) == expected
