"""The id is the programme: a spec and its engine as a short, checksummed, URL-safe string.

encode() and decode() are inverse on settled specs, the same on every machine, for ever: field
order, codes and defaults below are part of the wire and only ever grow at the end. Layout 1 is
the engine's number, a bit for each field that differs from its default, the values of those
fields in order, and the first four bytes of the SHA-256 of all that.
"""

import base64
import binascii
import datetime
import hashlib
from collections.abc import Callable
from typing import Any, NamedTuple

from app.training.catalog.tracks import DEFINITIONS, FULL_VOLUME_BIT
from app.training.planning import spec as specs
from app.training.planning.spec import (
    DEFAULT_INCREMENT,
    HeelRiseTest,
    Spec,
    SpecError,
    SpecFields,
    Start,
    Surface,
    TrackStart,
    hundredths,
)

CHECKSUM_BYTES = 4
LONGEST = 200


# The tracks in the order of their bits, in which an id lists their starts.
_TRACK_BITS = dict(
    sorted(((track, one.bit) for track, one in DEFINITIONS.items()), key=lambda item: item[1])
)
SURFACES: tuple[Surface | None, ...] = (None, "floor", "wedge")


class UnknownProgram(ValueError):
    """Not an id of this service: damaged, cut, or made up."""


class Reader:
    """The values of an id, read off one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def number(self) -> int:
        """A whole number in seven bits a byte, the lowest first."""
        value = shift = 0
        while True:
            if self.at >= len(self.data):
                raise UnknownProgram
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def text(self) -> str:
        """A length and that many characters."""
        size = self.number()
        self.at += size
        return self.data[self.at - size : self.at].decode("ascii")


def number(value: int) -> bytes:
    """The inverse of Reader.number()."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


class Codec(NamedTuple):
    """How a field's value is written, and read back."""

    write: Callable[[Any], bytes]
    read: Callable[[Reader], Any]


def choice(*names: str) -> Codec:
    """One of a list of names, as its place."""
    return Codec(lambda name: number(names.index(name)), lambda reader: names[reader.number()])


def many(*names: str) -> Codec:
    """A set of names, as bits."""

    def write(chosen: tuple[str, ...]) -> bytes:
        return number(sum(1 << names.index(name) for name in chosen))

    def read(reader: Reader) -> tuple[str, ...]:
        bits = reader.number()
        return tuple(name for place, name in enumerate(names) if bits >> place & 1)

    return Codec(write, read)


def read_numbers(reader: Reader) -> tuple[int, ...]:
    """A count and that many numbers; the count cannot exceed what is left to read."""
    count = reader.number()
    if count > len(reader.data):
        raise UnknownProgram
    return tuple(reader.number() for _ in range(count))


def write_numbers(values: tuple[int, ...]) -> bytes:
    """The inverse of read_numbers()."""
    return number(len(values)) + b"".join(number(value) for value in values)


def write_test(test: HeelRiseTest) -> bytes:
    """A heel-rise test: legs, surface, and its day or 0."""
    surface = SURFACES.index(test.surface)
    day = test.date.toordinal() if test.date else 0
    return number(test.left) + number(test.right) + number(surface) + number(day)


def read_test(reader: Reader) -> HeelRiseTest:
    """The inverse of write_test()."""
    left, right = reader.number(), reader.number()
    surface = SURFACES[reader.number()]
    day = reader.number()
    return HeelRiseTest(left, right, surface, datetime.date.fromordinal(day) if day else None)


def write_start(start: Start) -> bytes:
    """A start: one bit for each track that is there and one for full volume, then the tracks."""
    begins = {bit: begin for track, bit in _TRACK_BITS.items() if (begin := start.of(track))}
    out = number(sum(1 << bit for bit in begins) | start.full_volume << FULL_VOLUME_BIT)
    for begin in begins.values():
        out += number(begin.rung) + number(begin.reps) + number(hundredths(begin.load))
    return out


def read_start(reader: Reader) -> Start:
    """The inverse of write_start()."""
    bits = reader.number()
    begins = {
        track: TrackStart(reader.number(), reader.number(), reader.number() / 100)
        for track, bit in _TRACK_BITS.items()
        if bits >> bit & 1
    }
    return Start(**begins, full_volume=bool(bits >> FULL_VOLUME_BIT & 1))


