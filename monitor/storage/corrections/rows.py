"""Retractions for other modules: which stories are retracted, and posts that must not be sent any more.

Functions run within the caller's transaction.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, select, update

from monitor.models.outbox import DeliveryKind, DeliveryState
from monitor.models.stories import Retraction
from monitor.storage.corrections.schema import retractions
from monitor.storage.database import chunks
from monitor.storage.tables import deliveries

WITHDRAWN = "опровергнуто раньше, чем ушло"  # the error of a post that was therefore never sent


def retractions_of(db: Connection, numbers: Collection[int]) -> Mapping[int, Retraction]:
    """Return the retractions of these stories, by story."""
    return {
        row.story_id: read_retraction(row)
        for chunk in chunks(sorted(numbers))
        for row in db.execute(select(retractions).where(retractions.c.story_id.in_(chunk)))
    }


def read_retraction(row: Row[Any]) -> Retraction:
    """Convert a row of the table."""
    return Retraction(why=row.why, at=row.at, parts=frozenset(row.parts), initial=row.initial)


def withdraw_unsent(db: Connection, mine: ColumnElement[bool], now: datetime) -> int:
    """Cancel those of these posts that show retracted parts and were certainly never sent.

    Returns how many. Posts in flight or in doubt are handled when it is known that they were not accepted.
    """
    waiting = and_(
        deliveries.c.kind == DeliveryKind.STORY,
        deliveries.c.state == DeliveryState.PENDING,
        deliveries.c.message_id.is_(None),
    )
    rows = db.execute(
        select(deliveries.c.id, deliveries.c.part, retractions.c.parts)
        .join(retractions, retractions.c.story_id == deliveries.c.story_id)
        .where(mine, waiting)
    ).all()
    numbers = [row.id for row in rows if row.part in row.parts]
    cancelled = {"state": DeliveryState.CANCELLED, "error": WITHDRAWN, "updated_at": now}
    for chunk in chunks(numbers):
        db.execute(update(deliveries).where(deliveries.c.id.in_(chunk)).values(**cancelled))
    return len(numbers)
