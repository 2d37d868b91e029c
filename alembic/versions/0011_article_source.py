"""Of an article: its own piece of the feed's document."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("articles", sa.Column("source", sa.LargeBinary()))


def downgrade() -> None:
    op.drop_column("articles", "source")
