"""The tables of the public archive. With those of tables.py they make the schema; database.py imports both."""

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from monitor.storage.tables import Id, Instant, metadata

cases = Table(  # created by maintainers only: no page about a person is made automatically
    "cases",
    metadata,
    Column("id", Id, primary_key=True),
    Column("title", String, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),  # NULL: open, so it has a page
)

case_stories = Table(
    "case_stories",
    metadata,
    Column("story_id", Id, ForeignKey("stories.id"), primary_key=True),  # in at most one case
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Index(None, "case_id"),
)

takedowns = Table(  # only maintainers read why
    "takedowns",
    metadata,
    Column("story_id", Id, ForeignKey("stories.id"), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("why", Text, nullable=False),
)
