"""The word index: texts are added after the polls, a few at a time, and removed when they are deleted.

Recording a poll does not touch it. `SearchIndex.catch_up` adds what came since; it may be killed at any moment, and on
PostgreSQL several workers may run it at once: who writes a batch must know the number of the last one. `forget` runs in
the transaction in which a text is deleted.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from zlib import crc32

from sqlalchemy import ColumnElement, Connection, Engine, Row, Table, and_, delete, exists, func, select, update

from monitor.matching.search.words import VERSION, index_words
from monitor.models.articles import Outcome
from monitor.storage.archive import read_text, with_texts
from monitor.storage.database import read_transaction, write_transaction
from monitor.storage.search.engines import IndexEngine, index_engine
from monitor.storage.search.schema import state, texts, words
from monitor.storage.tables import archive, articles, entries

BATCH = 25  # texts a transaction: the lock is held some 10 ms; FTS5 keeps 5 MB for a hundred
SWEPT = 2_000  # words checked at once
LOOK_BACK = 20_000  # entry numbers among which a text may be missing: see `find_late`
MARK = "#"  # begins an entry of the index that is no word: a text's feed, or its outcome
_DECIDED = frozenset({Outcome.POSTED, Outcome.JOINED, Outcome.REVIEW, Outcome.REJECTED})


_KEPT = (archive, articles)  # the tables with texts


class SearchIndex:
    """The index of one database. Raises DatabaseError."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._index = engine, index_engine(engine)

    def catch_up(self) -> int:
        """Add the next texts; return how many entries are done: 0 if all are, or another worker does it."""
        with read_transaction(self._engine) as db:
            known = db.execute(select(state)).one()
            if known.version < VERSION:
                return self._begin_anew()
            last = db.scalar(select(func.max(entries.c.id))) or 0
            new = kept_after(db, known.indexed_to, limit=BATCH)
            indexed_to = max(known.indexed_to, last if len(new) < BATCH else 0, *new)
            late = find_late(db, known.indexed_to, limit=BATCH) if is_shared(self._engine) and len(new) < BATCH else []
            read = _read(db, [*new, *late])
        if not read and indexed_to == known.indexed_to:
            return 0
        with write_transaction(self._engine) as db:
            if not _take_turn(db, known.batch, indexed_to=indexed_to, texts=len(read)):
                return 0
            put_in(db, self._index, read)
        return indexed_to - known.indexed_to or len(read)

    def sweep(self) -> int:
        """Remove some words that no text has any more from the list, going round; return how many.

        Deleting texts leaves the words: checking each of them would hold the lock for seconds.
        """
        with write_transaction(self._engine) as db:
            after = db.scalar(select(state.c.swept_to)) or ""
            some = select(words.c.word).where(words.c.word > after).order_by(words.c.word).limit(SWEPT).subquery()
            to = db.scalar(select(func.max(some.c.word)))
            db.execute(update(state).values(swept_to=to or ""))
            return self._index.forget_words(db, after=after, to=to) if to else 0

    def _begin_anew(self) -> int:
        """Restart the index, because texts are now split differently. Counts as one entry done."""
        with write_transaction(self._engine) as db:
            begun = {"version": VERSION, "batch": state.c.batch + 1, "indexed_to": 0, "texts": 0}
            if db.execute(update(state).where(state.c.version < VERSION).values(**begun)).rowcount:
                self._index.clear(db)
                db.execute(delete(words))
        return 1


def _take_turn(db: Connection, batch: int, *, indexed_to: int, texts: int) -> bool:
    mine = update(state).where(state.c.batch == batch, state.c.version == VERSION)
    written = {"batch": batch + 1, "indexed_to": indexed_to, "texts": state.c.texts + texts}
    return db.execute(mine.values(**written)).rowcount == 1


