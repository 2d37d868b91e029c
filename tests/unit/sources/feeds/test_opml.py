from contextlib import suppress
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import ParseError, ParseFailure
from monitor.models.feeds import Feed, FeedKind, Fetched
from monitor.sources.feeds import opml, parse
from tests.factories import NOW, feed

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<!-- <rss> stands in a comment -->
<opml version="2.0">
  <head><title>Мои ленты</title></head>
  <body>
    <outline text="Казахстан">
      <outline text="Суды" title="Суды &amp; следствие">
        <outline type="rss" text="Вести" xmlUrl="https://news.example/rss?a=1&amp;b=2" language="ru-KZ"/>
      </outline>
      <outline type="atom" title="Хабар" xmlURL=" https://khabar.example/atom " language="kk"/>
    </outline>
    <outline xmlurl="feed://bare.example/rss"/>
    <outline text="Канал" type="telegram" xmlUrl="feed:https://t.me/s/kanal"/>
    <outline text="Страница" type="link" url="https://site.example/"/>
    <outline text="Пустая папка"/>
  </body>
</opml>
"""


def test_nested_outlines_are_feeds_of_groups() -> None:
    first, second, *rest = opml.read(LIST.encode())

    assert first == feed(name="Вести", url="https://news.example/rss?a=1&b=2", group="Суды & следствие", tz="")
    assert (second.name, second.kind, second.url) == ("Хабар", FeedKind.ATOM, "https://khabar.example/atom")
    assert (second.lang, second.group) == ("kk", "Казахстан")
    assert [(one.name, one.kind, one.url) for one in rest] == [
        ("", FeedKind.RSS, "http://bare.example/rss"),
        ("Канал", FeedKind.TELEGRAM, "https://t.me/s/kanal"),
        ("Страница", FeedKind.RSS, ""),
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "windows-1251", "koi8-r"])
def test_a_list_may_be_in_another_encoding(encoding: str) -> None:
    document = LIST.replace("UTF-8", encoding.removesuffix("-sig")).replace("Қ", "К").encode(encoding)

    assert opml.read(document)[0].name == "Вести"


def test_version_1_with_slips_of_its_writer_is_read() -> None:
    document = '<OPML version="1.0"><body><Outline text="Суд & мы &nbsp; \x07" xmlUrl="https://a.example/?x=1&y=2"></Outline></body></OPML>'

    (only,) = opml.read(document.encode())

    assert (only.name, only.url) == ("Суд & мы", "https://a.example/?x=1&y=2")


def listing(outlines: str) -> bytes:
    return f'<opml version="2.0"><body>{outlines}</body></opml>'.encode()


OUTLINE = '<outline text="x" xmlUrl="https://a.example/rss"/>'
BOMB = (
    '<!DOCTYPE opml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    '<opml><body><outline text="&b;"/></body></opml>'
)


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (BOMB.encode(), "DOCTYPE"),
        (b'<!DOCTYPE opml SYSTEM "file:///etc/passwd"><opml/>', "DOCTYPE"),
        (BOMB.replace("DOCTYPE", "doctype").encode("utf-16"), "DOCTYPE"),
        (listing(OUTLINE) + b" " * opml.LARGEST, "4 МБ"),
        (listing(OUTLINE * (opml.MOST_FEEDS + 1)), "5000"),
        (listing("<outline>" * 5_000 + "</outline>" * 5_000), "вложен"),
        (listing(OUTLINE)[:-20], "испорчен"),
        (b"", "это не OPML"),
        ("Просто текст".encode(), "это не OPML"),
        (b"\x00\x01\x02\xff\xfe", "это не OPML"),
        (b"<html><body><opml></opml></body></html>", "это не OPML"),
        (b"<rss version='2.0'><channel/></rss>", "это не OPML"),
    ],
    ids=["bomb", "doctype", "utf-16 bomb", "large", "many", "deep", "cut", "empty", "text", "bytes", "page", "feed"],
)
def test_what_is_no_sound_list_is_refused_in_words(document: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        opml.read(document)


@settings(max_examples=100, deadline=None)
@given(st.binary() | st.text().map(lambda text: listing(f'<outline text="{text}" xmlUrl="{text}"/>')))
def test_anything_is_read_or_refused(document: bytes) -> None:
    feeds: tuple[Feed, ...] = ()
    with suppress(ValueError):
        feeds = opml.read(document)

    assert all(one.name == one.name.strip() for one in feeds)


names = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(names, st.just("") | names, st.sampled_from(FeedKind), st.sampled_from(["ru", "kk", "both"])))
)
def test_what_is_written_is_read_back(rows: list[tuple[str, str, FeedKind, str]]) -> None:
    feeds = [
        feed(name=name, group=group, kind=kind, lang=lang, url=f"https://a.example/{number}?q=«{name}»&x='\"<>")
        for number, (name, group, kind, lang) in enumerate(rows)
    ]
    document = opml.write(feeds)
    read = opml.read(document.encode())

    assert ET.fromstring(document).tag == "opml"
    assert {one.url for one in read} == {one.url for one in feeds}
    assert {(one.lang, one.kind is FeedKind.TELEGRAM) for one in read} == {
        (one.lang, one.kind is FeedKind.TELEGRAM) for one in feeds
    }


def test_what_is_secret_is_not_written() -> None:
    secret = feed(url="https://user:hush@a.example/rss", proxy="http://user:hush@proxy.example:1", user_agent="hush")

    assert "hush" not in opml.write([secret])


@pytest.mark.parametrize("kind", [kind for kind in FeedKind if kind is not FeedKind.TELEGRAM])
def test_a_list_in_the_place_of_a_feed_is_a_failure_of_its_own(kind: FeedKind) -> None:
    answer = Fetched(url="https://a.example/feed", body=LIST.encode(), content_type="text/xml")

    with pytest.raises(ParseError, match=r"OPML.*monitor feeds import") as caught:
        parse.parse(feed(kind=kind, url=answer.url), answer, now=NOW)

    assert caught.value.kind is ParseFailure.OPML
    assert parse.recognise(answer) is None
