"""Create tenants and keys, sessions and sets."""

import sqlalchemy as sa
from alembic import op

revision = "202611230700"
down_revision = None

UUID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    create_tenants_and_keys()
    create_sessions()
    create_sets()


def downgrade() -> None:
    op.drop_table("sets")
    op.drop_table("sessions")
    op.drop_table("keys")
    op.drop_table("tenants")


def create_tenants_and_keys() -> None:
    op.create_table(
        "tenants",
        sa.Column("tenant_id", UUID, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_tenants"),
        sa.UniqueConstraint("name", name="uq_tenants_name"),
    )
    op.create_table(
        "keys",
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("tenant_id", UUID, nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("scopes", sa.String(length=200), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name="fk_keys_tenant_id"),
        sa.PrimaryKeyConstraint("key_id", name="pk_keys"),
    )
    op.create_index("ix_keys_tenant_id", "keys", ["tenant_id"])


def create_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("tenant_id", UUID, nullable=False),
        sa.Column("session_id", UUID, nullable=False),
        sa.Column("athlete_id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("stored_at", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=True),
        sa.Column("started_offset", sa.SmallInteger(), nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_offset", sa.SmallInteger(), nullable=True),
        sa.Column("program_id", sa.Text(), nullable=True),
        sa.Column("week", sa.SmallInteger(), nullable=True),
        sa.Column("place", sa.SmallInteger(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("device", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("srpe", sa.Float(), nullable=True),
        sa.Column("morning_pain", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("red_flags", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("heel_rise_test", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "session_id", name="pk_sessions"),
    )
    op.create_index(
        "ix_sessions_athlete", "sessions", ["tenant_id", "athlete_id", "started_at", "session_id"]
    )
    op.create_index("ix_sessions_newest", "sessions", ["tenant_id", "started_at", "session_id"])
    op.create_index(
        "ix_sessions_program",
        "sessions",
        ["tenant_id", "athlete_id", "program_id", "started_at", "session_id"],
    )


def create_sets() -> None:
    op.create_table(
        "sets",
        sa.Column("tenant_id", UUID, nullable=False),
        sa.Column("set_id", UUID, nullable=False),
        sa.Column("session_id", UUID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("exercise", sa.Text(), nullable=True),
        sa.Column("side", sa.Text(), nullable=True),
        sa.Column("set_index", sa.SmallInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("reps", sa.SmallInteger(), nullable=True),
        sa.Column("load", sa.Float(), nullable=True),
        sa.Column("load_unit", sa.Text(), nullable=True),
        sa.Column("duration_s", sa.Float(), nullable=True),
        sa.Column("rir", sa.Float(), nullable=True),
        sa.Column("rpe", sa.Float(), nullable=True),
        sa.Column("rpe_scale", sa.Text(), nullable=True),
        sa.Column("pain", sa.Float(), nullable=True),
        sa.Column("performed_at", INSTANT, nullable=True),
        sa.Column("performed_offset", sa.SmallInteger(), nullable=True),
        sa.Column("prescribed_reps", sa.SmallInteger(), nullable=True),
        sa.Column("prescribed_load", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "set_id", name="pk_sets"),
    )
    op.create_index("ix_sets_session", "sets", ["tenant_id", "session_id"])
