"""Create calendars: the secret addresses of calendar feeds of a programme.

Add the number of writes to each session, from which a feed derives that something has changed.
"""

import sqlalchemy as sa
from alembic import op

revision = "202611231000"
down_revision = "202611230815"

UUID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "calendars",
        sa.Column("tenant_id", UUID, nullable=False),
        sa.Column("calendar_id", UUID, nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("athlete_id", sa.Text(), nullable=False),
        sa.Column("program_id", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=5), nullable=True),
        sa.Column("alarm_minutes", sa.SmallInteger(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "calendar_id", name="pk_calendars"),
        sa.UniqueConstraint("tenant_id", "secret_hash", name="uq_calendars_tenant_id_secret_hash"),
    )
    columns = ["tenant_id", "athlete_id", "created_at", "calendar_id"]
    op.create_index("ix_calendars_athlete", "calendars", columns)
    op.add_column("sessions", sa.Column("writes", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    op.drop_column("sessions", "writes")
    op.drop_table("calendars")
