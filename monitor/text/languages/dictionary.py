"""The Russian dictionary itself: loaded when a word is asked for, given back when nobody asks. Only russian.py asks.

pymorphy3 is imported here and nowhere else. It takes 20 MB, and whatever it reads holds all of it.
"""

from functools import cache
from threading import Lock
from typing import Any

_LOADING = Lock()  # two threads that ask at once would load two, and what either reads would keep both


def analyzer() -> Any:
    """pymorphy3's analyser, a twentieth of a second at the first call."""
    with _LOADING:
        return _loaded()


@cache
def _loaded() -> Any:
    from pymorphy3 import MorphAnalyzer  # noqa: PLC0415 - 0.1 s and 38 MB that only a load of the rules needs
    from pymorphy3_dicts_ru import get_path  # noqa: PLC0415 - the same; by itself it would look at every package there is

    return MorphAnalyzer(path=get_path(), lang="ru")


def forget() -> bool:
    """Give it back, if it is there; whoever keeps what it has read must let that go, too."""
    was_there = _loaded.cache_info().currsize > 0
    _loaded.cache_clear()
    return was_there
