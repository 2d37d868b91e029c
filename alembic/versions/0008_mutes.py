"""Muted rules, and the entries that only they found."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "mutes",
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("initial", sa.String(1), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("topic", "rule", name=op.f("pk_mutes")),
    )
    op.create_table(
        "held",
        sa.Column("entry_id", Id, nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_held_entry_id_entries")),
        sa.PrimaryKeyConstraint("entry_id", "topic", "rule", name=op.f("pk_held")),
    )
    op.create_index(op.f("ix_held_shown_at"), "held", ["shown_at"])


def downgrade() -> None:
    op.drop_table("held")
    op.drop_table("mutes")
