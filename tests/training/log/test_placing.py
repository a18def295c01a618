"""Where uploads belong: the week that they name or that of their date, and a session for each
track.
"""

import datetime
from dataclasses import replace
from typing import Any

import pytest

from app.training.log import placing
from app.training.log.completed import CompletedSession
from app.training.log.logbook import Logbook, build_logbook
from app.training.planning.spec import Pause
from tests.training.journal import (
    EVENING,
    FIRST_DAY,
    LONG,
    Journal,
    make_id,
    make_session,
    make_set,
)
from tests.training.notation import SHORT
from tests.training.strategies import make_constants

# Monday and Thursday, from the first of March on.
DATED: dict[str, Any] = {"start_date": FIRST_DAY}
# Calf raises on Monday and Thursday, step-ups on Tuesday and Friday.
SPLIT: dict[str, Any] = {"start_date": FIRST_DAY, "weekdays": (0, 1, 3, 4)}
DAY = datetime.timedelta(days=1)
SLUGS = {"SK": "straight-leg-calf-raise", "BK": "bent-knee-calf-raise", "SU": "step-up"}


def upload(day: int, *tracks: str, **fields: Any) -> CompletedSession:
    """Return a session of a day, from 0, with a set of each track and without a place."""
    moment = EVENING + day * DAY
    done = [make_set(exercise=SLUGS[track], performed_at=moment) for track in tracks or SLUGS]
    values: dict[str, Any] = {"week": None, "session": None, "started_at": moment} | fields
    return make_session(*done, **{"session_id": make_id(day, *tracks)} | values)


def read(*sessions: CompletedSession, **wish: Any) -> Logbook:
    return build_logbook(make_constants(**(DATED | wish)), sessions)


def list_places(log: Logbook) -> list[tuple[int, int, str]]:
    """Return week, session and track of each record."""
    return [
        (week, record.session, SHORT[record.track])
        for week, weekly in log.weeks.items()
        for record in weekly.records
    ]


def list_codes(log: Logbook) -> list[str]:
    return [note.code for note in log.notes]


class TestWeek:
    @pytest.mark.parametrize(
        ("day", "counted", "code"),
        [
            # Three days before the second week and six after it are still its own.
            (3, 1, "PLACE_IGNORED"),
            (4, 2, "DONE_EARLY"),
            (6, 2, "DONE_EARLY"),
            (7, 2, None),
            (13, 2, None),
            (14, 2, "DONE_LATE"),
            (19, 2, "DONE_LATE"),
            (20, 3, "PLACE_IGNORED"),
        ],
    )
    def test_that_is_named_counts_near_its_days(
        self, day: int, counted: int, code: str | None
    ) -> None:
        log = read(upload(day, week=2, session=1))
        assert {week for week, _, _ in list_places(log)} == {counted}
        assert list_codes(log) == ([code] if code else [])

    def test_is_named_in_the_note(self) -> None:
        (note,) = read(upload(7, week=1, session=2)).notes
        assert note.sentence == "Counted for week 1, in which it was planned."
        assert note.set_id is None

    @pytest.mark.parametrize("week", [0, 13, 40])
    def test_outside_the_programme_gives_way_to_the_date(self, week: int) -> None:
        log = read(upload(8, week=week, session=2))
        assert list_codes(log) == ["PLACE_IGNORED"]
        assert {week for week, _, _ in list_places(log)} == {2}

    def test_takes_the_session_that_was_named_along_when_it_is_ignored(self) -> None:
        assert {place for _, place, _ in list_places(read(upload(0, week=9, session=2)))} == {1}

    @pytest.mark.parametrize(("day", "week"), [(-1, None), (0, 1), (83, 12), (84, None)])
    def test_is_that_of_the_date_if_none_is_named(self, day: int, week: int | None) -> None:
        log = read(upload(day))
        assert list(log.weeks) == ([] if week is None else [week])
        assert list_codes(log) == (["OUT_OF_RANGE"] if week is None else [])

    @pytest.mark.parametrize(
        ("week", "code"),
        [(0, "OUT_OF_RANGE"), (1, None), (12, None), (13, "OUT_OF_RANGE"), (None, "WEEK_REQUIRED")],
    )
    def test_must_be_named_without_dates(self, week: int | None, code: str | None) -> None:
        log = read(upload(0, week=week), start_date=None)
        assert list(log.weeks) == ([] if code else [week])
        assert list_codes(log) == ([code] if code else [])

    @pytest.mark.parametrize(
        ("zone", "start", "moment", "week"),
        [
            ("UTC", "2027-03-22", "2027-03-28T23:59:59Z", 1),
            ("UTC", "2027-03-22", "2027-03-29T00:00:00Z", 2),
            # On 28 March the clocks of Berlin go forward: Monday begins an hour earlier.
            ("Europe/Berlin", "2027-03-22", "2027-03-21T22:59:59Z", None),
            ("Europe/Berlin", "2027-03-22", "2027-03-21T23:00:00Z", 1),
            ("Europe/Berlin", "2027-03-22", "2027-03-28T21:59:59Z", 1),
            ("Europe/Berlin", "2027-03-22", "2027-03-28T22:00:00Z", 2),
            # On 31 October they go back.
            ("Europe/Berlin", "2027-10-25", "2027-10-24T22:00:00Z", 1),
            ("Europe/Berlin", "2027-10-25", "2027-10-31T22:59:59Z", 1),
            ("Europe/Berlin", "2027-10-25", "2027-10-31T23:00:00Z", 2),
            # Chatham goes from +13:45 to +12:45 on 4 April.
            ("Pacific/Chatham", "2027-03-29", "2027-03-28T10:15:00Z", 1),
            ("Pacific/Chatham", "2027-03-29", "2027-04-04T11:14:59Z", 1),
            ("Pacific/Chatham", "2027-03-29", "2027-04-04T11:15:00Z", 2),
            # Whatever offset a moment was given in.
            ("Europe/Berlin", "2027-03-22", "2027-03-29T09:00:00+13:00", 1),
        ],
    )
    def test_begins_at_midnight_in_the_programme_s_zone(
        self, zone: str, start: str, moment: str, week: int | None
    ) -> None:
        at = datetime.datetime.fromisoformat(moment)
        first = datetime.date.fromisoformat(start)
        log = read(upload(0, started_at=at), timezone=zone, start_date=first)
        assert list(log.weeks) == ([] if week is None else [week])

    def test_is_that_of_the_start_of_a_session_that_passes_midnight(self) -> None:
        late = datetime.datetime(2027, 3, 7, 23, 59, tzinfo=datetime.UTC)
        done = make_set(performed_at=late + datetime.timedelta(minutes=2))
        log = read(make_session(done, week=None, started_at=late))
        assert list(log.weeks) == [1]

    @pytest.mark.parametrize("year", [1, 9999])
    def test_survives_the_ends_of_the_calendar(self, year: int) -> None:
        moment = datetime.datetime(year, 1 if year == 1 else 12, 1 if year == 1 else 31, 12,
                                   tzinfo=datetime.UTC)  # fmt: skip
        log = read(upload(0, started_at=moment), timezone="Pacific/Kiritimati")
        assert list_codes(log) == ["OUT_OF_RANGE"]


