"""Random histories of writes: after each step, the export equals that of the reference model.

A history sends sessions and sets once or twice, changes and deletes them, crashes before a commit,
restarts, and lets the clock jump. The controls remove one rule from the service; the same histories
must detect that.
"""

import itertools
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import hypothesis
import pytest
import sqlalchemy as sa
from hypothesis import strategies as st

from app.database.engines import make_engine
from app.sessions import from_wire, merging, store, transactions
from app.sessions.schemas import LiveSetIn, SessionIn
from app.sessions.transactions import Precondition
from app.settings import normalise_url
from app.web.http.problems import NotFound
from tests import postgres
from tests.client import a_live_set, a_session, a_set
from tests.durability.reference_model import OPENED_BY_LIVE_SET, ReferenceModel, SentSet, Version
from tests.durability.run_sizes import RecordFigure, read_size

HISTORIES = read_size("HISTORIES", short=15, long=1000)
STEPS = read_size("STEPS", short=20, long=50)
START = datetime(2024, 5, 7, tzinfo=UTC)
TENANTS = (UUID(int=number, version=4) for number in itertools.count(1))
ATHLETE = "runner-1"
# A repeated write must have neither of these outcomes.
CHANGING_OUTCOMES = {"created", "updated"}


class Crash(Exception):
    """The process ended before its commit."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a history. `kind` names the method of ServiceUnderTest that executes it."""

    kind: str
    session: int
    version: Version
    content: int
    sets: tuple[SentSet, ...]
    days: int


VERSIONS = st.one_of(st.none(), st.integers(0, 3))
SETS = st.lists(
    st.tuples(st.integers(1, 4), VERSIONS, st.integers(1, 2)),
    max_size=3,
    unique_by=lambda sent: sent[0],
)
KINDS = (
    "put",
    "put",
    "put_live_set",
    "delete",
    "delete_set",
    "put_twice",
    "crash",
    "restart",
    "change_clock",
)
HISTORY = st.lists(
    st.builds(
        Step,
        kind=st.sampled_from(KINDS),
        session=st.integers(1, 3),
        version=VERSIONS,
        content=st.integers(1, 2),
        sets=SETS.map(tuple),
        days=st.integers(0, 3650),
    ),
    min_size=STEPS,
    max_size=STEPS,
)


class ServiceUnderTest:
    """The real write and read functions, beside the model. Each instance has its own tenant."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._tenant = next(TENANTS)
        self._now = START
        self._tx = engine.connect()
        self.model = ReferenceModel()

    def close(self) -> None:
        self._tx.close()

    def execute(self, step: Step) -> None:
        """Execute a step here and in the model."""
        getattr(self, f"_{step.kind}")(step)

    def export(self) -> dict[str, Any]:
        """Return everything that is stored, in the form of the model's export."""
        with self._transaction() as tx:
            stored = store.read_athlete(tx, self._tenant, ATHLETE)
        if stored is None:
            return ReferenceModel().export()
        return {
            "sessions": {
                one.session_id.int: (
                    (one.version, int(one.notes or OPENED_BY_LIVE_SET)),
                    {item.set_id.int: (item.version, item.reps) for item in one.sets},
                )
                for one in stored.sessions
            },
            "deleted": {one.session_id.int: one.version for one in stored.deleted_sessions},
            "deleted sets": {one.set_id.int: one.version for one in stored.deleted_sets},
        }

    def _put(self, step: Step) -> None:
        with self._transaction() as tx:
            self._send(tx, step)
        self.model.put(step.session, step.version, step.content, step.sets)

    def _put_live_set(self, step: Step) -> None:
        for sent in step.sets[:1]:
            with self._transaction() as tx:
                self._send_live_set(tx, step, sent)
            self.model.put_live_set(step.session, sent)

    def _delete(self, step: Step) -> None:
        with self._transaction() as tx, suppress(NotFound):
            session = UUID(int=step.session)
            expected = Precondition()
            transactions.delete_session(
                tx, self._tenant, session, step.version, expected, self._now
            )
        self.model.delete(step.session, step.version)

    def _delete_set(self, step: Step) -> None:
        for name, version, _ in step.sets[:1]:
            with self._transaction() as tx, suppress(NotFound):
                ids = (UUID(int=step.session), UUID(int=name))
                transactions.delete_set(tx, self._tenant, *ids, version, self._now)
            self.model.delete_set(step.session, name, version)

    def _put_twice(self, step: Step) -> None:
        self._put(step)
        with self._transaction() as tx:
            assert self._send(tx, step) not in CHANGING_OUTCOMES

    def _crash(self, step: Step) -> None:
        with suppress(Crash), self._transaction() as tx:
            self._send(tx, step)
            raise Crash

    def _restart(self, _step: Step) -> None:
        self._tx.close()
        self._tx = self._engine.connect()

    def _change_clock(self, step: Step) -> None:
        self._now = START + timedelta(days=step.days)

    def _send(self, tx: sa.Connection, step: Step) -> str:
        sets = [
            a_set(set_id=format_id(name), set_index=name, version=version, reps=content)
            for name, version, content in step.sets
        ]
        body = a_session(version=step.version, notes=f"{step.content}", sets=sets)
        sent = SessionIn.model_validate(body)
        upload = from_wire.parse_session(sent, UUID(int=step.session), self._now)
        return transactions.store_upload(
            tx, self._tenant, upload, Precondition(), self._now
        ).merge.outcome

    def _send_live_set(self, tx: sa.Connection, step: Step, sent: SentSet) -> None:
        index, version, reps = sent
        body = LiveSetIn.model_validate(a_live_set(set_index=index, version=version, reps=reps))
        ids = (UUID(int=step.session), UUID(int=index))
        upload = from_wire.parse_live_set(body, *ids, self._now)
        transactions.store_upload(tx, self._tenant, upload, Precondition(), self._now)

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        with self._tx.begin():
            yield self._tx


