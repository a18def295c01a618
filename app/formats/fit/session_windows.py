"""The sessions of a FIT file as stretches of time, and which of them a set belongs to.

A file may hold a strength session, a run and another strength session; yoga writes sets as well.
Hands Windows to activity.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from app.formats.fit.messages import EMPTY, Kind, Message, Tape
from app.formats.fit.set_values import read_moment
from app.formats.imported_file import ImportContext
from app.training.log import limits

STRENGTH = 20
# Generic, fitness equipment, training and interval training: sports that may hold strength sets.
SPORTS = (None, 0, 4, 10, 62)
# Flexibility, yoga, pilates and breathing: their sets are none of strength.
CALM = (19, 43, 44, 62)


@dataclass(frozen=True, slots=True)
class Window:
    """One session of a file, of whatever sport."""

    number: int
    """Its place among the file's sessions, by time."""
    start: datetime.datetime | None
    """When it began, in UTC; None where that is unknown."""
    end: datetime.datetime | None
    """When it ended."""
    sport: int | None
    """FIT's number of the sport."""
    sub_sport: int | None
    """FIT's number of what kind of that sport it was."""

    def counts(self, done: Message) -> bool:
        """Whether a set that was done here is one of strength."""
        if self.sub_sport == STRENGTH:
            return True
        told = done.whole(3) is not None or done.whole(7) is not None
        return told and self.sport in SPORTS and self.sub_sport not in CALM

    def distance(self, moment: datetime.datetime) -> tuple[datetime.timedelta, datetime.timedelta]:
        """How far outside of it a moment lies, then how long after its start."""
        if self.start is None:
            return datetime.timedelta.max, datetime.timedelta()
        outside = max(self.start - moment, moment - (self.end or self.start))
        return max(outside, datetime.timedelta()), moment - self.start


def list_windows(one: Tape, context: ImportContext) -> Sequence[Window]:
    """The sessions of a file by time; an unknown one if it was cut before it tells."""
    messages = one.messages[Kind.SESSION] or [EMPTY]
    timed = [(read_moment(message.whole(2), context), message) for message in messages]
    latest = context.now + limits.MAX_AHEAD
    timed.sort(key=lambda pair: pair[0] or latest)
    return [
        Window(
            number=number,
            start=start,
            end=find_end(start, message, latest),
            sport=message.whole(5),
            sub_sport=message.whole(6),
        )
        for number, (start, message) in enumerate(timed)
    ]


def find_end(
    start: datetime.datetime | None, message: Message, latest: datetime.datetime
) -> datetime.datetime | None:
    """When a session ended, pauses included; None if that cannot be."""
    elapsed = message.whole(7)
    if start is None or elapsed is None or elapsed < 0:
        return None
    # A count beyond its four bytes is of no time at all.
    end = start + datetime.timedelta(milliseconds=min(elapsed, 2**32))
    return end if end <= latest else None


def find_window(windows: Sequence[Window], start: datetime.datetime) -> Window:
    """The session that a set began in, or else the nearest; of two the one that began later."""
    return min(windows, key=lambda window: window.distance(start))
