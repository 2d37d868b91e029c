"""Which stories a digest tells: every statement that makes digests of deliveries. stories/digest.py formats them.

Functions that take a connection run within the caller's transaction.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, delete, func, insert, or_, select, update

from monitor.config.hours import Day, Week
from monitor.models.articles import Tier, TopicVerdict
from monitor.models.channels import Tongue
from monitor.models.outbox import DeliveryKind, DeliveryState, DigestItem
from monitor.models.stories import Retraction
from monitor.storage.archive import verdict_of
from monitor.storage.corrections.rows import WITHDRAWN, retractions_of
from monitor.storage.corrections.schema import retractions
from monitor.storage.database import chunks, read_transaction, upsert, write_transaction
from monitor.storage.tables import articles, chats, deliveries, delivery_photos
from monitor.stories.digest import render_day, render_flood, render_week
from monitor.stories.post_texts import topic_title
from monitor.text.telegram_html import first_address, first_line, web_address
from monitor.text.urls import message_link, public_name

FLOOD = 20
"""If more posts than this wait for a chat, they become digests: it is what Telegram accepts in a minute, and more than
a subscriber reads one by one.
"""

_digests = deliveries.alias()  # those that tell other deliveries
_told_at = func.coalesce(deliveries.c.sent_at, _digests.c.sent_at)

# As far as anybody knows: neither taken back nor found deleted in the chat.
_STANDS = and_(
    deliveries.c.html != "", or_(deliveries.c.state != DeliveryState.CANCELLED, deliveries.c.message_id.is_(None))
)

_UNSENT = and_(deliveries.c.state == DeliveryState.PENDING, deliveries.c.message_id.is_(None))


def fold(db: Connection, chat: str, now: datetime, *, tongue: Tongue = "ru") -> bool:
    """Turn the posts that wait for a chat into digests if they are more than FLOOD. False if they are not.

    Edits, questions and notices stay. Nothing is lost: every folded row refers to its digest.
    """
    waiting = and_(deliveries.c.chat == chat, deliveries.c.kind == DeliveryKind.STORY, _UNSENT)
    if (db.scalar(select(func.count()).select_from(deliveries).where(waiting)) or 0) <= FLOOD:
        return False
    since = db.scalar(select(func.min(deliveries.c.created_at)).where(waiting))
    lines = _lines(db, waiting, tongue)
    for page in render_flood([item for _, item in lines], tongue=tongue):
        numbers = [lines[place][0].id for place in page.places]
        digest = _digest(chat, key=f"flood:{numbers[0]}", html=page.html, now=now)
        digest["created_at"] = since  # as old as the oldest post it tells
        digest_id = db.scalar(insert(deliveries).values(**digest).returning(deliveries.c.id))
        folded = {"state": DeliveryState.DIGESTED, "digest_id": digest_id, "updated_at": now}
        for some in chunks(numbers):
            db.execute(update(deliveries).where(deliveries.c.id.in_(some)).values(**folded))
    return True


def unfold(db: Connection, story_id: int) -> None:
    """Dissolve the digests with a story that were certainly never sent: their posts wait again, to be folded again."""
    digest = deliveries.alias()
    unsent = and_(digest.c.state == DeliveryState.PENDING, digest.c.message_id.is_(None))
    naming = select(digest.c.id).join(deliveries, deliveries.c.digest_id == digest.c.id)
    numbers = db.scalars(naming.where(deliveries.c.story_id == story_id, unsent)).all()
    waiting = {"state": DeliveryState.PENDING, "digest_id": None}
    db.execute(update(deliveries).where(deliveries.c.digest_id.in_(numbers)).values(**waiting))
    db.execute(delete(deliveries).where(deliveries.c.id.in_(numbers)))


class DigestStore:
    """The digests of days and weeks. Instants are aware UTC."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put_day(
        self,
        chat: str,
        day: Day,
        now: datetime,
        *,
        undecided: Sequence[DigestItem] = (),
        held: int = 0,
        tongue: Tongue = "ru",
        silent: bool = True,
    ) -> bool:
        """Put the digest of a day into the outbox, once for all workers and restarts; one that is still unsent is
        updated. False if it was sent, has this text already, or is empty. Raises DatabaseError.

        `undecided` are stories that nobody reviewed in time; they get their own topic. `held` counts articles that only
        muted rules matched. A day with only these, or with retracted stories, also gets a digest.
        """
        key = f"day:{day.date.isoformat()}"
        with write_transaction(self._engine) as db:
            if _may_be_sent(db, chat, key):
                return False
            posted = list_posted(db, chat, day.since, day.until, tongue=tongue)
            items = [
                *(replace(one.item, outlets=()) if one.is_linked else one.item for one in posted),
                *undecided,
            ]
            retracted = _retracted(db, chat, day, tongue)
            html = render_day(day.date, items, held=held, retracted=retracted, tongue=tongue)
            is_empty = not items and not held and not retracted
            return _put(db, chat, key, "" if is_empty else html, now, silent=silent) is not None

    def put_week(
        self,
        chat: str,
        week: Week,
        now: datetime,
        *,
        draw: Callable[[Week, Sequence[DigestItem]], bytes],
        archive: str,
        hidden: Collection[int],
    ) -> bool:
        """Put the picture of a week into the outbox, once for all workers and restarts; one that is still unsent is
        updated. False if it was sent, has this text already, or the week had no story. Raises DatabaseError.

        `draw` makes the picture from the stories posted; it is stored with the row, so a retry shows the same.
        `archive` is the address to link; `hidden` are stories removed from it.
        """
        key = f"weekly:{week.name}"
        with write_transaction(self._engine) as db:
            if _may_be_sent(db, chat, key):
                return False
            items = [one.item for one in list_posted(db, chat, week.since, week.until, hidden=hidden)]
            html = render_week(week, items, archive=archive) if items else ""
            digest_id = _put(db, chat, key, html, now, silent=False)
            if digest_id is not None:
                shown = {"photo": draw(week, items)}
                photo = upsert(db, delivery_photos).values(delivery_id=digest_id, **shown)
                db.execute(photo.on_conflict_do_update(index_elements=["delivery_id"], set_=shown))
            return digest_id is not None

    def unsent_days(self, chat: str) -> tuple[date, ...]:
        """Return the days whose digests were certainly never sent and still wait. Raises DatabaseError."""
        return tuple(map(date.fromisoformat, self._unsent(chat, "day:")))

    def unsent_weeks(self, chat: str) -> tuple[str, ...]:
        """Return the weeks, by name, whose digests were certainly never sent and still wait. Raises DatabaseError."""
        return self._unsent(chat, "weekly:")

    def _unsent(self, chat: str, prefix: str) -> tuple[str, ...]:
        waiting = select(deliveries.c.key).where(deliveries.c.chat == chat, _UNSENT)
        with read_transaction(self._engine) as db:
            return tuple(key.removeprefix(prefix) for key in db.scalars(waiting) if key and key.startswith(prefix))


