"""The quick reader (lxml) and the patient one (feedparser) see the same entries in a well-formed feed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.sources.feeds import fast_xml, lenient
from monitor.sources.feeds.entry_keys import Draft
from monitor.sources.feeds.repair import prepare
from monitor.sources.feeds.syndication import draft
from tests.factories import NOW
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


def drafts_of(document: bytes) -> tuple[list[Draft], list[Draft]]:
    source = prepare(document.decode(), name="").encode()
    quick, patiently = fast_xml.read(source), lenient.read(source, url=BASE, name="")
    assert quick is not None, "a well-formed feed with entries must not need the patient reader"
    return [draft(raw, BASE, "UTC", NOW) for raw in quick], [draft(raw, BASE, "UTC", NOW) for raw in patiently]


@pytest.mark.parametrize("build", [rss, atom])
@given(told=st.lists(items, min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_both_readers_agree(build: Callable[[list[Item]], bytes], told: list[Item]) -> None:
    quick, patiently = drafts_of(build(told))

    assert quick == patiently


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
def test_both_readers_agree_among_other_vocabularies(told: list[tuple[str, int, list[str], int]], shape: str) -> None:
    entries = "".join(
        f'<item rdf:about="https://news.example/{number}">'
        + among(f"<title>Т{title}</title>", f"<link>https://news.example/{number}</link>", others, place)
        + "</item>"
        for title, number, others, place in told
    )
    document = f"<rss version='2.0' {NAMESPACES}><channel>{entries}</channel></rss>"
    if shape == "rdf":
        document = f"<rdf:RDF xmlns='http://purl.org/rss/1.0/' {NAMESPACES}><channel/>{entries}</rdf:RDF>"
    quick, patiently = drafts_of(document.encode())

    assert _named(quick) == _named(patiently)


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
    told: list[tuple[str, int, list[str], int]], kind: str
) -> None:
    entries = "".join(
        "<entry>"
        + among(f"<title {kind}>Т{title}</title>", f'<link href="/{number}"/>', others, place)
        + f"<id>urn:{number}</id></entry>"
        for title, number, others, place in told
    )
    quick, patiently = drafts_of(f"<feed xmlns='http://www.w3.org/2005/Atom' {NAMESPACES}>{entries}</feed>".encode())

    assert _named(quick) == _named(patiently)


def _named(drafts: list[Draft]) -> list[tuple[str, str, str, datetime | None]]:
    return [(one.title, one.url, one.guid, one.published_at) for one in drafts]


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
