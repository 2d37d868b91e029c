"""A parser of DER (X.690) that knows where elements are in a document.

Only what certificates and signed data need: tags of one octet, definite lengths. All input is hostile: a length beyond
its parent is refused, and only what is asked for is decoded.
"""

from collections.abc import Iterator
from typing import NamedTuple

from monitor.errors import EvidenceError

OID, OCTETS, SEQUENCE, SET, FIRST = 0x06, 0x04, 0x30, 0x31, 0xA0  # tags; the last is [0]
_LONG = 0x80  # from this value on, the first octet gives the number of octets of the length


class Element(NamedTuple):
    """An element of `der`: its tag, and the offsets of its start, its content, and its end."""

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
        """Return the elements inside. Raises EvidenceError."""
        return list(_elements(self.der, self.inside, self.end))

    def child(self, number: int, tag: int) -> "Element":
        """Return the child at this index, from 0, which must have this tag. Raises EvidenceError."""
        children = self.children()
        if number >= len(children) or children[number].tag != tag:
            raise _malformed(self.start)
        return children[number]

    def oid(self) -> str:
        """The octets of the object identifier that is the first child, hexadecimal. Raises EvidenceError."""
        return self.child(0, OID).body.hex()


def document(der: bytes) -> Element:
    """Return the element that spans all the bytes. Raises EvidenceError."""
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
    """Return where the content of the element at `start` begins, and its length."""
    octets = der[start + 1 : start + 2]
    if not octets or octets[0] == _LONG:  # indefinite lengths exist in BER only
        raise _malformed(start)
    if octets[0] < _LONG:
        return start + 2, octets[0]
    inside = start + 2 + octets[0] - _LONG
    return inside, int.from_bytes(der[start + 2 : inside])


def _malformed(place: int) -> EvidenceError:
    return EvidenceError(f"ответ не по RFC 3161 (байт {place})")
