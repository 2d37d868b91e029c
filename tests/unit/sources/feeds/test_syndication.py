from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import ParseError, ParseFailure
from monitor.models.feeds import CUT_OFF, Entry, Feed, FeedKind, Fetched, ParsedFeed
from monitor.sources.feeds import fast_xml
from monitor.sources.feeds.parse import parse as parse_any
from monitor.sources.feeds.syndication import parse
from tests.factories import NOW
from tests.harness.cpu import cpu_at_most
from tests.samples.feeds import BROKEN, FIELDS, TITLE, rss
from tests.servers.web import Item
from tests.servers.web import atom as build_atom
from tests.servers.web import rss as build_rss

URL = "https://vesti.example/rss"


def read(body: bytes | str, *, content_type: str = "", tz: str = "Asia/Almaty") -> ParsedFeed:
    encoded = body.encode() if isinstance(body, str) else body
    return parse(encoded, content_type=content_type, url=URL, tz=tz, now=NOW, name="Вести")


def only(body: bytes | str) -> Entry:
    (entry,) = read(body).entries
    return entry


def failure(body: bytes | str) -> ParseFailure:
    with pytest.raises(ParseError) as caught:
        read(body)
    assert str(caught.value).startswith("Вести: ")
    return caught.value.kind


def test_an_rss_item_is_read_whole() -> None:
    item = (
        f"<title>{TITLE}</title><link> /a/1?utm_source=rss </link><guid isPermaLink='false'>77</guid>"
        "<pubDate>Fri, 20 Nov 2026 10:00:00 +0500</pubDate><description>&lt;p&gt;Кратко.&lt;/p&gt;</description>"
        "<content:encoded><![CDATA[<p>Первый абзац.</p><p>Второй.</p>]]></content:encoded>"
    )
    assert only(rss(item)) == Entry(
        keys=("g:77", "u:https://vesti.example/a/1"),
        url="https://vesti.example/a/1?utm_source=rss",
        title=TITLE,
        summary="Кратко.",
        content="Первый абзац.\n\nВторой.",
        published_at=datetime(2026, 11, 20, 5, tzinfo=UTC),
    )


def test_an_atom_entry_is_read_whole() -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:f</id><title>Вести</title><entry><id>urn:1</id>'
        f'<title type="html">{TITLE} &amp;laquo;Х&amp;raquo;</title><link rel="alternate" href="https://vesti.example/a/1"/>'
        '<link rel="enclosure" href="https://vesti.example/x.jpg"/><published>2026-11-20T10:00:00+05:00</published>'
        "<updated>2026-11-21T10:00:00Z</updated><summary>Кратко.</summary>"
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Раз.</p><p>Два.</p></div></content>'
        "</entry></feed>"
    )
    assert only(body) == Entry(
        keys=("g:urn:1", "u:https://vesti.example/a/1"),
        url="https://vesti.example/a/1",
        title=f"{TITLE} «Х»",
        summary="Кратко.",
        content="Раз.\n\nДва.",
        published_at=datetime(2026, 11, 20, 5, tzinfo=UTC),
    )


def test_rss_1_0_and_yandex_full_text() -> None:
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>В</title></channel>'
        f'<item rdf:about="https://vesti.example/1"><title>{TITLE}</title><link>https://vesti.example/1</link>'
        "<dc:date>2026-11-20T10:00:00+05:00</dc:date></item></rdf:RDF>"
    )
    assert only(rdf).published_at == datetime(2026, 11, 20, 5, tzinfo=UTC)
    item = f"<title>{TITLE}</title><link>https://vesti.example/1</link><yandex:full-text>Весь текст.</yandex:full-text>"
    assert only(rss(item)).content == "Весь текст."


