"""The outbox: every statement on deliveries and chats. Its law is drawn in tables.py; nothing is decided here.

Rows are written by `want`, inside the transaction that records a poll; claimed, sent and settled by dispatch.
Synchronous: callers in the event loop use `asyncio.to_thread`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, case, delete, func, insert, or_, select, update

from monitor.database import insert_or_ignore, reading, upsert, writing
from monitor.models import Delivery, DeliveryState, OutboxRow, Pace, Settlement, Wait, WantedPost
from monitor.tables import articles, chats, deliveries, sends, stories
from monitor.vitals import OutboxSummary

MINUTE = timedelta(seconds=60)  # the governor's window


def want(db: Connection, story_id: int, post: WantedPost, now: datetime) -> None:
    """Say what a chat should show of a part of a story; a sent post whose text moved on becomes pending again."""
    sent, pending = DeliveryState.SENT, DeliveryState.PENDING
    new = {"story_id": story_id, "chat": post.chat, "part": post.part, "html": post.html}
    moved = {
        "html": post.html,
        "wanted_revision": deliveries.c.wanted_revision + 1,
        "state": case((deliveries.c.state == sent, pending), else_=deliveries.c.state),
        "updated_at": now,
    }
    db.execute(
        upsert(db, deliveries)
        .values(**new, wanted_revision=1, state=pending, created_at=now, updated_at=now)
        .on_conflict_do_update(
            index_elements=[deliveries.c.story_id, deliveries.c.chat, deliveries.c.part],
            set_=moved,
            where=deliveries.c.html != post.html,
        )
    )


class Outbox:
    """What the chats should show, and what they are known to show. Instants are aware UTC."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def recover(self, now: datetime, *, everything: bool) -> int:
        """Settle claims whose process died while `sending`: a post becomes `uncertain`, an edit `pending`.

        `everything`: no claim can be alive (one process, the instance lock is ours); otherwise only those
        whose lease ran out. Returns how many became uncertain.
        """
        with writing(self._engine) as db:
            dead = deliveries.c.state == DeliveryState.SENDING
            return self._expire(db, dead if everything else and_(dead, deliveries.c.lease_until <= now), now)

    @staticmethod
    def _expire(db: Connection, dead: Any, now: datetime) -> int:
        posting = and_(dead, deliveries.c.message_id.is_(None))
        doubt = "процесс прервался во время отправки: сообщение могло уйти"
        uncertain = {"state": DeliveryState.UNCERTAIN, "error": doubt, "updated_at": now}
        count = db.execute(update(deliveries).where(posting).values(**uncertain)).rowcount
        db.execute(update(deliveries).where(dead).values(state=DeliveryState.PENDING, updated_at=now))
        return count

    def claim(self, chat: str, now: datetime, *, lease: timedelta, pace: Pace) -> Delivery | Wait | None:
        """Take the next delivery of a chat into `sending`. Wait: something stands ready but may not go yet.

        First posts go before edits, older stories before newer ones.
        """
        with writing(self._engine) as db:
            not_before_at = _lock_chat(db, chat)
            mine = deliveries.c.chat == chat
            sending = and_(mine, deliveries.c.state == DeliveryState.SENDING)
            self._expire(db, and_(sending, deliveries.c.lease_until <= now), now)
            in_flight = db.scalar(select(deliveries.c.lease_until).where(sending))
            row = db.execute(_next_pending(chat)).first()
            if row is None:
                return None
            gates = (not_before_at, in_flight, _governor_gate(db, chat, now, pace))
            gate = max((instant for instant in gates if instant is not None), default=now)
            if gate > now:
                return Wait(until=gate)
            return _take(db, row, now, lease)

    def settle(self, delivery: Delivery, settlement: Settlement, now: datetime) -> bool:
        """End a claim. False: the claim is no longer ours (its lease ran out), and nothing was written."""
        mine = and_(
            deliveries.c.id == delivery.id,
            deliveries.c.lease_no == delivery.lease_no,
            deliveries.c.state == DeliveryState.SENDING,
        )
        changes: dict[str, Any] = {"state": settlement.state, "error": settlement.error, "lease_until": None}
        if settlement.state is DeliveryState.SENT:
            moved_on = deliveries.c.wanted_revision > delivery.revision
            changes["state"] = case((moved_on, DeliveryState.PENDING), else_=DeliveryState.SENT)
            changes |= {"sent_revision": delivery.revision, "message_id": settlement.message_id}
        pause = {"not_before_at": settlement.chat_not_before_at, "closed": settlement.chat_closed}
        with writing(self._engine) as db:
            if db.execute(update(deliveries).where(mine).values(updated_at=now, **changes)).rowcount != 1:
                return False
            db.execute(update(chats).where(chats.c.chat == delivery.chat).values(**pause))
        return True

    def rows(self, states: Iterable[DeliveryState]) -> tuple[OutboxRow, ...]:
        """The rows in these states, oldest first, with the headline of their story's first telling."""
        leads = select(func.min(articles.c.id)).group_by(articles.c.story_id)
        columns = [deliveries.c[name] for name in ("id", "chat", "state", "attempts", "error", "updated_at")]
        rows = (
            select(*columns, articles.c.title, articles.c.url)
            .join(articles, articles.c.story_id == deliveries.c.story_id)
            .where(deliveries.c.state.in_(list(states)), articles.c.id.in_(leads))
            .order_by(deliveries.c.id)
        )
        with reading(self._engine) as db:
            return tuple(OutboxRow(**{**row._asdict(), "state": DeliveryState(row.state)}) for row in db.execute(rows))

    def summary(self, since: datetime) -> OutboxSummary:
        """Counts by state, the oldest that waits, and the delays of what was first sent after `since`."""
        counted = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
        waiting = select(func.min(deliveries.c.updated_at)).where(deliveries.c.state == DeliveryState.PENDING)
        firsts = select(func.min(articles.c.id)).group_by(articles.c.story_id)
        posted = (
            select(deliveries.c.created_at, deliveries.c.updated_at, articles.c.published_at)
            .join(articles, articles.c.story_id == deliveries.c.story_id)
            .where(articles.c.id.in_(firsts), deliveries.c.created_at >= since)
            .where(deliveries.c.state == DeliveryState.SENT, deliveries.c.sent_revision == 1)
        )
        with reading(self._engine) as db:
            rows = db.execute(posted).all()
            return OutboxSummary(
                counts={DeliveryState(state): count for state, count in db.execute(counted)},
                oldest_pending_at=db.scalar(waiting),
                found_after=tuple(sorted(row.created_at - row.published_at for row in rows if row.published_at)),
                sent_after=tuple(sorted(row.updated_at - row.created_at for row in rows)),
            )

    def decide(self, delivery_id: int, *, allowed: Iterable[DeliveryState], to: DeliveryState, now: datetime) -> bool:
        """An operator moves one row; False when it is not in one of the `allowed` states."""
        mine = and_(deliveries.c.id == delivery_id, deliveries.c.state.in_(list(allowed)))
        with writing(self._engine) as db:
            return db.execute(update(deliveries).where(mine).values(state=to, error="", updated_at=now)).rowcount == 1