def format_id(number: int) -> str:
    return str(UUID(int=number))


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> sa.Engine:
    if request.param == "postgres":
        server: postgres.Server = request.getfixturevalue("cluster")
        template = request.getfixturevalue("postgres_template")
        url = server.create(f"pushoff_histories_{secrets.token_hex(8)}", template)
    else:
        file: Path = tmp_path_factory.mktemp("histories") / "pushoff.db"
        file.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        url = f"sqlite:///{file}"
    return make_engine(sa.make_url(normalise_url(url)), 5, read_only=False)


def run_histories(engine: sa.Engine, histories: int) -> int:
    """Run random histories and compare after each step; return how many steps there were."""
    steps = 0

    # A failing history is short enough to read, and shrinking takes longer than finding it.
    @hypothesis.settings(
        max_examples=histories,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(HISTORY)
    def compare(history: list[Step]) -> None:
        nonlocal steps
        service = ServiceUnderTest(engine)
        try:
            for step in history:
                service.execute(step)
                steps += 1
                assert service.export() == service.model.export(), step
        finally:
            service.close()

    compare()
    return steps


class TestRandomHistories:
    def test_agree_with_the_reference_model(
        self, engine: sa.Engine, record_property: RecordFigure
    ) -> None:
        steps = run_histories(engine, HISTORIES)
        record_property("histories", steps // STEPS)
        record_property("steps", steps)
        assert steps >= HISTORIES * STEPS


BreakService = Callable[[pytest.MonkeyPatch], None]


def ignore_versions(patch: pytest.MonkeyPatch) -> None:
    """Apply every write, whatever its version."""
    patch.setattr(
        merging, "_compare_versions", lambda stored, *_: "updated" if stored else "created"
    )


def commit_interrupted_writes(patch: pytest.MonkeyPatch) -> None:
    """Commit a write before the crash that should undo it."""
    save = store.save

    def save_and_commit(tx: sa.Connection, *rest: Any) -> None:
        save(tx, *rest)
        tx.exec_driver_sql("COMMIT")
        tx.exec_driver_sql("BEGIN")

    patch.setattr(store, "save", save_and_commit)


def forget_versions_of_deletions(patch: pytest.MonkeyPatch) -> None:
    """Store each deletion with version 0, so that an older write restores what was deleted."""
    delete = store.delete_session

    def delete_without_version(tx: sa.Connection, tenant: UUID, gone: Any, now: datetime) -> None:
        delete(tx, tenant, replace(gone, version=0), now)

    patch.setattr(store, "delete_session", delete_without_version)


class TestFaultyService:
    @pytest.mark.parametrize(
        "flaw", [ignore_versions, commit_interrupted_writes, forget_versions_of_deletions]
    )
    @pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
    def test_is_detected(
        self, flaw: BreakService, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        flaw(monkeypatch)
        with pytest.raises(AssertionError):
            run_histories(engine, 100)
