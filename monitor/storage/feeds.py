"""Every statement on the rows of feeds: which exist, which are due and leased, what polling has learnt.

Functions that take a connection run within the caller's transaction. Nothing is decided here.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Row,
    Select,
    Update,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    update,
)

from monitor.models.feeds import Feed, FeedHealth, FeedState, Habit, Validators
from monitor.models.stories import PollOutcome
from monitor.storage.database import chunks, insert_or_ignore, read_transaction, write_transaction
from monitor.storage.tables import feeds

_HABIT = tuple(field.name for field in fields(Habit))
_VALIDATORS = tuple(field.name for field in fields(Validators))
_STATE = tuple(field.name for field in fields(FeedState) if field.name not in {"validators", "habit"})
_HEALTH = tuple(field.name for field in fields(FeedHealth) if field.name not in {"habit", "looked_at"})
_PAUSE = ("paused_until", "paused_because")
_OUTCOME = ("polled_at", "next_poll_at", "failure", "failure_kind", "failures")


class FeedStore:
    """The feeds of one database. Instants are aware UTC; every method is one transaction and raises DatabaseError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def sync(self, wanted: Sequence[Feed], now: datetime, *, changed: Collection[str] = ()) -> None:
        """Make the rows follow feeds.yaml: new feeds are due now, missing ones become inactive, and a feed with a new
        address forgets what its old one taught (but not its entries). Feeds that are `changed`, or wait longer than
        their interval, are due now.
        """
        with write_transaction(self._engine) as db:
            known = _locked(db)
            db.execute(update(feeds).values(active=feeds.c.name.in_([feed.name for feed in wanted])))
            new = [
                {"name": feed.name, "url": feed.url, "active": True, "next_poll_at": now, **_values(feed, _PAUSE)}
                for feed in wanted
                if feed.name not in known
            ]
            if new:  # another worker may start now
                db.execute(insert_or_ignore(db, feeds), sorted(new, key=itemgetter("name")))
            for feed in wanted:
                if changes := _edited(known[feed.name], feed, now) if feed.name in known else {}:
                    db.execute(update(feeds).where(feeds.c.name == feed.name).values(**changes))
            for names in chunks([*changed, *_waiting_too_long(db, wanted, now)]):
                db.execute(update(feeds).where(feeds.c.name.in_(names)).values(next_poll_at=now))

    def claim(
        self, now: datetime, *, limit: int, lease: timedelta, names: Iterable[str] | None = None
    ) -> tuple[FeedState, ...]:
        """Lease up to `limit` due feeds, the longest due first. With `names` only these, due or paused or not."""
        is_due = and_(feeds.c.next_poll_at <= now, unpaused(now))
        asked = is_due if names is None else feeds.c.name.in_(list(names))
        due = unleased_keys(feeds.c.name, now).where(feeds.c.active, asked).order_by(feeds.c.next_poll_at).limit(limit)
        claimed = lease_rows(due, now + lease).returning(*(feeds.c[name] for name in (*_STATE, *_VALIDATORS, *_HABIT)))
        with write_transaction(self._engine) as db:
            return tuple(_state(row) for row in db.execute(claimed))

    def release(self, held: Iterable[FeedState]) -> None:
        """Free the leases of abandoned polls, except those that another worker has taken over."""
        with write_transaction(self._engine) as db:
            for state in sorted(held, key=attrgetter("name")):
                mine = and_(feeds.c.name == state.name, feeds.c.lease_no == state.lease_no)
                db.execute(update(feeds).where(mine).values(lease_until=None))

    def release_all(self) -> None:
        """Free every lease: the process that held them is dead (we hold the instance lock)."""
        with write_transaction(self._engine) as db:
            db.execute(update(feeds).values(lease_until=None))

    def forgive(self, names: Collection[str], next_poll_at: datetime) -> None:
        """Subtract one failure from each of these feeds, and poll them at this time: the failure was ours."""
        mine = feeds.c.name.in_(list(names))
        once_less = case((feeds.c.failures > 0, feeds.c.failures - 1), else_=0)
        changes = {"failures": once_less, "failure": "", "failure_kind": "", "next_poll_at": next_poll_at}
        with write_transaction(self._engine) as db:
            db.execute(select(feeds.c.name).where(mine).order_by(feeds.c.name).with_for_update())
            db.execute(update(feeds).where(mine).values(**changes))

    def health(self, now: datetime) -> tuple[FeedHealth, ...]:
        """Return the health of every feed of feeds.yaml, by name."""
        active = select(feeds).where(feeds.c.active).order_by(feeds.c.name)
        with read_transaction(self._engine) as db:
            return tuple(_health(row, now) for row in db.execute(active))


def unleased_keys(key: Column[Any], now: datetime) -> Select[Any]:
    """Return a selection of the keys of rows that nobody has leased, to be narrowed."""
    table: Any = key.table
    return select(key).where(or_(table.c.lease_until.is_(None), table.c.lease_until <= now))


