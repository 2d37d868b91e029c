"""Every compiled pattern of the package costs time in proportion to what it reads: any of it may come from outside.

A pattern is tried as the package uses it, on rows of one sign, on rows of its own literals, and on a literal with a
long row behind it. CPU time is compared between one length and eight times that length: 8 is linear, 64 quadratic.
"""

import gc
import importlib
import itertools
import math
import pkgutil
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import monitor

_ROOT = Path(monitor.__file__).parent
_LENGTHS = tuple(512 * 8**step for step in range(4))  # 512 B … 256 kB
_LONG_ENOUGH = 0.000125  # CPU seconds at which a longer input says nothing new; what takes less of 256 kB may be
# quadratic and yet end within an eighth of a second on the longest body that is read, of 8 MB
_MOST_GROWTH = 26  # of the time, for eight times the length
_DOUBTFUL = 12  # a growth from which on one measurement is not enough
_FEWEST_TURNS, _MOST_TURNS = 5, 20
_SIGNS = (
    " ",
    "\n",
    "a",
    "а",
    "1",
    "(",
    "*",
    "<",
    ">",
    '"',
    "'",
    "&",
    "-",
    ".",
    "/",
    "=",
    "«",
    "a ",
    "1 ",
    "\n ",
    "a=",
    "а-",
    "А.",
)
_MOST_LITERALS = 6
_OF_THE_NEWSROOM = "monitor.config"  # reads what its own people write, nothing from outside


def _modules() -> Iterator[Any]:
    for module in pkgutil.walk_packages([str(_ROOT)], "monitor."):
        if not module.name.startswith(_OF_THE_NEWSROOM) and not module.name.endswith("__main__"):
            yield importlib.import_module(module.name)


def _patterns_in(value: object, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict) and depth < 4:
        yield from itertools.chain.from_iterable(_patterns_in(item, depth + 1) for item in value.values())
    elif isinstance(value, tuple | list | set | frozenset) and depth < 4:
        yield from itertools.chain.from_iterable(_patterns_in(item, depth + 1) for item in value)


def _named_patterns() -> Sequence[tuple[str, re.Pattern[Any], str]]:
    """Where each stands, the pattern, and how the package uses it: at a place ("match") or anywhere ("search")."""
    named: dict[tuple[int, str], tuple[str, re.Pattern[Any], str]] = {}
    for module in _modules():
        source = Path(module.__file__).read_text(encoding="utf-8")
        held = {name: patterns for name, value in vars(module).items() if (patterns := list(_patterns_in(value)))}
        for name, patterns in held.items():
            anchored = re.findall(rf"\b{name}\.(\w+)\b|\b{name}\b", source)
            ways = Counter(way for way in anchored if way in _METHODS)
            way = "match" if ways and set(ways) <= {"match", "fullmatch"} else "search"
            for number, pattern in enumerate(patterns):
                named.setdefault((id(pattern), way), (f"{module.__name__}.{name}[{number}] {way}", pattern, way))
    return sorted(named.values(), key=lambda entry: entry[0])


_METHODS = frozenset({"match", "fullmatch", "search", "sub", "finditer", "findall", "split"})


def _literals(pattern: re.Pattern[Any]) -> Sequence[str]:
    """Some of the words that the pattern spells out."""
    source = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern
    words = re.findall(r"[<\w!-]{2,}", re.sub(r"\\.|\(\?P?<\w+>|\[[^\]]*\]|\(\?", " ", source))
    return list(dict.fromkeys(words))[:_MOST_LITERALS]


def _inputs(pattern: re.Pattern[Any]) -> Iterator[tuple[str, Callable[[int], Any]]]:
    """Makers of inputs of a length."""
    literals = _literals(pattern)
    rows = [("", sign) for sign in _SIGNS]
    rows += [("", literal) for literal in literals] + [("", literal + " ") for literal in literals]
    rows += [("", literal + " a=") for literal in literals]
    rows += [("", f"<{literal} ") for literal in literals if not literal.startswith("<")]
    rows += [(literal, sign) for literal in literals for sign in (" ", "a")]
    for start, row in rows:
        yield f"{start!r} + {row!r}…", _maker(start, row, isinstance(pattern.pattern, bytes))


def _maker(start: str, row: str, is_bytes: bool) -> Callable[[int], Any]:
    def make(length: int) -> Any:
        text = (start + row * (length // len(row) + 1))[:length]
        return text.encode("utf-8")[:length] if is_bytes else text

    return make


@pytest.fixture(autouse=True)
def _no_collector() -> Iterator[None]:
    """A full collection takes longer than what is measured, and would come in the middle of it."""
    gc.disable()
    yield
    gc.enable()


def _seconds(pattern: re.Pattern[Any], way: str, text: Any) -> float:
    began = time.process_time()
    if way == "match":
        pattern.match(text)
        pattern.fullmatch(text)
    else:
        for _ in pattern.finditer(text):
            pass
    return time.process_time() - began


def _growth(pattern: re.Pattern[Any], way: str, make: Callable[[int], Any]) -> float:
    """By how much eight times the length costs more, at the first length that costs enough to be measured.

    A growth that looks like much is measured again: the machine may have had other work in either length.
    """
    before = _seconds(pattern, way, make(_LENGTHS[0]))
    for short, long in itertools.pairwise(_LENGTHS):
        now = _seconds(pattern, way, make(long))
        if now >= _LONG_ENOUGH:
            growth = now / max(before, 1e-6)
            return growth if growth <= _DOUBTFUL else _growth_again(pattern, way, make, short)
        before = now
    return 1


def _growth_again(pattern: re.Pattern[Any], way: str, make: Callable[[int], Any], short: int) -> float:
    """By turns, and from the longer to one eight times as long: memory that a match asks for costs a leap once."""
    growth = _growth_by_turns(pattern, way, make(short), make(short * 8))
    if growth <= _MOST_GROWTH:
        return growth
    return min(growth, _growth_by_turns(pattern, way, make(short * 8), make(short * 64), most_turns=1))


def _growth_by_turns(
    pattern: re.Pattern[Any], way: str, short: Any, long: Any, *, most_turns: int = _MOST_TURNS
) -> float:
    """The least that each took; a few turns tell what is linear, a busy minute of the machine may need more of them."""
    before = now = math.inf
    for turn in range(most_turns):
        before = min(before, _seconds(pattern, way, short))
        now = min(now, _seconds(pattern, way, long))
        if turn >= _FEWEST_TURNS and now <= _MOST_GROWTH * before:
            break
    return now / max(before, 1e-6)


_NAMED = _named_patterns()


@pytest.mark.parametrize(("pattern", "way"), [entry[1:] for entry in _NAMED], ids=[entry[0] for entry in _NAMED])
def test_a_pattern_is_linear(pattern: re.Pattern[Any], way: str) -> None:
    growths = {label: _growth(pattern, way, make) for label, make in _inputs(pattern)}
    assert not [label for label, growth in growths.items() if growth > _MOST_GROWTH]


def test_the_search_for_patterns_sees_them() -> None:
    assert len(_NAMED) > 150
    nested = {"a": ((re.compile("b"), [re.compile("c")]),)}
    assert {pattern.pattern for pattern in _patterns_in(nested)} == {"b", "c"}


def test_a_quadratic_pattern_is_caught() -> None:
    pattern = re.compile(r"\s*(?:;)?\s*<")
    assert _growth(pattern, "match", _maker("", " ", is_bytes=False)) > _MOST_GROWTH
