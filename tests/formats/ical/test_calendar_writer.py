"""Tests of calendars: RFC 5545, the programme's time zone, and the same bytes every time."""

import datetime
import pickle
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from app.formats.ical import calendar_writer as calendar_feed
from app.formats.ical.calendar_content import CANCELLED, CalendarContent, ProgramWithoutDates
from app.training.adapting import calendar_entries
from tests.formats.sample_programs import CORE, plan

MODIFIED = datetime.datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
EVENING = datetime.time(18, 30)
# Twelve weeks of Mondays and Thursdays that include a change of the clocks.
AUTUMN, SPRING = datetime.date(2026, 9, 28), datetime.date(2027, 2, 22)


def make_feed(
    start: datetime.date | None = AUTUMN, zone: str = "UTC", **changes: Any
) -> CalendarContent:
    """The feed of a programme without a log."""
    program = plan(timezone=zone, **({} if start is None else {"start_date": start}))
    made = CalendarContent(
        program.program_id, calendar_entries.list_planned(program), zone, MODIFIED
    )
    return replace(made, **changes)


def read(feed: CalendarContent) -> Any:
    """Parse the written calendar, and check that it has no errors."""
    found = Calendar.from_ical(calendar_feed.write(feed))
    assert [one.errors for one in found.walk() if one.errors] == []
    return found


def list_events(feed: CalendarContent) -> list[Any]:
    found: list[Any] = read(feed).walk("VEVENT")
    return found


def list_starts(feed: CalendarContent) -> Iterator[datetime.datetime]:
    for event in list_events(feed):
        yield event["dtstart"].dt


class TestWrite:
    def test_writes_an_event_for_each_session(self) -> None:
        feed = make_feed()
        found = list_events(feed)
        assert len(found) == len(feed.entries) == 24
        assert [event["dtstart"].dt for event in found] == [e.session.date for e in feed.entries]
        assert str(found[3]["summary"]) == "Pushoff W2S2: calf raises and step-ups"
        assert {str(event["status"]) for event in found} == {"CONFIRMED"}
        assert {event["sequence"] for event in found} == {0}
        assert {event["dtstamp"].dt for event in found} == {MODIFIED}
        assert {event["last-modified"].dt for event in found} == {MODIFIED}
        assert found[0]["categories"].cats == ["Pushoff", "Foundation"]

    def test_writes_the_properties_of_the_calendar(self) -> None:
        found = read(make_feed())
        properties = {name: str(found[name]) for name in ("version", "calscale", "x-wr-calname")}
        assert properties == {"version": "2.0", "calscale": "GREGORIAN", "x-wr-calname": "Pushoff"}
        assert found["refresh-interval"].dt == timedelta(hours=1)
        assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in calendar_feed.write(make_feed())
        assert str(found["x-published-ttl"]) == "PT1H"
        assert "not medical advice" in found["description"]

    def test_writes_no_time_zone_rules(self) -> None:
        text = calendar_feed.write(make_feed(zone="Europe/Berlin", at=EVENING))
        assert b"VTIMEZONE" not in text
        assert b"TZID" not in text

    def test_writes_the_same_bytes_again(self) -> None:
        feed = make_feed(zone="Europe/Berlin", at=EVENING, alarm_minutes=15)
        assert calendar_feed.write(pickle.loads(pickle.dumps(feed))) == calendar_feed.write(feed)

    def test_accepts_any_offset(self) -> None:
        moved = MODIFIED.astimezone(ZoneInfo("Asia/Kolkata"))
        assert calendar_feed.write(make_feed(modified=moved)) == calendar_feed.write(make_feed())

    def test_rejects_a_programme_without_dates(self) -> None:
        with pytest.raises(ProgramWithoutDates, match="start_date") as raised:
            calendar_feed.write(make_feed(None))
        assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)

    def test_writes_a_year_of_six_days_a_week(self) -> None:
        program = plan(start_date=AUTUMN, weeks=52, weekdays=(0, 1, 2, 3, 4, 5))
        feed = CalendarContent(
            program.program_id, calendar_entries.list_planned(program), "UTC", MODIFIED, at=EVENING
        )
        assert len(list_events(feed)) == 52 * 6


