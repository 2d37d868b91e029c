"""The differences between the two databases: the rows of the index, and its queries.

A text is stored as words under a number. On SQLite the index does not keep the text: to remove it, the same words must
be given again.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from json import dumps
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, text

_FIRST, _FOR_EACH = 5_000, 50  # of PostgreSQL's newest texts: at least, and for each result wanted
_VOID = frozenset[str]()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A query for words: at least one of each of `groups`, and none of `without`."""

    groups: tuple[frozenset[str], ...]
    without: frozenset[str] = _VOID


class IndexEngine(Protocol):
    """The statements on the index of one kind of database; each runs within the caller's transaction."""

    def insert(self, db: Connection, words: Mapping[int, Collection[str]]) -> None:
        """Add texts by the numbers of their entries; known ones are kept."""

    def delete(self, db: Connection, words: Mapping[int, Collection[str]]) -> int:
        """Remove texts, given their words; return how many were there."""

    def note_words(self, db: Connection, words: Collection[str]) -> None:
        """Add words to the list of all words; known ones are kept."""

    def forget_words(self, db: Connection, *, after: str, to: str) -> int:
        """Remove the words in this range (`to` included) that no text has any more; return how many."""

    def clear(self, db: Connection) -> None:
        """Remove everything."""

    def newest(self, db: Connection, asked: Expression, *, first: int, last: int, limit: int) -> Sequence[int]:
        """Return the newest matching entries from `first` to `last`, the newest first."""

    def every(self, db: Connection, asked: Expression, *, first: int, last: int) -> Sequence[int]:
        """Return all matching entries from `first` to `last`."""


class Fts5:
    """SQLite: a contentless FTS5 table, which returns numbers in descending order as it finds them."""

    def insert(self, db: Connection, words: Mapping[int, Collection[str]]) -> None:
        """Each number must be new."""
        db.execute(text("INSERT INTO search_texts(rowid, words) VALUES (:id, :words)"), _rows(words))

    def delete(self, db: Connection, words: Mapping[int, Collection[str]]) -> int:
        """Each text must be there, with these words."""
        taken_out = "INSERT INTO search_texts(search_texts, rowid, words) VALUES ('delete', :id, :words)"
        db.execute(text(taken_out), _rows(words))
        return len(words)

    def note_words(self, db: Connection, words: Collection[str]) -> None:
        """Add words in one statement: thousands of separate rows cost as much as the index."""
        added = text("INSERT OR IGNORE INTO search_words SELECT value FROM json_each(:words)")
        db.execute(added, {"words": dumps(list(words), ensure_ascii=False)})

    def forget_words(self, db: Connection, *, after: str, to: str) -> int:
        """A word still in use is found at the first step."""
        unused = (
            "DELETE FROM search_words WHERE word > :after AND word <= :to AND NOT EXISTS"
            " (SELECT 1 FROM search_texts WHERE search_texts MATCH '\"' || search_words.word || '\"')"
        )
        return db.execute(text(unused), {"after": after, "to": to}).rowcount

    def clear(self, db: Connection) -> None:
        """Use FTS5's own command, because there are no rows to name."""
        db.execute(text("INSERT INTO search_texts(search_texts) VALUES ('delete-all')"))

    def newest(self, db: Connection, asked: Expression, *, first: int, last: int, limit: int) -> Sequence[int]:
        """Search from the newest back, until there are enough."""
        statement = text(
            "SELECT rowid FROM search_texts WHERE search_texts MATCH :asked AND rowid BETWEEN :first AND :last"
            " ORDER BY rowid DESC LIMIT :limit"
        )
        return db.scalars(statement, {"asked": self._asked(asked), "first": first, "last": last, "limit": limit}).all()

    def every(self, db: Connection, asked: Expression, *, first: int, last: int) -> Sequence[int]:
        """Return the entries in the order of the index, without sorting."""
        statement = text(
            "SELECT rowid FROM search_texts WHERE search_texts MATCH :asked AND rowid BETWEEN :first AND :last"
        )
        return db.scalars(statement, {"asked": self._asked(asked), "first": first, "last": last}).all()

    @staticmethod
    def _asked(asked: Expression) -> str:
        groups = " AND ".join(_any_of(group, " OR ", '"') for group in asked.groups)
        without = _any_of(asked.without, " OR ", '"')
        return f"({groups}) NOT {without}" if asked.without else groups


