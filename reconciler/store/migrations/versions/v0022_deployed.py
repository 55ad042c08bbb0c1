"""What sites were deployed with."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "deployed",
        sa.Column("site", sa.String, primary_key=True),
        sa.Column("commit_id", sa.String, nullable=False),
        sa.Column("is_ours", sa.Boolean, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
