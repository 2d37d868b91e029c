"""Every shape that was ever called a feed, as its standard writes it: RSS, Atom, CDF, JSON Feed."""

import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from monitor.errors import ParseError, ParseFailure
from monitor.models.feeds import Entry, ParsedFeed
from monitor.sources.feeds.syndication import parse
from tests.factories import NOW
from tests.harness.cpu import cpu_at_most
from tests.samples.feeds import ATOM, LINK, SHAPES, TITLE, of_rss

BASE = "https://vesti.example/feeds/news.xml"


def read(body: str) -> ParsedFeed:
    return parse(body.encode(), content_type="", url=BASE, tz="Asia/Almaty", now=NOW, name="Вести")


def only(body: str) -> Entry:
    (entry,) = read(body).entries
    return entry


@pytest.mark.parametrize("body", SHAPES)
def test_every_shape_gives_the_title_and_the_address(body: str) -> None:
    entry = only(body)
    assert (entry.title, entry.url) == (TITLE, LINK)


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("5 &lt; 6 &amp; 7", "5 < 6 & 7"),
        ("<![CDATA[5 < 6 & 7]]>", "5 < 6 & 7"),
        ("&lt;i&gt;А&lt;/i&gt; &amp;quot;Б&amp;quot;", 'А "Б"'),
        ("<![CDATA[<b>А</b>&nbsp;Б<br/>В]]>", "А Б В"),
        ("История тега &lt;blink&gt;", "История тега <blink>"),
        ("It&#146;s &#x93;x&#x94; &mdash; &laquo;Ы&raquo;", "It’s “x” — «Ы»"),
        ("&amp;amp;laquo;А&amp;amp;raquo;", "«А»"),
        ("А &unknown; Б & В", "А &unknown; Б & В"),
        ("  А\n\n  Б\t", "А Б"),
        ("А<b>Б</b>", "АБ"),
    ],
)
@pytest.mark.parametrize(
    "frame",
    [
        of_rss("<item><title>{}</title><link>/1</link></item>"),
        "<feed " + ATOM + '><entry><title type="html">{}</title><link href="/1"/></entry></feed>',
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title mode="escaped">{}</title></entry></feed>',
    ],
    ids=["rss", "atom", "atom 0.3"],
)
def test_titles_become_readable(frame: str, written: str, title: str) -> None:
    assert only(frame.format(written)).title == title


def test_titles_of_xhtml_and_of_base64() -> None:
    xhtml = '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Суд &lt; <em>дело</em></div></title>'
    assert only(f"<feed {ATOM}><entry>{xhtml}<id>1</id></entry></feed>").title == "Суд < дело"
    base64 = '<title mode="base64" type="text/plain">0KHRg9C0</title>'
    assert only(f'<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry>{base64}</entry></feed>').title == "Суд"


def json_feed(**item: Any) -> str:
    return json.dumps({"version": "https://jsonfeed.org/version/1", "title": "В", "items": [item]})


def test_a_json_feed_is_read_whole() -> None:
    entry = only(
        json_feed(
            id="77",
            title="Суд &amp; дело",
            url="/a/1",
            summary="Кратко.",
            content_html="<p>Раз.</p><p>Два.</p>",
            date_published="2026-11-20T10:00:00+05:00",
        )
    )
    assert (entry.title, entry.url, entry.keys) == ("Суд & дело", LINK, ("g:77", f"u:{LINK}"))
    assert (entry.summary, entry.content) == ("Кратко.", "Раз.\n\nДва.")
    assert entry.published_at is not None
    assert entry.published_at.isoformat() == "2026-11-20T05:00:00+00:00"


def test_the_plain_text_of_a_json_feed_is_no_html() -> None:
    assert only(json_feed(id="1", content_text="5 < 6 и <b> тоже")).content == "5 < 6 и <b> тоже"


@pytest.mark.parametrize(
    "item", [{"title": None, "url": 5, "id": []}, {"id": True, "content_html": {"a": 1}}, {"tags": "x"}]
)
def test_odd_values_in_json_are_nothing(item: dict[str, Any]) -> None:
    entry = only(json_feed(**item))
    assert entry.title in ("", "5")


@pytest.mark.parametrize("body", ['{"items": 5}', '{"error": "x"}', "{", '{"a":' * 100_000])
def test_json_that_is_no_feed_is_named(body: str) -> None:
    with pytest.raises(ParseError, match="Вести: ") as caught:
        read(body)
    assert caught.value.kind is ParseFailure.NOT_A_FEED


def test_a_sitemap_where_a_feed_should_be_is_told() -> None:
    with pytest.raises(ParseError, match="kind: sitemap"):
        read("<urlset><url><loc>https://vesti.example/1</loc></url></urlset>")


@pytest.mark.parametrize(
    "hostile",
    [
        lambda: (
            '<!DOCTYPE rss [<!ENTITY a "'
            + "x" * 64
            + '">]><rss><channel><item><title>'
            + "&a;" * 250_000
            + "</title></item></channel></rss>"
        ),
        lambda: "<!DOCTYPE rss [" + '<!ENTITY a "x">' * 1_000 + "]><rss><channel/></rss>",
        lambda: "<!--" * 100_000 + "<rss/>",
        lambda: "<rss><channel>" + '<item xml:base="x"><title>t</title></item>' * 1_000 + "</channel></rss>",
        lambda: "<rss><channel><item><title>" + "&lt;b&gt;" * 100_000 + "</title></item></channel></rss>",
        lambda: "<rss><channel><item><title>" + "&amp;" * 100_000 + "lt;</title></item></channel></rss>",
        lambda: json.dumps({"items": [{"id": n, "content_html": "<p>" * 50} for n in range(25_000)]}),
    ],
    ids=["entities", "declarations", "comments", "bases", "tags", "ampersands", "json"],
)
def test_hostile_documents_end_soon(hostile: Callable[[], str]) -> None:
    body = hostile()  # not before: every worker collects them all
    with cpu_at_most(5), contextlib.suppress(ParseError):
        read(body)
