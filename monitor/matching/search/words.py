"""A text → the words it is found by: as they are written, folded. What forms a word has is asked of the question only.

So nothing here needs a dictionary, and the index stays as it is when the languages learn something.
"""

from collections.abc import Iterator, Sequence

from monitor.text.broken_words import rejoined
from monitor.text.languages.kazakh_latin import LATIN_MARKS, latin_skeleton
from monitor.text.unicode import WORD, fold

VERSION = 1  # of `index_words`: an index made by an older one is made anew
LATIN = "~"  # begins the skeleton of a word of a text in Latin Kazakh
_LONGEST_WORD = 40  # characters: what is longer differs before
_LONGEST_TEXT = 200_000


def index_words(title: str, text: str) -> frozenset[str]:
    """The words of a text, of letters or of digits; in Latin Kazakh also how they sound, after `LATIN`."""
    folded = _folded(title, text)
    words = set(in_parts(folded))
    if LATIN_MARKS.search(folded):
        words |= {f"{LATIN}{latin_skeleton(word)}" for word in words if _is_latin(word)}
    return frozenset(words)


def _is_latin(word: str) -> bool:
    return "a" <= word[0] < "\u0400"


def _folded(title: str, text: str) -> str:
    return fold(rejoined(f"{title}\n{text}"[:_LONGEST_TEXT])).text


def may_have(phrases: Sequence[Sequence[frozenset[str]]], *, title: str, text: str) -> bool:
    """Whether each phrase may stand in a text: words of its sets, one after another, an ending apart. Quick."""
    words = tuple(in_parts(_folded(title, text)))
    return all(any(_runs(words, at, phrase) for at in range(len(words))) for phrase in phrases if len(phrase) > 1)


def _runs(words: Sequence[str], at: int, phrase: Sequence[frozenset[str]]) -> bool:
    if words[at] not in phrase[0]:
        return False
    return len(phrase) == 1 or any(_runs(words, after, phrase[1:]) for after in (at + 1, at + 2) if after < len(words))


def in_parts(form: str) -> Iterator[str]:
    """The words that the index has of folded text: two of a form with a hyphen."""
    return (word[:_LONGEST_WORD] for word in WORD.findall(form))
