"""The bytes of a program id: numbers, lists and texts, written and read.

program_ids and start_codec use them. A damaged id raises UnknownProgram.
"""

from itertools import accumulate, pairwise


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


def read_numbers(reader: ByteReader) -> tuple[int, ...]:
    """Read a count and as many numbers. The count cannot exceed the length of the id."""
    count = reader.read_number()
    if count > len(reader.data):
        raise UnknownProgram
    return tuple(reader.read_number() for _ in range(count))


def write_numbers(values: tuple[int, ...]) -> bytes:
    return encode_numbers(len(values), *values)


def write_rising(values: tuple[int, ...]) -> bytes:
    """Encode numbers that never fall: their count, the first, and what each adds to the last."""
    return write_numbers((*values[:1], *(later - one for one, later in pairwise(values))))


def read_rising(reader: ByteReader) -> tuple[int, ...]:
    return tuple(accumulate(read_numbers(reader)))


def encode_numbers(*values: int) -> bytes:
    return b"".join(map(encode_number, values))
