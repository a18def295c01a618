"""The form of a device's token: pusht_<what it may do, and a signature over that>.

A token says by itself which key made it, for whom, what it may do and until when, so there is no
table of tokens. It ends with its key, at the latest after 90 days. Whether the key still lives is
asked by auth.
"""

import base64
import binascii
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

PURPOSE = "tokens"
PREFIX = "pusht_"
VERSION = 1
# What a device may do at most. The order is the order of bits in a token, so it never changes.
SCOPES: Sequence[str] = ("sessions:read", "sessions:write")
SIGNATURE_BYTES = 32
# Version, scopes, the key's id, and the end in seconds since 1970.
HEAD_BYTES = 1 + 1 + 8 + 5
# The longest id of a person, in the longest UTF-8.
MOST_BYTES = HEAD_BYTES + 4 * 128 + SIGNATURE_BYTES


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


def spell(token: Token, key: bytes) -> str:
    """The token as a device sends it, signed with the service's key."""
    scopes = sum(1 << bit for bit, scope in enumerate(SCOPES) if scope in token.scopes)
    ends = int(token.expires_at.timestamp())
    said = bytes([VERSION, scopes]) + bytes.fromhex(token.key_id) + ends.to_bytes(5, "big")
    said += token.athlete_id.encode("utf-8")
    return PREFIX + encode(said + sign(said, key))


def parse(text: str, key: bytes) -> Token | None:
    """What a text says, or None where it is no token that this service signed."""
    if not text.startswith(PREFIX):
        return None
    packed = decode(text.removeprefix(PREFIX))
    if packed is None or not HEAD_BYTES + SIGNATURE_BYTES < len(packed) <= MOST_BYTES:
        return None
    said, signature = packed[:-SIGNATURE_BYTES], packed[-SIGNATURE_BYTES:]
    if not hmac.compare_digest(signature, sign(said, key)):
        return None
    return Token(
        key_id=said[2:10].hex(),
        athlete_id=said[HEAD_BYTES:].decode("utf-8"),
        scopes=frozenset(scope for bit, scope in enumerate(SCOPES) if said[1] >> bit & 1),
        expires_at=datetime.fromtimestamp(int.from_bytes(said[10:HEAD_BYTES], "big"), UTC),
    )


def sign(said: bytes, key: bytes) -> bytes:
    """What only this service can add to what a token says."""
    return hmac.digest(key, said, "sha256")


def encode(packed: bytes) -> str:
    """Bytes in letters that may stand in a header."""
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes | None:
    """The bytes that a text spells, or None. One token has one spelling."""
    try:
        packed = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (UnicodeEncodeError, binascii.Error):
        return None
    return packed if encode(packed) == text else None