WHOLE = Codec(number, Reader.number)
NUMBERS = Codec(write_numbers, read_numbers)
MASS = Codec(lambda mass: number(hundredths(mass)), lambda reader: reader.number() / 100)
DAY = Codec(
    lambda day: number(day.toordinal()),
    lambda reader: datetime.date.fromordinal(reader.number()),
)
TEXT = Codec(lambda text: number(len(text)) + text.encode("ascii"), Reader.text)
# A flag is written only when it is set, so its bit in the field mask says it all.
FLAG = Codec(lambda _: b"", lambda _: True)
RUNS = ("rest", "easy", "hard", "long")

FIELDS: dict[str, Codec] = {
    "weeks": WHOLE,
    "days_per_week": WHOLE,
    "weekdays": NUMBERS,
    "level": choice("beginner", "intermediate", "advanced"),
    "ramp": choice("gentle", "direct"),
    "heel_rise_test": Codec(write_test, read_test),
    "age": WHOLE,
    "sex": choice("female", "male", "unspecified"),
    "step_heights_cm": NUMBERS,
    "equipment": many("backpack", "chair", "dumbbell", "kettlebell", "weight_vest"),
    "units": choice("metric", "imperial"),
    "body_mass": MASS,
    "load_increment": MASS,
    "start_date": DAY,
    "race_date": DAY,
    "run_schedule": Codec(
        lambda week: write_numbers(tuple(RUNS.index(day) for day in week)),
        lambda reader: tuple(RUNS[day] for day in read_numbers(reader)),
    ),
    "pain_now": WHOLE,
    "injury_last_3_months": FLAG,
    "avoid_below_level": FLAG,
    "session_minutes": WHOLE,
    "deload_every": WHOLE,
    "timezone": TEXT,
    "start": Codec(write_start, read_start),
}


def encode(spec: Spec, engine: int) -> str:
    """The id of a settled spec that nothing blocks: at most 200 URL-safe characters."""
    default = defaults(spec)
    mask = 0
    values = b""
    for place, (name, codec) in enumerate(FIELDS.items()):
        value = getattr(spec, name)
        if value != default[name]:
            mask |= 1 << place
            values += codec.write(value)
    body = number(engine) + number(mask) + values
    return base64.urlsafe_b64encode(body + checksum(body)).rstrip(b"=").decode("ascii")


def decode(program_id: str) -> tuple[int, Spec]:
    """The engine's number and the settled spec of an id.

    Raises UnknownProgram for anything that encode() did not make.
    """
    try:
        engine, spec = read(program_id)
    except (binascii.Error, IndexError, OverflowError, UnicodeError, SpecError, ValueError) as bad:
        raise UnknownProgram from bad
    # One programme has one id: another spelling of the same bytes is no id.
    if encode(spec, engine) != program_id:
        raise UnknownProgram
    return engine, spec


def read(program_id: str) -> tuple[int, Spec]:
    """The engine and the spec in the bytes of an id, its checksum verified."""
    if len(program_id) > LONGEST or not program_id.isascii():
        raise UnknownProgram
    padding = "=" * (-len(program_id) % 4)
    data = base64.b64decode(program_id + padding, altchars=b"-_", validate=True)
    body = data[:-CHECKSUM_BYTES]
    if checksum(body) != data[-CHECKSUM_BYTES:]:
        raise UnknownProgram
    reader = Reader(body)
    engine = reader.number()
    mask = reader.number()
    if mask >> len(FIELDS):
        raise UnknownProgram
    fields: dict[str, Any] = {
        name: codec.read(reader)
        for place, (name, codec) in enumerate(FIELDS.items())
        if mask >> place & 1
    }
    if "weekdays" in fields:
        fields.pop("days_per_week", None)
    return engine, specs.settle(SpecFields(**fields))  # type: ignore[typeddict-item]


def defaults(spec: Spec) -> dict[str, Any]:
    """What each field is when it is left out, given the fields that other defaults follow."""
    plain = Spec()
    filled = {name: getattr(plain, name) for name in FIELDS}
    filled["load_increment"] = DEFAULT_INCREMENT[spec.units]
    dates: SpecFields = {}
    if spec.start_date and spec.race_date:
        dates = {"start_date": spec.start_date, "race_date": spec.race_date}
    filled["weeks"] = specs.default_weeks(dates)
    if spec.weekdays is not None:
        filled["days_per_week"] = len(spec.weekdays)
    return filled


def checksum(body: bytes) -> bytes:
    """The first bytes of the SHA-256."""
    return hashlib.sha256(body).digest()[:CHECKSUM_BYTES]
