"""When each field of a site was written, to tell a second writer by it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "writes", sa.Column("site", sa.String, primary_key=True), sa.Column("content", sa.Text, nullable=False)
    )
