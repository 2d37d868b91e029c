"""A text → the words it is found by: as they are written, folded. What forms a word has is asked of the question only.

So nothing here needs a dictionary, and the index stays as it is when the languages learn something. Of a broken word,
which rules read in several ways (text/broken_words.py), every way is there: where a rule could find a word, so can
the index.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter

from monitor.text.broken_words import odd_pieces, readings, rejoined
from monitor.text.languages.kazakh_latin import latin_skeleton
from monitor.text.unicode import WORD, fold

VERSION = 2  # of `index_words`: an index made by an older one is made anew
LATIN = "~"  # begins the skeleton of a word in Latin letters: how it sounds in Kazakh
_CYRILLIC = "\u0400"
_MIXED = re.compile(r"[a-z\u00df-\u017e\u01f5](?<=[\u0400-\u04ff].)")  # a word that begins in the other script
LONGEST_WORD = 40  # characters: what is longer differs before
LONGEST_TEXT = 210_000  # characters, of a title and an article: more is kept of none


def index_words(title: str, text: str) -> frozenset[str]:
    """The words of a text, of letters or of digits; of those in Latin letters also how they sound, after `LATIN`."""
    whole = _whole(title, text)
    folded = fold(whole).text
    words = set(in_parts(folded))
    for piece in odd_pieces(whole):
        words.update(word for parts in readings(piece) for _, part in parts for word in in_parts(fold(part).text))
    first: Callable[[str], str] = min if _MIXED.search(folded) else itemgetter(0)
    latin = (word for word in words if first(word) < _CYRILLIC and not word.isdecimal())
    words |= {f"{LATIN}{latin_skeleton(word)}" for word in latin}
    return frozenset(words)


def _whole(title: str, text: str) -> str:
    """As rules read an article: what breaks a word is mended in the title and in the text apart."""
    return f"{rejoined(title)}\n{rejoined(text)}"[:LONGEST_TEXT]


def may_have(phrases: Sequence[Sequence[frozenset[str]]], *, title: str, text: str) -> bool:
    """Whether each phrase may stand in a text: words of its sets, one after another, an ending apart. Quick."""
    words = tuple(in_parts(fold(_whole(title, text)).text))
    return all(any(_runs(words, at, phrase) for at in range(len(words))) for phrase in phrases if len(phrase) > 1)


def _runs(words: Sequence[str], at: int, phrase: Sequence[frozenset[str]]) -> bool:
    if words[at] not in phrase[0]:
        return False
    return len(phrase) == 1 or any(_runs(words, after, phrase[1:]) for after in (at + 1, at + 2) if after < len(words))


def in_parts(form: str) -> Iterator[str]:
    """The words that the index has of folded text: two of a form with a hyphen."""
    return (word[:LONGEST_WORD] for word in WORD.findall(form))
