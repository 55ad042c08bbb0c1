"""The plans that an approval of a rollout is bound to, site by site."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "approval_plans",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("site", sa.String, primary_key=True),
        sa.Column("plan_id", sa.String, nullable=False),
        sa.Column("differences", sa.Text, nullable=False),
    )
