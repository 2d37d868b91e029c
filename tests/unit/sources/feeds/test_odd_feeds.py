"""Feeds that say what they mean in unusual places."""

import json
from datetime import UTC, datetime

import pytest

from monitor.models.feeds import Entry, FeedKind, Fetched
from monitor.sources.feeds import sitemap, telegram_preview
from monitor.sources.feeds.parse import parse as parse_any
from monitor.sources.feeds.syndication import parse
from tests.factories import NOW
from tests.factories import feed as a_feed
from tests.samples.feeds import rss

URL = "https://vesti.example/rss"
TEXT = "Казахстан согласился на экстрадицию Сидорова, сообщила его защита утром."


def entries(body: str) -> tuple[Entry, ...]:
    return parse(body.encode(), content_type="", url=URL, tz="UTC", now=NOW).entries


def only(inner: str) -> Entry:
    (entry,) = entries(rss(inner))
    return entry


def atom(inner: str) -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Вести</title><entry>{inner}</entry></feed>'


@pytest.mark.parametrize("of_type", ["text/html; charset=utf-8", "TEXT/HTML", "text/markdown", "text/x-unknown", ""])
def test_a_text_is_read_whatever_type_it_bears(of_type: str) -> None:
    (entry,) = entries(
        atom(f'<title>А</title><link href="/1"/><id>urn:1</id><content type="{of_type}">{TEXT}</content>')
    )
    assert entry.content == TEXT


def test_a_text_in_xml_is_read() -> None:
    content = f'<content type="application/xml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{TEXT}</p></div></content>'
    (entry,) = entries(atom(f'<title>А</title><link href="/1"/><id>urn:1</id>{content}'))
    assert entry.content == TEXT


def test_a_link_to_a_page_may_name_its_charset() -> None:
    (entry,) = entries(atom('<title>А</title><id>urn:1</id><link type="text/html; charset=utf-8" href="/1"/>'))
    assert entry.url == "https://vesti.example/1"


@pytest.mark.parametrize(
    "file",
    [
        '<enclosure url="/audio/6.mp3" type="audio/mpeg" length="1"/>',
        '<media:content xmlns:media="http://search.yahoo.com/mrss/" url="/audio/6.mp3"/>',
    ],
)
def test_an_entry_without_an_address_stands_in_its_file(file: str) -> None:
    assert only(f"<title>А</title><guid isPermaLink='false'>6</guid>{file}").url == "https://vesti.example/audio/6.mp3"
    assert only(f"<title>А</title><link>/6</link>{file}").url == "https://vesti.example/6"


def test_an_entry_may_stand_where_its_content_lies() -> None:
    (entry,) = entries(atom('<title>А</title><id>urn:1</id><content type="text/html" src="/1"/>'))
    assert entry.url == "https://vesti.example/1"


def test_a_counter_of_clicks_names_the_article() -> None:
    origin = '<f:origLink xmlns:f="http://rssnamespace.org/feedburner/ext/1.0">https://v.kz/1</f:origLink>'
    assert only(f"<title>А</title><link>https://feedproxy.example/~r/1</link>{origin}").url == "https://v.kz/1"


@pytest.mark.parametrize("name", ["date", "issued", "created", "modified"])
def test_dates_of_dublin_core_terms_are_read(name: str) -> None:
    date = f'<d:{name} xmlns:d="http://purl.org/dc/terms/">2026-11-19T10:00:00Z</d:{name}>'
    assert only(f"<title>А</title><link>/1</link>{date}").published_at == datetime(2026, 11, 19, 10, tzinfo=UTC)


