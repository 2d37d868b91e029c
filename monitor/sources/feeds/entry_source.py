"""An entry as it stood in the feed's own document, byte for byte, for those who have to show what was published.

It is looked for only once an entry has matched, by its identity and address. What cannot be told apart is left out: a
listing page has no entries, and two that name one another's addresses may stay apart or not.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from urllib.parse import unquote, urlsplit

from monitor.models.feeds import Entry

LONGEST = 256 * 1024  # bytes of one entry
_TAGS = re.compile(rb"<(/?)(item|entry|url)(?=[\s>])[^<>]*>")
_MESSAGE = re.compile(rb'<div class="tgme_widget_message_wrap')
_ITEMS = re.compile(rb'"items"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()


def entry_source(bodies: Iterable[bytes], entry: Entry) -> bytes:
    """The entry's own piece of one of these documents; b"" where none is surely its own."""
    guids = [key[2:] for key in entry.keys if key.startswith("g:")]
    addresses = list(_addresses(entry.url))
    for body in bodies:
        pieces = [piece for piece in _pieces(body) if len(piece) <= LONGEST]
        own_piece = _identified(pieces, [*guids, *addresses]) or _mentioning(pieces, addresses)
        if own_piece:
            return own_piece
    return b""


def _addresses(url: str) -> Iterator[str]:
    """The spellings of an address, the whole one first."""
    bare = url.partition("?")[0]
    path = urlsplit(bare).path
    yield from filter(None, (url, unquote(url), bare, path if len(path) > 1 else ""))


def _spelled(name: str) -> Iterator[bytes]:
    """As it may stand in a document: in XML, in JSON."""
    yield from dict.fromkeys(one.encode() for one in (name, escape(name), json.dumps(name)[1:-1].replace("/", "\\/")))


def _identified(pieces: Sequence[bytes], names: Iterable[str]) -> bytes:
    """The first piece that bears one of these names as its identity or address: a feed may repeat an entry."""
    for spelled in (one for name in names for one in _spelled(name)):
        name = re.escape(spelled)
        bears = re.compile(
            rb"[>\[]\s*" + name + rb"\s*[<\]]"  # all that an element says
            rb'|"(?:id|url|external_url)"\s*:\s*"?' + name + rb'[",}\s]'
            rb'|data-post="' + re.escape(spelled.lstrip(b"/")) + rb'"'
        )
        if (first := next(filter(bears.search, pieces), None)) is not None:
            return first
    return b""


def _mentioning(pieces: Sequence[bytes], names: Iterable[str]) -> bytes:
    """The only piece in which one of these names stands anywhere."""
    for spelled in (one for name in names for one in _spelled(name)):
        stands = re.compile(re.escape(spelled) + rb"(?![\w%/-])")
        having = list(filter(stands.search, pieces))
        if len(having) == 1:
            return having[0]
    return b""


def _pieces(body: bytes) -> Iterator[bytes]:
    """The entries of a document, whatever kind it is."""
    if _MESSAGE.search(body):
        starts = [message.start() for message in _MESSAGE.finditer(body)]
        yield from (body[start:end] for start, end in zip(starts, [*starts[1:], len(body)], strict=True))
    elif body[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        yield from _objects(body)
    else:
        yield from _elements(body)


def _elements(body: bytes) -> Iterator[bytes]:
    """From each opening tag to the next closing one of its name."""
    start, opened = 0, b""
    for tag in _TAGS.finditer(body):
        if not tag[1]:
            start, opened = (start, opened) if opened else (tag.start(), tag[2])
        elif tag[2] == opened:
            yield body[start : tag.end()]
            opened = b""


def _objects(body: bytes) -> Iterator[bytes]:
    """The items of a JSON Feed."""
    opening = _ITEMS.search(body)
    text = body[opening.end() :].decode("utf-8", "replace") if opening else ""
    at = 0
    while (at := _end(_BETWEEN, text, at)) < len(text) and text[at] == "{":
        try:
            _, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        yield text[at:end].encode()
        at = end


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
