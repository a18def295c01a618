"""Tests of a person's calendar: it follows what was done, and each change raises its sequence."""

import datetime
from datetime import UTC, timedelta

import httpx
import pytest
from fastapi import FastAPI

from app.calendars import feeds
from app.calendars.feeds import FeedSource
from app.formats.ical.calendar_content import PLANNED_AT, CalendarContent
from app.sessions import store
from app.sessions.store import LogEdition
from app.training import engine
from tests.athletes.journal_uploads import (
    RUNNER,
    encode_log,
    encode_session,
    find_program_id,
    put_batch,
    put_session,
)
from tests.calendars.calendar_client import (
    create_calendar,
    find_sequence,
    list_cancelled,
    make_journal,
    read_events,
)
from tests.client import Json, a_live_set, a_session, a_set, new_id, tenant_of
from tests.training.journal import FIRST_DAY, Journal, sessions, sets

DAY = timedelta(days=1)
SPLIT = {"weekdays": (0, 1, 3, 4)}
NOW = datetime.datetime(2027, 3, 2, 12, tzinfo=UTC)


def build_feed(journal: Journal, now: datetime.datetime = NOW, number: int = 0) -> CalendarContent:
    edition = LogEdition(number, None)
    followed = FeedSource("runner", find_program_id(journal), journal.log, edition, "18:30", None)
    return feeds.build_feed(engine.identify(journal.spec), followed, now)


async def edition(app: FastAPI, client: httpx.AsyncClient) -> LogEdition:
    tenant = await tenant_of(app, client)
    found: LogEdition = await app.state.resources.database.read(store.read_edition, tenant, RUNNER)
    return found


class TestBuildFeed:
    def test_counts_writes_and_days(self) -> None:
        journal = Journal(start_date=FIRST_DAY)
        found = [build_feed(journal, NOW + n * DAY, number=10).sequence for n in range(87)]
        assert found == [*range(11, 94), 94, 94, 94, 94]

    def test_does_not_change_with_anything_else(self) -> None:
        journal = Journal(start_date=FIRST_DAY).train()
        midnight = datetime.datetime.combine(NOW.date(), datetime.time(), UTC)
        day = [build_feed(journal, midnight + timedelta(hours=n)) for n in range(24)]
        assert len({repr(feed) for feed in day}) == 1

    def test_changes_at_midnight_in_the_programme_s_zone(self) -> None:
        journal = Journal(start_date=FIRST_DAY, timezone="America/New_York")
        midnight = datetime.datetime(2027, 3, 2, 5, tzinfo=UTC)
        before, after = (
            build_feed(journal, midnight - timedelta(seconds=1)),
            build_feed(journal, midnight),
        )
        assert (before.sequence, after.sequence) == (0, 1)
        assert (before.modified, after.modified) == (PLANNED_AT, midnight)

    def test_is_modified_at_its_last_change(self) -> None:
        journal = Journal(start_date=FIRST_DAY)
        written = datetime.datetime(2027, 3, 2, 10, tzinfo=UTC)
        followed = FeedSource(
            "runner", find_program_id(journal), [], LogEdition(1, written), None, None
        )
        assert feeds.build_feed(engine.identify(journal.spec), followed, NOW).modified == written
        later = feeds.build_feed(engine.identify(journal.spec), followed, NOW + timedelta(weeks=2))
        assert later.modified == datetime.datetime(2027, 3, 16, tzinfo=UTC)

    def test_explains_why_a_programme_is_blocked(self) -> None:
        journal = Journal(start_date=FIRST_DAY)
        journal.train(sessions(1, red_flags=("fever",)), sessions(2, omit=True))
        assert "assessed" in build_feed(journal).why_cancelled
        assert "assessed" not in build_feed(Journal(start_date=FIRST_DAY)).why_cancelled


class TestGetCalendar:
    async def test_follows_what_was_done(
        self, api: httpx.AsyncClient, anyone: httpx.AsyncClient
    ) -> None:
        journal = make_journal(5).train(weeks=4)
        made = await create_calendar(api, journal)
        await put_batch(api, encode_log(journal))
        before = await read_events(anyone, made["url"])
        short = make_journal(5).train(weeks=4).train(sets("SK", reps=(10, 8, 6), rir=0))
        await put_batch(api, encode_log(short))
        after = await read_events(anyone, made["url"])
        assert set(before) == set(after)
        assert find_sequence(after) > find_sequence(before)
        texts = [[str(e["description"]) for e in events.values()] for events in (before, after)]
        assert texts[0][:10] == texts[1][:10]
        assert texts[0][10:] != texts[1][10:]
        assert list_cancelled(after) == []

    async def test_cancels_what_is_removed_for_pain(
        self, api: httpx.AsyncClient, anyone: httpx.AsyncClient
    ) -> None:
        journal = make_journal(2, **SPLIT).train().train(sets("SU", session=2, pain=7))
        made = await create_calendar(api, journal)
        before = await read_events(anyone, made["url"])
        await put_batch(api, encode_log(journal))
        after = await read_events(anyone, made["url"])
        assert list_cancelled(before) == []
        assert list_cancelled(after) == ["W3S2", "W3S4"]
        for name, event in after.items():
            assert event["dtstart"] == before[name]["dtstart"]
            if event["status"] == "CANCELLED":
                assert "no longer in the programme" in event["description"]

    async def test_cancels_all_sessions_after_a_warning_sign(
        self, api: httpx.AsyncClient, anyone: httpx.AsyncClient
    ) -> None:
        journal = make_journal(1).train()
        journal.train(sessions(1, red_flags=("fever",)), sessions(2, omit=True))
        made = await create_calendar(api, journal)
        await put_batch(api, encode_log(journal))
        events = await read_events(anyone, made["url"])
        assert len(list_cancelled(events)) == 24 - 3
        assert not {"W1S1", "W1S2", "W2S1"} & set(list_cancelled(events))
        (why,) = {str(e["description"]) for e in events.values() if e["status"] == "CANCELLED"}
        assert "assessed" in why

    async def test_is_the_same_at_both_urls_but_for_time_and_alarm(
        self, api: httpx.AsyncClient, anyone: httpx.AsyncClient
    ) -> None:
        journal = make_journal(2).train().train(sets("SU", session=2, pain=7))
        await put_batch(api, encode_log(journal))
        made = await create_calendar(api, journal, alarm_minutes=30)
        path = f"/athletes/{RUNNER}/programs/{find_program_id(journal)}/calendar.ics"
        query = {"at": "18:30", "alarm_minutes": "30"}
        keyed = await api.get(path, params=query)
        assert keyed.content == (await anyone.get(made["url"])).content
        assert keyed.headers["cache-control"] == "private, no-cache"


