"""The state of the work, for health check, metrics and alarms. Read-only."""

import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, and_, case, func, or_, select

from monitor.models.health import ChatVitals, Disk, Vitals
from monitor.models.outbox import DeliveryState, OutboxSummary
from monitor.storage.chat_rows import paused_until, rows_of_chat
from monitor.storage.chats import TOLD_STATE
from monitor.storage.database import read_transaction
from monitor.storage.evidence.vitals import EvidenceStats
from monitor.storage.feeds import since_first_poll, unpaused
from monitor.storage.tables import (
    articles,
    chats,
    deliveries,
    entries,
    feeds,
    heartbeats,
    held,
    listeners,
    sends,
    stories,
)

MOST_UNDECIDED = 100  # rows listed individually


class Stats:
    """Figures of the work. `folder` is where the database file is, None if it is elsewhere.

    `evidence` has the figures of the copies of pages.

    Every method is one reading transaction, may be called from any thread, and raises DatabaseError.
    """

    def __init__(self, engine: Engine, *, folder: Path | None = None) -> None:
        self._engine, self._folder = engine, folder
        self.evidence = EvidenceStats(engine)

    def vitals(self, now: datetime) -> Vitals:
        """Return a snapshot of the work."""
        with read_transaction(self._engine) as db:
            due_since, unended_since = _due_since(db, now)
            return Vitals(
                beats={row.name: row.at for row in db.execute(select(heartbeats))},
                feeds=_feed_states(db, now),
                due_since=due_since,
                unended_since=unended_since,
                polled_at=db.scalar(select(func.max(feeds.c.polled_at)).where(feeds.c.active)),
                deliveries=_delivery_states(db),
                undecided=_undecided(db),
                chats=_chats(db),
                deaf=_deaf(db, now),
            )

    def chats(self) -> tuple[ChatVitals, ...]:
        """Return how each chat is served."""
        with read_transaction(self._engine) as db:
            return _chats(db)

    def times(self, delivery_id: int) -> tuple[datetime | None, datetime] | None:
        """Return when a post's article was published (None: undated) and when we saw it; None if it has no article."""
        mine = and_(articles.c.story_id == deliveries.c.story_id, articles.c.part == deliveries.c.part)
        rows = (
            select(entries.c.published_at, entries.c.seen_at)
            .select_from(deliveries.join(articles, mine).join(entries, entries.c.id == articles.c.entry_id))
            .where(deliveries.c.id == delivery_id)
            .order_by(articles.c.id)
        )
        with read_transaction(self._engine) as db:
            row = db.execute(rows.limit(1)).first()
            return (row.published_at, row.seen_at) if row else None

    def list_fired(self, *, after: int, since: datetime) -> tuple[tuple[int, datetime, tuple[str, ...]], ...]:
        """Return what rules matched: number of the article (above `after`), when we saw it, its rules as "topic/name".

        Only for stories updated `since` then, and articles held by muted rules since then; in the order of the numbers.
        """
        fired = (
            select(articles.c.id, entries.c.seen_at, articles.c.verdict)
            .join(entries, entries.c.id == articles.c.entry_id)
            .where(articles.c.id > after)
        )
        in_stories = fired.join(stories, stories.c.id == articles.c.story_id).where(stories.c.updated_at >= since)
        muted = fired.where(articles.c.entry_id.in_(select(held.c.entry_id).where(held.c.held_at >= since)))
        with read_transaction(self._engine) as db:
            rows = (row for some in (in_stories, muted) for row in db.execute(some))
            return tuple(sorted((row.id, row.seen_at, _rules(row.verdict)) for row in rows))

    def summary(self, since: datetime) -> OutboxSummary:
        """Return counts by state, the oldest pending delivery, and the delays of what was first sent after `since`.

        The delay until found is given only for articles published after the first poll of their feed.
        """
        waiting = select(func.min(deliveries.c.updated_at)).where(deliveries.c.state == DeliveryState.PENDING)
        firsts = select(func.min(articles.c.id)).group_by(articles.c.story_id)
        posted = (
            select(
                deliveries.c.created_at,
                deliveries.c.updated_at,
                articles.c.published_at,
                since_first_poll(articles.c.published_at).label("later"),
            )
            .join(articles, articles.c.story_id == deliveries.c.story_id)
            .join(entries, entries.c.id == articles.c.entry_id)
            .join(feeds, feeds.c.name == entries.c.feed)
            .where(articles.c.id.in_(firsts), deliveries.c.created_at >= since)
            .where(deliveries.c.state == DeliveryState.SENT, deliveries.c.sent_revision == 1)
        )
        with read_transaction(self._engine) as db:
            rows = db.execute(posted).all()
            return OutboxSummary(
                counts={state: count for state, count in _delivery_states(db).items() if count},
                oldest_pending_at=db.scalar(waiting),
                found_after=tuple(
                    sorted(one.created_at - one.published_at for one in rows if one.published_at and one.later)
                ),
                sent_after=tuple(sorted(row.updated_at - row.created_at for row in rows)),
            )

    def disk(self) -> Disk | None:
        """Return the disk under the database; None if it is not on this machine."""
        if self._folder is None:
            return None
        usage = shutil.disk_usage(self._folder)
        return Disk(free=usage.free, total=usage.total)


