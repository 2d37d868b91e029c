"""The tables, and the law of the outbox. Read by the files of storage/ and by alembic/ only.

The law of a delivery (`deliveries.state`); in short in docs/architecture.md:

    Rule 1  A row says what a chat *should* show (`html`, `wanted_revision`); bot/dispatcher.py brings it there.
            Of a row whose `html` is "" it should show nothing: that is for ever.
    Rule 2  At most one row of a chat is `sending`, so at most one message can ever be in doubt. A topic of a forum is
            a chat of its own here: no page shows it, so what is in doubt there waits for the operator by itself, and
            two at once mix up nothing. What Telegram counts and refuses by the whole forum holds for all its topics:
            the pace, what it asks to wait, and the silence after a lost answer (storage/chats.py, bot/dispatcher.py).
    Rule 3  A row leaves `sending` only by the claim that put it there (`lease_no`), or when that claim's
            lease ran out.
    Rule 4  A first post in doubt is `uncertain` and is never re-sent by itself. An edit or a deletion in doubt is
            harmless: doing it twice shows the same.

    from        to          when
    (none)      pending     a story, a new part of it, a digest or a notice goes to the chat
    pending     sending     claimed, by conditional update
    sending     sent        Telegram said ok, and the sent revision is the wanted one
    sending     pending     the wanted text has moved on, whatever Telegram said of the old one (an edit follows, or
                            a deletion), or it surely refused before acceptance: no connection, 429
    sending     uncertain   the request was written and no answer came, or a 5xx; or the process died while `sending`
    sending     rejected    Telegram says the message is malformed, or will not delete it
    sending     cancelled   the message to edit was deleted in the channel: an administrator's wish; or it may not
                            be edited any more: it stays as it is; or it is deleted, as maintainers wished
    sent        pending     another outlet joined: the post is to be edited; or maintainers retract it, or wish it
                            deleted
    pending     digested    more than digests.FLOOD posts wait : one digest tells them all. The end of the row: what
                            joins the story later is not shown, unless it brings news (then it is a part of its own)
    uncertain   sent        looked for and found in the channel's public preview (`bot/reconcile.py`)
    uncertain   pending     found, and the wanted text has moved on (an edit follows); looked for and surely not
                            there; MONITOR_UNCERTAIN_RESEND_AFTER is over; or an operator looked
                            (`monitor outbox retry`)
    uncertain   cancelled   an operator looked and it is there, or nobody needs it (`monitor outbox cancel`)
    rejected    pending     an operator tries again; or maintainers retract a post that stands as it was
    pending     cancelled   an operator cancels; or maintainers wish it deleted, or retract it, before it was sent
    cancelled   pending     the retraction that cancelled it is taken back; or it is the index of a chat, a day after
                            somebody deleted it
    sent        cancelled   deleted by hand (`bot/deleted_posts.py`); a supergroup now, not to be edited; so it is for
    pending     cancelled   edits that waited; and for what waited when the channel left channels.yaml
    cancelled   pending     ... and came back, for edits; or was only called otherwise, for all
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.types import TypeDecorator

from monitor.models.articles import Outcome
from monitor.models.desk import DeskKey
from monitor.models.outbox import DeliveryKind, DeliveryState
from monitor.models.stories import Decision

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant on both dialects; SQLite would return a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; a naive value is a bug of ours."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime for the database: {value!r}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the base class's signature
        """Return aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Span(TypeDecorator[timedelta]):
    """A duration, stored as seconds."""

    impl = Float
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> float | None:  # noqa: ARG002 - the base class's signature
        return None if value is None else value.total_seconds()

    def process_result_value(self, value: float | None, dialect: Dialect) -> timedelta | None:  # noqa: ARG002 - the base class's signature
        return None if value is None else timedelta(seconds=value)


LARGEST_ID = 2**63 - 1
"""The largest row number; drivers fail in odd ways for a larger one."""

# SQLite numbers rows only for INTEGER; PostgreSQL gets a bigint.
Id = BigInteger().with_variant(Integer(), "sqlite")


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """Restrict a column to these words."""
    quoted = ", ".join(f"'{value.value}'" for value in values)
    return CheckConstraint(f"{column} IN ({quoted})", name=column)


metadata = MetaData(naming_convention=NAMING)

