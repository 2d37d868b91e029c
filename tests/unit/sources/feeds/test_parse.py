"""The one door to every kind: which reader reads, what a body is recognised as, what crosses a process."""

import gzip
import pickle
from dataclasses import replace

import pytest

from monitor.models.feeds import Feed, FeedKind, Fetched, Listing
from monitor.sources.feeds import parse
from tests.factories import NOW

URL = "https://vesti.example/x"
RSS = "<rss><channel><item><title>Суд в Актау</title><link>/a/1</link></item></channel></rss>"
SITEMAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>/a/1</loc></url></urlset>'
PAGE = '<!doctype html><html><body><h3><a href="/a/1">Суд в Актау</a></h3></body></html>'
CHANNEL = (
    '<!doctype html><html><body><div class="tgme_widget_message" data-post="kanal/1">'
    '<div class="tgme_widget_message_text js-message_text">Суд в Актау</div></div></body></html>'
)
JSON = '{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "title": "Суд в Актау", "url": "/a/1"}]}'


def fetched(body: str | bytes, url: str = URL) -> Fetched:
    return Fetched(url=url, body=body.encode() if isinstance(body, str) else body)


def feed(kind: FeedKind) -> Feed:
    listing = Listing(item="h3") if kind is FeedKind.HTML else None
    return Feed(name="Вести", kind=kind, url=URL, lang="ru", listing=listing)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (FeedKind.RSS, RSS),
        (FeedKind.ATOM, RSS),
        (FeedKind.JSON, JSON),
        (FeedKind.RSS, JSON),
        (FeedKind.HTML, PAGE),
        (FeedKind.SITEMAP, SITEMAP),
        (FeedKind.TELEGRAM, CHANNEL),
    ],
)
def test_the_kind_of_the_stanza_chooses_the_reader(kind: FeedKind, body: str) -> None:
    asked, answer = pickle.loads(pickle.dumps((feed(kind), fetched(body))))
    parsed = pickle.loads(pickle.dumps(parse.parse(asked, answer, now=NOW)))
    assert len(parsed.entries) == 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (RSS, FeedKind.RSS),
        ("<!-- <feed> --><rdf:RDF xmlns:rdf='x'/>", FeedKind.RSS),
        ("<feed xmlns='http://www.w3.org/2005/Atom'/>", FeedKind.ATOM),
        (JSON, FeedKind.JSON),
        ("﻿ " + JSON, FeedKind.JSON),
        (SITEMAP, FeedKind.SITEMAP),
        ("<sitemapindex/>", FeedKind.SITEMAP),
        (gzip.compress(SITEMAP.encode(), mtime=0), FeedKind.SITEMAP),
        (CHANNEL, FeedKind.TELEGRAM),
        (PAGE, FeedKind.HTML),
        ("<html><p>о <rss> и других", FeedKind.HTML),
        ("технические работы", None),
        (b"\x89PNG\r\n", None),
        (b"", None),
    ],
)
def test_what_a_body_is(body: str | bytes, kind: FeedKind | None) -> None:
    assert parse.recognise(fetched(body)) is kind


def test_a_fallback_is_read_as_what_it_is() -> None:
    page = replace(feed(FeedKind.HTML), fallback="https://t.me/s/kanal", article="div.text")
    asked = parse.switch_to_fallback(page, fetched(CHANNEL))
    assert (asked.kind, asked.url, asked.fallback, asked.listing) == (FeedKind.TELEGRAM, page.fallback, "", None)
    assert (asked.name, asked.article) == (page.name, page.article)
    assert parse.switch_to_fallback(page, fetched("ошибка")).kind is FeedKind.HTML


def test_a_page_of_telegram_is_a_channel_even_when_it_shows_none() -> None:
    assert parse.recognise(fetched("<title>Telegram: Contact @x</title>", "https://t.me/x")) is FeedKind.TELEGRAM


def of_titles(title: str) -> str:
    return "<rss><channel>" + "".join(
        f"<item><title>{title} {n}</title><link>/{n}</link></item>" for n in range(20)
    ) + "</channel></rss>"  # fmt: skip


@pytest.mark.parametrize(
    ("title", "strange"),
    [("Court in Aktau", True), ("Суд в Актау", False), ("Ақтау соты", False), ("Apple и Google", False), ("A", False)],
)
def test_titles_without_cyrillic_are_told(title: str, strange: bool) -> None:
    problems = parse.parse(feed(FeedKind.RSS), fetched(of_titles(title)), now=NOW).problems
    assert any("кириллицы" in problem for problem in problems) is strange
