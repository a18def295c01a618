"""The form of a key: push_<id>_<secret>_<crc>.

The secret has 256 random bits, so a fast hash is right for it: nobody can try enough of them,
and a slow hash would only be a way to take the service down. The CRC finds typing errors and
leaked keys without a look at the database.
"""

import hashlib
import hmac
import re
import secrets
import zlib
from typing import NamedTuple

_PATTERN = re.compile(r"push_([0-9a-f]{16})_([0-9a-f]{64})_([0-9a-f]{8})")


class Credential(NamedTuple):
    """A key's public id and its secret."""

    key_id: str
    secret: str

    def encode(self) -> str:
        """The key as a client sends it; it is shown once and never kept."""
        body = f"push_{self.key_id}_{self.secret}"
        return f"{body}_{zlib.crc32(body.encode('ascii')):08x}"

    def __repr__(self) -> str:
        return f"Credential({self.key_id})"


def generate() -> Credential:
    """A new key."""
    return Credential(secrets.token_hex(8), secrets.token_hex(32))


def parse(text: str) -> Credential | None:
    """The key that a text spells, or None."""
    found = _PATTERN.fullmatch(text)
    if found is None:
        return None
    credential = Credential(found[1], found[2])
    return credential if credential.encode() == text else None


def hash_secret(secret: str) -> bytes:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode("ascii")).digest()


def verify(secret: str, stored: bytes) -> bool:
    """Whether a secret is the one that was stored, in constant time."""
    return hmac.compare_digest(hash_secret(secret), stored)
