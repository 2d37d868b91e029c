"""The chats that posts go to, and since when: one added later does not get earlier posts.

Functions that take a connection run within the caller's transaction.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, bindparam, exists, or_, select, update

from monitor.models.outbox import DeliveryKind, DeliveryState
from monitor.storage.database import upsert, write_transaction
from monitor.storage.tables import articles, deliveries, destinations

UNDATED = timedelta(hours=1)
"""For this long after a backup was restored, an article without a date may be from before that."""

REMOVED = "канала больше нет в channels.yaml"
"""Why what waited for a chat was cancelled."""


class DestinationStore:
    """The destinations of one database. Raises DatabaseError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def settle(self, chats: Sequence[str], now: datetime) -> None:
        """Serve exactly these chats from now on, the main one first.

        Posts that wait for a removed chat are cancelled; its sent posts stay. A chat that comes back is brought up to
        date.
        """
        with write_transaction(self._engine) as db:
            known = {row.chat: row.removed_at for row in db.execute(select(destinations))}
            for place, chat in enumerate(chats):
                _serve(db, chat, place, now, anew=known.get(chat, now) is not None)
            for chat in known.keys() - set(chats):
                row = update(destinations).where(destinations.c.chat == chat, destinations.c.removed_at.is_(None))
                db.execute(row.values(removed_at=now))
                is_post = deliveries.c.kind.in_([DeliveryKind.STORY, DeliveryKind.DIGEST])
                _hold(db, and_(deliveries.c.chat == chat, is_post), now)


def _serve(db: Connection, chat: str, place: int, now: datetime, *, anew: bool) -> None:
    row = upsert(db, destinations).values(chat=chat, place=place, since=now, removed_at=None)
    begun = {"since": now, "removed_at": None} if anew else {}
    db.execute(row.on_conflict_do_update(index_elements=[destinations.c.chat], set_={"place": place, **begun}))
    take_up(db, and_(deliveries.c.chat == chat, deliveries.c.message_id.isnot(None)), now)


def _hold(db: Connection, which: ColumnElement[bool], now: datetime) -> None:
    """Cancel the pending ones of these; `take_up` resumes them."""
    waiting = and_(which, deliveries.c.state == DeliveryState.PENDING)
    held = {"state": DeliveryState.CANCELLED, "error": REMOVED, "updated_at": now}
    db.execute(update(deliveries).where(waiting).values(**held))


def take_up(db: Connection, which: ColumnElement[bool], now: datetime) -> None:
    """Resume those of these that were cancelled with their chat."""
    ended = and_(which, deliveries.c.state == DeliveryState.CANCELLED, deliveries.c.error == REMOVED)
    db.execute(update(deliveries).where(ended).values(state=DeliveryState.PENDING, error="", updated_at=now))


def is_left() -> ColumnElement[bool]:
    """The condition for deliveries to a chat that is no longer served."""
    return exists().where(destinations.c.chat == deliveries.c.chat, destinations.c.removed_at.isnot(None))


def hold_left(db: Connection, story_id: int, now: datetime) -> None:
    """Cancel pending changes of a story's posts in chats no longer served, until they are served again."""
    _hold(db, and_(deliveries.c.story_id == story_id, is_left()), now)


def is_old(db: Connection, story_id: int, part: int, chat: str) -> bool:
    """Whether another served chat was told this part of a story before this chat was added."""
    return db.scalar(_OLD, {"story": story_id, "part": part, "chat": chat}) is not None


def _old() -> Select[str]:
    other, ours = destinations.alias(), destinations
    earlier_post = (
        exists()
        .where(deliveries.c.story_id == bindparam("story"), deliveries.c.part == bindparam("part"))
        .where(deliveries.c.kind == DeliveryKind.STORY, deliveries.c.created_at < ours.c.since)
        .where(deliveries.c.chat == other.c.chat, other.c.chat != ours.c.chat, other.c.removed_at.is_(None))
    )
    return select(ours.c.chat).where(ours.c.chat == bindparam("chat"), earlier_post)


_OLD = _old()  # used for every article and chat


def may_know(db: Connection, story_id: int, part: int, chat: str, now: datetime) -> bool:
    """Whether a chat may have been told this part of a story by the database that a backup has since replaced: an
    article of it is older than the restoring.
    """
    asked = {"story": story_id, "part": part, "chat": chat, "undated": now - UNDATED}
    return db.scalar(_KNOWN, asked) is not None


def _known() -> Select[str]:
    is_old = articles.c.published_at < destinations.c.restored_at
    is_undated = and_(articles.c.published_at.is_(None), destinations.c.restored_at > bindparam("undated"))
    old_article = exists().where(
        articles.c.story_id == bindparam("story"), articles.c.part == bindparam("part"), or_(is_old, is_undated)
    )
    return select(destinations.c.chat).where(destinations.c.chat == bindparam("chat"), old_article)


_KNOWN = _known()


def is_further() -> ColumnElement[bool]:
    """The condition for deliveries to a chat other than the main channel."""
    return exists().where(destinations.c.chat == deliveries.c.chat, destinations.c.place > 0)
