"""Encodes positions in a list of sessions as opaque, signed cursors.

A cursor is valid for one tenant and one filter. The signature keeps clients from relying on its
content, which may change. routes uses it.
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


def encode(
    signing_key: bytes, tenant_id: UUID, filters: SessionFilter, position: PagePosition
) -> str:
    micros = (position.started_at - _EPOCH) // timedelta(microseconds=1)
    body = _LAYOUT.pack(micros, position.session_id.bytes)
    mac = _sign(signing_key, tenant_id, filters, body)
    return base64.urlsafe_b64encode(body + mac).decode("ascii").rstrip("=")


def decode(
    signing_key: bytes, tenant_id: UUID, filters: SessionFilter, cursor: str
) -> PagePosition:
    """Return the position of a cursor. Raises InvalidCursor for any that encode() did not make."""
    try:
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as bad:
        raise InvalidCursor from bad
    body, mac = data[: _LAYOUT.size], data[_LAYOUT.size :]
    if not hmac.compare_digest(mac, _sign(signing_key, tenant_id, filters, body)):
        raise InvalidCursor
    micros, session_id = _LAYOUT.unpack(body)
    return PagePosition(_EPOCH + timedelta(microseconds=micros), UUID(bytes=session_id))


def _sign(signing_key: bytes, tenant_id: UUID, filters: SessionFilter, body: bytes) -> bytes:
    # The name and the order are part of every cursor that clients hold.
    values = ", ".join(f"{name}={value!r}" for name, value in filters._asdict().items())
    message = b"\0".join([tenant_id.bytes, f"Filter({values})".encode(), body])
    return hmac.digest(signing_key, message, "sha256")[:_MAC_BYTES]
