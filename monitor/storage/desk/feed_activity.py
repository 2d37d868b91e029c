"""What feeds brought recently: new entries by day, their delays, the last entries with their outcomes.

One statement for all feeds. Days are separated by entry numbers, which the index on a feed's entries has: the rows
themselves, two hundred thousand for 300 feeds in a fortnight, are not read.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from sqlalchemy import Engine, ScalarSelect, and_, desc, extract, func, select

from monitor.models.articles import Outcome
from monitor.storage.database import read_transaction
from monitor.storage.feeds import since_first_poll
from monitor.storage.search.finder import SKEW, first_seen
from monitor.storage.tables import LARGEST_ID, articles, entries, feeds


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedActivity:
    """What one feed brought: new entries on each requested day, and how many of them are in a story."""

    by_day: tuple[int, ...]
    ours: int = 0

    @property
    def found(self) -> int:
        """New entries on all these days."""
        return sum(self.by_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenEntry:
    """An entry of a feed, and its outcome."""

    id: int
    url: str
    title: str
    published_at: datetime | None
    seen_at: datetime
    outcome: Outcome
    reason: str
    story_id: int | None


class FeedFigures:
    """The figures of one database. Instants are aware UTC. Raises DatabaseError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._firsts: Mapping[datetime, int] = {}  # by morning: the first entry, which never changes

    def activity(self, mornings: Sequence[datetime], *, of: str | None = None) -> Mapping[str, FeedActivity]:
        """Return what each active feed, or the feed `of`, brought on the days that begin at these times; the last day
        is not over.

        On a feed's first day all entries in it count. Entries recorded within seconds of midnight may count for the
        neighbouring day.
        """
        with read_transaction(self._engine) as db:
            found_firsts = {at: self._firsts.get(at) or first_seen(db, at) for at in mornings}
            firsts = list(found_firsts.values())
            days = [_count(start, end) for start, end in pairwise([*firsts, LARGEST_ID])]
            asked, mine = (feeds.c.active, []) if of is None else (feeds.c.name == of, [articles.c.feed == of])
            feed_counts = db.execute(select(feeds.c.name, *days).where(asked)).all()
            conditions = articles.c.story_id.isnot(None), articles.c.entry_id >= firsts[0], *mine
            of_stories = select(articles.c.feed, func.count()).where(*conditions).group_by(articles.c.feed)
            ours: dict[str, int] = {name: count for name, count in db.execute(of_stories)}  # noqa: C416 - a Row is no pair to mypy
            last = db.scalar(select(func.max(entries.c.id))) or 0
        self._firsts = {at: first for at, first in found_firsts.items() if first <= last}
        return {name: FeedActivity(by_day=tuple(counts), ours=ours.get(name, 0)) for name, *counts in feed_counts}

    def delays(self, since: datetime, *, of: str | None = None) -> Mapping[str, timedelta]:
        """Return the median delay from publication to being seen, by feed, for entries seen since then; only for the
        feed `of`, if given.

        Entries published before a feed's first poll are ignored, as they were there before we looked. A feed without
        dated new entries is left out.
        """
        late: dict[str, list[float]] = defaultdict(list)
        for feed, _, delay in self._dated(since, of=of):
            late[feed].append(delay)
        return {feed: timedelta(seconds=median(seconds)) for feed, seconds in late.items()}

    def delays_by_hour(self, hours: Sequence[datetime]) -> tuple[timedelta | None, ...]:
        """Return the median delay over all feeds for entries seen in each of these hours; None for an hour without
        any.
        """
        late: list[list[float]] = [[] for _ in hours]
        for _, seen, delay in self._dated(hours[0]):
            hour = int(seen - hours[0].timestamp()) // 3600
            if hour < len(hours):
                late[hour].append(delay)
        return tuple(timedelta(seconds=median(seconds)) if seconds else None for seconds in late)

    def _dated(self, since: datetime, *, of: str | None = None) -> Sequence[tuple[str, float, float]]:
        """Return for dated news: the feed, when it was seen (seconds since the epoch), and the delay in seconds."""
        seen, published = (extract("epoch", column) for column in (entries.c.seen_at, entries.c.published_at))
        old = entries.c.outcome.in_([Outcome.BASELINE, Outcome.TOO_OLD])
        asked = (
            select(entries.c.feed, seen, published)
            .join(feeds, feeds.c.name == entries.c.feed)
            .where(entries.c.seen_at >= since, ~old, since_first_poll(entries.c.published_at))
        )
        if of is not None:
            asked = asked.where(entries.c.feed == of)
        with read_transaction(self._engine) as db:
            rows = db.execute(asked.where(entries.c.id >= first_seen(db, since - SKEW))).all()
        return [(feed, float(at), max(float(at - before), 0.0)) for feed, at, before in rows]

    def last(self, feed: str, *, limit: int) -> tuple[SeenEntry, ...]:
        """Return a feed's last entries, the newest first."""
        columns = (entries.c[name] for name in SeenEntry.__dataclass_fields__)
        asked = select(*columns).where(entries.c.feed == feed).order_by(desc(entries.c.id)).limit(limit)
        with read_transaction(self._engine) as db:
            return tuple(SeenEntry(**row._asdict() | {"outcome": Outcome(row.outcome)}) for row in db.execute(asked))


def _count(start: int, end: int) -> ScalarSelect[int]:
    """Count a feed's entries with numbers from `start` up to, but without, `end`."""
    mine = and_(entries.c.feed == feeds.c.name, entries.c.id >= start, entries.c.id < end)
    return select(func.count()).select_from(entries).where(mine).scalar_subquery()
