"""What holds between sites: hosts that plans take out of service at a time, and breakers."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "claims",
        sa.Column("site", sa.String, primary_key=True),
        sa.Column("hosts", sa.Integer, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_table(
        "breakers",
        sa.Column("scope", sa.String, primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
    )