def lease_rows(wanted: Select[Any], until: datetime) -> Update:
    """Lease the rows of an `unleased_keys` selection, each once among workers; `lease_no` distinguishes leases."""
    (key,) = wanted.selected_columns
    table: Any = key.table
    mine = key.in_(wanted.with_for_update(skip_locked=True))
    return update(table).where(mine).values(lease_no=table.c.lease_no + 1, lease_until=until)


def unpaused(now: datetime) -> ColumnElement[bool]:
    """The condition for feeds that are not paused now."""
    return or_(feeds.c.paused_until.is_(None), feeds.c.paused_until <= now)


def since_first_poll(published: Column[Any]) -> ColumnElement[bool]:
    """The condition for entries published after the first good poll of their feed (joined): earlier ones may have been
    there for hours, and not all are read by that poll.
    """
    return published >= feeds.c.baseline_at


def _locked(db: Connection) -> dict[str, Row[Any]]:
    """Return the address and pause of every known feed, by name; the rows are locked until the transaction ends."""
    # Rows are always locked in the order of their names, so that workers do not wait for each other in a circle.
    columns = (feeds.c[name] for name in ("name", "url", *_PAUSE))
    return {row.name: row for row in db.execute(select(*columns).order_by(feeds.c.name).with_for_update())}


def _edited(known: Row[Any], feed: Feed, now: datetime) -> dict[str, Any]:
    """Return what an edited stanza changes in the feed's row."""
    changes = _values(feed, _PAUSE) if _values(known, _PAUSE) != _values(feed, _PAUSE) else {}
    if known.url == feed.url:
        return changes
    forgotten = _values(Validators(), _VALIDATORS) | _habit_row(Habit())
    return changes | {"url": feed.url, "next_poll_at": now} | forgotten


def _waiting_too_long(db: Connection, wanted: Sequence[Feed], now: datetime) -> Iterator[str]:
    """Yield the feeds that wait longer than their present interval, because of a former one. Failing feeds wait for
    another reason.
    """
    intervals = {feed.name: feed.interval for feed in wanted if feed.interval}
    well = select(feeds.c.name, feeds.c.next_poll_at).where(feeds.c.active, feeds.c.failures == 0)
    for row in db.execute(well.order_by(feeds.c.name)).all():
        if row.name in intervals and row.next_poll_at > now + intervals[row.name]:
            yield row.name


def still_leased(db: Connection, outcomes: Sequence[PollOutcome]) -> tuple[PollOutcome, ...]:
    """Return the outcomes whose poll still holds its lease; their rows are locked until the transaction ends."""
    asked = feeds.c.name.in_([outcome.feed for outcome in outcomes])
    rows = db.execute(select(feeds.c.name, feeds.c.lease_no).where(asked).order_by(feeds.c.name).with_for_update())
    held = {row.name: row.lease_no for row in rows}
    return tuple(outcome for outcome in outcomes if held.get(outcome.feed) == outcome.lease_no)


_settle = (
    update(feeds)
    .where(feeds.c.name == bindparam("feed"))
    .values(
        lease_until=None,
        had_entries=or_(feeds.c.had_entries, bindparam("has_entries", type_=feeds.c.had_entries.type)),
        succeeded_at=func.coalesce(bindparam("good_at", type_=feeds.c.succeeded_at.type), feeds.c.succeeded_at),
        baseline_at=func.coalesce(feeds.c.baseline_at, bindparam("good_at", type_=feeds.c.succeeded_at.type)),
        **{name: bindparam(f"new_{name}", type_=feeds.c[name].type) for name in (*_OUTCOME, *_VALIDATORS, *_HABIT)},
    )
)


def settle(db: Connection, outcomes: Sequence[PollOutcome]) -> None:
    """End these polls: store what they learnt and when to poll again, and free their leases."""
    if outcomes:
        db.execute(_settle, [_settled_row(outcome) for outcome in outcomes])


def _habit(row: Row[Any]) -> Habit:
    return Habit(**_values(row, _HABIT) | {"notices": tuple(row.notices)})


def _state(row: Row[Any]) -> FeedState:
    validators = Validators(**_values(row, _VALIDATORS))
    return FeedState(**_values(row, _STATE), validators=validators, habit=_habit(row))


def _health(row: Row[Any], now: datetime) -> FeedHealth:
    return FeedHealth(**_values(row, _HEALTH), habit=_habit(row), looked_at=now)


def _habit_row(learnt: Habit) -> dict[str, Any]:
    return _values(learnt, _HABIT) | {"notices": list(learnt.notices)}


def _settled_row(outcome: PollOutcome) -> dict[str, Any]:
    kept = _values(outcome, _OUTCOME) | _values(outcome.validators, _VALIDATORS) | _habit_row(outcome.habit)
    return {f"new_{name}": value for name, value in kept.items()} | {
        "feed": outcome.feed,
        "has_entries": outcome.had_entries,
        "good_at": None if outcome.failure else outcome.polled_at,
    }


def _values(of: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(of, name) for name in names}
