"""The rows of tenants and keys. Only `store` uses them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field

from app.database.rows import BaseRow, Instant, Uuid


class TenantRow(BaseRow, table=True):
    """An app that calls."""

    __tablename__ = "tenants"

    tenant_id: UUID = Field(primary_key=True, sa_type=Uuid)
    name: str = Field(max_length=64, unique=True)
    created_at: datetime = Field(sa_type=Instant)


class KeyRow(BaseRow, table=True):
    """An API key: its public id and a hash of its secret. The secret is never stored."""

    __tablename__ = "keys"

    key_id: str = Field(primary_key=True, max_length=16)
    tenant_id: UUID = Field(foreign_key="tenants.tenant_id", index=True, sa_type=Uuid)
    secret_hash: bytes = Field(sa_type=LargeBinary(32))
    scopes: str = Field(max_length=200)
    created_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
