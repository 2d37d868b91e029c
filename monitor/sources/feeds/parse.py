"""The body of a feed of any kind → ParsedFeed. Each kind has a module of its own, with a function `parse`."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial

from monitor.models.feeds import LOST_LETTERS, Feed, FeedKind, Fetched, ParsedFeed
from monitor.sources.feeds import listing, sitemap, syndication, telegram_preview
from monitor.sources.feeds.repair import SITEMAPS, find_root, is_feed_list, not_a_feed
from monitor.text import charsets, urls
from monitor.text.unicode import letters_in

_HEAD = 16_384
_LARGEST = 8 * 1024 * 1024  # bytes; the fetcher's own bound, kept here for bodies that come another way
_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_ATOM = {"feed": FeedKind.ATOM, "entry": FeedKind.ATOM}
_LETTERS = re.compile(r"[^\W\d_]+")
_CYRILLIC = re.compile(r"[\u0400-\u052f]+")
_ENOUGH = 200  # letters of titles, to judge by
_ENOUGH_TITLES = 5  # the same one so often is no chance
_LEAST_CYRILLIC = 0.05  # of the letters


def parse(feed: Feed, fetched: Fetched, *, now: datetime, since: datetime | None = None) -> ParsedFeed:
    """The entries of a fetched body (its first 8 MiB), read as the kind its stanza names. Pure; all of it pickles.

    Entries dated before `since` need no texts: they may come without.
    Raises ParseError, naming the feed, when the body is not what it should be. A feed with no entries is a
    value: whether that is a failure depends on what the feed had before.
    """
    parsed = _read(feed, replace(fetched, body=fetched.body[:_LARGEST]), now, since)
    return replace(parsed, problems=(*parsed.problems, *_strange_letters(feed, parsed), *_one_title(parsed)))


def _read(feed: Feed, fetched: Fetched, now: datetime, since: datetime | None) -> ParsedFeed:
    if feed.kind is FeedKind.TELEGRAM:
        return telegram_preview.parse(fetched.body, url=fetched.url, now=now, name=feed.name)
    read: Callable[..., ParsedFeed] = partial(syndication.parse, since=since)
    if feed.kind is FeedKind.SITEMAP:
        read = sitemap.parse
    elif feed.kind is FeedKind.HTML:
        read = partial(listing.parse, listing=feed.listing)
    return read(fetched.body, content_type=fetched.content_type, url=fetched.url, tz=feed.tz, now=now, name=feed.name)


def recognise(fetched: Fetched) -> FeedKind | None:
    """The kind of feed that a body is, for an address whose kind nobody wrote down; None for what is none.

    A page that is neither a feed nor a channel is of kind html, whether or not it lists articles.
    """
    if urls.host_key(fetched.url) == "t.me" or b"tgme_widget_message" in fetched.body:
        return FeedKind.TELEGRAM
    if fetched.body.startswith(b"\x1f\x8b"):
        return FeedKind.SITEMAP  # nothing else is served in an archive
    head = charsets.decode(fetched.body[:_HEAD], fetched.content_type)
    if root := find_root(head):
        return FeedKind.SITEMAP if root.name in SITEMAPS else _ATOM.get(root.name, FeedKind.RSS)
    if head.lstrip()[:1] == "{":
        return FeedKind.JSON
    return FeedKind.HTML if _PAGE.search(head) and not is_feed_list(head) else None


def refuse_feed_list(fetched: Fetched) -> None:
    """Raise ParseError OPML when a body is a list of feeds."""
    head = charsets.decode(fetched.body[:_HEAD], fetched.content_type)
    if is_feed_list(head):
        raise not_a_feed(head, "")


def switch_to_fallback(feed: Feed, fetched: Fetched) -> Feed:
    """The feed as its fallback has it: of the kind that came, without selectors made for another page."""
    kind = recognise(fetched) or feed.kind
    return replace(feed, kind=kind, url=feed.fallback, fallback="", listing=None)


def _one_title(parsed: ParsedFeed) -> Iterator[str]:
    """A selector, or a template of the site, that catches the rubric in the place of the headline."""
    titles = {entry.title for entry in parsed.entries}
    if len(titles) == 1 and len(parsed.entries) >= _ENOUGH_TITLES and (title := next(iter(titles))):
        yield f"у всех записей один заголовок, «{title[:60]}»: это рубрика, правила новостей не увидят"


def _strange_letters(feed: Feed, parsed: ParsedFeed) -> Iterator[str]:
    """Russian or Kazakh titles almost without Cyrillic: another edition of the site, or a lost encoding."""
    titles = " ".join(entry.title for entry in parsed.entries)
    begin = titles[: len(titles) // 8]  # nearly always enough to know
    if feed.lang not in ("ru", "kk") or letters_in(_CYRILLIC, begin) >= len(titles) * _LEAST_CYRILLIC:
        return
    letters = letters_in(_LETTERS, titles)
    if letters >= _ENOUGH and letters_in(_CYRILLIC, titles) < letters * _LEAST_CYRILLIC:
        yield f"{LOST_LETTERS} (lang: {feed.lang}): искажена кодировка или это другая версия сайта"