class Gin:
    """PostgreSQL: a GIN index of tsvectors. It returns all matches at once, in the order of the table."""

    def insert(self, db: Connection, words: Mapping[int, Collection[str]]) -> None:
        """Insert arrays, so that no parser decides what a word is."""
        row = "INSERT INTO search_texts VALUES (:id, array_to_tsvector(:words)) ON CONFLICT DO NOTHING"
        db.execute(text(row), [{"id": number, "words": list(known)} for number, known in words.items()])

    def delete(self, db: Connection, words: Mapping[int, Collection[str]]) -> int:
        """Delete by number."""
        return db.execute(text("DELETE FROM search_texts WHERE entry_id = ANY(:ids)"), {"ids": list(words)}).rowcount

    def note_words(self, db: Connection, words: Collection[str]) -> None:
        """Add words in one statement, as on SQLite; in order, so that two workers never wait for one another."""
        added = text("INSERT INTO search_words SELECT unnest(CAST(:words AS text[])) ON CONFLICT DO NOTHING")
        db.execute(added, {"words": list(words)})

    def forget_words(self, db: Connection, *, after: str, to: str) -> int:
        """The index is queried for each word."""
        unused = (
            "DELETE FROM search_words WHERE word > :after AND word <= :to AND NOT EXISTS"
            " (SELECT 1 FROM search_texts WHERE words @@ CAST(quote_literal(word) AS tsquery))"
        )
        return db.execute(text(unused), {"after": after, "to": to}).rowcount

    def clear(self, db: Connection) -> None:
        """DELETE lets readers go on; TRUNCATE would wait for them."""
        db.execute(text("DELETE FROM search_texts"))

    def newest(self, db: Connection, asked: Expression, *, first: int, last: int, limit: int) -> Sequence[int]:
        """Search the newest texts first: for a common word they are enough, while the index would return a hundred
        thousand to sort. The planner knows neither that nor the cost of reading a row's words.
        """
        given = {
            "asked": self._asked(asked),
            "first": first,
            "last": last,
            "limit": limit,
            "newest": max(_FIRST, _FOR_EACH * limit),
        }
        lately = db.scalars(_LATELY, given).all()
        if len(lately) >= limit:
            return lately
        db.execute(text("SET LOCAL enable_seqscan = off"))
        return db.scalars(_EVER, given).all()

    def every(self, db: Connection, asked: Expression, *, first: int, last: int) -> Sequence[int]:
        """Use the index, whatever the planner estimates."""
        db.execute(text("SET LOCAL enable_seqscan = off"))
        given = {"asked": self._asked(asked), "first": first, "last": last, "limit": None}
        return db.scalars(_EVER, given).all()

    @staticmethod
    def _asked(asked: Expression) -> str:
        groups = " & ".join(_any_of(group, " | ", "'") for group in asked.groups)
        without = _any_of(asked.without, " | ", "'")
        return f"{groups} & !{without}" if asked.without else groups


_LATELY = text(
    "SELECT entry_id FROM (SELECT entry_id, words FROM search_texts WHERE entry_id BETWEEN :first AND :last"
    " ORDER BY entry_id DESC LIMIT :newest) AS newest WHERE words @@ CAST(:asked AS tsquery)"
    " ORDER BY entry_id DESC LIMIT :limit"
)
_EVER = text(
    "WITH found AS MATERIALIZED (SELECT entry_id FROM search_texts WHERE words @@ CAST(:asked AS tsquery))"
    " SELECT entry_id FROM found WHERE entry_id BETWEEN :first AND :last ORDER BY entry_id DESC LIMIT :limit"
)


def index_engine(engine: Engine) -> IndexEngine:
    """Return the index of this database."""
    return Gin() if engine.dialect.name == "postgresql" else Fts5()


def _rows(words: Mapping[int, Collection[str]]) -> list[dict[str, Any]]:
    return [{"id": number, "words": " ".join(known)} for number, known in sorted(words.items())]


def _any_of(words: Iterable[str], by: str, quote: str) -> str:
    """Join words in quotes. Words are letters and digits after `#` or `~`, so nothing in them ends a quotation."""
    return f"({by.join(f'{quote}{word}{quote}' for word in sorted(words))})"
