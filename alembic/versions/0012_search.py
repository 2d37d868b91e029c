"""Search: the words of every text that is kept. The index fills itself behind the polls."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_SQLITE = (
    # The words as they are, no positions: a third of the size. The texts themselves stand in `archive` and `articles`.
    """CREATE VIRTUAL TABLE search_texts USING fts5(
        words, content='', columnsize=0, detail=none, tokenize="ascii tokenchars '#~'")""",
    "CREATE TABLE search_words (word VARCHAR NOT NULL PRIMARY KEY) WITHOUT ROWID",
)
_POSTGRESQL = (
    "CREATE TABLE search_texts (entry_id BIGINT PRIMARY KEY, words tsvector NOT NULL)",
    # What waits to be put in is read by every question: it is kept short.
    "CREATE INDEX ix_search_texts_words ON search_texts USING gin (words) WITH (gin_pending_list_limit = 512)",
    'CREATE TABLE search_words (word VARCHAR COLLATE "C" PRIMARY KEY)',
)


def upgrade() -> None:
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)
    op.create_table(
        "search_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch", sa.BigInteger(), nullable=False),
        sa.Column("indexed_to", sa.BigInteger(), nullable=False),
        sa.Column("texts", sa.BigInteger(), nullable=False),
        sa.Column("swept_to", sa.String(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_search_state"),
    )
    op.execute("INSERT INTO search_state (id, version, batch, indexed_to, texts) VALUES (1, 1, 0, 0, 0)")


def downgrade() -> None:
    for table in ("search_state", "search_words", "search_texts"):
        op.drop_table(table)
