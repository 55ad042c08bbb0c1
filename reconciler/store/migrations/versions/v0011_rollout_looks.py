"""What visits of other replicas tell the one that moves rollouts on."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "rollout_looks",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("site", sa.String, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
    )