class TestCore:
    def test_writes_a_programme_of_all_core_tracks(self) -> None:
        program = plan(**CORE, start_date=AUTUMN)
        entries = calendar_entries.list_planned(program)
        found = list_events(CalendarContent(program.program_id, entries, "UTC", MODIFIED))
        assert len(found) == len(entries) == 24
        title = "calf raises, step-ups, side planks, bridges and planks"
        assert str(found[0]["summary"]) == f"Pushoff W1S1: {title}"
        for event, entry in zip(found, entries, strict=True):
            text = str(event["description"])
            assert all(f". {one.exercise.name}\n" in text for one in entry.session.exercises)
        assert "2 sets of 20 to 30 seconds, body weight, on each side, left first." in str(
            found[0]["description"]
        )


class TestUid:
    def test_differs_for_each_session(self) -> None:
        names = [str(event["uid"]) for event in list_events(make_feed())]
        assert len(set(names)) == 24
        assert all(name.endswith("@pushoff") for name in names)

    def test_stays_when_the_session_changes(self) -> None:
        feed = make_feed()
        changed = [
            replace(e, session=replace(e.session, weekday=6, exercises=()), cancelled=True)
            for e in feed.entries
        ]
        moved = replace(feed, entries=changed, at=EVENING, sequence=9)
        assert [e["uid"] for e in list_events(moved)] == [e["uid"] for e in list_events(feed)]

    def test_has_a_fixed_value(self) -> None:
        feed = make_feed(program_id="AQBH3FQM")
        assert list_events(feed)[0]["uid"] == "1fb11f90-2cb9-57d7-9d8c-0305bfdbbccb@pushoff"


class TestAllDayEvent:
    def test_has_dates_without_a_time(self) -> None:
        first = list_events(make_feed(zone="Pacific/Kiritimati"))[0]
        assert (first["dtstart"].dt, first["dtend"].dt) == (AUTUMN, AUTUMN + timedelta(days=1))
        assert first["dtstart"].params["VALUE"] == "DATE"

    def test_is_transparent(self) -> None:
        assert {str(event["transp"]) for event in list_events(make_feed())} == {"TRANSPARENT"}


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
    def test_is_the_same_local_time_all_year(self, zone: str, start: datetime.date) -> None:
        feed = make_feed(start, zone, at=EVENING)
        found = list(list_starts(feed))
        assert {moment.utcoffset() for moment in found} == {timedelta()}
        local = [moment.astimezone(ZoneInfo(zone)) for moment in found]
        assert {moment.time() for moment in local} == {EVENING}
        assert [moment.date() for moment in local] == [e.session.date for e in feed.entries]

    def test_changes_in_utc_with_daylight_saving(self) -> None:
        hours = {zone: [f"{m:%H:%M}" for m in list_starts(make_feed(AUTUMN, zone, at=EVENING))]
                 for zone in ("Europe/Berlin", "America/New_York", "Asia/Kolkata")}  # fmt: skip
        # The clocks change on 25 October, and on 1 November.
        assert hours["Europe/Berlin"] == ["16:30"] * 8 + ["17:30"] * 16
        assert hours["America/New_York"] == ["22:30"] * 10 + ["23:30"] * 14
        assert hours["Asia/Kolkata"] == ["13:00"] * 24

    def test_lasts_as_long_as_the_session(self) -> None:
        feed = make_feed(zone="Europe/Berlin", at=datetime.time(23, 50))
        for event, entry in zip(list_events(feed), feed.entries, strict=True):
            length = event["dtend"].dt - event["dtstart"].dt
            assert length == timedelta(minutes=entry.session.est_minutes)

    @pytest.mark.parametrize(
        ("start", "at", "expected"),
        [
            # At 2:00 the clocks go to 3:00: 2:30 has the offset from before, which is 3:30.
            (datetime.date(2027, 3, 28), "02:30", "01:30"),
            # At 3:00 the clocks go back to 2:00: 2:30 occurs twice, and the first one is used.
            (datetime.date(2026, 10, 25), "02:30", "00:30"),
        ],
    )
    def test_is_defined_when_skipped_or_repeated(
        self, start: datetime.date, at: str, expected: str
    ) -> None:
        program = plan(start_date=start, weekdays=(6,), timezone="Europe/Berlin")
        feed = CalendarContent(
            program.program_id, calendar_entries.list_planned(program), "Europe/Berlin", MODIFIED
        )
        first = next(list_starts(replace(feed, at=datetime.time.fromisoformat(at))))
        assert f"{first:%Y-%m-%d %H:%M}" == f"{start} {expected}"

    def test_makes_the_athlete_busy(self) -> None:
        assert {str(event["transp"]) for event in list_events(make_feed(at=EVENING))} == {"OPAQUE"}


