"""A feed's body without the entries that stood in the last one word for word: they are known and need no reading.

Works on bytes, before any parser, and only where it cannot change what the rest means; else the body stays whole.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice

from monitor.sources.feeds.newest import MOST_ENTRIES

_PRINT = 8  # bytes of one fingerprint
_LONGEST = 2_000_000
_ITEM_TAGS = re.compile(rb"<(?:item(?=[ >\t\r\n])|/item>)")  # `<items>` is another one
_ENTRY_TAGS = re.compile(rb"<(?:entry(?=[ >\t\r\n])|/entry>)")
_SLASH = ord("/")
_GUID = re.compile(rb"<(?:guid|id)(?:\s[^<>]*)?>\s*(?:<!\[CDATA\[)?([^<\]]*)")
_LINK = re.compile(rb"<link(?:>\s*(?:<!\[CDATA\[)?([^<\]?#]*)|\s[^<>]*?href=[\"']([^\"'?#]*))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trimmed:
    """A body without its known entries."""

    body: bytes
    items: bytes  # fingerprints of all entries, for the next time; b"" when the body had to stay whole
    total: int = 0  # entries in it before
    known: int = 0  # entries taken out


def trim(body: bytes, known: bytes) -> Trimmed:
    """Take out the entries whose fingerprints are among `known` (an earlier `items`).

    A body stays whole when its entries do not stand plainly side by side, or when their guids or addresses repeat:
    then the identity of one depends on the others. So does one that breaks off behind an entry: its reader tells.
    """
    spans = _spans(body)
    items = [body[start:end] for start, end in spans]
    prints = [sha256(item).digest()[:_PRINT] for item in items]
    seen = set(_split(known))
    new = (item for item, mark in zip(items, prints, strict=True) if mark not in seen)
    if not items or not all(map(_is_closed, new)) or not _is_identified(items):  # the known ones are closed
        return Trimmed(body=body, items=b"")
    gone = [span for span, mark in zip(spans, prints, strict=True) if mark in seen]
    return Trimmed(body=_without(body, gone), items=b"".join(prints), total=len(prints), known=len(gone))


def _split(prints: bytes) -> Iterator[bytes]:
    return (prints[start : start + _PRINT] for start in range(0, len(prints), _PRINT))


def _spans(body: bytes) -> Sequence[tuple[int, int]]:
    """Where each entry begins and ends; none when they do not stand plainly side by side."""
    tags = _ITEM_TAGS if b"</item>" in body else _ENTRY_TAGS
    if len(body) > _LONGEST or b"\0" in body[:64]:
        return ()
    spans = [tag.span() for tag in islice(tags.finditer(body), 2 * MOST_ENTRIES + 1)]
    opening, closing = spans[::2], spans[1::2]
    side_by_side = len(opening) == len(closing) <= MOST_ENTRIES and all(
        body[first + 1] != _SLASH == body[last + 1] for (first, _), (last, _) in zip(opening, closing, strict=True)
    )
    if not side_by_side or (closing and b"</" not in body[closing[-1][1] :]):
        return ()
    return [(start, end) for (start, _), (_, end) in zip(opening, closing, strict=True)]


def _without(body: bytes, gone: Sequence[tuple[int, int]]) -> bytes:
    starts, ends = [start for start, _ in gone], [end for _, end in gone]
    return b"".join(body[start:end] for start, end in zip([0, *ends], [*starts, len(body)], strict=True))


def _is_closed(item: bytes) -> bool:
    """Whether it has no half of a CDATA section or of a comment."""
    return item.count(b"<![CDATA[") == item.count(b"]]>") and item.count(b"<!--") == item.count(b"-->")


def _is_identified(items: Sequence[bytes]) -> bool:
    """Whether guids and addresses (without their queries) each name one entry, or are not used at all."""
    guids = [guid[1].strip() if (guid := _GUID.search(item)) else b"" for item in items]
    links = [(link[1] or link[2] or b"").strip() if (link := _LINK.search(item)) else b"" for item in items]
    return all(not any(names) or len({*names} - {b""}) == len(items) for names in (guids, links)) and any(
        any(names) for names in (guids, links)
    )
