"""Decode the bytes of FIT files into messages, within limits of size, count and time.

Takes the bytes of an upload and returns FitFiles: the messages that matter here, with raw field
values by FIT's field numbers. A file may be cut, damaged or hostile, so frames are decoded one by
one against a deadline, and what was decoded before the damage is kept. Called by activity, which
interprets the values. Interpretation does not belong here.
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

MAX_BYTES = 8 * 1024 * 1024
MAX_RECORDS = 500_000
MAX_SETS = 2_000
# Sessions come once for each sport of a day, workout steps once for each line of a workout.
_MAX_SESSIONS = 50
_MAX_WORKOUT_STEPS = 500
# FIT files may follow one another in one stream.
_MAX_FILES = 50


class MessageKind(IntEnum):
    """Global message numbers of the FIT profile, for the messages that are kept."""

    FILE_ID = 0
    SESSION = 18
    WORKOUT = 26
    WORKOUT_STEP = 27
    ACTIVITY = 34
    SET = 225


_KIND_NUMBERS = frozenset(MessageKind)
_LIMITS = {
    MessageKind.SET: (MAX_SETS, "sets"),
    MessageKind.SESSION: (_MAX_SESSIONS, "sessions"),
    MessageKind.WORKOUT_STEP: (_MAX_WORKOUT_STEPS, "workout steps"),
}


class SetField(IntEnum):
    """Field numbers of a set message."""

    DURATION = 0
    REPETITIONS = 3
    WEIGHT = 4
    TYPE = 5
    START_TIME = 6
    CATEGORY = 7
    NAME = 8
    INDEX = 10
    WORKOUT_STEP = 11


class StepField(IntEnum):
    """Field numbers of a workout step message, which is one line of a workout."""

    NAME = 0
    DURATION_TYPE = 1
    DURATION_VALUE = 2
    REPEAT_COUNT = 4
    INTENSITY = 7
    NOTES = 8
    CATEGORY = 10
    EXERCISE_NAME = 11
    WEIGHT = 12
    WEIGHT_UNIT = 13
    INDEX = 254


@dataclass(frozen=True, slots=True)
class FitMessage:
    """One message: its raw field values by field number; invalid values are None."""

    fields: Mapping[int, Any]
    """Only the first element of an array: the others are a watch's further guesses."""
    value_names: Mapping[int, str] = field(default_factory=dict)
    """The FIT profile's names for values that have one, such as the model of a watch."""

    def integer(self, number: int) -> int | None:
        """Return a field as an integer; None if it is missing or not a whole number."""
        value = self.fields.get(number)
        if isinstance(value, float) and value.is_integer():
            return int(value)
        return value if isinstance(value, int) else None

    def text(self, number: int) -> str | None:
        """Return a field as text; None if it is missing or not text."""
        value = self.fields.get(number)
        return value if isinstance(value, str) else None


EMPTY_MESSAGE = FitMessage({})


@dataclass(slots=True)
class FitFile:
    """One FIT file. A stream may hold several."""

    messages: defaultdict[MessageKind, list[FitMessage]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def last(self, kind: MessageKind) -> FitMessage:
        """Return the last message of a kind, or an empty message if there is none."""
        return self.messages[kind][-1] if self.messages[kind] else EMPTY_MESSAGE


@dataclass(slots=True)
class FitFiles:
    """The FIT files that could be decoded from a stream of bytes."""

    files: list[FitFile] = field(default_factory=list)
    damage: str | None = None
    """Why decoding stopped early: `truncated` or `damaged`; None if everything was decoded."""
    bad_crc: bool = False
    """Whether a check sum does not match."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The time by which a file must be read."""

    seconds: float
    """The time limit."""
    ends_at: float
    """The end of the time limit on the monotonic clock."""

    @classmethod
    def start(cls, seconds: float) -> "Deadline":
        """Start a time limit of so many seconds now."""
        return cls(seconds, time.monotonic() + seconds)

    def check(self) -> None:
        """Raise FileLimitExceeded once the deadline has passed."""
        if time.monotonic() > self.ends_at:
            limit = f"{self.seconds:g} seconds"
            raise FileLimitExceeded(f"Reading this FIT file takes longer than {limit}.")


def read(data: bytes, deadline: Deadline) -> FitFiles:
    """Decode all FIT files in the bytes.

    Raises FileUnreadable if the bytes do not begin with a FIT header, and FileLimitExceeded beyond
    a limit. Any other damage is reported in the result.
    """
    if len(data) > MAX_BYTES:
        raise FileLimitExceeded(f"A FIT file may have at most {MAX_BYTES >> 20} MiB.")
    if data[8:12] != b".FIT":
        raise FileUnreadable("This is not a FIT file: it does not begin with a FIT header.")
    found = FitFiles()
    try:
        for frame in _read_frames(data, deadline):
            _add_frame(found, frame)
    except FileLimitExceeded:
        raise
    except fitdecode.FitEOFError:
        found.damage = "truncated"
    except Exception:  # noqa: BLE001 - Whatever the library raises, the file is at fault.
        found.damage = "damaged"
    return found


def _add_frame(found: FitFiles, frame: Any) -> None:
    if frame.frame_type == fitdecode.FIT_FRAME_HEADER:
        if len(found.files) >= _MAX_FILES:
            raise FileLimitExceeded(f"At most {_MAX_FILES} FIT files may follow one another.")
        found.files.append(FitFile())
        found.bad_crc |= frame.crc_matched is False
    elif frame.frame_type == fitdecode.FIT_FRAME_CRC:
        found.bad_crc |= not frame.matched
    elif frame.frame_type == fitdecode.FIT_FRAME_DATA:
        _add_message(found.files[-1], frame)


def _read_frames(data: bytes, deadline: Deadline) -> Iterator[Any]:
    # Only raw numbers are needed. Without a processor the library derives no values from them, and
    # cannot fail on odd ones.
    options = {"check_crc": CrcCheck.READONLY, "error_handling": ErrorHandling.IGNORE}
    with FitReader(data, processor=None, **options) as reader:
        for count, frame in enumerate(reader):
            if count >= MAX_RECORDS:
                raise FileLimitExceeded(f"A FIT file may have at most {MAX_RECORDS:,} records.")
            deadline.check()
            yield frame


def _add_message(file: FitFile, frame: FitDataMessage) -> None:
    """Add a message if its kind matters. Raises FileLimitExceeded if there are too many of it."""
    if frame.global_mesg_num not in _KIND_NUMBERS:
        return
    kind = MessageKind(frame.global_mesg_num)
    messages = file.messages[kind]
    limit, noun = _LIMITS.get(kind, (MAX_SETS, "headers"))
    if len(messages) >= limit:
        raise FileLimitExceeded(f"A FIT file may have at most {limit:,} {noun}.")
    # Fields that app developers added have no number in the profile.
    known = [one for one in frame.fields if one.field_def is not None and not one.field_def.is_dev]
    named = [f for f in known if isinstance(f.raw_value, int) and isinstance(f.value, str)]
    values = {one.field_def.def_num: _get_first(one.raw_value) for one in known}
    messages.append(FitMessage(values, {one.field_def.def_num: one.value for one in named}))


def _get_first(value: Any) -> Any:
    # The library returns an array of one element as that element, and longer ones as tuples.
    return next(iter(value), None) if isinstance(value, tuple) else value
