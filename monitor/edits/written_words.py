"""A YAML text of words → the position of each word in the file, so that words can be inserted or cut out.

Words of the parsed value and of the source are matched by their order: YAML's folding changes only blanks.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from monitor.config.mentions import items
from monitor.config.yaml_reader import Scalar

_NO_BLANK = re.compile(r"\S+")
_ESCAPED = {"'": "''", '"': "\\"}  # what begins an escape in each quoting style; no word contains one
_Place = Callable[[int], int]  # position in the value → position in the file


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenWord:
    """One word (a phrase, a `$список`) of a text: as written, on which line, at `[start, end)` of the file."""

    text: str
    line: int
    start: int
    end: int


def words_of(node: Scalar, source: str) -> tuple[WrittenWord, ...]:
    """Return the words of a text in order; () if unusual escapes keep them from being located in the file."""
    place = _places(node, source)
    return () if place is None else tuple(_words(node, place))


def _words(node: Scalar, place: _Place) -> Iterator[WrittenWord]:
    for item in items(node.text):
        text = item[0].strip()
        if text:
            at = item.start() + item[0].index(text)
            start, last = place(at), place(at + len(text) - 1)
            yield WrittenWord(text=text, line=node.line_at(at), start=start, end=last + 1)


def _places(node: Scalar, source: str) -> _Place | None:
    """Return a map of positions of non-blank characters; None when value and source do not agree."""
    start, end = node.span
    if node.style in ("|", ">"):
        start = source.find("\n", start, end) + 1 or end
    elif node.style:
        start, end = start + 1, end - 1
    typed = source[start:end]
    if _ESCAPED.get(node.style, "\0") in typed:
        return None
    said = list(_NO_BLANK.finditer(node.text))
    typed_words = list(_NO_BLANK.finditer(typed))[: len(said)]  # comments may follow what stands behind a sign
    if [one[0] for one in said] != [one[0] for one in typed_words]:
        return None
    firsts = [one.start() for one in said]
    moved = [start + other.start() - one.start() for one, other in zip(said, typed_words, strict=True)]
    return lambda at: at + moved[bisect_right(firsts, at) - 1]


def line_start(source: str, place: int) -> int:
    """Return where the line of a position begins."""
    return source.rfind("\n", 0, place) + 1


def quote_double(text: str) -> str:
    """Return the text in double quotes, valid anywhere in YAML."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
