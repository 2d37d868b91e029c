"""Forgetting what nobody needs any more, once a day whoever runs: rows by age, in small transactions.

What was posted, matched or vetoed is never touched. A chore is a name and a statement's worth of work: it deletes at
most `BATCH` rows and says how many; it is called until there are none. More chores are given to the constructor.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Engine, Table, and_, delete, exists, or_, select, tuple_

from monitor.storage.database import upsert, writing
from monitor.storage.entries import KEYS_KEPT
from monitor.storage.tables import entry_keys, feeds, heartbeats, sends

EVERY = timedelta(days=1)
BATCH = 2_000  # rows a transaction: nobody waits long for the lock
SENDS_KEPT = timedelta(hours=1)  # the governor looks back a minute
BEATS_KEPT = timedelta(days=7)  # of workers that are gone
TIDIED = "tidied"  # the beat that remembers the last round

Chore = Callable[[Connection, datetime], int]


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


CHORES: Mapping[str, Chore] = {"keys": forget_keys, "sends": forget_sends, "beats": forget_beats}


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
        with writing(self._engine) as db:
            stale = or_(heartbeats.c.at <= now - EVERY, heartbeats.c.at > now + EVERY)  # the clock may be set back
            beat = upsert(db, heartbeats).values(name=TIDIED, at=now)
            taken = beat.on_conflict_do_update(index_elements=[heartbeats.c.name], set_={"at": now}, where=stale)
            return db.scalar(taken.returning(heartbeats.c.name)) is not None

    def _batches(self, chore: Chore, now: datetime) -> Iterator[int]:
        while True:
            with writing(self._engine) as db:
                count = chore(db, now)
            yield count
            if count < BATCH:
                return


def _forget(db: Connection, table: Table, old: ColumnElement[bool]) -> int:
    key = tuple_(*table.primary_key.columns)
    some = select(*table.primary_key.columns).where(old).limit(BATCH)
    return db.execute(delete(table).where(key.in_(some))).rowcount
