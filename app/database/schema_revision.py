"""The revision of the database schema: the one that this code needs, and the one that is there."""

import sqlalchemy as sa

HEAD = "202611231000"
"""The revision of the schema that this code was written for; a test holds it to Alembic's."""


def find(tx: sa.Connection) -> str | None:
    """What Alembic noted in this database, or None."""
    if not sa.inspect(tx).has_table("alembic_version"):
        return None
    found: str | None = tx.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return found
