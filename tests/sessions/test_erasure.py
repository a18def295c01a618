"""An erasure leaves nothing of an athlete in any table, also during concurrent writes."""

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
from app.sessions import erasure, store, transactions
from app.sessions.from_wire import SessionUpload
from app.sessions.transactions import Precondition
from app.settings import normalise_url
from app.web.http.problems import AthleteErased, NotFound
from tests.athletes.journal_uploads import encode_log, find_program_id
from tests.client import a_live_set, a_session, a_set, caller, make_key, new_id, opened
from tests.training.journal import Journal, make_session, make_set

NOW = datetime(2027, 5, 6, tzinfo=UTC)
TENANT, OTHER = UUID(int=1), UUID(int=2)
KEY = b"k" * 32
NAMED = "Ada-of-the-hill"


def read_rows(tx: sa.Connection) -> dict[str, list[Any]]:
    """Return every row of every table."""
    return {
        table.name: [tuple(row) for row in tx.execute(sa.select(table))]
        for table in BaseRow.metadata.sorted_tables
    }


def find_mentions(rows: dict[str, list[Any]], *needles: object) -> list[str]:
    """Return the tables that contain a word."""
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
    """A transaction in which two tenants have data of athletes with the same id."""
    with engine.begin() as tx:
        for tenant in (TENANT, OTHER):
            for number in range(3):
                store_one(tx, make_upload(tenant, number), tenant)
        store_one(tx, make_upload(TENANT, 9, "runner-2"))
        yield tx


def make_upload(tenant: UUID, number: int, athlete_id: str = NAMED) -> SessionUpload:
    """Return a session with two sets and a fingerprint."""
    ids = [UUID(int=tenant.int << 64 | number << 8 | place) for place in range(3)]
    sets = [make_set(set_id=set_id, set_index=place) for place, set_id in enumerate(ids[1:])]
    done = make_session(*sets, session_id=ids[0], athlete_id=athlete_id, notes="felt fine")
    return erasure.add_fingerprint(SessionUpload(done), KEY, tenant)


def store_one(
    tx: sa.Connection, upload: SessionUpload, tenant: UUID = TENANT, now: datetime = NOW
) -> str:
    (merged,) = transactions.store_uploads(tx, tenant, [upload], now)
    return merged.outcome


def erase(
    tx: sa.Connection, athlete_id: str = NAMED, tenant: UUID = TENANT, now: datetime = NOW
) -> None:
    mark = erasure.make_fingerprint(KEY, tenant, athlete_id)
    erasure.erase(tx, tenant, athlete_id, mark, now)