feeds = Table(
    "feeds",
    metadata,
    Column("name", String, primary_key=True),
    Column("url", String, nullable=False),
    Column("active", Boolean, nullable=False),  # is in feeds.yaml
    Column("etag", String),
    Column("last_modified", String),
    Column("body_hash", String),
    Column("items", LargeBinary, nullable=False, default=b""),
    Column("failures", Integer, nullable=False, default=0),
    Column("failure", String, nullable=False, default=""),  # why the last poll failed; "" if it did not
    Column("failure_kind", String, nullable=False, default=""),
    Column("had_entries", Boolean, nullable=False, default=False),
    Column("baseline_at", Instant),
    Column("succeeded_at", Instant),
    Column("polled_at", Instant),
    Column("next_poll_at", Instant, nullable=False),
    Column("lease_no", Integer, nullable=False, default=0),
    Column("lease_until", Instant),
    # the fields of Habit (models/feeds.py), by name
    Column("pause", Span),
    Column("hint", Span),
    Column("news_at", Instant),
    Column("news_gap", Span),
    Column("read_at", Instant),
    Column("unmodified", Integer, nullable=False, default=0),
    Column("whole_at", Instant),
    Column("lies", Boolean, nullable=False, default=False),
    Column("gap_at", Instant),
    Column("pages", Integer, nullable=False, default=0),
    Column("bare", Float, nullable=False, default=0.0),
    Column("away_since", Instant),
    Column("tried_at", Instant),
    Column("notices", JSON, nullable=False, default=list),
    # its pause in feeds.yaml
    Column("paused_until", Instant),
    Column("paused_because", String, nullable=False, server_default=""),
    Index(None, "active", "next_poll_at"),
)

