"""RSS and Atom → entries. The only importer of feedparser.

Bytes are decoded and repaired before feedparser sees them, dates are read from their raw strings, HTML becomes
text: what feedparser guesses about charsets and zones loses stories of this press silently.
"""

import hashlib
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import feedparser

from monitor import charsets, dates, markup, urls
from monitor.errors import ParseError, ParseFailure
from monitor.models import Entry, ParsedFeed
from monitor.sources import elements
from monitor.sources.document import MOST_ENTRIES, prepare

_LONGEST_TITLE = 1_000
_LONGEST_TEXT = 200_000
_LONGEST_MARKUP = 1_000_000  # of one field, before its tags are taken off
_LONGEST_URL = 2_000
_LONGEST_GUID = 500
_MOST_TAGS = 40_000  # for the patient reader, which takes seconds and gigabytes for millions of them
_DATES = ("published", "updated", "created")  # feedparser's names: pubDate and dc:date fall under the first two


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """An entry before its identity is chosen."""

    guid: str
    url: str
    canonical: str
    title: str
    summary: str
    content: str
    published_at: datetime | None


def parse(body: bytes, *, content_type: str, url: str, tz: str, now: datetime, name: str = "") -> ParsedFeed:
    """The entries of an RSS or Atom body, in its order, each once; at most 1,000.

    `url` is the address the body came from (links are resolved against it), `tz` the zone of dates that name
    none; a date more than a day after `now` is dropped. `name` is the feed's, for the message.
    Raises ParseError: HTML, CHALLENGE, NOT_A_FEED, MOJIBAKE.
    """
    document = prepare(charsets.decode(body, content_type), name=name)
    raw_entries = _read(document, url, name)
    drafts = [_draft(raw, url, tz, now) for raw in raw_entries[:MOST_ENTRIES]]
    if charsets.is_lost("\n".join(draft.title for draft in drafts)):
        raise ParseError(
            "буквы ленты искажены ещё на сайте (кодировка потеряна): правила ничего в ней не найдут",
            feed=name,
            kind=ParseFailure.MOJIBAKE,
        )
    entries = tuple(_entries(drafts))
    return ParsedFeed(entries=entries, problems=tuple(_problems(raw_entries, entries)))


def _read(document: str, url: str, name: str) -> Sequence[Mapping[str, Any]]:
    source = document.encode("utf-8", "replace")
    quickly = elements.read(source)
    return quickly if quickly is not None else _read_patiently(source, url, name)


