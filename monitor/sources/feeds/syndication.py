"""RSS of every version, Atom, CDF and JSON Feed → entries, whichever of them the body is.

Bytes are decoded and repaired before a reader sees them, dates are read from their raw strings, HTML becomes
text: what feedparser guesses about charsets and zones loses stories of this press silently.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from monitor.errors import ParseError, ParseFailure
from monitor.models.feeds import TOO_LONG, Entry, ParsedFeed
from monitor.sources.feeds import entry_keys, fast_xml, json_feed
from monitor.sources.feeds.entry_keys import Draft
from monitor.sources.feeds.newest import MOST_ENTRIES, Dated, drop_surplus, newest
from monitor.sources.feeds.repair import cut_off_problem, not_a_feed, prepare
from monitor.text import charsets, dates, markup, unicode, urls

_UNSTORABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")  # no database takes these
_LONGEST_TITLE = 1_000
_LONGEST_TEXT = 200_000
_LONGEST_MARKUP = 1_000_000  # of one field, before its tags are taken off
_LONGEST_URL = 2_000
_LONGEST_GUID = 500
_DATES = (
    "published",
    "updated",
    "created",
    "dcterms_date",
)  # feedparser's names: pubDate and dc:date fall under the first two


def parse(
    body: bytes,
    *,
    content_type: str,
    url: str,
    tz: str,
    now: datetime,
    name: str = "",
    since: datetime | None = None,
) -> ParsedFeed:
    """The entries of a feed's body, in its order, each once; of more than `newest.MOST_ENTRIES` the newest.

    `url` is the address the body came from (links are resolved against it), `tz` the zone of dates that name
    none; a date more than a day after `now` is dropped. `name` is the feed's, for the message. Entries dated before
    `since` come without their texts.
    Raises ParseError: HTML, CHALLENGE, OPML, NOT_A_FEED, MOJIBAKE.
    """
    dated = partial(dates.parse, tz=tz, now=now)
    raw_entries, damage = _read(charsets.decode(body, content_type), url, name, dated)
    drafts = [draft(raw, url, tz, now, since) for raw in raw_entries[:MOST_ENTRIES]]
    if charsets.is_lost("\n".join(one.title for one in drafts)):
        raise ParseError(
            "буквы ленты искажены ещё на сайте (кодировка потеряна): правила ничего в ней не найдут",
            feed=name,
            kind=ParseFailure.MOJIBAKE,
        )
    entries = entry_keys.entries(drafts)
    return ParsedFeed(entries=entries, problems=(*_problems(raw_entries, entries), *damage))


def _read(text: str, url: str, name: str, dated: Dated) -> tuple[Sequence[Mapping[str, Any]], tuple[str, ...]]:
    """The raw entries, and what is wrong with the document they stood in."""
    if text.lstrip()[:1] == "{":
        entries = json_feed.read(text)
        if entries is None:
            raise not_a_feed(text, name)
        chosen, damage = newest([dated(entry["published"] or entry["updated"]) for entry in entries])
        return [entries[number] for number in chosen], damage
    text, damage = drop_surplus(text, dated)
    source = prepare(text, name=name)
    entries = fast_xml.read(source)
    if entries is not None:
        return entries, damage
    from monitor.sources.feeds import lenient  # noqa: PLC0415 - few feeds are so broken, and feedparser takes 2 MB

    entries = lenient.read(source, url=url, name=name)
    if source.count(b"<") >= lenient.MOST_TAGS:
        damage = (f"{TOO_LONG}: разметка так велика, что прочитаны {len(entries)} первых",)
    return entries, (*cut_off_problem(text), *damage) if entries else ()


def draft(raw: Mapping[str, Any], base: str, tz: str, now: datetime, since: datetime | None = None) -> Draft:
    """An entry out of what a reader says of it in feedparser's names, within the bounds of this file."""
    guid = _UNSTORABLE.sub("", str(raw.get("id") or "")).strip()[:_LONGEST_GUID]
    written = str(raw.get("title") or "")[:_LONGEST_MARKUP]
    repaired = charsets.repair(written)
    repair = charsets.repair if repaired != written else str  # what was encoded twice was so throughout
    title, published_at = markup.headline(repaired)[:_LONGEST_TITLE], _published_at(raw, tz, now)
    is_old = since is not None and published_at is not None and published_at < since
    unread = is_old and unicode.speaks(title)  # else its text says what to call it
    return Draft(
        guid=guid,
        url=urls.absolute(base, _link(raw, guid).replace("&amp;", "&"))[:_LONGEST_URL],
        title=title,
        summary="" if unread else _text(raw.get("summary"), repair),
        content="" if unread else max((_text(value, repair) for value in _contents(raw)), key=len, default=""),
        published_at=published_at,
    )


def _link(raw: Mapping[str, Any], guid: str) -> str:
    """Where the article stands, past a counter of clicks; an entry without an address of its own stands in its file."""
    is_address = guid.startswith(("http://", "https://")) and raw.get("guidislink") is not False
    files = (*(raw.get("links") or ()), *(raw.get("media_content") or ()))
    places = (
        raw.get("feedburner_origlink"),
        raw.get("link"),
        guid if is_address else "",
        *(file.get("href") or file.get("url") for file in files),
    )
    return next((str(place) for place in places if place), "")


def _contents(raw: Mapping[str, Any]) -> Iterator[object]:
    for content in raw.get("content") or ():
        yield content.get("value")
    yield raw.get("yandex_full-text")


def _text(value: object, repair: Callable[[str], str]) -> str:
    return markup.without_disclaimers(markup.plain(repair(str(value or "")[:_LONGEST_MARKUP])))[:_LONGEST_TEXT]


def _published_at(raw: Mapping[str, Any], tz: str, now: datetime) -> datetime | None:
    written = (str(raw.get(field) or "") for field in _DATES)
    return next((at for text in written if (at := dates.parse(text, tz=tz, now=now))), None)


def _problems(raw_entries: Sequence[object], entries: Sequence[Entry]) -> Iterable[str]:
    if not raw_entries:
        yield "в ленте нет ни одной записи"
    if len(raw_entries) > len(entries):
        yield f"повторы и лишние записи: {len(raw_entries) - len(entries)}"
    without_url = sum(not entry.url for entry in entries)
    without_date = sum(entry.published_at is None for entry in entries)
    for count, what in ((without_url, "без адреса"), (without_date, "без даты")):
        if count:
            yield f"записи {what}: {count} из {len(entries)}"
