"""What the maintainers' files were before: every save of them; an empty search index is of any version."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "file_versions",
        sa.Column("id", _ID, nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", _INSTANT, nullable=False),
        sa.Column("initial", sa.String(length=1), server_default="", nullable=False),
        sa.Column("summary", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_file_versions"),
    )
    op.create_index("ix_file_versions_file_id", "file_versions", ["file", "id"])
    op.execute("UPDATE search_state SET version = 2 WHERE indexed_to = 0 AND texts = 0")


def downgrade() -> None:
    op.drop_index("ix_file_versions_file_id", table_name="file_versions")
    op.drop_table("file_versions")
