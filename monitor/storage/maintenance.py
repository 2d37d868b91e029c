"""The clock was set back: instants written before stand in the future, and would hold up feeds, chats and looks.

Functions of an open transaction. Found by a beat of our own that has not happened yet, so that a clock that differs
from other workers' by seconds, or a worker of another machine, sets nothing off. (A clock set ahead needs no cure:
everything is due, every lease is over.)
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Table,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    tuple_,
    update,
)

from monitor.storage.database import upsert, write_transaction
from monitor.storage.entries import KEYS_KEPT
from monitor.storage.tables import articles, chats, deliveries, entries, entry_keys, feeds, heartbeats, reviews, sends

TIDY_EVERY = timedelta(days=1)
BATCH = 2_000  # rows a transaction: nobody waits long for the lock
SENDS_KEPT = timedelta(hours=1)  # the governor looks back a minute
PEOPLE_KEPT = timedelta(days=90)  # what is kept of those who speak with the bot
BEATS_KEPT = timedelta(days=7)  # of workers that are gone
TIDIED = "tidied"  # the beat that remembers the last round


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


class HeartbeatStore:
    """Which jobs of which workers are alive."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def beat(self, name: str, now: datetime) -> timedelta:
        """Note that a job is alive. Returns how far the clock was set back since its last beat, most often zero; what
        stood in the future then has been brought to now. Raises DatabaseError.
        """
        with write_transaction(self._engine) as db:
            if step := step_back(db, name, now):
                rewind(db, step, now)
            statement = upsert(db, heartbeats).values(name=name, at=now)
            db.execute(statement.on_conflict_do_update(index_elements=[heartbeats.c.name], set_={"at": now}))
        return step


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


def forget_keys(db: Connection, now: datetime) -> int:
    """Identities of entries that their feed shows no more: not at its last whole reading, and not for `KEYS_KEPT`.

    A feed that has not changed for months still shows them all, and would tell them as news.
    """
    shown = exists().where(
        feeds.c.name == entry_keys.c.feed, feeds.c.active, feeds.c.read_at <= entry_keys.c.last_seen_at
    )
    return _forget(db, entry_keys, and_(entry_keys.c.last_seen_at < now - KEYS_KEPT, ~shown))


def forget_sends(db: Connection, now: datetime) -> int:
    """Sends that no pace counts any more."""
    return _forget(db, sends, sends.c.at < now - SENDS_KEPT)


def forget_beats(db: Connection, now: datetime) -> int:
    """Workers that were replaced."""
    return _forget(db, heartbeats, heartbeats.c.at < now - BEATS_KEPT)


def forget_answers(db: Connection, now: datetime) -> int:
    """What the bot answered in its chats: the questions of people."""
    return _forget(db, deliveries, and_(deliveries.c.key.like("reply:%"), deliveries.c.updated_at < now - PEOPLE_KEPT))


def forget_initials(db: Connection, now: datetime) -> int:
    """The letters of those who decided, wherever they were written."""
    old = and_(reviews.c.initial != "", reviews.c.decided_at < now - PEOPLE_KEPT)
    rows = db.execute(select(reviews.c.story_id, reviews.c.part, reviews.c.initial).where(old).limit(BATCH)).all()
    for story_id, part, initial in rows:
        question = and_(deliveries.c.story_id == story_id, deliveries.c.part == part)
        html = func.replace(deliveries.c.html, f" · {initial}.</b>", "</b>")
        db.execute(update(deliveries).where(question).values(html=html))
        told = select(articles.c.entry_id).where(articles.c.story_id == story_id, articles.c.part == part)
        reason = func.replace(entries.c.reason, f" ({initial}.)", "")
        db.execute(update(entries).where(entries.c.id.in_(told)).values(reason=reason))
        decided = and_(reviews.c.story_id == story_id, reviews.c.part == part)
        db.execute(update(reviews).where(decided).values(initial=""))
    return len(rows)


Chore = Callable[[Connection, datetime], int]
CHORES: Mapping[str, Chore] = {
    "keys": forget_keys,
    "sends": forget_sends,
    "beats": forget_beats,
    "answers": forget_answers,
    "initials": forget_initials,
}


class Housekeeping:
    """The chores, and when they were last done. Instants are aware UTC."""

    def __init__(self, engine: Engine, chores: Mapping[str, Chore] = CHORES) -> None:
        self._engine, self._chores = engine, chores

    def tidy(self, now: datetime) -> Mapping[str, int]:
        """Do every chore if a day has passed since anybody did; the rows each forgot, empty when it is not time."""
        if not self._is_ours(now):
            return {}
        return {name: sum(self._batches(chore, now)) for name, chore in self._chores.items()}

    def _is_ours(self, now: datetime) -> bool:
        """Whether the round of this day is ours: the first worker that asks gets it."""
        with write_transaction(self._engine) as db:
            stale = or_(
                heartbeats.c.at <= now - TIDY_EVERY, heartbeats.c.at > now + TIDY_EVERY
            )  # the clock may be set back
            beat = upsert(db, heartbeats).values(name=TIDIED, at=now)
            taken = beat.on_conflict_do_update(index_elements=[heartbeats.c.name], set_={"at": now}, where=stale)
            return db.scalar(taken.returning(heartbeats.c.name)) is not None

    def _batches(self, chore: Chore, now: datetime) -> Iterator[int]:
        while True:
            with write_transaction(self._engine) as db:
                count = chore(db, now)
            yield count
            if count < BATCH:
                return


def _forget(db: Connection, table: Table, old: ColumnElement[bool]) -> int:
    key = tuple_(*table.primary_key.columns)
    some = select(*table.primary_key.columns).where(old).limit(BATCH)
    return db.execute(delete(table).where(key.in_(some))).rowcount
