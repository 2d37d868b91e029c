"""Posts in doubt: every statement on deliveries that are `uncertain`. What to do about one is `looking`'s affair.

Functions that take a connection are parts of somebody's transaction.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, or_, select, update

from monitor.models.outbox import DeliveryState, Doubt
from monitor.storage.tables import chats, deliveries
from monitor.text.urls import public_name

FIRST_LOOK = timedelta(seconds=20)  # a message needs a moment to appear in the channel's preview
LONGEST_LOOK_PAUSE = timedelta(minutes=15)


def doubted(error: str, now: datetime) -> dict[str, Any]:
    """What a row becomes when nobody knows whether Telegram has accepted it."""
    in_doubt = {"state": DeliveryState.UNCERTAIN, "error": error, "updated_at": now}
    return in_doubt | {"doubted_at": now, "look_at": now + FIRST_LOOK}


def of_chat(db: Connection, chat: str) -> Iterable[Doubt]:
    """Everything in doubt in a chat, the oldest first."""
    return [_doubt(db, row) for row in db.execute(_uncertain(chat)).all()]


def due(db: Connection, chat: str, now: datetime) -> Doubt | None:
    """The next doubt of a chat that should be looked into now."""
    wanted = or_(deliveries.c.look_at.is_(None), deliveries.c.look_at <= now)
    row = db.execute(_uncertain(chat).where(wanted).limit(1)).first()
    return _doubt(db, row) if row is not None else None


def put_off(db: Connection, doubt: Doubt, now: datetime) -> bool:
    """Let nobody else look until its next turn. False: somebody was quicker."""
    still_due = and_(_is(doubt), or_(deliveries.c.look_at.is_(None), deliveries.c.look_at <= now))
    later = next_look_at(now, doubted_at=doubt.doubted_at)
    return db.execute(update(deliveries).where(still_due).values(look_at=later)).rowcount == 1


def confirm(db: Connection, doubt: Doubt, message_id: int, now: datetime) -> bool:
    """The post is there. False: somebody has decided about it meanwhile."""
    # What was sent is not kept: text that may have moved on since is brought there by an edit, a harmless one.
    moved_on = deliveries.c.wanted_revision > 1
    state = case((moved_on, DeliveryState.PENDING), else_=DeliveryState.SENT)
    found = {"state": state, "message_id": message_id, "sent_revision": 1, "sent_at": now, "error": ""}
    return db.execute(update(deliveries).where(_is(doubt)).values(updated_at=now, **found)).rowcount == 1


def resend(db: Connection, doubt: Doubt, why: str, now: datetime) -> bool:
    """The post goes out once more. False: somebody has decided about it meanwhile."""
    again = update(deliveries).where(_is(doubt)).values(state=DeliveryState.PENDING, error=why, updated_at=now)
    return db.execute(again).rowcount == 1


def _uncertain(chat: str) -> Any:
    columns = (chats.c.name, chats.c.moved_to, chats.c.last_message_id)
    mine = and_(deliveries.c.chat == chat, deliveries.c.state == DeliveryState.UNCERTAIN)
    joined = select(deliveries, *columns).join(chats, chats.c.chat == deliveries.c.chat)
    return joined.where(mine).order_by(deliveries.c.id)


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
        name=public_name(row.chat, row.name),
        html=row.html,
        doubted_at=row.doubted_at or row.updated_at,
        after=after,
        later=last if last > after else None,
        known=frozenset(db.scalars(select(deliveries.c.message_id).where(newer))),
        lease_no=row.lease_no,
    )


def next_look_at(now: datetime, *, doubted_at: datetime) -> datetime:
    """When to look again for a post in doubt: soon while it may be found, ever more seldom after."""
    return now + min(max((now - doubted_at) / 2, FIRST_LOOK), LONGEST_LOOK_PAUSE)
