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
and its numbers; in `loads`, `races` and `pauses` a number after the first is what it adds to the
one before. A text is its length and its ASCII characters. Masses and loads are in hundredths, pain
is in ten-thousandths. A date is a number of days: 1 is 0001-01-01. A race is twice its day, and one
more with taper. A list of pauses is that of their first days, and the days from each first day to
the last. start_codec describes the field `standing`, which holds the spec's `start`.

`race_date` holds a race with taper if it is the only race; any other races are in `races`. The
field `start` is that of engine 1, which is retired: it is only read.

The bit of a track is fixed in its catalogue file and never used again, so that an id decodes to the
same spec after a track was added.
"""

import base64
import binascii
import datetime
import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

from app.training.planning import spec as specs
from app.training.planning import start_codec
from app.training.planning.id_bytes import (
    ByteReader,
    UnknownProgram,
    encode_number,
    encode_numbers,
    read_numbers,
    read_rising,
    write_numbers,
    write_rising,
)
from app.training.planning.spec import HeelRiseTest, Pause, Race, SidePlankTest, Spec, SpecFields
from app.training.planning.spec_building import SpecError, build_spec, choose_weeks
from app.training.planning.start import Start, TrackStart
from app.training.planning.start_codec import TRACK_BITS

_CHECKSUM_BYTES = 4
MAX_ID_LENGTH = 400
_LONG_LISTS = ("loads", "races", "pauses", "lighter_weeks", "pause_weeks")
# The last engine that wrote the start of the tracks in the field `start`.
_LAST_OLD_START = 1
_SURFACES: tuple[specs.Surface | None, ...] = (None, "floor", "wedge")


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


def _write_test(test: HeelRiseTest) -> bytes:
    """Encode a heel-rise test: left, right, surface, and its day or 0."""
    surface = _SURFACES.index(test.surface)
    day = test.date.toordinal() if test.date else 0
    return encode_numbers(test.left, test.right, surface, day)


def _read_test(reader: ByteReader) -> HeelRiseTest:
    left, right = reader.read_number(), reader.read_number()
    surface = _SURFACES[reader.read_number()]
    day = reader.read_number()
    return HeelRiseTest(left, right, surface, datetime.date.fromordinal(day) if day else None)


def _read_retired_start(reader: ByteReader) -> Start:
    """Read the start of engine 1: rung, repetitions and load of each track."""
    bits = reader.read_number()
    begins: dict[str, Any] = {
        track: TrackStart(
            reader.read_number(), reader.read_number(), load=reader.read_number() / 100
        )
        for track, bit in TRACK_BITS.items()
        if bits >> bit & 1
    }
    return Start(**begins)


def _write_side_test(test: SidePlankTest) -> bytes:
    return encode_numbers(test.left, test.right, test.date.toordinal() if test.date else 0)


def _read_side_test(reader: ByteReader) -> SidePlankTest:
    left, right, day = (reader.read_number() for _ in range(3))
    return SidePlankTest(left, right, datetime.date.fromordinal(day) if day else None)


def _write_races(races: tuple[Race, ...]) -> bytes:
    return write_rising(tuple(2 * race.date.toordinal() + race.taper for race in races))


def _read_races(reader: ByteReader) -> tuple[Race, ...]:
    numbers = read_rising(reader)
    return tuple(Race(datetime.date.fromordinal(n // 2), bool(n % 2)) for n in numbers)


def _write_pauses(pauses: tuple[Pause, ...]) -> bytes:
    lengths = ((pause.to_date - pause.from_date).days for pause in pauses)
    firsts = tuple(pause.from_date.toordinal() for pause in pauses)
    return write_rising(firsts) + encode_numbers(*lengths)


def _read_pauses(reader: ByteReader) -> tuple[Pause, ...]:
    firsts = map(datetime.date.fromordinal, read_rising(reader))
    return tuple(
        Pause(first, first + datetime.timedelta(days=reader.read_number())) for first in firsts
    )


_WHOLE = _FieldCodec(encode_number, ByteReader.read_number)
_NUMBERS = _FieldCodec(write_numbers, read_numbers)
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
# The order is a promise, as in every list of names here.
_PREFERABLE = (
    "standing-machine-calf-raise",
    "leg-press-calf-raise",
    "seated-machine-calf-raise",
    "seated-loaded-calf-raise",
)

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
    "equipment": _set_codec(
        "backpack",
        "chair",
        "dumbbell",
        "kettlebell",
        "weight_vest",
        "calf_machine",
        "leg_press",
        "seated_calf_machine",
    ),
    "units": _choice_codec("metric", "imperial"),
    "body_mass": _MASS,
    "load_increment": _MASS,
    "start_date": _DAY,
    "race_date": _DAY,
    "run_schedule": _FieldCodec(
        lambda week: write_numbers(tuple(_RUNS.index(day) for day in week)),
        lambda reader: tuple(_RUNS[day] for day in read_numbers(reader)),
    ),
    "pain_now": _WHOLE,
    "injury_last_3_months": _FLAG,
    "avoid_below_level": _FLAG,
    "session_minutes": _WHOLE,
    "deload_every": _WHOLE,
    "timezone": _TEXT,
    "start": _FieldCodec(lambda _: b"", _read_retired_start),
    "core": _set_codec("side_plank", "bridge", "plank"),
    "side_plank_test": _FieldCodec(_write_side_test, _read_side_test),
    "loads": _FieldCodec(
        lambda loads: write_rising(tuple(map(specs.to_hundredths, loads))),
        lambda reader: tuple(n / 100 for n in read_rising(reader)),
    ),
    "prefer": _FieldCodec(
        lambda slugs: write_numbers(tuple(_PREFERABLE.index(slug) for slug in slugs)),
        lambda reader: tuple(_PREFERABLE[n] for n in read_numbers(reader)),
    ),
    "races": _FieldCodec(_write_races, _read_races),
    "pauses": _FieldCodec(_write_pauses, _read_pauses),
    "pause_weeks": _NUMBERS,
    "lighter_weeks": _NUMBERS,
    "standing": _FieldCodec(start_codec.write_start, start_codec.read_start),
}


def encode(spec: Spec, engine: int) -> str:
    """Return the id of a spec that nothing blocks: at most MAX_ID_LENGTH URL-safe characters.

    Raises SpecError for a spec that says more than an id can hold.
    """
    default, sent = compute_defaults(spec), _list_values(spec)
    written = {
        name: codec.write(sent[name])
        for name, codec in FIELDS.items()
        if sent[name] != default[name]
    }
    mask = sum(1 << place for place, name in enumerate(FIELDS) if name in written)
    body = encode_number(engine) + encode_number(mask) + b"".join(written.values())
    sealed = base64.urlsafe_b64encode(body + compute_checksum(body)).rstrip(b"=").decode("ascii")
    if len(sealed) > MAX_ID_LENGTH:
        # What a runner can shorten. The standing cannot be, and fits with a few entries of each.
        longest = max(_LONG_LISTS, key=lambda name: len(written.get(name, b"")))
        raise SpecError([longest], "is too much for the id of a programme: send fewer entries")
    return sealed


def decode(program_id: str) -> tuple[int, Spec]:
    """Return the engine's number and the spec of an id.

    Raises UnknownProgram for anything that encode() did not return.
    """
    try:
        engine, spec = _read(program_id)
    except (binascii.Error, IndexError, OverflowError, UnicodeError, SpecError, ValueError) as bad:
        raise UnknownProgram from bad
    # A programme has one id: another spelling of the same spec is no id. Engine 1 wrote the start
    # in a form that is only read.
    if engine > _LAST_OLD_START and encode(spec, engine) != program_id:
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
    if "standing" in fields:
        fields["start"] = fields.pop("standing")
    return engine, build_spec(SpecFields(**fields))  # type: ignore[typeddict-item]


def _list_values(spec: Spec) -> dict[str, Any]:
    """Return the value of each field of an id."""
    values = {name: getattr(spec, name, None) for name in FIELDS}
    if len(spec.races) == 1 and spec.races[0].taper:
        values |= {"race_date": spec.races[0].date, "races": ()}
    return values | {"standing": spec.start, "start": None}


@cache
def _list_empty() -> Mapping[str, Any]:
    """Return the value of each field in a spec that says nothing."""
    return _list_values(Spec())


def compute_defaults(spec: Spec) -> dict[str, Any]:
    """Return the default of each field, given the fields that other defaults depend on."""
    filled = dict(_list_empty())
    filled["load_increment"] = specs.DEFAULT_INCREMENT[spec.units]
    filled["weeks"] = choose_weeks(spec.start_date, spec.races)
    if spec.weekdays is not None:
        filled["days_per_week"] = len(spec.weekdays)
    return filled


def compute_checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:_CHECKSUM_BYTES]
