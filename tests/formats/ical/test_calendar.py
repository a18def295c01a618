"""Holds calendars to RFC 5545, to the zone of the programme, and to being the same every time."""

import datetime
import pickle
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from app.formats.ical import calendar as calendar_feed
from app.formats.ical.feed import CANCELLED, CalendarFeed, ProgramWithoutDates
from app.training.adapting import calendar_entries
from app.training.planning.spec import SpecFields
from tests.training.strategies import planned

MODIFIED = datetime.datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
EVENING = datetime.time(18, 30)
# Mondays and Thursdays for twelve weeks, with both changes of the clocks well inside.
AUTUMN, SPRING = datetime.date(2026, 9, 28), datetime.date(2027, 2, 22)


def a_feed(start: datetime.date | None = AUTUMN, zone: str = "UTC", **changes: Any) -> CalendarFeed:
    """The feed of a programme that nobody has begun, unless told otherwise."""
    wish: dict[str, Any] = {"timezone": zone} | ({} if start is None else {"start_date": start})
    program = planned(**cast(SpecFields, wish))
    made = CalendarFeed(program.program_id, calendar_entries.list_planned(program), zone, MODIFIED)
    return replace(made, **changes)


def read(feed: CalendarFeed) -> Any:
    """The calendar as another program reads it, with nothing to complain about."""
    found = Calendar.from_ical(calendar_feed.write(feed))
    assert [one.errors for one in found.walk() if one.errors] == []
    return found


def events(feed: CalendarFeed) -> list[Any]:
    found: list[Any] = read(feed).walk("VEVENT")
    return found


def starts(feed: CalendarFeed) -> Iterator[datetime.datetime]:
    for event in events(feed):
        yield event["dtstart"].dt


class TestWrite:
    def test_makes_an_event_of_each_session(self) -> None:
        feed = a_feed()
        found = events(feed)
        assert len(found) == len(feed.entries) == 24
        assert [event["dtstart"].dt for event in found] == [e.session.date for e in feed.entries]
        assert str(found[3]["summary"]) == "Pushoff W2S2: calf raises and step-ups"
        assert {str(event["status"]) for event in found} == {"CONFIRMED"}
        assert {event["sequence"] for event in found} == {0}
        assert {event["dtstamp"].dt for event in found} == {MODIFIED}
        assert {event["last-modified"].dt for event in found} == {MODIFIED}
        assert found[0]["categories"].cats == ["Pushoff", "Foundation"]

    def test_says_what_it_is_and_how_often_to_look(self) -> None:
        found = read(a_feed())
        told = {name: str(found[name]) for name in ("version", "calscale", "x-wr-calname")}
        assert told == {"version": "2.0", "calscale": "GREGORIAN", "x-wr-calname": "Pushoff"}
        assert found["refresh-interval"].dt == timedelta(hours=1)
        assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in calendar_feed.write(a_feed())
        assert str(found["x-published-ttl"]) == "PT1H"
        assert "not medical advice" in found["description"]

    def test_needs_no_rules_of_time_zones(self) -> None:
        text = calendar_feed.write(a_feed(zone="Europe/Berlin", at=EVENING))
        assert b"VTIMEZONE" not in text
        assert b"TZID" not in text

    def test_is_the_same_every_time_and_everywhere(self) -> None:
        feed = a_feed(zone="Europe/Berlin", at=EVENING, alarm_minutes=15)
        assert calendar_feed.write(pickle.loads(pickle.dumps(feed))) == calendar_feed.write(feed)

    def test_takes_moments_of_any_offset(self) -> None:
        moved = MODIFIED.astimezone(ZoneInfo("Asia/Kolkata"))
        assert calendar_feed.write(a_feed(modified=moved)) == calendar_feed.write(a_feed())

    def test_refuses_a_programme_without_dates(self) -> None:
        with pytest.raises(ProgramWithoutDates, match="start_date") as refused:
            calendar_feed.write(a_feed(None))
        assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)

    def test_writes_a_year_of_six_days_a_week(self) -> None:
        program = planned(start_date=AUTUMN, weeks=52, weekdays=(0, 1, 2, 3, 4, 5))
        feed = CalendarFeed(
            program.program_id, calendar_entries.list_planned(program), "UTC", MODIFIED, at=EVENING
        )
        assert len(events(feed)) == 52 * 6


