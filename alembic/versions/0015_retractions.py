"""Stories that were retracted, and what is pinned in the chats."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "retractions",
        sa.Column("story_id", _ID, nullable=False, autoincrement=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("initial", sa.String(length=1), server_default="", nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_retractions_story_id_stories"),
        sa.PrimaryKeyConstraint("story_id", name="pk_retractions"),
    )
    op.create_table(
        "pins",
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("error", sa.String(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("chat", name="pk_pins"),
    )


def downgrade() -> None:
    op.drop_table("pins")
    op.drop_table("retractions")
