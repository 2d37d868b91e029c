"""The tables of search. The index itself is the database's own: FTS5 in SQLite, a GIN of tsvector in PostgreSQL.

They are separate from the other tables (tables.py), because they can be rebuilt from them. A copy of the database to
another one leaves them behind, and the index is rebuilt there.
"""

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table

from monitor.storage.tables import Id

search_metadata = MetaData()
_Word = String(collation="C").with_variant(String(), "sqlite")  # in the order of code points

state = Table(  # one row
    "search_state",
    search_metadata,
    Column("id", Integer, primary_key=True),
    Column("version", Integer, nullable=False),  # of how texts are split: matching/search/words.py
    Column("batch", BigInteger, nullable=False),  # counts writes: only who knows the last may write the next
    Column("indexed_to", BigInteger, nullable=False),  # number of the last entry examined
    Column("texts", BigInteger, nullable=False),  # number of texts in the index
    Column("swept_to", _Word, nullable=False, server_default=""),  # the last word checked by `sweep`
)

words = Table(  # every word in the index
    "search_words",
    search_metadata,
    Column("word", _Word, primary_key=True),
    sqlite_with_rowid=False,
)

texts = Table(  # of PostgreSQL; in SQLite `search_texts` is an FTS5 table
    "search_texts",
    search_metadata,
    Column("entry_id", Id, primary_key=True),
)


def is_not_of_search(name: str | None, kind: str, _parent: object) -> bool:
    """Whether Alembic should compare an object: the tables of search, with FTS5's own, are in their migration only."""
    return kind != "table" or not (name or "").startswith("search_")
