import pytest

from monitor.text.languages.numerals import counts, numbers
from monitor.text.languages.places import is_named, places


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("В Костанае аннулировали РВП сорока россиянам", {"костан"}),
        ("Павлодарский суд разрешил экстрадицию", {"павлодар"}),
        ("Жителя Усть-Каменогорска вызвали в КНБ", {"усть-каменог"}),
        ("Россиян проверяют в Сарканде", {"саркан"}),
        ("В Верховном суде Казахстана ждут жалобу из России", set()),
        ("Многодетные семьи получат жильё", set()),
    ],
)
def test_places_are_known_in_every_case(text: str, named: set[str]) -> None:
    assert places(text) == named


def test_a_town_is_one_in_both_languages() -> None:
    assert places("Ресейлік Өскеменде ұсталды", kazakh=True) == places("Россиянин задержан в Усть-Каменогорске")
    assert is_named("саркан", "Сарқанд емес, Сарканд")
    assert not is_named("алмат", "В Астане дождь")


@pytest.mark.parametrize(
    ("headline", "counted"),
    [
        ("Аннулировали РВП сорока россиянам", {40}),
        ("Двадцать пять россиян задержаны 28 ноября", {25}),
        ("Қырық ресейлік ұсталды", {40}),
        ("35-летнего россиянина осудили на 5 лет", set()),
        ("Итоги 2026 года", set()),
    ],
)
def test_counts_are_of_people_and_things(headline: str, counted: set[int]) -> None:
    assert counts(headline) == counted


def test_a_number_is_one_in_figures_and_in_words() -> None:
    assert numbers("сорока") == numbers("40") == {40}
