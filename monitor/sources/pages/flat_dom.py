"""A page laid flat: its elements in document order, and the lines of text between their edges.

The parser's tree is walked once. Every later question (how much prose is in this element, which lines are its
own, what stands before it) is arithmetic on lists, where the tree would be searched again and again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from monitor.text import markup

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
LEAST_PROSE = 40  # letters; a shorter line is a label, a date, a menu entry

_INLINE = frozenset({"a", "time"})  # part the text of a line into kinds; every other element ends the line
_UNREAD = frozenset({"script", "style", "noscript", "iframe", "textarea", "nav", "title", "head", "meta", "link"})
_MOST_STAMPS = 200
_LONGEST_TAG = 40  # characters; no element that means something has so many
_LONGEST_NAMES = 200  # characters of one attribute
_MOST_LINKED = 0.5  # share of a line's letters that may be in links if it is prose


class Line(NamedTuple):
    """Text between two breaks. A tuple, not a dataclass: a page has a thousand."""

    text: str
    owner: int  # the innermost element that holds it (never a link)
    gap: int  # breaks before it
    linked: int  # its letters in links
    dated: int  # its letters inside <time>
    prose: int  # its letters, if it reads like a sentence or more, else 0


class Stamp(NamedTuple):
    """A date written for machines, and the line that it stands in or before."""

    line: int
    owner: int
    value: str  # "": the line says it
    names: str  # of its element, in small letters


@dataclass(slots=True, kw_only=True)
class Outline:
    """Element `n` is `tags[n]` called `names[n]`, a child of `parents[n]`, and holds the lines `span(n)`.

    Element 0 is the root; it has no tag, and -1 for a parent.
    """

    tags: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    firsts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    stamps: list[Stamp] = field(default_factory=list)

    def span(self, element: int) -> range:
        """Numbers of the lines inside an element."""
        return range(self.firsts[element], self.ends[element])

    def upwards(self, element: int) -> Iterator[int]:
        """The element, its parent, and so on."""
        while element >= 0:
            yield element
            element = self.parents[element]


def measure(values: Iterable[int]) -> list[int]:
    """Running sums, one more than the values: the sum over `[a, b)` is `sums[b] - sums[a]`."""
    return list(accumulate(values, initial=0))


def lay_out(root: LexborNode) -> Outline:
    """The outline of a node of a `markup.document`, edged or not: each edge of an element ends a line."""
    writer = _OutlineWriter()
    writer.open(root, "")
    above, node = [(root, "")], root.first_child
    while above:
        if node is None:
            left, tag = above.pop()
            writer.leave(tag)
            node = left.next if above else None
            continue
        tag = node.tag or ""
        if tag == "-text":
            writer.write(node.text_content or "")
        elif tag not in _UNREAD and tag[:1] not in "-_" and (child := node.first_child) is not None:
            writer.enter(node, tag)
            above.append((node, tag))
            node = child
            continue
        elif tag == "meta":
            writer.stamp(node)
        node = node.next
    return writer.outline


class _OutlineWriter:
    """Builds an outline from the steps of a walk through the tree."""

    def __init__(self) -> None:
        self.outline = Outline()
        self._path: list[int] = [-1]
        self._pieces: list[str] = []
        self._inside: list[str] = []  # the inline elements that are open
        self._gap = self._linked = self._dated = 0

    def enter(self, node: LexborNode, tag: str) -> None:
        if tag in _INLINE:
            if tag == "time":
                self.stamp(node)
            self._inside.append("" if tag == "a" and self._is_own_anchor(node) else tag)
        else:
            self.open(node, tag)

    def open(self, node: LexborNode, tag: str) -> None:
        self._end_line()
        self._gap += 1
        outline, attributes = self.outline, node.attributes
        outline.tags.append("td" if markup.CELL in attributes else tag[:_LONGEST_TAG])
        outline.names.append(_names(attributes) if attributes else "")
        if "datePublished" in outline.names[-1]:
            self.stamp(node)
        outline.parents.append(self._path[-1])
        outline.firsts.append(len(outline.lines))
        outline.ends.append(0)
        self._path.append(len(outline.tags) - 1)

    def stamp(self, node: LexborNode) -> None:
        attributes = node.attributes
        values = (attributes.get(key) for key in ("datetime", "content", "title"))
        names = " ".join(
            [*filter(None, map(attributes.get, ("itemprop", "class", "property"))), *attributes.keys() & {"pubdate"}]
        )
        if len(self.outline.stamps) < _MOST_STAMPS:
            value = next(filter(None, values), "")[:_LONGEST_NAMES]
            self.outline.stamps.append(
                Stamp(len(self.outline.lines), self._path[-1], value, names[:_LONGEST_NAMES].lower())
            )

    def leave(self, tag: str) -> None:
        if tag in _INLINE:
            self._inside.pop()
            return
        self._end_line()
        self._gap += 1
        self.outline.ends[self._path.pop()] = len(self.outline.lines)

    def write(self, text: str) -> None:
        if "\n" not in text:
            self._add(text)
            return
        first, *others = text.split("\n")
        self._add(first)
        for other in others:
            self._end_line()
            self._gap += 1
            self._add(other)

    def _add(self, piece: str) -> None:
        if not piece or (piece == " " and not self._pieces):
            return
        self._pieces.append(piece)
        if "a" in self._inside:
            self._linked += len(piece.strip())
        if "time" in self._inside:
            self._dated += len(piece.strip())

    def _is_own_anchor(self, node: LexborNode) -> bool:
        """Whether it is a heading's link to itself: no way to another article."""
        in_heading = self.outline.tags[self._path[-1]] in HEADINGS
        return in_heading and (node.attributes.get("href") or "#").startswith("#")

    def _end_line(self) -> None:
        if not self._pieces:
            return
        text = " ".join("".join(self._pieces).split())
        if text:
            long = len(text)
            prose = long if long >= LEAST_PROSE and self._linked <= long * _MOST_LINKED else 0
            self.outline.lines.append(Line(text, self._path[-1], self._gap, self._linked, self._dated, prose))
            self._gap = 0
        self._pieces.clear()
        self._linked = self._dated = 0


def _names(attributes: dict[str, str | None]) -> str:
    """An element's classes, id and roles, joined by blanks, and `is-hidden` where it is."""
    names = [attributes.get(key) or "" for key in ("class", "id", "itemprop", "role")]
    if "hidden" in attributes or "display:none" in "".join((attributes.get("style") or "").split()).lower():
        names.append("is-hidden")
    return " ".join(name[:_LONGEST_NAMES] for name in names if name)
