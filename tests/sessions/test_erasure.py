"""Holds a person's erasure to the rows: what is left of them in any table, at any moment."""

import asyncio
import hashlib
import random
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from app.database.engines import make_engine
from app.database.rows import BaseRow
from app.keys.tables import TenantRow
from app.sessions import erasure, store, writing
from app.sessions.from_wire import SessionUpload
from app.sessions.writing import Precondition
from app.settings import normalise_url
from app.web.http.problems import AthleteErased, NotFound
from tests.athletes.journal_uploads import encode_log, program_id_of
from tests.client import a_live_set, a_session, a_set, caller, make_key, new_id, opened
from tests.training.journal import Journal, make_session, make_set

NOW = datetime(2027, 5, 6, tzinfo=UTC)
TENANT, OTHER = UUID(int=1), UUID(int=2)
KEY = b"k" * 32
NAMED = "Ada-of-the-hill"


def read_rows(tx: sa.Connection) -> dict[str, list[Any]]:
    """Every row of every table."""
    return {
        table.name: [tuple(row) for row in tx.execute(sa.select(table))]
        for table in BaseRow.metadata.sorted_tables
    }


def mentions(rows: dict[str, list[Any]], *needles: object) -> list[str]:
    """The tables that speak of something."""
    return [
        name
        for name, found in rows.items()
        if any(str(needle) in str(row) for needle in needles for row in found)
    ]


@pytest.fixture
def engine(database_url: str) -> sa.Engine:
    return make_engine(sa.make_url(normalise_url(database_url)), 5, read_only=False)


