"""The Russian dictionary, and which words it has. Loaded when first needed; `forget` releases it.

Only russian.py asks what words mean. pymorphy3 is imported here and in app/rules/dictionary_files.py only. The
dictionary takes 20 MB, and any object read from it keeps all of it in memory.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import product
from threading import Lock
from typing import Any

from monitor.text.unicode import fold

_LOADING = Lock()  # two threads that ask at once would load two, and what either reads would keep both
# the last one is used to open the dictionary; without any, pymorphy3 loads it
_OPENERS: list[Callable[[str], Any]] = []


def analyzer() -> Any:
    """Return pymorphy3's analyser; the first call takes a twentieth of a second."""
    with _LOADING:
        return _loaded()


@contextmanager
def opened_by(opener: Callable[[str], Any]) -> Iterator[None]:
    """Within the block, `opener` makes the analyser from the folder of its files; pymorphy3 loads them whole."""
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
    """Release the dictionary and return whether it was loaded. Callers must drop what they read from it, too."""
    was_there = _loaded.cache_info().currsize > 0
    _loaded.cache_clear()
    return was_there


def is_known(word: str) -> bool:
    """Whether the dictionary has this word, as a form of any word."""
    return bool(analyzer().word_is_known(fold(word).text))


def known_words(words: Iterable[str]) -> frozenset[str]:
    """Return those of these folded words that the dictionary has: quicker than asking for each."""
    return frozenset(filter(analyzer().word_is_known, words))


def known_beginning(start: str) -> frozenset[str]:
    """Return the dictionary's forms that begin so, folded."""
    words = analyzer().dictionary.words
    spellings = product(*("её" if letter == "е" else letter for letter in start))
    return frozenset(word.replace("ё", "е") for spelling in spellings for word in words.iterkeys("".join(spelling)))
