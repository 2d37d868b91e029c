"""Texts that no rule matched are archived; an entry is found by its address and knows its story.

Every column may be empty, so that a worker of the version before can go on writing. What it writes meanwhile is not
found by its address.
"""

import sqlalchemy as sa
from alembic import op

from monitor.urls import address_number, canonical

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BATCH = 5_000

entries = sa.table("entries", sa.column("id", Id), sa.column("url", sa.String), sa.column("address", sa.BigInteger))


def upgrade() -> None:
    op.create_table(
        "archive",
        sa.Column("entry_id", Id, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_archive_entry_id_entries")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_archive")),
    )
    op.create_table(
        "archive_dictionaries",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_dictionaries")),
    )
    op.add_column("entries", sa.Column("language", sa.String(), nullable=True))
    op.add_column("entries", sa.Column("story_id", Id, nullable=True))
    op.add_column("entries", sa.Column("address", sa.BigInteger(), nullable=True))
    op.drop_index("ix_entries_url", "entries")
    op.execute(
        "UPDATE entries SET"
        " language = (SELECT articles.language FROM articles WHERE articles.entry_id = entries.id),"
        " story_id = (SELECT articles.story_id FROM articles WHERE articles.entry_id = entries.id)"
    )
    _number_addresses(op.get_bind())
    op.create_index("ix_entries_address", "entries", ["address"])
    has_story = sa.text("story_id IS NOT NULL")
    op.create_index("ix_entries_story_id", "entries", ["story_id"], sqlite_where=has_story, postgresql_where=has_story)
    _recreate_keys(with_rowid=False)


def _number_addresses(db: sa.Connection) -> None:
    """Read and written in batches: there may be millions."""
    last = 0
    page = sa.select(entries.c.id, entries.c.url).where(entries.c.url != "").order_by(entries.c.id).limit(BATCH)
    numbered = sa.update(entries).where(entries.c.id == sa.bindparam("which")).values(address=sa.bindparam("number"))
    while rows := db.execute(page.where(entries.c.id > last)).all():
        last = rows[-1].id
        db.execute(numbered, [{"which": row.id, "number": address_number(canonical(row.url))} for row in rows])


def _recreate_keys(*, with_rowid: bool) -> None:
    """On SQLite a table whose key is long is half as large when it is its own index."""
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("entry_keys", recreate="always", table_kwargs={"sqlite_with_rowid": with_rowid}):
            pass


def downgrade() -> None:
    _recreate_keys(with_rowid=True)
    op.drop_index("ix_entries_story_id", "entries")
    op.drop_index("ix_entries_address", "entries")
    op.drop_column("entries", "address")
    op.drop_column("entries", "story_id")
    op.drop_column("entries", "language")
    op.create_index("ix_entries_url", "entries", ["url"])
    op.drop_table("archive_dictionaries")
    op.drop_table("archive")
