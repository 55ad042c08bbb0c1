"""How long what was sent took."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "durations",
        sa.Column("act", sa.String, primary_key=True),
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("mode", sa.String, primary_key=True),
        sa.Column("type", sa.String, primary_key=True),
        sa.Column("role", sa.String, primary_key=True),
        sa.Column("hardware", sa.String, primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
    )
