import json
from datetime import UTC, datetime

import pytest

from monitor.sources.pages.article import extract

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
URL = "https://vesti.example/news/1"
TITLE = "Беглого блогера из Омска задержали в Актобе"
TEXT = "".join(
    f"<p>Полиция Актобе задержала блогера из Омска, который уехал из страны, рассказал его адвокат, часть {n}.</p>"
    for n in range(6)
)
AT = datetime(2026, 11, 28, 9, 5, tzinfo=UTC)  # 14:05 in Almaty
DAY = datetime(2026, 11, 27, 19, tzinfo=UTC)  # its beginning there


def published(inner: str, *, head: str = "", url: str = URL, lang: str = "ru", below: str = "") -> datetime | None:
    """The date of a page with `inner` between its headline and its text."""
    html = (
        f"<html lang={lang}><head><title>{TITLE}</title>{head}</head><body><h1>{TITLE}</h1>{inner}"
        f"<div>{TEXT}</div>{below}</body></html>"
    )
    return extract(
        html.encode(), content_type="text/html; charset=utf-8", url=url, now=NOW, tz="Asia/Almaty"
    ).published_at


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="{}">',
        '<meta property="og:published_time" content="{}">',
        '<meta property="og:article:published_time" content="{}">',
        '<meta name="DC.date.issued" content="{}">',
        '<meta name="dcterms.created" content="{}">',
        '<meta name="dc.date" content="{}">',
        '<meta name="parsely-pub-date" content="{}">',
        '<meta name="sailthru.date" content="{}">',
        '<meta name="pubdate" content="{}">',
        '<meta name="PublishDate" content="{}">',
        '<meta name="cXenseParse:recs:publishtime" content="{}">',
        '<meta itemprop="datePublished" content="{}">',
        '<meta name="date" content="{}">',
        '<meta property="article:modified_time" content="{}">',
        '<script type="application/ld+json">{{"@graph": [{{"@type": "NewsArticle", "datePublished": "{}"}}]}}</script>',
        '<script type="application/ld+json">{{"@type": "Article", "dateCreated": "{}", "datePublished": ""}}</script>',
        '<script type="application/ld+json">//<![CDATA[\n{{"datePublished" : "{}", "x": ]}}</script>',
        '<script>window.page = {{"id": 7, "publishedAt":"{}"}}</script>',
    ],
)
def test_what_is_written_for_machines(head: str) -> None:
    assert published("", head=head.format("2026-11-28T14:05:00+05:00")) == AT
    assert published("", head=head.format("2026-11-28 14:05")) == AT


@pytest.mark.parametrize(
    "element",
    [
        '<span itemprop="datePublished" content="2026-11-28T14:05:00+05:00">сегодня</span>',
        "<span itemprop=datePublished>28.11.2026 14:05</span>",
        '<div itemprop="datePublished">28 ноября 2026, 14:05</div>',
        '<p itemprop="datePublished" content="2026-11-28T14:05:00">28.11</p>',
        '<abbr class="published" title="2026-11-28T14:05:00+05:00">2 дня назад</abbr>',
        '<time pubdate datetime="2026-11-28T14:05+05:00">28.11</time>',
        '<AMP-TIMEAGO DATETIME="2026-11-28T14:05+05:00">28.11</AMP-TIMEAGO>',
        '<time class="entry-date updated" datetime="2026-11-28T14:05+05:00">28.11</time>',
        '<amp-timeago datetime="2026-11-28T14:05+05:00">28.11</amp-timeago>',
        "<time>28 ноября 2026, 14:05</time>",
    ],
)
def test_a_marked_element(element: str) -> None:
    assert published(f"<div>{element}</div>") == AT


