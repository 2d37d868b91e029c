import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from monitor.text import markup
from tests.harness.cpu import cpu_at_most


@pytest.mark.parametrize(
    ("html", "readable"),
    [
        ("Один<br/>два<br>три", "Один\nдва\nтри"),
        ("<p>Один</p><p>два</p>", "Один\n\nдва"),
        ("<p>строка\n  обёрнута\n</p>", "строка обёрнута"),
        ("экс<b>тради</b>ция <a href='/x'>россиянина</a>", "экстрадиция россиянина"),
        ("<script>var a='<p>';</script><style>p{}</style>текст<noscript>нет</noscript>", "текст"),
        ("<button>Поделиться</button><select><option>А</select>текст", "текст"),
        ('<svg viewBox="0"/>до <svg><title>знак</title></svg>после', "до после"),
        ('<span title="a > b">видно</span>', "видно"),
        ("&laquo;Суд&raquo; &amp;quot;отпустил&amp;quot;", '«Суд» "отпустил"'),
        ("5 < 6 и 7 > 6", "5 < 6 и 7 > 6"),
        ("первая строка\nеё конец\n\nвторой абзац", "первая строка её конец\nвторой абзац"),
        ("<ul><li>раз<li>два</ul>", "раз\nдва"),
        ("<table><tr><td>раз</td><td>два</td></tr></table>", "раз\n\nдва"),
        ("", ""),
        ("<p></p>", ""),
    ],
)
def test_html_becomes_what_is_read(html: str, readable: str) -> None:
    assert markup.plain(html) == readable


_ATTRIBUTES = (
    "",
    " /",
    ' href="http://a.kz/?b=1&copy=2"',
    " alt='a\"b'",
    ' title="it\'s > 5"',
    " x",
    " w=5",
    ' x="',
    ' "x=" ',
)
_TAGS = st.builds(
    "<{}{}{}{}".format,
    st.sampled_from(["", "/"]),
    st.sampled_from(["a", "img", "b", "I", "span", "p", "br", "div", "h2", "li", "ul", "figure", "td", "pre"]),
    st.sampled_from([*_ATTRIBUTES, ' class="published"', " y='>'", ' x=y"z"', ' a = "b"']),
    st.sampled_from([">", ">", "/>", ""]),
)
_REFERENCES = (
    "&nbsp;",
    "&amp;lt;b>",
    "&lt;p&gt;",
    "&#8212;",
    "&#128;",
    "&#0;",
    "&#xfffe;",
    "&#13;",
    "&copy",
    "&foo;",
    "& ",
)
_PIECES = st.one_of(
    _TAGS, st.sampled_from(["Суд", " ", "\n", "\u00ad", "\x00", "5 > 4", "<", "1<2", "S&P", *_REFERENCES])
)


@settings(max_examples=400)
@given(st.lists(_PIECES, max_size=12))
def test_a_few_tags_are_read_without_the_parser_as_with_it(pieces: list[str]) -> None:
    html = "".join(pieces)

    assert markup.plain(html + "<b>") == markup.plain(html + "<mark>")  # which is always parsed


@pytest.mark.parametrize(
    ("written", "readable"),
    [
        ("<b>Суд</b> отпустил", "Суд отпустил"),
        ("&lt;b&gt;Суд&lt;/b&gt;", "Суд"),
        ("История тега <blink>", "История тега <blink>"),
        ("5 < 6 и 7 > 6", "5 < 6 и 7 > 6"),
        ("Суд<br>Актау", "Суд Актау"),
        ("<script>alert(1)</script>Суд", "Суд"),
        ("<p>&lt;i&gt;Суд&lt;/i&gt;</p>", "Суд"),
        ("AT&amp;amp;T", "AT&T"),
        (" \n ", ""),
    ],
)
def test_headlines_lose_markup_and_keep_their_signs(written: str, readable: str) -> None:
    assert markup.headline(written) == readable


def test_selectors_that_can_be_looked_up() -> None:
    assert all(
        map(markup.is_selector, ("div.a > a", "a[href^='/a/']", "li:has(a)", "h1, h2", ".b.i", "x-b, blockquote"))
    )
    assert not any(map(markup.is_selector, ("div..a", "a[", ">>", "h3 b", "p>em", "strong", "a,i.x")))


def test_a_skeleton_keeps_every_element_but_formatting() -> None:
    tree = markup.skeleton("<div><span class=x>а</span><b class=y>б</b><svg/><time datetime=1>в</time></div>")
    assert [len(tree.css(selector)) for selector in ("span.x", "span.y", "b", "time[datetime]")] == [1, 1, 0, 1]


@pytest.mark.parametrize(
    "remark",
    [
        "(признан в РФ иностранным агентом)",
        "(внесён Минюстом в реестр иностранных агентов)",
        "(признана нежелательной)",
    ],
)
def test_remarks_that_law_demands_go_out_of_a_sentence(remark: str) -> None:
    assert markup.without_disclaimers(f"Иванов {remark} уехал.") == "Иванов уехал."


def test_what_else_brackets_tell_stays() -> None:
    sentence = "Иванов (признан иноагентом, объявлен в розыск) уехал."
    assert markup.without_disclaimers(sentence) == sentence


