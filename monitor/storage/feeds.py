"""Every statement on the rows of feeds: which there are, which are due and leased, what polling taught of them.

Functions of an open transaction; polls.py opens it. Nothing is decided here.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, case, func, or_, select, update

from monitor.models.feeds import Feed, FeedState, Habit, Validators
from monitor.models.stories import PollOutcome
from monitor.storage.database import insert_or_ignore
from monitor.storage.tables import feeds

_HABIT = tuple(field.name for field in fields(Habit))
_VALIDATORS = tuple(field.name for field in fields(Validators))
_STATE = tuple(field.name for field in fields(FeedState) if field.name not in ("validators", "habit"))
_OUTCOME = ("polled_at", "next_poll_at", "failure", "failure_kind", "failures")


def sync(db: Connection, wanted: Sequence[Feed], now: datetime) -> None:
    """New feeds are due now, missing ones rest, a moved one forgets what its old address taught."""
    # Whoever locks several rows locks them in the order of their names: workers must not wait for each other in a ring.
    locked = select(feeds.c.name, feeds.c.url).order_by(feeds.c.name).with_for_update()
    known = {row.name: row.url for row in db.execute(locked)}
    db.execute(update(feeds).values(active=feeds.c.name.in_([feed.name for feed in wanted])))
    new = [
        {"name": feed.name, "url": feed.url, "active": True, "next_poll_at": now}
        for feed in wanted
        if feed.name not in known
    ]
    if new:
        db.execute(insert_or_ignore(db, feeds), sorted(new, key=itemgetter("name")))  # another worker may start now
    for feed in wanted:
        if known.get(feed.name, feed.url) != feed.url:
            moved = {"url": feed.url, "next_poll_at": now, **asdict(Validators()), **_habit_row(Habit())}
            db.execute(update(feeds).where(feeds.c.name == feed.name).values(**moved))


def claim(
    db: Connection, now: datetime, *, limit: int, lease: timedelta, names: Iterable[str] | None
) -> tuple[FeedState, ...]:
    """Lease up to `limit` due feeds, the longest due first; `names`: just these, due or not."""
    free = or_(feeds.c.lease_until.is_(None), feeds.c.lease_until <= now)
    asked = feeds.c.next_poll_at <= now if names is None else feeds.c.name.in_(list(names))
    due = select(feeds.c.name).where(feeds.c.active, free, asked).order_by(feeds.c.next_poll_at).limit(limit)
    claimed = (
        update(feeds)
        .where(feeds.c.name.in_(due.with_for_update(skip_locked=True)))
        .values(lease_no=feeds.c.lease_no + 1, lease_until=now + lease)
        .returning(*(feeds.c[name] for name in (*_STATE, *_VALIDATORS, *_HABIT)))
    )
    return tuple(_state(row) for row in db.execute(claimed))


def still_leased(db: Connection, outcomes: Sequence[PollOutcome]) -> tuple[PollOutcome, ...]:
    """The outcomes whose poll still holds its lease; their rows are locked until the transaction ends."""
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
    """End these polls: what they learnt, when to come back; their leases are free."""
    if outcomes:
        db.execute(_settle, [_settled_row(outcome) for outcome in outcomes])


def forgive(db: Connection, names: Collection[str], next_poll_at: datetime) -> None:
    """Take back one failure of each: it was ours."""
    once_less = case((feeds.c.failures > 0, feeds.c.failures - 1), else_=0)
    changes = {"failures": once_less, "failure": "", "failure_kind": "", "next_poll_at": next_poll_at}
    db.execute(select(feeds.c.name).where(feeds.c.name.in_(list(names))).order_by(feeds.c.name).with_for_update())
    db.execute(update(feeds).where(feeds.c.name.in_(list(names))).values(**changes))


def release_all(db: Connection) -> None:
    """Free every lease."""
    db.execute(update(feeds).values(lease_until=None))


def release(db: Connection, held: Iterable[FeedState]) -> None:
    """Free these leases, but for those that somebody else has taken over."""
    for state in sorted(held, key=attrgetter("name")):
        mine = and_(feeds.c.name == state.name, feeds.c.lease_no == state.lease_no)
        db.execute(update(feeds).where(mine).values(lease_until=None))


def active(db: Connection) -> Sequence[Row[Any]]:
    """The rows of the feeds in feeds.yaml, by name."""
    return db.execute(select(feeds).where(feeds.c.active).order_by(feeds.c.name)).all()


def habit(row: Row[Any]) -> Habit:
    """The habit a row holds."""
    return Habit(**{name: getattr(row, name) for name in _HABIT} | {"notices": tuple(row.notices)})


def _state(row: Row[Any]) -> FeedState:
    validators = Validators(**{name: getattr(row, name) for name in _VALIDATORS})
    return FeedState(**{name: getattr(row, name) for name in _STATE}, validators=validators, habit=habit(row))


def _habit_row(learnt: Habit) -> dict[str, Any]:
    return asdict(learnt) | {"notices": list(learnt.notices)}


def _settled_row(outcome: PollOutcome) -> dict[str, Any]:
    kept = {name: getattr(outcome, name) for name in _OUTCOME}
    kept |= asdict(outcome.validators) | _habit_row(outcome.habit)
    return {f"new_{name}": value for name, value in kept.items()} | {
        "feed": outcome.feed,
        "has_entries": outcome.had_entries,
        "good_at": None if outcome.failure else outcome.polled_at,
    }
