"""What was sent to sites, as it happened."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "history",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("site", sa.String, nullable=False),
        sa.Column("plan_id", sa.String, nullable=False),
        sa.Column("sending", sa.String, nullable=False, index=True),
        sa.Column("replica", sa.String, nullable=False),
        sa.Column("stage", sa.Integer, nullable=False),
        sa.Column("at", sa.Float, nullable=False, index=True),
        sa.Column("deed", sa.String, nullable=False),
        sa.Column("host", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_index("ix_history_site", "history", ["site", "number"])
