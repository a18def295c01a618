"""Compares random histories of one session and one set with a simple model of the version rules.

The content of a version depends on its number here, so that no two writes conflict. What is stored
at the end must then depend on the versions only, and not on the order of the writes.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from app.database.engines import make_engine
from app.sessions import from_wire, store, transactions
from app.sessions.from_wire import SessionUpload
from app.sessions.schemas import LiveSetIn, SessionIn
from app.sessions.transactions import Precondition
from app.settings import normalise_url
from app.training.log.completed import CompletedSession
from app.web.http.problems import NotFound
from tests import postgres
from tests.client import a_live_set, a_session, a_set

NOW = datetime(2024, 5, 7, tzinfo=UTC)
TENANT, SESSION, SET = (UUID(int=number) for number in (1, 2, 3))
OPENED = -1
"""Lower than any version: a session that a live set has opened yields to all of them."""

KEPT: TypeAdapter[CompletedSession | None] = TypeAdapter(CompletedSession | None)

Kept = tuple[int, bool] | None
"""A version, and whether the thing still lives."""
Step = tuple[str, int]


def store_and_compare(tx: sa.Connection, upload: SessionUpload) -> None:
    """The response to a write is not loaded again. Compare it with what a read returns."""
    told = transactions.store_upload(tx, TENANT, upload, Precondition(), NOW).stored
    read_back = store.read_session(tx, TENANT, SESSION)
    assert KEPT.dump_json(told) == KEPT.dump_json(read_back)


def put(tx: sa.Connection, version: int) -> None:
    sent = SessionIn.model_validate(a_session(version=version, notes=f"{version}"))
    upload = from_wire.parse_session(sent, SESSION, NOW)
    store_and_compare(tx, upload)


def put_with_set(tx: sa.Connection, version: int) -> None:
    done = a_set(set_id=str(SET), version=version, reps=version)
    sent = a_session(version=version, notes=f"{version}", sets=[done])
    upload = from_wire.parse_session(SessionIn.model_validate(sent), SESSION, NOW)
    store_and_compare(tx, upload)


def put_live(tx: sa.Connection, version: int) -> None:
    sent = LiveSetIn.model_validate(a_live_set(version=version, reps=version))
    upload = from_wire.parse_live_set(sent, SESSION, SET, NOW)
    store_and_compare(tx, upload)


def delete(tx: sa.Connection, version: int) -> None:
    with suppress(NotFound):
        transactions.delete_session(tx, TENANT, SESSION, version, Precondition(), NOW)


def delete_set(tx: sa.Connection, version: int) -> None:
    with suppress(NotFound):
        transactions.delete_set(tx, TENANT, SESSION, SET, version, NOW)


STEPS: dict[str, Callable[[sa.Connection, int], None]] = {
    step.__name__: step for step in (put, put_with_set, put_live, delete, delete_set)
}


def write(kept: Kept, version: int) -> Kept:
    return (version, True) if kept is None or version > kept[0] else kept


def remove(kept: Kept, version: int) -> Kept:
    return kept if kept is None or version < kept[0] else (version, False)


def follow(step: Step, session: Kept, done: Kept) -> tuple[Kept, Kept]:
    """Return the model's session and set after one more step."""
    name, version = step
    if name == "delete":
        after = remove(session, version)
        # A set that was deleted by itself stays so, even if its session comes back.
        stays = after is None or after[1] or (done and not done[1])
        return after, done if stays else None
    if name == "delete_set":
        return session, remove(done, version)
    opened = session or (OPENED, True)
    session = opened if name == "put_live" else write(session, version)
    if name == "put" or not (session and session[1]):
        return session, done
    return session, write(done, version)


def read(tx: sa.Connection) -> tuple[Any, Any]:
    """Load the session and its set."""
    stored = store.read_session(tx, TENANT, SESSION)
    if stored is None:
        return None, None
    sets = [(done.version, done.reps) for done in stored.sets]
    return (stored.version, stored.notes), sets[0] if sets else None


def expect(session: Kept, done: Kept) -> tuple[Any, Any]:
    """Return what the model expects."""
    if session is None or not session[1]:
        return None, None
    own = (None, None) if session[0] == OPENED else (session[0], f"{session[0]}")
    return own, (done[0], done[0]) if done and done[1] else None


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> sa.Engine:
    if request.param == "postgres":
        server: postgres.Server = request.getfixturevalue("cluster")
        template = request.getfixturevalue("postgres_template")
        url = server.create(f"pushoff_merge_{secrets.token_hex(8)}", template)
    else:
        file: Path = tmp_path_factory.mktemp("merge") / "pushoff.db"
        file.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        url = f"sqlite:///{file}"
    return make_engine(sa.make_url(normalise_url(url)), 5, read_only=False)


@pytest.fixture(scope="module")
def tx(engine: sa.Engine) -> Iterator[sa.Connection]:
    with engine.connect() as connection:
        yield connection


class TestHistory:
    @given(st.lists(st.tuples(st.sampled_from(list(STEPS)), st.integers(0, 4)), max_size=10))
    @settings(max_examples=40)
    def test_ends_in_the_state_of_the_model(self, tx: sa.Connection, history: list[Step]) -> None:
        session: Kept = None
        done: Kept = None
        with tx.begin() as transaction:
            for step in history:
                STEPS[step[0]](tx, step[1])
                session, done = follow(step, session, done)
                assert read(tx) == expect(session, done)
            transaction.rollback()

    @given(st.data())
    @settings(max_examples=20)
    def test_ends_in_the_same_state_in_any_order(
        self, tx: sa.Connection, data: st.DataObject
    ) -> None:
        steps = st.tuples(st.sampled_from(["put", "delete"]), st.integers(0, 4))
        history = [("put", 0), *data.draw(st.lists(steps, max_size=6))]
        ends = []
        for order in (history, [history[0], *data.draw(st.permutations(history[1:]))]):
            with tx.begin() as transaction:
                for name, version in order:
                    STEPS[name](tx, version)
                ends.append(read(tx))
                transaction.rollback()
        assert ends[0] == ends[1]
