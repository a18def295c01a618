"""Places in a list as opaque, signed cursors.

A cursor says where the next page begins, for one tenant and one filter; with another's it is
refused. The signature keeps clients from building on its insides, which may change.
"""

import base64
import binascii
import hmac
import struct
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.sessions.store import PagePosition, SessionFilter
from app.web.http.problems import InvalidCursor

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAYOUT = struct.Struct(">q16s")
_MAC_BYTES = 12


def encode(signing_key: bytes, tenant_id: UUID, wanted: SessionFilter, place: PagePosition) -> str:
    """The cursor of a place."""
    micros = (place.started_at - _EPOCH) // timedelta(microseconds=1)
    body = _LAYOUT.pack(micros, place.session_id.bytes)
    mac = _sign(signing_key, tenant_id, wanted, body)
    return base64.urlsafe_b64encode(body + mac).decode("ascii").rstrip("=")


def decode(signing_key: bytes, tenant_id: UUID, wanted: SessionFilter, cursor: str) -> PagePosition:
    """The place of a cursor. Raises InvalidCursor for any that write() did not make."""
    try:
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as bad:
        raise InvalidCursor from bad
    body, mac = data[: _LAYOUT.size], data[_LAYOUT.size :]
    if not hmac.compare_digest(mac, _sign(signing_key, tenant_id, wanted, body)):
        raise InvalidCursor
    micros, session_id = _LAYOUT.unpack(body)
    return PagePosition(_EPOCH + timedelta(microseconds=micros), UUID(bytes=session_id))


def _sign(signing_key: bytes, tenant_id: UUID, wanted: SessionFilter, body: bytes) -> bytes:
    """A signature over a place, its tenant and its filter."""
    message = b"\0".join([tenant_id.bytes, repr(wanted).encode(), body])
    return hmac.digest(signing_key, message, "sha256")[:_MAC_BYTES]