class TestFingerprint:
    def test_is_a_keyed_hash(self) -> None:
        mark = erasure.make_fingerprint(KEY, TENANT, NAMED)
        assert len(mark) == 32
        assert mark != hashlib.sha256(TENANT.bytes + NAMED.encode()).digest()
        assert mark == erasure.make_fingerprint(KEY, TENANT, NAMED)

    def test_differs_for_each_key_tenant_and_person(self) -> None:
        marks = {
            erasure.make_fingerprint(key, tenant, person)
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
        assert (tenant, bytes(mark)) == (TENANT, erasure.make_fingerprint(KEY, TENANT, NAMED))

    def test_erases_deletions_too(self, tx: sa.Connection) -> None:
        mine = make_upload(TENANT, 0).session
        transactions.delete_session(tx, TENANT, mine.session_id, 7, Precondition(), NOW)
        other = make_upload(TENANT, 1).session
        transactions.delete_set(tx, TENANT, other.session_id, other.sets[0].set_id, 7, NOW)
        assert find_mentions(read_rows(tx), mine.session_id) == ["sessions"]
        erase(tx)
        found = find_mentions(
            read_rows(tx), mine.session_id, other.session_id, other.sets[0].set_id
        )
        assert found == []

    def test_affects_no_other_tenant_and_no_other_athlete(self, tx: sa.Connection) -> None:
        before = read_rows(tx)
        erase(tx)
        after = read_rows(tx)
        for table in ("sessions", "sets"):
            assert [r for r in before[table] if OTHER in r] == [
                r for r in after[table] if OTHER in r
            ]
        assert store_one(tx, make_upload(OTHER, 0), OTHER) == "unchanged"
        assert store_one(tx, make_upload(TENANT, 9, "runner-2")) == "unchanged"

    def test_can_be_repeated(self, tx: sa.Connection) -> None:
        erase(tx)
        erase(tx, now=NOW + timedelta(days=3))
        ((_, _, when),) = read_rows(tx)["erasures"]
        assert when == NOW + timedelta(days=3)

    def test_raises_not_found_for_an_unknown_athlete(self, tx: sa.Connection) -> None:
        before = read_rows(tx)
        with pytest.raises(NotFound):
            erase(tx, "nobody")
        with pytest.raises(NotFound):
            erase(tx, tenant=UUID(int=3))
        assert read_rows(tx) == before

    def test_rejects_uploads_for_thirty_days(self, tx: sa.Connection) -> None:
        erase(tx)
        for days in (0, 1, 29.99):
            assert (
                store_one(tx, make_upload(TENANT, 1), now=NOW + timedelta(days=days)) == "invalid"
            )
        assert find_mentions(read_rows(tx), "felt fine") == ["sessions"]
        assert store_one(tx, make_upload(TENANT, 1), now=NOW + timedelta(days=30)) == "created"

    def test_rejects_a_single_upload_with_its_problem(self, tx: sa.Connection) -> None:
        erase(tx)
        with pytest.raises(AthleteErased):
            transactions.store_upload(tx, TENANT, make_upload(TENANT, 1), Precondition(), NOW)

    def test_deletes_old_hashes(self, tx: sa.Connection) -> None:
        erase(tx)
        erase(tx, "runner-2", now=NOW + timedelta(days=30))
        assert len(read_rows(tx)["erasures"]) == 1

    def test_does_not_restore_data_after_the_retention(self, tx: sa.Connection) -> None:
        erase(tx)
        late = make_upload(TENANT, 1)
        late = replace(late, session=replace(late.session, sets=late.session.sets[:1]))
        store_one(tx, late, now=NOW + timedelta(days=31))
        assert len([row for row in read_rows(tx)["sets"] if TENANT in row]) == 3


def erase_alone(engine: sa.Engine) -> None:
    with engine.begin() as tx:
        erase(tx)


def await_lock(engine: sa.Engine) -> None:
    """Wait until a transaction waits for a lock."""
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
    def test_leaves_nothing_during_a_deletion(self, what: str, engine: sa.Engine) -> None:
        upload = make_upload(TENANT, 0)
        session_id, set_id = upload.session.session_id, upload.session.sets[0].set_id
        with engine.begin() as tx:
            store_one(tx, upload)
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
            assert find_mentions(read_rows(tx), NAMED, session_id) == []

    @pytest.mark.parametrize("what", ["session", "set"])
    def test_waits_for_a_deletion_in_progress(self, what: str, engine: sa.Engine) -> None:
        # In the other order each waits for the other, until the server ends one after a second.
        upload = make_upload(TENANT, 0)
        session_id, set_id = upload.session.session_id, upload.session.sets[0].set_id
        with engine.begin() as tx:
            store_one(tx, upload)
        erasures: list[Future[None]] = []

        def come_between(_tx: sa.Connection, _cursor: object, statement: str, *_: object) -> None:
            if not erasures and statement.startswith(("UPDATE", "DELETE")):
                erasures.append(threads.submit(erase_alone, engine))
                await_lock(engine)

        with ThreadPoolExecutor(1) as threads, engine.begin() as deleting:
            sa.event.listen(deleting, "after_cursor_execute", come_between)
            if what == "session":
                transactions.delete_session(deleting, TENANT, session_id, None, Precondition(), NOW)
            else:
                transactions.delete_set(deleting, TENANT, session_id, set_id, None, NOW)
        (erasure,) = erasures
        assert erasure.result() is None
        with engine.begin() as tx:
            assert find_mentions(read_rows(tx), NAMED, session_id) == []

    async def test_leaves_nothing_during_uploads_and_deletions(
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
        assert find_mentions(rows, NAMED) == []


def read_files(url: str) -> bytes:
    """Return the content of the database's file and of the files beside it."""
    folder = Path(url.removeprefix("sqlite:///")).parent
    return b"".join(file.read_bytes() for file in folder.iterdir())


class TestFile:
    async def test_contains_nothing_of_an_erased_athlete(self, sqlite_url: str) -> None:
        journal = Journal().train(weeks=4)
        sent = [{**one, "notes": f"{NAMED} felt fine"} for one in encode_log(journal, NAMED)]
        async with opened(sqlite_url) as app, caller(app, await make_key(app, "club")) as api:
            await api.post("/sessions/batch", json={"sessions": sent})
            await api.get(f"/athletes/{NAMED}/programs/{find_program_id(journal)}")
        assert NAMED.encode() in read_files(sqlite_url)
        async with opened(sqlite_url) as app, caller(app, await make_key(app, "club")) as api:
            answer = await api.delete(f"/athletes/{NAMED}")
            assert answer.status_code == 204, answer.text
        left = read_files(sqlite_url)
        needles = [NAMED, "felt fine", "straight-leg-calf-raise", find_program_id(journal)]
        assert [needle for needle in needles if needle.encode() in left] == []
        assert not any(UUID(one["session_id"]).bytes in left for one in sent)
        assert TenantRow.__tablename__.encode() in left
