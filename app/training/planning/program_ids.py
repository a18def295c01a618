"""Program ids: encodes a spec and the number of its engine as a short URL-safe string, and back.

encode() and decode() are inverse on complete specs. The layout is a promise to clients: the order
of FIELDS, the codes in them and the defaults never change; new fields come last. An id is base64url
without padding of

    engine     number   number of the engine
    mask       number   bit n is set if field n of FIELDS differs from its default
    values              the values of these fields, in the order of FIELDS
    checksum   4 bytes  the start of the SHA-256 of all bytes before it

A number has seven bits in each byte, the lowest first; the top bit is set if more bytes follow. A
name is its index, a set of names is bits, both in the order given in FIELDS. A list is its count
and its numbers; a text is its length and its ASCII characters. Masses and loads are in hundredths.
A date is a number of days: 1 is 0001-01-01. The field `start` is

    bits       number   bit 0  straight knee     bit 3  full_volume, no further bytes
                        bit 1  bent knee         bit 4 and higher: tracks added later
                        bit 2  step-up
    starts              rung, reps and load of each track whose bit is set, by bit

The bit of a track is fixed in its catalogue file and never used again, so that an id decodes to the
same spec after a track was added.
"""

import base64
import binascii
import datetime
import hashlib
from collections.abc import Callable
from typing import Any, NamedTuple

from app.training.catalog.track_definitions import DEFINITIONS, FULL_VOLUME_BIT
from app.training.planning import spec as specs
from app.training.planning.spec import HeelRiseTest, Spec, SpecError, SpecFields, Start, TrackStart

_CHECKSUM_BYTES = 4
MAX_ID_LENGTH = 200
# The tracks in the order of their bits, in which an id lists their starts.
_TRACK_BITS = dict(
    sorted(((track, one.bit) for track, one in DEFINITIONS.items()), key=lambda item: item[1])
)
_SURFACES: tuple[specs.Surface | None, ...] = (None, "floor", "wedge")


class UnknownProgram(ValueError):
    """Not an id of this service: it is damaged, cut or invented."""


class ByteReader:
    """Reads the values of an id, one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def read_number(self) -> int:
        """Return the next number."""
        value = shift = 0
        while True:
            if self.position >= len(self.data):
                raise UnknownProgram
            byte = self.data[self.position]
            self.position += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def read_text(self) -> str:
        """Return the next text: its length, and as many ASCII characters."""
        size = self.read_number()
        self.position += size
        return self.data[self.position - size : self.position].decode("ascii")


def encode_number(value: int) -> bytes:
    """Encode a number in seven bits a byte, the lowest first."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


class _FieldCodec(NamedTuple):
    write: Callable[[Any], bytes]
    read: Callable[[ByteReader], Any]


def _choice_codec(*names: str) -> _FieldCodec:
    """One of a list of names, as its index."""
    return _FieldCodec(
        lambda name: encode_number(names.index(name)), lambda reader: names[reader.read_number()]
    )


def _set_codec(*names: str) -> _FieldCodec:
    """A set of names, as bits."""

    def write(chosen: tuple[str, ...]) -> bytes:
        return encode_number(sum(1 << names.index(name) for name in chosen))

    def read(reader: ByteReader) -> tuple[str, ...]:
        bits = reader.read_number()
        return tuple(name for place, name in enumerate(names) if bits >> place & 1)

    return _FieldCodec(write, read)


def _read_numbers(reader: ByteReader) -> tuple[int, ...]:
    """Read a count and as many numbers. The count cannot exceed the length of the id."""
    count = reader.read_number()
    if count > len(reader.data):
        raise UnknownProgram
    return tuple(reader.read_number() for _ in range(count))


def _write_numbers(values: tuple[int, ...]) -> bytes:
    return _encode_numbers(len(values), *values)


def _encode_numbers(*values: int) -> bytes:
    return b"".join(map(encode_number, values))


def _write_test(test: HeelRiseTest) -> bytes:
    """Encode a heel-rise test: left, right, surface, and its day or 0."""
    surface = _SURFACES.index(test.surface)
    day = test.date.toordinal() if test.date else 0
    return _encode_numbers(test.left, test.right, surface, day)


def _read_test(reader: ByteReader) -> HeelRiseTest:
    left, right = reader.read_number(), reader.read_number()
    surface = _SURFACES[reader.read_number()]
    day = reader.read_number()
    return HeelRiseTest(left, right, surface, datetime.date.fromordinal(day) if day else None)


def _write_start(start: Start) -> bytes:
    begins = {bit: begin for track, bit in _TRACK_BITS.items() if (begin := start.of(track))}
    out = encode_number(sum(1 << bit for bit in begins) | start.full_volume << FULL_VOLUME_BIT)
    for begin in begins.values():
        out += _encode_numbers(begin.rung, begin.reps, specs.to_hundredths(begin.load))
    return out


