"""The tables of search. The index itself is the engine's own: FTS5 of SQLite, a GIN of tsvector of PostgreSQL.

They are apart from the schema of the rest (tables.py): nothing in them is not said elsewhere. A copy of the database to
another one leaves them behind, and the index is made anew there.
"""

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table

from monitor.storage.tables import Id

search_metadata = MetaData()
_Word = String(collation="C").with_variant(String(), "sqlite")  # in the order of letters' numbers

state = Table(  # one row
    "search_state",
    search_metadata,
    Column("id", Integer, primary_key=True),
    Column("version", Integer, nullable=False),  # of how texts are taken apart: matching/search/words.py
    Column(
        "batch", BigInteger, nullable=False
    ),  # counts whatever was written: only who knows the last may write the next
    Column("indexed_to", BigInteger, nullable=False),  # the number of the last entry that was looked at
    Column("texts", BigInteger, nullable=False),  # in the index
    Column("swept_to", _Word, nullable=False, server_default=""),  # the last word that was asked for
)

words = Table(  # every word that the index has
    "search_words",
    search_metadata,
    Column("word", _Word, primary_key=True),
    sqlite_with_rowid=False,
)

texts = Table(  # of PostgreSQL; on SQLite `search_texts` is a table of FTS5
    "search_texts",
    search_metadata,
    Column("entry_id", Id, primary_key=True),
)


def is_not_of_search(name: str | None, kind: str, _parent: object) -> bool:
    """What Alembic compares: the tables of search, FTS5's own among them, stand in their migration only."""
    return kind != "table" or not (name or "").startswith("search_")
