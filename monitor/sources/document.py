"""A feed's text made fit for an XML reader: recognised as a feed, repaired where feeds are usually broken, bounded.

A reader is an attack surface: what costs it more than linear time (thousands of attributes, entity bombs, items
without end) is taken away here, before it runs.
"""

import html.entities
import re
from itertools import islice

from monitor import challenges
from monitor.errors import ParseError, ParseFailure

MOST_ENTRIES = 1_000

_HEAD = 16_384  # the root element stands here, or it is no feed
_ROOT = re.compile(r"<(?:\w+:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NUMBER = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));")
_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,31};)")
_BARE = re.compile(r"&(?!#?\w{1,32};)")
_ATTRIBUTE = r"[^<>\"']*+(?:\"[^\"<]*+\"|'[^'<]*+')"
_SWOLLEN_TAG = re.compile(rf"(<[A-Za-z][^\s<>\"'/=]*+)(?:(?:{_ATTRIBUTE}){{65,}}+[^<>\"']*+|[^<>\"']{{16384,}}+)(/?>)?")
_ITEM = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)


def prepare(text: str, *, name: str) -> str:
    """The feed from its root element on, well-formed where repair is possible, at most `MOST_ENTRIES` items.

    Raises ParseError (HTML, CHALLENGE, NOT_A_FEED) for what is no feed.
    """
    root = _ROOT.search(text, 0, _HEAD)
    if root is None or _PAGE.search(text, 0, root.start()):
        raise _not_a_feed(text, name)
    body = _FORBIDDEN.sub("", text[root.start() :])
    return _SWOLLEN_TAG.sub(r"\1\2", _with_sound_references(_within_cap(body)))


def _not_a_feed(text: str, name: str) -> ParseError:
    if wall := challenges.wall(text):
        return ParseError(
            f"вместо ленты пришла проверка {wall}: сайт не пускает программы; нужен другой адрес или канал Telegram",
            feed=name,
            kind=ParseFailure.CHALLENGE,
        )
    if _PAGE.search(text, 0, _HEAD):
        return ParseError(
            "вместо ленты пришла веб-страница: проверьте адрес в feeds.yaml", feed=name, kind=ParseFailure.HTML
        )
    return ParseError(
        "это не лента RSS или Atom: проверьте адрес в feeds.yaml", feed=name, kind=ParseFailure.NOT_A_FEED
    )


def _with_sound_references(text: str) -> str:
    """Only references XML knows remain: HTML's names become letters, impossible numbers go, a bare `&` is escaped."""
    if "&" not in text:
        return text
    return _BARE.sub("&amp;", _NAMED.sub(_letter, _NUMBER.sub(_sound_number, text)))


def _letter(reference: re.Match[str]) -> str:
    return html.entities.html5.get(reference[1], f"&amp;{reference[1]}")


def _sound_number(reference: re.Match[str]) -> str:
    digits = reference[1] or reference[2]
    code = int(digits, 16 if reference[1] else 10) if len(digits) < 9 else 0
    blank = code in (0x09, 0x0A, 0x0D)
    sound = blank or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    return reference[0] if sound else ""


def _within_cap(text: str) -> str:
    """The surplus items taken out, so that the document stays well-formed."""
    starts = [item.start() for item in islice(_ITEM.finditer(text), MOST_ENTRIES + 1)]
    if len(starts) <= MOST_ENTRIES:
        return text
    last_end = max(text.rfind("</item>"), text.rfind("</entry>"))
    tail = text[text.find(">", last_end) + 1 :] if last_end > starts[-1] else ""
    return text[: starts[-1]] + tail