@pytest.mark.parametrize("body", BROKEN)
def test_the_broken_feeds_of_this_press_are_read(body: bytes) -> None:
    entry = only(body)
    assert entry.title == TITLE
    assert entry.keys == ("u:https://vesti.example/a/1",)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("", ParseFailure.NOT_A_FEED),
        ("{}", ParseFailure.NOT_A_FEED),
        ("технические работы", ParseFailure.NOT_A_FEED),
        ("<?xml version='1.0'?><urlset><url/></urlset>", ParseFailure.NOT_A_FEED),
        ("<!doctype html><html><body><p>Главная</p></body></html>", ParseFailure.HTML),
        ("<html><head><title>Вести</title><p>о формате <rss >", ParseFailure.HTML),
        ("<!doctype html><title>Just a moment...</title>", ParseFailure.CHALLENGE),
        (rss(FIELDS.replace("на", "И")).encode().decode("cp1251", "ignore"), ParseFailure.MOJIBAKE),
        (rss(FIELDS).encode("cp1251").decode("latin-1"), ParseFailure.MOJIBAKE),
    ],
)
def test_what_is_no_feed_is_named(body: str, kind: ParseFailure) -> None:
    assert failure(body) is kind


@pytest.mark.parametrize("build", [build_rss, build_atom])
def test_the_quick_and_the_lenient_reader_agree(build: Callable[[list[Item]], bytes]) -> None:
    item = Item(
        title='Суд & "дело"',
        link="https://v.kz/1?a=1&b=2",
        guid="urn:77",
        description="Кратко <о>",
        content="<p>А",
        published=NOW,
    )
    whole = build([item, Item(title="Без ничего", link="https://v.kz/2")])
    broken = whole.replace(b"</title>", b"</title></oops>", 1)
    assert fast_xml.read(whole) is not None
    assert fast_xml.read(broken) is None
    assert read(whole).entries == read(broken).entries != ()


def test_an_empty_feed_is_a_value_with_a_problem() -> None:
    parsed = read(rss())
    assert parsed.entries == ()
    assert parsed.problems == ("в ленте нет ни одной записи",)


@pytest.mark.parametrize("build", [build_rss, build_atom])
@pytest.mark.parametrize("end", ["Суд 2", "</title>"], ids=["within a title", "behind it"])
def test_a_feed_that_breaks_off_gives_what_it_has_and_says_so(build: Callable[[list[Item]], bytes], end: str) -> None:
    whole = build([Item(title=f"Суд {number}", link=f"https://v.kz/{number}") for number in range(3)])
    parsed = read(whole[: whole.rindex(end.encode())])
    assert [entry.title for entry in parsed.entries][:2] == ["Суд 0", "Суд 1"]
    assert parsed.problems[-1].startswith(CUT_OFF)


@pytest.mark.parametrize("build", [build_rss, build_atom])
def test_a_feed_with_a_broken_tag_has_its_end(build: Callable[[list[Item]], bytes]) -> None:
    whole = build([Item(title="Суд", link="https://v.kz/1", guid="1", published=NOW)])
    for odd in (whole, whole.replace(b"</title>", b"</title></oops>", 1), whole + b"<b>Warning: memory</b>"):
        assert not any(problem.startswith(CUT_OFF) for problem in read(odd).problems)


def keys(*items: str) -> list[tuple[str, ...]]:
    return [entry.keys for entry in read(rss(*items)).entries]


def item(title: str = "", link: str = "", guid: str = "", day: int = 0) -> str:
    date = f"<pubDate>{day} Nov 2026 10:00:00 GMT</pubDate>" if day else ""
    return f"<title>{title}</title><link>{link}</link><guid isPermaLink='false'>{guid}</guid>{date}"


def test_repeats_within_a_body_are_one_entry() -> None:
    one, two = item("А", "https://v.kz/1", "1"), item("Б", "https://v.kz/2", "2")
    parsed = read(rss(one, two, one))
    assert [entry.title for entry in parsed.entries] == ["А", "Б"]
    assert any("повторы" in problem for problem in parsed.problems)


def test_a_guid_shared_by_different_articles_is_no_identity() -> None:
    assert keys(item("А", "https://v.kz/1", "x"), item("Б", "https://v.kz/2", "x")) == [
        ("u:https://v.kz/1",),
        ("u:https://v.kz/2",),
    ]


def test_an_address_shared_by_different_articles_is_no_identity() -> None:
    assert keys(item("А", "https://v.kz/live#1", "1"), item("Б", "https://v.kz/live#2", "2")) == [("g:1",), ("g:2",)]
    assert keys(item("А", "https://v.kz/live"), item("Б", "https://v.kz/live")) != [("u:https://v.kz/live",)] * 2


