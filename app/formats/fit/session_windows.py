"""The sessions of a FIT file as windows of time, and which of them a set belongs to.

A file may hold a strength session, a run and another strength session. Yoga writes sets as well,
and they are not strength sets. Called by activity with decoded messages.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from app.formats.fit.messages import EMPTY_MESSAGE, FitFile, FitMessage, MessageKind, SetField
from app.formats.fit.set_values import read_moment
from app.formats.imported_file import ImportContext
from app.training.log import limits

# Fields of the session message.
_START_TIME, _SPORT, _SUB_SPORT, _ELAPSED_TIME = 2, 5, 6, 7
_STRENGTH_TRAINING = 20
# Sports that may hold strength sets: generic, fitness equipment, training, interval training.
_STRENGTH_SPORTS = (None, 0, 4, 10, 62)
# Sub-sports whose sets are not strength sets: flexibility, yoga, pilates, breathing.
_OTHER_SUB_SPORTS = (19, 43, 44, 62)


@dataclass(frozen=True, slots=True)
class SessionWindow:
    """The time of one session of a file, of any sport."""

    number: int
    """The session's place in the file by time, from 0."""
    start: datetime.datetime | None
    """Start in UTC; None if unknown."""
    end: datetime.datetime | None
    """End in UTC, pauses included; None if unknown."""
    sport: int | None
    """FIT's number of the sport."""
    sub_sport: int | None
    """FIT's number of the sub-sport."""

    def is_strength_set(self, recorded: FitMessage) -> bool:
        """Return whether a set in this session is a strength set. Unless the session is strength
        training, the set must have repetitions or an exercise category.
        """
        if self.sub_sport == _STRENGTH_TRAINING:
            return True
        fields = SetField.REPETITIONS, SetField.CATEGORY
        described = any(recorded.integer(number) is not None for number in fields)
        allowed = self.sport in _STRENGTH_SPORTS and self.sub_sport not in _OTHER_SUB_SPORTS
        return described and allowed

    def compute_distance(self, moment: datetime.datetime) -> tuple[datetime.timedelta, ...]:
        """Return how far a moment is outside the window, and how long after its start."""
        if self.start is None:
            return datetime.timedelta.max, datetime.timedelta()
        outside = max(self.start - moment, moment - (self.end or self.start))
        return max(outside, datetime.timedelta()), moment - self.start


def list_windows(file: FitFile, context: ImportContext) -> Sequence[SessionWindow]:
    """Return the sessions of a file by time; a single unknown one if the file has none, as when it
    was cut.
    """
    messages = file.messages[MessageKind.SESSION] or [EMPTY_MESSAGE]
    timed = [(read_moment(message.integer(_START_TIME), context), message) for message in messages]
    latest = context.now + limits.MAX_AHEAD
    timed.sort(key=lambda pair: pair[0] or latest)
    windows = []
    for number, (start, message) in enumerate(timed):
        end = _find_end(start, message, latest)
        sport, sub_sport = message.integer(_SPORT), message.integer(_SUB_SPORT)
        windows.append(SessionWindow(number, start, end, sport, sub_sport))
    return windows


def _find_end(
    start: datetime.datetime | None, message: FitMessage, latest: datetime.datetime
) -> datetime.datetime | None:
    elapsed_ms = message.integer(_ELAPSED_TIME)
    if start is None or elapsed_ms is None or elapsed_ms < 0:
        return None
    # A hostile file may declare a field of more than four bytes, whose value overflows a datetime.
    end = start + datetime.timedelta(milliseconds=min(elapsed_ms, 2**32))
    return end if end <= latest else None


def find_window(windows: Sequence[SessionWindow], start: datetime.datetime) -> SessionWindow:
    """Return the session in which a set started, else the nearest; of two the later one."""
    return min(windows, key=lambda window: window.compute_distance(start))
