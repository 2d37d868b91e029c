import json
import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.models.articles import Extracted
from monitor.sources.pages.article import extract, is_full
from tests.factories import NOW
from tests.harness.cpu import cpu_at_most
from tests.servers.web import page as news_page

URL = "https://vesti.example/news/1"
TITLE = "Беглого блогера из Омска задержали в Актобе"
PARAGRAPHS = (
    "Полиция Актобе задержала блогера из Омска, который уехал из страны два года назад, рассказал его адвокат.",
    "По словам защитника, ночью его допросили без переводчика, а утром отвезли в специализированный суд города.",
    "Суд арестовал мужчину на трое суток; за это время должен прийти запрос о выдаче, сообщили в прокуратуре.",
    "Правозащитники напомнили, что осенью блогер попросил убежища, но ответа до сих пор не получил.",
)
NOISE = "Погода в выходные: в столице ожидается похолодание, на юге дожди, местами гроза и порывистый ветер."


def read(
    html: str | bytes, *, url: str = URL, content_type: str = "text/html; charset=utf-8", selector: str = ""
) -> Extracted:
    body = html.encode() if isinstance(html, str) else html
    return extract(body, content_type=content_type, url=url, now=NOW, tz="Asia/Almaty", selector=selector)


def paragraphs(texts: tuple[str, ...] = PARAGRAPHS) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def whole(inner: str, *, head: str = "", around: str = "") -> str:
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><title>{TITLE} — Вести</title>{head}</head><body>'
        '<header><nav><a href="/">Главная</a><a href="/sport">Спорт</a></nav></header>'
        f"<h1>{TITLE}</h1>{inner}{around}<footer>© Вести, все права защищены</footer></body></html>"
    )


def test_a_plain_news_page() -> None:
    published = datetime(2026, 11, 20, 5, tzinfo=UTC)
    extracted = read(news_page(TITLE, PARAGRAPHS, published))
    assert extracted == Extracted(text="\n\n".join(PARAGRAPHS), title=TITLE, published_at=published, by="named")


