"""Text → the terms that stand in it: how words, which word_index.py recognises, make a phrase or a name.

Of terms and lines, not of rules: how far apart they may stand is decided in matched_article.py. A text is parted at its
blanks; what a piece says is remembered, so that only new ones are looked into, and where a piece stands is looked for
only when a rule asks.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import or_
from typing import Literal, NamedTuple

from monitor.matching.compiler import CompiledRules, CompiledTerm
from monitor.matching.word_index import PieceWord, WordIndex
from monitor.text.broken_words import LONGEST_PIECE, rejoined
from monitor.text.languages.detection import reads_kazakh
from monitor.text.languages.kazakh_latin import KAZAKH_LETTERS, LATIN_MARKS
from monitor.text.unicode import INVISIBLE, fold

_REMEMBERED = 60_000  # pieces: a few weeks' press
_LONG = 20_000  # characters of a text whose pieces are all located at once
_AROUND = 80  # characters on both sides of a word that show which language it is in

_ACCENTED = re.compile("[\u00c0-\u024f\u0300-\u036f]")
_PIECE = re.compile(r"\S+")

# What may stand between two words of a phrase: blanks, a line break, dashes, quotes; never a comma or a full stop.
_GAP = re.compile(rf"[{INVISIBLE}]*+(?:[\s\-_‐‑–—«»„“”\"'’‘`′][{INVISIBLE}]*+){{0,8}}")

Span = tuple[int, int]


class Hit(NamedTuple):
    """The term of that number at `[start, end)` of the original text."""

    start: int
    end: int
    term: int


@dataclass(slots=True, kw_only=True, eq=False)
class _Piece:
    """A piece with words of the rules, or one of signs only. A set of lines is a number, with a bit for each.

    `terms` are, by line, the terms whose word to look for stands here, and which of the words it is. `sure` are lines
    that have a hit here, `lines` those that may have; `before` and `after` those that may have one if that word stands
    there. `rules` hang on any of these. `first` and `last` are what the first and the last word may be.
    """

    words: tuple[PieceWord, ...]
    text: str = ""
    is_latin: bool = False  # it has letters that only Kazakh in Latin script would have
    is_signs: bool = False  # it has no letters
    terms: dict[int, list[Span]] = field(default_factory=dict)
    sure: int = 0
    lines: int = 0
    before: dict[int, int] = field(default_factory=dict)
    after: dict[int, int] = field(default_factory=dict)
    rules: tuple[int, ...] = ()
    first: frozenset[int] = frozenset()
    last: frozenset[int] = frozenset()


class TermIndex(dict[str, _Piece | None]):
    """Compiled terms, ready to be looked for in any text; and what the pieces of texts say: None for nothing."""

    def __init__(self, compiled: CompiledRules) -> None:
        super().__init__()
        self.terms = compiled.terms
        self.needed = tuple(sum(1 << line for line in set(rule.lines)) for rule in compiled.rules)
        self._words = WordIndex(compiled.words)
        self._said: dict[tuple[tuple[frozenset[int], frozenset[int]], ...], _Piece] = {}
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

    def __missing__(self, text: str) -> _Piece | None:
        piece = self._looked_into(text)
        if len(self) >= _REMEMBERED:
            self.clear()
            self._said.clear()
        if len(text) <= LONGEST_PIECE:  # longer ones hardly come twice
            self[text] = piece
        return piece

    def _looked_into(self, text: str) -> _Piece | None:
        words = self._words.words_in(text)
        is_latin = _ACCENTED.search(text) is not None and LATIN_MARKS.search(fold(text).text) is not None
        is_signs = not words and not any(map(str.isalnum, text))
        if not (words or is_latin or is_signs):
            return None
        key = tuple((word.words, word.doubtful) for word in words)
        if key not in self._said:
            self._said[key] = self._saying(words)
        piece = copy(self._said[key])
        piece.text, piece.words, piece.is_latin, piece.is_signs = text, words, is_latin, is_signs
        return piece

    def _saying(self, words: tuple[PieceWord, ...]) -> _Piece:
        """What a piece of these words says, whatever its text."""
        piece = _Piece(words=words)
        if words:
            piece.first, piece.last = (word.words | word.doubtful for word in (words[0], words[-1]))
        for place, word in enumerate(words):
            for number in word.words | word.doubtful:
                for line, term in self._on.get(number, ()):
                    piece.terms.setdefault(line, []).append((term, place))
                    self._mark(piece, line, self.terms[term], place, is_sure=number in word.words)
        piece.rules = tuple({rule for line in piece.terms for rule in self._hung.get(line, ())})
        return piece

    def _mark(self, piece: _Piece, line: int, term: CompiledTerm, place: int, *, is_sure: bool) -> None:
        """Note that a term of a line may stand there, or may if the next word of the phrase does."""
        bit = 1 << line
        if len(term.words) == 1:
            piece.lines |= bit
            piece.sure |= bit if is_sure and term.role is None and not term.russian else 0
            return
        step = 1 if term.anchor + 1 < len(term.words) else -1
        beside = term.words[term.anchor + step]
        if not 0 <= place + step < len(piece.words):
            others = piece.after if step > 0 else piece.before
            others[beside] = others.get(beside, 0) | bit
        elif piece.words[place + step].meets(beside):
            piece.lines |= bit

    def read(self, title: str, text: str) -> "Reading":
        """Where the terms stand in an article."""
        return Reading(self, title, text)


_Token = tuple[int, int]  # a word of the article: number of its piece, its place in it


class Reading:
    """One article, as terms are looked for in it. Places are those of the title, one character, and the text."""

    def __init__(self, index: TermIndex, title: str, text: str) -> None:
        self.whole = f"{rejoined(title)}\n{rejoined(text)}"  # a phrase does not run across this line break
        self._index = index
        self._border = len(title)
        self._order = [*map(index.__getitem__, self.whole.split()), None]  # so that the first and the last have a next
        self._starts: dict[_Piece, list[int]] = {}

    def rules(self) -> list[int]:
        """Numbers of the rules whose every line may have a hit; no other holds."""
        lines, hung = self._possible
        needed = self._index.needed
        return [rule for rule in hung if needed[rule] & lines == needed[rule]]

    @cached_property
    def _possible(self) -> tuple[int, set[int]]:
        """The lines that may have a hit, and the rules that hang on some of them."""
        lines = 0
        hung: set[int] = set()
        for at, piece in enumerate(self._order):
            if piece is None:
                continue
            lines |= piece.lines
            if piece.rules:
                hung.update(piece.rules)
            if piece.after and (beside := self._next(at, 1)[1]) and not beside.first.isdisjoint(piece.after):
                lines |= _bits(piece.after, beside.first)
            if piece.before and (beside := self._next(at, -1)[1]) and not beside.last.isdisjoint(piece.before):
                lines |= _bits(piece.before, beside.last)
        return lines, hung

    def _next(self, at: int, step: Literal[1, -1]) -> tuple[int, _Piece | None]:
        """The next piece that is not of signs only, and its number; None when no rule has its words."""
        beside = self._order[at := at + step]
        while beside and beside.is_signs:
            beside = self._order[at := at + step]
        return at, beside

    @cached_property
    def _places(self) -> dict[_Piece, list[int]]:
        """Numbers of the pieces where terms may stand."""
        places: defaultdict[_Piece, list[int]] = defaultdict(list)
        for at, piece in enumerate(self._order):
            if piece and (piece.terms or piece.is_latin):
                places[piece].append(at)
        return places

    @cached_property
    def _sure(self) -> int:
        return reduce(or_, (piece.sure for piece in self._places), 0)

    def is_sure(self, line: int) -> bool:
        """Whether it surely has a hit."""
        return bool(self._sure >> line & 1)

    def hits(self, line: int) -> Iterator[Hit]:
        """Where the terms of a line stand, whatever their roles; in no particular order."""
        if not self._possible[0] >> line & 1:
            return
        for piece, places in self._places.items():
            for number, place in piece.terms.get(line, ()):
                term = self._index.terms[number]
                if len(term.words) == 1:
                    spans = self._single(term, piece, place)
                else:
                    spans = filter(None, (self._phrase(term, piece, time, place) for time in range(len(places))))
                for start, end in spans:
                    yield Hit(start, end, number)

    def _single(self, term: CompiledTerm, piece: _Piece, place: int) -> Iterator[Span]:
        word = piece.words[place]
        is_sure, is_plain = term.words[0] in word.words, term.words[0] in word.plain
        for begin in self._starts_of(piece):
            start, end = begin + word.start, begin + word.end
            if is_sure or self._is_meant(start, end, word, is_plain=is_plain):
                yield start, end

    def _is_meant(self, start: int, end: int, word: PieceWord, *, is_plain: bool) -> bool:
        """Whether a word that may be Kazakh without its own letters is: not beside others that have them."""
        if word.form[0] < "\u0400":
            return is_plain or any(piece.is_latin for piece in self._places)
        if is_plain and KAZAKH_LETTERS.search(word.form):
            return True
        around = f"{self.whole[max(start - _AROUND, 0) : start]} {self.whole[end : end + _AROUND]}".lower()
        return not KAZAKH_LETTERS.search(around) and (is_plain or reads_kazakh(f"{word.form} {around}"))

    def _phrase(self, term: CompiledTerm, piece: _Piece, time: int, place: int) -> Span | None:
        """The words that make up `term` around its anchor, where the piece stands for the `time`th time, if any do."""
        at = self._places[piece][time]
        before = self._run(reversed(term.words[: term.anchor]), at, place, -1)
        after = None if before is None else self._run(term.words[term.anchor + 1 :], at, place, 1)
        if before is None or after is None:
            return None
        begin = self._starts_of(piece)[time]
        start, end = self._reach((at, place), begin, before, -1), self._reach((at, place), begin, after, 1)
        return None if start < 0 or end < 0 or start <= self._border < end else (start, end)

    def _run(self, numbers: Iterable[int], at: int, place: int, step: Literal[1, -1]) -> list[_Token] | None:
        """The words next to a word that are these, one after another."""
        tokens: list[_Token] = []
        for number in numbers:
            piece, place = self._order[at], place + step
            if piece is None or not 0 <= place < len(piece.words):
                at, piece = self._next(at, step)
                place = 0 if step > 0 or piece is None else len(piece.words) - 1
            if piece is None or not piece.words or not piece.words[place].meets(number):
                return None
            tokens.append((at, place))
        return tokens

    def _reach(self, token: _Token, begin: int, others: list[_Token], step: Literal[1, -1]) -> int:
        """How far a phrase reaches from a word, whose piece begins at `begin`; -1 where more than gaps part words."""
        span = self._span(token, begin)
        for other in others:
            if other[0] != token[0]:
                text = self._piece(other).text
                end = begin + len(self._piece(token).text)
                begin = self.whole.find(text, end) if step > 0 else self.whole.rfind(text, 0, begin)
            beside = self._span(other, begin)
            low, high = (span[1], beside[0]) if step > 0 else (beside[1], span[0])
            if not _GAP.fullmatch(self.whole, low, high):
                return -1
            token, span = other, beside
        return span[max(step, 0)]

    def _piece(self, token: _Token) -> _Piece:
        piece = self._order[token[0]]
        assert piece is not None
        return piece

    def _span(self, token: _Token, begin: int) -> Span:
        word = self._piece(token).words[token[1]]
        return begin + word.start, begin + word.end

    def _starts_of(self, piece: _Piece) -> list[int]:
        """Where the piece stands, each time."""
        if piece not in self._starts:
            if len(self.whole) > _LONG:
                self._locate_all()
            else:
                self._starts[piece] = list(_places(piece.text, self.whole))
        return self._starts[piece]

    def _locate_all(self) -> None:
        self._starts = {piece: [] for piece in self._places}
        for piece, place in zip(self._order, _PIECE.finditer(self.whole), strict=False):
            if piece in self._starts:
                self._starts[piece].append(place.start())


def _places(piece: str, whole: str) -> Iterator[int]:
    """Where the piece stands between blanks."""
    start = whole.find(piece)
    while start >= 0:
        end = start + len(piece)
        if (start == 0 or whole[start - 1].isspace()) and (end == len(whole) or whole[end].isspace()):
            yield start
        start = whole.find(piece, end)


def _bits(lines_of: dict[int, int], numbers: frozenset[int]) -> int:
    return reduce(or_, (lines_of[number] for number in lines_of.keys() & numbers))
