"""Create erasures, which hold a keyed hash of each erased athlete while late uploads may arrive.

Add an index for lists of the sessions of one programme of all athletes.
"""

import sqlalchemy as sa
from alembic import op

revision = "202611230815"
down_revision = "202611230700"

UUID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("tenant_id", UUID, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("erased_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "fingerprint", name="pk_erasures"),
    )
    columns = ["tenant_id", "program_id", "started_at", "session_id"]
    op.create_index("ix_sessions_everybody", "sessions", columns)


def downgrade() -> None:
    op.drop_index("ix_sessions_everybody", "sessions")
    op.drop_table("erasures")
