"""The clock was set back: instants written before stand in the future, and would hold up feeds, chats and looks.

Functions of an open transaction. Found by a beat of our own that has not happened yet, so that a clock that differs
from other workers' by seconds, or a worker of another machine, sets nothing off. (A clock set ahead needs no cure:
everything is due, every lease is over.)
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, and_, or_, select, update

from monitor.storage.tables import chats, deliveries, feeds, heartbeats, sends

SKEW = timedelta(minutes=1)  # a smaller step back delays nothing worth a cure
LONGEST_LEASE = timedelta(minutes=5)  # of feeds; of sends it is shorter

_NOT_AFTER_NOW: tuple[Column[Any], ...] = (
    feeds.c.polled_at,
    feeds.c.succeeded_at,
    feeds.c.baseline_at,
    feeds.c.news_at,
    feeds.c.read_at,
    feeds.c.whole_at,
    feeds.c.tried_at,
    deliveries.c.updated_at,
    deliveries.c.doubted_at,
    deliveries.c.look_at,
    sends.c.at,
    heartbeats.c.at,
)


def step_back(db: Connection, name: str, now: datetime) -> timedelta:
    """How far the clock has gone back since the last beat of this name; zero when it has not."""
    beat: datetime | None = db.scalar(select(heartbeats.c.at).where(heartbeats.c.name == name))
    return beat - now if beat is not None and beat > now + SKEW else timedelta(0)


def rewind(db: Connection, by: timedelta, now: datetime) -> None:
    """Bring what lies in the future to `now`: feeds polled then, or never, are due; leases end in their time; pauses of
    chats last as long as they would have (they are Telegram's wish).
    """
    ahead = now + SKEW
    db.execute(select(feeds.c.name).order_by(feeds.c.name).with_for_update())
    unpolled = and_(feeds.c.polled_at.is_(None), feeds.c.next_poll_at > ahead)
    db.execute(update(feeds).where(or_(feeds.c.polled_at > ahead, unpolled)).values(next_poll_at=now))
    for row in db.execute(select(chats.c.chat, chats.c.not_before_at).order_by(chats.c.chat).with_for_update()).all():
        until = row.not_before_at and row.not_before_at - by
        db.execute(update(chats).where(chats.c.chat == row.chat).values(not_before_at=until))
    for column in _NOT_AFTER_NOW:
        _bring(db, column, later_than=ahead, to=now)
    for table in (feeds, deliveries):
        _bring(db, table.c.lease_until, later_than=ahead + LONGEST_LEASE, to=now + LONGEST_LEASE)


def _bring(db: Connection, column: Column[Any], *, later_than: datetime, to: datetime) -> None:
    table: Any = column.table
    db.execute(update(table).where(column > later_than).values({column.name: to}))
