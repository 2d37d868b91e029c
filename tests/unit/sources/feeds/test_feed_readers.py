"""The quick reader (lxml) sees what feedparser sees in every feed it is sure of; each difference is named here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.sources.feeds import fast_xml, lenient
from monitor.sources.feeds.entry_keys import Draft
from monitor.sources.feeds.repair import prepare
from monitor.sources.feeds.syndication import draft
from monitor.text import charsets
from tests.factories import NOW
from tests.samples.feeds import ATOM, BROKEN, SHAPES
from tests.servers.web import Item, atom, rss

BASE = "https://news.example/feed"
WORDS = st.text(alphabet="абвгд ЖЗқғ&<>\"'«»—.!? 0129", max_size=40).map(str.strip)
TITLES = WORDS.map("Т{}".format)  # without a title, the quick reader hands back
items = st.builds(
    Item,
    title=TITLES,
    link=st.integers(1, 99).map("https://news.example/{}?a=1&b=2".format),
    guid=st.none() | st.integers(1, 99).map("tag:{}".format),
    description=WORDS.map("Коротко {}".format),  # without one, feedparser repeats the content
    content=WORDS.map("<p>{}</p>".format),
    published=st.none()
    | st.integers(0, 10_000).map(lambda minutes: datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=minutes)),
)


def readings(document: bytes) -> tuple[list[Draft] | None, list[Draft]]:
    """The entries as the quick reader gives them (None: it hands back) and as feedparser does."""
    source = prepare(charsets.decode(document), name="")
    quick, lenient_entries = fast_xml.read(source), lenient.read(source, url=BASE, name="")
    return None if quick is None else drafts(quick), drafts(lenient_entries)


def drafts(entries: Sequence[Mapping[str, Any]]) -> list[Draft]:
    return [draft(raw, BASE, "UTC", NOW) for raw in entries]


def sure_readings(document: bytes) -> tuple[list[Draft], list[Draft]]:
    quick, lenient_entries = readings(document)
    assert quick is not None, "a well-formed feed with entries must not need feedparser"
    return quick, lenient_entries


SAMPLES = [*BROKEN, *(shape.encode() for shape in SHAPES if shape[0] == "<")]


def test_both_readers_agree_on_every_sample_feed() -> None:
    sure = [(quick, other) for quick, other in map(readings, SAMPLES) if quick]

    assert [quick for quick, _ in sure] == [other for _, other in sure]
    assert len(SAMPLES) / 2 < len(sure) < len(SAMPLES)


@pytest.mark.parametrize("build", [rss, atom])
@given(news=st.lists(items, min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_both_readers_agree(build: Callable[[list[Item]], bytes], news: list[Item]) -> None:
    quick, lenient_entries = sure_readings(build(news))

    assert quick == lenient_entries


NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
    ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:a="http://www.w3.org/2005/Atom"'
    ' xmlns:x="http://elsewhere.example/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
)
WRITTEN = st.one_of(WORDS.map(escape), WORDS.map(lambda text: escape(f"<b>{escape(text)}</b>")), WORDS.map(
    lambda text: f"<![CDATA[{text}]]>"
))  # fmt: skip
COMMON = st.one_of(
    st.just("<!-- между делом -->"),
    WORDS.map(lambda text: f"<media:description>{escape(text)}</media:description>"),
    WORDS.map(lambda text: f"<x:title>{escape(text)}</x:title>"),
    WORDS.map(lambda text: f"<dc:creator>{escape(text)}</dc:creator>"),
    st.just('<media:content url="https://cdn.example/1.jpg"/>'),
    st.just("<category>Суды</category>"),
)
OF_RSS = st.one_of(
    COMMON,
    WORDS.map(lambda text: f"<itunes:subtitle>{escape(text)}</itunes:subtitle>"),
    st.just('<enclosure url="https://cdn.example/1.mp3" type="audio/mpeg" length="1"/>'),
    st.just('<source url="https://other.example/rss">Другие</source>'),
    st.just('<a:link rel="replies" href="https://news.example/replies"/>'),
    st.just("<comments>https://news.example/comments</comments>"),
    st.integers(1, 28).map(lambda day: f"<dc:date>2026-10-{day:02}T10:00:00+05:00</dc:date>"),
)
OF_ATOM = st.one_of(
    COMMON,
    st.just('<a:link rel="self" href="https://news.example/self"/>'),
    st.just('<a:link rel="enclosure" href="https://cdn.example/1.mp3"/>'),
    st.just("<a:author><a:name>Имя</a:name></a:author>"),
    st.just("<a:source><a:title>Другие</a:title><a:id>urn:other</a:id></a:source>"),
)


def element_name(element: str) -> str:
    """One of a kind in an entry: which of two dates counts, each reader decides for itself."""
    return element.partition(" ")[0].partition(">")[0]


def among(title: str, link: str, others: list[str], place: int) -> str:
    """The fields of an entry with others around them."""
    fields = [*others]
    fields.insert(place % (len(fields) + 1), title)
    fields.insert(place % (len(fields) + 2), link)
    return "".join(fields)


@given(
    st.lists(
        st.tuples(WRITTEN, st.integers(1, 99), st.lists(OF_RSS, max_size=4, unique_by=element_name), st.integers(0, 9)),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from(["rss", "rdf"]),
)
@settings(max_examples=80, deadline=None)
def test_both_readers_agree_among_other_vocabularies(news: list[tuple[str, int, list[str], int]], shape: str) -> None:
    entries = "".join(
        f'<item rdf:about="https://news.example/{number}">'
        + among(f"<title>Т{title}</title>", f"<link>https://news.example/{number}</link>", others, place)
        + "</item>"
        for title, number, others, place in news
    )
    document = f"<rss version='2.0' {NAMESPACES}><channel>{entries}</channel></rss>"
    if shape == "rdf":
        document = f"<rdf:RDF xmlns='http://purl.org/rss/1.0/' {NAMESPACES}><channel/>{entries}</rdf:RDF>"
    quick, lenient_entries = sure_readings(document.encode())

    assert _named(quick) == _named(lenient_entries)


@given(
    st.lists(
        st.tuples(
            WRITTEN, st.integers(1, 99), st.lists(OF_ATOM, max_size=4, unique_by=element_name), st.integers(0, 9)
        ),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from(["", 'type="text"', 'type="html"']),
)
@settings(max_examples=80, deadline=None)
def test_both_readers_agree_in_atom_among_other_vocabularies(
    news: list[tuple[str, int, list[str], int]], kind: str
) -> None:
    entries = "".join(
        "<entry>"
        + among(f"<title {kind}>Т{title}</title>", f'<link href="/{number}"/>', others, place)
        + f"<id>urn:{number}</id></entry>"
        for title, number, others, place in news
    )
    quick, lenient_entries = sure_readings(
        f"<feed xmlns='http://www.w3.org/2005/Atom' {NAMESPACES}>{entries}</feed>".encode()
    )

    assert _named(quick) == _named(lenient_entries)


def _named(drafts: list[Draft]) -> list[tuple[str, str, str, datetime | None]]:
    return [(one.title, one.url, one.guid, one.published_at) for one in drafts]


TEXT, OTHER = "Суд в Актау", "Суд в Уральске"
DAY, DAY_BEFORE = datetime(2026, 10, 2, 5, tzinfo=UTC), datetime(2026, 10, 1, 5, tzinfo=UTC)
DATE, DATE_BEFORE = "2026-10-02T10:00:00+05:00", "2026-10-01T10:00:00+05:00"
RSS_ITEM = f"<rss {NAMESPACES}><channel><item><title>{TEXT}</title><link>/1</link>{{}}</item></channel></rss>"
RDF_ITEM = (
    f'<rdf:RDF xmlns="http://purl.org/rss/1.0/" {NAMESPACES}><item rdf:about="urn:1"><title>{TEXT}</title>'
    "<link>/1</link>{}</item></rdf:RDF>"
)
ATOM_ENTRY = f'<feed {ATOM} {NAMESPACES}><entry><title>{TEXT}</title><link href="/1"/>{{}}</entry></feed>'
HERE = "https://news.example/1"


@pytest.mark.parametrize(
    ("frame", "inner", "field", "ours", "of_feedparser"),
    [
        pytest.param(
            RSS_ITEM, "<guid>abc</guid>", "guid", "abc", "https://news.example/abc",
            id="a guid is an identity as the feed wrote it, wherever the feed moves; feedparser makes it an address",
        ),
        pytest.param(
            ATOM_ENTRY, "<id>abc</id>", "guid", "abc", "https://news.example/abc",
            id="an id of Atom as well",
        ),
        pytest.param(
            RSS_ITEM, '<guid isPermaLink="false">1</guid><guid isPermaLink="false">2</guid>', "guid", "1", "2",
            id="of two guids the first is the entry's; feedparser takes the last",
        ),
        pytest.param(
            RDF_ITEM, '<guid isPermaLink="false">1</guid>', "guid", "urn:1", "1",
            id="the identity of RSS 1.0 is rdf:about, guid is no word of it",
        ),
        pytest.param(
            ATOM_ENTRY, f"<content>{TEXT}</content>", "summary", "", TEXT,
            id="a feed without summaries has none; feedparser repeats the content",
        ),
        pytest.param(
            RSS_ITEM, f"<media:description>{TEXT}</media:description>", "summary", "", TEXT,
            id="the caption of a picture is no summary of the article",
        ),
        pytest.param(
            RSS_ITEM, f"<description>{TEXT}</description><dc:description>{OTHER}</dc:description>",
            "content", "", OTHER,
            id="a summary in a second vocabulary is not the article's text",
        ),
        pytest.param(
            ATOM_ENTRY, '<content type="image/png">aGVsbG8=</content>', "content", "", "hello",
            id="a picture packed in letters is no text",
        ),
        pytest.param(
            RSS_ITEM, f'<z:full-text xmlns:z="https://news.yandex.ru">{TEXT}</z:full-text>', "content", TEXT, "",
            id="a full text for Yandex is one under any prefix; feedparser knows the usual one",
        ),
        pytest.param(
            RSS_ITEM, '<a:link href="/2"/>', "url", HERE, "https://news.example/2",
            id="an item's own link counts, not that of Atom after it",
        ),
        pytest.param(
            RSS_ITEM, "<author><link>/2</link></author>", "url", HERE, "https://news.example/2",
            id="the link of an author is not the article's",
        ),
        pytest.param(
            RSS_ITEM.replace("<title>", f"<dc:title>{OTHER}</dc:title><title>"), "", "title", TEXT, OTHER,
            id="an item's own title counts, not that of Dublin Core before it",
        ),
        pytest.param(
            RSS_ITEM,
            "<pubDate>2 Oct 2026 10:00 +0500</pubDate><pubDate>1 Oct 2026 10:00 +0500</pubDate>",
            "published_at", DAY, DAY_BEFORE,
            id="of two dates the first is the entry's; feedparser takes the last",
        ),
        pytest.param(
            ATOM_ENTRY, f"<updated>{DATE}</updated><dc:date>{DATE_BEFORE}</dc:date>", "published_at", DAY, DAY_BEFORE,
            id="an entry's own date counts, not that of Dublin Core after it",
        ),
    ],
)  # fmt: skip
def test_where_the_readers_differ_ours_is_right(
    frame: str, inner: str, field: str, ours: object, of_feedparser: Any
) -> None:
    (quick,), (other,) = sure_readings(frame.format(inner).encode())

    assert (getattr(quick, field), getattr(other, field)) == (ours, of_feedparser)
    assert replace(quick, **{field: of_feedparser}) == other, "nothing else differs"


@pytest.mark.parametrize(
    "document",
    [
        b"<rss><channel><item><title>a</title></channel></rss>",
        b"<rss><channel><title>a</title></channel></rss>",
        b"<opml><item><title>a</title><link>/1</link></item></opml>",
        b"<rss><channel><item><title>a</title></item></channel></rss>",
        b"<rss><channel><item><link>/1</link></item></channel></rss>",
        b'<rss xml:base="/a/"><channel><item><title>a</title><link>1</link></item></channel></rss>',
        b'<rss><channel><item><title mode="base64">0KHRg9C0</title><link>1</link></item></channel></rss>',
    ],
    ids=["ill-formed", "empty", "another shape", "no address", "no title", "a base", "base64"],
)
def test_the_quick_reader_hands_back_what_it_is_not_sure_of(document: bytes) -> None:
    assert fast_xml.read(document) is None


@pytest.mark.parametrize(
    ("frame", "inner", "field", "value"),
    [
        (RSS_ITEM, f'<t:issued xmlns:t="http://purl.org/dc/terms/">{DATE}</t:issued>', "published_at", DAY),
        (RSS_ITEM, "<pubdate>2 Oct 2026 10:00 +0500</pubdate>", "published_at", DAY),
        (RSS_ITEM, f"<pubDate/><a:updated>{DATE}</a:updated>", "published_at", DAY),
        (ATOM_ENTRY, f"<issued>{DATE}</issued>", "published_at", DAY),
        (RSS_ITEM, '<Guid isPermaLink="false">7</Guid>', "guid", "7"),
        (RSS_ITEM, f"<itunes:summary>{OTHER}</itunes:summary>", "summary", OTHER),
        (RSS_ITEM, f"<dc:description>{OTHER}</dc:description>", "summary", OTHER),
        (RSS_ITEM, f'<description mode="escaped">{OTHER}</description>', "summary", OTHER),
        (RSS_ITEM, f"<description>Кратко</description><body>{OTHER}</body>", "content", OTHER),
        (RSS_ITEM, f"<description>Кратко</description><content>{OTHER}</content>", "content", OTHER),
        (
            RSS_ITEM,
            f'<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content">{OTHER}</content:encoded>',
            "content",
            OTHER,
        ),
    ],
)
def test_what_an_entry_says_in_other_words_is_left_to_feedparser(
    frame: str, inner: str, field: str, value: object
) -> None:
    quick, (entry,) = readings(frame.format(inner).encode())

    assert quick is None
    assert getattr(entry, field) == value


def test_a_second_description_is_the_whole_text_for_both_readers() -> None:
    (quick,), (other,) = sure_readings(
        RSS_ITEM.format(f"<description>Кратко</description><description>{OTHER}</description>").encode()
    )

    assert quick == other
    assert (quick.summary, quick.content) == ("Кратко", OTHER)
