"""A piece of text between blanks → the terms, lines and rules that it makes possible.

Results are cached, so only new pieces are examined, in word_index.py. Whole articles are read in reading.py.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache, reduce
from operator import or_
from typing import NamedTuple

from monitor.matching.compiled_rules import CompiledRules
from monitor.matching.words.word_index import PieceWord, WordIndex
from monitor.text.broken_words import LONGEST_PIECE
from monitor.text.languages.kazakh_latin import LATIN_MARKS
from monitor.text.unicode import fold

_REMEMBERED = 30_000  # pieces: weeks of the press, some 7 MB

_ASKED = 2_000  # pieces whose words are cached

_LETTER = re.compile(r"[^\W_]")
_ACCENTED = re.compile("[\u00c0-\u024f\u0300-\u036f]")

Span = tuple[int, int]
# is_latin, and for each word the numbers it is and those it may be
_Said = tuple[bool, tuple[tuple[frozenset[int], frozenset[int]], ...]]


class Hit(NamedTuple):
    """The term with number `term` at `[start, end)` of the original text."""

    start: int
    end: int
    term: int


@dataclass(slots=True, kw_only=True, eq=False)
class Piece:
    """What a piece of text may be: words of the rules, or only punctuation. Pieces that mean the same share one object.

    A set of lines is an integer with one bit a line. `words`: the numbers that each of its words may be; never empty.
    `terms` are terms whose anchor word is here: number, index of that word, lines. `sure` are lines that have a hit
    here, `lines` those that may have one; `before` and `after` are pairs of a word and the lines that may have a hit if
    that word is beside the piece; `perhaps` are all of these lines.
    """

    words: tuple[frozenset[int], ...]
    is_latin: bool = False  # it has letters that occur only in Kazakh in Latin script
    is_signs: bool = False  # it has no letters
    terms: list[tuple[int, int, int]] = field(default_factory=list)
    sure: int = 0
    lines: int = 0
    perhaps: int = 0
    before: tuple[tuple[int, int], ...] = ()
    after: tuple[tuple[int, int], ...] = ()


_NO_WORDS = (frozenset[int](),)
_LATIN, _SIGNS = Piece(words=_NO_WORDS, is_latin=True), Piece(words=_NO_WORDS, is_signs=True)


class TermIndex(dict[str, Piece | None]):
    """Compiled terms to look for in any text, and a cache from a piece of text to its Piece; None for no meaning."""

    def __init__(self, compiled: CompiledRules) -> None:
        super().__init__()
        self.terms, self.rules = compiled.terms, compiled.rules
        self.needed = tuple(lines_in_one(rule.lines) for rule in compiled.rules)
        self.words_in = WordIndex(compiled.words, compiled.also_russian).words_in
        self._met = lru_cache(_ASKED)(self.words_in)
        self._said: dict[_Said, Piece] = {}
        self._lines_of = _lines_by_term(compiled.lines)
        self._on: defaultdict[int, list[int]] = defaultdict(list)  # by anchor word: the terms
        for number, term in enumerate(compiled.terms):
            if term.words and number in self._lines_of:
                self._on[term.words[term.anchor]].append(number)
        self.hung: defaultdict[int, list[int]] = defaultdict(list)  # by line: the rules to try when it has a hit
        for number, rule in enumerate(compiled.rules):
            if rule.lines:
                self.hung[rule.lines[rule.anchor]].append(number)
        self.anchors = lines_in_one(self.hung)

    def words_met_in(self, text: str) -> tuple[PieceWord, ...]:
        """Do what `words_in` does, cached: rules ask for few pieces, but for those again and again."""
        return self._met(text) if len(text) <= LONGEST_PIECE else self.words_in(text)

    def __missing__(self, text: str) -> Piece | None:
        piece = self._looked_into(text)
        if len(self) >= _REMEMBERED:
            self.clear()
            self._said.clear()
        if len(text) <= LONGEST_PIECE:  # longer ones hardly come twice
            self[text] = piece
        return piece

    def _looked_into(self, text: str) -> Piece | None:
        words = self.words_in(text)
        is_latin = _ACCENTED.search(text) is not None and LATIN_MARKS.search(fold(text).text) is not None
        if not words:
            return _LATIN if is_latin else None if _LETTER.search(text) else _SIGNS
        key = is_latin, tuple((word.words, word.doubtful) for word in words)
        piece = self._said.get(key) or self._saying(words, is_latin=is_latin)
        if len(text) <= LONGEST_PIECE:
            self._said[key] = piece
        return piece

    def _saying(self, words: tuple[PieceWord, ...], *, is_latin: bool) -> Piece:
        """Build the Piece for these words."""
        piece = Piece(words=tuple(word.words | word.doubtful for word in words), is_latin=is_latin)
        for place, word in enumerate(words):
            for number in piece.words[place]:
                for term in self._on.get(number, ()):
                    self._mark(piece, term, place, is_sure=number in word.words)
        return piece

    def _mark(self, piece: Piece, number: int, place: int, *, is_sure: bool) -> None:
        """Record on the piece that a term may be there, or may be if the next word of its phrase is beside it."""
        term, lines = self.terms[number], self._lines_of[number]
        piece.terms.append((number, place, lines))
        piece.perhaps |= lines
        if len(term.words) == 1:
            piece.lines |= lines
            piece.sure |= lines if is_sure and term.role is None and not term.russian else 0
            return
        step = 1 if term.anchor + 1 < len(term.words) else -1
        beside = term.words[term.anchor + step]
        if 0 <= place + step < len(piece.words):
            piece.lines |= lines if beside in piece.words[place + step] else 0
        elif step > 0:
            piece.after += ((beside, lines),)
        else:
            piece.before += ((beside, lines),)


def _lines_by_term(lines: Sequence[Iterable[int]]) -> Mapping[int, int]:
    """Map each term to the lines that have it, as bits; terms in the same lines share one integer, to save memory."""
    standing: defaultdict[int, list[int]] = defaultdict(list)
    for line, terms in enumerate(lines):
        for term in terms:
            standing[term].append(line)
    together = cache(lambda *lines: lines_in_one(lines))
    return {term: together(*known) for term, known in standing.items()}


def lines_in_one(lines: Iterable[int]) -> int:
    """Return a set of lines as an integer with one bit a line."""
    return reduce(or_, (1 << line for line in lines), 0)


def lines_of(number: int) -> Iterator[int]:
    """Yield the lines of such a set."""
    while number:
        line = number.bit_length() - 1
        yield line
        number ^= 1 << line
