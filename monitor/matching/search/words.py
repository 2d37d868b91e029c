"""A text → its words for the search index, folded as written. Only the query is expanded into forms.

So the index needs no dictionary and stays valid when the languages learn something. A broken word, which rules read in
several ways (text/broken_words.py), is indexed in every way: the index finds a word wherever a rule could.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter

from monitor.text.broken_words import odd_pieces, readings, rejoin
from monitor.text.languages.kazakh_latin import latin_skeleton
from monitor.text.unicode import WORD, fold

VERSION = 2  # of `index_words`; an index made by an older version is rebuilt
LATIN = "~"  # first letter of the entry that says how a word in Latin letters sounds in Kazakh
_CYRILLIC = "\u0400"
_MIXED = re.compile(r"[a-z\u00df-\u017e\u01f5](?<=[\u0400-\u04ff].)")  # a word that begins in the other script
LONGEST_WORD = 40  # characters; longer words differ before that
LONGEST_TEXT = 210_000  # characters of a title and an article; no stored article is longer


def index_words(title: str, text: str) -> frozenset[str]:
    """Return the words of a text (letters or digits); a word in Latin letters also by its sound, after `LATIN`."""
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
    """Join title and text as rules read them: broken words are mended in each separately."""
    return f"{rejoin(title)}\n{rejoin(text)}"[:LONGEST_TEXT]


def may_have(phrases: Sequence[Sequence[frozenset[str]]], *, title: str, text: str) -> bool:
    """Whether each phrase of several words may be in a text: words of its sets, one after another. A quick test."""
    words = tuple(in_parts(fold(_whole(title, text)).text))
    return all(any(_runs(words, at, phrase) for at in range(len(words))) for phrase in phrases if len(phrase) > 1)


def _runs(words: Sequence[str], at: int, phrase: Sequence[frozenset[str]]) -> bool:
    if words[at] not in phrase[0]:
        return False
    return len(phrase) == 1 or any(_runs(words, after, phrase[1:]) for after in (at + 1, at + 2) if after < len(words))


def in_parts(form: str) -> Iterator[str]:
    """Split a folded form into the words that the index has; a form with a hyphen gives two."""
    return (word[:LONGEST_WORD] for word in WORD.findall(form))
