"""DER (X.690) walked by hand: elements of a document and where they stand in it.

Only what certificates and signed data need: tags of one octet, definite lengths. All input is hostile: a length that
reaches out of its parent is refused, and nothing is decoded that nobody asks for.
"""

from collections.abc import Iterator
from typing import NamedTuple

from monitor.errors import EvidenceError

OID, OCTETS, SEQUENCE, SET, FIRST = 0x06, 0x04, 0x30, 0x31, 0xA0  # tags; the last is [0]
_LONG = 0x80  # from here on the first octet of a length says how many octets of length follow


class Element(NamedTuple):
    """One element of `der`: its tag, and where it starts, where its content starts, and where both end."""

    der: bytes
    tag: int
    start: int
    inside: int
    end: int

    @property
    def whole(self) -> bytes:
        return self.der[self.start : self.end]

    @property
    def body(self) -> bytes:
        return self.der[self.inside : self.end]

    def children(self) -> list["Element"]:
        """What it is made of. Raises EvidenceError."""
        return list(_elements(self.der, self.inside, self.end))

    def child(self, number: int, tag: int) -> "Element":
        """The child at this place, from 0, which must have this tag. Raises EvidenceError."""
        children = self.children()
        if number >= len(children) or children[number].tag != tag:
            raise _malformed(self.start)
        return children[number]

    def oid(self) -> str:
        """The octets of the object identifier that is the first child, hexadecimal. Raises EvidenceError."""
        return self.child(0, OID).body.hex()


def document(der: bytes) -> Element:
    """The element that the bytes are, from the first to the last. Raises EvidenceError."""
    whole = next(_elements(der, 0, len(der)), None)
    if whole is None or whole.end != len(der):
        raise _malformed(0)
    return whole


def _elements(der: bytes, start: int, end: int) -> Iterator[Element]:
    while start < end:
        inside, length = _content(der, start)
        if inside + length > end:
            raise _malformed(start)
        yield Element(der, der[start], start, inside, inside + length)
        start = inside + length


def _content(der: bytes, start: int) -> tuple[int, int]:
    """Where the content of the element at `start` begins, and how many bytes it has."""
    octets = der[start + 1 : start + 2]
    if not octets or octets[0] == _LONG:  # a length that is told at the end only BER knows
        raise _malformed(start)
    if octets[0] < _LONG:
        return start + 2, octets[0]
    inside = start + 2 + octets[0] - _LONG
    return inside, int.from_bytes(der[start + 2 : inside])


def _malformed(place: int) -> EvidenceError:
    return EvidenceError(f"ответ не по RFC 3161 (байт {place})")
