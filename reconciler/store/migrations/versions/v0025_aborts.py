"""Deployments that people said are to end."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "aborts",
        sa.Column("site", sa.String, primary_key=True),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("status", sa.String, nullable=False),
    )
