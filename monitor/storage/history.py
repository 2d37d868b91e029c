"""The record of everything seen: entries by address, stories with members and posts; and all articles of stories as
rows for other programs. Read-only.

An address is looked up by its number (`address_number`) and then compared in full, so that the index stays small.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, select

from monitor.models.articles import Language, Outcome, Verdict
from monitor.models.outbox import DeliveryKind, DeliveryState
from monitor.models.stories import Retraction
from monitor.storage.archive import read_text, verdict_of, with_texts
from monitor.storage.chats import TOLD_STATE
from monitor.storage.corrections.rows import read_retraction, retractions_of
from monitor.storage.corrections.schema import retractions
from monitor.storage.database import read_transaction
from monitor.storage.tables import articles, chats, deliveries, entries, feeds, stories
from monitor.text.urls import address_number, canonical, host_key, message_link, public_name

EXPORT_COLUMNS = (
    "story", "part", "follows", "outlet", "published", "seen", "title", "url", "language", "topics", "rules", "words",
    "tier", "outcome", "reason", "chat", "message", "state", "retracted",
)  # fmt: skip
_FARTHEST = (
    DeliveryState.SENT, DeliveryState.DIGESTED, DeliveryState.UNCERTAIN, DeliveryState.SENDING, DeliveryState.PENDING,
    DeliveryState.REJECTED, DeliveryState.CANCELLED,
)  # fmt: skip
_RETRACTION = tuple(retractions.c[name] for name in ("why", "at", "initial", "parts"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An entry as recorded, with its outcome and its place in a story, if any.

    `text` and `verdict` are None if the text is not kept (any more); `title` is then the entry's.
    """

    entry_id: int
    feed: str
    url: str
    title: str
    published_at: datetime | None
    seen_at: datetime
    outcome: Outcome
    reason: str
    language: Language | None
    story_id: int | None
    text: str | None = None
    problem: str = ""
    verdict: Verdict | None = None
    part: int = 1
    evidence: str = ""
    retracted: Retraction | None = None  # if its story was retracted


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A delivery of a story, for display. `name` is the "@name" of a public chat, else ""."""

    chat: str
    name: str
    part: int
    state: DeliveryState
    message_id: int | None
    error: str
    updated_at: datetime

    @property
    def link(self) -> str:
        """Where Telegram shows it, to everybody if its chat is public; "" when it has no address."""
        return message_link(self.name or self.chat, self.message_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryRecord:
    """A story with all its records; members in the order they came."""

    id: int
    created_at: datetime
    updated_at: datetime
    follows: int | None
    retracted: Retraction | None
    members: tuple[Member, ...]
    posts: tuple[Post, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRecord:
    """How a feed's last polls went."""

    name: str
    url: str
    polled_at: datetime | None
    succeeded_at: datetime | None
    failure: str
    paused_until: datetime | None
    paused_because: str


class History:
    """The record of one database. Instants are aware UTC."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def list_entries(self, url: str) -> tuple[Member, ...]:
        """Return every entry of any feed that leads to this address, in any spelling, in the order they came."""
        address = canonical(url)
        asked = member_rows().where(entries.c.address == address_number(address)).order_by(entries.c.id)
        with read_transaction(self._engine) as db:
            return tuple(read_member(db, row) for row in db.execute(asked).all() if canonical(row.url) == address)

    def entry(self, number: int) -> Member | None:
        """Return an entry; None if there is none with that number."""
        with read_transaction(self._engine) as db:
            row = db.execute(member_rows().where(entries.c.id == number)).first()
            return read_member(db, row) if row else None

    def story(self, number: int) -> StoryRecord | None:
        """Return a story; None if there is none with that number."""
        asked = member_rows().where(entries.c.story_id == number).order_by(entries.c.id)
        with read_transaction(self._engine) as db:
            row = db.execute(select(stories).where(stories.c.id == number)).first()
            if row is None:
                return None
            members = tuple(read_member(db, member) for member in db.execute(asked).all())
            retracted = retractions_of(db, [number]).get(number)
            return StoryRecord(**row._asdict(), retracted=retracted, members=members, posts=_posts(db, number))

    def standings(self, numbers: Collection[int]) -> Mapping[int, DeliveryState]:
        """Return for each of these stories the state of its post that came farthest; stories without posts are
        absent.
        """
        digest = deliveries.alias()
        columns: list[Any] = [deliveries.c.story_id, TOLD_STATE, deliveries.c.message_id]
        told_at = digest.c.sent_at.label("told_at")
        posts = select(*columns, told_at).outerjoin(digest, digest.c.id == deliveries.c.digest_id)
        mine = posts.where(deliveries.c.story_id.in_(numbers), deliveries.c.kind == DeliveryKind.STORY)
        with read_transaction(self._engine) as db:
            rows = [(row.story_id, _standing(row)) for row in db.execute(mine)]
        return dict(sorted(rows, key=lambda one: -_FARTHEST.index(one[1])))

    def feeds_of(self, url: str) -> tuple[FeedRecord, ...]:
        """Return the active feeds on the address's host."""
        columns = (feeds.c[name] for name in FeedRecord.__dataclass_fields__)
        with read_transaction(self._engine) as db:
            rows = db.execute(select(*columns).where(feeds.c.active).order_by(feeds.c.name)).all()
        return tuple(FeedRecord(**row._asdict()) for row in rows if host_key(row.url) == host_key(url))


