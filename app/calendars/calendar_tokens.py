"""The secret in a calendar's address: pushcal_<tenant>_<secret>_<crc>.

Calendar apps send no headers, so whoever has the address may read. The secret has 256 random bits
and is kept as a fast hash only, for the same reasons as that of a key. The tenant's id, which is
no secret, stands beside it so that the row is found by tenant as all rows are; the CRC finds
damaged addresses without a look at the database.
"""

import hashlib
import re
import secrets
import zlib
from typing import NamedTuple
from uuid import UUID

FORM = re.compile(r"pushcal_([0-9a-f]{32})_([0-9a-f]{64})_([0-9a-f]{8})")


class CalendarToken(NamedTuple):
    """Whose calendar it is, and the secret that opens it."""

    tenant_id: UUID
    secret: str

    def spell(self) -> str:
        """The token as it stands in the address; it is shown once and never kept."""
        body = f"pushcal_{self.tenant_id.hex}_{self.secret}"
        return f"{body}_{zlib.crc32(body.encode('ascii')):08x}"

    def __repr__(self) -> str:
        return f"CalendarToken({self.tenant_id})"


def mint(tenant_id: UUID) -> CalendarToken:
    """A new token of a tenant."""
    return CalendarToken(tenant_id, secrets.token_hex(32))


def parse(text: str) -> CalendarToken | None:
    """The token that a text spells, or None."""
    found = FORM.fullmatch(text)
    if found is None:
        return None
    token = CalendarToken(UUID(hex=found[1]), found[2])
    return token if token.spell() == text else None


def hash_secret(secret: str) -> bytes:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode("ascii")).digest()
