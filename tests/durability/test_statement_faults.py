"""A fault at each SQL statement of each write, its commit included: no partial effect, and a retry
has exactly one effect.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from app.sessions import store
from tests.durability import faulty_services
from tests.durability.acknowledgements import Json
from tests.durability.fault_harness import FaultHarness, Request, WriteResult
from tests.durability.fault_injection import Fault, list_faults
from tests.durability.run_sizes import RecordFigure

MOMENT = "2026-11-22T18:30:00+01:00"
IDS = (str(UUID(int=number, version=4)) for number in itertools.count(1))


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is stored first, and what is then written while a statement goes wrong."""

    before: tuple[Request, ...]
    struck: tuple[Request, ...]


def make_set(exercise: str, **fields: Any) -> Json:
    return {"exercise": exercise, "set_index": 1, "performed_at": MOMENT, "version": 1, **fields}


def put(session_id: str, version: int = 1) -> Request:
    sets = [make_set("step_up", reps=version, version=version), make_set("other", version=version)]
    body = {"athlete_id": "runner-1", "started_at": MOMENT, "version": version, "sets": sets}
    return Request("PUT", f"/sessions/{session_id}", (session_id,), body)


def put_set(session_id: str, set_id: str) -> Request:
    body = make_set("live", reps=9) | {"athlete_id": "runner-1"}
    return Request("PUT", f"/sessions/{session_id}/sets/{set_id}", (session_id,), body)


def a_new_session() -> Scenario:
    return Scenario((), (put(next(IDS)),))


def a_higher_version() -> Scenario:
    session_id = next(IDS)
    return Scenario((put(session_id),), (put(session_id, version=2),))


def a_live_set() -> Scenario:
    session_id = next(IDS)
    return Scenario((put(session_id),), (put_set(session_id, next(IDS)),))


def a_set_before_its_session() -> Scenario:
    return Scenario((), (put_set(next(IDS), next(IDS)),))


def a_batch() -> Scenario:
    known, new = next(IDS), next(IDS)
    sessions = [(put(one, 2).body or {}) | {"session_id": one} for one in (known, new)]
    batch = Request("POST", "/sessions/batch", (known, new), {"sessions": sessions})
    return Scenario((put(known),), (batch,))


def a_deleted_session() -> Scenario:
    session_id = next(IDS)
    return Scenario(
        (put(session_id),), (Request("DELETE", f"/sessions/{session_id}", (session_id,)),)
    )


def a_deleted_set() -> Scenario:
    session_id, set_id = next(IDS), next(IDS)
    gone = Request("DELETE", f"/sessions/{session_id}/sets/{set_id}", (session_id,))
    return Scenario((put(session_id), put_set(session_id, set_id)), (gone,))


def two_writes_in_one_commit() -> Scenario:
    known = next(IDS)
    return Scenario((put(known),), (put(known, version=2), put(next(IDS))))


SCENARIOS = (
    a_new_session,
    a_higher_version,
    a_live_set,
    a_set_before_its_session,
    a_batch,
    a_deleted_session,
    a_deleted_set,
    two_writes_in_one_commit,
)


@dataclass(frozen=True, slots=True)
class WriteHistory:
    """What was stored before a write, what it was told, and what is stored now."""

    was: list[Json | None]
    told: WriteResult
    now: list[Json | None]


async def run_scenario(
    rig: FaultHarness, scene: Scenario, fault: Fault | None
) -> tuple[list[WriteHistory], int]:
    """The course of each write that is struck, and how many statements they took."""
    for request in scene.before:
        assert (await rig.send(request)).fine
    was = [await rig.stored(request) for request in scene.struck]
    rig.saboteur.arm(fault)
    told = await rig.send_together(scene.struck)
    statements = rig.saboteur.disarm()
    now = [await rig.stored(request) for request in scene.struck]
    return [WriteHistory(*parts) for parts in zip(was, told, now, strict=True)], statements


async def find_broken_promises(
    rig: FaultHarness, make: Callable[[], Scenario], clean: list[WriteHistory], strikes: list[Fault]
) -> list[str]:
    """What is wrong after each fault, beside what the same scene comes to with none."""
    found: list[str] = []
    for fault in strikes:
        scene = make()
        struck, _ = await run_scenario(rig, scene, fault)
        for request, course, right in zip(scene.struck, struck, clean, strict=True):
            found += [f"{fault}: {fact}" for fact in check_before_retry(course, right)]
            again = await rig.retry(request)
            if again != (right.told.repeated() if course.now == right.now else right.told):
                found.append(f"{fault}: told {again} at the retry")
            if (after := await rig.stored(request)) != right.now:
                found.append(f"{fault}: after the retry {after}")
    return found


def check_before_retry(course: WriteHistory, right: WriteHistory) -> Iterator[str]:
    """What is wrong with the course of a write before its retry."""
    if course.now not in (course.was, right.now):
        yield f"a partial effect {course.now}"
    if course.told.fine and (course.told != right.told or course.now != right.now):
        yield f"told {course.told}, and stored is {course.now}"
    if not course.told.fine and course.told.status != 503:
        yield f"told {course.told}"


class TestStatementFault:
    @pytest.mark.parametrize("make", SCENARIOS)
    async def test_leave_all_or_nothing_of(
        self, make: Callable[[], Scenario], database_url: str, record_property: RecordFigure
    ) -> None:
        async with FaultHarness(database_url) as rig:
            await run_scenario(rig, make(), None)  # A new connection has statements of its own.
            clean, statements = await run_scenario(rig, make(), None)
            assert await find_broken_promises(rig, make, clean, list_faults(statements)) == []
            record_property("faults", rig.saboteur.strikes)
            assert rig.saboteur.strikes == len(list_faults(statements)) >= 10


class TestFaultyService:
    async def test_that_commits_in_pieces_is_found_out(
        self, database_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with FaultHarness(database_url) as rig:
            clean, statements = await run_scenario(rig, a_new_session(), None)
            monkeypatch.setattr(store, "upsert", store.upsert)  # Puts it back at the end.
            faulty_services.commit_in_pieces()
            found = await find_broken_promises(rig, a_new_session, clean, list_faults(statements))
        assert [complaint for complaint in found if "partial" in complaint] != []