class TestName:
    def test_is_another_for_each_session(self) -> None:
        names = [str(event["uid"]) for event in events(a_feed())]
        assert len(set(names)) == 24
        assert all(name.endswith("@pushoff") for name in names)

    def test_stays_whatever_becomes_of_the_session(self) -> None:
        feed = a_feed()
        changed = [
            replace(e, session=replace(e.session, index=1, exercises=()), cancelled=True)
            for e in feed.entries
        ]
        moved = replace(feed, entries=changed, at=EVENING, sequence=9)
        assert [e["uid"] for e in events(moved)] == [e["uid"] for e in events(feed)]

    def test_is_fixed_for_ever(self) -> None:
        feed = a_feed(program_id="AQBH3FQM")
        assert events(feed)[0]["uid"] == "1fb11f90-2cb9-57d7-9d8c-0305bfdbbccb@pushoff"


class TestWholeDay:
    def test_stands_without_a_time(self) -> None:
        first = events(a_feed(zone="Pacific/Kiritimati"))[0]
        assert (first["dtstart"].dt, first["dtend"].dt) == (AUTUMN, AUTUMN + timedelta(days=1))
        assert first["dtstart"].params["VALUE"] == "DATE"

    def test_leaves_the_day_free(self) -> None:
        assert {str(event["transp"]) for event in events(a_feed())} == {"TRANSPARENT"}


class TestTime:
    @pytest.mark.parametrize(
        ("zone", "start"),
        [
            ("Europe/Berlin", AUTUMN),
            ("Europe/Berlin", SPRING),
            ("America/New_York", AUTUMN),
            ("America/New_York", SPRING),
            ("Australia/Lord_Howe", AUTUMN),
            ("Asia/Kolkata", AUTUMN),
            ("Australia/Adelaide", SPRING),
            ("UTC", AUTUMN),
        ],
    )
    def test_is_the_same_on_the_wall_all_along(self, zone: str, start: datetime.date) -> None:
        feed = a_feed(start, zone, at=EVENING)
        found = list(starts(feed))
        assert {moment.utcoffset() for moment in found} == {timedelta()}
        local = [moment.astimezone(ZoneInfo(zone)) for moment in found]
        assert {moment.time() for moment in local} == {EVENING}
        assert [moment.date() for moment in local] == [e.session.date for e in feed.entries]

    def test_moves_with_the_clocks(self) -> None:
        hours = {zone: [f"{m:%H:%M}" for m in starts(a_feed(AUTUMN, zone, at=EVENING))]
                 for zone in ("Europe/Berlin", "America/New_York", "Asia/Kolkata")}  # fmt: skip
        # The clocks change on 25 October, and on 1 November.
        assert hours["Europe/Berlin"] == ["16:30"] * 8 + ["17:30"] * 16
        assert hours["America/New_York"] == ["22:30"] * 10 + ["23:30"] * 14
        assert hours["Asia/Kolkata"] == ["13:00"] * 24

    def test_takes_as_long_as_the_session(self) -> None:
        feed = a_feed(zone="Europe/Berlin", at=datetime.time(23, 50))
        for event, entry in zip(events(feed), feed.entries, strict=True):
            length = event["dtend"].dt - event["dtstart"].dt
            assert length == timedelta(minutes=entry.session.est_minutes)

    @pytest.mark.parametrize(
        ("start", "at", "expected"),
        [
            # At 2 the clocks go to 3: 2:30 is told by the time before, as half past three.
            (datetime.date(2027, 3, 28), "02:30", "01:30"),
            # At 3 they go back to 2: half past two comes twice, and the first one is meant.
            (datetime.date(2026, 10, 25), "02:30", "00:30"),
        ],
    )
    def test_is_told_where_the_clocks_leave_it_out_or_repeat_it(
        self, start: datetime.date, at: str, expected: str
    ) -> None:
        program = planned(start_date=start, weekdays=(6,), timezone="Europe/Berlin")
        feed = CalendarFeed(
            program.program_id, calendar_entries.list_planned(program), "Europe/Berlin", MODIFIED
        )
        first = next(starts(replace(feed, at=datetime.time.fromisoformat(at))))
        assert f"{first:%Y-%m-%d %H:%M}" == f"{start} {expected}"

    def test_makes_the_runner_busy(self) -> None:
        assert {str(event["transp"]) for event in events(a_feed(at=EVENING))} == {"OPAQUE"}


