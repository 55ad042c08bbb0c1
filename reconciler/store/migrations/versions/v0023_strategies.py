"""What sites ask of dcmanager's one strategy, the batch that is under way, and who stands in our group for it."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "strategy_orders",
        sa.Column("site", sa.String, primary_key=True),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("asked_at", sa.Float, nullable=False),
        sa.Column("batch", sa.String, nullable=False, index=True),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("is_heard", sa.Boolean, nullable=False),
    )
    op.create_table(
        "strategy_batch",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("made_at", sa.Float, nullable=False),
        sa.Column("created_at", sa.String, nullable=False),
    )
    op.create_table(
        "strategy_moves",
        sa.Column("site", sa.String, primary_key=True),
        sa.Column("group_before", sa.Integer, nullable=False),
        sa.Column("batch", sa.String, nullable=False),
    )
