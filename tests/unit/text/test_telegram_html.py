"""Words marked in a line: the same line to a reader, the marks on the very words, and never a tag cut; headlines."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.text.telegram_html import (
    Html,
    fits,
    fitting,
    headline,
    join,
    line,
    marked_line,
    tag,
    text,
    visible_text,
    wrap_link,
)

TEXTS = st.text(st.sampled_from("абв <>&;\n\t\u00a0\u0301\u200b\ud800\U0001f600«»amp"), max_size=60)


@given(outside=TEXTS, cuts=st.lists(st.integers(0, 60), max_size=8), units=st.integers(5, 80))
def test_marks_change_nothing_that_is_read(outside: str, cuts: list[int], units: int) -> None:
    places = sorted(cuts)
    spans = list(zip(places[::2], places[1::2], strict=False))

    marked = marked_line(outside, spans, units)

    assert visible_text(marked) == visible_text(text(line(outside, units)))
    assert marked.count("<u>") == marked.count("</u>") <= len(spans)
    assert marked.replace("<u>", "").replace("</u>", "") == text(line(outside, units))


def test_the_very_words_are_marked_and_those_cut_off_are_not() -> None:
    outside = "суд,\n\n  суд & <суд>  выдал"
    third, last = outside.rindex("суд"), outside.index("выдал")

    assert marked_line(outside, [(0, 3), (third, third + 3)], 80) == (
        f"{tag('u', text('суд'))}, суд &amp; &lt;{tag('u', text('суд'))}&gt; выдал"
    )
    assert "<u>" not in marked_line(outside, [(last, last + 5)], 12)


@given(outside=TEXTS.filter(str.strip), units=st.integers(5, 80))
def test_a_headline_is_an_exact_part_of_what_is_seen(outside: str, units: int) -> None:
    title = line(outside, 300)
    step = tag("b", text("Экстрадиция: суд"))
    html = join("\n", (step, tag("b", wrap_link(text(title), "https://news.example/?a=1&b=2")), text(title)))

    quoted = headline(html, units)

    assert visible_text(quoted) in visible_text(html)
    assert len(visible_text(quoted).encode("utf-16-le")) <= 2 * units
    assert quoted in ("", tag("b", text(visible_text(quoted))))
    if len(title.encode("utf-16-le")) <= 2 * units:
        assert visible_text(quoted) == visible_text(text(title)).strip()


def test_without_a_link_the_headline_is_what_is_bold_first() -> None:
    assert headline("#выдача\n<b>Суд &lt;решил&gt; иначе</b>\n<b>и ещё</b>", 12) == "<b>Суд &lt;решил&gt;</b>"
    assert headline("<b>Достопримечательности</b>", 10) == headline("без выделения", 100) == headline("", 100) == ""


def test_an_expandable_quote_is_valid_and_its_tag_does_not_count() -> None:
    quote = tag("blockquote expandable", text("а" * 4090))

    assert (quote[:24], quote[-13:]) == ("<blockquote expandable>а", "</blockquote>")
    assert fits(quote)
    assert not fits(join("\n", (quote, Html("текст! "))))


def test_as_many_rows_are_shown_as_fit_beside_the_rest() -> None:
    rows = [text("а" * 1_000)] * 4

    def count(rest: int, room: int = 0) -> int:
        return fitting(rows, lambda shown: join("", (*shown, text("я" * rest))), room=room).count("а") // 1_000

    assert (count(rest=96), count(rest=97), count(rest=96, room=1)) == (4, 3, 3)
    assert (count(rest=3_000), count(rest=4_000), count(rest=9_000)) == (1, 0, 0)
