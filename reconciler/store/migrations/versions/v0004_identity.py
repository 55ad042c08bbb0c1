"""Which workflow an outcome is of: told twice, it is kept once."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("outcomes", sa.Column("identity", sa.String))
    op.create_index("ix_outcomes_identity", "outcomes", ["identity"])
