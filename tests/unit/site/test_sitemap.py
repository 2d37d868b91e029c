from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from monitor.site.outputs.sitemap import MOST_ADDRESSES, SitePage, sitemap
from monitor.site.page import Page
from monitor.sources.feeds import sitemap as reader
from tests.factories.site_stories import ADDRESS, about_of

NOW = datetime(2026, 12, 1, tzinfo=UTC)
S = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
X = "{http://www.w3.org/1999/xhtml}"


def made(pages: list[SitePage], address: str = ADDRESS) -> list[Page]:
    return list(sitemap(pages, about_of(address)))


def test_every_page_in_three_languages_that_name_each_other() -> None:
    (page,) = made([SitePage("index.html", NOW), SitePage("story/17.html", NOW), SitePage("about.html")])

    assert page.path == "sitemap.xml"
    urls = ET.fromstring(page.body).findall(f"{S}url")
    addresses = [url.findtext(f"{S}loc") for url in urls]
    assert addresses == [
        *(ADDRESS, f"{ADDRESS}kk/", f"{ADDRESS}en/"),
        *(f"{ADDRESS}{edition}story/17.html" for edition in ("", "kk/", "en/")),
        *(f"{ADDRESS}{edition}about.html" for edition in ("", "kk/", "en/")),
    ]
    for url in urls[3:6]:
        alternates = {link.get("hreflang"): link.get("href") for link in url.findall(f"{X}link")}
        assert alternates == {
            "ru": f"{ADDRESS}story/17.html",
            "kk": f"{ADDRESS}kk/story/17.html",
            "en": f"{ADDRESS}en/story/17.html",
            "x-default": f"{ADDRESS}story/17.html",
        }
    assert [url.findtext(f"{S}lastmod") for url in urls] == ["2026-12-01T00:00:00Z"] * 6 + [None] * 3


def test_no_address_no_sitemap() -> None:
    assert made([SitePage("story/17.html", NOW)], address="") == []


def test_many_addresses_are_several_documents_and_their_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """The largest document is made once: a list that is longer by a page is one of few, and asked the same."""
    (largest,) = made([SitePage(f"story/{number}.html", NOW) for number in range(MOST_ADDRESSES // 3)])
    monkeypatch.setattr("monitor.site.outputs.sitemap.MOST_ADDRESSES", 30)
    *documents, index = made([SitePage(f"story/{number}.html", NOW) for number in range(11)])

    assert largest.body.count(b"<loc>") == MOST_ADDRESSES
    assert len(largest.body) < 50_000_000
    assert [page.path for page in documents] == ["sitemap-1.xml", "sitemap-2.xml"]
    assert [page.body.count(b"<loc>") for page in documents] == [30, 3]
    assert index.path == "sitemap.xml"
    assert b"<loc>https://archive.example/sitemap-2.xml</loc>" in index.body
    assert len(made([SitePage(f"story/{number}.html") for number in range(10)])) == 1


def test_our_own_reader_reads_it() -> None:
    (page,) = made([SitePage("story/1&2.html", NOW)], address="https://архив.example/новости/")

    parsed = reader.parse(page.body, content_type="", url="https://архив.example/sitemap.xml", tz="UTC", now=NOW)
    assert [entry.url for entry in parsed.entries] == [
        f"https://архив.example/новости/{edition}story/1&2.html" for edition in ("", "kk/", "en/")
    ]
