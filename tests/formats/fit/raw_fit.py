"""Build FIT files byte by byte, also such as no library writes: odd, cut and hostile ones."""

import struct
from collections.abc import Sequence

FIT_EPOCH = 631_065_600
# A Monday evening in November 2026, in seconds since the FIT epoch.
EVENING = 1_795_458_600 - FIT_EPOCH
ENUM, UINT8, UINT16, UINT32, SERIAL, STRING = 0x00, 0x02, 0x84, 0x86, 0x8C, 0x07
FORMATS = {ENUM: "B", UINT8: "B", UINT16: "H", UINT32: "I", SERIAL: "I"}
INVALID = {ENUM: 0xFF, UINT8: 0xFF, UINT16: 0xFFFF, UINT32: 0xFFFFFFFF, SERIAL: 0}

FILE_ID = {0: ENUM, 1: UINT16, 2: UINT16, 3: SERIAL, 4: UINT32}
SESSION = {2: UINT32, 7: UINT32, 5: ENUM, 6: ENUM}
ACTIVITY = {253: UINT32, 5: UINT32}
SET = {
    0: UINT32,
    3: UINT16,
    4: UINT16,
    5: UINT8,
    6: UINT32,
    7: UINT16,
    8: UINT16,
    10: UINT16,
    11: UINT16,
}
Fields = dict[int, int | None]


def compute_crc(data: bytes) -> int:
    """Compute the check sum of FIT, bit by bit."""
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value


def define_message(number: int, fields: Sequence[tuple[int, int, int]]) -> bytes:
    """Build the definition of local message 0: number, size and type of each field."""
    parts = b"".join(bytes(one) for one in fields)
    return b"\x40\0\0" + struct.pack("<HB", number, len(fields)) + parts


def message(number: int, types: dict[int, int], fields: Fields) -> bytes:
    """Build a message with its definition; missing fields and None are written as invalid."""
    sizes = [(field, struct.calcsize(FORMATS[kind]), kind) for field, kind in types.items()]
    values = b"".join(
        struct.pack("<" + FORMATS[kind], INVALID[kind] if value is None else value)
        for field, kind in types.items()
        for value in [fields.get(field)]
    )
    return define_message(number, sizes) + b"\0" + values


def file_id_message(serial: int | None = 4711, created: int | None = EVENING) -> bytes:
    return message(0, FILE_ID, {0: 4, 1: 1, 2: 3291, 3: serial, 4: created})


def session_message(
    start: int | None = EVENING, seconds: int = 3600, sport: int = 10, sub_sport: int = 20
) -> bytes:
    return message(18, SESSION, {2: start, 7: 1000 * seconds, 5: sport, 6: sub_sport})


def activity_message(hours: float = 1, end: int = EVENING + 3600) -> bytes:
    return message(34, ACTIVITY, {253: end, 5: end + round(3600 * hours)})


def set_message(start: int | None = EVENING, **fields: int | None) -> bytes:
    """Build an active set, by default of 12 straight-leg calf raises."""
    numbers = {
        "duration": 0,
        "reps": 3,
        "weight": 4,
        "kind": 5,
        "category": 7,
        "name": 8,
        "index": 10,
        "line": 11,
    }
    defaults: Fields = {0: 40_000, 3: 12, 4: 0, 5: 1, 6: start, 7: 1, 8: 18}
    return message(225, SET, defaults | {numbers[name]: value for name, value in fields.items()})


def build_file(*records: bytes) -> bytes:
    """Build a whole file with header and check sum."""
    body = b"".join(records)
    header = struct.pack("<2BHI4sH", 14, 0x20, 2100, len(body), b".FIT", 0)
    return header + body + struct.pack("<H", compute_crc(header + body))
