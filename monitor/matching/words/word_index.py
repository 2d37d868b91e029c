"""A piece of text between blanks → the words of the rules in it.

A word is recognised by a form, by a prefix, or by a Kazakh stem with a valid ending. Words only, not phrases. Results
are cached in term_index.py.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from monitor.matching.words.compiled_words import PLAIN_STEM, Word
from monitor.text.broken_words import Part, readings
from monitor.text.languages.dictionary import is_known
from monitor.text.languages.kazakh import Stem
from monitor.text.languages.kazakh_latin import KAZAKH_LETTERS, LATIN_MARKS, in_russian_letters, latin_skeleton
from monitor.text.unicode import WORD, fold

_LONGEST_WORD = 64  # letters; anything longer is no word
_REMEMBERED = 10_000  # words in the cache
_HEAD = 4  # letters of a stem that are compared first
_EDGES = '.,:;!?…«»“”„"()—–-'
_PLAIN = re.compile("[а-яәғқңөұүһі]+")
_LATIN = re.compile(r"[a-z\u00df-\u017e\u01f5]")
_RESPELLED = re.compile(f"{_LATIN.pattern}|{KAZAKH_LETTERS.pattern}")


class _Answer(NamedTuple):
    """The fields of the same names in PieceWord."""

    words: frozenset[int] = frozenset()
    doubtful: frozenset[int] = frozenset()
    plain: frozenset[int] = frozenset()


_NONE = _Answer()


class _FormIndex:
    """Maps a form to its words. Forms with the same first letters share one string, one a line, beside a tuple of
    answers: two megabytes, where a dictionary of forty thousand forms would take seven.
    """

    def __init__(self, words: Sequence[Word]) -> None:
        joined = cache(lambda answer, number: _Answer(answer.words | {number}))  # one object for all forms of a word
        answers: dict[str, _Answer] = {}
        for number, word in enumerate(words):
            for form in word.forms:
                answers[form] = joined(answers.get(form, _NONE), number)
        alike: defaultdict[str, list[str]] = defaultdict(list)
        for form in answers:
            alike[form[:_HEAD]].append(form)
        self._alike = {
            head: ("\n{}\n".format("\n".join(forms)), tuple(answers[form] for form in forms))
            for head, forms in alike.items()
        }

    def answer(self, word: str) -> _Answer:
        """Return the words of this form, which must not contain a line break."""
        forms, answers = self._alike.get(word[:_HEAD], _NO_FORMS)
        at = forms.find(f"\n{word}\n")
        return _NONE if at < 0 else answers[forms.count("\n", 0, at)]


_NO_FORMS: tuple[str, tuple[_Answer, ...]] = ("", ())


class PieceWord(NamedTuple):
    """A word at `[start, end)` of a piece, folded in `form`, and the numbers of the words it is a form of.

    It is one of `doubtful` only if it is Kazakh written without its own letters: «кара» may be «қара», or Russian.
    Those also in `plain` count in a text of another language too: «кауипсиздик».
    """

    start: int
    end: int
    form: str
    words: frozenset[int]
    doubtful: frozenset[int]
    plain: frozenset[int]


class WordIndex:
    """Recognises words, and gives their numbers."""

    def __init__(self, words: Sequence[Word], also_russian: frozenset[str] | None = None) -> None:
        """`also_russian` as in CompiledRules."""
        starts: defaultdict[str, list[tuple[int, Stem | None]]] = defaultdict(list)
        self._names = frozenset(number for number, word in enumerate(words) if word.capital)
        self._is_russian = is_known if also_russian is None else also_russian.__contains__
        self._forms = _FormIndex(words)
        for number, word in enumerate(words):
            if word.prefix:
                starts[word.prefix].append((number, None))
            for stem in word.stems:
                starts[stem.text].append((number, stem))
        self._starts = {text: tuple(begun) for text, begun in starts.items()}
        # no lru_cache: it would refer back to this index, and neither would be freed
        self._asked: dict[str, _Answer] = {}
        self._heads = frozenset(start[:_HEAD] for start in self._starts)

    def words_in(self, piece: str) -> tuple[PieceWord, ...]:
        """Return every word of the piece, in order; () when none is of the rules. Of several readings the one with most
        words of rules is taken.
        """
        bare = piece.strip(_EDGES)
        plain = bare.lower().replace("ё", "е")
        if _PLAIN.fullmatch(plain):  # as most are
            answer = self._named(self._meant(plain), bare[0])
            if answer is _NONE:
                return ()
            start = piece.index(bare)
            return (PieceWord(start, start + len(bare), plain, *answer),)
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
            answer = self._named(self._meant(word[0]), text[start])
            yield PieceWord(offset + start, offset + end, word[0], *answer)

    def _named(self, answer: _Answer, first: str) -> _Answer:
        """Drop names unless the word is capitalised: «Коробов», not «коробов»."""
        if answer is _NONE or first.isupper() or self._names.isdisjoint(answer.words | answer.doubtful):
            return answer
        meant = _Answer(*(numbers - self._names for numbers in answer))
        return meant if meant.words or meant.doubtful else _NONE

    def _meant(self, word: str) -> _Answer:
        """Return what a word may be. For most words, which begin no stem and are not respelled, the forms decide."""
        if self._begins_none(word) and not _RESPELLED.search(word):
            return self._forms.answer(word)
        return self._asked.get(word) or self._asked_anew(word)

    def _asked_anew(self, word: str) -> _Answer:
        if len(word) > _LONGEST_WORD:
            return _NONE
        if len(self._asked) >= _REMEMBERED:
            self._asked.clear()
        answer = self._asked[word] = self._answer(word)
        return answer

    def _answer(self, word: str) -> _Answer:
        words, spelled = set(self._forms.answer(word).words), set[tuple[int, Stem]]()
        for number, stem, rest in self._begun(word):
            if stem is None or (stem.script == "cyrillic" and not stem.typed_for and stem.accepts(rest)):
                words.add(number)
            elif stem.script == "cyrillic" and stem.accepts(rest, in_russian_letters=True):
                spelled.add((number, stem))
        if _LATIN.search(word):
            spelled.update(self._latin(word))
        elif KAZAKH_LETTERS.search(word):
            spelled.update(self._half_typed(word))
        if not spelled:
            return _Answer(frozenset(words)) if words else _NONE
        plain = {number for number, stem in spelled if self._is_plain(word, stem)}
        return _Answer(frozenset(words), frozenset(number for number, _ in spelled) - words, frozenset(plain - words))

    def _latin(self, word: str) -> Iterator[tuple[int, Stem]]:
        for number, stem, rest in self._begun(latin_skeleton(word)):
            if stem and stem.script == "latin" and stem.accepts(rest):
                yield number, stem

    def _half_typed(self, word: str) -> Iterator[tuple[int, Stem]]:
        """Yield stems of words of which some Kazakh letters were typed as Russian ones: «Қазакстан»."""
        for number, stem, rest in self._begun(in_russian_letters(word)):
            if stem and stem.typed_for and stem.is_typed_in(word) and stem.accepts(rest, in_russian_letters=True):
                yield number, stem

    def _begins_none(self, word: str) -> bool:
        """Whether the word certainly begins with no stem and no prefix."""
        heads = self._heads
        return not (word[:_HEAD] in heads or word[:3] in heads or word[:2] in heads or word[:1] in heads)

    def _begun(self, word: str) -> Iterator[tuple[int, Stem | None, str]]:
        """Yield every stem (None for a prefix) that the word begins with, and the rest of the word."""
        if self._begins_none(word):
            return
        for length in range(1, len(word) + 1):
            for number, stem in self._starts.get(word[:length], ()):
                yield number, stem, word[length:]

    def _is_plain(self, word: str, stem: Stem) -> bool:
        """Whether only the stem can be meant: it is long, and the word is not in the Russian dictionary."""
        size = len(stem.text)
        if stem.script == "latin" and LATIN_MARKS.search(word):
            return True
        is_long = size >= PLAIN_STEM or (size == PLAIN_STEM - 1 and len(word) > PLAIN_STEM)
        return is_long and (stem.script == "latin" or not self._is_russian(word))