def member_rows() -> Any:
    """Return a selection of entries with what `read_member` needs."""
    columns = (articles.c.problem, articles.c.part, articles.c.evidence, *_RETRACTION)
    return with_texts(select(entries, *columns)).outerjoin(retractions, retractions.c.story_id == entries.c.story_id)


def read_member(db: Connection, row: Row[Any]) -> Member:
    """Convert a row of `member_rows`."""
    title, text = read_text(db, row)
    same = ("feed", "url", "published_at", "seen_at", "reason", "language", "story_id")
    return Member(
        **{name: getattr(row, name) for name in same},
        entry_id=row.id,
        title=title,
        text=text,
        outcome=Outcome(row.outcome),
        problem=row.problem or "",
        verdict=None if row.verdict is None else verdict_of(row.verdict),
        part=row.part or 1,
        evidence=row.evidence or "",
        retracted=read_retraction(row) if row.why is not None else None,
    )


def _posts(db: Connection, story_id: int) -> tuple[Post, ...]:
    columns = (deliveries.c[name] for name in Post.__dataclass_fields__ if name not in ("name", "state"))
    rows = select(*columns, TOLD_STATE.label("state"), chats.c.name).outerjoin(chats, chats.c.chat == deliveries.c.chat)
    mine = db.execute(rows.where(deliveries.c.story_id == story_id).order_by(deliveries.c.id))
    return tuple(
        Post(**row._asdict() | {"state": DeliveryState(row.state), "name": public_name(row.chat, row.name or "")})
        for row in mine
    )


def _standing(row: Any) -> DeliveryState:
    """Return the state that subscribers see: a post stays sent while an edit waits; a digested one is pending until its
    digest is sent.
    """
    state = DeliveryState(row.told_state)
    if row.message_id is not None and state is not DeliveryState.CANCELLED:
        return DeliveryState.SENT
    return DeliveryState.PENDING if state is DeliveryState.DIGESTED and row.told_at is None else state


def exported_articles(engine: Engine, *, since: datetime | None = None) -> Iterator[Mapping[str, Any]]:
    """Yield articles of stories seen since then, in order; keys are EXPORT_COLUMNS, instants ISO 8601 in UTC.

    `topics`, `rules` and `words` are lists. `chat`, `message` and `state` are those of the post that shows the article;
    `retracted` says why its story was retracted, "" if it was not. Constant memory. Raises DatabaseError.
    """
    columns = [articles.c[name] for name in ("story_id", "part", "feed", "published_at", "title", "url", "language")]
    shown = and_(deliveries.c.story_id == articles.c.story_id, deliveries.c.part == articles.c.part)
    rows = (
        select(*columns, articles.c.verdict, entries.c.seen_at, entries.c.outcome, entries.c.reason, stories.c.follows)
        .add_columns(deliveries.c.chat, deliveries.c.message_id, TOLD_STATE.label("state"), retractions.c.why)
        .join(entries, entries.c.id == articles.c.entry_id)
        .join(stories, stories.c.id == articles.c.story_id)
        .outerjoin(deliveries, shown)
        .outerjoin(retractions, retractions.c.story_id == stories.c.id)
        .order_by(articles.c.id, deliveries.c.id)
        .execution_options(yield_per=500)
    )
    if since is not None:
        rows = rows.where(entries.c.seen_at >= since)
    with read_transaction(engine) as db:
        for row in db.execute(rows).mappings():
            yield _exported_row(row)


def _exported_row(row: Mapping[Any, Any]) -> Mapping[str, Any]:
    topics = row["verdict"]["topics"]
    tiers = {topic["tier"] for topic in topics}
    values = (
        *(row["story_id"], row["part"], row["follows"], row["feed"], _iso(row["published_at"]), _iso(row["seen_at"])),
        *(row["title"], row["url"], row["language"] or "", [topic["id"] for topic in topics]),
        [topic["rule"] for topic in topics],
        list(dict.fromkeys(match["form"] for topic in topics for match in topic["matches"])),
        *("post" if "post" in tiers else "review", row["outcome"], row["reason"]),
        *(row["chat"] or "", row["message_id"], row["state"] or "", row["why"] or ""),
    )
    return dict(zip(EXPORT_COLUMNS, values, strict=True))


def _iso(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
