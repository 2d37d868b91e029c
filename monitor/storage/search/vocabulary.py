"""The forms that a query asks for → those that texts have: the index knows all words.

Russian forms are listed and looked up; Kazakh ones are too many, so all words with the stem's beginning are examined.
"""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, select

from monitor.errors import QueryError
from monitor.matching.search.words import LATIN, LONGEST_WORD, in_parts
from monitor.matching.words.compiled_words import Word
from monitor.storage.database import chunks
from monitor.storage.search.schema import words
from monitor.text.languages import dictionary
from monitor.text.languages.kazakh import Stem

_LEAST = 2  # letters of a stem: too many words begin with one letter
_MOST_SEEN = 20_000  # words with one beginning that are examined
_MOST_FORMS = 500  # of one word in a query


def present_forms(db: Connection, word: Word) -> frozenset[str]:
    """Return the words of the index that are forms of `word`. Raises QueryError if too many begin with its prefix."""
    if word.prefix:
        return _of_prefix(db, word.prefix)
    listed = known_words(db, (part for form in word.forms for part in _whole(form)))
    return frozenset(sorted({*listed, *_of_stems(db, word.stems)}, key=len)[:_MOST_FORMS])


def _of_prefix(db: Connection, prefix: str) -> frozenset[str]:
    known = beginning_with(db, prefix[:LONGEST_WORD], limit=_MOST_FORMS + 1)
    if len(known) > _MOST_FORMS:
        raise QueryError(f"«{prefix}*»: слов с таким началом больше {_MOST_FORMS}. Допишите букву-другую.")
    return frozenset(known)


def known_words(db: Connection, parts: Iterable[str]) -> Iterator[str]:
    """Yield those of these words that texts have; all numbers, which are not in the list."""
    listed = sorted(set(parts))
    yield from filter(str.isdecimal, listed)
    for chunk in chunks(listed):
        yield from db.scalars(select(words.c.word).where(words.c.word.in_(chunk)))


def beginning_with(db: Connection, start: str, *, limit: int | None = None) -> Sequence[str]:
    """Return the words of the index that begin so, at most `limit`."""
    after = start[:-1] + chr(ord(start[-1]) + 1)
    return db.scalars(select(words.c.word).where(words.c.word >= start, words.c.word < after).limit(limit)).all()


def _whole(form: str) -> Iterator[str]:
    """Yield the form if it is one word; a form in two parts is searched for as two words."""
    parts = tuple(in_parts(form))
    if len(parts) == 1:
        yield from parts


def _of_stems(db: Connection, stems: Iterable[Stem]) -> Iterator[str]:
    for stem in stems:
        if len(stem.text) >= _LEAST:
            beginning = f"{LATIN}{stem.text}" if stem.script == "latin" else stem.text
            seen = beginning_with(db, beginning, limit=_MOST_SEEN)
            yield from (word for word in seen if _is_form(word.removeprefix(LATIN), stem))


def _is_form(word: str, stem: Stem) -> bool:
    rest = word[len(stem.text) :]
    if not stem.typed_for:
        return stem.accepts(rest)
    # Kazakh in Russian letters: a Russian word with these letters is more likely
    return stem.is_typed_in(word) and stem.accepts(rest, in_russian_letters=True) and not dictionary.is_known(word)