def _may_be_sent(db: Connection, chat: str, key: str) -> bool:
    """Whether there is a digest that is not just waiting unsent."""
    return db.scalar(select(deliveries.c.id).filter_by(chat=chat, key=key).where(~_UNSENT)) is not None


def _put(db: Connection, chat: str, key: str, html: str, now: datetime, *, silent: bool) -> int | None:
    """Insert a digest, or update an unsent one; an empty `html` cancels it. Returns its number if something changed."""
    if not html:
        empty = update(deliveries).filter_by(chat=chat, key=key).where(_UNSENT)
        db.execute(empty.values(state=DeliveryState.CANCELLED, error=WITHDRAWN, updated_at=now))
        return None
    row = upsert(db, deliveries).values(**_digest(chat, key=key, html=html, now=now), silent=silent)
    says_other = and_(_UNSENT, deliveries.c.html != html)
    renewed = row.on_conflict_do_update(index_elements=["chat", "key"], set_={"html": html}, where=says_other)
    digest_id: int | None = db.scalar(renewed.returning(deliveries.c.id))
    return digest_id


def _digest(chat: str, *, key: str, html: str, now: datetime) -> dict[str, Any]:
    row = {"kind": DeliveryKind.DIGEST, "chat": chat, "key": key, "html": html, "state": DeliveryState.PENDING}
    return row | {"wanted_revision": 1, "buttons": [], "created_at": now, "updated_at": now}


class PostedStory(NamedTuple):
    """A story as a chat was told it: its line, whether that links its post (or its digest), and when."""

    item: DigestItem
    is_linked: bool
    at: datetime


