"""Reviews of pull requests, those that are followed, and the last reading of each site."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "readings",
        sa.Column("site", sa.String, primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("pull", sa.Integer, nullable=False, index=True),
        sa.Column("made_at", sa.Float, nullable=False, index=True),
        sa.Column("brief", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.create_table(
        "pulls",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("over_at", sa.Float),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.create_table(
        "pull_news",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("first_at", sa.Float, nullable=False),
        sa.Column("last_at", sa.Float, nullable=False),
    )
