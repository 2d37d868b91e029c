"""One text of YAML in which words stand → where in the file each of them stands, so that one can be put in or cut out.

Between the quotation marks or behind the sign, a word of the value and the same word of the file are told by their
order: folding changes blanks only.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.config.mentions import ITEM
from monitor.config.yaml_reader import Scalar

_NO_BLANK = re.compile(r"\S+")
_ESCAPES = {"'": {"''": "'"}, '"': {'\\"': '"', "\\\\": "\\", "\\/": "/"}}
_Letters = list[tuple[str, int, int]]  # of the value: a letter, where it begins in the file and ends


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenWord:
    """One word (a phrase, a `$список`) of a text: as it is written, on which line, at `[start, end)` of the file."""

    text: str
    line: int
    start: int
    end: int


def words_of(node: Scalar, source: str) -> tuple[WrittenWord, ...]:
    """The words of a text in their order; () where they cannot be told apart in the file: it has unusual escapes."""
    places = _places(node, source)
    return () if places is None else tuple(_words(node, places))


def _words(node: Scalar, places: dict[int, tuple[int, int]]) -> Iterator[WrittenWord]:
    for item in ITEM.finditer(node.text):
        text = item[0].strip()
        if text:
            at = item.start() + item[0].index(text)
            start, end = places[at][0], places[at + len(text) - 1][1]
            yield WrittenWord(text=text, line=node.line_at(at), start=start, end=end)


def _places(node: Scalar, source: str) -> dict[int, tuple[int, int]] | None:
    """By place in the value, the place in the file; None when they do not agree."""
    letters = _letters(node, source)
    if letters is None:
        return None
    typed = "".join(letter for letter, _, _ in letters)
    places: dict[int, tuple[int, int]] = {}
    said = list(_NO_BLANK.finditer(node.text))
    found = list(_NO_BLANK.finditer(typed))[: len(said)]  # comments may follow what stands behind a sign
    if [one[0] for one in said] != [one[0] for one in found]:
        return None
    for one, other in zip(said, found, strict=True):
        for offset in range(len(one[0])):
            _, start, end = letters[other.start() + offset]
            places[one.start() + offset] = (start, end)
    return places


def _letters(node: Scalar, source: str) -> _Letters | None:
    start, end = node.span
    if node.style in ("|", ">"):
        start = source.find("\n", start, end) + 1 or end
    elif node.style:
        start, end = start + 1, end - 1
    escapes = _ESCAPES.get(node.style, {})
    letters: _Letters = []
    while start < end:
        pair = source[start : start + 2] if start + 1 < end else ""
        size = 2 if pair in escapes else 1
        if size == 1 and node.style == '"' and source[start] == "\\":
            return None
        letters.append((escapes.get(pair, source[start]), start, start + size))
        start += size
    return letters


def quoted(text: str) -> str:
    """As YAML takes it anywhere."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
