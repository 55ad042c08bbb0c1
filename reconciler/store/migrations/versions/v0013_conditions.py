"""How hosts are stuck, and when those that we locked are to be back."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("windows", sa.Column("until", sa.Float))
    op.create_table(
        "conditions",
        sa.Column("site", sa.String, primary_key=True),
        sa.Column("host", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("since", sa.Float, nullable=False),
        sa.Column("work", sa.String, nullable=False),
    )
