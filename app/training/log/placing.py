"""Where uploads belong: their week, and the session of the week that each track counts for.

place_uploads() gets the sessions of a log, each once, and returns them in the order in which they
are taken (science N2, N3 and N5). logbook reads their sets; a place that cannot be honoured becomes
the code of a note.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from app.training.catalog.track_definitions import Track
from app.training.log.completed import CompletedSession
from app.training.planning import training_calendar
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.spec import Spec
from app.training.planning.spec_building import count_week
from app.training.planning.training_calendar import Place

# An upload may be this many days early or late for the week that it names.
_EARLIEST_DAYS = 3
_LATEST_DAYS = 6


class PlacedUpload(NamedTuple):
    """One session of the log, in its week."""

    session: CompletedSession
    date: datetime.date
    """The date of its start in the programme's time zone."""
    week: int
    """The week that its work counts for."""
    week_of_date: int
    """The week of its date, which its pain counts for; `week` where there are no dates."""
    explicit_place: int | None
    """The session that it names, if the full week has it."""
    notes: tuple[str, ...]
    """Codes of the notes on its place."""


def find_date(spec: Spec, moment: datetime.datetime) -> datetime.date:
    """Return the date of a moment in the programme's time zone."""
    try:
        return spec.date_at(moment)
    except OverflowError:
        # The first and last hours of the calendar may fall into a year of another zone that no
        # date can hold. Such a moment is a mistake, but it must not stop the fold.
        return moment.date()


def place_uploads(
    constants: PlanConstants, sessions: Iterable[CompletedSession]
) -> tuple[list[PlacedUpload], list[tuple[CompletedSession, str]]]:
    """Return the uploads in order, and those that have no week with the code that says why."""
    placed: list[PlacedUpload] = []
    refused: list[tuple[CompletedSession, str]] = []
    for session in sorted(sessions, key=_upload_order):
        date = find_date(constants.spec, session.started_at)
        week, week_of_date, notes = _find_week(constants.spec, session, date)
        if isinstance(week, str):
            refused.append((session, week))
            continue
        wanted = None if "PLACE_IGNORED" in notes else session.session
        if wanted is not None and wanted > len(constants.places):
            wanted, notes = None, (*notes, "PLACE_IGNORED")
        placed.append(PlacedUpload(session, date, week, week_of_date, wanted, notes))
    return placed, refused


def _upload_order(session: CompletedSession) -> tuple[bool, datetime.datetime, int]:
    return session.week is None, session.started_at, session.session_id.int


def _find_week(
    spec: Spec, session: CompletedSession, date: datetime.date
) -> tuple[int | str, int, tuple[str, ...]]:
    """Return the week of an upload or why it has none, the week of its date, and codes of notes."""
    if spec.start_date is None:
        week = session.week
        if week is None:
            return "WEEK_REQUIRED", 0, ()
        return (week if 1 <= week <= spec.weeks else "OUT_OF_RANGE"), week, ()
    by_date = count_week(spec.start_date, date)
    if session.week is not None and _may_belong(spec, session.week, date):
        notes = () if session.week == by_date else (_shift_note(session.week, by_date),)
        return session.week, by_date, notes
    notes = () if session.week is None else ("PLACE_IGNORED",)
    return (by_date if 1 <= by_date <= spec.weeks else "OUT_OF_RANGE"), by_date, notes


def _shift_note(week: int, by_date: int) -> str:
    return "DONE_LATE" if by_date > week else "DONE_EARLY"


def _may_belong(spec: Spec, week: int, date: datetime.date) -> bool:
    first = training_calendar.compute_week_start(spec, week)
    if first is None or not 1 <= week <= spec.weeks:
        return False
    return -_EARLIEST_DAYS <= (date - first).days <= 6 + _LATEST_DAYS


class SessionChooser:
    """Chooses the session of a week for each track of an upload, in the order of the uploads."""

    def __init__(self, constants: PlanConstants) -> None:
        self._constants = constants
        self._taken: set[tuple[int, int, Track]] = set()

    def choose(self, upload: PlacedUpload, tracks: Sequence[Track]) -> Mapping[Track, int]:
        """Return the place of each track of an upload, 0 if its week has no open session."""
        spec, places = self._constants.spec, self._constants.places
        open_places = training_calendar.list_open_places(spec, places, upload.week)
        chosen: dict[Track, int] = {}
        for track in tracks:
            chosen[track] = upload.explicit_place or self._find_place(upload, open_places, track)
        self._taken |= {(upload.week, place, track) for track, place in chosen.items()}
        return chosen

    def choose_empty(self, upload: PlacedUpload) -> int:
        """Return the place of an upload without sets."""
        if upload.explicit_place is not None:
            return upload.explicit_place
        spec, places = self._constants.spec, self._constants.places
        open_places = training_calendar.list_open_places(spec, places, upload.week)
        return self._find_nearest(upload, open_places)

    def _find_place(self, upload: PlacedUpload, places: Sequence[Place], track: Track) -> int:
        holding = [place for place in places if track in place.tracks]
        lacking = [p for p in holding if (upload.week, p.number, track) not in self._taken]
        return self._find_nearest(upload, lacking or holding or places)

    def _find_nearest(self, upload: PlacedUpload, places: Sequence[Place]) -> int:
        def distance(place: Place) -> tuple[int, int]:
            spec = self._constants.spec
            date = training_calendar.compute_date(spec, upload.week, place.weekday)
            return abs((upload.date - date).days) if date else 0, place.number

        return min(places, key=distance).number if places else 0
