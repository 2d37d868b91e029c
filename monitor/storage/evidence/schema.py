"""The tables of evidence. With those of tables.py they make the schema; database.py imports both."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from monitor.models.evidence import Sight
from monitor.storage.tables import Id, Instant, metadata, one_of

pages = Table(  # pages of posted articles, looked at again and again (monitor/evidence/)
    "pages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("canonical_url", String, nullable=False),
    Column("url", String, nullable=False),
    Column("feed", String, nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("due_at", Instant),  # NULL: the watch has ended
    Column("lease_no", Integer, nullable=False, server_default="0"),
    Column("lease_until", Instant),
    Column("etag", String),
    Column("last_modified", String),
    Column("sight", String),  # result of the last look; NULL: not looked at yet
    Column("state", LargeBinary),  # state for later looks (evidence/watch.py); NULL: not looked at yet
    UniqueConstraint("canonical_url", name="uq_pages_canonical_url"),
    one_of("sight", Sight),
    Index(None, "due_at"),
)

captures = Table(  # links of the hash chains: rows are added, never changed
    "captures",
    metadata,
    Column("id", Id, primary_key=True),
    Column("page_id", Id, ForeignKey("pages.id")),  # NULL: the link joins the heads of all chains
    Column("chain", String, nullable=False),  # name of the worker that keeps it
    Column("number", Integer, nullable=False),
    Column("taken_at", Instant, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("file", String, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("length", Integer, nullable=False),
    Column("status", Integer, nullable=False),
    Column("version", LargeBinary),  # headline and text, compressed: evidence/looks.py; NULL: no article
    UniqueConstraint("chain", "number", name="uq_captures_chain_number"),
    Index(None, "page_id"),
)

observations = Table(
    "observations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("page_id", Id, ForeignKey("pages.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("sight", String, nullable=False),
    Column("said", Text, nullable=False, server_default=""),  # what differs, or why it cannot be read
    Column("moved_to", String, nullable=False, server_default=""),
    Column("capture_id", Id, ForeignKey("captures.id")),  # NULL: nothing new was kept
    one_of("sight", Sight),
    Index(None, "page_id"),
)

stamps = Table(
    "stamps",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("authority", String, primary_key=True),
    Column("asked_at", Instant, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("problem", String, nullable=False, server_default=""),  # why there is no stamp yet
    Column("token", LargeBinary),
    Column("stamped_at", Instant),  # by the authority's clock
)
