"""Why the bot's updates cannot be read."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("listeners", sa.Column("trouble", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("listeners") as table:
        table.drop_column("trouble")
