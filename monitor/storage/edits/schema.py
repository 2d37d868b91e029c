"""The table of versions. With those of tables.py it is part of the schema; database.py knows of it."""

from sqlalchemy import Column, Index, LargeBinary, String, Table, Text

from monitor.storage.tables import Id, Instant, metadata

file_versions = Table(
    "file_versions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("file", String, nullable=False),  # the path, as the settings name it
    Column("digest", String(64), nullable=False),  # the SHA-256 of the content, in hex
    Column("content", LargeBinary, nullable=False),  # compressed (zstd)
    Column("saved_at", Instant, nullable=False),
    Column("initial", String(1), nullable=False, server_default=""),  # who saved it; "": it was found on disk
    Column("summary", Text, nullable=False, server_default=""),
    Index(None, "file", "id"),
)
