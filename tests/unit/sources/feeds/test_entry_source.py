"""An entry's own piece of the document it was read from."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.models.feeds import Entry, Feed, FeedKind, Fetched
from monitor.sources.feeds.entry_source import LONGEST, entry_source
from monitor.sources.feeds.parse import parse

NOW = datetime(2026, 11, 1, tzinfo=UTC)
RSS = """<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel><title>Газета</title>
<item><title>Первая</title><link>https://press.example/1?a=1&amp;b=2</link><guid>https://press.example/1</guid></item>
<item><title>Вторая</title><link>https://press.example/12</link>
<description><![CDATA[Читайте <a href="https://press.example/1">раньше</a>]]></description></item>
<item><title>Третья</title><link>/3</link><guid isPermaLink="false">id-3</guid></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Газета</title>
<entry><title>Первая</title><id>urn:1</id><link href="https://press.example/1"/></entry>
<entry><title>Вторая</title><id>urn:2</id><link href="https://press.example/2"/></entry></feed>"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "Г", "items": [
 {"id": "1", "url": "https:\\/\\/press.example\\/1", "title": "Первая", "content_text": "раз {"},
 {"id": "2", "url": "https://press.example/2", "title": "Вторая", "content_text": "https://press.example/1"}]}"""
SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://press.example/1</loc></url>
<url><loc>https://press.example/2</loc></url></urlset>"""
TELEGRAM = """<html><body><section>
<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message js-widget_message"
 data-post="gazeta/1"><div class="tgme_widget_message_text js-message_text">Первая</div></div></div>
<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message js-widget_message"
 data-post="gazeta/12"><div class="tgme_widget_message_text js-message_text">Вторая</div></div></div>
</section></body></html>"""


def sources(body: bytes, kind: FeedKind, url: str = "https://press.example/feed") -> list[bytes]:
    """The pieces of the entries that our own reader finds."""
    feed = Feed(name="Газета", kind=kind, url=url, lang="ru")
    fetched = Fetched(body=body, url=url, content_type="", etag=None, last_modified=None)
    return [entry_source([body], entry) for entry in parse(feed, fetched, now=NOW).entries]


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251"])
def test_every_item_of_rss_has_its_own_bytes(encoding: str) -> None:
    body = RSS.format(encoding=encoding).encode(encoding)
    first, second, third = sources(body, FeedKind.RSS)
    for piece, title in ((first, "Первая"), (second, "Вторая"), (third, "Третья")):
        assert piece in body
        assert piece.startswith(b"<item>")
        assert piece.endswith(b"</item>")
        assert title.encode(encoding) in piece


@pytest.mark.parametrize(
    ("text", "kind", "edges"),
    [
        (ATOM, FeedKind.ATOM, ("<entry>", "</entry>")),
        (JSON, FeedKind.JSON, ("{", "}")),
        (SITEMAP, FeedKind.SITEMAP, ("<url>", "</url>")),
        (TELEGRAM, FeedKind.TELEGRAM, ("<div", "</section></body></html>")),
    ],
)
def test_so_has_an_entry_of_any_kind_of_document(text: str, kind: FeedKind, edges: tuple[str, str]) -> None:
    first, second = (piece.decode() for piece in sources(text.encode(), kind, "https://t.me/s/gazeta"))
    assert first in text
    assert second in text
    assert first != second
    assert first.startswith(edges[0])
    assert second.endswith(edges[1])
    assert "/1" in first
    assert kind is FeedKind.SITEMAP or "Вторая" in second


def test_the_first_of_two_that_are_one_article_is_taken() -> None:
    item = "<item><title>{}</title><guid>https://press.example/1</guid></item>"
    body = f"<rss><channel>{item.format('А')}{item.format('Б')}</channel></rss>".encode()
    entry = Entry(keys=("g:https://press.example/1",), url="https://press.example/1", title="А")
    assert entry_source([b"<rss/>", body], entry) == item.format("А").encode()


@pytest.mark.parametrize(
    "body",
    [
        b"<rss><item><link>https://press.example/11</link></item></rss>",
        b"<rss><item>https://press.example/1 a</item><item>https://press.example/1 b</item></rss>",
        b"<rss><item><link>https://press.example/1</link>" + bytes(LONGEST) + b"</item></rss>",
        b"<html><a href='/1'>listing</a></html>",
        b'{"items": [',
        b'{"items": [{"url": "https://press.example/1"',
        b"",
    ],
)
def test_what_is_not_surely_its_own_is_left_out(body: bytes) -> None:
    entry = Entry(keys=("u:https://press.example/1",), url="https://press.example/1", title="А")
    assert entry_source([body], entry) == b""


@given(
    body=st.one_of(st.binary(max_size=200), st.text('<>/itemurlentry{}[]:"&1 ', max_size=200).map(str.encode)),
    url=st.text(max_size=30),
    keys=st.lists(st.text(max_size=10).map("g:".__add__), max_size=2),
)
def test_a_piece_is_always_of_the_document(body: bytes, url: str, keys: list[str]) -> None:
    piece = entry_source([body], Entry(keys=tuple(keys), url=url, title=""))
    assert piece in body
