"""What the two databases do each in its own way: the rows of the index, and the question that is put to it.

A text goes in as words and comes out as a number. On SQLite the index keeps no text: to take one out it must be given
the same words again.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from json import dumps
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, text

_FIRST, _FOR_EACH = 5_000, 50  # of the newest texts of PostgreSQL: at least, and for each that is wanted
_VOID = frozenset[str]()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """What the words of a text must be: of each of `groups` one, and none of `without`."""

    groups: tuple[frozenset[str], ...]
    without: frozenset[str] = _VOID


class IndexEngine(Protocol):
    """The statements on the index of one kind of database; each is a part of somebody's transaction."""

    def insert(self, db: Connection, words: Mapping[int, Collection[str]]) -> None:
        """Put in texts, by the numbers of their entries; one that is in it already stays."""

    def delete(self, db: Connection, words: Mapping[int, Collection[str]]) -> int:
        """Take texts out, given their words; returns how many were in it."""

    def note_words(self, db: Connection, words: Collection[str]) -> None:
        """Add them to the list of all words; those that stand in it already stay."""

    def forget_words(self, db: Connection, *, after: str, to: str) -> int:
        """Take the words between these, the last one too, out of the list if no text has them any more; how many."""

    def clear(self, db: Connection) -> None:
        """Take everything out."""

    def newest(self, db: Connection, asked: Expression, *, first: int, last: int, limit: int) -> Sequence[int]:
        """The newest entries from `first` to `last` whose words are so, the newest first."""

    def every(self, db: Connection, asked: Expression, *, first: int, last: int) -> Sequence[int]:
        """All entries from `first` to `last` whose words are so."""


class Fts5:
    """SQLite: a contentless table of FTS5, which gives numbers in descending order as it finds them."""

    def insert(self, db: Connection, words: Mapping[int, Collection[str]]) -> None:
        """Each number must be new."""
        db.execute(text("INSERT INTO search_texts(rowid, words) VALUES (:id, :words)"), _rows(words))

    def delete(self, db: Connection, words: Mapping[int, Collection[str]]) -> int:
        """Each must be in it, with these words."""
        taken_out = "INSERT INTO search_texts(search_texts, rowid, words) VALUES ('delete', :id, :words)"
        db.execute(text(taken_out), _rows(words))
        return len(words)

    def note_words(self, db: Connection, words: Collection[str]) -> None:
        """In one statement: thousands of rows given one by one cost as much as the index."""
        added = text("INSERT OR IGNORE INTO search_words SELECT value FROM json_each(:words)")
        db.execute(added, {"words": dumps(list(words), ensure_ascii=False)})

    def forget_words(self, db: Connection, *, after: str, to: str) -> int:
        """A word that texts still have is found at the first step."""
        unused = (
            "DELETE FROM search_words WHERE word > :after AND word <= :to AND NOT EXISTS"
            " (SELECT 1 FROM search_texts WHERE search_texts MATCH '\"' || search_words.word || '\"')"
        )
        return db.execute(text(unused), {"after": after, "to": to}).rowcount

    def clear(self, db: Connection) -> None:
        """FTS5's own command: there are no rows to name."""
        db.execute(text("INSERT INTO search_texts(search_texts) VALUES ('delete-all')"))

    def newest(self, db: Connection, asked: Expression, *, first: int, last: int, limit: int) -> Sequence[int]:
        """Found one by one, from the newest back, until there are enough."""
        statement = text(
            "SELECT rowid FROM search_texts WHERE search_texts MATCH :asked AND rowid BETWEEN :first AND :last"
            " ORDER BY rowid DESC LIMIT :limit"
        )
        return db.scalars(statement, {"asked": self._asked(asked), "first": first, "last": last, "limit": limit}).all()

    def every(self, db: Connection, asked: Expression, *, first: int, last: int) -> Sequence[int]:
        """In the order of the index."""
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
    """PostgreSQL: a GIN of tsvectors. It gives all that it finds at once, in the order of the table."""

    def insert(self, db: Connection, words: Mapping[int, Collection[str]]) -> None:
        """As arrays: no parser has a say in what is a word."""
        row = "INSERT INTO search_texts VALUES (:id, array_to_tsvector(:words)) ON CONFLICT DO NOTHING"
        db.execute(text(row), [{"id": number, "words": list(known)} for number, known in words.items()])

    def delete(self, db: Connection, words: Mapping[int, Collection[str]]) -> int:
        """By their numbers."""
        return db.execute(text("DELETE FROM search_texts WHERE entry_id = ANY(:ids)"), {"ids": list(words)}).rowcount

    def note_words(self, db: Connection, words: Collection[str]) -> None:
        """In one statement, as on SQLite; in order, so that two workers never wait for one another."""
        added = text("INSERT INTO search_words SELECT unnest(CAST(:words AS text[])) ON CONFLICT DO NOTHING")
        db.execute(added, {"words": list(words)})

    def forget_words(self, db: Connection, *, after: str, to: str) -> int:
        """The index is asked for each."""
        unused = (
            "DELETE FROM search_words WHERE word > :after AND word <= :to AND NOT EXISTS"
            " (SELECT 1 FROM search_texts WHERE words @@ CAST(quote_literal(word) AS tsquery))"
        )
        return db.execute(text(unused), {"after": after, "to": to}).rowcount

    def clear(self, db: Connection) -> None:
        """Readers go on; TRUNCATE would wait for them."""
        db.execute(text("DELETE FROM search_texts"))

    def newest(self, db: Connection, asked: Expression, *, first: int, last: int, limit: int) -> Sequence[int]:
        """The newest texts are looked through first: of a common word they have enough, and the index would give a
        hundred thousand to sort. The planner knows neither that nor what it costs to read the words of a row.
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
        """By the index, whatever the planner thinks of it."""
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
    """The index of this database."""
    return Gin() if engine.dialect.name == "postgresql" else Fts5()


def _rows(words: Mapping[int, Collection[str]]) -> list[dict[str, Any]]:
    return [{"id": number, "words": " ".join(known)} for number, known in sorted(words.items())]


def _any_of(words: Iterable[str], by: str, quote: str) -> str:
    """Words are letters and digits after `#` or `~`: nothing in them ends a quotation."""
    return f"({by.join(f'{quote}{word}{quote}' for word in sorted(words))})"
