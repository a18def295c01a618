"""Tests of all SQL about calendars: each statement uses an index and the tenant."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.calendars import store
from app.calendars.store import Calendar
from app.database.engines import make_engine
from app.settings import normalise_url
from tests import postgres
from tests.query_plans import explain

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
MINE, OTHER = UUID(int=1), UUID(int=2)
MANY = 1_500
FIRST = Calendar(UUID(int=1_000), "runner-0", "p", "18:30", 15, NOW)
Call = Callable[[sa.Connection], object]


def make_calendar(number: int) -> Calendar:
    return replace(
        FIRST,
        calendar_id=UUID(int=1_000 + number),
        athlete_id=f"runner-{number % 500}",
        created_at=NOW + timedelta(minutes=number),
    )


def make_hash(number: int) -> bytes:
    return number.to_bytes(32)


def fill(tx: sa.Connection, many: int = MANY) -> None:
    for tenant in (MINE, OTHER):
        for number in range(many):
            store.add_calendar(tx, tenant, make_calendar(number), make_hash(number))


@pytest.fixture(scope="module")
def crowded(cluster: postgres.Server, postgres_template: str) -> Iterator[sa.Connection]:
    url = normalise_url(cluster.create("pushoff_calendar_plans", postgres_template))
    engine = make_engine(sa.make_url(url), 5, read_only=False)
    with engine.begin() as filling:
        fill(filling)
    with engine.begin() as analysing:
        analysing.exec_driver_sql("ANALYZE")
    with engine.connect() as connection:
        yield connection
    cluster.drop("pushoff_calendar_plans")


@pytest.fixture
def tx(database_url: str) -> Iterator[sa.Connection]:
    url = sa.make_url(normalise_url(database_url))
    with make_engine(url, 5, read_only=False).begin() as tx:
        fill(tx, 3)
        yield tx


CALLS: dict[str, Call] = {
    "find_calendar": lambda tx: store.find_calendar(tx, MINE, make_hash(3)),
    "list_calendars": lambda tx: store.list_calendars(tx, MINE, "runner-3"),
    "delete_calendar": lambda tx: store.delete_calendar(tx, MINE, UUID(int=1_003)),
    "erase_athlete": lambda tx: store.erase_athlete(tx, MINE, "runner-3"),
}


class TestEveryStatement:
    @pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
    def test_finds_its_rows_by_tenant_in_an_index(self, call: Call, crowded: sa.Connection) -> None:
        with crowded.begin() as transaction:
            plans = explain(crowded, lambda: call(crowded))
            transaction.rollback()
        found = [scan for scans in plans.values() for scan in scans]
        assert found
        for scan in found:
            assert scan.kind != "Seq Scan"
            if scan.kind != "Bitmap Heap Scan":
                assert "(tenant_id = " in scan.condition

    def test_is_explained_here(self) -> None:
        takes_tx = {
            name
            for name, function in vars(store).items()
            if getattr(function, "__annotations__", {}).get("tx") is sa.Connection
        }
        assert takes_tx - CALLS.keys() == {"add_calendar"}

    def test_is_found_if_it_has_no_index(self, crowded: sa.Connection) -> None:
        search = sa.select(store.CALENDARS).where(store.CALENDARS.c.at == "18:30")
        with crowded.begin():
            ((scan,),) = explain(crowded, lambda: crowded.execute(search).all()).values()
        assert scan.kind == "Seq Scan"

    def test_has_the_tenant_first_in_every_index(self) -> None:
        table = store.CALENDARS
        keys = [list(index.columns) for index in table.indexes]
        keys += [list(one.columns) for one in table.constraints if len(one.columns) > 1]  # type: ignore[attr-defined]
        assert len(keys) == 3
        assert {key[0].name for key in keys} == {"tenant_id"}


class TestCalendar:
    def test_is_found_as_it_was_stored(self, tx: sa.Connection) -> None:
        plain = replace(FIRST, calendar_id=UUID(int=7), at=None, alarm_minutes=None)
        store.add_calendar(tx, MINE, plain, make_hash(99))
        assert store.find_calendar(tx, MINE, make_hash(99)) == plain
        assert store.find_calendar(tx, MINE, make_hash(0)) == make_calendar(0)

    def test_is_found_by_its_own_tenant_only(self, tx: sa.Connection) -> None:
        store.add_calendar(tx, MINE, replace(FIRST, calendar_id=UUID(int=7)), make_hash(99))
        assert store.find_calendar(tx, OTHER, make_hash(99)) is None
        assert not store.delete_calendar(tx, OTHER, UUID(int=7))
        assert store.find_calendar(tx, MINE, make_hash(99)) is not None

    def test_is_not_found_after_it_was_deleted(self, tx: sa.Connection) -> None:
        assert store.delete_calendar(tx, MINE, make_calendar(0).calendar_id)
        assert not store.delete_calendar(tx, MINE, make_calendar(0).calendar_id)
        assert store.find_calendar(tx, MINE, make_hash(0)) is None
        assert store.find_calendar(tx, OTHER, make_hash(0)) == make_calendar(0)


class TestListCalendars:
    def test_returns_the_newest_of_a_person_first(self, tx: sa.Connection) -> None:
        newer = replace(
            make_calendar(0), calendar_id=UUID(int=7), created_at=NOW + timedelta(hours=1)
        )
        store.add_calendar(tx, MINE, newer, make_hash(99))
        assert store.list_calendars(tx, MINE, "runner-0") == [newer, make_calendar(0)]
        assert store.list_calendars(tx, MINE, "nobody") == []


class TestEraseAthlete:
    def test_deletes_all_of_a_person_and_no_others(self, tx: sa.Connection) -> None:
        assert store.erase_athlete(tx, MINE, "runner-0")
        assert not store.erase_athlete(tx, MINE, "runner-0")
        assert store.list_calendars(tx, MINE, "runner-0") == []
        assert store.list_calendars(tx, MINE, "runner-1") == [make_calendar(1)]
        assert store.list_calendars(tx, OTHER, "runner-0") == [make_calendar(0)]
