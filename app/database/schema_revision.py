"""The revision of the database schema: the one that this code needs, and the one in a database."""

from pathlib import Path

import sqlalchemy as sa

FOLDER = Path(__file__).resolve().parents[2] / "migrations"
# The names of migrations begin with the minute that is their revision. Alembic, which reads the
# revision from inside the file, would cost each start a quarter of a second.
HEAD = max(file.name[:15].replace("-", "") for file in FOLDER.glob("versions/*.py"))
"""The revision that this code needs: that of the newest migration."""


def find(tx: sa.Connection) -> str | None:
    """Return the revision that Alembic recorded in this database, or None."""
    if not sa.inspect(tx).has_table("alembic_version"):
        return None
    revision: str | None = tx.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return revision
