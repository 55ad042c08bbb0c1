"""The last reading of the central cloud, shared by replicas."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "central",
        sa.Column("place", sa.String, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
