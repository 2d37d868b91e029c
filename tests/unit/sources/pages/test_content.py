import pytest

from monitor.models.articles import Extracted
from monitor.sources.pages import boilerplate
from monitor.sources.pages.article import extract
from tests.factories import NOW

TITLE = "Беглого блогера из Омска задержали в Актобе"
PARAGRAPHS = (
    "Полиция Актобе задержала блогера из Омска, который уехал из страны два года назад, рассказал его адвокат.",
    "По словам защитника, ночью его допросили без переводчика, а утром отвезли в специализированный суд города.",
    "Суд арестовал мужчину на трое суток; за это время должен прийти запрос о выдаче, сообщили в прокуратуре.",
    "Правозащитники напомнили, что осенью блогер попросил убежища, но ответа до сих пор не получил.",
)
IMPRINT = (
    "Сетевое издание зарегистрировано Федеральной службой по надзору в сфере связи и информационных технологий.",
    "Все права на материалы, опубликованные на сайте, принадлежат редакции и охраняются законом.",
    "Для читателей: признаны экстремистскими и запрещены организации «Такая-то партия», «Такой-то союз».",
)
CONSENT = (
    "Мы используем файлы cookie, чтобы сайт работал лучше и показывал вам подходящую рекламу наших партнёров.",
    "Нажимая кнопку, вы соглашаетесь с обработкой персональных данных и с правилами пользования сайтом.",
)


def paragraphs(texts: tuple[str, ...] = PARAGRAPHS) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def read(body: str, *, head: str = "") -> Extracted:
    html = f"<html><head><title>{TITLE} — Вести</title>{head}</head><body>{body}</body></html>"
    return extract(html.encode(), content_type="text/html; charset=utf-8", url="https://vesti.example/news/1", now=NOW)


# ── the lead ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["teaser", "news__teaser", "promo", "promo-text", "recommend", "article-teaser lead"])
@pytest.mark.parametrize("shape", ["<p>{}</p>", "{}", "<div><div>{}</div></div>"])
def test_the_lead_in_a_box_called_a_teaser_is_text(name: str, shape: str) -> None:
    lead = f'<div class="{name}">{shape.format(PARAGRAPHS[0])}</div>'
    rest = f'<div class="body">{paragraphs(PARAGRAPHS[1:])}</div>'
    assert read(f'<article><h1>{TITLE}</h1><div class="byline">Имя</div>{lead}{rest}</article>').text == "\n\n".join(
        PARAGRAPHS
    )


@pytest.mark.parametrize(
    "teaser",
    [
        f'<a href="/2">Другая новость</a><p>{PARAGRAPHS[0]}</p>',
        f"<h3>Другая новость</h3><p>{PARAGRAPHS[0]}</p>",
        f'<p>{PARAGRAPHS[0]} <a href="/2">Дальше</a></p>',
    ],
)
def test_a_teaser_of_another_article_is_none(teaser: str) -> None:
    box = f'<div class="teaser">{teaser}</div>'
    rest = paragraphs(PARAGRAPHS[1:] + PARAGRAPHS[1:2])
    assert PARAGRAPHS[0] not in read(f"<article><h1>{TITLE}</h1>{box}{rest}</article>").text
    assert (
        PARAGRAPHS[0]
        not in read(f'<article><h1>{TITLE}</h1>{rest}<div class="teaser"><p>{PARAGRAPHS[0]}</p></div></article>').text
    )


# ── what a site says of itself ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "box", ['<div class="footer__text">{}</div>', "<div>{}</div>", '<section class="x1"><div>{}</div></section>']
)
@pytest.mark.parametrize("notice", [IMPRINT, CONSENT, (*CONSENT, *IMPRINT)])
@pytest.mark.parametrize("marked", ['<div itemprop="articleBody"></div>', '<div class="article-body"> </div>', ""])
def test_a_footer_is_never_the_article(box: str, notice: tuple[str, ...], marked: str) -> None:
    extracted = read(f"<h1>{TITLE}</h1>{marked}{box.format(paragraphs(notice))}")
    assert (extracted.text, extracted.by) == ("", "")
    assert extracted.problem == "на странице не нашлось текста статьи"


def test_a_notice_longer_than_the_article_does_not_stand_for_it() -> None:
    for place in ("{notice}{article}", "{article}{notice}"):
        article = f"<div><h1>{TITLE}</h1><div>{paragraphs(PARAGRAPHS[:2])}</div></div>"
        body = place.format(notice=f"<div>{paragraphs((*CONSENT, *IMPRINT) * 3)}</div>", article=article)
        assert read(body).text == "\n\n".join(PARAGRAPHS[:2])


