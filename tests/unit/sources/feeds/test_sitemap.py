import gzip
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import ParseError, ParseFailure
from monitor.models.feeds import CUT_OFF, ParsedFeed
from monitor.sources.feeds.sitemap import parse
from tests.factories import NOW
from tests.harness.cpu import cpu_at_most

URL = "https://vesti.example/sitemap.xml"
NEWS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def read(body: bytes | str) -> ParsedFeed:
    encoded = body.encode() if isinstance(body, str) else body
    return parse(encoded, content_type="", url=URL, tz="Asia/Almaty", now=NOW, name="Вести")


def page(path: str, inner: str = "") -> str:
    return f"<url><loc>https://vesti.example{path}</loc>{inner}</url>"


def news(title: str, date: str) -> str:
    return (
        "<news:news><news:publication><news:name>Вести</news:name><news:language>ru</news:language></news:publication>"
        f"<news:publication_date>{date}</news:publication_date><news:title>{title}</news:title></news:news>"
    )


def urlset(*pages: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {NEWS}>{"".join(pages)}</urlset>'


def index(*documents: str) -> str:
    return f"<sitemapindex {NEWS}>{''.join(f'<sitemap>{one}</sitemap>' for one in documents)}</sitemapindex>"


def test_a_news_sitemap_is_read_whole() -> None:
    (entry,) = read(
        urlset(page("/a/1?x=1&amp;y=2", news("Суд &amp;quot;отпустил&amp;quot;", "2026-11-20T10:00:00+05:00")))
    ).entries
    assert entry.title == 'Суд "отпустил"'
    assert entry.url == "https://vesti.example/a/1?x=1&y=2"
    assert entry.keys == ("u:https://vesti.example/a/1?x=1&y=2",)
    assert entry.published_at == datetime(2026, 11, 20, 5, tzinfo=UTC)


SUD = news("Суд", "2026-11-20")
PLAIN = urlset(page("/1", SUD))
IN_CDATA = SUD.replace("Суд", "<![CDATA[Суд]]>")
LOC_IN_CDATA = f"<url><loc> <![CDATA[http://www.vesti.example/1]]>\n</loc>{news('Суд', '20.11.2026')}</url>"
PICTURE = "<i:image><i:loc>https://cdn.example/1.jpg</i:loc><i:title>Фото</i:title></i:image>"
SPELLINGS = {
    "plain": PLAIN.encode(),
    "prefix": PLAIN.replace("news:", "n:").encode(),
    "no namespace": PLAIN.replace(NEWS, "").replace("news:", "").encode(),
    "cdata": urlset(page("/1", IN_CDATA)).encode(),
    "blanks": urlset(LOC_IN_CDATA).encode(),
    "image": urlset(page("/1", PICTURE + SUD)).encode(),
    "utf-16": PLAIN.encode("utf-16"),
    "cp1251": PLAIN.replace("UTF-8", "windows-1251").encode("cp1251"),
    "gzip": gzip.compress(PLAIN.encode(), mtime=0),
    "cut": PLAIN[:-9].encode(),
    "bare &": PLAIN.replace("</url>", "<priority>1 & 2</priority></url>").encode(),
    "doctype": b"<!-- made by -->\n<!DOCTYPE urlset [<!ENTITY a 'b'>]>" + PLAIN.partition("?>")[2].encode(),
}


@pytest.mark.parametrize("body", SPELLINGS.values(), ids=SPELLINGS)
def test_the_spellings_of_a_sitemap(body: bytes) -> None:
    (entry,) = read(body).entries
    assert (entry.title, entry.keys) == ("Суд", ("u:https://vesti.example/1",))
    assert entry.published_at == datetime(2026, 11, 19, 19, tzinfo=UTC)


def test_lastmod_dates_nothing() -> None:
    (entry,) = read(urlset(page("/1", "<lastmod>2026-11-22</lastmod>"))).entries
    assert (entry.title, entry.published_at) == ("", None)


def test_of_a_large_sitemap_the_newest_are_taken_in_its_order() -> None:
    days = [NOW - timedelta(hours=number) for number in range(1_500)]
    pages = [page(f"/{number}", f"<lastmod>{day.isoformat()}</lastmod>") for number, day in enumerate(days)]
    forward, backward = read(urlset(*pages)).entries, read(urlset(*reversed(pages))).entries
    assert [entry.url.rpartition("/")[2] for entry in forward] == [str(number) for number in range(1_000)]
    assert forward == tuple(reversed(backward))


def test_of_a_large_sitemap_without_dates_both_ends_are_taken() -> None:
    entries = read(urlset(*(page(f"/{number}") for number in range(3_000)))).entries
    assert len(entries) == 1_000
    assert {entries[0].url[-2:], entries[-1].url[-5:]} == {"/0", "/2999"}


def test_an_index_leads_to_its_newest_documents() -> None:
    parsed = read(
        index(
            "<loc>https://vesti.example/s-9.xml</loc><lastmod>2026-11-01</lastmod>",
            "<loc>https://vesti.example/s-10.xml</loc><lastmod>2026-11-22</lastmod>",
            "<loc>/s-1.xml</loc><lastmod>2026-11-20T10:00:00Z</lastmod>",
            "<loc>https://vesti.example/s-2.xml</loc><lastmod>2020-01-01</lastmod>",
        )
    )
    assert parsed.entries == ()
    assert parsed.further == tuple(f"https://vesti.example/s-{number}.xml" for number in (10, 1, 9))


def test_an_index_without_dates_leads_to_the_highest_numbers() -> None:
    documents = [f"<loc>https://vesti.example/posts-2026-{month}.xml.gz</loc>" for month in (9, 10, 11, 8)]
    assert [address.partition("2026-")[2] for address in read(index(*documents)).further] == [
        "11.xml.gz",
        "10.xml.gz",
        "9.xml.gz",
    ]


def test_what_leads_outside_the_web_is_left_out() -> None:
    parsed = read(urlset("<url><loc>javascript:alert(1)</loc></url>", "<url></url>", page("/1")))
    assert [entry.url for entry in parsed.entries] == ["https://vesti.example/1"]
    assert read(index("<loc>file:///etc/passwd</loc>")).further == ()


def test_a_sitemap_that_breaks_off_gives_what_it_has_and_says_so() -> None:
    whole = urlset(page("/1", SUD), page("/2", SUD), page("/3", SUD))
    parsed = read(whole[: whole.rindex("<url>") + 30])
    assert [entry.url[-2:] for entry in parsed.entries][:2] == ["/1", "/2"]
    assert parsed.problems[0].startswith(CUT_OFF)
    assert read(whole).problems == ()


def test_an_empty_sitemap_is_a_value_with_a_problem() -> None:
    assert read(urlset()) == ParsedFeed(entries=(), problems=("в карте сайта нет ни одного адреса",))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<!doctype html><title>404</title>", ParseFailure.HTML),
        (b"<!doctype html><title>Just a moment...</title>", ParseFailure.CHALLENGE),
        (b"<rss><channel/></rss>", ParseFailure.NOT_A_FEED),
        (gzip.compress(urlset(page("/1")).encode(), mtime=0)[:30], ParseFailure.NOT_A_FEED),
        (b"\x1f\x8bnot gzip at all", ParseFailure.NOT_A_FEED),
        (b"", ParseFailure.NOT_A_FEED),
    ],
)
def test_what_is_no_sitemap_is_named(body: bytes, kind: ParseFailure) -> None:
    with pytest.raises(ParseError, match="Вести: ") as caught:
        read(body)
    assert caught.value.kind is kind


def test_a_gzip_bomb_is_cut() -> None:
    bomb = gzip.compress(urlset(page("/1")).encode() + b" " * 200_000_000)
    with cpu_at_most(10):
        assert len(read(bomb).entries) == 1


@pytest.mark.parametrize(
    "hostile",
    [
        urlset(*(page(f"/{number}") for number in range(60_000))),
        urlset("<url>" * 100_000),
        urlset("<url " + " ".join(f'a{number}="1"' for number in range(100_000)) + "><loc>/1</loc></url>"),
        '<!DOCTYPE urlset [<!ENTITY a "' + "a" * 9_999 + '">]>' + urlset(page("/&a;" * 5_000)),
    ],
    ids=["many", "nest", "attributes", "entities"],
)
def test_hostile_sitemaps_end_soon(hostile: str) -> None:
    with cpu_at_most(10):
        read(hostile)


@given(st.text(alphabet="<>/urlocnews:?!&; \n", max_size=80), st.binary(max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_inside_is_entries_or_a_named_failure(inside: str, tail: bytes) -> None:
    try:
        parsed = read(f"<urlset {NEWS}>{inside}".encode() + tail)
    except ParseError:
        return
    assert all(entry.url and entry.keys for entry in parsed.entries)
