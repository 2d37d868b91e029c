"""How many a text speaks of, in figures and in words."""

import pytest

from monitor.text.languages.numerals import counts, is_counted, numbers


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
        ("Оның 22-сі тіркеусіз, 40-тан аса адам, 35-летний, 2026-жылы", {22, 40}),
        ("Он ресейлік ұсталды, бәрі қамауда", {10}),
    ],
)
def test_words_that_make_one_number_are_read_as_one(text: str, every: set[int]) -> None:
    assert numbers(text) == every


@pytest.mark.parametrize(
    ("headline", "counted"),
    [
        ("Аннулировали РВП сорока россиянам", {"40"}),
        ("Двадцать пять россиян задержаны 28 ноября", {"25"}),
        ("Қырық ресейлік ұсталды", {"40"}),
        ("35-летнего россиянина осудили на 5 лет", set()),
        ("Итоги 2026 года", set()),
        ("Ста с лишним россиянам отказали", {"≈100"}),
        ("Больше четырёхсот россиян лишились РВП", {"≈400"}),
    ],
)
def test_counts_are_of_people_and_things(headline: str, counted: set[str]) -> None:
    assert counts(headline) == counted


@pytest.mark.parametrize(
    ("count", "text", "is_known"),
    [
        ("412", "Аннулировано 412 разрешений", True),
        ("≈400", "Аннулировано 412 разрешений", True),
        ("412", "Больше четырёхсот россиян", True),
        ("112", "Ста с лишним отказали", True),
        ("412", "Аннулировано 400 разрешений", False),
        ("≈400", "Аннулировано 4 разрешения", False),
        ("212", "Больше четырёхсот россиян", False),
    ],
)
def test_a_rough_number_is_known_by_an_exact_one_that_is_near(count: str, text: str, *, is_known: bool) -> None:
    assert is_counted(count, text) is is_known


def test_a_number_is_one_in_figures_and_in_words() -> None:
    assert numbers("сорока") == numbers("40") == {40}
