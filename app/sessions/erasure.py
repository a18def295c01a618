"""Erases an athlete: deletes all stored data, and rejects late uploads for 30 days.

For these 30 days a keyed hash of the athlete's id is stored. Without the key it identifies nobody.
With it, the upload of an offline watch is answered with `athlete-erased`.
"""

import hmac
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from app.sessions import store
from app.sessions.from_wire import SessionUpload
from app.web.http.problems import AthleteErased, NotFound

ERASURE_RETENTION = timedelta(days=30)
KEY_PURPOSE = "erasures"
# Deletes the data of an athlete and returns whether there was any.
EraseOthers = Callable[[sa.Connection, UUID, str], bool]


def check_not_erased(tx: sa.Connection, tenant_id: UUID, fingerprint: bytes, now: datetime) -> None:
    """Raise AthleteErased for an erased athlete, else block erasure until the transaction ends."""
    store.lock(tx, tenant_id, [], [fingerprint])
    if store.find_erased(tx, tenant_id, [fingerprint], now - ERASURE_RETENTION):
        raise AthleteErased


def make_fingerprint(key: bytes, tenant_id: UUID, athlete_id: str) -> bytes:
    """Return the keyed hash of an athlete's id, 32 bytes."""
    return hmac.digest(key, tenant_id.bytes + athlete_id.encode("utf-8"), "sha256")


def add_fingerprint(upload: SessionUpload, key: bytes, tenant_id: UUID) -> SessionUpload:
    """Return an upload with the fingerprint of its athlete."""
    athlete_id = upload.session.athlete_id
    return replace(upload, fingerprint=make_fingerprint(key, tenant_id, athlete_id))


def erase(
    tx: sa.Connection,
    tenant_id: UUID,
    athlete_id: str,
    fingerprint: bytes,
    now: datetime,
    erase_others: EraseOthers = lambda *_: False,
) -> None:
    """Delete all data of an athlete. Raises NotFound if there is none and nothing was erased.

    `erase_others` deletes the data of other features, which this one must not import, while nobody
    else can add to it.
    """
    store.lock(tx, tenant_id, [], [fingerprint], alone=True)
    found = store.erase_athlete(tx, tenant_id, athlete_id)
    found = erase_others(tx, tenant_id, athlete_id) or found
    erased_before = store.find_erased(tx, tenant_id, [fingerprint], now - ERASURE_RETENTION)
    if not found and not erased_before:
        raise NotFound("Nothing is stored about this athlete.")
    store.delete_erasures(tx, tenant_id, now - ERASURE_RETENTION)
    store.save_erasure(tx, tenant_id, fingerprint, now)
