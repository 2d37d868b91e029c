"""Evidence: pages that are watched, what was seen of them, and the chain of what was kept."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)
_SIGHTS = "('unchanged', 'changed', 'missing', 'gone', 'unseen', 'back')"


def upgrade() -> None:
    op.create_table(
        "pages",
        sa.Column("id", _ID, nullable=False),
        sa.Column("canonical_url", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("begun_at", _INSTANT, nullable=False),
        sa.Column("due_at", _INSTANT),
        sa.Column("lease_no", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("lease_until", _INSTANT),
        sa.Column("etag", sa.String()),
        sa.Column("last_modified", sa.String()),
        sa.Column("sight", sa.String()),
        sa.Column("state", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_pages"),
        sa.UniqueConstraint("canonical_url", name="uq_pages_canonical_url"),
        sa.CheckConstraint(f"sight IN {_SIGHTS}", name="ck_pages_sight"),
    )
    op.create_index("ix_pages_due_at", "pages", ["due_at"])
    op.create_table(
        "captures",
        sa.Column("id", _ID, nullable=False),
        sa.Column("page_id", _ID),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("taken_at", _INSTANT, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("version", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_captures"),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name="fk_captures_page_id_pages"),
        sa.UniqueConstraint("chain", "number", name="uq_captures_chain_number"),
    )
    op.create_index("ix_captures_page_id", "captures", ["page_id"])
    op.create_table(
        "observations",
        sa.Column("id", _ID, nullable=False),
        sa.Column("page_id", _ID, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("sight", sa.String(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False, server_default=""),
        sa.Column("moved_to", sa.String(), nullable=False, server_default=""),
        sa.Column("capture_id", _ID),
        sa.PrimaryKeyConstraint("id", name="pk_observations"),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name="fk_observations_page_id_pages"),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name="fk_observations_capture_id_captures"),
        sa.CheckConstraint(f"sight IN {_SIGHTS}", name="ck_observations_sight"),
    )
    op.create_index("ix_observations_page_id", "observations", ["page_id"])
    op.create_table(
        "stamps",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("problem", sa.String(), nullable=False, server_default=""),
        sa.Column("token", sa.LargeBinary()),
        sa.Column("stamped_at", _INSTANT),
        sa.PrimaryKeyConstraint("hash", "authority", name="pk_stamps"),
    )


def downgrade() -> None:
    for table in ("stamps", "observations", "captures", "pages"):
        op.drop_table(table)
