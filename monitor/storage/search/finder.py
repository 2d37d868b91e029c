"""A search query → the texts that match, the newest first, each with what `monitor why` would say.

The index gives candidates by their words; whether a text matches is then checked on the text itself, as rules do.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, islice
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Engine, Row, func, select

from monitor.errors import QueryError
from monitor.matching.search.query import Query, read_query
from monitor.matching.search.wanted import Wanted, query_forms, sentence
from monitor.matching.search.words import may_have
from monitor.models.articles import Match, Outcome
from monitor.models.labels import NO_OR, half_named
from monitor.models.search import Coverage, Found, SearchResult
from monitor.storage.archive import read_text, with_texts
from monitor.storage.database import chunks, read_transaction
from monitor.storage.search.engines import Expression, IndexEngine, index_engine
from monitor.storage.search.index import feed_mark, kept_after, outcome_mark
from monitor.storage.search.schema import state
from monitor.storage.search.vocabulary import present_forms
from monitor.storage.tables import archive, entries, feeds
from monitor.text.unicode import fold

MOST_READ = 300  # texts read for one query, beside those shown
_AT_ONCE = 25
_OR = {"или", "or"}
MOST_COUNTED = 10_000  # texts not in the index yet; a larger number is of no use
SKEW = timedelta(minutes=10)  # entries are numbered as their polls end, nearly in the order of time
_SAME = ("feed", "url", "title", "published_at", "seen_at", "reason", "story_id")
_SEEN = select(entries.c.id, entries.c.seen_at).order_by(entries.c.id).limit(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bounds:
    """Limits on entries: which feeds, when seen, which outcomes; None and empty mean any."""

    feeds: frozenset[str] | None
    since: datetime | None
    until: datetime | None
    outcomes: frozenset[Outcome]

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """Yield the conditions for a statement on entries."""
        if self.feeds is not None:
            yield entries.c.feed.in_(self.feeds)
        if self.since is not None:
            yield entries.c.seen_at >= self.since
        if self.until is not None:
            yield entries.c.seen_at < self.until
        if self.outcomes:
            yield entries.c.outcome.in_(self.outcomes)

    def marks(self) -> Iterator[frozenset[str]]:
        """Yield the marks in the index for these limits."""
        if self.feeds is not None:
            yield frozenset(map(feed_mark, self.feeds))
        if self.outcomes:
            yield frozenset(map(outcome_mark, self.outcomes))


class Finder:
    """Searches everything read. `zone` is the time zone of days in a query. Raises DatabaseError."""

    def __init__(self, engine: Engine, *, zone: str) -> None:
        self._engine, self._index, self._zone = engine, index_engine(engine), ZoneInfo(zone)

    def find(self, written: str, *, limit: int) -> SearchResult:
        """Return the newest texts that match what somebody typed. Raises QueryError, which says how to type it."""
        return self.answer(read_query(written), limit=limit)

    def answer(self, query: Query, *, limit: int, before: int | None = None) -> SearchResult:
        """Return the newest texts that match a query, from entries with numbers below `before`.

        For a query without words: the newest entries, including those whose texts are not kept.
        """
        with read_transaction(self._engine) as db:
            bounds = self._bounds(db, query)
            question = _Question(db, self._index, query_forms(query), bounds) if query.phrases else _Newest(db, bounds)
            answers = tuple(islice(question.answers(limit + 1, before), limit + 1))
            is_more = len(answers) > limit
            return SearchResult(
                found=answers[:limit],
                is_more=is_more,
                is_cut=question.is_cut and not is_more,
                coverage=_coverage(db),
                before=answers[limit - 1].entry_id if is_more else question.reached,
                hint="" if answers else _hint(db, query),
            )

    def _bounds(self, db: Connection, query: Query) -> _Bounds:
        return _Bounds(
            feeds=frozenset(_feeds_called(db, query.feeds)) if query.feeds else None,
            since=self._midnight(query.since) if query.since else None,
            until=self._midnight(query.until + timedelta(days=1)) if query.until else None,
            outcomes=query.outcomes,
        )

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._zone).astimezone(UTC)


class _Newest:
    """A query without words. `reached` is None, as nothing is left out."""

    is_cut, reached = False, None

    def __init__(self, db: Connection, bounds: _Bounds) -> None:
        self._db, self._bounds = db, bounds

    def answers(self, enough: int, before: int | None) -> Iterator[Found]:
        """Yield the newest entries within the limits. The statement fetches no more than wanted and sorts nothing."""
        first, last = _range(self._db, self._bounds, before)
        newest = _told().where(entries.c.id.between(first, last), *self._bounds.conditions()).limit(enough)
        for row in self._db.execute(newest).all():
            title, text = read_text(self._db, row)
            yield _found(row, title, text or "", ())


class _Question:
    """A query on a snapshot of the database. `is_cut`: more texts have the words than are read for a query; those from
    entry `reached` on were read.
    """

    def __init__(self, db: Connection, index: IndexEngine, asked: Wanted, bounds: _Bounds) -> None:
        self._db, self._index, self._asked, self._bounds = db, index, asked, bounds
        self._phrases = [[present_forms(db, word) for word in phrase] for phrase in asked.phrases]
        self.reached: int | None = None

    @property
    def is_cut(self) -> bool:
        return self.reached is not None

    def answers(self, enough: int, before: int | None) -> Iterator[Found]:
        """Yield the texts that match, the newest first. Nearly all candidates do, unless words must be adjacent."""
        groups = (*chain(*self._phrases), *self._bounds.marks())
        if not all(groups):
            return
        without = (present_forms(self._db, phrase[0]) for phrase in self._asked.without if len(phrase) == 1)
        expression = Expression(groups=groups, without=frozenset[str]().union(*without))
        first, last = _range(self._db, self._bounds, before)
        read, page = 0, enough
        while read < MOST_READ:
            numbers = self._index.newest(self._db, expression, first=first, last=last, limit=page)
            yield from self._read(numbers)
            if len(numbers) < page:
                return
            last, read, page = numbers[-1] - 1, read + page, MOST_READ
        self.reached = last + 1

    def _read(self, numbers: Sequence[int]) -> Iterator[Found]:
        for chunk in chunks(numbers, _AT_ONCE):
            for row in self._db.execute(_told().where(entries.c.id.in_(chunk), *self._bounds.conditions())).all():
                title, text = read_text(self._db, row)
                if text is not None and (matches := self._places(title, text)):
                    yield _found(row, title, text, matches)

    def _places(self, title: str, text: str) -> tuple[Match, ...]:
        if not may_have(self._phrases, title=title, text=text):
            return ()
        return self._asked.found_in(title, text)


def _range(db: Connection, bounds: _Bounds, before: int | None) -> tuple[int, int]:
    """Return the numbers of the first and the last entry that may be within the limits."""
    first = first_seen(db, bounds.since - SKEW) if bounds.since else 0
    last = first_seen(db, bounds.until + SKEW) if bounds.until else _last(db)
    return first, last if before is None else min(last, before - 1)


def _told() -> Any:
    columns = (entries.c[name] for name in _SAME)
    return with_texts(select(entries.c.id, entries.c.outcome, *columns)).order_by(entries.c.id.desc())


def _found(row: Row[Any], title: str, text: str, matches: tuple[Match, ...]) -> Found:
    return Found(
        **{name: getattr(row, name) for name in _SAME if name != "title"},
        title=title,
        entry_id=row.id,
        text=text,
        outcome=Outcome(row.outcome),
        matches=matches,
        sentence=sentence(matches, title=title, text=text),
    )


def _feeds_called(db: Connection, parts: Sequence[str]) -> Iterator[str]:
    """Yield the feeds with one of these parts in their names. Raises QueryError if there is none for a part."""
    names = _folded_names(db)
    for part in parts:
        called = [name for name, folded in names.items() if part in folded]
        if not called:
            raise QueryError(f"Ленты «{part}» нет. Какие есть: monitor status или /feeds")
        yield from called


def _hint(db: Connection, query: Query) -> str:
    if names := tuple(_feeds_begun(db, query.feeds)):
        return half_named(names)
    return "" if _OR.isdisjoint(map(str.lower, chain(*query.phrases))) else NO_OR


def _feeds_begun(db: Connection, parts: Sequence[str]) -> Iterator[str]:
    """Yield the feeds whose names begin with one of these and have more words, unless a feed has exactly that name."""
    names = _folded_names(db) if parts else {}
    for part in parts:
        if part not in names.values():
            yield from (name for name, folded in names.items() if folded.startswith(f"{part} "))


def _folded_names(db: Connection) -> dict[str, str]:
    return {name: fold(name).text for name in db.scalars(select(feeds.c.name).order_by(feeds.c.name))}


def first_seen(db: Connection, at: datetime) -> int:
    """Return the number of the first entry seen at this time or later, by bisection, because no index has the times."""
    low, high = 0, _last(db) + 1
    while low < high:
        middle = (low + high) // 2
        row = db.execute(_SEEN.where(entries.c.id >= middle)).first()
        if row is None or row.seen_at >= at:
            high = middle
        else:
            low = row.id + 1
    return low


def _last(db: Connection) -> int:
    return db.scalar(select(func.max(entries.c.id))) or 0


def _coverage(db: Connection) -> Coverage:
    known = db.execute(select(state)).one()
    oldest = select(archive.c.entry_id).order_by(archive.c.entry_id).limit(1).scalar_subquery()
    return Coverage(
        texts=known.texts,
        since=db.scalar(select(entries.c.seen_at).where(entries.c.id == oldest)),
        behind=len(kept_after(db, known.indexed_to, limit=MOST_COUNTED)),
    )
