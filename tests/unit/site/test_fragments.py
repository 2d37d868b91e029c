import pytest

from monitor.models.site import Quote
from monitor.site.fragments import Edited, clean_line, edits, mark_quote, web


@pytest.mark.parametrize(
    ("outside", "seen"),
    [
        ("<b>Суд</b>\n  решил", "<b>Суд</b> решил"),
        ("\u202eобратно\u2066 \x00\x1b[31m", "обратно [31m"),
        ("\U0001fffeслово\ufdd0", "слово"),
        ("а" * 400, "а" * 298 + "…"),
    ],
)
def test_outside_text_is_one_clean_line(outside: str, seen: str) -> None:
    assert clean_line(outside) == seen


def test_marks_are_the_only_markup() -> None:
    quote = Quote(text="Суд <i>выдал</i> его", marks=((0, 3), (7, 12)))

    assert str(mark_quote(quote)) == "<mark>Суд</mark> &lt;i&gt;<mark>выдал</mark>&lt;/i&gt; его"


def test_marks_stay_at_their_words_when_the_text_is_cleaned() -> None:
    quote = Quote(text="\u202eСуд  \n\u200bвыдал его", marks=((8, 13),))

    assert str(mark_quote(quote)) == "Суд <mark>выдал</mark> его"


@pytest.mark.parametrize("marks", [((5, 2),), ((0, 0),), ((2, 5), (3, 9)), ((-4, 2),), ((90, 99),)])
def test_marks_that_fit_nowhere_cost_no_words(marks: tuple[tuple[int, int], ...]) -> None:
    assert mark_quote(Quote(text="Суд решил", marks=marks)).striptags() == "Суд решил"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://v.example/a b", "https://v.example/a%20b"),
        ("https://v.example/\ufffe\ufdd0\U0001ffff", "https://v.example/"),
        ("https://name:word@v.example/", "https://v.example/"),
        ("javascript:alert(1)", ""),
        ("//v.example", ""),
        ("ftp://v.example/a", ""),
    ],
)
def test_only_web_addresses_are_links(url: str, address: str) -> None:
    assert web(url) == address


@pytest.mark.parametrize(
    ("said", "edited"),
    [
        ("было «а», стало «б»", Edited(before="а", after="б")),
        ("Заголовок: было «а», стало «б»", Edited(before="а", after="б", headline=True)),
        ("добавлено «а «б» в»", Edited(after="а «б» в")),
        ("убрано «а»", Edited(before="а")),
        ("… и ещё изменений: 2", Edited(note="… и ещё изменений: 2")),
    ],
)
def test_what_a_look_found_is_read_line_by_line(said: str, edited: Edited) -> None:
    assert edits(f"\n{said}\n") == (edited,)