class TestAlarm:
    def test_rings_so_many_minutes_before(self) -> None:
        feed = a_feed(at=EVENING, alarm_minutes=15)
        for event in events(feed):
            (alarm,) = event.walk("VALARM")
            assert (str(alarm["action"]), alarm["trigger"].dt) == (
                "DISPLAY",
                timedelta(minutes=-15),
            )
            assert alarm["description"] == event["summary"]
        assert calendar_feed.write(feed).count(b"TRIGGER:-PT15M\r\n") == 24

    def test_is_silent_unless_asked_for(self) -> None:
        assert read(a_feed(at=EVENING)).walk("VALARM") == []


class TestCancelled:
    def test_is_told_as_such_and_rings_no_more(self) -> None:
        feed = a_feed(at=EVENING, alarm_minutes=15, sequence=7)
        first, *others = feed.entries
        found = events(replace(feed, entries=[replace(first, cancelled=True), *others]))
        assert [str(event["status"]) for event in found[:2]] == ["CANCELLED", "CONFIRMED"]
        assert [str(event["transp"]) for event in found[:2]] == ["TRANSPARENT", "OPAQUE"]
        assert [len(event.walk("VALARM")) for event in found[:2]] == [0, 1]
        assert str(found[0]["description"]) == CANCELLED
        assert found[0]["sequence"] == 7
        assert found[0]["dtstart"] == events(feed)[0]["dtstart"]

    def test_says_why(self) -> None:
        feed = a_feed(why_cancelled="Stop; see somebody.")
        (event,) = events(replace(feed, entries=[replace(feed.entries[0], cancelled=True)]))
        assert str(event["description"]) == "Stop; see somebody."


class TestLink:
    def test_leads_to_the_session(self) -> None:
        feed = a_feed(address="https://example.com/programs/AQBH3FQM")
        link = str(events(feed)[3]["url"])
        assert link == "https://example.com/programs/AQBH3FQM/weeks/2/sessions/2"

    def test_is_left_out_where_nobody_knows_the_address(self) -> None:
        assert not any("url" in event for event in events(a_feed()))


class TestText:
    ODD = 'Zur\u00fcck, langsam; "so"\\oder so\n' + "\u00e4\u00f6\u00fc\U0001f9b5\u2014" * 60

    def odd_feed(self) -> CalendarFeed:
        feed = a_feed(at=EVENING)
        first = feed.entries[0]
        exercise = replace(first.session.exercises[0], cues=(self.ODD,))
        session = replace(first.session, exercises=(exercise,))
        return replace(feed, entries=[replace(first, session=session)])

    def test_comes_back_as_it_was(self) -> None:
        (event,) = events(self.odd_feed())
        assert f"- {self.ODD}\n" in str(event["description"])

    def test_is_folded_at_75_octets_and_never_inside_of_a_character(self) -> None:
        lines = calendar_feed.write(self.odd_feed()).split(b"\r\n")
        assert max(len(line) for line in lines) == 75
        assert [line for line in lines if "\ufffd" in line.decode("utf-8", "replace")] == []
        assert lines[-1] == b""

    def test_has_no_line_end_but_those_of_the_format(self) -> None:
        written = calendar_feed.write(self.odd_feed())
        assert written.count(b"\n") == written.count(b"\r\n") == written.count(b"\r")
