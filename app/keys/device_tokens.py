r"""Device tokens: build, parse and verify the text `pusht_<base64url>`.

A token contains the key that issued it, its athlete, its scopes and its end, so there is no table
of tokens. It is signed with a key that is derived from the service's secret and the stored hash of
its key. So it ends with that key, and who can read the database alone, such as a backup, cannot
make one. It lasts at most 90 days. `auth` looks the key up. The bytes behind the prefix, numbers
big-endian:

    offset  bytes
    0       1      version, 2
    1       1      scopes: bit 0 is sessions:read, bit 1 is sessions:write; no other bit is set
    2       8      key id
    10      5      end, in seconds since 1970
    15      1-512  athlete id in UTF-8, of 1 to 128 characters
    -36     32     HMAC-SHA256 of "pushoff token\0" and all bytes before, keyed with the signing key
    -4      4      CRC-32 of all bytes before; a typing error costs no query
"""

import base64
import binascii
import hmac
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

PREFIX = "pusht_"
MAX_LIFETIME = timedelta(days=90)
KEY_PURPOSE = "device tokens"
_VERSION = 2
# All that a device may do. A scope's position is its bit in a token, so the order never changes.
SCOPES: Sequence[str] = ("sessions:read", "sessions:write")
# Makes this signature differ from any other that the same key may sign.
_PURPOSE = b"pushoff token\0"
_SIGNATURE_BYTES = 32
_CRC_BYTES = 4
_HEAD_BYTES = 1 + 1 + 8 + 5
_MIN_BYTES = _HEAD_BYTES + 1 + _SIGNATURE_BYTES + _CRC_BYTES
_MAX_BYTES = _MIN_BYTES - 1 + 4 * 128


@dataclass(frozen=True, slots=True)
class Token:
    """The content of a token."""

    key_id: str
    """Id of the key that issued it: 16 hex digits."""
    athlete_id: str
    """The only athlete whose data it gives access to."""
    scopes: frozenset[str]
    """What it may do."""
    expires_at: datetime
    """When it ends, in whole seconds, UTC."""

    def to_bytes(self) -> bytes:
        scopes = sum(1 << bit for bit, scope in enumerate(SCOPES) if scope in self.scopes)
        ends = int(self.expires_at.timestamp()).to_bytes(5, "big")
        head = bytes([_VERSION, scopes]) + bytes.fromhex(self.key_id) + ends
        return head + self.athlete_id.encode("utf-8")


@dataclass(frozen=True, slots=True)
class SignedToken:
    """A well-formed token as it was sent. Only verify() checks its signature."""

    token: Token
    signature: bytes

    @property
    def key_id(self) -> str:
        return self.token.key_id

    def verify(self, signing_key: bytes) -> bool:
        """Whether it was signed with this key. Takes constant time."""
        return hmac.compare_digest(self.signature, _sign(self.token, signing_key))

    def __repr__(self) -> str:
        return f"SignedToken({self.key_id})"


def derive_signing_key(service_key: bytes, secret_hash: bytes) -> bytes:
    """Return the key that signs the tokens of an API key, 32 bytes.

    `service_key` is `Settings.derive_key(KEY_PURPOSE)`; `secret_hash` is stored for the API key.
    """
    return hmac.digest(service_key, secret_hash, "sha256")


def encode(token: Token, signing_key: bytes) -> str:
    """Return the text that a device sends."""
    signed = token.to_bytes() + _sign(token, signing_key)
    return PREFIX + _encode_base64(signed + zlib.crc32(signed).to_bytes(_CRC_BYTES, "big"))


def parse(text: str) -> SignedToken | None:
    """Return the token in a text, or None if it is not well-formed. The signature is unchecked."""
    if not text.startswith(PREFIX):
        return None
    data = _decode_base64(text.removeprefix(PREFIX))
    if data is None or not _MIN_BYTES <= len(data) <= _MAX_BYTES:
        return None
    signed, crc = data[:-_CRC_BYTES], int.from_bytes(data[-_CRC_BYTES:], "big")
    if zlib.crc32(signed) != crc or signed[0] != _VERSION or signed[1] >> len(SCOPES):
        return None
    content, signature = signed[:-_SIGNATURE_BYTES], signed[-_SIGNATURE_BYTES:]
    try:
        athlete_id = content[_HEAD_BYTES:].decode("utf-8")
        ends = datetime.fromtimestamp(int.from_bytes(content[10:_HEAD_BYTES], "big"), UTC)
    except (UnicodeDecodeError, OverflowError, ValueError, OSError):
        return None
    scopes = frozenset(scope for bit, scope in enumerate(SCOPES) if content[1] >> bit & 1)
    return SignedToken(Token(content[2:10].hex(), athlete_id, scopes, ends), signature)


def _sign(token: Token, signing_key: bytes) -> bytes:
    return hmac.digest(signing_key, _PURPOSE + token.to_bytes(), "sha256")


def _encode_base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _decode_base64(text: str) -> bytes | None:
    """Decode a text, or return None if it is not the only valid encoding of its bytes."""
    try:
        data = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (UnicodeEncodeError, binascii.Error):
        return None
    return data if _encode_base64(data) == text else None
