"""Text → the terms that stand in it: one Aho–Corasick pass, whole words resolved only where a key begins one.

Keys of the automaton are what a word may begin with: whole Russian forms, Kazakh stems, names, prefixes. Every whole
word is asked once, the answer is remembered (bounded). Knows terms, not rules; how far apart they may stand is
the engine's business.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import ahocorasick

from monitor.languages.kazakh import LATIN_MARKS, Stem, latin_skeleton
from monitor.matching.rules import CompiledRules, CompiledTerm, Word
from monitor.text import WORD, Folded, fold, word_at

_REMEMBERED = 100_000
_LONGEST_WORD = 64  # letters; what is longer is no word
_NOTHING: frozenset[int] = frozenset()

_Starts = defaultdict[str, list[tuple[int, Stem | None]]]


# What may stand between two words of a phrase: blanks, a line break, dashes, quotes; never a comma or a full stop.
_GAP = re.compile(r"[\s\-‐‑–—«»„“”\"'’]{0,8}")
_GAP_LENGTH = 8

_Span = tuple[int, int]


class Hit(NamedTuple):
    """The term of that number found at `[start, end)` of the original text."""

    start: int
    end: int
    term: int


class Found(NamedTuple):
    """`[start, end)` of the folded text and the numbers of the words it is a form of."""

    start: int
    end: int
    words: frozenset[int]


class WordIndex:
    """`anchors` are the numbers of the words to look for; the others are only recognised when asked."""

    def __init__(self, words: Sequence[Word], anchors: Collection[int]) -> None:
        self._forms: defaultdict[str, set[int]] = defaultdict(set)
        self._starts: _Starts = defaultdict(list)
        self._latin_starts: _Starts = defaultdict(list)
        self._remembered: dict[tuple[str, bool], frozenset[int]] = {}
        keys: set[str] = set()
        for number, word in enumerate(words):
            learned = self._learn(number, word)
            if number in anchors:
                keys |= learned
        self._dotted = frozenset(key for key in keys if WORD.fullmatch(key) is None)  # «К.Н.Б.»
        self._has_keys = bool(keys)
        self._automaton = ahocorasick.Automaton()
        for key in keys:
            self._automaton.add_word(key, key)
        if keys:
            self._automaton.make_automaton()

    def found(self, text: str, *, latin: bool) -> Iterator[Found]:
        """Every word of the folded `text` that an anchor accepts, with all the words that accept it.

        `latin`: the text is Kazakh in Latin letters (see `is_latin_kazakh`); then every word is asked.
        """
        if latin:
            yield from self._every_word(text)
        if self._has_keys:
            yield from self._scanned(text, latin=latin)

    def words_of(self, word: str, *, latin: bool) -> frozenset[int]:
        """Numbers of the words that the folded whole `word` is a form of."""
        if len(word) > _LONGEST_WORD:
            return _NOTHING
        known = self._remembered.get((word, latin))
        if known is None:
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            known = self._remembered[word, latin] = frozenset(self._asked(word, latin=latin))
        return known

    def _asked(self, word: str, *, latin: bool) -> Iterator[int]:
        yield from self._forms.get(word, ())
        yield from _accepting(self._starts, word)
        if latin:
            yield from _accepting(self._latin_starts, latin_skeleton(word))

    def _every_word(self, text: str) -> Iterator[Found]:
        for word in WORD.finditer(text):
            words = self.words_of(word[0], latin=True)
            if words:
                yield Found(word.start(), word.end(), words)

    def _scanned(self, text: str, *, latin: bool) -> Iterator[Found]:
        previous = -1
        for last, key in self._automaton.iter(text):
            start, end = last + 1 - len(key), last + 1
            if start == previous or not _begins_word(text, start):
                continue
            if key in self._dotted:
                if _begins_word(text, end):
                    yield Found(start, end, frozenset(self._forms[key]))
            elif not latin:
                previous = start
                word = WORD.match(text, start)
                words = self.words_of(word[0], latin=False) if word else _NOTHING
                if word and words:
                    yield Found(start, word.end(), words)

    def _learn(self, number: int, word: Word) -> set[str]:
        """Remember how the word is recognised; returns what its forms may begin with."""
        for form in word.forms:
            self._forms[form].add(number)
        keys = set(word.forms)
        if word.prefix:
            self._starts[word.prefix].append((number, None))
            keys.add(word.prefix)
        for stem in word.stems:
            if stem.script == "latin":
                self._latin_starts[stem.text].append((number, stem))
            else:
                self._starts[stem.text].append((number, stem))
                keys.add(stem.text)
        return keys


class TermIndex:
    """Compiled terms, ready to be found in any text."""

    def __init__(self, compiled: CompiledRules) -> None:
        self._words = compiled.words
        self._terms = compiled.terms
        self._terms_of: defaultdict[int, list[int]] = defaultdict(list)
        for number, term in enumerate(compiled.terms):
            if term.words:
                self._terms_of[term.words[term.anchor]].append(number)
        self._index = WordIndex(compiled.words, self._terms_of)

    def hits(self, original: str) -> Iterator[Hit]:
        """Every term that stands in `original`, in no particular order."""
        folded = fold(original)
        latin = is_latin_kazakh(folded.text)
        for found in self._index.found(folded.text, latin=latin):
            neighbours = _Neighbours(self._index, folded.text, found, latin=latin)
            for number in [number for word in found.words for number in self._terms_of.get(word, ())]:
                words = neighbours.forming(self._terms[number])
                if words and self._has_capitals(original, folded, self._terms[number], words):
                    yield Hit(*folded.original_span(words[0].start, words[-1].end), number)

    def _has_capitals(self, original: str, folded: Folded, term: CompiledTerm, words: list[Found]) -> bool:
        """A name counts only where the article writes it with a capital letter: «Коробов», not «коробов»."""
        return all(
            not self._words[number].capital or original[folded.original_span(word.start, word.end)[0]].isupper()
            for number, word in zip(term.words, words, strict=True)
        )


class _Neighbours:
    """The words around a found one, each looked up once however many phrases ask for it."""

    def __init__(self, index: WordIndex, text: str, found: Found, *, latin: bool) -> None:
        self._index, self._text, self._latin = index, text, latin
        self._known: dict[int, Found | None] = {0: found}

    def forming(self, term: CompiledTerm) -> list[Found]:
        """The words that make up `term` around its anchor; [] when one of them is another word."""
        words = []
        for place, number in enumerate(term.words, -term.anchor):
            word = self._at(place)
            if word is None or number not in word.words:
                return []
            words.append(word)
        return words

    def _at(self, place: int) -> Found | None:
        """The word `place` words after the found one (before it, if negative); None across a comma or a full stop."""
        if place not in self._known:
            nearer = self._at(place - 1 if place > 0 else place + 1)
            self._known[place] = self._beside(nearer, after=place > 0) if nearer else None
        return self._known[place]

    def _beside(self, word: Found, *, after: bool) -> Found | None:
        span = _word_after(self._text, word.end) if after else _word_before(self._text, word.start)
        return span and Found(*span, self._index.words_of(self._text[slice(*span)], latin=self._latin))


def _word_after(text: str, index: int) -> _Span | None:
    gap = _GAP.match(text, index)
    word = WORD.match(text, gap.end()) if gap else None
    return word.span() if word else None


def _word_before(text: str, index: int) -> _Span | None:
    start = index
    while start > 0 and index - start < _GAP_LENGTH and _GAP.fullmatch(text, start - 1, start):
        start -= 1
    if start == 0:
        return None
    begin, end = word_at(text, start - 1)
    return (begin, end) if begin < end == start else None


def is_latin_kazakh(text: str) -> bool:
    """Whether folded `text` has letters that only Kazakh in Latin script would have."""
    return LATIN_MARKS.search(text) is not None


def _accepting(starts: _Starts, word: str) -> Iterator[int]:
    for length in range(1, len(word) + 1):
        for number, stem in starts.get(word[:length], ()):
            if stem is None or stem.accepts(word[length:]):
                yield number


def _begins_word(text: str, index: int) -> bool:
    """Whether no word runs across `index`: letters and digits part words, as in monitor.text."""
    if not 0 < index < len(text):
        return True
    before, after = text[index - 1], text[index]
    return not (before.isalpha() and after.isalpha()) and not (before.isdecimal() and after.isdecimal())
