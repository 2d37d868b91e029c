"""A feed's text made fit for an XML reader: recognised as a feed, repaired where feeds are usually broken, bounded.

A reader is an attack surface: what costs it more than linear time (thousands of attributes, entity bombs) is taken away
here, before it runs; items without end by newest.py.
"""

import html.entities
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from monitor.errors import ParseError, ParseFailure
from monitor.models.feeds import CUT_OFF
from monitor.sources import challenge_pages

SITEMAPS = frozenset({"urlset", "sitemapindex"})  # their root elements

_HEAD = 16_384  # the root element stands here, or it is no feed
_ROOT = re.compile(r"<(?:\w+:)?(?P<name>rss|feed|rdf|urlset|sitemapindex)(?=[\s/>])", re.IGNORECASE)
_BARE_ROOT = re.compile(r"<(?:\w+:)?(?P<name>channel|entry)(?=[\s/>])", re.IGNORECASE)  # RSS 1.1, CDF, one Atom entry
_END = re.compile(r"</(?:\w+:)?(rss|feed|rdf|urlset|sitemapindex|channel|entry)\s*>", re.IGNORECASE)
_OPML = re.compile(r"<opml[\s>]", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ELEMENT = re.compile(r"<[A-Za-z]")
_ENTITY = re.compile(r"<!ENTITY\s+(\w{1,32})\s+(?:\"([^\"<&%]{0,64})\"|'([^'<&%]{0,64})')\s*>")
_MOST_DECLARED = 20_000  # uses of a document's own entities: what they stand for may be longer than their names
_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_PAGE_ELEMENT = re.compile(r"<(?:html|head|body)\b", re.IGNORECASE)  # a doctype alone makes no page
_CONTROLS = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20)])  # that XML does not know
_FORBIDDEN = re.compile(f"[{_CONTROLS.decode()}\ufffe\uffff]")
_NUMBER = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));")
_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,31};)")
_BARE = re.compile(r"&(?!#?\w{1,32};)")
_ATTRIBUTE = r"[^<>\"']*+(?:\"[^\"<]*+\"|'[^'<]*+')"
_SWOLLEN_TAG = re.compile(rf"(<[A-Za-z][^\s<>\"'/=]*+)(?:(?:{_ATTRIBUTE}){{65,}}+[^<>\"']*+|[^<>\"']{{16384,}}+)(/?>)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """The root element of a feed or a sitemap: its local name in lower case, and where its tag begins."""

    name: str
    start: int


def find_root(text: str) -> Root | None:
    """The root of a feed or a sitemap, whatever stands before it (warnings of PHP, say) unless that is a web page."""
    head = _without_comments(text[:_HEAD])
    root = _ROOT.search(head) or _first_element(head)
    if root is None or _PAGE_ELEMENT.search(head, 0, root.start()):
        return None
    return Root(name=root["name"].lower(), start=root.start())


def cut_off_problem(text: str) -> tuple[str, ...]:
    """The problem, in Russian, of a feed or a sitemap that ends before its root element does; () of a whole one."""
    root = find_root(text)
    if root is None or any(end[1].lower() == root.name for end in _END.finditer(text, root.start)):
        return ()
    return (f"{CUT_OFF}: записи после обрыва не дошли; если так и дальше, скажите сайту",)


def is_feed_list(text: str) -> bool:
    """Whether it is OPML: a list of feeds and not one of them."""
    head = _without_comments(text[:_HEAD])
    first = _ELEMENT.search(head)
    return first is not None and _OPML.match(head, first.start()) is not None


def _without_comments(head: str) -> str:
    closed = head.rfind("-->") + 3 if "-->" in head else 0
    return _COMMENT.sub(lambda comment: " " * len(comment[0]), head[:closed]) + head[closed:]


def _first_element(head: str) -> re.Match[str] | None:
    first = _ELEMENT.search(head)
    return _BARE_ROOT.match(head, first.start()) if first else None


def prepare(text: str, *, name: str) -> bytes:
    """The feed from its root element on, in UTF-8, well-formed where repair is possible.

    Raises ParseError (HTML, CHALLENGE, OPML, NOT_A_FEED) for what is no feed.
    """
    root = find_root(text)
    if root is None or root.name in SITEMAPS:
        raise not_a_feed(text, name)
    return sound(text[root.start :], _declared(text[: root.start]))


def sound(text: str, declared: Mapping[str, str] | None = None) -> bytes:
    """A document in UTF-8 without what no XML reader takes or takes too long for: control bytes, references, swollen
    tags.
    """
    document = _repaired(text, declared or {})
    is_clean = len(document.translate(None, _CONTROLS)) == len(document)  # a quarter of what looking in `text` takes
    if is_clean and "\ufffe" not in text and "\uffff" not in text:
        return document
    return _repaired(_FORBIDDEN.sub("", text), declared or {})


def _repaired(text: str, declared: Mapping[str, str]) -> bytes:
    return _SWOLLEN_TAG.sub(r"\1\2", _with_sound_references(text, declared)).encode("utf-8", "replace")


def _declared(prolog: str) -> Mapping[str, str]:
    """The document's own entities: short letters and words, nothing that could grow."""
    return {f"{entity[1]};": entity[2] or entity[3] or "" for entity in _ENTITY.finditer(prolog)}


def not_a_feed(text: str, name: str) -> ParseError:
    """The failure that says what stands where a feed should: a bot wall, a list, a page, a sitemap, something else."""
    if wall := challenge_pages.wall(text):
        return ParseError(
            f"вместо ленты пришла проверка {wall}: сайт не пускает программы; нужен другой адрес или канал Telegram",
            feed=name,
            kind=ParseFailure.CHALLENGE,
        )
    if is_feed_list(text):
        return ParseError(
            "это список лент (OPML), а не лента: сохраните его и выполните monitor feeds import ФАЙЛ",
            feed=name,
            kind=ParseFailure.OPML,
        )
    if _PAGE.search(text, 0, _HEAD):
        return ParseError(
            "вместо ленты пришла веб-страница: проверьте адрес в feeds.yaml или читайте её с kind: html",
            feed=name,
            kind=ParseFailure.HTML,
        )
    root = find_root(text)
    if root and root.name in SITEMAPS:
        return ParseError("это карта сайта: напишите kind: sitemap", feed=name, kind=ParseFailure.NOT_A_FEED)
    return ParseError(
        "это не лента RSS, Atom или JSON: проверьте адрес в feeds.yaml", feed=name, kind=ParseFailure.NOT_A_FEED
    )


def _with_sound_references(text: str, declared: Mapping[str, str]) -> str:
    """Only references XML knows remain: names become letters, impossible numbers go, a bare `&` is escaped."""
    if "&" not in text:
        return text
    known = _NAMED.sub(partial(_declared_letter, declared), text, _MOST_DECLARED) if declared else text
    return _BARE.sub("&amp;", _NAMED.sub(_letter, _NUMBER.sub(_sound_number, known)))


def _declared_letter(declared: Mapping[str, str], reference: re.Match[str]) -> str:
    return declared.get(reference[1], reference[0])


def _letter(reference: re.Match[str]) -> str:
    return html.entities.html5.get(reference[1], f"&amp;{reference[1]}")


def _sound_number(reference: re.Match[str]) -> str:
    digits = reference[1] or reference[2]
    code = int(digits, 16 if reference[1] else 10) if len(digits) < 9 else 0
    if 0x80 <= code < 0xA0:  # windows-1252 is meant: curly quotes and dashes, not control characters
        return bytes([code]).decode("cp1252", "ignore")
    blank = code in (0x09, 0x0A, 0x0D)
    sound = blank or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    return reference[0] if sound else ""
