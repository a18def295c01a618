"""Tests of the rows of tenants and keys, and of the indexes that find them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from app.database.engines import make_engine
from app.keys import store
from app.keys.store import Key
from app.settings import normalise_url
from tests import postgres
from tests.client import load_key, make_key
from tests.query_plans import explain

NOW = datetime(2024, 5, 6, tzinfo=UTC)


def build_key(number: int, tenant: str | None = None) -> Key:
    created_at = NOW + timedelta(seconds=number)
    scopes = frozenset({"sessions:read"})
    name = tenant or f"tenant-{number % 500}"
    return Key(f"{number:016x}", UUID(int=number + 1), name, bytes(32), scopes, created_at, None)


@pytest.fixture(scope="module")
def tx(cluster: postgres.Server, postgres_template: str) -> Iterator[sa.Connection]:
    url = normalise_url(cluster.create("pushoff_key_plans", postgres_template))
    engine = make_engine(sa.make_url(url), 5, read_only=False)
    with engine.begin() as filling:
        for number in range(1_500):
            store.add_key(filling, build_key(number))
    with engine.begin() as filling:
        filling.exec_driver_sql("ANALYZE")
    with engine.connect() as connection:
        yield connection
    cluster.drop("pushoff_key_plans")


CALLS: dict[str, tuple[str, Callable[[sa.Connection], object]]] = {
    "find_key": ("key_id", lambda tx: store.find_key(tx, f"{7:016x}")),
    "list_keys": ("tenant_id", lambda tx: store.list_keys(tx, "tenant-7")),
    "add_key": ("name", lambda tx: store.add_key(tx, build_key(9_999, "tenant-7"))),
    "revoke_key": ("key_id", lambda tx: store.revoke_key(tx, f"{7:016x}", NOW)),
}


class TestEveryStatement:
    @pytest.mark.parametrize(("column", "call"), CALLS.values(), ids=CALLS.keys())
    def test_finds_its_rows_by_an_index(
        self, column: str, call: Callable[[sa.Connection], object], tx: sa.Connection
    ) -> None:
        with tx.begin() as transaction:
            plans = explain(tx, lambda: call(tx))
            transaction.rollback()
        scans = [scan for found in plans.values() for scan in found]
        assert column in " ".join(scan.condition for scan in scans)
        for scan in scans:
            assert scan.kind != "Seq Scan"
            assert scan.condition or scan.kind == "Bitmap Heap Scan"

    def test_is_listed_here(self) -> None:
        takes_tx = {
            name
            for name, function in vars(store).items()
            if getattr(function, "__annotations__", {}).get("tx") is sa.Connection
        }
        # has_keys needs no index: any row will do.
        assert takes_tx - CALLS.keys() == {"has_keys"}


class TestAddKey:
    async def test_stores_no_secret(self, app: FastAPI) -> None:
        text = await make_key(app)
        stored = await load_key(app, text)
        secret = text.split("_")[2]
        assert len(stored.secret_hash) == 32
        assert secret.encode() not in stored.secret_hash
        assert bytes.fromhex(secret) not in stored.secret_hash
        assert secret not in repr(stored)

    async def test_adds_keys_of_one_name_to_one_tenant(self, app: FastAPI) -> None:
        name = f"tenant-{uuid4()}"
        first, second = [await load_key(app, await make_key(app, name)) for _ in range(2)]
        other = await load_key(app, await make_key(app))
        assert first.tenant_id == second.tenant_id != other.tenant_id
        assert first.key_id != second.key_id


class TestRevokeKey:
    async def test_revokes_a_key_once(self, app: FastAPI) -> None:
        database = app.state.resources.database
        stored = await load_key(app, await make_key(app))
        assert [await database.write(store.revoke_key, stored.key_id, NOW) for _ in "12"] == [
            True, False,
        ]  # fmt: skip
        ended = await database.read(store.find_key, stored.key_id)
        assert ended.revoked_at == NOW
        assert not await database.write(store.revoke_key, "f" * 16, NOW)
