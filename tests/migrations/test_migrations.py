"""Tests of the migrations to the current schema and back, on both databases."""

import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from app.database import migration, schema_revision
from app.database.engines import make_engine
from app.database.rows import BaseRow
from tests import postgres

ROOT = Path(__file__).parents[2]
FILE_NAME = re.compile(r"(\d{4})-(\d\d)-(\d\d)-(\d\d)(\d\d)_[a-z0-9_]+\.py")
PROGRAM = """
import sys
from app.database import migration
print(flush=True)
sys.stdin.readline()
print(migration.migrate(sys.argv[1]))
"""
NOW = datetime(2026, 11, 23, 7, 0, 0, 123456, tzinfo=UTC)
TENANT = UUID(int=7)


@pytest.fixture
def new_sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/new.db"


@pytest.fixture
def new_postgres_url(cluster: postgres.Server) -> Iterator[str]:
    name = f"pushoff_new_{secrets.token_hex(8)}"
    yield cluster.create(name)
    cluster.drop(name)


@pytest.fixture(params=["sqlite", "postgres"])
def new_url(request: pytest.FixtureRequest) -> str:
    """An empty database."""
    return str(request.getfixturevalue(f"new_{request.param}_url"))


def revision(url: str) -> str | None:
    with migration.transaction(url, read_only=True) as tx:
        return schema_revision.find(tx)


def execute(url: str, statement: str) -> None:
    with migration.transaction(url) as tx:
        tx.exec_driver_sql(statement)


def insert_with_foreign_keys(url: str, statement: str) -> None:
    engine = make_engine(sa.make_url(url), 5, read_only=False)
    with engine.begin() as tx:
        tx.exec_driver_sql(statement)


def run_alembic(url: str, operation: str, *target: str) -> None:
    with migration.transaction(url) as tx:
        getattr(command, operation)(migration.build_config(tx), *target)


def add_rows(url: str) -> dict[str, int]:
    """Insert a row into every table, parents first; return the number of rows of each table."""
    with migration.transaction(url) as tx:
        schema = sa.MetaData()
        schema.reflect(tx)
        tables = [table for table in schema.sorted_tables if table.name != "alembic_version"]
        for table in tables:
            tx.execute(sa.insert(table).values({c.name: build_value(c) for c in table.columns}))
        return {table.name: count(tx, table) for table in tables}


def build_value(column: sa.Column[object]) -> object:
    kind = column.type
    if isinstance(kind, sa.Uuid):
        return TENANT
    if isinstance(kind, sa.LargeBinary | sa.BLOB):
        return TENANT.bytes
    if isinstance(kind, sa.DateTime):
        return NOW
    if isinstance(kind, sa.Boolean):
        return False
    if isinstance(kind, sa.Integer | sa.Float):
        return 1
    return {"a": 1} if isinstance(kind, sa.JSON) else "x"


def count(tx: sa.Connection, table: sa.Table) -> int:
    return int(tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


class TestMigrate:
    def test_upgrades_an_empty_database_to_the_revision_of_the_code(self, new_url: str) -> None:
        assert revision(new_url) is None
        assert migration.migrate(new_url) is True
        assert revision(new_url) == schema_revision.HEAD

    def test_changes_nothing_the_second_time(self, new_url: str) -> None:
        migration.migrate(new_url)
        assert migration.migrate(new_url) is False

    def test_rejects_the_schema_of_a_newer_version(self, database_url: str) -> None:
        execute(database_url, "UPDATE alembic_version SET version_num = '999912312359'")
        with pytest.raises(migration.SchemaTooNew, match=f"999912312359.*{schema_revision.HEAD}"):
            migration.migrate(database_url)

    def test_rolls_back_everything_when_it_fails(self, new_url: str) -> None:
        execute(new_url, "CREATE TABLE sets (in_the_way INTEGER)")
        with pytest.raises(migration.MigrationFailed, match=r"sets.* already exists"):
            migration.migrate(new_url)
        with migration.transaction(new_url, read_only=True) as tx:
            assert sa.inspect(tx).get_table_names() == ["sets"]

    def test_rejects_a_broken_foreign_key_on_sqlite(self, sqlite_url: str) -> None:
        columns = "(key_id, tenant_id, secret_hash, scopes, created_at)"
        key = f"INSERT INTO keys {columns} VALUES ('k', x'01', x'02', 's', 0)"
        with pytest.raises(migration.MigrationFailed, match="row of keys"):
            execute(sqlite_url, key)
        with pytest.raises(sa.exc.IntegrityError):
            insert_with_foreign_keys(sqlite_url, key)

    def test_reports_why_the_database_cannot_be_opened(self, tmp_path: Path) -> None:
        with pytest.raises(migration.MigrationFailed, match="unable to open database file"):
            migration.migrate(f"sqlite:///{tmp_path}/no/folder.db")

    def test_runs_once_when_four_processes_call_it_at_once(self, new_url: str) -> None:
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", PROGRAM, new_url],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(4)
        ]
        assert [process.stdout and process.stdout.readline() for process in processes] == ["\n"] * 4
        for process in processes:
            assert process.stdin
            process.stdin.write("\n")
            process.stdin.flush()
        outputs = [process.communicate() for process in processes]
        assert [error for _, error in outputs] == ["", "", "", ""]
        assert sorted(output.strip() for output, _ in outputs) == [
            "False",
            "False",
            "False",
            "True",
        ]
        assert revision(new_url) == schema_revision.HEAD