entries = Table(
    "entries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("feed", String, ForeignKey("feeds.name"), nullable=False),
    Column("url", String, nullable=False),
    Column("title", String, nullable=False),
    Column("published_at", Instant),
    Column("seen_at", Instant, nullable=False),
    Column("outcome", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("language", String),  # of the article, if it was read
    Column("story_id", Id),  # also for a repetition of an article, which has no row in `articles`
    # text/urls.py: address_number of the canonical address; NULL: the entry has no address
    Column("address", BigInteger),
    one_of("outcome", Outcome),
    Index(None, "feed", "id"),  # for the latest entries of a feed
    Index(None, "address"),
    Index(None, "story_id"),  # partial, by its migration: declaring it here would import all of PostgreSQL's dialect
)

archive = Table(
    "archive",
    metadata,
    Column("entry_id", Id, ForeignKey("entries.id"), primary_key=True),
    Column("body", LargeBinary, nullable=False),  # title and text, compressed: monitor/storage/archive.py
)

archive_dictionaries = Table(
    "archive_dictionaries",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # is in each frame made with it
    Column("body", LargeBinary, nullable=False),
    Column("made_at", Instant, nullable=False),
)

entry_keys = Table(
    "entry_keys",
    metadata,
    Column("feed", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("entry_id", Id, ForeignKey("entries.id"), nullable=False),
    Column("last_seen_at", Instant, nullable=False),  # to the day; refreshed while the feed still shows it
    sqlite_with_rowid=False,  # the key is most of a row: storing it twice would double the table
)

stories = Table(
    "stories",
    metadata,
    Column("id", Id, primary_key=True),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("follows", Id),  # the story whose case this one continues: its post is a reply to that story's
    Index(None, "updated_at"),
)

articles = Table(
    "articles",
    metadata,
    Column("id", Id, primary_key=True),
    Column("entry_id", Id, ForeignKey("entries.id"), nullable=False),
    Column("story_id", Id, ForeignKey("stories.id")),  # NULL: vetoed
    Column("feed", String, nullable=False),
    Column("url", String, nullable=False),
    Column("canonical_url", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("language", String),
    Column("published_at", Instant),
    Column("fingerprint", JSON, nullable=False),
    Column("problem", String, nullable=False),
    Column("verdict", JSON, nullable=False),  # topics with their matches, and vetoes, as decided then
    Column("part", Integer, nullable=False, server_default="1"),  # which of the story's posts tells it
    Column("evidence", String, nullable=False, server_default=""),  # why it belongs to the story
    Column("former_title", Text, nullable=False, server_default=""),
    # its part of the feed's document (zlib); NULL: there is none, or the row is older than 0011
    Column("source", LargeBinary),
    Index(None, "story_id"),
    Index(None, "entry_id"),
    Index(None, "canonical_url"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("story_id", Id, ForeignKey("stories.id")),  # NULL: a digest or a notice
    Column("chat", String, nullable=False),  # by its name in the settings
    Column("state", String, nullable=False),
    Column("html", Text, nullable=False),
    Column("wanted_revision", Integer, nullable=False),
    Column("sent_revision", Integer, nullable=False, default=0),
    Column("message_id", BigInteger),
    Column("attempts", Integer, nullable=False, default=0),
    Column("lease_no", Integer, nullable=False, default=0),
    Column("lease_until", Instant),
    Column("error", String, nullable=False, default=""),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("part", Integer, nullable=False, server_default="1"),  # the story's first post, or a reply to it
    Column("kind", String, nullable=False, server_default=DeliveryKind.STORY),
    Column("key", String),  # identity of a digest or a notice in its chat
    Column("buttons", JSON, nullable=False, server_default="[]"),  # rows of [label, data]
    Column("silent", Boolean, nullable=False, server_default=false()),
    Column("digest_id", Id),  # the digest that tells it, if it was digested
    Column("sent_at", Instant),  # when the post was accepted; edits do not change it
    Column("after_message_id", BigInteger),  # the chat's last accepted message when this one was claimed
    Column("doubted_at", Instant),
    Column("look_at", Instant),  # when to look for it next, while it is uncertain
    UniqueConstraint("story_id", "chat", "part", name="uq_deliveries_story_id_chat_part"),
    UniqueConstraint("chat", "key", name="uq_deliveries_chat_key"),
    one_of("state", DeliveryState),
    one_of("kind", DeliveryKind),
    Index(None, "chat", "state", "id"),
)

delivery_photos = Table(  # picture above the text of a first post; made once, because its data changes later
    "delivery_photos",
    metadata,
    Column("delivery_id", Id, ForeignKey("deliveries.id"), primary_key=True),
    Column("photo", LargeBinary, nullable=False),
)

chats = Table(
    "chats",
    metadata,
    Column("chat", String, primary_key=True),  # by its name in the settings: text/chat_names.py
    Column("not_before_at", Instant),  # Telegram's retry_after, or our own pause; obeyed after a restart
    Column("closed", String, nullable=False, default=""),  # why dispatch is paused; "" if it is not
    Column("closed_at", Instant),  # since when
    Column("number", String),  # Telegram's number, "-100…/17" for a topic; one number is one chat; NULL: unknown
    Column("name", String, nullable=False, server_default=""),  # "@name" of a public chat
    Column("moved_to", String, nullable=False, server_default=""),  # the supergroup it has become
    Column("last_message_id", BigInteger),  # our last post that Telegram certainly accepted
)

destinations = Table(  # the present and former destinations of posts (channels.yaml)
    "destinations",
    metadata,
    Column("chat", String, primary_key=True),  # as in `deliveries`
    Column("place", Integer, nullable=False),  # 0: the main channel, which the public archive follows
    Column("since", Instant, nullable=False),
    Column("removed_at", Instant),  # NULL: served
    Column("restored_at", Instant),  # when a backup was last restored
)

sends = Table(
    "sends",
    metadata,
    Column("id", Id, primary_key=True),
    Column("chat", String, nullable=False),
    Column("at", Instant, nullable=False),  # the rate limit counts these, posts and edits alike
    Index(None, "chat", "at"),
)

reviews = Table(  # at most one letter about who decided, never a number
    "reviews",
    metadata,
    Column("story_id", Id, ForeignKey("stories.id"), primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("html", Text, nullable=False),  # the question, without the decision
    Column("asked_at", Instant, nullable=False),
    Column("decision", String),  # NULL: undecided
    Column("decided_at", Instant),
    Column("initial", String(1), nullable=False, server_default=""),
    one_of("decision", Decision),
    Index(None, "decision", "asked_at"),
)

mutes = Table(  # at most one letter about who muted it
    "mutes",
    metadata,
    Column("topic", String, primary_key=True),  # its id in keywords.yaml
    Column("rule", String, primary_key=True),
    Column("title", String, nullable=False),  # the topic's title for readers
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("initial", String(1), nullable=False, server_default=""),
)

held = Table(
    "held",
    metadata,
    Column("entry_id", Id, ForeignKey("entries.id"), primary_key=True),
    Column("topic", String, primary_key=True),  # with `rule`: the muted rule that matched
    Column("rule", String, primary_key=True),
    Column("held_at", Instant, nullable=False),
    Column("shown_at", Instant),  # NULL: not shown to maintainers yet
    Index(None, "shown_at"),
)

listeners = Table(
    "listeners",
    metadata,
    Column("name", String, primary_key=True),
    Column("next_update_id", BigInteger, nullable=False, server_default="0"),  # all updates before it are handled
    Column("worker", String, nullable=False, server_default=""),  # the worker that reads the updates
    Column("lease_until", Instant),
    Column("trouble", String, nullable=False, server_default=""),  # why they cannot be read; "" if they can
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("name", String, primary_key=True),  # the job, as "poll@worker" (monitor/health/liveness.py)
    Column("at", Instant, nullable=False),
)

alarms = Table(
    "alarms",
    metadata,
    Column("key", String, primary_key=True),  # "kind:subject" (monitor/health/alarms.py)
    Column("text", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("told_at", Instant),  # NULL: seen once, not reported yet
    Column("gone_at", Instant),  # NULL: it holds; else since when it is gone
)

desk_keys = Table(  # at most one letter about its owner
    "desk_keys",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of the secret, which is not stored
    Column("kind", String, nullable=False),
    Column("initial", String(1), nullable=False, server_default=""),
    Column("expires_at", Instant, nullable=False),
    one_of("kind", DeskKey),
)