NEWS = "Суд в Шымкенте продлил арест художника на месяц."


@pytest.mark.parametrize(
    "disclaimer",
    [
        (
            "ДАННОЕ СООБЩЕНИЕ (МАТЕРИАЛ) СОЗДАНО И (ИЛИ) РАСПРОСТРАНЕНО ИНОСТРАННЫМ СРЕДСТВОМ МАССОВОЙ ИНФОРМАЦИИ,"
            " ВЫПОЛНЯЮЩИМ ФУНКЦИИ ИНОСТРАННОГО АГЕНТА, И (ИЛИ) РОССИЙСКИМ ЮРИДИЧЕСКИМ ЛИЦОМ, ВЫПОЛНЯЮЩИМ ФУНКЦИИ"
            " ИНОСТРАННОГО АГЕНТА."
        ),
        (
            "НАСТОЯЩИЙ МАТЕРИАЛ (ИНФОРМАЦИЯ) ПРОИЗВЕДЕН И РАСПРОСТРАНЕН ИНОСТРАННЫМ АГЕНТОМ «ВЕСТИ» ЛИБО КАСАЕТСЯ"
            " ДЕЯТЕЛЬНОСТИ ИНОСТРАННОГО АГЕНТА «ВЕСТИ». 18+"
        ),
    ],
)
@pytest.mark.parametrize(
    "frame", ["{disclaimer} {news}", "{news} {disclaimer}", "{disclaimer}\n\n{news}", "{news}\n{disclaimer}"]
)
def test_the_foreign_agents_disclaimer_goes_and_the_news_stays(disclaimer: str, frame: str) -> None:
    assert markup.without_disclaimers(frame.format(disclaimer=disclaimer, news=NEWS)) == NEWS
    assert markup.without_disclaimers(frame.format(disclaimer=disclaimer.capitalize(), news=NEWS)) == NEWS


@pytest.mark.parametrize(
    "line",
    [
        "Читайте также: Россия требует выдать журналиста",
        "👉 Подписывайтесь на наш канал в Telegram",
        "Нашли ошибку? Выделите её и нажмите Ctrl+Enter",
        "Сондай-ақ оқыңыз: Әкім қызметінен кетті",
        "Материалы по теме",
        "Фото: пресс-служба КНБ",
        "Источник: Вести Степи",
        "Мы в Telegram: подпишись",
        "Біздің Telegram-арнамызға жазылыңыз",
        "Telegram каналымызға ЖАЗЫЛЫҢЫЗ!",
        "Lesen Sie auch: Ein Kamel lief davon",
        "Read also: A camel ran away",
        "* Издание «Вести» признано в России иностранным агентом",
        "Настоящий материал произведён иностранным агентом ИВАНОВЫМ И. И. 18+",
    ],
)
def test_lines_about_the_outlet_go(line: str) -> None:
    assert markup.without_disclaimers(f"{NEWS}\n{line}\n{NEWS}") == f"{NEWS}\n\n{NEWS}"


@pytest.mark.parametrize(
    "line",
    [
        "Подписывайте петицию сегодня, сказал адвокат",
        "Поделился он и планами",
        "Читайте Конституцию!",
        "«Читайте также» — его рубрика",
        "Источник: россиянина задержали в Актобе и готовят к выдаче",
        "Фото с места задержания показал адвокат",
        "Его признали иностранным агентом в мае.",
    ],
)
def test_lines_of_the_news_stay(line: str) -> None:
    assert markup.without_disclaimers(line) == line


@pytest.mark.parametrize(
    "hostile",
    [
        "<div>" * 30_000 + "x",
        "".join(f"<b id={n}><p>" for n in range(10_000)),
        "<ul><li>" * 10_000,
        "<section>" * 5_000 + "</div>" * 25_000,
        "<svg>" * 10_000 + "</svg>" * 10_000,
        "<p " * 100_000,
        "<!--" * 100_000,
        "<nav><div>" * 4_500,
    ],
    ids=["deep", "crossed", "lists", "closers", "drawings", "unclosed", "comments", "menus"],
)
def test_hostile_nests_cost_no_more_than_linear_time(hostile: str) -> None:
    with cpu_at_most(5):
        markup.plain(hostile)


@pytest.mark.parametrize(
    "hostile", ["*" * 200_000, "*" + "признан" * 30_000, "*признан " + "иноагент" * 20_000 + "!" * 130]
)
def test_what_only_begins_like_a_disclaimer_costs_little(hostile: str) -> None:
    with cpu_at_most(0.3):
        assert markup.without_disclaimers(f"{hostile}\nагент").startswith(hostile)


def test_dropping_a_node_and_its_inside_frees_it_once() -> None:
    tree = LexborHTMLParser("<div><p><i>a</i></p><p>b</p></div><p>c</p>")
    markup.drop([*tree.css("i"), *tree.css("div"), *tree.css("p")[:2]])
    assert tree.body is not None
    assert tree.body.html == "<body><p>c</p></body>"


@given(st.text(alphabet="<>/abipdv&;\"'= \nЯ", max_size=200))
@settings(max_examples=200)
def test_any_text_is_survived(html: str) -> None:
    markup.without_disclaimers(markup.plain(html))
