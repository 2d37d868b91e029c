"""The archive: texts that no rule matched, compressed, kept for MONITOR_KEEP_DAYS; and reading every article again.

Matched and vetoed articles are in `articles` for ever; here are the others, so that an edited rule can be tried on what
it would have met. Nothing is decided here. A text is compressed with a dictionary learnt from the archive's own news
(docs/decisions/0019); each frame names its dictionary, so old rows stay readable.
"""

from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

import zstandard
from sqlalchemy import Connection, Engine, Row, case, delete, desc, func, insert, or_, select

from monitor.matching.backtest import KeptArticle
from monitor.models.articles import Article, Fact, FactKind, Match, Outcome, Tier, TopicVerdict, Verdict, Veto
from monitor.storage.database import chunks, insert_or_ignore, read_transaction, write_transaction
from monitor.storage.tables import archive, archive_dictionaries, articles, entries

LEVEL = 3  # of zstd; level 9 takes nine times as long for a tenth less
DICTIONARY_BYTES = 64 * 1024
SAMPLES = 1_000  # stories from which a dictionary is learnt
NEW_DICTIONARY = timedelta(days=90)  # news names and sites change
_BATCH = 500  # rows read at once
_AT_ONCE = 50  # rows read at once when asked for by number: callers may stop at any
_FORGOTTEN_AT_ONCE = 50  # rows a transaction; their words are also removed from the search

_known: dict[int, zstandard.ZstdCompressionDict] = {}  # by number, which is derived from the samples


Unindex = Callable[[Connection, Sequence[int]], None]


def _not_indexed(_db: Connection, _gone: Sequence[int]) -> None:
    """Do nothing: the `unindex` for callers that only read."""


class Archive:
    """The articles read, with their verdicts. Instants are aware UTC.

    `unindex` is called with the entries whose texts are about to be deleted, in the same transaction.
    """

    def __init__(self, engine: Engine, unindex: Unindex = _not_indexed) -> None:
        self._engine, self._unindex = engine, unindex

    def iter_articles(
        self, since: datetime, *, before: int | None = None, outcomes: Collection[Outcome] = ()
    ) -> Generator[KeptArticle, None, None]:
        """Yield every article judged since then, the newest first, a few hundred in memory at once; optionally only
        entries with numbers below `before`, or with these `outcomes`.

        Repetitions of an article (`Outcome.DUPLICATE`) are left out: its first entry decided.
        """
        asked = _judged(since)
        if outcomes:
            asked = asked.where(entries.c.outcome.in_(outcomes))
        if before is not None:
            asked = asked.where(entries.c.id < before)
        with (
            read_transaction(self._engine) as db,
            db.execute(asked, execution_options={"yield_per": _BATCH}) as rows,
        ):
            for row in rows:
                yield _kept(db, row)

    def read(self, numbers: Sequence[int], *, since: datetime) -> Iterator[KeptArticle]:
        """Yield those of these entries that `iter_articles` would yield, in this order, reading a few at a time."""
        for chunk in chunks(numbers, _AT_ONCE):
            with read_transaction(self._engine) as db:
                rows = {row.id: row for row in db.execute(_judged(since).where(entries.c.id.in_(chunk)))}
                kept = [_kept(db, rows[number]) for number in chunk if number in rows]
            yield from kept

    def count(self, since: datetime) -> int:
        """Return how many articles `iter_articles` would yield."""
        with read_transaction(self._engine) as db:
            return db.scalar(select(func.count()).select_from(_judged(since).order_by(None).subquery())) or 0

    def tidy(self, now: datetime, *, keep: timedelta) -> int:
        """Delete the texts of entries seen longer ago than `keep`; return how many. Entries and articles stay."""
        forgotten = 0
        while gone := self._forget_oldest(now - keep):
            forgotten += gone
        return forgotten

    def _forget_oldest(self, before: datetime) -> int:
        """Delete a batch of old texts. Entries are numbered as they come, so the oldest rows are the first ones."""
        oldest = select(archive.c.entry_id).order_by(archive.c.entry_id).limit(_FORGOTTEN_AT_ONCE).subquery()
        old = select(entries.c.id).join(oldest, oldest.c.entry_id == entries.c.id).where(entries.c.seen_at < before)
        with read_transaction(self._engine) as db:
            if db.scalar(old) is None:
                return 0
        with write_transaction(self._engine) as db:
            gone = db.scalars(old).all()
            self._unindex(db, gone)
            return db.execute(delete(archive).where(archive.c.entry_id.in_(gone))).rowcount

    def learn(self, now: datetime) -> bool:
        """Learn a dictionary from the newest stories, if there are enough and the last one is old. Takes seconds."""
        with read_transaction(self._engine) as db:
            made_at = db.scalar(select(func.max(archive_dictionaries.c.made_at)))
            if made_at is not None and now - made_at < NEW_DICTIONARY:
                return False
            newest = select(archive.c.body).order_by(desc(archive.c.entry_id)).limit(SAMPLES)
            samples: list[bytes | bytearray | memoryview] = [_unpacked(db, body) for body in db.scalars(newest)]
        if len(samples) < SAMPLES:
            return False
        number = crc32(b"".join(samples)) & 0x7FFFFFFF or 1  # zstd keeps 0 for "none"
        made = zstandard.train_dictionary(DICTIONARY_BYTES, samples, dict_id=number, level=LEVEL)
        with write_transaction(self._engine) as db:
            # Another worker may have learnt the same from the same news.
            learned = {"id": number, "body": made.as_bytes(), "made_at": now}
            db.execute(insert_or_ignore(db, archive_dictionaries).values(**learned))
        return True


