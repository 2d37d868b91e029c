"""Heartbeats and alarms, repairs after the clock was set back, and housekeeping.

When the clock is set back, what was written before is in the future and would delay feeds, chats and looks.
`HeartbeatStore.beat` detects this by a beat in the future and repairs everything in the same transaction, so that no
other statement need consider it. (A clock set ahead needs no repair: everything is due, every lease is over.)
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
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
    literal,
    or_,
    select,
    true,
    tuple_,
    update,
)

from monitor.models.health import Alarm, ConditionKind
from monitor.models.outbox import DeliveryKind, DeliveryState
from monitor.storage.corrections.schema import retractions
from monitor.storage.database import read_transaction, upsert, write_transaction
from monitor.storage.edits.schema import file_versions
from monitor.storage.entries import KEYS_KEPT, forget_refusals
from monitor.storage.evidence.notices import unsign
from monitor.storage.evidence.schema import pages
from monitor.storage.tables import (
    alarms,
    archive_dictionaries,
    articles,
    chats,
    deliveries,
    delivery_photos,
    desk_keys,
    destinations,
    entries,
    entry_keys,
    feeds,
    heartbeats,
    held,
    listeners,
    mutes,
    reviews,
    sends,
)

SKEW = timedelta(minutes=1)  # a smaller step back delays too little to be repaired
TIDY_EVERY = timedelta(days=1)
BATCH = 2_000  # rows a transaction, so that nobody waits long for the lock
SENDS_KEPT = timedelta(hours=1)  # the rate limit looks back a minute
PEOPLE_KEPT = timedelta(days=90)  # for data about people who talk to the bot
PHOTOS_KEPT = timedelta(days=7)
BEATS_KEPT = timedelta(days=7)  # for workers that are gone
TIDIED = "tidied"  # the beat that records the last housekeeping

_KINDS = frozenset(ConditionKind)
_PAST: tuple[Column[Any], ...] = (  # times of past events, or by which something should be looked at
    *(feeds.c[name] for name in ("polled_at", "succeeded_at", "baseline_at", "news_at", "read_at", "whole_at")),
    *(feeds.c[name] for name in ("gap_at", "away_since", "tried_at")),
    *(deliveries.c[name] for name in ("created_at", "updated_at", "sent_at", "doubted_at", "look_at")),
    *(destinations.c.since, destinations.c.restored_at, reviews.c.decided_at, retractions.c.at, held.c.held_at),
    *(alarms.c[name] for name in ("since", "told_at", "gone_at")),
    *(sends.c.at, heartbeats.c.at, reviews.c.asked_at, mutes.c.since, archive_dictionaries.c.made_at),
)
_LEASES: Mapping[Column[Any], timedelta] = {  # with the longest duration of each
    feeds.c.lease_until: timedelta(minutes=5),
    deliveries.c.lease_until: timedelta(minutes=3),
    listeners.c.lease_until: timedelta(minutes=3),
    pages.c.lease_until: timedelta(minutes=5),
}
_LETTERS: Mapping[Table, Column[Any]] = {  # and when each was of use last; those of reviews stand in texts, too
    mutes: mutes.c.until,
    retractions: retractions.c.at,
    file_versions: file_versions.c.saved_at,
}
_PAUSES: tuple[Column[Any], ...] = (chats.c.not_before_at, mutes.c.until, pages.c.due_at)


class HeartbeatStore:
    """Heartbeats: which jobs of which workers are alive."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def beat(self, name: str, now: datetime) -> timedelta:
        """Record that a job is alive. Returns how far the clock was set back since its last beat, usually zero; if it
        was, everything in the future has been repaired. Raises DatabaseError.
        """
        with write_transaction(self._engine) as db:
            if step := _step_back(db, name, now):
                _rewind(db, step, now)
            statement = upsert(db, heartbeats).values(name=name, at=now)
            db.execute(statement.on_conflict_do_update(index_elements=[heartbeats.c.name], set_={"at": now}))
        return step


