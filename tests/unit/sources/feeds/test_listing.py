import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import ParseError, ParseFailure
from monitor.models.feeds import Listing, ParsedFeed
from monitor.sources.feeds.listing import parse
from tests.factories import NOW
from tests.harness.cpu import cpu_at_most

URL = "https://vesti.example/novosti/"
CARDS = Listing(item="li.card", link="a.name", date="span.when")


def read(body: str, listing: Listing | None = CARDS, *, url: str = URL) -> ParsedFeed:
    return parse(
        body.encode(), content_type="text/html", url=url, listing=listing, tz="Asia/Almaty", now=NOW, name="Вести"
    )


def page(inner: str, head: str = "") -> str:
    return f'<!DOCTYPE html><html><head><meta charset="utf-8">{head}</head><body>{inner}</body></html>'


def card(number: int, title: str, when: str = "") -> str:
    return (
        f'<li class="card"><a href="/a/{number}"><img src="/{number}.jpg"></a>'
        f'<a class="name" href="/a/{number}?utm_source=main">{title}</a><span class="when">{when}</span></li>'
    )


def test_selectors_give_address_title_and_date() -> None:
    body = page(f"<ul>{card(1, 'Суд в <b>Актау</b>', '20.11.2026, 10:00')}{card(2, 'Второе', 'вчера, 9:40')}</ul>")
    first, second = read(body).entries
    assert (first.title, first.url) == ("Суд в Актау", "https://vesti.example/a/1?utm_source=main")
    assert first.keys == ("u:https://vesti.example/a/1",)
    assert first.published_at == datetime(2026, 11, 20, 5, tzinfo=UTC)
    assert second.published_at == datetime(2026, 11, 21, 4, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("listing", "item"),
    [
        (Listing(item="a.card"), '<a class="card" href="/a/1">Суд</a>'),
        (Listing(item="article"), '<article><h3><a href="/a/1">Суд</a></h3></article>'),
        (Listing(item="article", title="h3"), '<article><h3>Суд</h3><p>Лид</p><a href="/a/1">Читать</a></article>'),
        (
            Listing(item="article", link="h3"),
            '<article><a href="/x">Рубрика</a><h3><a href="/a/1">Суд</a></h3></article>',
        ),
        (Listing(item="a:has(.name)", title=".name"), '<a href="/a/1"><i>Фото</i><div class="name">Суд</div>10:00</a>'),
        (Listing(item="div, article"), '<article><a href="/a/1">Суд</a></article>'),
    ],
)
def test_what_is_left_out_is_the_usual(listing: Listing, item: str) -> None:
    (entry,) = read(page(item), listing).entries
    assert (entry.title, entry.url) == ("Суд", "https://vesti.example/a/1")


@pytest.mark.parametrize(
    "when",
    [
        '<time datetime="2026-11-20T10:00:00+05:00">давно</time>',
        '<time datetime="{{ date }}">20 ноября 2026, 10:00</time>',
        "<time>10:00, 20 Ноября 2026</time>",
        '<time data-unixtime="1795150800">сегодня</time>',
        '<time title="20.11.2026 10:00">на днях</time>',
    ],
)
def test_dates_by_attribute_or_by_what_is_written(when: str) -> None:
    (entry,) = read(page(f'<p><a href="/a/1">Суд</a>{when}</p>'), Listing(item="p")).entries
    assert entry.published_at == datetime(2026, 11, 20, 5, tzinfo=UTC)


def test_a_base_resolves_links() -> None:
    (entry,) = read(
        page('<p><a href="a/1">Суд</a></p>', '<base href="https://vesti.example/ru/">'), Listing(item="p")
    ).entries
    assert entry.url == "https://vesti.example/ru/a/1"


def test_items_without_link_or_title_are_told() -> None:
    parsed = read(
        page(card(1, "Суд") + '<li class="card"><a class="name" href="/a/2"></a></li><li class="card">Реклама</li>')
    )
    assert len(parsed.entries) == 1
    assert parsed.problems == ("на странице строки без ссылки или заголовка: 1 из 2",)


