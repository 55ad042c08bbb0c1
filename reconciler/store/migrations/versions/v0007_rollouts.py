"""Rollouts: their sites, what people said of them, and what Git said last of every site, to tell what a commit changes."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "rollouts",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("started", sa.Float, nullable=False),
        sa.Column("closed", sa.Float),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.create_table(
        "rollout_sites",
        sa.Column("rollout", sa.String, primary_key=True),
        sa.Column("site", sa.String, primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.create_table(
        "rollout_words",
        sa.Column("rollout", sa.String, primary_key=True),
        sa.Column("action", sa.String, primary_key=True),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "renderings",
        sa.Column("site", sa.String, primary_key=True),
        sa.Column("input_key", sa.String, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
    )