class TestOrder:
    def test_takes_uploads_with_a_week_first_then_by_time_then_by_id(self) -> None:
        first = upload(3, week=1)
        early, late = upload(0), upload(1)
        twin = replace(late, session_id=make_id("twin"))
        placed, _ = placing.place_uploads(make_constants(**DATED), [twin, late, early, first])
        twins = sorted([twin, late], key=lambda one: one.session_id.int)
        assert [one.session for one in placed] == [first, early, *twins]


class TestSession:
    @pytest.mark.parametrize(("session", "code"), [(1, None), (2, None), (3, "PLACE_IGNORED")])
    def test_that_is_named_counts_if_the_full_week_has_it(
        self, session: int, code: str | None
    ) -> None:
        log = read(upload(0, week=1, session=session))
        assert {place for _, place, _ in list_places(log)} == {1 if code else session}
        assert list_codes(log) == ([code] if code else [])

    def test_that_is_named_counts_on_a_day_that_a_pause_takes(self) -> None:
        monday = Pause(FIRST_DAY, FIRST_DAY)
        log = read(upload(0, week=1, session=1), pauses=(monday,))
        assert {place for _, place, _ in list_places(log)} == {1}

    @pytest.mark.parametrize(("day", "place"), [(0, 1), (1, 1), (2, 2), (3, 2), (6, 2)])
    def test_is_the_nearest_that_holds_the_track(self, day: int, place: int) -> None:
        assert {found for _, found, _ in list_places(read(upload(day)))} == {place}

    def test_is_the_lowest_of_two_equally_near_ones(self) -> None:
        found = list_places(read(upload(1), weekdays=(0, 2)))
        assert {place for _, place, _ in found} == {1}

    def test_is_chosen_for_each_track(self) -> None:
        log = read(upload(0), **SPLIT)
        assert list_places(log) == [(1, 1, "SK"), (1, 1, "BK"), (1, 2, "SU")]

    def test_is_one_that_lacks_the_track(self) -> None:
        log = read(upload(0, "SK"), upload(1), upload(2, "BK"))
        assert list_places(log) == [
            (1, 1, "SK"),
            (1, 1, "BK"),
            (1, 1, "SU"),
            (1, 2, "SK"),
            (1, 2, "BK"),
        ]

    def test_is_the_nearest_again_if_none_lacks_it(self) -> None:
        log = read(upload(0, "SK"), upload(3, "SK"), upload(6, "SK"))
        assert [place for _, place, _ in list_places(log)] == [1, 2, 2]

    def test_is_the_nearest_open_one_for_a_track_that_the_week_does_not_hold(self) -> None:
        """A pause takes both days of step-ups."""
        pauses = tuple(Pause(FIRST_DAY + n * DAY, FIRST_DAY + n * DAY) for n in (1, 4))
        log = read(upload(4, "SU"), **SPLIT, pauses=pauses)
        assert list_places(log) == [(1, 3, "SU")]

    def test_is_none_in_a_week_without_an_open_session(self) -> None:
        log = read(upload(7), pauses=(Pause(FIRST_DAY + 7 * DAY, FIRST_DAY + 13 * DAY),))
        assert {place for _, place, _ in list_places(log)} == {0}

    def test_is_the_lowest_without_dates(self) -> None:
        log = read(upload(3, week=1), upload(9, week=1), start_date=None)
        assert [place for _, place, track in list_places(log) if track == "SK"] == [1, 2]

    @pytest.mark.parametrize(("day", "session", "place"), [(0, None, 1), (4, None, 2), (0, 2, 2)])
    def test_of_an_upload_without_sets_is_named_or_the_nearest(
        self, day: int, session: int | None, place: int
    ) -> None:
        empty = replace(upload(day, session=session, week=1), sets=())
        (entry,) = read(empty).of_week(1).uploads
        assert entry.places == {place}

    def test_joins_two_uploads_of_one_session(self) -> None:
        journal = Journal(**LONG).train()
        first, second = journal.log
        parts = (replace(first, sets=first.sets[::2]), replace(first, sets=first.sets[1::2]))
        apart = [replace(part, session_id=make_id(at)) for at, part in enumerate(parts)]
        whole = journal.codes
        journal.log = [*apart, second]
        assert journal.codes == whole
