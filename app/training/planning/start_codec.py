"""The bytes of a spec's `start` in a program id.

write_start() and read_start() are inverse. The layout is a promise like that of program_ids: the
order of the bits, of the values and of the codes never changes; new ones come last. A start is

    since        number   0 if it is null, else one more
    flags        number   bit 0 caution, 1 ever, 2 a heel-rise test, 3 a side-plank test
    tests        numbers  left and right of each test that is there
    counts       numbers  run, away, calm, cut, skipped
    notes        list     indexes of NOTES
    tracks       number   the bit of each track that has a start, fixed in the catalogue
    starts                of these tracks, by bit

and the start of a track is

    flags        number   the bits of _FLAGS
    rung         number
    progress     number   hits + 3 x top + 9 x painful
    values       numbers  those that the flags announce, in the order of _FLAGS
"""

from typing import Any, get_args

from app.training.catalog.track_definitions import DEFINITIONS
from app.training.planning.id_bytes import (
    ByteReader,
    UnknownProgram,
    encode_number,
    encode_numbers,
    read_numbers,
    write_numbers,
)
from app.training.planning.start import (
    DueStep,
    HeldDose,
    Lowered,
    NoteCode,
    Start,
    StartCode,
    TrackStart,
)

TRACK_BITS = dict(
    sorted(((track, one.bit) for track, one in DEFINITIONS.items()), key=lambda item: item[1])
)
"""The bit of each track, in the order in which an id lists their starts."""

_FLAGS = (
    "reps",
    "seconds",
    "load",
    "sets",
    "why",
    "lowered",
    "due",
    "due_rung",
    "pain_prev",
    "weak",
    "held",
    "maintain",
    "suspended",
    "reduce",
    "stopped",
)
_SWITCHES = frozenset({"maintain", "suspended", "reduce", "stopped"})
_NAMES: dict[str, tuple[str, ...]] = {
    "why": get_args(StartCode),
    "lowered": get_args(Lowered),
    "due": get_args(DueStep),
    "weak": ("left", "right"),
}
# Whole numbers in the id for one unit of the value.
_SCALES = {"load": 100, "pain_prev": 10_000}
NOTES: tuple[NoteCode, ...] = get_args(NoteCode)


def write_start(start: Start) -> bytes:
    """Encode a start."""
    tests = [test for test in (start.test, start.side_test) if test is not None]
    flags = (
        start.caution
        | start.ever << 1
        | (start.test is not None) << 2
        | (start.side_test is not None) << 3
    )
    begins = {bit: begin for track, bit in TRACK_BITS.items() if (begin := start.of(track))}
    out = encode_numbers(0 if start.since is None else start.since + 1, flags)
    out += b"".join(encode_numbers(*test) for test in tests)
    out += encode_numbers(start.run, start.away, start.calm, start.cut, start.skipped)
    out += write_numbers(tuple(NOTES.index(code) for code in start.notes))
    out += encode_number(sum(1 << bit for bit in begins))
    return out + b"".join(_write_track(begin) for begin in begins.values())


def read_start(reader: ByteReader) -> Start:
    """Decode a start."""
    since, flags = reader.read_number(), reader.read_number()
    test = _read_pair(reader) if flags >> 2 & 1 else None
    side_test = _read_pair(reader) if flags >> 3 & 1 else None
    run, away, calm, cut, skipped = (reader.read_number() for _ in range(5))
    notes = tuple(NOTES[n] for n in read_numbers(reader))
    bits = reader.read_number()
    begins: dict[str, Any] = {
        track: _read_track(reader) for track, bit in TRACK_BITS.items() if bits >> bit & 1
    }
    return Start(
        **begins,
        since=since - 1 if since else None,
        caution=bool(flags & 1),
        ever=bool(flags >> 1 & 1),
        test=test,
        side_test=side_test,
        run=run,
        away=away,
        calm=calm,
        cut=cut,
        skipped=skipped,
        notes=notes,
    )


def _read_pair(reader: ByteReader) -> tuple[int, int]:
    return reader.read_number(), reader.read_number()


def _write_track(begin: TrackStart) -> bytes:
    flags = 0
    values = b""
    for place, name in enumerate(_FLAGS):
        value = getattr(begin, name)
        if value is None or value is False:
            continue
        flags |= 1 << place
        if name == "held":
            values += _write_held(value)
        elif name in _NAMES:
            values += encode_number(_NAMES[name].index(value))
        elif name not in _SWITCHES:
            values += encode_number(round(value * _SCALES.get(name, 1)))
    progress = begin.hits + 3 * begin.top + 9 * begin.painful
    return encode_numbers(flags, begin.rung, progress) + values


def _read_track(reader: ByteReader) -> TrackStart:
    flags, rung, progress = (reader.read_number() for _ in range(3))
    if flags >> len(_FLAGS):
        raise UnknownProgram
    given: dict[str, object] = {}
    for place, name in enumerate(_FLAGS):
        if flags >> place & 1:
            given[name] = _read_value(reader, name)
    painful, rest = divmod(progress, 9)
    top, hits = divmod(rest, 3)
    return TrackStart(rung, hits=hits, top=top, painful=painful, **given)  # type: ignore[arg-type]


def _read_value(reader: ByteReader, name: str) -> object:
    if name in _SWITCHES:
        return True
    if name == "held":
        return _read_held(reader)
    number = reader.read_number()
    if name in _NAMES:
        return _NAMES[name][number]
    return number / _SCALES[name] if name in _SCALES else number


def _write_held(held: HeldDose) -> bytes:
    hold = held.seconds is not None
    reps = held.seconds if hold else held.reps
    return encode_numbers(hold, held.rung, reps or 0, round(held.load * 100), held.weeks)


def _read_held(reader: ByteReader) -> HeldDose:
    hold, rung, reps, load, weeks = (reader.read_number() for _ in range(5))
    return HeldDose(rung, None if hold else reps, reps if hold else None, load / 100, weeks)
