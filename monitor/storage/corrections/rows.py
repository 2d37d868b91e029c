"""What others need of retractions: which stories are retracted, and posts of theirs that must not go out any more.

Functions are parts of somebody's transaction.
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

WITHDRAWN = "опровергнуто раньше, чем ушло"  # in the error of a post that was therefore never sent


def retractions_of(db: Connection, numbers: Collection[int]) -> Mapping[int, Retraction]:
    """Those of these stories that are retracted."""
    return {
        row.story_id: read_retraction(row)
        for chunk in chunks(sorted(numbers))
        for row in db.execute(select(retractions).where(retractions.c.story_id.in_(chunk)))
    }


def read_retraction(row: Row[Any]) -> Retraction:
    """A row of the table → the value."""
    return Retraction(why=row.why, at=row.at, parts=frozenset(row.parts), initial=row.initial)


def withdraw_unsent(db: Connection, mine: ColumnElement[bool], now: datetime) -> int:
    """Cancel the posts among these rows that would tell what is retracted; only those surely never sent.

    Returns how many. A post in flight, or in doubt, comes here when it is known that it was not accepted.
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
