"""Text → the terms that stand in it: how words, which word_index.py finds, make a phrase or a name.

Of terms, not of rules: how far apart they may stand is decided in matched_article.py.
"""

import re
from collections import defaultdict
from typing import NamedTuple

from monitor.matching.compiler import CompiledRules, CompiledTerm
from monitor.matching.word_index import WordHit, WordIndex, is_latin_kazakh
from monitor.text.unicode import WORD, Folded, fold, word_at

_REMEMBERED = 16_384

# What may stand between two words of a phrase: blanks, a line break, dashes, quotes; never a comma or a full stop.
_GAP = re.compile(r"[\s\-‐‑–—«»„“”\"'’‘`′]{0,8}")
_GAP_LENGTH = 8

Span = tuple[int, int]


class Hit(NamedTuple):
    """The term of that number at `[start, end)` of the original text."""

    start: int
    end: int
    term: int


class TermIndex:
    """Compiled terms, ready to be looked for in any text."""

    def __init__(self, compiled: CompiledRules) -> None:
        self._words = compiled.words
        self._terms = compiled.terms
        self._terms_of: defaultdict[int, list[int]] = defaultdict(list)
        for number, term in enumerate(compiled.terms):
            if term.words and term.role is None:
                self._terms_of[term.words[term.anchor]].append(number)
        self._index = WordIndex(compiled.words, self._terms_of)
        self._anchored: dict[frozenset[int], tuple[tuple[int, ...], tuple[int, ...]]] = {}

    def spans(self, title: str, text: str) -> dict[int, list[Span]]:
        """Every term that stands in the article, by number: its places, in no particular order.

        Places are those of the title, one character, and the text. That one is a NUL, which no word and no gap between
        words has: no phrase runs from the title into the text.
        """
        original = f"{title}\0{text}\0"
        folded = fold(original)
        latin = is_latin_kazakh(folded)
        spans: defaultdict[int, list[Span]] = defaultdict(list)
        for hit in self._index.hits(folded.text, latin=latin):
            start, end, words = hit
            alone, asking = self._anchored.get(words) or self._anchoring(words)
            for number in alone:
                spans[number].append((start, end) if folded.offsets is None else folded.original_span(start, end))
            if asking:
                neighbours = _Neighbours(self._index, folded.text, hit, latin=latin)
                for number in asking:
                    run = neighbours.forming(self._terms[number])
                    if run and self._has_capitals(original, folded, self._terms[number], run):
                        spans[number].append(folded.original_span(run[0][0], run[-1][1]))
        return spans

    def _anchoring(self, words: frozenset[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Terms that one of `words` is, and terms that ask for more: words beside it, a capital letter."""
        terms = [number for word in sorted(words) for number in self._terms_of.get(word, ())]
        alone = tuple(number for number in terms if self._is_alone(self._terms[number]))
        known = alone, tuple(number for number in terms if not self._is_alone(self._terms[number]))
        if len(self._anchored) >= _REMEMBERED:
            self._anchored.clear()
        self._anchored[words] = known
        return known

    def _is_alone(self, term: CompiledTerm) -> bool:
        return len(term.words) == 1 and not self._words[term.words[0]].capital

    def _has_capitals(self, original: str, folded: Folded, term: CompiledTerm, run: list[WordHit]) -> bool:
        """A name counts only where the article writes it with a capital letter: «Коробов», not «коробов»."""
        return all(
            not self._words[number].capital or original[folded.original_span(start, end)[0]].isupper()
            for number, (start, end, _) in zip(term.words, run, strict=True)
        )


class _Neighbours:
    """The words around a hit, each looked up once however many phrases ask for it."""

    def __init__(self, index: WordIndex, text: str, hit: WordHit, *, latin: bool) -> None:
        self._index, self._text, self._latin = index, text, latin
        self._known: dict[int, WordHit | None] = {0: hit}

    def forming(self, term: CompiledTerm) -> list[WordHit]:
        """The words that make up `term` around its anchor; [] when one of them is another word."""
        run = []
        for place, number in enumerate(term.words, -term.anchor):
            hit = self._at(place)
            if hit is None or number not in hit[2]:
                return []
            run.append(hit)
        return run

    def _at(self, place: int) -> WordHit | None:
        """The word `place` words after the hit (before it, if negative); None across a comma or a full stop."""
        if place not in self._known:
            nearer = self._at(place - 1 if place > 0 else place + 1)
            self._known[place] = self._beside(nearer, after=place > 0) if nearer else None
        return self._known[place]

    def _beside(self, hit: WordHit, *, after: bool) -> WordHit | None:
        span = _word_after(self._text, hit[1]) if after else _word_before(self._text, hit[0])
        return span and (*span, self._index.words_of(self._text[slice(*span)], latin=self._latin))


def _word_after(text: str, index: int) -> Span | None:
    gap = _GAP.match(text, index)
    word = WORD.match(text, gap.end()) if gap else None
    return word.span() if word else None


def _word_before(text: str, index: int) -> Span | None:
    start = index
    while start > 0 and index - start < _GAP_LENGTH and _GAP.fullmatch(text, start - 1, start):
        start -= 1
    if start == 0:
        return None
    begin, end = word_at(text, start - 1)
    return (begin, end) if begin < end == start else None
