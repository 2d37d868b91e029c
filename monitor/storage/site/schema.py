"""The tables of the public archive. With those of tables.py they are the schema; database.py knows of both."""

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from monitor.storage.tables import Id, Instant, metadata

cases = Table(  # opened by maintainers: no page about a person makes itself
    "cases",
    metadata,
    Column("id", Id, primary_key=True),
    Column("title", String, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),  # NULL: it has a page
)

case_stories = Table(
    "case_stories",
    metadata,
    Column("story_id", Id, ForeignKey("stories.id"), primary_key=True),  # in one case at most
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Index(None, "case_id"),
)

takedowns = Table(  # why, only maintainers read
    "takedowns",
    metadata,
    Column("story_id", Id, ForeignKey("stories.id"), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("why", Text, nullable=False),
)
