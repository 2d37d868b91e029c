"""Names in Latin letters: the usual spellings of passports and foreign outlets."""

import pytest

from monitor.stories.people.latin_names import in_cyrillic


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        ("Kirill Zaborsky", "Кирилл Заборский"),
        ("Dmitry Shcherbakov", "Дмитрий Щербаков"),
        ("Ilya Belyaev", "Илья Беляев"),
        ("Alexander Solovyov", "Александр Соловьев"),
        ("Tatiana Yezhova", "Татьяна Ежова"),
        ("Sergei Zhukov", "Сергей Жуков"),
        ("Marat Zhylanbayev", "Марат Жыланбаев"),
        ("Yulia Khodyreva", "Юлия Ходырева"),
        ("B. Shamanov", "Б. Шаманов"),
    ],
)
def test_names_are_spelled_in_cyrillic(latin: str, cyrillic: str) -> None:
    assert in_cyrillic(f"Вчера {latin} молчал") == f"Вчера {cyrillic} молчал"


@pytest.mark.parametrize("text", ["Рейс Air Astana", "Radio Azattyq сообщает", "Human Rights Watch", "NATO", ""])
def test_what_is_no_name_stays(text: str) -> None:
    assert in_cyrillic(text) == text
