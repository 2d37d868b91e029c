"""What is remembered is what the function said; no text is kept."""

import sys

from hypothesis import given
from hypothesis import strategies as st

from monitor.text.remembered import remembered


@given(st.lists(st.tuples(st.text(max_size=3), st.integers(0, 2)), max_size=40), st.integers(1, 5))
def test_answers_are_those_of_the_function(asked: list[tuple[str, int]], most: int) -> None:
    def said(text: str, times: int) -> str:
        return text * times

    again = remembered(most)(said)

    assert [again(text, times) for text, times in asked] == [said(*one) for one in asked]


def test_a_text_is_asked_once_and_not_kept() -> None:
    calls: list[int] = []

    @remembered(2)
    def length(text: str) -> int:
        calls.append(len(text))
        return len(text)

    text = "".join(["а"] * 1_000)
    held = sys.getrefcount(text)
    assert (length(text), length(text), calls) == (1_000, 1_000, [1_000])
    assert sys.getrefcount(text) == held

    length("б")
    length("вв")  # all is forgotten for it
    length(text)
    assert calls == [1_000, 1, 2, 1_000]


def test_an_answer_that_is_not_to_be_kept_is_worked_out_again() -> None:
    calls: list[str] = []

    @remembered(2, keeps=bool)
    def blank(text: str) -> str:
        calls.append(text)
        return text.strip()

    assert [blank(text) for text in ("а", " ", "а", " ")] == ["а", "", "а", ""]
    assert calls == ["а", " ", " "]
