"""What commits removed and is not deleted yet; what the program of a base's time read in it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "removals",
        sa.Column("site", sa.String, primary_key=True),
        sa.Column("resource", sa.String, primary_key=True),
        sa.Column("found_at", sa.Float, nullable=False),
        sa.Column("declined_at", sa.Float),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.add_column("bases", sa.Column("declared", sa.Text))
