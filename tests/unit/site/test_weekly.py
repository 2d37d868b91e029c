from xml.etree import ElementTree as ET

import pytest

from monitor.site.pictures.cards import png
from monitor.site.pictures.png_format import size
from monitor.site.pictures.weekly import HEIGHT, WIDTH, weekly_svg

SVG = "{http://www.w3.org/2000/svg}"


def words(svg: str) -> list[str]:
    return [text.text or "" for text in ET.fromstring(svg).iter(f"{SVG}text")]


def bars(svg: str) -> list[int]:
    return [int(rect.get("width", "")) for rect in ET.fromstring(svg).iter(f"{SVG}rect")][2:]


def test_a_bar_for_each_topic_as_long_as_it_is_great() -> None:
    svg = weekly_svg("Новости недели", [("Экстрадиция", 8), ("Допросы", 4), ("РВП", 1)])

    assert words(svg) == ["Новости недели", "Экстрадиция", "8", "Допросы", "4", "РВП", "1"]
    assert bars(svg) == [900, 450, 112]
    assert size(png(svg)) == (WIDTH, HEIGHT)


def test_the_smallest_topics_share_a_bar() -> None:
    svg = weekly_svg("Неделя", [(f"Тема {number}", 10 - number) for number in range(9)])

    assert words(svg)[-2:] == ["Остальное", "20"]
    assert len(bars(svg)) == 5
    assert max(bars(svg)) == 900


@pytest.mark.parametrize("title", ["", "\x00\ud800\u202e", "</text>&amp;<script>", "🤯" * 9_000, "Ұ" * 9_000])
def test_any_title_is_drawn(title: str) -> None:
    assert size(png(weekly_svg(title, [(title, 1)]))) == (WIDTH, HEIGHT)
    assert size(png(weekly_svg(title, []))) == (WIDTH, HEIGHT)
