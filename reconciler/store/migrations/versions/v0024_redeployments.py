"""By which words of Git sites were deployed anew."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "redeployments",
        sa.Column("site", sa.String, primary_key=True),
        sa.Column("tokens", sa.Text, nullable=False),
        sa.Column("asked", sa.Text),
    )
