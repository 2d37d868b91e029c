"""A feed's body without the entries that stood in the last one word for word: they are known and need no reading.

Works on bytes, before any parser, and only where it cannot change what the rest means; else the body stays whole.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

_PRINT = 8  # bytes of one fingerprint
_LONGEST = 2_000_000
_MOST = 1_000
_BLANK = b" >\t\r\n"
_GUID = re.compile(rb"<(?:guid|id)(?:\s[^>]*)?>\s*(?:<!\[CDATA\[)?([^<\]]*)")
_LINK = re.compile(rb"<link(?:>\s*(?:<!\[CDATA\[)?([^<\]?#]*)|\s[^>]*?href=[\"']([^\"'?#]*))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trimmed:
    """What is left to read."""

    body: bytes
    items: bytes  # fingerprints of all entries, for the next time; b"" when the body had to stay whole
    total: int = 0  # entries in it before
    known: int = 0  # entries taken out


def trim(body: bytes, known: bytes) -> Trimmed:
    """Take out the entries whose fingerprints are among `known` (an earlier `items`).

    A body stays whole when its entries do not stand plainly side by side, or when their guids or addresses repeat:
    then the identity of one depends on the others.
    """
    pieces = _pieces(body)
    if pieces is None or not _is_identified([item for _, item in pieces[:-1]]):
        return Trimmed(body=body, items=b"")
    prints = [blake2b(item, digest_size=_PRINT).digest() for _, item in pieces[:-1]]
    seen = set(_split(known))
    kept = [(between, b"" if mark in seen else item) for (between, item), mark in zip(pieces, prints, strict=False)]
    return Trimmed(
        body=b"".join(part for pair in kept for part in pair) + pieces[-1][0],
        items=b"".join(prints),
        total=len(prints),
        known=sum(not item for _, item in kept),
    )


def _split(prints: bytes) -> Iterator[bytes]:
    return (prints[start : start + _PRINT] for start in range(0, len(prints), _PRINT))


def _pieces(body: bytes) -> Sequence[tuple[bytes, bytes]] | None:
    """What stands before each entry, and the entry; the tail of the document last. None: not to be told apart."""
    name = b"item" if b"</item>" in body else b"entry"
    closing, opening = b"</" + name + b">", b"<" + name
    parts = body.split(closing, _MOST + 1)
    if len(body) > _LONGEST or not 1 < len(parts) <= _MOST + 1 or b"\0" in body[:64]:
        return None
    pieces = [_cut(part, opening, closing) for part in parts[:-1]]
    found = [piece for piece in pieces if piece]
    return [*found, (parts[-1], b"")] if len(found) == len(pieces) else None


def _cut(part: bytes, opening: bytes, closing: bytes) -> tuple[bytes, bytes] | None:
    """One part into what stands before its entry and the entry; None when there is not exactly one, or half a CDATA."""
    start = _opened(part, opening, 0)
    if start < 0 or _opened(part, opening, start + 1) >= 0:
        return None
    item = part[start:]
    return (part[:start], item + closing) if b"<!" not in item or _is_closed(item) else None


def _is_closed(item: bytes) -> bool:
    return item.count(b"<![CDATA[") == item.count(b"]]>") and item.count(b"<!--") == item.count(b"-->")


def _opened(part: bytes, opening: bytes, start: int) -> int:
    """Where the element opens (`<items>` is another one), or -1."""
    found = part.find(opening, start)
    while found >= 0 and part[found + len(opening) : found + len(opening) + 1] not in _BLANK:
        found = part.find(opening, found + 1)
    return found


def _is_identified(items: Sequence[bytes]) -> bool:
    """Whether guids and addresses (without their queries) each name one entry, or are not used at all."""
    guids = [found[1].strip() if (found := _GUID.search(item)) else b"" for item in items]
    links = [(found[1] or found[2] or b"").strip() if (found := _LINK.search(item)) else b"" for item in items]
    return all(not any(names) or len({*names} - {b""}) == len(items) for names in (guids, links)) and any(
        any(names) for names in (guids, links)
    )