@pytest.fixture
def tx(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction in which two tenants hold something on people of one name."""
    with engine.begin() as tx:
        for tenant in (TENANT, OTHER):
            for number in range(3):
                take_in(tx, an_upload(tenant, number), tenant)
        take_in(tx, an_upload(TENANT, 9, "runner-2"))
        yield tx


def an_upload(tenant: UUID, number: int, athlete_id: str = NAMED) -> SessionUpload:
    """A session with two sets, marked as an upload is."""
    ids = [UUID(int=tenant.int << 64 | number << 8 | place) for place in range(3)]
    sets = [make_set(set_id=set_id, set_index=place) for place, set_id in enumerate(ids[1:])]
    done = make_session(*sets, session_id=ids[0], athlete_id=athlete_id, notes="felt fine")
    return erasure.mark(SessionUpload(done), KEY, tenant)


def take_in(
    tx: sa.Connection, upload: SessionUpload, tenant: UUID = TENANT, now: datetime = NOW
) -> str:
    (merged,) = writing.store_uploads(tx, tenant, [upload], now)
    return merged.outcome


def erase(
    tx: sa.Connection, athlete_id: str = NAMED, tenant: UUID = TENANT, now: datetime = NOW
) -> None:
    mark = erasure.fingerprint(KEY, tenant, athlete_id)
    erasure.erase(tx, tenant, athlete_id, mark, now)


class TestFingerprint:
    def test_is_a_keyed_hash(self) -> None:
        mark = erasure.fingerprint(KEY, TENANT, NAMED)
        assert len(mark) == 32
        assert mark != hashlib.sha256(TENANT.bytes + NAMED.encode()).digest()
        assert mark == erasure.fingerprint(KEY, TENANT, NAMED)

    def test_differs_for_each_key_tenant_and_person(self) -> None:
        marks = {
            erasure.fingerprint(key, tenant, person)
            for key in (KEY, b"x" * 32)
            for tenant in (TENANT, OTHER)
            for person in (NAMED, NAMED.upper(), "ä", "\U0001f9b5")
        }
        assert len(marks) == 16


class TestErase:
    def test_leaves_nothing_but_the_hash(self, tx: sa.Connection) -> None:
        before = read_rows(tx)
        erase(tx)
        after = read_rows(tx)
        mine = [row for row in after["sessions"] + after["sets"] if TENANT in row]
        assert len([row for row in before["sets"] if TENANT in row]) == 8
        assert len(mine) == 3  # runner-2 and two sets
        ((tenant, mark, _),) = after["erasures"]
        assert (tenant, bytes(mark)) == (TENANT, erasure.fingerprint(KEY, TENANT, NAMED))

    def test_takes_what_was_left_of_deletions_with_it(self, tx: sa.Connection) -> None:
        mine = an_upload(TENANT, 0).session
        writing.delete_session(tx, TENANT, mine.session_id, 7, Precondition(), NOW)
        other = an_upload(TENANT, 1).session
        writing.delete_set(tx, TENANT, other.session_id, other.sets[0].set_id, 7, NOW)
        assert mentions(read_rows(tx), mine.session_id) == ["sessions"]
        erase(tx)
        found = mentions(read_rows(tx), mine.session_id, other.session_id, other.sets[0].set_id)
        assert found == []

    def test_touches_no_other_tenant_and_no_other_person(self, tx: sa.Connection) -> None:
        before = read_rows(tx)
        erase(tx)
        after = read_rows(tx)
        for table in ("sessions", "sets"):
            assert [r for r in before[table] if OTHER in r] == [
                r for r in after[table] if OTHER in r
            ]
        assert take_in(tx, an_upload(OTHER, 0), OTHER) == "unchanged"
        assert take_in(tx, an_upload(TENANT, 9, "runner-2")) == "unchanged"

    def test_may_be_asked_for_again(self, tx: sa.Connection) -> None:
        erase(tx)
        erase(tx, now=NOW + timedelta(days=3))
        ((_, _, when),) = read_rows(tx)["erasures"]
        assert when == NOW + timedelta(days=3)

    def test_finds_nobody_who_was_never_there(self, tx: sa.Connection) -> None:
        before = read_rows(tx)
        with pytest.raises(NotFound):
            erase(tx, "nobody")
        with pytest.raises(NotFound):
            erase(tx, tenant=UUID(int=3))
        assert read_rows(tx) == before

    def test_refuses_uploads_for_thirty_days(self, tx: sa.Connection) -> None:
        erase(tx)
        for days in (0, 1, 29.99):
            assert take_in(tx, an_upload(TENANT, 1), now=NOW + timedelta(days=days)) == "invalid"
        assert mentions(read_rows(tx), "felt fine") == ["sessions"]
        assert take_in(tx, an_upload(TENANT, 1), now=NOW + timedelta(days=30)) == "created"

    def test_refuses_a_single_upload_with_its_problem(self, tx: sa.Connection) -> None:
        erase(tx)
        with pytest.raises(AthleteErased):
            writing.put(tx, TENANT, an_upload(TENANT, 1), Precondition(), NOW)

    def test_forgets_the_hash_of_those_before(self, tx: sa.Connection) -> None:
        erase(tx)
        erase(tx, "runner-2", now=NOW + timedelta(days=30))
        assert len(read_rows(tx)["erasures"]) == 1

    def test_does_not_bring_back_what_was_there_before(self, tx: sa.Connection) -> None:
        erase(tx)
        late = an_upload(TENANT, 1)
        late = replace(late, session=replace(late.session, sets=late.session.sets[:1]))
        take_in(tx, late, now=NOW + timedelta(days=31))
        assert len([row for row in read_rows(tx)["sets"] if TENANT in row]) == 3


def erase_alone(engine: sa.Engine) -> None:
    with engine.begin() as tx:
        erase(tx)


def await_lock(engine: sa.Engine) -> None:
    """Returns once somebody waits for a lock."""
    waits = (
        "SELECT 1 FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    deadline = time.monotonic() + 10
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as tx:
        while tx.exec_driver_sql(waits).first() is None:
            assert time.monotonic() < deadline


class TestRace:
    @pytest.fixture
    def engine(self, postgres_url: str) -> sa.Engine:
        # SQLite has one writer, so that nobody can come between.
        return make_engine(sa.make_url(normalise_url(postgres_url)), 5, read_only=False)

    @pytest.mark.parametrize("what", ["session", "set"])
    def test_with_a_deletion_leaves_nothing(self, what: str, engine: sa.Engine) -> None:
        upload = an_upload(TENANT, 0)
        session_id, set_id = upload.session.session_id, upload.session.sets[0].set_id
        with engine.begin() as tx:
            take_in(tx, upload)
        with engine.begin() as deleting:
            sessions = store.find_sessions(deleting, TENANT, [session_id])
            sets = store.find_sets(deleting, TENANT, [set_id])
            with engine.begin() as erasing:
                erase(erasing)
            if what == "session":
                store.delete_session(deleting, TENANT, sessions[session_id], NOW)
            else:
                store.delete_set(deleting, TENANT, sets[set_id])
        with engine.begin() as tx:
            assert mentions(read_rows(tx), NAMED, session_id) == []

    @pytest.mark.parametrize("what", ["session", "set"])
    def test_with_half_a_deletion_waits_for_the_other_half(
        self, what: str, engine: sa.Engine
    ) -> None:
        # In the other order each waits for the other, until the server ends one after a second.
        upload = an_upload(TENANT, 0)
        session_id, set_id = upload.session.session_id, upload.session.sets[0].set_id
        with engine.begin() as tx:
            take_in(tx, upload)
        erasures: list[Future[None]] = []

        def come_between(_tx: sa.Connection, _cursor: object, statement: str, *_: object) -> None:
            if not erasures and statement.startswith(("UPDATE", "DELETE")):
                erasures.append(threads.submit(erase_alone, engine))
                await_lock(engine)

        with ThreadPoolExecutor(1) as threads, engine.begin() as deleting:
            sa.event.listen(deleting, "after_cursor_execute", come_between)
            if what == "session":
                writing.delete_session(deleting, TENANT, session_id, None, Precondition(), NOW)
            else:
                writing.delete_set(deleting, TENANT, session_id, set_id, None, NOW)
        (erasure,) = erasures
        assert erasure.result() is None
        with engine.begin() as tx:
            assert mentions(read_rows(tx), NAMED, session_id) == []

    async def test_with_uploads_and_deletions_leaves_nothing(
        self, postgres_app: FastAPI, seed: int
    ) -> None:
        chance = random.Random(seed)
        async with caller(postgres_app, await make_key(postgres_app)) as api:
            there = [new_id() for _ in range(10)]
            sent = a_session(athlete_id=NAMED, sets=[a_set()])
            for session_id in there:
                assert (await api.put(f"/sessions/{session_id}", json=sent)).status_code == 201
            calls = [api.put(f"/sessions/{new_id()}", json=sent) for _ in range(30)]
            calls += [
                api.put(f"/sessions/{new_id()}/sets/{new_id()}", json=a_live_set(athlete_id=NAMED))
                for _ in range(15)
            ]
            calls += [api.delete(f"/sessions/{session_id}") for session_id in there]
            calls += [api.delete(f"/athletes/{NAMED}") for _ in range(2)]
            chance.shuffle(calls)
            answers = await asyncio.gather(*calls)
            assert {answer.status_code for answer in answers} <= {201, 204, 404, 410}
            assert (await api.get("/sessions")).json()["items"] == []
            rows = await postgres_app.state.resources.database.read(read_rows)
        assert mentions(rows, NAMED) == []


def read_files(url: str) -> bytes:
    """The database's file and whatever lies beside it."""
    folder = Path(url.removeprefix("sqlite:///")).parent
    return b"".join(file.read_bytes() for file in folder.iterdir())


class TestFile:
    async def test_holds_nothing_of_an_erased_person(self, sqlite_url: str) -> None:
        journal = Journal().train(weeks=4)
        sent = [{**one, "notes": f"{NAMED} felt fine"} for one in encode_log(journal, NAMED)]
        async with opened(sqlite_url) as app, caller(app, await make_key(app, "club")) as api:
            await api.post("/sessions/batch", json={"sessions": sent})
            await api.get(f"/athletes/{NAMED}/programs/{program_id_of(journal)}")
        assert NAMED.encode() in read_files(sqlite_url)
        async with opened(sqlite_url) as app, caller(app, await make_key(app, "club")) as api:
            assert (await api.delete(f"/athletes/{NAMED}")).status_code == 204
        left = read_files(sqlite_url)
        needles = [NAMED, "felt fine", "straight-leg-calf-raise", program_id_of(journal)]
        assert [needle for needle in needles if needle.encode() in left] == []
        assert not any(UUID(one["session_id"]).bytes in left for one in sent)
        assert TenantRow.__tablename__.encode() in left
