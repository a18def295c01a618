"""The revision of the database schema: the one that this code needs, and the one in a database."""

import sqlalchemy as sa

HEAD = "202611231000"
"""The revision that this code needs. A test compares it with the newest file of `migrations`."""


def find(tx: sa.Connection) -> str | None:
    """Return the revision that Alembic recorded in this database, or None."""
    if not sa.inspect(tx).has_table("alembic_version"):
        return None
    revision: str | None = tx.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return revision
