"""Feeds that maintainers have paused: until when, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feeds", sa.Column("paused_until", sa.DateTime(timezone=True)))
    op.add_column("feeds", sa.Column("paused_because", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("feeds", "paused_because")
    op.drop_column("feeds", "paused_until")