def kept_after(db: Connection, number: int, *, limit: int) -> list[int]:
    """Return the first entries after that number whose text is kept. Each table is queried separately: for a join
    PostgreSQL reads the archive from its beginning.
    """
    return _first_of(db, limit, lambda kept: kept.c.entry_id > number)


def numbers_after(db: Connection, number: int) -> list[int]:
    """Return all entries after that number whose text is kept, in order."""
    return _first_of(db, None, lambda kept: kept.c.entry_id > number)


def is_shared(engine: Engine) -> bool:
    """Whether several processes write to this database at once."""
    return engine.dialect.name == "postgresql"


def find_late(db: Connection, indexed_to: int, *, limit: int | None) -> list[int]:
    """Return entries that were recorded after others with a higher number: workers take numbers first and commit later.

    The index advances by less than `LOOK_BACK` a minute (app/daemon.py), and recording a poll takes less than that.
    """

    def is_missing(kept: Table) -> ColumnElement[bool]:
        lately = kept.c.entry_id.between(indexed_to - LOOK_BACK, indexed_to)
        return and_(lately, ~exists().where(texts.c.entry_id == kept.c.entry_id))

    return _first_of(db, limit, is_missing)


def _first_of(db: Connection, limit: int | None, which: Callable[[Table], ColumnElement[bool]]) -> list[int]:
    rows = (select(kept.c.entry_id).where(which(kept)).order_by(kept.c.entry_id).limit(limit) for kept in _KEPT)
    return sorted({number for asked in rows for number in db.scalars(asked)})[:limit]


def _read(db: Connection, numbers: Sequence[int]) -> dict[int, frozenset[str]]:
    """Return the words of these entries."""
    entry_texts = with_texts(select(*(entries.c[name] for name in ("id", "feed", "title", "outcome"))))
    return {row.id: words_of(db, row) for row in db.execute(entry_texts.where(entries.c.id.in_(numbers)))}


def put_in(db: Connection, index: IndexEngine, read: Mapping[int, Collection[str]]) -> None:
    """Add texts by the numbers of their entries, and their words to the list."""
    if not read:
        return
    index.insert(db, read)
    index.note_words(db, _listed(read.values()))


def forget(db: Connection, gone: Sequence[int]) -> None:
    """Remove these entries, whose texts are about to be deleted. Runs in the same transaction."""
    index = index_engine(db.engine)
    indexed_to = db.scalar(update(state).values(batch=state.c.batch + 1).returning(state.c.indexed_to)) or 0
    known = [number for number in gone if number <= indexed_to]
    if read := _read(db, known):
        db.execute(update(state).values(texts=state.c.texts - index.delete(db, read)))


@contextmanager
def entry_changed(db: Connection, number: int) -> Iterator[None]:
    """Update the index around a block that changes an entry's outcome, not its text. Runs in the same transaction."""
    forget(db, [number])
    yield
    indexed_to = db.scalar(select(state.c.indexed_to)) or 0
    read = _read(db, [number]) if number <= indexed_to else {}  # else it will be added later
    put_in(db, index_engine(db.engine), read)
    db.execute(update(state).values(texts=state.c.texts + len(read)))


def words_of(db: Connection, row: Row[Any]) -> frozenset[str]:
    """Return what an entry is found by: its words, its feed, its outcome."""
    title, text = read_text(db, row)
    return index_words(title, text or "") | {feed_mark(row.feed), outcome_mark(row.outcome)}


def feed_mark(feed: str) -> str:
    """Return the mark of a feed in the index."""
    return f"{MARK}{crc32(feed.encode()):08x}"


def outcome_mark(outcome: str) -> str:
    """Return the mark of an outcome in the index: one for all that maintainers may change."""
    return f"{MARK}{'decided' if outcome in _DECIDED else outcome}"


def _listed(texts: Iterable[Collection[str]]) -> list[str]:
    """Return the words of these texts for the list, without marks and numbers."""
    return sorted(word for word in set().union(*texts) if word[0] != MARK and not word.isdecimal())
