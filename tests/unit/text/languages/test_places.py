import pytest

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