class AlarmStore:
    """The alarms between two checks: what is wrong, since when, and whether it was reported (health/alarms.py)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def alarms(self) -> tuple[Alarm, ...]:
        """Return all stored alarms, the oldest first; kinds of another version of the program are left out."""
        with read_transaction(self._engine) as db:
            rows = [row._asdict() for row in db.execute(select(alarms).order_by(alarms.c.since, alarms.c.key))]
        return tuple(Alarm(**row) for row in rows if row["key"].partition(":")[0] in _KINDS)

    def keep(self, kept: Iterable[Alarm]) -> None:
        """Store exactly these alarms."""
        rows = {alarm.key: alarm for alarm in kept}
        with write_transaction(self._engine) as db:
            db.execute(delete(alarms).where(alarms.c.key.not_in(rows)))
            for alarm in rows.values():
                row = {name: getattr(alarm, name) for name in Alarm.__dataclass_fields__}
                known = upsert(db, alarms).values(**row)
                db.execute(known.on_conflict_do_update(index_elements=[alarms.c.key], set_=row))


def _step_back(db: Connection, name: str, now: datetime) -> timedelta:
    """Return how far the clock has gone back since the last beat: on SQLite, which has one worker, since any beat; else
    since one of our own, so that another machine's clock triggers nothing.
    """
    ours = true() if db.dialect.name == "sqlite" else heartbeats.c.name == name
    last: datetime | None = db.scalar(select(func.max(heartbeats.c.at)).where(ours))
    return last - now if last is not None and last > now + SKEW else timedelta(0)


def _rewind(db: Connection, by: timedelta, now: datetime) -> None:
    """Repair timestamps after the clock was set back by `by`: move past events from the future to `now`, make feeds due
    that were polled then or never, judge entries again that were refused by the wrong clock, shift pauses of chats,
    mutes and looks, and cap leases.
    """
    ahead = now + SKEW
    db.execute(select(feeds.c.name).order_by(feeds.c.name).with_for_update())
    unpolled = and_(feeds.c.polled_at.is_(None), feeds.c.next_poll_at > ahead)
    db.execute(update(feeds).where(or_(feeds.c.polled_at > ahead, unpolled)).values(next_poll_at=now))
    forget_refusals(db, now, later_than=ahead)
    _free_keys(db, now, later_than=ahead)
    for column in _PAUSES:
        _shift(db, column, by, now)
    for column in _PAST:
        _bring(db, column, later_than=ahead, to=now)
    for column, length in _LEASES.items():
        _bring(db, column, later_than=ahead + length, to=now + length)


def _free_keys(db: Connection, now: datetime, *, later_than: datetime) -> None:
    """Rename the keys of digests created too early, so that their days and weeks are reported again in time."""
    early = and_(deliveries.c.kind == DeliveryKind.DIGEST, deliveries.c.created_at > later_than)
    key = literal(f"early:{now.isoformat()}:") + deliveries.c.key
    db.execute(update(deliveries).where(early).values(key=key))


def _bring(db: Connection, column: Column[Any], *, later_than: datetime, to: datetime) -> None:
    table: Any = column.table
    db.execute(update(table).where(column > later_than).values({column.name: to}))


def _shift(db: Connection, column: Column[Any], by: timedelta, now: datetime) -> None:
    table: Any = column.table
    key = table.primary_key.columns
    ahead = select(*key, column.label("until")).where(column > now).order_by(*key).with_for_update()
    for *identity, until in db.execute(ahead).all():
        mine = and_(*(part == value for part, value in zip(key, identity, strict=True)))
        db.execute(update(table).where(mine).values({column.name: until - by}))


def forget_keys(db: Connection, now: datetime) -> int:
    """Delete keys of entries that their feed no longer shows: not at its last complete reading, and not within
    `KEYS_KEPT`.

    A feed unchanged for months still shows its entries, and would otherwise report them as news.
    """
    shown = exists().where(
        feeds.c.name == entry_keys.c.feed, feeds.c.active, feeds.c.read_at <= entry_keys.c.last_seen_at
    )
    return _forget(db, entry_keys, and_(entry_keys.c.last_seen_at < now - KEYS_KEPT, ~shown))


def forget_sends(db: Connection, now: datetime) -> int:
    """Delete sends that no rate limit counts any more."""
    return _forget(db, sends, sends.c.at < now - SENDS_KEPT)


def forget_beats(db: Connection, now: datetime) -> int:
    """Delete heartbeats of workers that are gone."""
    return _forget(db, heartbeats, heartbeats.c.at < now - BEATS_KEPT)


def forget_answers(db: Connection, now: datetime) -> int:
    """What the bot answered in its chats, and told of edits there: the questions of people, and who edited."""
    of_people = or_(deliveries.c.key.like("reply:%"), deliveries.c.key.like("reload:%"))
    return _forget(db, deliveries, and_(of_people, deliveries.c.updated_at < now - PEOPLE_KEPT))


def forget_photos(db: Connection, now: datetime) -> int:
    """Delete pictures of posts that will not be posted again; Telegram has those that were."""
    ended = deliveries.c.state.in_([DeliveryState.SENT, DeliveryState.CANCELLED])
    old = select(deliveries.c.id).where(ended, deliveries.c.updated_at < now - PHOTOS_KEPT)
    return _forget(db, delivery_photos, delivery_photos.c.delivery_id.in_(old))


def forget_initials(db: Connection, now: datetime) -> int:
    """The letters of those who decided, retracted, muted or edited, wherever they were written."""
    before = now - PEOPLE_KEPT
    for table, at in _LETTERS.items():
        db.execute(update(table).where(table.c.initial != "", at < before).values(initial=""))
    db.execute(delete(desk_keys).where(desk_keys.c.expires_at < before))
    unsign(db, before)
    return _forget_reviewers(db, before)


def _forget_reviewers(db: Connection, before: datetime) -> int:
    old = and_(reviews.c.initial != "", reviews.c.decided_at < before)
    rows = db.execute(select(reviews.c.story_id, reviews.c.part, reviews.c.initial).where(old).limit(BATCH)).all()
    for story_id, part, initial in rows:
        question = and_(deliveries.c.story_id == story_id, deliveries.c.part == part)
        html = func.replace(deliveries.c.html, f" · {initial}.</b>", "</b>")
        db.execute(update(deliveries).where(question).values(html=html))
        entry_ids = select(articles.c.entry_id).where(articles.c.story_id == story_id, articles.c.part == part)
        reason = func.replace(entries.c.reason, f" ({initial}.)", "")
        db.execute(update(entries).where(entries.c.id.in_(entry_ids)).values(reason=reason))
        decided = and_(reviews.c.story_id == story_id, reviews.c.part == part)
        db.execute(update(reviews).where(decided).values(initial=""))
    return len(rows)


Chore = Callable[[Connection, datetime], int]
CHORES: Mapping[str, Chore] = {
    "keys": forget_keys,
    "sends": forget_sends,
    "beats": forget_beats,
    "answers": forget_answers,
    "photos": forget_photos,
    "initials": forget_initials,
}


class Housekeeping:
    """Runs the chores once a day. Instants are aware UTC."""

    def __init__(self, engine: Engine, chores: Mapping[str, Chore] = CHORES) -> None:
        self._engine, self._chores = engine, chores

    def tidy(self, now: datetime) -> Mapping[str, int]:
        """Run every chore if none ran for a day; return the rows each deleted, empty if it is not time."""
        if not self._is_ours(now):
            return {}
        return {name: sum(self._batches(chore, now)) for name, chore in self._chores.items()}

    def _is_ours(self, now: datetime) -> bool:
        """Whether this day's round is ours: the first worker that asks gets it."""
        with write_transaction(self._engine) as db:
            stale = heartbeats.c.at <= now - TIDY_EVERY
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