def _lock_chat(db: Connection, chat: str) -> datetime | None:
    """Make claims of one chat stand in line; returns the instant before which nothing may be sent."""
    db.execute(insert_or_ignore(db, chats).values(chat=chat, closed=""))
    not_before_at: datetime | None = db.execute(
        select(chats.c.not_before_at).where(chats.c.chat == chat).with_for_update()
    ).scalar_one()
    return not_before_at


def _next_pending(chat: str) -> Any:
    pending = and_(deliveries.c.chat == chat, deliveries.c.state == DeliveryState.PENDING)
    return select(deliveries).where(pending).order_by(deliveries.c.message_id.isnot(None), deliveries.c.id).limit(1)


def _governor_gate(db: Connection, chat: str, now: datetime, pace: Pace) -> datetime | None:
    """The instant from which the chat's pace allows one more send; forgets sends older than the window."""
    db.execute(delete(sends).where(sends.c.chat == chat, sends.c.at <= now - MINUTE))
    sent = select(sends.c.at).where(sends.c.chat == chat).order_by(sends.c.at.desc())
    at: Sequence[datetime] = db.scalars(sent).all()
    if not at:
        return None
    crowded = at[pace.per_minute - 1] + MINUTE if len(at) >= pace.per_minute else at[0]
    # The clock may have been set back: a gate is never further away than its own window.
    return min(max(at[0] + pace.spacing, crowded), now + MINUTE)


def _take(db: Connection, row: Row[Any], now: datetime, lease: timedelta) -> Delivery | None:
    """Put a pending row into `sending`, by conditional update, and count it against the pace."""
    claimed = {
        "state": DeliveryState.SENDING,
        "lease_no": row.lease_no + 1,
        "lease_until": now + lease,
        "attempts": row.attempts + 1,
        "updated_at": now,
    }
    free = and_(deliveries.c.id == row.id, deliveries.c.state == DeliveryState.PENDING)
    if db.execute(update(deliveries).where(free).values(**claimed)).rowcount != 1:
        return None  # an operator cancelled it this very moment
    db.execute(insert(sends).values(chat=row.chat, at=now))
    return Delivery(
        id=row.id,
        story_id=row.story_id,
        chat=row.chat,
        html=row.html,
        revision=row.wanted_revision,
        message_id=row.message_id,
        reply_to=_reply_to(db, row) if row.message_id is None else None,
        attempts=row.attempts + 1,
        lease_no=row.lease_no + 1,
    )


def _reply_to(db: Connection, row: Row[Any]) -> int | None:
    """The message in the same chat that a post answers: the story's first one, else that of the story it follows."""
    followed = select(stories.c.follows).where(stories.c.id == row.story_id).scalar_subquery()
    in_chat = and_(deliveries.c.chat == row.chat, deliveries.c.message_id.isnot(None))
    earlier = or_(
        and_(deliveries.c.story_id == row.story_id, deliveries.c.part < row.part), deliveries.c.story_id == followed
    )
    own_first = (deliveries.c.story_id == row.story_id).desc()
    found = select(deliveries.c.message_id).where(in_chat, earlier).order_by(own_first, deliveries.c.part).limit(1)
    message_id: int | None = db.scalar(found)
    return message_id
