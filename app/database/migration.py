"""Upgrades the schema of a database to the revision that this code needs.

``commands`` calls ``migrate(url)``; any number of processes may call it at once. The steps are in
``migrations/versions``. This is the only module that loads Alembic; the server does not load it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from app.database import schema_revision
from app.database.engines import make_engine
from app.settings import normalise_url

_FILE_NAME = "%(year)d-%(month).2d-%(day).2d-%(hour).2d%(minute).2d_%(slug)s"

# "pushoff" in ASCII. Any number will do that no other program locks.
_LOCK_ID = 0x7075_7368_6F66_6600
_TIMEOUT_S = 600


class MigrationFailed(Exception):
    """The migration failed and the schema is unchanged. The message gives the reason."""


class SchemaTooNew(MigrationFailed):
    """The schema belongs to a newer version of Pushoff, which has migrated this database."""


def migrate(url: str) -> bool:
    """Upgrade to ``schema_revision.HEAD`` in one transaction. Return False if it was there already.

    Raises ``MigrationFailed`` or its subclass ``SchemaTooNew``; the schema is unchanged then.
    Raises ``ValueError`` for a URL that is neither SQLite nor PostgreSQL.
    """
    with transaction(url, read_only=True) as tx:
        if schema_revision.find(tx) == schema_revision.HEAD:
            return False
    with transaction(url) as tx:
        before = schema_revision.find(tx)
        if before == schema_revision.HEAD:
            return False  # Another process migrated while this one waited for the lock.
        if before is not None and before not in known_revisions():
            raise SchemaTooNew(
                f"the database is at revision {before}, which is newer than this version of "
                f"Pushoff ({schema_revision.HEAD}): run the newer version, or restore a backup"
            )
        command.upgrade(build_config(tx), "head")
        return True


def known_revisions() -> set[str]:
    scripts = ScriptDirectory.from_config(build_config())
    return {script.revision for script in scripts.walk_revisions()}


def build_config(tx: sa.Connection | None = None) -> Config:
    """Return Alembic's configuration, made without a file. Its commands run in ``tx``."""
    config = Config(attributes={"tx": tx})
    config.set_main_option("script_location", str(schema_revision.FOLDER).replace("%", "%%"))
    config.set_main_option("file_template", _FILE_NAME.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("timezone", "UTC")
    return config


@contextmanager
def transaction(url: str, *, read_only: bool = False) -> Iterator[sa.Connection]:
    """Open a transaction that excludes other migrations, and commit it at the end of the block."""
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
    # Alembic alters a table on SQLite by filling a new one and dropping the old one. With foreign
    # keys on, the drop would count as a deletion of all rows. They can be turned off only outside a
    # transaction. BEGIN IMMEDIATE is the lock that excludes other migrations.
    cursor = tx.connection.cursor()
    cursor.execute("PRAGMA foreign_keys=OFF")
    cursor.close()
    with tx.begin():
        yield tx
        orphan = tx.exec_driver_sql("PRAGMA foreign_key_check").first()
        if orphan is not None:
            message = f"a migration left a row of {orphan[0]} that refers to a missing row"
            raise MigrationFailed(message)