def _read_start(reader: ByteReader) -> Start:
    bits = reader.read_number()
    begins = {
        track: TrackStart(reader.read_number(), reader.read_number(), reader.read_number() / 100)
        for track, bit in _TRACK_BITS.items()
        if bits >> bit & 1
    }
    return Start(**begins, full_volume=bool(bits >> FULL_VOLUME_BIT & 1))


_WHOLE = _FieldCodec(encode_number, ByteReader.read_number)
_NUMBERS = _FieldCodec(_write_numbers, _read_numbers)
_MASS = _FieldCodec(
    lambda mass: encode_number(specs.to_hundredths(mass)), lambda reader: reader.read_number() / 100
)
_DAY = _FieldCodec(
    lambda day: encode_number(day.toordinal()),
    lambda reader: datetime.date.fromordinal(reader.read_number()),
)
_TEXT = _FieldCodec(
    lambda text: encode_number(len(text)) + text.encode("ascii"), ByteReader.read_text
)
# A flag is written only if it is set, so its bit in the mask is enough.
_FLAG = _FieldCodec(lambda _: b"", lambda _: True)
_RUNS = ("rest", "easy", "hard", "long")

FIELDS: dict[str, _FieldCodec] = {
    "weeks": _WHOLE,
    "days_per_week": _WHOLE,
    "weekdays": _NUMBERS,
    "level": _choice_codec("beginner", "intermediate", "advanced"),
    "ramp": _choice_codec("gentle", "direct"),
    "heel_rise_test": _FieldCodec(_write_test, _read_test),
    "age": _WHOLE,
    "sex": _choice_codec("female", "male", "unspecified"),
    "step_heights_cm": _NUMBERS,
    "equipment": _set_codec("backpack", "chair", "dumbbell", "kettlebell", "weight_vest"),
    "units": _choice_codec("metric", "imperial"),
    "body_mass": _MASS,
    "load_increment": _MASS,
    "start_date": _DAY,
    "race_date": _DAY,
    "run_schedule": _FieldCodec(
        lambda week: _write_numbers(tuple(_RUNS.index(day) for day in week)),
        lambda reader: tuple(_RUNS[day] for day in _read_numbers(reader)),
    ),
    "pain_now": _WHOLE,
    "injury_last_3_months": _FLAG,
    "avoid_below_level": _FLAG,
    "session_minutes": _WHOLE,
    "deload_every": _WHOLE,
    "timezone": _TEXT,
    "start": _FieldCodec(_write_start, _read_start),
}


def encode(spec: Spec, engine: int) -> str:
    """Return the id of a spec that nothing blocks: at most MAX_ID_LENGTH URL-safe characters."""
    default = compute_defaults(spec)
    mask = 0
    values = b""
    for place, (name, codec) in enumerate(FIELDS.items()):
        value = getattr(spec, name)
        if value != default[name]:
            mask |= 1 << place
            values += codec.write(value)
    body = encode_number(engine) + encode_number(mask) + values
    return base64.urlsafe_b64encode(body + compute_checksum(body)).rstrip(b"=").decode("ascii")


def decode(program_id: str) -> tuple[int, Spec]:
    """Return the engine's number and the spec of an id.

    Raises UnknownProgram for anything that encode() did not return.
    """
    try:
        engine, spec = _read(program_id)
    except (binascii.Error, IndexError, OverflowError, UnicodeError, SpecError, ValueError) as bad:
        raise UnknownProgram from bad
    # A programme has one id: another spelling of the same spec is no id.
    if encode(spec, engine) != program_id:
        raise UnknownProgram
    return engine, spec


def _read(program_id: str) -> tuple[int, Spec]:
    if len(program_id) > MAX_ID_LENGTH or not program_id.isascii():
        raise UnknownProgram
    padding = "=" * (-len(program_id) % 4)
    data = base64.b64decode(program_id + padding, altchars=b"-_", validate=True)
    body = data[:-_CHECKSUM_BYTES]
    if compute_checksum(body) != data[-_CHECKSUM_BYTES:]:
        raise UnknownProgram
    reader = ByteReader(body)
    engine = reader.read_number()
    mask = reader.read_number()
    if mask >> len(FIELDS):
        raise UnknownProgram
    fields: dict[str, Any] = {
        name: codec.read(reader)
        for place, (name, codec) in enumerate(FIELDS.items())
        if mask >> place & 1
    }
    if "weekdays" in fields:
        fields.pop("days_per_week", None)
    return engine, specs.build_spec(SpecFields(**fields))  # type: ignore[typeddict-item]


def compute_defaults(spec: Spec) -> dict[str, Any]:
    """Return the default of each field, given the fields that other defaults depend on."""
    plain = Spec()
    filled = {name: getattr(plain, name) for name in FIELDS}
    filled["load_increment"] = specs.DEFAULT_INCREMENT[spec.units]
    dates: SpecFields = {}
    if spec.start_date and spec.race_date:
        dates = {"start_date": spec.start_date, "race_date": spec.race_date}
    filled["weeks"] = specs.choose_weeks(dates)
    if spec.weekdays is not None:
        filled["days_per_week"] = len(spec.weekdays)
    return filled


def compute_checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:_CHECKSUM_BYTES]
