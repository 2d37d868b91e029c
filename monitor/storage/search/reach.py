"""Which kept articles contain certain phrases, so that only they are judged again when the rules are edited.

It may return an article too many, never one too few: articles not indexed yet are included.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import product

from sqlalchemy import Connection, Engine, select

from monitor.matching.search.edit_reach import Phrase
from monitor.matching.search.words import LATIN, LONGEST_WORD, VERSION, in_parts
from monitor.matching.words.compiled_words import Word
from monitor.matching.words.word_index import WordIndex
from monitor.storage.database import chunks, read_transaction
from monitor.storage.search.engines import Expression, index_engine
from monitor.storage.search.finder import SKEW, first_seen
from monitor.storage.search.index import find_late, is_shared, numbers_after
from monitor.storage.search.schema import state
from monitor.storage.search.vocabulary import beginning_with, known_words
from monitor.text.languages.kazakh import Stem
from monitor.text.languages.kazakh_latin import in_russian_letters

_HEAD = 3  # letters of a Kazakh stem that are looked up in every spelling
_AT_ONCE = 400  # forms in one query
_KAZAKH = "әғқңөұүһі"


class Reach:
    """Queries the index of one database. Raises DatabaseError."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._index = engine, index_engine(engine)

    def candidates(self, phrases: Sequence[Phrase] | None, *, since: datetime) -> tuple[int, ...]:
        """Return kept articles seen since then (and some more) in which a phrase may be, all of them if `phrases` is
        None.

        They are entry numbers, the newest first.
        """
        with read_transaction(self._engine) as db:
            known = db.execute(select(state)).one()
            first = first_seen(db, since - SKEW)
            groups = None if phrases is None else [_groups(db, phrase) for phrase in phrases]
            if groups is None or None in groups or known.version != VERSION:
                return tuple(reversed(numbers_after(db, first - 1)))
            numbers: set[int] = set()
            for phrase in groups:
                numbers.update(self._having(db, phrase or (), first, known.indexed_to))
            lately = numbers_after(db, max(first - 1, known.indexed_to))
            late = find_late(db, known.indexed_to, limit=None) if is_shared(db.engine) else []
        numbers.update(lately, (number for number in late if number >= first))
        return tuple(sorted(numbers, reverse=True))

    def _having(self, db: Connection, groups: Sequence[frozenset[str]], first: int, last: int) -> Iterator[int]:
        if not groups or not all(groups):
            return
        fewest, *others = sorted(groups, key=len, reverse=True)
        for some in chunks(sorted(fewest), _AT_ONCE):
            asked = Expression(groups=(frozenset(some), *others))
            yield from self._index.every(db, asked, first=first, last=last)


def _groups(db: Connection, phrase: Phrase) -> tuple[frozenset[str], ...] | None:
    """Return for each word of a phrase the words of the index that it may match; None if they cannot be listed."""
    groups: list[frozenset[str]] = []
    for word in phrase:
        if word.prefix.isdecimal():  # numbers are not in the list of words
            return None
        groups.append(frozenset(_possible(db, word)))
    return tuple(groups)


def _possible(db: Connection, word: Word) -> Iterator[str]:
    """Yield the words of the index that word_index.py would recognise, with names in small letters too."""
    yield from known_words(db, (part for form in word.forms for part in in_parts(form)))
    if word.prefix:
        yield from beginning_with(db, word.prefix[:LONGEST_WORD])
    index = WordIndex([replace(word, capital=False)])
    beginnings = {beginning for stem in word.stems for beginning in _beginnings(stem)}
    for known in {known for beginning in beginnings for known in beginning_with(db, beginning)}:
        if len(known) >= LONGEST_WORD or _is_latin_form(known, word) or index.words_in(known):
            yield known


def _is_latin_form(known: str, word: Word) -> bool:
    sound = known.removeprefix(LATIN)
    latin = (stem for stem in word.stems if stem.script == "latin" and sound.startswith(stem.text))
    return known != sound and any(stem.accepts(sound[len(stem.text) :]) for stem in latin)


def _beginnings(stem: Stem) -> Iterator[str]:
    """Yield the beginnings of indexed words for a stem: in Latin letters, or partly typed in Russian ones."""
    if stem.script == "latin":
        yield f"{LATIN}{stem.text[:LONGEST_WORD]}"
    elif not stem.typed_for:
        yield stem.text[:LONGEST_WORD]
    else:
        spellings = (
            {letter, *(own for own in _KAZAKH if in_russian_letters(own) == letter)} for letter in stem.text[:_HEAD]
        )
        yield from map("".join, product(*spellings))
