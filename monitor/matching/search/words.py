"""A text → the words it is found by: as they are written, folded. What forms a word has is asked of the question only.

So nothing here needs a dictionary, and the index stays as it is when the languages learn something.
"""

from collections.abc import Iterator

from monitor.text.broken_words import rejoined
from monitor.text.languages.kazakh_latin import LATIN_MARKS, latin_skeleton
from monitor.text.unicode import WORD, fold

VERSION = 1  # of `index_words`: an index made by an older one is made anew
LATIN = "~"  # begins the skeleton of a word of a text in Latin Kazakh
_LONGEST_WORD = 40  # characters: what is longer differs before
_LONGEST_TEXT = 200_000


def index_words(title: str, text: str) -> frozenset[str]:
    """The words of a text, of letters or of digits; in Latin Kazakh also how they sound, after `LATIN`."""
    folded = fold(rejoined(f"{title}\n{text}"[:_LONGEST_TEXT])).text
    words = {word[:_LONGEST_WORD] for word in WORD.findall(folded)}
    if LATIN_MARKS.search(folded):
        words |= {f"{LATIN}{latin_skeleton(word)}" for word in words if _is_latin(word)}
    return frozenset(words)


def _is_latin(word: str) -> bool:
    return "a" <= word[0] < "\u0400"


def in_parts(form: str) -> Iterator[str]:
    """The words that the index has of a folded form: two of one with a hyphen."""
    return (word[:_LONGEST_WORD] for word in WORD.findall(form))