@pytest.mark.parametrize(
    "line",
    [
        "28 ноября 2026, 14:05",
        "14:05, 28 ноября 2026",
        "Суббота, 28 ноября 2026 г. 14:05",
        "Опубликовано: 28.11.2026, 14:05",
        "28.11.2026 14:05 | Общество | 1 204",
        "28-11-2026, 14:05",
        "2026 жылғы 28 қараша, 14:05",
        "28 қараша, 2026 ж. 14:05",
        "28 қар. 2026, 14:05",
        "Жарияланды: 28 қараша 2026, 14:05",
        "Posted by Admin on November 28, 2026 14:05 in News",
        "28 Nov 2026 14:05",
        "28. November 2026, 14:05 Uhr",
        "le 28 novembre 2026 14:05",
        "28 de noviembre de 2026, 14:05",
        "2026-11-28 14:05",
        "Обновлено 29 ноября 2026, 10:00. Опубликовано 28 ноября 2026, 14:05",
        "Опубликовано 28 ноября 2026, 14:05 (обновлено 29 ноября 2026, 10:00)",
        "28 ноября, 14:05",
        "позавчера, 14:05",
    ],
)
@pytest.mark.parametrize(
    "markup", ["<div>{}</div>", '<div class="byline meta">{}</div>', "<span>{}</span>", "<p><i>{}</i></p>"]
)
def test_a_line_in_words_beside_the_headline(line: str, markup: str) -> None:
    assert published(markup.format(line)) == AT


@pytest.mark.parametrize(
    ("line", "lang", "day"),
    [("11/28/2026", "de", 28), ("11/12/2026", "en-US", 12), ("12/11/2026", "en-GB", 12), ("12/11/2026", "fr", 12)],
)
def test_the_language_says_how_a_date_is_turned(line: str, lang: str, day: int) -> None:
    at = published(f"<p>{line}</p>", lang=lang)
    assert at is not None
    assert (at.day, at.month) == (day - 1, 11)  # 19:00 of the day before in UTC


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/2026/11/28/blogera-zaderzhali/",
        "https://a.example/news/20261128/1.html",
        "https://a.example/news/2026-11-28-blogera-zaderzhali",
        "https://a.example/world/2026/nov/28/blogger",
    ],
)
def test_the_day_in_the_address_is_the_last_resort(url: str) -> None:
    assert published("", url=url) == DAY
    assert published("<p>28 ноября 2026, 14:05</p>", url=url) == AT
    assert published("", url="https://a.example/2026/11/doc-20269999") is None


def test_the_address_gives_the_year_of_a_day_without_one() -> None:
    at = published("<div>28</div><div>Nov</div>", url="https://a.example/2019/11/blogger/")
    assert at is not None
    assert at.year == 2019


@pytest.mark.parametrize(
    ("inner", "below"),
    [
        ("", '<div class="comments"><p><time datetime="2026-11-29T10:00+05:00">29.11</time> Спасибо</p></div>'),
        ("", '<div class="comment-meta">29 ноября 2026, 10:00</div>'),
        ("", '<ul class="related"><li><time datetime="2026-11-20T10:00">20.11</time><a href="/2">Другое</a></li></ul>'),
    ],
)
def test_the_dates_of_others_are_not_the_articles(inner: str, below: str) -> None:
    assert published(inner, below=below) is None
    assert published("<p>28 ноября 2026, 14:05</p>", below=below) == AT


def test_a_change_is_no_publication_but_better_than_nothing() -> None:
    changed = '<time class="updated" datetime="2026-11-29T10:00+05:00">29.11</time>'
    assert published(f'<p>{changed}</p><p><time datetime="2026-11-28T14:05+05:00">28.11</time></p>') == AT
    assert (
        published('<p>Обновлено <time datetime="2026-11-29T10:00">29.11</time></p><p>28 ноября 2026, 14:05</p>') == AT
    )
    modified = json.dumps({"@type": "Article", "dateModified": "2026-11-28T14:05+05:00", "datePublished": None})
    assert published("", head=f'<script type="application/ld+json">{modified}</script>') == AT


def test_sentences_titles_and_zeroes_are_no_dates() -> None:
    assert published("<p>Как сообщалось 20 ноября 2026 года, суд арестовал блогера на трое суток.</p>") is None
    assert published('<time datetime="0001-01-01T00:00:00"></time><p>18+, 1 204 просмотра</p>') is None
    assert published("<p>Сегодня в номере читайте о суде</p>") is None


def test_a_date_below_the_text() -> None:
    assert published("", below="<p>Автор, 28 ноября 2026, 14:05</p>") == AT
