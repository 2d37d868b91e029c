"""Questions to the maintainers with what was decided, and how far the bot's updates are read."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DECISIONS = "decision IN ('published', 'rejected', 'off_topic', 'expired', 'overtaken')"


def upgrade() -> None:
    op.create_table(
        "reviews",
        sa.Column("story_id", Id, nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("initial", sa.String(1), nullable=False, server_default=""),
        sa.CheckConstraint(DECISIONS, name=op.f("ck_reviews_decision")),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_reviews_story_id_stories")),
        sa.PrimaryKeyConstraint("story_id", "part", name=op.f("pk_reviews")),
    )
    op.create_index(op.f("ix_reviews_decision_asked_at"), "reviews", ["decision", "asked_at"])
    op.create_table(
        "listeners",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("next_update_id", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("worker", sa.String(), nullable=False, server_default=""),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_listeners")),
    )


def downgrade() -> None:
    op.drop_table("listeners")
    op.drop_table("reviews")
