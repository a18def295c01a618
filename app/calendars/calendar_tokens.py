"""The token in a calendar's URL: pushcal_<tenant>_<secret>_<crc>.

Calendar apps send no headers, so the URL is the permission. The secret has 256 random bits, and
only a fast hash of it is stored, for the same reasons as for a key. The tenant's id is not secret;
it is in the token because rows are found by tenant first. The CRC rejects a damaged URL without a
query.
"""

import re
import secrets
from typing import NamedTuple
from uuid import UUID

from app.keys import api_keys

_FORM = re.compile(r"pushcal_([0-9a-f]{32})_([0-9a-f]{64})_[0-9a-f]{8}")


class CalendarToken(NamedTuple):
    """The tenant of a calendar, and the secret that gives access to it."""

    tenant_id: UUID
    secret: str
    """256 random bits in hex."""

    def encode(self) -> str:
        """Return the token as it is in the URL. It is shown once and never stored."""
        return api_keys.add_checksum(f"pushcal_{self.tenant_id.hex}_{self.secret}")

    def __repr__(self) -> str:
        return f"CalendarToken({self.tenant_id})"


def create(tenant_id: UUID) -> CalendarToken:
    return CalendarToken(tenant_id, secrets.token_hex(32))


def parse(text: str) -> CalendarToken | None:
    """Parse the token of a URL. None if its form or its CRC is wrong."""
    parts = api_keys.split(text, _FORM)
    return CalendarToken(UUID(hex=parts[0]), parts[1]) if parts else None