def test_an_article_about_consent_keeps_its_sentences() -> None:
    texts = (PARAGRAPHS[0], f"«{CONSENT[0]}»", PARAGRAPHS[1], f"«{CONSENT[1]}»", *PARAGRAPHS[2:])
    assert read(f"<article><h1>{TITLE}</h1>{paragraphs(texts)}</article>").text == "\n\n".join(texts)


@pytest.mark.parametrize(
    "line",
    [
        "We use cookies and similar tools to show you advertising that fits your interests.",
        "By continuing to browse the site you are agreeing to our use of such files.",
        "Wir verwenden auf dieser Seite Cookies, einige von ihnen sind unbedingt nötig.",
        "Der Nachdruck ist nur mit Genehmigung der Redaktion gestattet.",
        "Your email address will not be published, required fields are marked.",
        "Редакция не несёт ответственности за содержание рекламных объявлений.",
        "Мнение редакции может не совпадать с мнением авторов публикаций.",
        "Сайтты пайдалана отырып, сіз дербес деректерді өңдеуге келісім бересіз.",
    ],
)
def test_a_notice(line: str) -> None:
    assert boilerplate.notices([line, *PARAGRAPHS]) == {0}


# ── the way ──────────────────────────────────────────────────────────────────────────────────────


def card(number: int) -> str:
    excerpt = f"Синоптики обещают мокрый снег, на юге дожди, местами порывистый ветер, день {number}."
    return f'<div><a href="/{number}">Погода на {number} ноября</a><p>{excerpt} {excerpt} Дороги закрыты…</p></div>'


CARDS = "".join(map(card, range(12)))


@pytest.mark.parametrize("length", [1, 2])
def test_a_short_text_below_its_headline_wins_over_a_list_of_others(length: int) -> None:
    extracted = read(
        f"<div><div><h1>{TITLE}</h1><div>{paragraphs(PARAGRAPHS[:length])}</div></div><div>{CARDS}</div></div>"
    )
    assert extracted.text == "\n\n".join(PARAGRAPHS[:length])
    assert extracted.by == "run"


def test_a_body_with_the_first_paragraph_alone_is_not_the_whole() -> None:
    rest = "".join(f"<div><div><p>{text} Часть {n}.</p></div></div>" for n in range(3) for text in PARAGRAPHS)
    extracted = read(f'<div><h1>{TITLE}</h1><div class="article-body"><p>{PARAGRAPHS[0]}</p></div>{rest}</div>')
    assert "Часть 2" in extracted.text
    assert extracted.text.startswith(PARAGRAPHS[0])


def test_prose_in_a_column_before_the_headline_is_another_text() -> None:
    column = "".join(
        f"<div><h3>Погода {n}</h3><p>Синоптики обещают снег, на юге дожди, местами ветер, день {n}.</p></div>"
        for n in range(9)
    )
    extracted = read(f"<div><div>{column}</div><div><h1>{TITLE}</h1>{paragraphs()}</div></div>")
    assert "Погода" not in extracted.text
    assert PARAGRAPHS[3] in extracted.text


def test_a_title_without_a_heading_is_found() -> None:
    column = paragraphs(tuple(f"Синоптики обещают снег, на юге дожди, местами ветер, день {n}." for n in range(9)))
    body = f"<div><div>{column}</div><div><b>{TITLE}</b><br>{'<br>'.join(PARAGRAPHS)}</div></div>"
    assert "Синоптики" not in read(body).text


def test_a_date_alone_is_no_part_of_the_text() -> None:
    above = "<div>28 нояб. 2026 г.</div><div>20:15</div>"
    below = "<div>1/24</div><div>Обновлено 29.11.2026, 10:00.</div>"
    assert read(f"<div><h1>{TITLE}</h1>{above}{paragraphs()}{below}</div>").text == "\n\n".join(PARAGRAPHS)


def test_linked_data_escaped_once_too_often() -> None:
    body = "".join(f"&lt;p&gt;{text}&lt;/p&gt;" for text in PARAGRAPHS)
    head = f'<script type="application/ld+json">{{"@type": "NewsArticle", "articleBody": "{body}"}}</script>'
    assert read("<div id=app></div>", head=head).text == "\n\n".join(PARAGRAPHS)
