"""All SQL about tenants and keys. Functions take a transaction and values, and return values."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from app.database.rows import BaseRow
from app.keys.tables import KeyRow, TenantRow

_KEYS: sa.Table = BaseRow.metadata.tables[KeyRow.__tablename__]
_TENANTS: sa.Table = BaseRow.metadata.tables[TenantRow.__tablename__]


@dataclass(frozen=True, slots=True)
class Key:
    """An API key as it is stored, with the name of its tenant."""

    key_id: str
    tenant_id: UUID
    tenant: str
    secret_hash: bytes
    scopes: frozenset[str]
    created_at: datetime
    revoked_at: datetime | None

    def __repr__(self) -> str:
        return f"Key({self.key_id})"


_SELECT_KEYS = sa.select(_KEYS, _TENANTS.c.name.label("tenant")).join(
    _TENANTS, _TENANTS.c.tenant_id == _KEYS.c.tenant_id
)


def find_key(tx: sa.Connection, key_id: str) -> Key | None:
    """Return the key with this id, revoked or not, or None."""
    row = tx.execute(_SELECT_KEYS.where(_KEYS.c.key_id == key_id)).one_or_none()
    return None if row is None else _to_key(row)


def list_keys(tx: sa.Connection, tenant: str | None = None) -> list[Key]:
    """Return all keys, or those of the tenant with this name, the oldest first."""
    query = _SELECT_KEYS if tenant is None else _SELECT_KEYS.where(_TENANTS.c.name == tenant)
    return [_to_key(row) for row in tx.execute(query.order_by(_KEYS.c.created_at))]


def has_keys(tx: sa.Connection) -> bool:
    """Whether there is any key, revoked or not."""
    return tx.execute(sa.select(_KEYS.c.key_id).limit(1)).first() is not None


def add_key(tx: sa.Connection, key: Key) -> Key:
    """Store a key, and its tenant if the name is new. Return the key with the stored tenant id."""
    query = sa.select(_TENANTS.c.tenant_id).where(_TENANTS.c.name == key.tenant)
    tenant_id = tx.execute(query).scalar_one_or_none()
    if tenant_id is None:
        tenant_id = key.tenant_id
        tenant = {"tenant_id": tenant_id, "name": key.tenant, "created_at": key.created_at}
        tx.execute(sa.insert(_TENANTS).values(tenant))
    values = asdict(key) | {"tenant_id": tenant_id, "scopes": " ".join(sorted(key.scopes))}
    del values["tenant"]
    tx.execute(sa.insert(_KEYS).values(values))
    return replace(key, tenant_id=tenant_id)


def revoke_key(tx: sa.Connection, key_id: str, now: datetime) -> bool:
    """Revoke a key. Return False if there is no such key, or if it was revoked before."""
    live = (_KEYS.c.key_id == key_id) & _KEYS.c.revoked_at.is_(None)
    return tx.execute(sa.update(_KEYS).where(live).values(revoked_at=now)).rowcount == 1


def _to_key(row: sa.Row[tuple[object, ...]]) -> Key:
    return Key(**row._asdict() | {"scopes": frozenset(row.scopes.split())})
