"""Build Telegram HTML, and read it back. What a message says is decided elsewhere.

Valid by construction: outside text becomes `Html` only through `text` and `link`, which clean and escape it, so that no
tag is ever cut and outside text is never markup.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape, unescape
from typing import Final, Literal, NewType

from monitor.text.unicode import clean, cut, utf16_length
from monitor.text.urls import absolute

Html = NewType("Html", str)  # only the builders below may make one

MOST_UNITS: Final = 4096
"""Telegram's limit for a message, in UTF-16 units of visible text (tags do not count)."""

MOST_BYTES: Final = 30_000
"""Our limit for a message with its tags: the Bot API server refuses more than 32 KiB."""

SLOT: Final = "\x1a"
"""A placeholder in the path of a link, filled in later. A control character, which outside text never has."""

_LONGEST_ADDRESS: Final = 1_500  # bytes in HTML; a post has up to seven addresses
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_HEADLINE: Final = re.compile(r"^<b>(.*\S.*)</b>$", re.MULTILINE)
_ADDRESS: Final = re.compile(r'<a href="([^"]*)"')
_TAG: Final = re.compile(r"<[^<>]*>")
_BOLD: Final = re.compile(r"<b>(.*?)</b>", re.DOTALL)


def text(outside: str) -> Html:
    """Escape outside text, without control characters and direction marks."""
    return Html(escape(_UNPRINTABLE.sub("", outside), quote=False))


def tag(name: Literal["b", "i", "u", "s", "code", "blockquote", "blockquote expandable"], inner: Html) -> Html:
    """Put `inner` into a tag. An expandable quote shows three lines until it is tapped.

    Quotes do not nest: Telegram drops the inner one.
    """
    return Html(f"<{name}>{inner}</{name.partition(' ')[0]}>")


def link(outside: str, url: str) -> Html:
    """Return outside text as a link; as text alone if the address is not safe for a browser."""
    return wrap_link(text(outside), url)


def wrap_link(inner: Html, url: str) -> Html:
    """Return `inner`, which must not contain a link, as a link; unchanged if the address is not safe for a browser."""
    address = web_address(url)
    return Html(f'<a href="{escape(address)}">{inner}</a>') if address else inner


def link_below(outside: str, root: str, path: str) -> Html:
    """Return outside text as a link to our path below an address; the path may have a SLOT. "" without an address."""
    address = web_address(root)
    return Html(f'<a href="{escape(address)}{path}">{text(outside)}</a>') if address else Html("")


def join(separator: Literal["", " ", " · ", "\n", "\n\n"], parts: Iterable[Html]) -> Html:
    return Html(separator.join(parts))


def line(outside: str, units: int) -> str:
    """Return outside text as one clean line of at most `units` UTF-16 units; still to be escaped."""
    return cut(_one_line(outside), units)


def _one_line(outside: str) -> str:
    return " ".join(clean(outside).split())


def marked_line(outside: str, spans: Iterable[tuple[int, int]], units: int) -> Html:
    """Return `line` as HTML with these spans (sorted offsets in `outside`) underlined if still there."""
    pieces = line_pieces(outside, spans, units)
    return join("", [tag("u", text(piece)) if is_marked else text(piece) for piece, is_marked in pieces])


def line_pieces(outside: str, spans: Iterable[tuple[int, int]], units: int) -> Iterator[tuple[str, bool]]:
    """Yield pieces of `line`, still to be escaped, with whether each is at one of the spans (sorted)."""
    shown, at = line(outside, units), 0
    for start, end in spans:
        last = len(_one_line(outside[:end]))
        first = last - len(_one_line(outside[start:end]))
        if at <= first < last and shown[first:last] == _one_line(outside[start:end]):
            yield shown[at:first], False
            yield shown[first:last], True
            at = last
    yield shown[at:], False


def web_address(url: str) -> str:
    """Return the address if it is safe for a browser, else ""."""
    address = absolute("", _UNPRINTABLE.sub("", url).strip().replace(" ", "%20"))
    return address if len(escape(address).encode()) <= _LONGEST_ADDRESS else ""


def fits(html: str) -> bool:
    """Whether Telegram accepts the text as one message."""
    return utf16_length(visible_text(html)) <= MOST_UNITS and len(html.encode()) <= MOST_BYTES


def fitting(rows: Sequence[Html], whole: Callable[[Sequence[Html]], Html], *, room: int = 0) -> Html:
    """What `whole` makes of the first rows, of as many as Telegram takes in one message with `room` units left."""
    count = len(rows)
    while count and not fits(whole(rows[:count]) + " " * room):
        count -= 1
    return whole(rows[:count])


def visible_text(html: str) -> str:
    """Return the visible text of Telegram HTML made here."""
    return unescape(_TAG.sub("", html))


def first_line(html: str) -> str:
    """Return a message's name in a list: its headline (a row in bold), else its first row that is not hashtags."""
    if headline := _HEADLINE.search(html):
        return visible_text(headline[1]).strip()
    rows = [row for row in map(str.strip, visible_text(html).splitlines()) if row]
    return next((row for row in rows if not row.startswith("#")), rows[0] if rows else "")


def first_address(html: str) -> str:
    """Return the address of a message's first link; "" if it has none."""
    first = _ADDRESS.search(html)
    return unescape(first[1]) if first else ""


def headline(html: str, units: int) -> Html:
    """Return the beginning of a post's headline in bold, as the post has it: whole words, at most `units` UTF-16 units.

    The headline is the first bold link, else the first bold text; "" if there is none. The result is an exact part of
    the message, as Telegram demands of a quote, so no «…» follows words that are cut.
    """
    bold = _BOLD.findall(html)
    linked_first = sorted(bold, key=lambda inner: not inner.startswith("<a "))
    words = _beginning(visible_text(linked_first[0]).strip(), units) if bold else ""
    return tag("b", text(words)) if words else Html("")


def _beginning(words: str, units: int) -> str:
    while utf16_length(words) > units:
        words = words.rpartition(" ")[0].rstrip()
    return words
