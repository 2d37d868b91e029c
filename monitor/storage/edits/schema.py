"""The table of file versions. With those of tables.py it makes the schema; database.py imports both."""

from sqlalchemy import Column, Index, LargeBinary, String, Table, Text

from monitor.storage.tables import Id, Instant, metadata

file_versions = Table(
    "file_versions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("file", String, nullable=False),  # the path in the settings
    Column("digest", String(64), nullable=False),  # the content's SHA-256, in hex
    Column("content", LargeBinary, nullable=False),  # compressed (zstd)
    Column("saved_at", Instant, nullable=False),
    Column("initial", String(1), nullable=False, server_default=""),  # first letter of who saved it; "": found on disk
    Column("summary", Text, nullable=False, server_default=""),
    Index(None, "file", "id"),
)
