"""Who may use the desk: the digests of links and sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "desk_keys",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("initial", sa.String(1), nullable=False, server_default=""),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('link', 'session')", name="ck_desk_keys_kind"),
        sa.PrimaryKeyConstraint("digest", name="pk_desk_keys"),
    )


def downgrade() -> None:
    op.drop_table("desk_keys")