class TestAlarm:
    def test_goes_off_the_given_minutes_before(self) -> None:
        feed = make_feed(at=EVENING, alarm_minutes=15)
        for event in list_events(feed):
            (alarm,) = event.walk("VALARM")
            assert (str(alarm["action"]), alarm["trigger"].dt) == (
                "DISPLAY",
                timedelta(minutes=-15),
            )
            assert alarm["description"] == event["summary"]
        assert calendar_feed.write(feed).count(b"TRIGGER:-PT15M\r\n") == 24

    def test_is_left_out_by_default(self) -> None:
        assert read(make_feed(at=EVENING)).walk("VALARM") == []


class TestCancelled:
    def test_has_the_status_and_no_alarm(self) -> None:
        feed = make_feed(at=EVENING, alarm_minutes=15, sequence=7)
        first, *others = feed.entries
        found = list_events(replace(feed, entries=[replace(first, cancelled=True), *others]))
        assert [str(event["status"]) for event in found[:2]] == ["CANCELLED", "CONFIRMED"]
        assert [str(event["transp"]) for event in found[:2]] == ["TRANSPARENT", "OPAQUE"]
        assert [len(event.walk("VALARM")) for event in found[:2]] == [0, 1]
        assert str(found[0]["description"]) == CANCELLED
        assert found[0]["sequence"] == 7
        assert found[0]["dtstart"] == list_events(feed)[0]["dtstart"]

    def test_has_the_reason_as_description(self) -> None:
        feed = make_feed(why_cancelled="Stop; see somebody.")
        (event,) = list_events(replace(feed, entries=[replace(feed.entries[0], cancelled=True)]))
        assert str(event["description"]) == "Stop; see somebody."


class TestLink:
    def test_is_the_url_of_the_session(self) -> None:
        feed = make_feed(address="https://example.com/programs/AQBH3FQM")
        link = str(list_events(feed)[3]["url"])
        assert link == "https://example.com/programs/AQBH3FQM/weeks/2/sessions/2"

    def test_is_left_out_without_an_address(self) -> None:
        assert not any("url" in event for event in list_events(make_feed()))


class TestText:
    ODD = 'Zur\u00fcck, langsam; "so"\\oder so\n' + "\u00e4\u00f6\u00fc\U0001f9b5\u2014" * 60

    def odd_feed(self) -> CalendarContent:
        feed = make_feed(at=EVENING)
        first = feed.entries[0]
        advice = replace(first.week.find_reason("straight_knee"), sentence=self.ODD)
        session = replace(first.session, timing_advice=(advice,))
        return replace(feed, entries=[replace(first, session=session)])

    def test_is_read_back_unchanged(self) -> None:
        (event,) = list_events(self.odd_feed())
        assert str(event["description"]).endswith(f"\n\n{self.ODD}")

    def test_is_folded_at_75_octets_between_characters(self) -> None:
        lines = calendar_feed.write(self.odd_feed()).split(b"\r\n")
        assert max(len(line) for line in lines) == 75
        assert [line for line in lines if "\ufffd" in line.decode("utf-8", "replace")] == []
        assert lines[-1] == b""

    def test_has_only_crlf_line_ends(self) -> None:
        written = calendar_feed.write(self.odd_feed())
        assert written.count(b"\n") == written.count(b"\r\n") == written.count(b"\r")
