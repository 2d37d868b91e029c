"""The Russian dictionary itself, and which words it has. Loaded when asked for, given back when nobody asks.

What its words are in the language, russian.py asks it, and nothing else does. pymorphy3 is imported here, in
app/rules/dictionary_files.py and nowhere else. It takes 20 MB, and whatever it reads holds all of it.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import product
from threading import Lock
from typing import Any

from monitor.text.unicode import fold

_LOADING = Lock()  # two threads that ask at once would load two, and what either reads would keep both
_OPENERS: list[Callable[[str], Any]] = []  # the last one opens it, as long as there is one


def analyzer() -> Any:
    """pymorphy3's analyser, a twentieth of a second at the first call."""
    with _LOADING:
        return _loaded()


@contextmanager
def opened_by(opener: Callable[[str], Any]) -> Iterator[None]:
    """In the block this function makes the analyser of the folder of its files, which pymorphy3 would load whole."""
    _OPENERS.append(opener)
    try:
        yield
    finally:
        _OPENERS.remove(opener)


@cache
def _loaded() -> Any:
    from pymorphy3_dicts_ru import get_path  # noqa: PLC0415 - pymorphy3 by itself would look at every package there is

    return _OPENERS[-1](get_path()) if _OPENERS else _load(get_path())


def _load(path: str) -> Any:
    from pymorphy3 import MorphAnalyzer  # noqa: PLC0415 - 0.1 s and 38 MB that only a load of the rules needs

    return MorphAnalyzer(path=path, lang="ru")


def forget() -> bool:
    """Give it back, if it is there; whoever keeps what it has read must let that go, too."""
    was_there = _loaded.cache_info().currsize > 0
    _loaded.cache_clear()
    return was_there


def is_known(word: str) -> bool:
    """Whether it has a word, as a form of any."""
    return bool(analyzer().word_is_known(fold(word).text))


def known_among(words: Iterable[str]) -> frozenset[str]:
    """Those of these folded words that it has: quicker than to ask for each."""
    return frozenset(filter(analyzer().word_is_known, words))


def known_beginning(start: str) -> frozenset[str]:
    """The folded words, in all their forms, that begin so."""
    words = analyzer().dictionary.words
    spellings = product(*("её" if letter == "е" else letter for letter in start))
    return frozenset(word.replace("ё", "е") for spelling in spellings for word in words.iterkeys("".join(spelling)))
