"""A piece of text, which stands between blanks → the words of the rules that are in it.

A word is asked once: whether the rules have its form, begin with its prefix, or have a Kazakh stem that it begins with.
Of words, not of phrases. What was asked before is remembered in term_index.py.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from monitor.matching.compiler import Word
from monitor.text.broken_words import Part, readings
from monitor.text.languages.kazakh import Stem
from monitor.text.languages.kazakh_latin import KAZAKH_LETTERS, LATIN_MARKS, in_russian_letters, latin_skeleton
from monitor.text.languages.russian import is_known
from monitor.text.unicode import WORD, fold

_LONGEST_WORD = 64  # letters; what is longer is no word
_PLAIN_STEM = 5  # letters of a stem that leave no doubt, whatever letters its author had
_HEAD = 3  # letters by which most words are none of the rules'
_LATIN = re.compile(r"[a-z\u00df-\u017e\u01f5]")
_NOTHING: frozenset[int] = frozenset()


class PieceWord(NamedTuple):
    """A word at `[start, end)` of a piece, folded in `form`, and the numbers of the words that it is a form of.

    Of `doubtful` it is one only in Kazakh written without its own letters: «кара» may be «қара», or Russian.
    """

    start: int
    end: int
    form: str
    words: frozenset[int]
    doubtful: frozenset[int]

    def meets(self, number: int) -> bool:
        """Whether it may be a form of the word of that number."""
        return number in self.words or number in self.doubtful


class WordIndex:
    """Words to be recognised, by their numbers."""

    def __init__(self, words: Sequence[Word]) -> None:
        self._forms: defaultdict[str, list[int]] = defaultdict(list)
        self._starts: defaultdict[str, list[tuple[int, Stem | None]]] = defaultdict(list)
        self._names = frozenset(number for number, word in enumerate(words) if word.capital)
        for number, word in enumerate(words):
            for form in word.forms:
                self._forms[form].append(number)
            if word.prefix:
                self._starts[word.prefix].append((number, None))
            for stem in word.stems:
                self._starts[stem.text].append((number, stem))
        self._heads = frozenset(key[:_HEAD] for key in chain(self._forms, self._starts))

    def words_in(self, piece: str) -> tuple[PieceWord, ...]:
        """Every word of the piece, in order, in the reading that has most words of the rules; () when none has any."""
        best: tuple[PieceWord, ...] = ()
        most = 0
        for parts in readings(piece):
            words = tuple(word for part in parts for word in self._words_of(part))
            met = sum(bool(word.words or word.doubtful) for word in words)
            if met > most:
                best, most = words, met
        return best

    def _words_of(self, part: Part) -> Iterator[PieceWord]:
        offset, text = part
        folded = fold(text)
        for word in WORD.finditer(folded.text):
            start, end = folded.original_span(*word.span())
            words, doubtful = self._asked(word[0])
            if not text[start].isupper():  # a name counts only with a capital letter: «Коробов», not «коробов»
                words, doubtful = words - self._names, doubtful - self._names
            yield PieceWord(offset + start, offset + end, word[0], words, doubtful)

    def _asked(self, word: str) -> tuple[frozenset[int], frozenset[int]]:
        """Numbers of the words that the folded whole `word` is a form of, and of those that it may be a form of."""
        if len(word) > _LONGEST_WORD:
            return _NOTHING, _NOTHING
        words = set(self._forms.get(word, ()))
        spelled: list[tuple[int, Stem]] = []
        for number, stem, rest in self._begun(word):
            if stem is None or (stem.script == "cyrillic" and stem.accepts(rest)):
                words.add(number)
            elif stem.script != "latin" and stem.accepts(rest, in_russian_letters=True):
                spelled.append((number, stem))
        is_latin, is_half_typed = bool(_LATIN.search(word)), bool(KAZAKH_LETTERS.search(word))
        if is_latin or is_half_typed:
            other, script = (latin_skeleton(word), "latin") if is_latin else (in_russian_letters(word), "russian")
            begun = (
                (number, stem, rest) for number, stem, rest in self._begun(other) if stem and stem.script == script
            )
            spelled += [(number, stem) for number, stem, rest in begun if stem.accepts(rest)]
        own_letters = is_half_typed or LATIN_MARKS.search(word)
        for number, stem in spelled:
            if own_letters or (len(stem.text) >= _PLAIN_STEM and (is_latin or not is_known(word))):
                words.add(number)
        return frozenset(words), frozenset(number for number, _ in spelled) - words

    def _begun(self, word: str) -> Iterator[tuple[int, Stem | None, str]]:
        """Every stem (None for a prefix) that the word begins with, and the rest of the word."""
        if self._heads.isdisjoint((word[:1], word[:2], word[:_HEAD])):
            return
        for length in range(1, len(word) + 1):
            for number, stem in self._starts.get(word[:length], ()):
                yield number, stem, word[length:]
