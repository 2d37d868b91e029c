"""The public archive: opened cases, and stories that were taken off it."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("id", _ID, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("opened_at", _INSTANT, nullable=False),
        sa.Column("closed_at", _INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
    )
    op.create_table(
        "case_stories",
        sa.Column("story_id", _ID, nullable=False, autoincrement=False),
        sa.Column("case_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_case_stories_story_id_stories"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_stories_case_id_cases"),
        sa.PrimaryKeyConstraint("story_id", name="pk_case_stories"),
    )
    op.create_index("ix_case_stories_case_id", "case_stories", ["case_id"])
    op.create_table(
        "takedowns",
        sa.Column("story_id", _ID, nullable=False, autoincrement=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_takedowns_story_id_stories"),
        sa.PrimaryKeyConstraint("story_id", name="pk_takedowns"),
    )


def downgrade() -> None:
    op.drop_table("takedowns")
    op.drop_index("ix_case_stories_case_id", "case_stories")
    op.drop_table("case_stories")
    op.drop_table("cases")
