"""Drift with its history. When a difference was first seen stands in the verdicts too, from where it is taken."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "drift",
        sa.Column("site", sa.String, primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.create_table(
        "drift_history",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("site", sa.String, nullable=False, index=True),
        sa.Column("fingerprint", sa.String, nullable=False, index=True),
        sa.Column("resolved_at", sa.Float, nullable=False, index=True),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.drop_table("sightings")
