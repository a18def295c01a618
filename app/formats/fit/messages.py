"""What a FIT file says, message by message, read within fences.

A file may be cut, damaged or hostile: frames are read one by one against the clock, and what was
read before the damage is kept. Hands Tapes of bare numbers to activity, which knows what they mean.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import fitdecode
from fitdecode import CrcCheck, ErrorHandling, FitDataMessage, FitReader

from app.formats.imported_file import FileLimitExceeded, FileUnreadable

MOST_BYTES = 8 * 1024 * 1024
MOST_RECORDS = 500_000
MOST_SETS = 2_000
# Of messages that come once for each sport of a day, or once for each line of a workout.
MOST_SESSIONS = 50
MOST_STEPS = 500
# FIT files may follow one another in one stream.
MOST_FILES = 50


class Kind(IntEnum):
    """The messages that matter here, by FIT's numbers."""

    FILE_ID = 0
    SESSION = 18
    WORKOUT = 26
    WORKOUT_STEP = 27
    ACTIVITY = 34
    SET = 225


LIMITS = {
    Kind.SET: (MOST_SETS, "sets"),
    Kind.SESSION: (MOST_SESSIONS, "sessions"),
    Kind.WORKOUT_STEP: (MOST_STEPS, "workout steps"),
}


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its fields by number, as they stand in the file; invalid ones are None."""

    fields: Mapping[int, Any]
    """Of an array only the first element: the others are a watch's second guesses."""
    names: Mapping[int, str] = field(default_factory=dict)
    """What the profile calls the values that have a name, such as those of a watch."""

    def whole(self, number: int) -> int | None:
        """A whole number; None if it is not there or no such number."""
        value = self.fields.get(number)
        if isinstance(value, float) and value.is_integer():
            return int(value)
        return value if isinstance(value, int) else None

    def text(self, number: int) -> str | None:
        """A text; None if it is not there or no text."""
        value = self.fields.get(number)
        return value if isinstance(value, str) else None


EMPTY = Message({})


@dataclass(slots=True)
class Tape:
    """One FIT file, of which a stream may hold several."""

    messages: defaultdict[Kind, list[Message]] = field(default_factory=lambda: defaultdict(list))

    def last(self, kind: Kind) -> Message:
        """The last message of a kind; an empty one if there is none."""
        return self.messages[kind][-1] if self.messages[kind] else EMPTY


@dataclass(slots=True)
class Tapes:
    """Everything that could be read from some bytes."""

    files: list[Tape] = field(default_factory=list)
    damage: str | None = None
    """What kept the rest from being read: `truncated` or `damaged`; None if all was read."""
    bad_crc: bool = False
    """Whether a check sum differs from what was read."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment by which a file must be read."""

    seconds: float
    """Time that there was in the beginning."""
    until: float

    def check(self) -> None:
        """Raises TooMuch once it has passed."""
        if time.monotonic() > self.until:
            raise FileLimitExceeded(
                f"Reading this FIT file takes longer than {self.seconds:g} seconds."
            )


def give(seconds: float) -> Deadline:
    """A deadline so many seconds from now."""
    return Deadline(seconds, time.monotonic() + seconds)


def read(data: bytes, deadline: Deadline) -> Tapes:
    """The messages of all FIT files in the bytes.

    Raises Unreadable if this is no FIT file at all, and TooMuch beyond a fence.
    """
    if len(data) > MOST_BYTES:
        raise FileLimitExceeded(f"A FIT file may have at most {MOST_BYTES >> 20} MiB.")
    if data[8:12] != b".FIT":
        raise FileUnreadable("This is no FIT file: it does not begin with a FIT header.")
    tapes = Tapes()
    try:
        for frame in watch(data, deadline):
            take(tapes, frame)
    except FileLimitExceeded:
        raise
    except fitdecode.FitEOFError:
        tapes.damage = "truncated"
    except Exception:  # noqa: BLE001 - Whatever the library falls over, the file is at fault.
        tapes.damage = "damaged"
    return tapes


def take(tapes: Tapes, frame: Any) -> None:
    """Puts a frame where it belongs. Raises TooMuch if a message comes too often."""
    if frame.frame_type == fitdecode.FIT_FRAME_HEADER:
        if len(tapes.files) >= MOST_FILES:
            raise FileLimitExceeded(f"At most {MOST_FILES} FIT files may follow one another.")
        tapes.files.append(Tape())
        tapes.bad_crc |= frame.crc_matched is False
    elif frame.frame_type == fitdecode.FIT_FRAME_CRC:
        tapes.bad_crc |= not frame.matched
    elif frame.frame_type == fitdecode.FIT_FRAME_DATA:
        keep(tapes.files[-1], frame)


def watch(data: bytes, deadline: Deadline) -> Iterator[Any]:
    """The frames of the bytes, for as long as the fences hold. Raises TooMuch."""
    # Bare numbers are all we need, so nothing that the library could stumble over is worked out.
    options = {"check_crc": CrcCheck.READONLY, "error_handling": ErrorHandling.IGNORE}
    with FitReader(data, processor=None, **options) as reader:
        for count, frame in enumerate(reader):
            if count >= MOST_RECORDS:
                raise FileLimitExceeded(f"A FIT file may have at most {MOST_RECORDS:,} records.")
            deadline.check()
            yield frame


def keep(tape: Tape, frame: FitDataMessage) -> None:
    """Puts a message on the tape if it matters. Raises TooMuch if there are too many of it."""
    if frame.global_mesg_num not in KINDS:
        return
    kind = Kind(frame.global_mesg_num)
    kept = tape.messages[kind]
    most, noun = LIMITS.get(kind, (MOST_SETS, "headers"))
    if len(kept) >= most:
        raise FileLimitExceeded(f"A FIT file may have at most {most:,} {noun}.")
    own = [one for one in frame.fields if one.field_def is not None and not one.field_def.is_dev]
    kept.append(
        Message(
            {one.field_def.def_num: take_first(one.raw_value) for one in own},
            {one.field_def.def_num: one.value for one in own if is_named(one)},
        )
    )


def take_first(value: Any) -> Any:
    """A value, or the first of several: libraries give one alone where an array has one."""
    return next(iter(value), None) if isinstance(value, tuple) else value


def is_named(one: Any) -> bool:
    """Whether the profile has a name for the number in a field."""
    return isinstance(one.raw_value, int) and isinstance(one.value, str)


KINDS = frozenset(Kind)