@pytest.mark.parametrize("front", ["https://v.kz", "https://www.v.kz/", "http://v.kz/?utm_source=rss"])
def test_a_front_page_is_no_identity_even_alone(front: str) -> None:
    (first,), (second,) = keys(item("А", front)), keys(item("Б", front))
    assert first != second


def test_without_guid_and_address_the_title_and_its_day_serve() -> None:
    monday, same = keys(item("Сводка", day=16)), keys(item(" сводка ", day=16))
    assert monday == same != keys(item("Сводка", day=17))


def test_an_edited_title_is_the_same_entry() -> None:
    assert keys(item("Старый заголовок", "https://v.kz/1")) == keys(item("Новый заголовок", "https://v.kz/1"))


def test_what_says_nothing_is_one_entry_however_often_it_stands_there() -> None:
    nothing, something = read(rss(item(), item("А", "https://v.kz/1"), item())).entries
    assert (nothing.title, nothing.url, nothing.content) == ("", "", "")
    assert something.keys == ("u:https://v.kz/1",)


def test_a_guid_of_nought_is_a_guid() -> None:
    assert keys(item("А", "https://v.kz/1", "0")) == [("g:0", "u:https://v.kz/1")]


def test_where_many_guids_are_shared_the_addresses_alone_are_trusted() -> None:
    shared = [item(f"Ш{n}", f"https://v.kz/s{n}", "x") for n in range(3)]
    own = [item(f"А{n}", f"https://v.kz/{n}", str(n)) for n in range(20)]
    assert keys(*own, *shared)[0] == ("u:https://v.kz/0",)
    assert keys(*own, *own[:1], item("Б", "https://v.kz/b", "b"))[0] == ("g:0", "u:https://v.kz/0")


def test_where_many_guids_are_shared_an_entry_without_address_keeps_its_own() -> None:
    assert keys(item("А", guid="1"), item("Б", guid="x"), item("В", guid="x")) == [
        ("g:1",),
        *keys(item("Б")),
        *keys(item("В")),
    ]


def test_a_guid_that_is_an_address_serves_as_link() -> None:
    assert only(rss("<title>А</title><guid>https://v.kz/?p=5</guid>")).url == "https://v.kz/?p=5"
    assert only(rss("<title>А</title><guid isPermaLink='false'>https://v.kz/?p=5</guid>")).url == ""


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x"])
def test_only_web_addresses_are_links(link: str) -> None:
    assert only(rss(item("А", link, "1"))).url == ""


def test_an_entry_without_title_is_called_by_its_first_line() -> None:
    assert only(rss("<link>https://v.kz/1</link><description>Первая строка.&lt;br&gt;Вторая</description>")).title == (
        "Первая строка."
    )


def test_what_is_too_old_to_be_news_comes_without_its_text_under_the_same_identity() -> None:
    items = [
        Item(title=title, link=f"https://v.kz/{number}", guid=None, description="<p>Подробности.</p>", published=at)
        for number, (title, at) in enumerate(
            [("Старое", NOW - timedelta(days=2)), ("", NOW - timedelta(days=2)), ("Новое", NOW), ("Без даты", None)]
        )
    ]
    options = {"content_type": "", "url": URL, "tz": "UTC", "now": NOW}

    brief = parse(build_rss(items), **options, since=NOW - timedelta(days=1)).entries  # type: ignore[arg-type]  # by name

    whole = parse(build_rss(items), **options).entries  # type: ignore[arg-type]  # the same
    assert [bool(entry.summary) for entry in brief] == [False, True, True, True]
    assert [replace(entry, summary="") for entry in brief] == [replace(entry, summary="") for entry in whole]


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("20 Nov 2026 10:00:00", datetime(2026, 11, 20, 5, tzinfo=UTC)),
        ("Пт, 20 ноя 2026 10:00:00 +0300", datetime(2026, 11, 20, 7, tzinfo=UTC)),
        ("20 Nov 2026 10:00:00 MSK", datetime(2026, 11, 20, 7, tzinfo=UTC)),
        ("2026-11-20 10:00:00", datetime(2026, 11, 20, 5, tzinfo=UTC)),
        ("01 Jan 2030 10:00:00 GMT", None),
        ("вчера", datetime(2026, 11, 20, 19, tzinfo=UTC)),
        ("", None),
    ],
)
def test_dates_are_read_with_the_feeds_zone(written: str, instant: datetime | None) -> None:
    assert only(rss(f"{FIELDS}<pubDate>{written}</pubDate>")).published_at == instant


