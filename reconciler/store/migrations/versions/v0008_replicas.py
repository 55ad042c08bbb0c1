"""Replicas: who lives, what is leased to whom, what they ring each other for, and which rollouts moved."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "replicas",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("session", sa.String, nullable=False, index=True),
        sa.Column("host", sa.String, nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("began", sa.Float, nullable=False),
        sa.Column("heard_at", sa.Float, nullable=False),
        sa.Column("ends_at", sa.Float, nullable=False),
    )
    op.create_table(
        "leases",
        sa.Column("subject", sa.String, primary_key=True),
        sa.Column("session", sa.String, nullable=False),
        sa.Column("replica", sa.String, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("taken_at", sa.Float, nullable=False),
    )
    bells = op.create_table(
        "bells",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("rung", sa.Integer, nullable=False),
    )
    op.bulk_insert(bells, [{"name": name, "rung": 0} for name in ("git", "rollouts")])