def list_posted(
    db: Connection,
    chat: str,
    since: datetime,
    until: datetime,
    *,
    hidden: Collection[int] = (),
    tongue: Tongue = "ru",
) -> list[PostedStory]:
    """The stories posted in `[since, until)` that still stand, by the time of publication."""
    lately = and_(_told_at >= since, _told_at < until, deliveries.c.story_id.notin_(hidden))
    lines = _lines(db, and_(_shown(chat), lately), tongue)
    retracted = retractions_of(db, {row.story_id for row, _ in lines})
    name = _name(db, chat)
    standing = [(row, item) for row, item in lines if not _is_struck(row, retracted)]
    last = {(row.story_id, item.title): row.id for row, item in standing}.values()  # posts of one article say the same
    return [PostedStory(*_linked(item, name, row), row.told_at) for row, item in standing if row.id in last]


def _shown(chat: str) -> ColumnElement[bool]:
    return and_(deliveries.c.chat == chat, deliveries.c.kind == DeliveryKind.STORY, _STANDS)


def _name(db: Connection, chat: str) -> str:
    return public_name(chat, db.scalar(select(chats.c.name).where(chats.c.chat == chat)) or "")


def _is_struck(row: Row[Any], retracted: Mapping[int, Retraction]) -> bool:
    return row.story_id in retracted and row.part in retracted[row.story_id].parts


def _retracted(db: Connection, chat: str, day: Day, tongue: Tongue) -> list[DigestItem]:
    """The stories retracted during a day whose posts a chat shows, each by the first; none that was deleted there."""
    lately = select(retractions.c.story_id).where(retractions.c.at >= day.since, retractions.c.at < day.until)
    sent = and_(_shown(chat), _told_at.isnot(None), deliveries.c.story_id.in_(lately))
    lines, name = _lines(db, sent, tongue), _name(db, chat)
    first = {row.story_id: row.id for row, _ in sorted(lines, key=lambda line: -line[0].id)}
    why = retractions_of(db, first)
    return [
        replace(_linked(item, name, row)[0], retracted=why[row.story_id].why)
        for row, item in lines
        if row.id == first[row.story_id]
    ]


def _linked(item: DigestItem, name: str, row: Row[Any]) -> tuple[DigestItem, bool]:
    url = message_link(name, row.message)
    return (replace(item, url=url), True) if url else (item, False)


def _lines(db: Connection, wanted: ColumnElement[bool], tongue: Tongue) -> list[tuple[Row[Any], DigestItem]]:
    """Each of these deliveries, with the telling that its post shows, and its line; by the time of publication."""
    columns = (deliveries.c[name] for name in ("id", "html", "created_at", "story_id", "part"))
    of_article = (articles.c.title, articles.c.url, articles.c.feed, articles.c.published_at, articles.c.verdict)
    message = func.coalesce(deliveries.c.message_id, _digests.c.message_id).label("message")
    same_part = and_(articles.c.story_id == deliveries.c.story_id, articles.c.part == deliveries.c.part)
    joined = (
        select(*columns, message, _told_at.label("told_at"), *of_article)
        .join(_digests, _digests.c.id == deliveries.c.digest_id, isouter=True)
        .join(articles, same_part, isouter=True)
        .where(wanted)
        .order_by(deliveries.c.id, articles.c.id)
    )
    tellings: dict[int, list[Any]] = {}
    for row in db.execute(joined):
        tellings.setdefault(row.id, []).append(row)
    leads = ((_lead(rows), rows) for rows in tellings.values())
    lines = [(lead, _item(lead, rows, tongue)) for lead, rows in leads]
    return sorted(lines, key=lambda line: (line[0].published_at or line[0].created_at, line[0].id))


def _lead(rows: Sequence[Row[Any]]) -> Row[Any]:
    """Return the telling shown by the post, whose first link is its address; else that which `Story.lead` would
    choose.
    """
    address = first_address(rows[0].html)
    shown = (row for row in rows if address and row.url and web_address(row.url) == address)
    return next(shown, None) or next((row for row in rows if Tier.POST in _topics(row)), rows[0])


def _item(lead: Row[Any], rows: Sequence[Row[Any]], tongue: Tongue) -> DigestItem:
    topics = _topics(lead)
    topic = topics.get(Tier.POST) or topics.get(Tier.REVIEW)
    called = topic_title(topic, tongue) if topic else ""
    outlets = tuple(dict.fromkeys(row.feed for row in (lead, *rows) if row.feed))
    return DigestItem(topic=called, title=lead.title or first_line(lead.html), url=lead.url or "", outlets=outlets)


def _topics(row: Row[Any]) -> Mapping[Tier, TopicVerdict]:
    """The first topic of each tier."""
    return {topic.tier: topic for topic in reversed(verdict_of(row.verdict).topics)} if row.verdict else {}
