"""The tables of corrections. With those of tables.py they are the schema; database.py knows of both."""

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, String, Table, Text

from monitor.storage.tables import Id, Instant, metadata

retractions = Table(  # of who said it one letter at most
    "retractions",
    metadata,
    Column("story_id", Id, ForeignKey("stories.id"), primary_key=True),
    Column("why", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("initial", String(1), nullable=False, server_default=""),
    Column("parts", JSON, nullable=False),  # those that were published then
)

pins = Table(  # the index of a chat, as far as it is pinned
    "pins",
    metadata,
    Column("chat", String, primary_key=True),
    Column("message_id", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),  # when that was asked for last
    Column("error", String, nullable=False, server_default=""),  # why it is not pinned; "" when it is
)
