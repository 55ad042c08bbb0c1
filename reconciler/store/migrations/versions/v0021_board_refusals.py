"""Controllers that refused us are left alone for a day, also by the next process."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "board_refusals",
        sa.Column("site", sa.String, primary_key=True),
        sa.Column("host", sa.String, primary_key=True),
        sa.Column("account", sa.String, nullable=False, index=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
    )
