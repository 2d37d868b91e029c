"""An article → the terms in it: how words, which term_index.py recognises, make a phrase or a name.

Knows terms and lines; how far apart they may be for a rule is decided in matched_article.py. The position of a piece of
text is looked for only when a rule asks.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, cached_property, reduce
from itertools import compress
from operator import or_
from typing import Literal, cast

from monitor.matching.compiled_rules import CompiledTerm
from monitor.matching.term_index import Hit, Piece, Span, TermIndex, lines_of
from monitor.matching.words.word_index import PieceWord
from monitor.text.broken_words import rejoin
from monitor.text.languages.detection import reads_kazakh
from monitor.text.languages.kazakh_latin import KAZAKH_LETTERS
from monitor.text.unicode import INVISIBLE

LEAD = 600  # characters of a text that say, with its title, what it is about (docs/decisions/0025)
_LEAD_WORDS = 110  # words in a title and so many characters, punctuation not counted
_LONG = 20_000  # characters of a text from which all pieces are located at once
_AROUND = 80  # characters on both sides of a word that show its language
_PIECE = re.compile(r"\S+")

# What may be between two words of a phrase: blanks, a line break, dashes, quotes; never a comma or a full stop.
_GAP = re.compile(rf"[{INVISIBLE}]*+(?:[\s\-_‐‑–—«»„“”\"'’‘`′][{INVISIBLE}]*+){{0,8}}")

_Token = tuple[int, int]  # a word of the article: the number of its piece, and its place in the piece


class Reading:
    """One article in which terms are looked for. Positions count the title, one line break, and the text."""

    def __init__(self, index: TermIndex, title: str, text: str) -> None:
        self.whole = f"{rejoin(title)}\n{rejoin(text)}"  # a phrase does not span this line break
        self._index = index
        self._border = len(title)
        self.is_short = len(text) <= LEAD  # a short text is all about one thing, so windows are wider
        self._texts = self.whole.split()
        # None at the end, so that the first and the last piece have neighbours
        self._order = [*map(index.__getitem__, self._texts), None]
        self._starts: dict[str, list[int]] = {}  # by text: the positions of such pieces
        self._hits: dict[int, list[Hit]] = {}  # by line
        # where lines may have a hit: the number of the word, punctuation not counted, and the lines as bits
        self._spots: list[tuple[int, int]] = []
        self._possible = self._look_through()
        self.met = sum(at < _LEAD_WORDS for at, _ in self._spots)
        """How many words of the title and the lead are, or may be, words of rules."""
        self.rules = sorted(self._rules())
        """Numbers of the rules whose lines may all have a hit, near enough to one another; no other rule can hold."""

    @property
    def lead(self) -> str:
        """The title and the beginning of the text; an overlong title is cut."""
        return self.whole[: min(self._border, LEAD) + 1 + LEAD]

    def _rules(self) -> list[int]:
        lines, needed = self._possible, self._index.needed
        hung = (rule for line in lines_of(lines & self._index.anchors) for rule in self._index.hung[line])
        return [rule for rule in hung if needed[rule] & lines == needed[rule] and self._is_near(rule)]

    def _is_near(self, number: int) -> bool:
        """Whether the rule's lines may have hits within its window of words; line breaks are not counted here."""
        rule, needed = self._index.rules[number], self._index.needed[number]
        if not isinstance(rule.within, int) or self.is_short:
            return True
        latest: dict[int, int] = {}  # by line: the last word where it may have a hit
        every = needed.bit_count()
        for at, lines in [(at, lines & needed) for at, lines in self._spots if lines & needed]:
            for line in rule.lines:
                if lines >> line & 1:
                    latest[line] = at
            if len(latest) == every and at - min(latest.values()) < rule.within:
                return True
        return False

    def _look_through(self) -> int:
        """Fill `_spots`, and return all lines that may have a hit, as bits."""
        signs = possible = 0
        order, spots = self._order, self._spots
        for at, piece in cast("Iterable[tuple[int, Piece]]", compress(enumerate(order), order)):  # most have none
            if not piece.perhaps:
                signs += piece.is_signs
                continue
            here = piece.lines
            if piece.after and order[at + 1] and (beside := self._next(at, 1)[1]):
                here |= _bits(piece.after, beside.words[0])
            if piece.before and order[at - 1] and (beside := self._next(at, -1)[1]):
                here |= _bits(piece.before, beside.words[-1])
            if here:
                spots.append((at - signs, here))
                possible |= here
        return possible

    def _next(self, at: int, step: Literal[1, -1]) -> tuple[int, Piece | None]:
        """Return the next piece that is not only punctuation, with its number; None for a piece without words of
        rules.
        """
        beside = self._order[at := at + step]
        while beside and beside.is_signs:
            beside = self._order[at := at + step]
        return at, beside

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """Return, for each text of a piece, the numbers of the pieces where terms may be."""
        places: defaultdict[str, list[int]] = defaultdict(list)
        for at, piece in cast("Iterable[tuple[int, Piece]]", compress(enumerate(self._order), self._order)):
            if piece.perhaps:
                places[self._texts[at]].append(at)
        return places

    @cached_property
    def _standing(self) -> list[tuple[Piece, str, list[int]]]:
        """The pieces where terms may be, each with its text and the numbers at which it occurs."""
        order = cast("list[Piece]", self._order)
        return [(order[places[0]], text, places) for text, places in self._places.items()]

    @cached_property
    def _words_in(self) -> Callable[[str], tuple[PieceWord, ...]]:
        return cache(self._index.words_met_in)

    @cached_property
    def _is_latin(self) -> bool:
        return any(piece.is_latin for piece in self._order if piece)

    @cached_property
    def _sure(self) -> int:
        return reduce(or_, (piece.sure for piece, _, _ in self._standing), 0)

    def is_sure(self, line: int) -> bool:
        """Whether the line certainly has a hit."""
        return bool(self._sure >> line & 1)

    def hits(self, line: int) -> Sequence[Hit]:
        """Return the hits of a line's terms, whatever their roles, in no particular order."""
        if line not in self._hits:
            self._hits[line] = list(self._stand(1 << line)) if self._possible >> line & 1 else []
        return self._hits[line]

    def _stand(self, line: int) -> Iterator[Hit]:
        for piece, text, places in self._standing:
            if not piece.perhaps & line:
                continue
            for number, place, lines in piece.terms:
                if lines & line:
                    term = self._index.terms[number]
                    is_phrase = len(term.words) > 1
                    spans = self._phrases(term, places, place) if is_phrase else self._single(term, text, place)
                    for start, end in spans:
                        yield Hit(start, end, number)

    def _single(self, term: CompiledTerm, text: str, place: int) -> Iterator[Span]:
        word = self._words_in(text)[place]
        is_sure, is_plain = term.words[0] in word.words, term.words[0] in word.plain
        for begin in self._starts_of(text):
            start, end = begin + word.start, begin + word.end
            if is_sure or self._is_meant(start, end, word, is_plain=is_plain):
                yield start, end

    def _is_meant(self, start: int, end: int, word: PieceWord, *, is_plain: bool) -> bool:
        """Whether a word that may be Kazakh typed without Kazakh letters is meant. It is not when Kazakh letters are
        near it, except for names, which many write as in Russian («Костанайда екі отбасы»).
        """
        if word.form[0] < "\u0400":
            return is_plain or self._is_latin
        if is_plain and (KAZAKH_LETTERS.search(word.form) or self.whole[start].isupper()):
            return True
        around = f"{self.whole[max(start - _AROUND, 0) : start]} {self.whole[end : end + _AROUND]}".lower()
        return not KAZAKH_LETTERS.search(around) and (is_plain or reads_kazakh(f"{word.form} {around}"))

    def _phrases(self, term: CompiledTerm, places: Iterable[int], place: int) -> Iterator[Span]:
        """Yield the span of each occurrence of the phrase `term`, given the places of its anchor word."""
        earlier, later = term.words[: term.anchor][::-1], term.words[term.anchor + 1 :]
        for time, at in enumerate(places):
            before = self._run(earlier, at, place, -1) if earlier else []
            after = self._run(later, at, place, 1) if later and before is not None else []
            if before is None or after is None:
                continue
            begin = self._starts_of(self._texts[at])[time]
            start, end = self._reach((at, place), begin, before, -1), self._reach((at, place), begin, after, 1)
            if start >= 0 and end >= 0 and not start <= self._border < end:
                yield start, end

    def _run(self, numbers: Iterable[int], at: int, place: int, step: Literal[1, -1]) -> list[_Token] | None:
        """Return the words beside a word if they are these, one after another; else None."""
        tokens: list[_Token] = []
        for number in numbers:
            piece, place = self._order[at], place + step
            if piece is None or not 0 <= place < len(piece.words):
                at, piece = self._next(at, step)
                place = 0 if step > 0 or piece is None else len(piece.words) - 1
            if piece is None or number not in piece.words[place]:
                return None
            tokens.append((at, place))
        return tokens

    def _reach(self, token: _Token, begin: int, others: list[_Token], step: Literal[1, -1]) -> int:
        """Return the position up to which a phrase reaches from a word, whose piece begins at `begin`; -1 when more
        than a gap separates its words.
        """
        span = self._span(token, begin)
        for other in others:
            if other[0] != token[0]:
                text = self._texts[other[0]]
                end = begin + len(self._texts[token[0]])
                begin = self.whole.find(text, end) if step > 0 else self.whole.rfind(text, 0, begin)
            beside = self._span(other, begin)
            low, high = (span[1], beside[0]) if step > 0 else (beside[1], span[0])
            if not _GAP.fullmatch(self.whole, low, high):
                return -1
            token, span = other, beside
        return span[max(step, 0)]

    def _span(self, token: _Token, begin: int) -> Span:
        word = self._words_in(self._texts[token[0]])[token[1]]
        return begin + word.start, begin + word.end

    def _starts_of(self, text: str) -> list[int]:
        """Return every position of such a piece."""
        if text not in self._starts:
            if len(self.whole) > _LONG:
                self._locate_all()
            else:
                self._starts[text] = list(_places(text, self.whole))
        return self._starts[text]

    def _locate_all(self) -> None:
        self._starts = {text: [] for text in self._places}
        for text, place in zip(self._texts, _PIECE.finditer(self.whole), strict=False):
            if text in self._starts:
                self._starts[text].append(place.start())


def _places(piece: str, whole: str) -> Iterator[int]:
    """Yield the positions where the piece stands between blanks."""
    start = whole.find(piece)
    while start >= 0:
        end = start + len(piece)
        if (start == 0 or whole[start - 1].isspace()) and (end == len(whole) or whole[end].isspace()):
            yield start
        start = whole.find(piece, end)


def _bits(beside: Iterable[tuple[int, int]], numbers: frozenset[int]) -> int:
    """Return the lines, as bits, that may have a hit because one of these words is beside a piece."""
    line_bits = 0
    for number, lines in beside:
        if number in numbers:
            line_bits |= lines
    return line_bits
