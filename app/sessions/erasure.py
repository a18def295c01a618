"""Forgetting a person: everything held on them goes, and late uploads are refused for a while.

What is left for 30 days is a keyed hash of the id, which says nothing to anybody without the key
and lets an offline watch be told that its runner has asked to be forgotten.
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
# Deletes what is held on a person, and says whether there was anything.
EraseOthers = Callable[[sa.Connection, UUID, str], bool]


def _erase_nothing(_tx: sa.Connection, _tenant_id: UUID, _athlete_id: str) -> bool:
    """For those who hold nothing else."""
    return False


def check_not_erased(tx: sa.Connection, tenant_id: UUID, print_of_id: bytes, now: datetime) -> None:
    """Lets a person's erasure wait until this transaction ends. Raises AthleteErased if it came
    first.
    """
    store.lock(tx, tenant_id, [], [print_of_id])
    if store.find_erased(tx, tenant_id, [print_of_id], now - ERASURE_RETENTION):
        raise AthleteErased


def make_fingerprint(key: bytes, tenant_id: UUID, athlete_id: str) -> bytes:
    """The keyed hash of a person's id."""
    return hmac.digest(key, tenant_id.bytes + athlete_id.encode("utf-8"), "sha256")


def add_fingerprint(upload: SessionUpload, key: bytes, tenant_id: UUID) -> SessionUpload:
    """An upload with the fingerprint of the person that it is about."""
    athlete_id = upload.session.athlete_id
    return replace(upload, fingerprint=make_fingerprint(key, tenant_id, athlete_id))


def erase(
    tx: sa.Connection,
    tenant_id: UUID,
    athlete_id: str,
    print_of_id: bytes,
    now: datetime,
    erase_more: EraseOthers = _erase_nothing,
) -> None:
    """Deletes everything held on a person. Raises NotFound if nothing is, or ever was.

    `erase_more` deletes what other features hold, which this one must not know, while nobody
    else can add to it.
    """
    store.lock(tx, tenant_id, [], [print_of_id], alone=True)
    held = store.erase_athlete(tx, tenant_id, athlete_id)
    held = erase_more(tx, tenant_id, athlete_id) or held
    known = store.find_erased(tx, tenant_id, [print_of_id], now - ERASURE_RETENTION)
    if not held and not known:
        raise NotFound("Nothing is held on this athlete.")
    store.delete_erasures(tx, tenant_id, now - ERASURE_RETENTION)
    store.save_erasure(tx, tenant_id, print_of_id, now)