def test_one_guid_and_one_address_for_different_news_are_no_identity() -> None:
    item = "<item><title>Новость {0}</title><link>/news</link><guid>1</guid><pubDate>{1}</pubDate></item>"
    dated = "".join(item.format(number, f"1{number} Nov 2026 10:00:00 GMT") for number in range(4))
    undated = "".join(item.format(number, "") for number in range(4))
    for items in (dated, undated):
        assert len(entries(f"<rss><channel>{items}</channel></rss>")) == 4
    mended = item.format("один", "10 Nov 2026 10:00:00 GMT") + item.format("один.", "10 Nov 2026 10:00:00 GMT")
    assert len(entries(f"<rss><channel>{mended}</channel></rss>")) == 1


def test_identities_can_be_stored() -> None:
    body = json.dumps({"items": [{"id": "a\ud83d\x00b", "title": "t\ud83d", "url": "https://v.kz/1\ud83d"}]})
    (entry,) = entries(body)
    assert (entry.keys, entry.url, entry.title) == (("g:ab", "u:https://v.kz/1"), "https://v.kz/1", "t")


def test_a_doctype_of_pages_makes_no_page() -> None:
    assert len(entries("<!DOCTYPE html>" + atom('<title>А</title><link href="/1"/><id>urn:1</id>'))) == 1


def test_a_title_that_says_nothing_gives_way_to_the_text() -> None:
    entry = only("<title>⚡️⚡️⚡️</title><link>/1</link><description>#новости&lt;br&gt;Алимова выдали</description>")
    assert entry.title == "Алимова выдали"
    assert only("<title>⚡️</title><link>/1</link>").title == "⚡️"


@pytest.mark.parametrize("first", ["⚡️⚡️⚡️", "🇰🇿", "#новости #Алматы", "@kanal", "— — —"])
def test_a_post_is_named_by_the_first_line_that_speaks(first: str) -> None:
    html = (
        '<div class="tgme_widget_message" data-post="kanal/1"><div class="tgme_widget_message_text js-message_text">'
        f"{first}<br/><br/>Алимова выдали</div></div>"
    )
    (entry,) = telegram_preview.parse(html.encode(), url="https://t.me/s/kanal", now=NOW).entries
    assert entry.title == "Алимова выдали"


def test_one_title_for_all_entries_is_a_fault_with_a_name() -> None:
    def problems(titles: list[str]) -> str:
        items = [f"<item><title>{title}</title><link>/{number}</link></item>" for number, title in enumerate(titles)]
        body = f"<rss><channel>{''.join(items)}</channel></rss>".encode()
        return " ".join(parse_any(a_feed(), Fetched(url=URL, body=body), now=NOW).problems)

    assert "«Новости»" in problems(["Новости"] * 12)
    assert "заголов" not in problems(["Новости"] * 11 + ["Суд"]) + problems(["Новости"])


def test_credentials_in_an_address_are_nobodys_to_see() -> None:
    assert only("<title>А</title><link>https://me:secret@v.kz/1@2</link>").url == "https://v.kz/1@2"


def test_an_index_of_sitemaps_that_leads_nowhere_is_named() -> None:
    def read(*addresses: str) -> tuple[tuple[str, ...], bool]:
        inner = "".join(f"<sitemap><loc>{address}</loc></sitemap>" for address in addresses)
        body = f"<sitemapindex>{inner}</sitemapindex>".encode()
        parsed = sitemap.parse(body, content_type="", url="https://v.kz/sitemap.xml", tz="UTC", now=NOW)
        return parsed.further, bool(parsed.problems)

    assert read() == ((), True)
    assert read("https://v.kz/sitemap.xml") == ((), True)
    assert read("http://www.v.kz/sitemap.xml", "https://v.kz/1.xml") == (("https://v.kz/1.xml",), False)


def test_a_page_lists_articles_in_either_spelling_of_its_host() -> None:
    link = '<a href="https://xn--80ad6abdbvi3j.xn--p1ai/news/12345-delo">Казахстан выдал активиста Алимова ночью</a>'
    page = Fetched(url="https://новостная.рф/", body=f"<html><body>{link}</body></html>".encode())
    assert len(parse_any(a_feed(kind=FeedKind.HTML), page, now=NOW).entries) == 1