def test_an_unreadable_date_leaves_the_entry() -> None:
    parsed = read(rss(FIELDS))
    assert parsed.problems == ("записи без даты: 1 из 1",)


def test_a_foreign_agents_disclaimer_is_not_part_of_the_summary() -> None:
    disclaimer = "НАСТОЯЩИЙ МАТЕРИАЛ (ИНФОРМАЦИЯ) КАСАЕТСЯ ДЕЯТЕЛЬНОСТИ ИНОСТРАННОГО АГЕНТА Х. 18+"
    assert (
        only(rss(f"{FIELDS}<description>{disclaimer} Суд отпустил его.</description>")).summary == "Суд отпустил его."
    )


def test_caps() -> None:
    long = only(
        rss(f"<title>{'я ' * 5_000}</title><link>https://v.kz/1</link><description>{'ю ' * 300_000}</description>")
    )
    assert len(long.title) <= 1_000
    assert len(long.summary) <= 200_000


@pytest.mark.parametrize(
    "hostile",
    [
        rss("<title " + " ".join(f'a{n}="1"' for n in range(50_000)) + ">x</title>"),
        rss("<title " + " ".join(f"a{n}=1" for n in range(50_000)) + ">x</title>"),
        rss(*["<title>x</title>"] * 50_000),
        rss("<a>" * 20_000),
        rss("<description><![CDATA[" + "<p>" * 100_000 + "]]></description>"),
        rss("<description>" + "&" * 300_000 + "</description>"),
        rss("<description>" + "<p>" * 400_000),
        rss("<title>x</title>" * 200_000 + "</oops>"),
        '<!DOCTYPE rss [<!ENTITY a "' + "a" * 10_000 + '"><!ENTITY b "' + "&a;" * 1_000 + '">]>' + rss("&b;" * 100),
    ],
    ids=["attributes", "unquoted", "items", "nest", "markup", "ampersands", "unclosed", "repeated", "entities"],
)
def test_hostile_documents_end_soon(hostile: str) -> None:
    with cpu_at_most(10):  # quadratic: what is linear takes a second or two
        read(hostile)


FRAGMENTS = [
    "<item>",
    "</item>",
    "<title>",
    "</title>",
    "<link>",
    "</link>",
    "<guid>",
    "&#xD800;",
    "&x;",
    "<![CDATA[",
    "]]>",
]


@given(st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=8)), max_size=20))
@settings(max_examples=60, deadline=None)
def test_any_document_is_entries_or_a_named_failure(parts: list[str]) -> None:
    try:
        parsed = read(rss("".join(parts)).encode("utf-8", "surrogatepass"))
    except ParseError:
        return
    assert all(entry.keys and len(entry.keys) <= 2 for entry in parsed.entries)


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_no_surprise(body: bytes) -> None:
    for prefix in (b"", b"<rss>", b"<?xml version='1.0'?><feed>"):
        try:
            read(prefix + body)
        except ParseError:
            continue


def test_the_kind_of_the_feed_chooses_the_reader() -> None:
    feed = Feed(name="Канал", kind=FeedKind.TELEGRAM, url="https://t.me/s/kanal", lang="ru")
    fetched = Fetched(url=feed.url, body=rss(FIELDS).encode())
    with pytest.raises(ParseError, match="Канал: ") as caught:
        parse_any(feed, fetched, now=NOW)
    assert caught.value.kind is ParseFailure.NO_PREVIEW
    atom = Feed(name="Лента", kind=FeedKind.ATOM, url=URL, lang="ru")
    assert parse_any(atom, fetched, now=NOW).entries[0].title == TITLE