def _read_patiently(source: bytes, url: str, name: str) -> Sequence[Mapping[str, Any]]:
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    bounded = b"<".join(source.split(b"<", _MOST_TAGS)[:_MOST_TAGS])
    try:
        result = feedparser.parse(
            io.BytesIO(bounded), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:
        raise ParseError(
            f"ленту не удалось прочесть ({type(error).__name__}): она испорчена на сайте",
            feed=name,
            kind=ParseFailure.NOT_A_FEED,
        ) from error
    entries = [dict(entry) for entry in result.get("entries", ())]  # its own dictionary answers for absent keys
    if not entries and not result.get("version"):
        raise ParseError(
            "это не лента RSS или Atom: проверьте адрес в feeds.yaml", feed=name, kind=ParseFailure.NOT_A_FEED
        )
    return entries


def _draft(raw: Mapping[str, Any], base: str, tz: str, now: datetime) -> _Draft:
    guid = str(raw.get("id") or "").strip()[:_LONGEST_GUID]
    link = str(raw.get("link") or "") or (guid if guid.startswith(("http://", "https://")) else "")
    address = urls.absolute(base, link.replace("&amp;", "&"))[:_LONGEST_URL]
    summary = _text(raw.get("summary"))
    content = max((_text(value) for value in _contents(raw)), key=len, default="")
    return _Draft(
        guid=guid,
        url=address,
        canonical=urls.canonical(address),
        title=markup.plain(str(raw.get("title") or "")[:_LONGEST_MARKUP]).replace("\n", " ")[:_LONGEST_TITLE],
        summary=summary,
        content=content,
        published_at=_published_at(raw, tz, now),
    )


def _contents(raw: Mapping[str, Any]) -> Iterator[object]:
    for content in raw.get("content") or ():
        yield content.get("value")
    yield raw.get("yandex_full-text")


def _text(value: object) -> str:
    return markup.without_notices(markup.plain(str(value or "")[:_LONGEST_MARKUP]))[:_LONGEST_TEXT]


def _published_at(raw: Mapping[str, Any], tz: str, now: datetime) -> datetime | None:
    written = (str(raw.get(field) or "") for field in _DATES)
    return next((at for text in written if (at := dates.parse(text, tz=tz, now=now))), None)


def _entries(drafts: Sequence[_Draft]) -> Iterator[Entry]:
    """Entries with their identities; a draft seen earlier in the same body is left out."""
    seen: set[str] = set()
    for draft, keys in zip(drafts, _identities(drafts), strict=True):
        if not keys or not seen.isdisjoint(keys):
            continue
        seen.update(keys)
        yield Entry(
            keys=keys,
            url=draft.url,
            title=draft.title or _first_line(draft),
            summary=draft.summary,
            content=draft.content,
            published_at=draft.published_at,
        )


def _identities(drafts: Sequence[_Draft]) -> Iterator[tuple[str, ...]]:
    """The keys of each draft, strongest first.

    A guid or an address is an identity only while it stands for one article: feeds exist whose guids are all
    equal and whose links all lead to the front page. Where neither serves, the title and its day do.
    """
    told_by_guid: dict[str, set[str]] = defaultdict(set)
    told_by_url: dict[str, set[str]] = defaultdict(set)
    for draft in drafts:
        told_by_guid[draft.guid].add(draft.canonical or _told(draft))
        told_by_url[draft.canonical].add(draft.guid or _told(draft))
    for draft in drafts:
        guid = _is_specific(draft.guid) and len(told_by_guid[draft.guid]) == 1
        address = _is_specific(draft.canonical) and len(told_by_url[draft.canonical]) == 1
        keys = (*(["g:" + draft.guid] if guid else []), *(["u:" + draft.canonical] if address else []))
        yield keys or _title_keys(draft)


def _is_specific(identity: str) -> bool:
    """Whether it can mean one article: a front page cannot."""
    if not identity.startswith(("http://", "https://")):
        return bool(identity)
    try:
        parts = urlsplit(identity)
    except ValueError:
        return True
    return bool(parts.path.strip("/") or parts.query)


def _told(draft: _Draft) -> str:
    return (draft.title or _first_line(draft)).casefold()


def _title_keys(draft: _Draft) -> tuple[str, ...]:
    told = _told(draft)
    day = draft.published_at.date().isoformat() if draft.published_at else ""
    return ("t:" + hashlib.blake2b(f"{told}|{day}".encode(), digest_size=16).hexdigest(),) if told else ()


def _first_line(draft: _Draft) -> str:
    return (draft.summary or draft.content).partition("\n")[0][:200]


def _problems(raw_entries: Sequence[object], entries: Sequence[Entry]) -> Iterable[str]:
    if not raw_entries:
        yield "в ленте нет ни одной записи"
    if len(raw_entries) > len(entries):
        yield f"повторы и пустые записи: {len(raw_entries) - len(entries)}"
    for wanting, what in ((_without_url(entries), "без адреса"), (_without_date(entries), "без даты")):
        if wanting:
            yield f"записи {what}: {wanting} из {len(entries)}"


def _without_url(entries: Sequence[Entry]) -> int:
    return sum(not entry.url for entry in entries)


def _without_date(entries: Sequence[Entry]) -> int:
    return sum(entry.published_at is None for entry in entries)
