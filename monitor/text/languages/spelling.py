"""Slips of the pen in keywords.yaml: words that no dictionary has, one slip away from a word that it has.

Most words it lacks are right («релокант», «иноагент»), so only usual slips are tried. Russian, lower case.
"""

import re
from collections.abc import Collection, Iterator

from monitor.text.languages.dictionary import is_known, known_words
from monitor.text.languages.russian import is_dictionary_form

_WORD = re.compile(r"[а-яё]{6,}")
_OF_A_PLACE = re.compile(r".+[сц]кий")  # the dictionary lacks most adjectives of places, and has too many similar ones
_CONFUSED = {"а": "оя", "о": "а", "е": "иэя", "и": "еы", "ы": "и", "э": "е", "я": "еа", "у": "ю", "ю": "у"}
_CONFUSED |= {
    one: other for pair in ("бп", "вф", "гк", "дт", "жш", "зс") for one, other in zip(pair, pair[::-1], strict=True)
}
_LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюя"


def meant_by(word: str, *, among: Collection[str]) -> str:
    """Return the word, of the dictionary or `among`, that `word` probably misspells; "" if it is probably right."""
    if not _WORD.fullmatch(word) or _OF_A_PLACE.fullmatch(word) or is_known(word):
        return ""
    likely = dict.fromkeys(other for other in _slips(word) if not word.startswith(other) or word[-1] == word[-2])
    known = known_words(likely)
    return next((other for other in likely if other in among or (other in known and is_dictionary_form(other))), "")


def _slips(word: str) -> Iterator[str]:
    """Yield what the word may have been before one slip, the likeliest first."""
    halves = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    yield from (left + letter + right[1:] for left, right in halves for letter in _CONFUSED.get(right[:1], ""))
    yield from (left + right[1] + right[0] + right[2:] for left, right in halves if len(right) > 1)
    yield from (left + right[1:] for left, right in halves if right)
    yield from (left + letter + right for left, right in halves[:-1] for letter in _LETTERS)
