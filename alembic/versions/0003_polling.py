"""what polling teaches of a feed"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def added() -> "tuple[sa.Column[Any], ...]":
    return (
        sa.Column("items", sa.LargeBinary(), nullable=False, server_default=sa.text("''")),
        sa.Column("failure_kind", sa.String(), nullable=False, server_default=sa.text("''")),
        sa.Column("pause", sa.Float(), nullable=True),
        sa.Column("hint", sa.Float(), nullable=True),
        sa.Column("news_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("news_gap", sa.Float(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unmodified", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("whole_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lies", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("gap_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("bare", sa.Float(), nullable=False, server_default=sa.text("0")),
        sa.Column("away_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notices", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
    )


def upgrade() -> None:
    for column in added():
        op.add_column("feeds", column)
    op.create_index("ix_entries_feed_id", "entries", ["feed", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_entries_feed_id", "entries")
    for column in reversed(added()):
        op.drop_column("feeds", column.name)
