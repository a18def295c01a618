"""The form of a device's token: pusht_<what it may do, a signature over that, and a checksum>.

A token says by itself which key made it, for whom, what it may do and until when, so there is no
table of tokens. It is signed with what is stored of its key, which nobody outside knows, so it
ends with that key, and at the latest after 90 days. Which key that is, auth looks up.
"""

import base64
import binascii
import hmac
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

PREFIX = "pusht_"
_VERSION = 1
# What a device may do at most. The order is the order of bits in a token, so it never changes.
SCOPES: Sequence[str] = ("sessions:read", "sessions:write")
_PURPOSE = b"pushoff token\0"
_SIGNATURE_BYTES = 32
_CRC_BYTES = 4
# Version, scopes, the key's id, and the end in seconds since 1970.
_HEAD_BYTES = 1 + 1 + 8 + 5
_MIN_BYTES = _HEAD_BYTES + 1 + _SIGNATURE_BYTES + _CRC_BYTES
# The longest id of a person, in the longest UTF-8.
_MAX_BYTES = _MIN_BYTES - 1 + 4 * 128


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says."""

    key_id: str
    """The key that made it: 16 hex digits."""
    athlete_id: str
    """The one person whose data it opens."""
    scopes: frozenset[str]
    """What it may do."""
    expires_at: datetime
    """When it ends, in full seconds, UTC."""

    def pack(self) -> bytes:
        """What it says, as it is signed."""
        scopes = sum(1 << bit for bit, scope in enumerate(SCOPES) if scope in self.scopes)
        ends = int(self.expires_at.timestamp()).to_bytes(5, "big")
        head = bytes([_VERSION, scopes]) + bytes.fromhex(self.key_id) + ends
        return head + self.athlete_id.encode("utf-8")


@dataclass(frozen=True, slots=True)
class SignedToken:
    """A token as it was sent, by its form alone: whether it is true, verify() says."""

    token: Token
    signature: bytes

    @property
    def key_id(self) -> str:
        """The key that it says made it."""
        return self.token.key_id

    def verify(self, secret_hash: bytes) -> bool:
        """Whether that key made it, in constant time."""
        return hmac.compare_digest(self.signature, _sign(self.token, secret_hash))

    def __repr__(self) -> str:
        return f"SignedToken({self.key_id})"


def encode(token: Token, secret_hash: bytes) -> str:
    """The token as a device sends it, signed with what is stored of its key."""
    signed = token.pack() + _sign(token, secret_hash)
    return PREFIX + _encode_base64(signed + zlib.crc32(signed).to_bytes(_CRC_BYTES, "big"))


def parse(text: str) -> SignedToken | None:
    """What a text says, or None where it has not the form of a token."""
    if not text.startswith(PREFIX):
        return None
    packed = _decode_base64(text.removeprefix(PREFIX))
    if packed is None or not _MIN_BYTES <= len(packed) <= _MAX_BYTES:
        return None
    signed, crc = packed[:-_CRC_BYTES], int.from_bytes(packed[-_CRC_BYTES:], "big")
    if zlib.crc32(signed) != crc or signed[0] != _VERSION:
        return None
    said, signature = signed[:-_SIGNATURE_BYTES], signed[-_SIGNATURE_BYTES:]
    try:
        athlete_id = said[_HEAD_BYTES:].decode("utf-8")
        ends = datetime.fromtimestamp(int.from_bytes(said[10:_HEAD_BYTES], "big"), UTC)
    except (UnicodeDecodeError, OverflowError, ValueError, OSError):
        return None
    scopes = frozenset(scope for bit, scope in enumerate(SCOPES) if said[1] >> bit & 1)
    return SignedToken(Token(said[2:10].hex(), athlete_id, scopes, ends), signature)


def _sign(token: Token, secret_hash: bytes) -> bytes:
    """What only this service can add to what a token says."""
    return hmac.digest(secret_hash, _PURPOSE + token.pack(), "sha256")


def _encode_base64(packed: bytes) -> str:
    """Bytes in letters that may stand in a header."""
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode("ascii")


def _decode_base64(text: str) -> bytes | None:
    """The bytes that a text spells, or None. One token has one spelling."""
    try:
        packed = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (UnicodeEncodeError, binascii.Error):
        return None
    return packed if _encode_base64(packed) == text else None