class TestSequence:
    """Grows with every write that changes something, and with no other."""

    async def test_starts_at_zero(self, app: FastAPI, api: httpx.AsyncClient) -> None:
        assert await edition(app, api) == LogEdition(0, None)

    async def test_grows_with_every_kind_of_write(
        self, app: FastAPI, api: httpx.AsyncClient
    ) -> None:
        session_id, set_id = new_id(), new_id()
        path, live = f"/sessions/{session_id}", f"/sessions/{session_id}/sets/{set_id}"
        full = a_session(sets=[a_set(set_id=set_id, reps=7)])
        opened = new_id()
        writes = {
            "a session": api.put(path, json=a_session()),
            "its notes": api.put(path, json=a_session(notes="b")),
            "a set alone": api.put(live, json=a_live_set()),
            "the set again": api.put(live, json=a_live_set(reps=8)),
            "a set with its session": api.put(path, json={**full, "notes": "b"}),
            "a set deleted": api.delete(live),
            "a batch": api.post(
                "/sessions/batch",
                json={"sessions": [a_session(session_id=session_id, notes="c"),
                                   a_session(session_id=new_id())]},
            ),
            "a session opened by a set": api.put(
                f"/sessions/{opened}/sets/{new_id()}", json=a_live_set()
            ),
            "a session deleted": api.delete(path),
            "and back": api.put(path, json=a_session(version=9)),
        }  # fmt: skip
        seen = [await edition(app, api)]
        for name, write in writes.items():
            assert (await write).status_code < 300, name
            seen.append(await edition(app, api))
            assert seen[-1].number > seen[-2].number, name
            assert seen[-1].stored_at is not None
            assert seen[-2].stored_at is None or seen[-1].stored_at > seen[-2].stored_at, name

    async def test_stays_if_nothing_was_changed(self, app: FastAPI, api: httpx.AsyncClient) -> None:
        session_id, set_id = new_id(), new_id()
        sent = a_session(version=3, sets=[a_set(set_id=set_id, version=3)])
        path = f"/sessions/{session_id}"
        await api.put(path, json=sent)
        before = await edition(app, api)
        await api.put(path, json=sent)
        await api.put(path, json={**sent, "version": 2, "notes": "stale"})
        await api.put(path, json={**sent, "notes": "conflict"})
        await api.put(f"{path}/sets/{set_id}", json=a_live_set(version=3))
        await api.put(f"/sessions/{new_id()}", json=a_session(athlete_id="runner-2"))
        assert await edition(app, api) == before

    @pytest.mark.parametrize("changed", ["set", "gone", "session"])
    async def test_grows_with_each_of_two_fast_writes(
        self, changed: str, api: httpx.AsyncClient, anyone: httpx.AsyncClient
    ) -> None:
        journal = make_journal(1).train()
        made = await create_calendar(api, journal)
        sent: Json = encode_session(journal, journal.log[1])
        await put_batch(api, encode_log(journal))
        path = f"/sessions/{sent['session_id']}"
        one = sent["sets"][0]
        before = await read_events(anyone, made["url"])
        if changed == "set":
            moved = {**one, "athlete_id": RUNNER, "reps": 3}
            await api.put(f"{path}/sets/{one['set_id']}", json=moved | {"set_id": None})
        elif changed == "gone":
            await api.delete(f"{path}/sets/{one['set_id']}")
        else:
            await api.delete(path)
        after = await read_events(anyone, made["url"])
        assert find_sequence(after) == find_sequence(before) + 1

    async def test_does_not_fall_with_a_clock(self, app: FastAPI, api: httpx.AsyncClient) -> None:
        await put_session(api, a_session(session_id=new_id()))
        tenant, database = await tenant_of(app, api), app.state.resources.database
        held = await database.read(store.read_athlete, tenant, RUNNER)
        stored = await database.read(
            store.find_sessions, tenant, [one.session_id for one in held.sessions]
        )
        before = await edition(app, api)
        long_ago = datetime.datetime(2020, 1, 1, tzinfo=UTC)
        await database.write(store.save, tenant, stored.values(), [], long_ago)
        assert await edition(app, api) == LogEdition(before.number + 1, long_ago)
