"""Alembic's environment: runs migrations for `pushoff migrate` and for `alembic` itself.

A generated migration imports nothing of app. It names the stored type of each column instead, so
that an old migration does not change when the code does.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from importlib import import_module
from typing import Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations import MigrationScript
from alembic.runtime.migration import MigrationContext
from sqlmodel import AutoString

from app import settings
from app.database import migration, schema_revision
from app.database.rows import BaseRow, Instant, Uuid

for file in sorted(schema_revision.FOLDER.parent.glob("app/*/tables.py")):
    import_module(f"app.{file.parent.name}.tables")  # The import adds the tables to the metadata.

# script.py.mako defines these names in each migration.
NAMES = {Uuid: "UUID", Instant: "INSTANT"}


def render_type(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    if isinstance(item, AutoString):
        return f"sa.String(length={item.length})"
    return (kind == "type" and NAMES.get(type(item))) or False


def number_by_time(
    _context: MigrationContext,
    _revision: str | Iterable[str | None] | Iterable[str],
    directives: list[MigrationScript],
) -> None:
    directives[0].rev_id = datetime.now(UTC).strftime("%Y%m%d%H%M")


def run(tx: sa.Connection) -> None:
    context.configure(
        connection=tx,
        target_metadata=BaseRow.metadata,
        render_as_batch=tx.dialect.name == "sqlite",
        render_item=render_type,
        process_revision_directives=number_by_time,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("tx")
if given is None:
    with migration.transaction(settings.Settings().database_url.get_secret_value()) as tx:
        run(tx)
else:
    run(given)
