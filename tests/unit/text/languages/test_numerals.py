"""How many a text speaks of, in figures and in words."""

import pytest

from monitor.text.languages.numerals import counts, numbers


@pytest.mark.parametrize(
    ("text", "every"),
    [
        ("Сто двадцать россиян задержаны", {120}),
        ("Двести двадцать пять россиян задержаны", {225}),
        ("Двадцать, сто и ещё пять", {20, 100, 5}),
        ("Екі жүз елу ресейлік ұсталды", {250}),
        ("Жүз жиырма ресейлік ұсталды", {120}),
        ("Задержаны 20 пять раз", {20, 5}),
        ("Задержаны 1 200 россиян", {1200}),
        ("Он вышел", set()),
        ("Он ресейлік ұсталды, бәрі қамауда", {10}),
    ],
)
def test_words_that_make_one_number_are_read_as_one(text: str, every: set[int]) -> None:
    assert numbers(text) == every


@pytest.mark.parametrize(
    ("headline", "counted"),
    [
        ("Аннулировали РВП сорока россиянам", {40}),
        ("Двадцать пять россиян задержаны 28 ноября", {25}),
        ("Қырық ресейлік ұсталды", {40}),
        ("35-летнего россиянина осудили на 5 лет", set()),
        ("Итоги 2026 года", set()),
        ("Ста с лишним россиянам отказали", set()),
    ],
)
def test_counts_are_of_people_and_things(headline: str, counted: set[int]) -> None:
    assert counts(headline) == counted


def test_a_number_is_one_in_figures_and_in_words() -> None:
    assert numbers("сорока") == numbers("40") == {40}
