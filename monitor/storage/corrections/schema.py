"""The tables of corrections. With those of tables.py they make the schema; database.py imports both."""

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, String, Table, Text

from monitor.storage.tables import Id, Instant, metadata

retractions = Table(  # at most one letter about who retracted it
    "retractions",
    metadata,
    Column("story_id", Id, ForeignKey("stories.id"), primary_key=True),
    Column("why", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("initial", String(1), nullable=False, server_default=""),
    Column("parts", JSON, nullable=False),  # parts published at that time
)

pins = Table(  # the pinned index of each chat
    "pins",
    metadata,
    Column("chat", String, primary_key=True),
    Column("message_id", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),  # the last request to pin it
    Column("error", String, nullable=False, server_default=""),  # why it is not pinned; "" if it is
)
