from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.broken_words import readings, rejoin
from monitor.text.unicode import WORD, fold


def words(text: str) -> list[str]:
    """As the matcher would see them."""
    return WORD.findall(fold(rejoin(text)).text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("его депор-\nтировали", ["его", "депортировали"]),
        ("его депор-\r\nтировали", ["его", "депортировали"]),
        ("его депор‐\nтировали", ["его", "депортировали"]),
        ("в Алма-\nАте", ["в", "алма", "ате"]),
        ("- список -\n- пункт", ["список", "пункт"]),
        ("э к с т р а д и ц и я", ["экстрадиция"]),
        ("Э К С Т Р А Д И Ц И Я", ["экстрадиция"]),
        ("п ы т к", ["пытк"]),
        ("и в с", ["и", "в", "с"]),
        ("и — в с к", ["и", "в", "с", "к"]),
        ("в К. Н. Б. вызвали", ["в", "кнб", "вызвали"]),
        ("в К.Н.Б вызвали", ["в", "кнб", "вызвали"]),
        ("в К.Н.Б.", ["в", "кнб"]),
        ("р.в.п. аннулировали", ["рвп", "аннулировали"]),
        ("суд Р.К.", ["суд", "рк"]),
        ("А. С. Пушкин", ["а", "с", "пушкин"]),
        ("К.К. Токаев", ["кк", "токаев"]),
        ("и т. д. и т. п.", ["и", "т", "д", "и", "т", "п"]),
        ("т.е. он", ["т", "е", "он"]),
        ("в г. К. Н.", ["в", "г", "к", "н"]),
    ],
)
def test_broken_words_are_joined_and_others_are_not(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("piece", "expected"),
    [
        ("#ДопросВКНБ", ["Допрос", "В", "КНБ"]),
        ("#АрестКНБ", ["Арест", "КНБ"]),
        ("депор🚨тация", ["депор\u2060тация"]),
        ("депор❗️тация", ["депор\u2060\u2060тация"]),
        ("эк$традиция", ["эксtрадиция".replace("t", "т")]),
        ("деп0ртация", ["депортация"]),
        ("экст*адиция", ["экстрадиция"]),
    ],
)
def test_a_piece_is_read_in_every_way_that_it_may_be_meant(piece: str, expected: list[str]) -> None:
    assert expected in [[text for _, text in parts] for parts in readings(piece)]


@pytest.mark.parametrize("piece", ["Казахстан", "«Казахстан»,", "10:30", "COVID-19", "kz.media/1", "1937", "…"])
def test_a_usual_piece_is_read_as_it_stands(piece: str) -> None:
    assert list(readings(piece)) == [((0, piece),)]


@given(st.text(alphabet="кНб .-\n\r🚨#_$*0\u2060еЁa", max_size=60) | st.text(max_size=40))
def test_nothing_moves(text: str) -> None:
    joined = rejoin(text)

    assert len(joined) == len(text)
    assert all(one in (other, "\u2060", "\u200b") for one, other in zip(joined, text, strict=True))
    for piece in joined.split():
        for parts in readings(piece):
            assert all(0 <= start <= start + len(part) <= len(piece) for start, part in parts)
            assert all(one[0] + len(one[1]) <= other[0] for one, other in pairwise(parts))
