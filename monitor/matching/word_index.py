"""Folded text → the words some term is looked for by, in one Aho–Corasick pass; resolved where a key begins a word.

Keys of the automaton are whole Russian forms and what else a word may begin with: Kazakh stems, names, prefixes.
Every word that begins with one of those is asked once, the answer is remembered (bounded). Of words, not of phrases.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import chain

import ahocorasick

from monitor.matching.compiler import Word
from monitor.text.languages.kazakh import LATIN_MARKS, Stem, latin_skeleton
from monitor.text.unicode import WORD, Folded

_REMEMBERED = 16_384  # of each kind: some 5 MB if all are of the longest
_LONGEST_WORD = 64  # letters; what is longer is no word
_COMMON = 5  # letters that forms of a name must have in common to share a key; shorter ones begin too many words
_NOTHING: frozenset[int] = frozenset()

_Starts = defaultdict[str, list[tuple[int, Stem | None]]]
_Kind = tuple[int, bool, bool | None, bool]  # of a key: length - 1, begins and ends with a digit (None: a dot), opens
WordHit = tuple[int, int, frozenset[int]]  # [start, end) of the folded text, the numbers of the words it is a form of


class WordIndex:
    """`anchors` are the numbers of the words to look for; the others are only recognised when asked."""

    def __init__(self, words: Sequence[Word], anchors: Collection[int]) -> None:
        forms: defaultdict[str, list[int]] = defaultdict(list)
        self._starts: _Starts = defaultdict(list)
        self._latin_starts: _Starts = defaultdict(list)
        self._remembered: dict[str, frozenset[int]] = {}
        self._remembered_latin: dict[str, frozenset[int]] = {}
        self._first_words: dict[str, tuple[int, frozenset[int]]] = {}
        self._answers: dict[frozenset[int], frozenset[int]] = {}  # few, shared by all words
        for number, word in enumerate(words):
            for form in word.forms:
                forms[form].append(number)
            self._learn(number, word)
        same: dict[tuple[int, ...], tuple[int, ...]] = {}
        self._forms = {form: same.setdefault(tuple(of), tuple(of)) for form, of in forms.items()}
        self._automaton = ahocorasick.Automaton()
        keys = dict(sorted(key for number in anchors for key in _keys(words[number])))  # what opens overrules
        kinds: dict[_Kind, _Kind] = {}  # few, shared by all keys: what a story touches stays in the processor's cache
        for key, opens in keys.items():
            kind = (len(key) - 1, key.isdecimal(), None if key.endswith(".") else key.isdecimal(), opens)
            self._automaton.add_word(key, kinds.setdefault(kind, kind))
        self._has_keys = bool(keys)
        if keys:
            self._automaton.make_automaton()

    def hits(self, text: str, *, latin: bool) -> Iterator[WordHit]:
        """Every word of the folded `text` that an anchor accepts, with all the words that accept it. A NUL ends `text`.

        `latin`: the text is Kazakh in Latin letters (see `is_latin_kazakh`); then every word is asked.
        """
        if not self._has_keys:
            return iter(())
        scanned = self._scanned(text)
        if not latin:
            return scanned
        dotted = (word for word in scanned if "." in text[word[0] : word[1]])  # «К.Н.Б.» is no word of the text
        return chain(self._every_word(text), dotted)

    def words_of(self, word: str, *, latin: bool) -> frozenset[int]:
        """Numbers of the words that the folded whole `word` is a form of."""
        remembered = self._remembered_latin if latin else self._remembered
        known = remembered.get(word)
        if known is None:
            if len(word) > _LONGEST_WORD:
                return _NOTHING
            if len(remembered) >= _REMEMBERED:
                remembered.clear()
            asked = frozenset(self._asked(word, latin=latin))
            known = remembered[word] = self._answers.setdefault(asked, asked)
        return known

    def _asked(self, word: str, *, latin: bool) -> Iterator[int]:
        yield from self._forms.get(word, ())
        yield from _accepting(self._starts, word)
        if latin:
            yield from _accepting(self._latin_starts, latin_skeleton(word))

    def _every_word(self, text: str) -> Iterator[WordHit]:
        for word in WORD.finditer(text):
            words = self.words_of(word[0], latin=True)
            if words:
                yield word.start(), word.end(), words

    def _scanned(self, text: str) -> Iterator[WordHit]:
        """Keys come by where they end: of those that begin a word, the shortest comes first.

        A word runs on where two letters, or two digits, stand side by side, as in text/unicode.py. That is asked often,
        so it stands here in full; the NUL after the text is what the first key looks back to.
        """
        asked = -1
        first_words, remembered = self._first_words, self._remembered
        for last, (back, begins, ends, opens) in self._automaton.iter(text):
            start = last - back
            beside = text[start - 1]
            if beside.isalnum() and beside.isdecimal() is begins:
                continue
            if start == asked and ends is not None:  # but «К.Н.Б.» begins with a word, too
                continue
            if opens:
                asked = start
                blank = text.find(" ", last, last + _LONGEST_WORD)
                piece = text[start : blank if blank > 0 else last + _LONGEST_WORD]
                length, words = first_words.get(piece) or self._first_word(piece)
            else:
                beside = text[last + 1]
                if beside.isalnum() and beside.isdecimal() is ends:
                    continue
                word = text[start : last + 1]
                length, words = back + 1, remembered.get(word) or self.words_of(word, latin=False)
            if words:
                yield start, start + length, words

    def _first_word(self, piece: str) -> tuple[int, frozenset[int]]:
        """Length and answer of the word that `piece` begins with."""
        match = WORD.match(piece)
        word = match[0] if match else ""
        if len(self._first_words) >= _REMEMBERED:
            self._first_words.clear()
        known = self._first_words[piece] = len(word), self.words_of(word, latin=False)
        return known

    def _learn(self, number: int, word: Word) -> None:
        """Remember what the word begins with."""
        if word.prefix:
            self._starts[word.prefix].append((number, None))
        for stem in word.stems:
            starts = self._latin_starts if stem.script == "latin" else self._starts
            starts[stem.text].append((number, stem))


def is_latin_kazakh(folded: Folded) -> bool:
    """Whether the text has letters that only Kazakh in Latin script would have."""
    return not folded.plain and LATIN_MARKS.search(folded.text) is not None


def _keys(word: Word) -> Iterator[tuple[str, bool]]:
    """What a form of the word in a Cyrillic text begins with, and whether the word may go on after it.

    The forms of a word are keys as they are: to find a key is cheaper than to look where the word ends. Names are many
    and hardly ever met: theirs share a key, so that the automaton stays small.
    """
    if word.prefix:
        yield word.prefix, True
    yield from ((stem.text, True) for stem in word.stems if stem.script == "cyrillic")
    if not word.capital:
        yield from ((form, False) for form in word.forms)
        return
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for form in word.forms:
        alike[form[:_COMMON]].append(form)
    for forms in alike.values():
        yield _common(min(forms), max(forms)), True


def _common(one: str, other: str) -> str:
    """The beginning that two words share."""
    different = (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return one[: next(different, min(len(one), len(other)))]


def _accepting(starts: _Starts, word: str) -> Iterator[int]:
    for length in range(1, len(word) + 1):
        for number, stem in starts.get(word[:length], ()):
            if stem is None or stem.accepts(word[length:]):
                yield number
