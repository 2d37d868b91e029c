"""A piece of text, which stands between blanks → the words of the rules that are in it.

A word is asked once: whether the rules have its form, begin with its prefix, or have a Kazakh stem that it begins with.
Of words, not of phrases. What was asked before is remembered in term_index.py.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from monitor.matching.compiler import Word
from monitor.text.broken_words import Part, readings
from monitor.text.languages.kazakh import Stem
from monitor.text.languages.kazakh_latin import KAZAKH_LETTERS, LATIN_MARKS, in_russian_letters, latin_skeleton
from monitor.text.languages.kazakh_suffixes import Script
from monitor.text.languages.russian import is_known
from monitor.text.unicode import WORD, fold

_LONGEST_WORD = 64  # letters; what is longer is no word
_PLAIN_STEM = 5  # letters of a stem that leave no doubt, whatever letters its author had
_HEAD = 4  # letters of a stem that are looked at first
_EDGES = '.,:;!?…«»“”„"()—–-'
_PLAIN = re.compile("[а-я]+")
_LATIN = re.compile(r"[a-z\u00df-\u017e\u01f5]")
_NONE: tuple[frozenset[int], frozenset[int]] = frozenset(), frozenset()


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
        self._heads = frozenset(start[:_HEAD] for start in self._starts)

    def words_in(self, piece: str) -> tuple[PieceWord, ...]:
        """Every word of the piece, in order, in the reading that has most words of the rules; () when none has any."""
        plain = piece.strip(_EDGES).lower().replace("ё", "е")
        if _PLAIN.fullmatch(plain) and self._asked(plain) is _NONE:  # most pieces are one word, and none of the rules'
            return ()
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
            return _NONE
        words = set(self._forms.get(word, ()))
        spelled: list[tuple[int, Stem]] = []
        for number, stem, rest in self._begun(word):
            if stem is None or (stem.script == "cyrillic" and not stem.is_typed and stem.accepts(rest)):
                words.add(number)
            elif stem.script == "cyrillic" and stem.accepts(rest, in_russian_letters=True):
                spelled.append((number, stem))
        is_latin, is_half_typed = _LATIN.search(word) is not None, KAZAKH_LETTERS.search(word) is not None
        if is_latin:
            spelled += self._accepting(latin_skeleton(word), "latin")
        elif is_half_typed:
            spelled += self._accepting(in_russian_letters(word), "cyrillic")
        if not (words or spelled):
            return _NONE
        has_own_letters = is_half_typed or LATIN_MARKS.search(word) is not None
        for number, stem in spelled:
            is_plain = len(stem.text) >= _PLAIN_STEM or (len(stem.text) == _PLAIN_STEM - 1 and len(word) > _PLAIN_STEM)
            if has_own_letters or (is_plain and (is_latin or not is_known(word))):
                words.add(number)
        return frozenset(words), frozenset(number for number, _ in spelled) - words

    def _accepting(self, word: str, script: Script) -> Iterator[tuple[int, Stem]]:
        """The stems of a word in other than Kazakh letters."""
        for number, stem, rest in self._begun(word):
            if stem and stem.script == script and stem.accepts(rest, in_russian_letters=script == "cyrillic"):
                yield number, stem

    def _begins_none(self, word: str) -> bool:
        """A quick look, most words' only one: whether surely no stem is the beginning of a word."""
        return self._heads.isdisjoint((word[:1], word[:2], word[:3], word[:_HEAD]))

    def _begun(self, word: str) -> Iterator[tuple[int, Stem | None, str]]:
        """Every stem (None for a prefix) that the word begins with, and the rest of the word."""
        if self._begins_none(word):
            return
        for length in range(1, len(word) + 1):
            for number, stem in self._starts.get(word[:length], ()):
                yield number, stem, word[length:]
