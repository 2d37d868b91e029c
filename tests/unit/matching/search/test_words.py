"""The words by which the index finds a text, and a quick look at whether a phrase may stand in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.matching.search.words import index_words, may_have


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ёлка, ЁЛКА!", {"елка"}),
        ("ҰҚК-нің", {"ұқк", "нің"}),
        ("РВП2 к 1937-му", {"рвп", "2", "к", "1937", "му"}),
        ("э к с т р а", {"экстра", "экстр", "кстра", *"экстра"}),
        ("депор-\nтация", {"депортация", "депор", "тация"}),
        ("#АрестКНБ", {"аресткнб", "арест", "кнб", "к", "нб"}),
        ("эк$тра", {"эк", "тра", "экстра"}),
        ("К. Н. Б.", {"кнб"}),
        ("snow", {"snow", "~snou"}),
        ("sottyń", {"sottyń", "~sottin"}),
        ("щ" * 50, {"щ" * 40}),
        ("", set()),
    ],
)
def test_words_as_they_are_written(text: str, words: set[str]) -> None:
    assert index_words("", text) == words


@given(title=st.text(), text=st.text())
def test_a_word_is_letters_or_digits(title: str, text: str) -> None:
    assert all(word.removeprefix("~").isalnum() and len(word) <= 80 for word in index_words(title, text))


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("решение верховного суда", True),
        ("верховный-суд", True),
        ("Верховного суда.", True),
        ("суда верховного", False),
        ("верховного и городского суда", False),
        ("верховный", False),
    ],
)
def test_a_phrase_may_stand_where_its_words_do(text: str, may: bool) -> None:
    phrase = (frozenset({"верховный", "верховного"}), frozenset({"суд", "суда"}))

    assert may_have([phrase], title="", text=text) is may
    assert may_have([(frozenset({"чего", "угодно"}),)], title="", text=text)
