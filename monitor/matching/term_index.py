"""A piece of text, which stands between blanks → the terms, lines and rules that it makes possible.

Remembered, so that only new pieces are looked into, in word_index.py. What stands in a whole article: reading.py.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from monitor.matching.compiler import CompiledRules, CompiledTerm
from monitor.matching.word_index import PieceWord, WordIndex
from monitor.text.broken_words import LONGEST_PIECE
from monitor.text.languages.kazakh_latin import LATIN_MARKS
from monitor.text.unicode import fold

_REMEMBERED = 30_000  # pieces: weeks of the press, some 8 MB

_LETTER = re.compile(r"[^\W_]")
_ACCENTED = re.compile("[\u00c0-\u024f\u0300-\u036f]")

Span = tuple[int, int]
_Said = tuple[bool, tuple[tuple[frozenset[int], frozenset[int]], ...]]  # is_latin; of each word, what it is and may be


class Hit(NamedTuple):
    """The term of that number at `[start, end)` of the original text."""

    start: int
    end: int
    term: int


@dataclass(slots=True, kw_only=True, eq=False)
class Piece:
    """What a piece of text says, of words of the rules or of signs only: one object for all pieces that say the same.

    A set of lines is a number, with a bit for each. `words`: what each of its words may be; never empty. `terms` are,
    by line, the terms whose word to look for stands here, and which of the words it is. `sure` are lines that have a
    hit here, `lines` those that may have; `before` and `after` those that may have one if that word stands there;
    `perhaps` all of these, and `rules` hang on them.
    """

    words: tuple[frozenset[int], ...]
    is_latin: bool = False  # it has letters that only Kazakh in Latin script would have
    is_signs: bool = False  # it has no letters
    terms: dict[int, list[Span]] = field(default_factory=dict)
    sure: int = 0
    lines: int = 0
    perhaps: int = 0
    before: dict[int, int] = field(default_factory=dict)
    after: dict[int, int] = field(default_factory=dict)
    rules: tuple[int, ...] = ()


_NO_WORDS = (frozenset[int](),)
_LATIN, _SIGNS = Piece(words=_NO_WORDS, is_latin=True), Piece(words=_NO_WORDS, is_signs=True)


class TermIndex(dict[str, Piece | None]):
    """Compiled terms, ready to be looked for in any text; and what the pieces of texts say: None for nothing."""

    def __init__(self, compiled: CompiledRules) -> None:
        super().__init__()
        self.terms, self.rules = compiled.terms, compiled.rules
        self.needed = tuple(sum(1 << line for line in set(rule.lines)) for rule in compiled.rules)
        self.words_in = WordIndex(compiled.words).words_in
        self._said: dict[_Said, Piece] = {}
        self._on: defaultdict[int, list[Span]] = defaultdict(list)  # by word: line, number of the term
        for line, terms in enumerate(compiled.lines):
            for number in terms:
                term = compiled.terms[number]
                if term.words:
                    self._on[term.words[term.anchor]].append((line, number))
        self._hung: defaultdict[int, list[int]] = defaultdict(list)  # by line: rules
        for number, rule in enumerate(compiled.rules):
            if rule.lines:
                self._hung[rule.lines[rule.anchor]].append(number)

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
        """What a piece of these words says, whatever its text."""
        piece = Piece(words=tuple(word.words | word.doubtful for word in words), is_latin=is_latin)
        for place, word in enumerate(words):
            for number in piece.words[place]:
                for line, term in self._on.get(number, ()):
                    piece.terms.setdefault(line, []).append((term, place))
                    self._mark(piece, line, self.terms[term], place, is_sure=number in word.words)
        piece.rules = tuple({rule for line in piece.terms for rule in self._hung.get(line, ())})
        return piece

    def _mark(self, piece: Piece, line: int, term: CompiledTerm, place: int, *, is_sure: bool) -> None:
        """Note that a term of a line may stand there, or may if the next word of the phrase does."""
        bit = 1 << line
        piece.perhaps |= bit
        if len(term.words) == 1:
            piece.lines |= bit
            piece.sure |= bit if is_sure and term.role is None and not term.russian else 0
            return
        step = 1 if term.anchor + 1 < len(term.words) else -1
        beside = term.words[term.anchor + step]
        if not 0 <= place + step < len(piece.words):
            others = piece.after if step > 0 else piece.before
            others[beside] = others.get(beside, 0) | bit
        elif beside in piece.words[place + step]:
            piece.lines |= bit