SHAPES = {
    "article": f"<article>{paragraphs()}</article>",
    "marked": f'<div itemprop="articleBody">{paragraphs()}</div>',
    "wrapped": "".join(f'<div class="block"><div class="t"><p>{text}</p></div></div>' for text in PARAGRAPHS),
    "breaks": "<div class='news-text'>" + "<br><br>".join(PARAGRAPHS) + "</div>",
    "divs": "<section>" + "".join(f"<div>{text}</div>" for text in PARAGRAPHS) + "</section>",
    "inline": "<div>" + "".join(f"<p><span><b>{t[:9]}</b>{t[9:]}</span></p>" for t in PARAGRAPHS) + "</div>",
    "sidebar_class": f'<div class="with sidebar"><div>{paragraphs()}</div></div>',
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_the_article_is_found_in_any_shape(shape: str) -> None:
    menu = "".join(
        f'<li><a href="/{n}">Заголовок другой новости номер {n}, довольно длинный</a></li>' for n in range(30)
    )
    around = (
        f'<aside>{paragraphs((NOISE,))}</aside><ul class="menu">{menu}</ul><div class="comments"><p>{NOISE}</p></div>'
        f'<div class="related-news"><p>{NOISE}</p></div>'
    )
    extracted = read(whole(shape, around=around))
    for paragraph in PARAGRAPHS:
        assert paragraph in extracted.text
    assert "Погода" not in extracted.text
    assert "Заголовок другой" not in extracted.text
    assert "Спорт" not in extracted.text
    assert extracted.title == TITLE
    assert not extracted.problem


def test_the_next_article_below_is_not_this_one() -> None:
    other = tuple(f"{NOISE} Часть {n}: синоптики уточнили прогноз, коммунальные службы готовятся." for n in range(12))
    extracted = read(whole(f"<article>{paragraphs()}</article><article>{paragraphs(other)}</article>"))
    assert PARAGRAPHS[0] in extracted.text
    assert "Погода" not in extracted.text


def test_lines_about_the_outlet_are_cut() -> None:
    lines = (
        '<p>Читайте также: <a href="/2">Россия требует выдать журналиста</a></p>'
        "<p>Подписывайтесь на наш Telegram-канал!</p>"
        '<p><a href="/3">Суд выдал другого человека</a></p><button>Поделиться</button><script>var россия = 1</script>'
    )
    extracted = read(whole(f"<article>{paragraphs(PARAGRAPHS[:2])}{lines}{paragraphs(PARAGRAPHS[2:])}</article>"))
    assert extracted.text == "\n\n".join(PARAGRAPHS)


def linked(**data: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'


def test_linked_data_stands_in_for_a_page_drawn_by_scripts() -> None:
    stated = {"@type": "NewsArticle", "headline": TITLE, "articleBody": "\n".join(PARAGRAPHS)}
    for data in (stated, {"@graph": [{"@type": "WebPage"}, stated]}):
        extracted = read(f"<html><head>{linked(**data)}</head><body><div id=app></div></body></html>")
        assert extracted.text == "\n".join(PARAGRAPHS)
        assert extracted.title == TITLE


def test_linked_data_speaks_up_when_something_else_was_found() -> None:
    words = [f"{text} Часть {number}, уточнение {number}." for number in range(6) for text in PARAGRAPHS]
    other = [f"{NOISE} Прогноз {number}." for number in range(40)]
    extracted = read(whole(f"<div>{paragraphs(tuple(other))}</div>", head=linked(articleBody="\n".join(words))))
    assert extracted.by == "stated"
    assert "Погода" not in extracted.text


def test_the_maintainers_selector_comes_first() -> None:
    other = tuple(f"{NOISE} Часть {number}." for number in range(9))
    html = whole(f'<div class="article-body">{paragraphs(other)}</div><div class="x7">{paragraphs()}</div>')
    extracted = read(html, selector="div.x7")
    assert extracted.text == "\n\n".join(PARAGRAPHS)
    assert (extracted.by, extracted.problem) == ("selector", "")
    assert "Погода" in read(html).text


def test_a_selector_may_name_several_parts_and_what_is_inside_another_counts_once() -> None:
    html = whole("".join(f'<div class="part"><p class="part">{text}</p></div>' for text in PARAGRAPHS))
    assert read(html, selector=".part").text == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize("selector", [".gone", "div[", "..", "h1", "a", "nav a"])
def test_a_stale_or_broken_selector_is_told_and_done_without(selector: str) -> None:
    extracted = read(whole(f"<article>{paragraphs()}</article>"), selector=selector)
    assert extracted.text == "\n\n".join(PARAGRAPHS)
    assert selector in extracted.problem
    assert "feeds.yaml" in extracted.problem


def test_extraction_may_run_in_another_process() -> None:
    work = partial(extract, whole(paragraphs()).encode(), content_type="text/html", url=URL, now=NOW)
    assert pickle.loads(pickle.dumps(work))() == pickle.loads(pickle.dumps(work()))


@pytest.mark.parametrize(
    ("title", "heading"),
    [
        ("Суд продлил арест — Вести", "Суд продлил арест"),
        ("Суд продлил арест | Вести Казахстана", "Суд продлил арест"),
        ("Суд продлил арест", "Вести Казахстана"),
    ],
)
def test_the_title_comes_without_the_sites_name(title: str, heading: str) -> None:
    head = f'<meta property="og:title" content="{title}">'
    html = f"<html><head>{head}</head><body><h1>{heading}</h1>{paragraphs()}</body></html>"
    assert read(html).title == "Суд продлил арест"


def test_the_lead_above_the_text_is_kept_and_a_byline_is_not() -> None:
    around = f'<p class="lead">{PARAGRAPHS[0]}</p><div>Айгуль Серикова, 20 ноября 2026</div>'
    extracted = read(whole(f'{around}<div class="article-body">{paragraphs(PARAGRAPHS[1:])}</div>'))
    assert extracted.text == "\n\n".join(PARAGRAPHS)


def test_a_stated_teaser_does_not_replace_the_article() -> None:
    assert PARAGRAPHS[3] in read(whole(f"<div>{paragraphs()}</div>", head=linked(articleBody=PARAGRAPHS[0]))).text


@pytest.mark.parametrize(
    "broken", ["{", "[" * 100_000, '"x"', "null", '{"articleBody": 7, "datePublished": []}', "[[[]]]"]
)
def test_broken_linked_data_is_passed_over(broken: str) -> None:
    head = f'<script type="application/ld+json">{broken}</script>'
    assert read(whole(f"<div>{paragraphs()}</div>", head=head)).text == "\n\n".join(PARAGRAPHS)


DAY = datetime(2026, 11, 20, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("head", "inner"),
    [
        (linked(datePublished="2026-11-20T10:00:00+05:00"), '<time datetime="2026-11-01T00:00Z"></time>'),
        ('<meta property="article:published_time" content="2026-11-20T10:00:00+05:00">', ""),
        ('<meta property="og:article:published_time" content="2026-11-20T10:00:00">', ""),
        ('<meta itemprop="datePublished" content="20.11.2026 10:00">', ""),
        ("", '<time datetime="{{ post.date }}"></time><time datetime="2026-11-20T05:00:00Z">вчера</time>'),
        (linked(datePublished="2099-01-01"), '<time datetime="2026-11-20T05:00:00Z">вчера</time>'),
    ],
)
def test_dates_in_the_order_of_trust(head: str, inner: str) -> None:
    assert read(whole(inner + paragraphs(), head=head)).published_at == DAY


def test_a_page_without_a_date() -> None:
    assert read(whole(paragraphs())).published_at is None


@pytest.mark.parametrize("declared", ["utf-8", "windows-1251"])
@pytest.mark.parametrize("real", ["utf-8", "windows-1251"])
def test_the_charset_is_found_out(declared: str, real: str) -> None:
    html = whole(paragraphs()).replace('charset="utf-8"', f'charset="{declared}"').replace("©", "")
    assert PARAGRAPHS[2] in read(html.encode(real, "ignore"), content_type="text/html").text


@pytest.mark.parametrize(
    ("html", "url", "problem"),
    [
        ("", URL, "не нашлось"),
        ("<html><body></body></html>", URL, "не нашлось"),
        ("<!doctype html><title>Just a moment...</title>", URL, "Cloudflare"),
        ("<form><p>Войдите, чтобы читать</p><input type='password'></form>", URL, "страница входа"),
        ("<h1>Вести</h1><ul><li><a href='/1'>Новость</a></ul>", "https://vesti.example/", "главная"),
        (whole("<p>Идёт загрузка.</p>"), URL, "текст"),
    ],
)
def test_what_is_no_article_is_named(html: str, url: str, problem: str) -> None:
    extracted = read(html, url=url)
    assert problem in extracted.problem
    assert len(extracted.text) < 200


def test_an_empty_text_always_has_a_problem_and_a_paywall_is_told() -> None:
    extracted = read(whole(paragraphs(), head=linked(datePublished="2026-11-20", isAccessibleForFree="False")))
    assert extracted.text
    assert "подписк" in extracted.problem


@pytest.mark.parametrize(
    ("ending", "full"),
    [
        ("Суд продолжится.", True),
        ("Суд продолжится…", False),
        ("Суд продолжится...", False),
        ("Суд продолжится [&#8230;]".replace("&#8230;", "…"), False),
        ("Суд продолжится [...]", False),
        ("Суд продолжится.\nЧитать далее", False),
        ("Суд продолжится.\nЧитать полностью на сайте »", False),
        ("Сот жалғасады.\nТолығырақ", False),
        ("Об этом — подробнее — он скажет завтра, когда соберутся все участники и выступит прокурор.", True),
    ],
)
def test_is_full(ending: str, full: bool) -> None:
    long = " ".join(PARAGRAPHS * 2)
    assert is_full(f"{long} {ending}") is full
    assert not is_full(ending)


@pytest.mark.parametrize(
    "hostile",
    [
        lambda: "<div>" * 100_000 + "текст",
        lambda: '<div class="comments">' * 9_000 + "<p>текст",
        lambda: "".join(f"<b id={n}><p>" for n in range(30_000)),
        lambda: paragraphs(("слово, " * 20,)) * 3_500,
        lambda: "<a>" * 100_000 + "<p>" * 100_000,
        lambda: "<" * 200_000,
        lambda: f'<script type="application/ld+json">{"[" * 500_000}</script>',
        lambda: "<div " + " ".join(f"a{n}=b" for n in range(300_000)) + f">{paragraphs()}",
        lambda: '<div x=">" ' + " ".join(f"a{n}=b" for n in range(300_000)) + f"'>{paragraphs()}",
        lambda: "<div " + " ".join(f"a{n}=b" for n in range(300_000)),
        lambda: "<p>" + "слово и дело. " * 140_000,
        lambda: "<select><option>" * 10_000 + "<table><select>" * 5_000,
        lambda: "\0" * 1_000_000 + paragraphs() + "\0" * 500_000,
        lambda: f'<div class="article-body"><p>{NOISE}</p>' * 3_000,
        lambda: "<h3>Читайте также</h3>" * 9_000,
        lambda: "слово<br>" * 100_000,
        lambda: "<p>" + "(признан " * 200_000,
        lambda: "<script>" * 200_000,
        lambda: "<!--" * 300_000,
    ],
    ids=[
        *("nest", "comments", "crossed", "paragraphs", "links", "angles", "data", "attributes", "quotes", "open_tag"),
        *("node", "select", "nul", "bodies", "signs", "breaks", "brackets", "scripts", "remarks"),
    ],
)
def test_hostile_pages_end_soon(hostile: Callable[[], str]) -> None:
    """Each is made when its turn has come: together they are many megabytes, and every worker collects them all."""
    page = hostile()
    with cpu_at_most(2.5):
        read(page)


@given(st.binary(max_size=300), st.text(alphabet="<>/divaph1&;\"'= я", max_size=200), st.text(max_size=30))
@settings(max_examples=80, deadline=None)
def test_any_page_gives_a_text_or_a_problem(body: bytes, html: str, url: str) -> None:
    for extracted in (read(body, url=url), read(html, url=url)):
        assert extracted.text or extracted.problem
