"""Bases, windows, verdicts, sightings, outcomes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "bases",
        sa.Column("site", sa.String, primary_key=True),
        sa.Column("commit_id", sa.String, nullable=False),
        sa.Column("ended_at", sa.Float, nullable=False),
    )
    op.create_table(
        "windows",
        sa.Column("site", sa.String, primary_key=True),
        sa.Column("host", sa.String, primary_key=True),
        sa.Column("plan_id", sa.String, nullable=False),
        sa.Column("opened_at", sa.Float, nullable=False),
    )
    op.create_table(
        "verdicts",
        sa.Column("site", sa.String, primary_key=True),
        sa.Column("state", sa.String, nullable=False, index=True),
        sa.Column("judged_at", sa.Float, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.create_table(
        "sightings",
        sa.Column("site", sa.String, primary_key=True),
        sa.Column("resource", sa.String, primary_key=True),
        sa.Column("attribute", sa.String, primary_key=True),
        sa.Column("cause", sa.String, primary_key=True),
        sa.Column("first_seen", sa.Float, nullable=False),
    )
    op.create_table(
        "outcomes",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("site", sa.String, nullable=False, index=True),
        sa.Column("plan_id", sa.String, nullable=False),
        sa.Column("commit_id", sa.String, nullable=False),
        sa.Column("ended_at", sa.Float, nullable=False, index=True),
        sa.Column("result", sa.String, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
    )
