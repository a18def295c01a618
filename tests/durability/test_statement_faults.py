"""A fault at each SQL statement of each write, its commit included, has no partial effect, and a
retry has exactly one effect.
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
    """The writes that come first, and the writes in which a statement then fails."""

    before: tuple[Request, ...]
    faulty: tuple[Request, ...]


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
    """What was stored before a write, the result of the write, and what was stored after it."""

    before: list[Json | None]
    result: WriteResult
    after: list[Json | None]


async def run_scenario(
    harness: FaultHarness, scenario: Scenario, fault: Fault | None
) -> tuple[list[WriteHistory], int]:
    """Return the history of each faulty write, and how many statements they took together."""
    for request in scenario.before:
        assert (await harness.send(request)).is_success
    before = [await harness.read_stored(request) for request in scenario.faulty]
    harness.injector.arm(fault)
    results = await harness.send_together(scenario.faulty)
    statements = harness.injector.disarm()
    after = [await harness.read_stored(request) for request in scenario.faulty]
    histories = [WriteHistory(*parts) for parts in zip(before, results, after, strict=True)]
    return histories, statements


async def find_broken_promises(
    harness: FaultHarness,
    make: Callable[[], Scenario],
    expected: list[WriteHistory],
    injected: list[Fault],
) -> list[str]:
    """Return what is wrong after each fault; `expected` is the same scenario without a fault."""
    found: list[str] = []
    for fault in injected:
        scenario = make()
        histories, _ = await run_scenario(harness, scenario, fault)
        for request, history, right in zip(scenario.faulty, histories, expected, strict=True):
            found += [f"{fault}: {fact}" for fact in check_before_retry(history, right)]
            took_effect = history.after == right.after
            result = await harness.retry(request)
            if result != (right.result.repeated() if took_effect else right.result):
                found.append(f"{fault}: {result} at the retry")
            if (after := await harness.read_stored(request)) != right.after:
                found.append(f"{fault}: after the retry {after}")
    return found


def check_before_retry(history: WriteHistory, expected: WriteHistory) -> Iterator[str]:
    """Yield what is wrong with a write before its retry."""
    result = history.result
    if history.after not in (history.before, expected.after):
        yield f"a partial effect {history.after}"
    if result.is_success and (result != expected.result or history.after != expected.after):
        yield f"{result}, and stored is {history.after}"
    if not result.is_success and result.status != 503:
        yield f"{result}"


class TestStatementFault:
    @pytest.mark.parametrize("make", SCENARIOS)
    async def test_has_the_full_effect_or_none(
        self, make: Callable[[], Scenario], database_url: str, record_property: RecordFigure
    ) -> None:
        async with FaultHarness(database_url) as harness:
            # The first statements of a new connection set it up and must not be counted.
            runs = [await run_scenario(harness, make(), None) for _ in range(3)]
            expected, statements = min(runs[1:], key=lambda run: run[1])
            injected = list_faults(statements)
            assert await find_broken_promises(harness, make, expected, injected) == []
            record_property("faults", harness.injector.injected)
            assert harness.injector.injected == len(injected) >= 10


class TestFaultyService:
    async def test_that_commits_in_pieces_is_detected(
        self, database_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with FaultHarness(database_url) as harness:
            expected, statements = await run_scenario(harness, a_new_session(), None)
            # Only so that monkeypatch restores `store.upsert` after the test.
            monkeypatch.setattr(store, "upsert", store.upsert)
            faulty_services.commit_in_pieces()
            injected = list_faults(statements)
            found = await find_broken_promises(harness, a_new_session, expected, injected)
        assert [promise for promise in found if "partial" in promise] != []
