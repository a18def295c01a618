"""Brings the schema of a database to the revision that this code was written for.

Hands out ``migrate(url)``, which any number of processes may call at once. The steps themselves
are in ``migrations/versions``. The only module that loads Alembic; the server does not load it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from app.database import schema_revision
from app.database.engines import make_engine
from app.settings import normalise_url

_FILE_NAME = "%(year)d-%(month).2d-%(day).2d-%(hour).2d%(minute).2d_%(slug)s"
FOLDER = Path(__file__).resolve().parent.parent.parent / "migrations"

_LOCK_ID = 0x7075_7368_6F66_6600  # Any number will do that no other program locks on this server.
_TIMEOUT_S = 600


class MigrationFailed(Exception):
    """The schema stays as it was, for the reason that the message tells."""


class SchemaTooNew(MigrationFailed):
    """A newer version of Pushoff has migrated this database; this one does not know its schema."""


def migrate(url: str) -> bool:
    """Upgrade to ``db.HEAD`` in one transaction. False when nothing was left to do.

    Raises ``MigrationFailed``, of which ``SchemaTooNew`` is one, and nothing has changed then;
    and ``ValueError`` for a URL of another kind.
    """
    with transaction(url, read_only=True) as tx:
        if schema_revision.find(tx) == schema_revision.HEAD:
            return False
    with transaction(url) as tx:
        before = schema_revision.find(tx)
        if before == schema_revision.HEAD:
            return False  # Another process did it while this one waited for the lock.
        if before is not None and before not in known_revisions():
            raise SchemaTooNew(
                f"the database is at revision {before}, which is newer than this version of "
                f"Pushoff ({schema_revision.HEAD}): run the newer version, or restore a backup"
            )
        command.upgrade(build_config(tx), "head")
        return True


def known_revisions() -> set[str]:
    """The revisions that ``migrations/versions`` holds."""
    scripts = ScriptDirectory.from_config(build_config())
    return {script.revision for script in scripts.walk_revisions()}


def build_config(tx: sa.Connection | None = None) -> Config:
    """Alembic's configuration, with no file; its commands run in ``tx``."""
    made = Config(attributes={"tx": tx})
    made.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    made.set_main_option("file_template", _FILE_NAME.replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    made.set_main_option("timezone", "UTC")
    return made


@contextmanager
def transaction(url: str, *, read_only: bool = False) -> Iterator[sa.Connection]:
    """A transaction that no other migration runs beside; it commits when the block has ended."""
    engine = make_engine(sa.make_url(normalise_url(url)), _TIMEOUT_S, read_only=read_only)
    try:
        with engine.connect() as tx:
            if read_only:
                yield tx
            elif engine.dialect.name == "sqlite":
                yield from _sqlite_transaction(tx)
            else:
                with tx.begin():
                    tx.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_ID)))
                    yield tx
    except DBAPIError as error:
        raise MigrationFailed(str(error.orig)) from error


def _sqlite_transaction(tx: sa.Connection) -> Iterator[sa.Connection]:
    # SQLite alters a table by filling a new one and dropping the old, on which foreign keys would
    # act as on a deletion of all rows. They can be turned off only outside of a transaction, whose
    # BEGIN IMMEDIATE then is the lock.
    cursor = tx.connection.cursor()
    cursor.execute("PRAGMA foreign_keys=OFF")
    cursor.close()
    with tx.begin():
        yield tx
        orphan = tx.exec_driver_sql("PRAGMA foreign_key_check").first()
        if orphan is not None:
            raise MigrationFailed(f"a migration left a row of {orphan[0]} that refers to nothing")
