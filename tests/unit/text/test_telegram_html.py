"""Words marked in a line: the same line to a reader, the marks on the very words, and never a tag cut."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.text.telegram_html import line, marked_line, seen, tag, text

TEXTS = st.text(st.sampled_from("абв <>&;\n\t\u00a0\u0301\u200b\ud800\U0001f600«»amp"), max_size=60)


@given(outside=TEXTS, cuts=st.lists(st.integers(0, 60), max_size=8), units=st.integers(5, 80))
def test_marks_change_nothing_that_is_read(outside: str, cuts: list[int], units: int) -> None:
    places = sorted(cuts)
    spans = list(zip(places[::2], places[1::2], strict=False))

    marked = marked_line(outside, spans, units)

    assert seen(marked) == seen(text(line(outside, units)))
    assert marked.count("<u>") == marked.count("</u>") <= len(spans)
    assert marked.replace("<u>", "").replace("</u>", "") == text(line(outside, units))


def test_the_very_words_are_marked_and_those_cut_off_are_not() -> None:
    outside = "суд,\n\n  суд & <суд>  выдал"
    third, last = outside.rindex("суд"), outside.index("выдал")

    assert marked_line(outside, [(0, 3), (third, third + 3)], 80) == (
        f"{tag('u', text('суд'))}, суд &amp; &lt;{tag('u', text('суд'))}&gt; выдал"
    )
    assert "<u>" not in marked_line(outside, [(last, last + 5)], 12)
