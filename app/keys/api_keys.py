"""API keys: generate, encode, parse and verify the text `push_<id>_<secret>_<crc>`.

The id has 16 hex digits, the secret 64, the CRC-32 of all before 8. A secret of 256 random bits is
stored as a fast hash: nobody can guess it, and a slow hash would only help to overload the service.
The CRC finds typing errors, and tools that search for leaked keys can check it, without a query.
`calendars.calendar_tokens` uses the same form.
"""

import hashlib
import hmac
import re
import secrets
import zlib
from typing import NamedTuple

_FORM = re.compile(r"push_([0-9a-f]{16})_([0-9a-f]{64})_[0-9a-f]{8}")


class Credential(NamedTuple):
    """The public id and the secret of a key."""

    key_id: str
    secret: str

    def encode(self) -> str:
        """Return the text that a client sends. It is shown once and never stored."""
        return add_checksum(f"push_{self.key_id}_{self.secret}")

    def __repr__(self) -> str:
        return f"Credential({self.key_id})"


def generate() -> Credential:
    return Credential(secrets.token_hex(8), secrets.token_hex(32))


def parse(text: str) -> Credential | None:
    """Return the key in a text, or None if it is not well-formed or its CRC is wrong."""
    parts = split(text, _FORM)
    return Credential(*parts) if parts else None


def add_checksum(text: str) -> str:
    return f"{text}_{zlib.crc32(text.encode('ascii')):08x}"


def split(text: str, form: re.Pattern[str]) -> tuple[str, ...] | None:
    """Return the groups of a form, or None if the text does not match it or its CRC is wrong."""
    found = form.fullmatch(text)
    return found.groups() if found and add_checksum(text.rpartition("_")[0]) == text else None


def hash_secret(secret: str) -> bytes:
    """Return the hash of a secret that is stored: its SHA-256."""
    return hashlib.sha256(secret.encode("ascii")).digest()


def verify(secret: str, stored: bytes) -> bool:
    """Whether the secret has the stored hash. Takes constant time."""
    return hmac.compare_digest(hash_secret(secret), stored)