def _rules(verdict: Mapping[str, Any]) -> tuple[str, ...]:
    topics = (*verdict["topics"], *verdict.get("muted", ()))
    return tuple(f"{topic['id']}/{topic['rule']}" for topic in topics)


def _feed_states(db: Connection, now: datetime) -> dict[str, int]:
    state = case(
        (~feeds.c.active, "resting"), (~unpaused(now), "paused"), (feeds.c.polled_at.is_(None), "new"),
        (feeds.c.failures > 0, "failing"), else_="working",
    )  # fmt: skip
    counts = select(state.label("state"), func.count().label("count")).group_by(state)
    return dict.fromkeys(("working", "failing", "new", "paused", "resting"), 0) | {
        row.state: row[1] for row in db.execute(counts)
    }


def _due_since(db: Connection, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Return when the most overdue free feed was due, and the most overdue of all."""
    free = or_(feeds.c.lease_until.is_(None), feeds.c.lease_until <= now)
    due = and_(feeds.c.active, unpaused(now), feeds.c.next_poll_at <= now)
    first = func.min(feeds.c.next_poll_at)
    row = db.execute(select(first.filter(free), first).where(due)).one()
    return row[0], row[1]


def _delivery_states(db: Connection) -> dict[DeliveryState, int]:
    counts = select(TOLD_STATE, func.count()).group_by(TOLD_STATE)
    return dict.fromkeys(DeliveryState, 0) | {DeliveryState(state): count for state, count in db.execute(counts)}


def _undecided(db: Connection) -> tuple[tuple[int, DeliveryState], ...]:
    waiting = deliveries.c.state.in_([DeliveryState.UNCERTAIN, DeliveryState.REJECTED])
    rows = select(deliveries.c.id, deliveries.c.state).where(waiting).order_by(deliveries.c.id).limit(MOST_UNDECIDED)
    return tuple((row.id, DeliveryState(row.state)) for row in db.execute(rows))


def _deaf(db: Connection, now: datetime) -> str:
    # Without a lease nobody reads updates any more: the chats were removed from the settings.
    troubles = select(listeners.c.trouble).where(listeners.c.trouble != "", listeners.c.lease_until > now)
    return db.scalar(troubles.limit(1)) or ""


def _chats(db: Connection) -> tuple[ChatVitals, ...]:
    # `created_at` survives all edits of a row; since when an edit waits is its `updated_at`.
    since = case((deliveries.c.message_id.is_(None), deliveries.c.created_at), else_=deliveries.c.updated_at)
    waiting = (
        select(deliveries.c.chat, func.count().label("pending"), func.min(since).label("waiting_since"))
        .where(deliveries.c.state == DeliveryState.PENDING)
        .group_by(deliveries.c.chat)
    )
    queues = {row.chat: row._asdict() for row in db.execute(waiting)}
    last = select(sends.c.chat, func.max(sends.c.at)).group_by(sends.c.chat)
    tried = {row[0]: row[1] for row in db.execute(last)}
    rows = db.execute(select(chats)).all()
    known = {row.chat: row for row in rows}
    return tuple(
        ChatVitals(
            closed=known[chat].closed if chat in known else "",
            not_before_at=paused_until(rows_of_chat(rows, chat), chat) if chat in known else None,
            tried_at=tried.get(chat),
            **{"chat": chat} | queues.get(chat, {}),
        )
        for chat in sorted({*known, *queues})
    )