def keep(db: Connection, read: Sequence[tuple[int, str, Article]]) -> None:
    """Archive articles (entry number, entry title, article) within the caller's transaction."""
    if not read:
        return
    newest = select(archive_dictionaries.c.id).order_by(desc(archive_dictionaries.c.made_at)).limit(1)
    dictionary = _dictionary(db, db.scalar(newest) or 0)
    compressor = zstandard.ZstdCompressor(level=LEVEL, dict_data=dictionary, write_checksum=False)
    rows = [
        {"entry_id": number, "body": compressor.compress(_packed(title, article))} for number, title, article in read
    ]
    db.execute(insert(archive), rows)


def with_texts(asked: Any) -> Any:
    """Add to a selection of entries (with their title) what `read_text` needs, and the verdict."""
    judged = case((articles.c.former_title != "", articles.c.former_title), else_=articles.c.title)
    of_article = (judged.label("article_title"), articles.c.text, articles.c.verdict, archive.c.body)
    return (
        asked.add_columns(*of_article)
        .outerjoin(articles, articles.c.entry_id == entries.c.id)
        .outerjoin(archive, archive.c.entry_id == entries.c.id)
    )


def read_text(db: Connection, row: Row[Any]) -> tuple[str, str | None]:
    """Return title and text of a row of `with_texts`, as judged; the text is None if it is not kept (any more)."""
    if row.body is None:
        return row.article_title or row.title, row.text
    return text_of(db, row.title, row.body)


def text_of(db: Connection, title: str, body: bytes) -> tuple[str, str]:
    """Return title and text of an archive row, given the entry's title."""
    length, _, rest = _unpacked(db, body).decode().partition("\n")
    other = int(length)
    return rest[:other] or title, rest[other:]


def stored_verdict(verdict: Verdict) -> dict[str, Any]:
    """Serialise a verdict for `verdict_of`, without empty titles, which workers of the previous version do not know."""
    stored = asdict(verdict)
    for topic in (*stored["topics"], *stored["muted"], *stored["hinted"]):
        for title in ("title_kk", "title_en"):
            if not topic[title]:
                del topic[title]
    return stored


def verdict_of(stored: dict[str, Any]) -> Verdict:
    """Restore a verdict that `stored_verdict` serialised."""
    return Verdict(
        topics=tuple(map(_topic_of, stored["topics"])),
        vetoes=tuple(Veto(**veto) for veto in stored["vetoes"]),
        muted=tuple(map(_topic_of, stored.get("muted", ()))),
        lack=stored.get("lack", ""),
        facts=tuple(Fact(**fact | {"kind": FactKind(fact["kind"])}) for fact in stored.get("facts", ())),
        grounds=tuple(stored.get("grounds", ())),
        is_unlikely=stored.get("is_unlikely", False),
        is_likeness=stored.get("is_likeness", False),
    )


def _topic_of(stored: dict[str, Any]) -> TopicVerdict:
    matches = tuple(Match(**match) for match in stored["matches"])
    return TopicVerdict(**stored | {"tier": Tier(stored["tier"]), "matches": matches})


def _judged(since: datetime) -> Any:
    columns = ("id", "feed", "url", "title", "seen_at", "outcome")
    return (
        with_texts(select(*(entries.c[name] for name in columns)))
        .where(entries.c.seen_at >= since, entries.c.outcome != Outcome.DUPLICATE)
        .where(or_(articles.c.id.isnot(None), archive.c.entry_id.isnot(None)))
        .order_by(desc(entries.c.id))
    )


def _kept(db: Connection, row: Row[Any]) -> KeptArticle:
    title, text = read_text(db, row)
    assert text is not None  # `_judged` selects only those that are kept
    return KeptArticle(
        entry_id=row.id,
        feed=row.feed,
        url=row.url,
        title=title,
        text=text,
        seen_at=row.seen_at,
        outcome=Outcome(row.outcome),
        verdict=Verdict() if row.verdict is None else verdict_of(row.verdict),
    )


def _packed(title: str, article: Article) -> bytes:
    """Pack the article as the length of its title, the title, the text; the title is "" if it is the entry's."""
    other = "" if article.title == title else article.title
    return f"{len(other)}\n{other}{article.text}".encode()


def _unpacked(db: Connection, body: bytes) -> bytes:
    frame = zstandard.get_frame_parameters(body)
    return zstandard.ZstdDecompressor(dict_data=_dictionary(db, frame.dict_id)).decompress(body)


def _dictionary(db: Connection, number: int) -> zstandard.ZstdCompressionDict | None:
    if not number:
        return None
    if number not in _known:
        body = db.scalars(select(archive_dictionaries.c.body).where(archive_dictionaries.c.id == number)).one()
        _known[number] = dictionary = zstandard.ZstdCompressionDict(body)
        # else each transaction's compressor does it, which takes as long as six texts
        dictionary.precompute_compress(level=LEVEL)
    return _known[number]
