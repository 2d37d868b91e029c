"""Sitemaps: news sitemaps, plain ones, and indexes of them (https://www.sitemaps.org/protocol.html) → entries.

Elements are known by their local names, as prefixes and namespaces vary. `lastmod` is only a hint: sites exist where
it is always today, so it orders addresses and dates nothing.
"""

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from monitor.errors import ParseError, ParseFailure
from monitor.models.feeds import ParsedFeed
from monitor.sources.feeds import entry_keys, fast_xml
from monitor.sources.feeds.entry_keys import Draft
from monitor.sources.feeds.repair import SITEMAPS, cut_off_problem, find_root, not_a_feed, sound
from monitor.text import charsets, dates, markup, urls

_GZIP = b"\x1f\x8b"
_LARGEST = 8 * 1024 * 1024  # bytes after decompression
_MOST_ENTRIES = 1_000  # their pages must be read
_MOST_FURTHER = 3  # documents of an index worth a GET each: the newest hold the news
_LONGEST_TITLE = 1_000
_NO_PARTS = "указатель карт сайта ни на одну карту не указывает"
_DIGITS = re.compile(r"\d+")
_NEVER = datetime.min.replace(tzinfo=UTC)

_Fields = Mapping[str, str]  # local name (lower case) → text, of one <url> or <sitemap> with all that stands in it


def parse(body: bytes, *, content_type: str, url: str, tz: str, now: datetime, name: str = "") -> ParsedFeed:
    """The addresses of a sitemap, gzipped or not, at most the 1,000 newest; of an index the newest documents.

    Only a `publication_date` dates an entry, only a `news:title` gives it a title: the others get both from their page.
    `further` holds the addresses of an index. Raises ParseError: NOT_A_FEED, OPML, HTML, CHALLENGE.
    """
    text = charsets.decode(_unpacked(body, name), content_type)
    root = fast_xml.tree(_document(text, name), recover=True)
    if root is None:
        raise not_a_feed(text, name)
    listed = [_fields(element) for element in root if isinstance(element.tag, str)]
    if _local(root) == "sitemapindex":
        further = [
            address for address in _newest(listed, url, tz, now) if urls.canonical(address) != urls.canonical(url)
        ]
        return ParsedFeed(entries=(), problems=() if further else (_NO_PARTS,), further=tuple(further))
    drafts = [_draft(fields, url, tz, now) for fields in _latest(listed, tz, now)]
    entries = entry_keys.entries([draft for draft in drafts if draft.url])
    problems = cut_off_problem(text) if entries else ("в карте сайта нет ни одного адреса",)
    return ParsedFeed(entries=entries, problems=problems)


def _unpacked(body: bytes, name: str) -> bytes:
    """The body without gzip, which its first bytes say: suffixes and headers err."""
    if not body.startswith(_GZIP):
        return body
    try:
        return zlib.decompressobj(wbits=31).decompress(body, _LARGEST)
    except zlib.error as error:
        raise ParseError("архив карты сайта испорчен", feed=name, kind=ParseFailure.NOT_A_FEED) from error


def _document(text: str, name: str) -> bytes:
    root = find_root(text)
    if root is None or root.name not in SITEMAPS:
        raise not_a_feed(text, name)
    return sound(text[root.start :])


def _fields(element: Any) -> _Fields:
    """The first text under each name: `loc` and `title` of images and videos come after those of the page."""
    fields: dict[str, str] = {}
    for child in _own_and_news(element):
        fields.setdefault(_local(child), (child.text or "").strip())
    return fields


def _own_and_news(element: Any) -> Iterator[Any]:
    for child in element:
        if _local(child) == "news":
            yield from child
        else:
            yield child


def _local(element: Any) -> str:
    tag = element.tag if isinstance(element.tag, str) else ""
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def _latest(listed: Sequence[_Fields], tz: str, now: datetime) -> Sequence[_Fields]:
    """At most `_MOST_ENTRIES`: the newest where dates differ, else both ends, as some sites append and some prepend."""
    if len(listed) <= _MOST_ENTRIES:
        return listed
    stamps = [_written_at(fields, tz, now) for fields in listed]
    if len(set(stamps)) == 1:
        return [*listed[: _MOST_ENTRIES // 2], *listed[-_MOST_ENTRIES // 2 :]]
    newest = sorted(range(len(listed)), key=lambda index: stamps[index], reverse=True)[:_MOST_ENTRIES]
    return [listed[index] for index in sorted(newest)]


def _written_at(fields: _Fields, tz: str, now: datetime) -> datetime:
    written = fields.get("publication_date") or fields.get("lastmod") or ""
    return dates.parse(written, tz=tz, now=now) or _NEVER


def _newest(listed: Sequence[_Fields], url: str, tz: str, now: datetime) -> Iterator[str]:
    """Addresses of an index's documents: latest `lastmod` first, then the highest numbers in the name."""

    def order(fields: _Fields) -> tuple[datetime, list[int]]:
        return _written_at(fields, tz, now), [int(digits[:18]) for digits in _DIGITS.findall(fields.get("loc", ""))]

    for fields in sorted(listed, key=order, reverse=True)[:_MOST_FURTHER]:
        if address := urls.absolute(url, fields.get("loc", "")):
            yield address


def _draft(fields: _Fields, url: str, tz: str, now: datetime) -> Draft:
    return Draft(
        url=urls.absolute(url, fields.get("loc", "")),
        title=markup.headline(fields.get("title", ""))[:_LONGEST_TITLE],
        published_at=dates.parse(fields.get("publication_date", ""), tz=tz, now=now),
    )
