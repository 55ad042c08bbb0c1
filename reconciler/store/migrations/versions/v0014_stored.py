"""What was sent and may be stored without being applied."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "stored",
        sa.Column("site", sa.String, primary_key=True),
        sa.Column("resource", sa.String, primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
    )
