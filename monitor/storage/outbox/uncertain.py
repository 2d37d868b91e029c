"""Posts in doubt: every statement on deliveries that are `uncertain`. bot/reconcile.py resolves them."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Engine,
    Row,
    Update,
    and_,
    bindparam,
    case,
    or_,
    select,
    update,
)

from monitor.models.outbox import DeliveryState, Doubt
from monitor.storage.database import read_transaction, write_transaction
from monitor.storage.tables import chats, deliveries
from monitor.text.chat_names import topic_of
from monitor.text.urls import public_name

FIRST_LOOK = timedelta(seconds=20)  # a message needs a moment to appear in the channel's preview
RESTORED = "база восстановлена из копии: с тех пор сообщение могло уйти"
"""Why posts from before the restoring of a backup are in doubt."""

LONGEST_LOOK_PAUSE = timedelta(minutes=15)


def uncertain_values(error: str, now: datetime) -> dict[str, Any]:
    """Return the changes of a row of which it is unknown whether Telegram accepted it."""
    in_doubt = {"state": DeliveryState.UNCERTAIN, "error": error, "updated_at": now}
    return in_doubt | {"doubted_at": now, "look_at": now + FIRST_LOOK}


class UncertainPosts:
    """The posts of which it is unknown whether Telegram has them. Instants are aware UTC; every method raises
    DatabaseError.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take(self, chat: str, now: datetime) -> Doubt | None:
        """Return the chat's next post to look for now; other workers get it only at its next turn."""
        with read_transaction(self._engine) as db:
            row = db.execute(_DUE, {"chat": chat, "now": now}).first()
            if row is None:
                return None
            doubt = _doubt(db, row)
        later = next_look_at(now, doubted_at=doubt.doubted_at)
        put_off = update(deliveries).where(_is(doubt), _is_due(now)).values(look_at=later)
        return doubt if self._changed(put_off) else None

    def confirm(self, doubt: Doubt, message_id: int, now: datetime) -> bool:
        """Record that the post is there. False if somebody decided about it meanwhile."""
        # The text sent is not stored: if it may have changed since, a harmless edit follows.
        moved_on = deliveries.c.wanted_revision > 1
        state = case((moved_on, DeliveryState.PENDING), else_=DeliveryState.SENT)
        sent = {"state": state, "message_id": message_id, "sent_revision": 1, "sent_at": now, "error": ""}
        return self._changed(update(deliveries).where(_is(doubt)).values(updated_at=now, **sent))

    def resend(self, doubt: Doubt, why: str, now: datetime) -> bool:
        """Send the post again. False if somebody decided about it meanwhile."""
        again = {"state": DeliveryState.PENDING, "error": why, "updated_at": now}
        return self._changed(update(deliveries).where(_is(doubt)).values(**again))

    def _changed(self, one: Update) -> bool:
        with write_transaction(self._engine) as db:
            return db.execute(one).rowcount == 1


def _is_due(now: datetime | BindParameter[Any]) -> ColumnElement[bool]:
    return or_(deliveries.c.look_at.is_(None), deliveries.c.look_at <= now)


_DUE = (
    select(deliveries, chats.c.name, chats.c.moved_to, chats.c.last_message_id)
    .join(chats, chats.c.chat == deliveries.c.chat)
    .where(deliveries.c.chat == bindparam("chat"), deliveries.c.state == DeliveryState.UNCERTAIN)
    .where(_is_due(bindparam("now")))
    .order_by(deliveries.c.id)
    .limit(1)
)  # executed for every chat at every tick


def _is(doubt: Doubt) -> ColumnElement[bool]:
    return and_(
        deliveries.c.id == doubt.id,
        deliveries.c.lease_no == doubt.lease_no,
        deliveries.c.state == DeliveryState.UNCERTAIN,
    )


def _doubt(db: Connection, row: Row[Any]) -> Doubt:
    after, last = row.after_message_id or 0, row.last_message_id or 0
    newer = and_(deliveries.c.chat == row.chat, deliveries.c.message_id > after)
    return Doubt(
        id=row.id,
        chat=row.chat,
        address=row.moved_to or row.chat,
        name="" if topic_of(row.chat) else public_name(row.chat, row.name),  # no preview page shows a topic
        html=row.html,
        doubted_at=row.doubted_at or row.updated_at,
        after=after,
        later=last if last > after else None,
        known=frozenset(db.scalars(select(deliveries.c.message_id).where(newer))),
        lease_no=row.lease_no,
    )


def next_look_at(now: datetime, *, doubted_at: datetime) -> datetime:
    """Return when to look again for a post in doubt: soon at first, then ever less often."""
    return now + min(max((now - doubted_at) / 2, FIRST_LOOK), LONGEST_LOOK_PAUSE)
