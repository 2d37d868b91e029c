import pytest

from monitor.config.keywords import load_keywords
from monitor.errors import ConfigError
from monitor.matching.compiler import compile_rules
from monitor.matching.matcher import Matcher
from monitor.models.articles import Tier

RULES = """people: ["{name}"]
topics:
  t:
    title: т
    any_of:
      - all: [$people]
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Гасан-заде", "Приговор Гасан-заде и Гасан-Заде"),
        ("Гасан-Заде", "Приговор Гасан-заде"),
        ("Мамед Ильясов-оглы", "Письмо Мамеду Ильясову-оглы"),
        ("Азамат Темир уулу", "Ищут Азамата Темир уулу"),
        ("Хасан аль-Мурад", "Суд над Хасаном аль-Мурадом"),
        ("Асель Полынина", "Ответ Асели Полыниной"),
        ("Нургуль Полынина", "Вместе с Нургулью Полыниной"),
        ("Зульфия", "Отказали Зульфие"),
        ("О’Коннор", "Приговор О'Коннору"),
        ("Д'Артаньян", "Дело Д’Артаньяна"),
    ],
)
def test_small_parts_apostrophes_and_womens_names_are_found(name: str, text: str) -> None:
    people = Matcher(compile_rules(load_keywords(RULES.format(name=name), file="k.yaml")))
    assert people.judge(title=text, text="").tier is Tier.POST
    assert people.judge(title=text.lower(), text="").tier is Tier.NONE


def test_initials_of_a_name_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"инициалы «Ғ\.» не ищутся"):
        load_keywords(RULES.format(name="Ғ. Серікбаев"), file="k.yaml")