def test_selectors_that_find_nothing_are_a_named_failure() -> None:
    with pytest.raises(ParseError, match=r"li\.card") as caught:
        read(page("<p>Новая вёрстка</p>"))
    assert caught.value.kind is ParseFailure.NO_MATCH


USUAL = """
<nav><a href="/news/2026/spetsproekt-nedeli">Большой специальный проект этой недели</a></nav>
<a href="/news/2026/11/sud-v-aktau"><img></a>
<a href="/news/2026/11/sud-v-aktau">Суд в Актау отложил заседание по делу</a>
<a href="https://m.vesti.example/n/48151-voda#top">Вода вернулась в дома жителей посёлка</a>
<a href="?id=7781">Прокурор попросил вернуть дело следствию</a>
<a href="/kak-my-rabotaem-s-pismami-chitateley">Как мы работаем с письмами читателей</a>
<a href="/news/12345">Коротко</a>
<a href="/o-nas">Правила перепечатки материалов редакции</a>
<a href="https://chuzhoy.example/news/12345">Чужая новость с очень длинным заголовком</a>
<a href="/novosti/">Все новости за сегодня на одной странице</a>
<a href="javascript:void(0)">Открыть это длинное окно с рекламой сайта</a>
<footer><a href="/rules/2026/privacy">Политика конфиденциальности нашего сайта</a></footer>
"""


def test_without_selectors_links_that_look_like_articles_are_taken() -> None:
    titles = {entry.url: entry.title for entry in read(page(USUAL), None).entries}
    assert titles == {
        "https://vesti.example/news/2026/11/sud-v-aktau": "Суд в Актау отложил заседание по делу",
        "https://m.vesti.example/n/48151-voda": "Вода вернулась в дома жителей посёлка",
        "https://vesti.example/novosti/?id=7781": "Прокурор попросил вернуть дело следствию",
        "https://vesti.example/kak-my-rabotaem-s-pismami-chitateley": "Как мы работаем с письмами читателей",
    }


def test_a_page_without_articles_is_a_named_failure() -> None:
    with pytest.raises(ParseError, match="listing") as caught:
        read(page("<script src=/app.js></script><div id=root></div>"), None)
    assert caught.value.kind is ParseFailure.NO_MATCH


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<!doctype html><title>Just a moment...</title>", ParseFailure.CHALLENGE),
        ('{"error": 1}', ParseFailure.NOT_A_FEED),
        ("", ParseFailure.NOT_A_FEED),
    ],
)
def test_what_is_no_page_is_named(body: str, kind: ParseFailure) -> None:
    with pytest.raises(ParseError, match="Вести: ") as caught:
        read(body)
    assert caught.value.kind is kind


@pytest.mark.parametrize(
    "hostile",
    [
        "<li class=card>" * 40_000,
        "<a href=/news/12345-a-b-c>" * 40_000,
        "".join(f"<b id={n}><p><a href=/{n}>" for n in range(15_000)),
        "<ul><li class=card><a class=name href=/1>" * 10_000,
        page("".join(card(n, "Слово " * 50) for n in range(3_000))),
        f'<a href="/{"a-" * 2_000}">' + "Длинное слово " * 100_000,
    ],
    ids=["deep", "links", "crossed", "nested cards", "many", "long"],
)
@pytest.mark.parametrize("listing", [CARDS, None], ids=["selectors", "usual"])
def test_hostile_pages_end_soon(hostile: str, listing: Listing | None) -> None:
    with cpu_at_most(10), contextlib.suppress(ParseError):
        assert len(read(hostile, listing).entries) <= 500


@given(st.text(alphabet="<>/aliclrdhef=\"' новсть7-", max_size=120))
@settings(max_examples=80, deadline=None)
def test_any_page_is_entries_or_a_named_failure(html: str) -> None:
    for listing in (CARDS, None):
        try:
            assert all(entry.url and entry.title for entry in read(html, listing).entries)
        except ParseError:
            continue