class TestVersions:
    def test_ends_at_the_revision_of_the_code(self) -> None:
        assert ScriptDirectory.from_config(migration.build_config()).get_heads() == [
            schema_revision.HEAD
        ]

    def test_is_named_by_its_time(self) -> None:
        files = list((ROOT / "migrations" / "versions").glob("*.py"))
        names = [FILE_NAME.fullmatch(file.name) for file in files]
        assert files
        assert all(names)
        numbers = {"".join(name.groups()) for name in names if name}
        assert numbers == migration.known_revisions()

    def test_imports_nothing_of_app(self) -> None:
        own_import = re.compile(r"^\s*(from|import) (app|sqlmodel)", re.MULTILINE)
        for file in (ROOT / "migrations" / "versions").glob("*.py"):
            assert not own_import.search(file.read_text())

    def test_creates_the_tables_that_the_code_declares(self, database_url: str) -> None:
        run_alembic(database_url, "check")
        with migration.transaction(database_url, read_only=True) as tx:
            tables = sa.inspect(tx).get_table_names()
        assert set(tables) == {*BaseRow.metadata.tables, "alembic_version"}

    def test_fails_the_check_without_a_declared_column(self, database_url: str) -> None:
        execute(database_url, "ALTER TABLE sets DROP COLUMN pain")
        with pytest.raises(CommandError, match=r"add_column.*'pain'"):
            run_alembic(database_url, "check")

    def test_upgrades_and_downgrades_with_rows_in_every_table(self, new_url: str) -> None:
        for number in sorted(migration.known_revisions()):
            run_alembic(new_url, "upgrade", number)
            assert set(add_rows(new_url).values()) == {1}
            run_alembic(new_url, "downgrade", "-1")
            run_alembic(new_url, "upgrade", number)
            run_alembic(new_url, "downgrade", "base")
        with migration.transaction(new_url, read_only=True) as tx:
            assert sa.inspect(tx).get_table_names() == ["alembic_version"]
        run_alembic(new_url, "upgrade", "head")
        assert revision(new_url) == schema_revision.HEAD


class TestGeneratedMigrations:
    def test_writes_column_types_as_stored(self, new_url: str, tmp_path: Path) -> None:
        with migration.transaction(new_url) as tx:
            config = migration.build_config(tx)
            config.set_main_option("version_locations", str(tmp_path))
            command.revision(config, "everything", autogenerate=True)
        (draft,) = tmp_path.glob("*_everything.py")
        text = draft.read_text()
        assert 'sa.Column("tenant_id", UUID, nullable=False)' in text.replace("'", '"')
        assert "INSTANT" in text
        assert "app." not in text
        assert "sqlmodel" not in text
        assert FILE_NAME.fullmatch(draft.name)

    def test_uses_the_database_of_the_settings(
        self, new_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PUSHOFF_DATABASE_URL", new_url)
        command.upgrade(migration.build_config(), "head")
        assert revision(new_url) == schema_revision.HEAD
