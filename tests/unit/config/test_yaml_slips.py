"""Slips of the pen that YAML reads as something else, in whatever file: the line, and what to write."""

import pytest

from monitor.config.yaml_reader import Mapping, YamlReader, items_of, load
from monitor.config.yaml_slips import odd_sign, unseen_sign
from monitor.errors import ConfigError


def refused(text: str) -> tuple[int, str]:
    with pytest.raises(ConfigError) as caught:
        load(text, file="k.yaml")
    return caught.value.line, caught.value.message


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a:\n  name: Голос #1\n", 2, "прочитано «Голос»"),
        ("a:\n  - один\n  - два слова\t#новости\n", 3, "прочитано «два слова»"),
        ("a: [один #1\n  , два]\n", 1, "прочитано «один»"),
        ("a: один,\n  два #2\n", 2, "прочитано «два»"),
        ("a: один #1", 1, "прочитано «один»"),
        ("a:\n  hashtag: #КНБ\n  b: c\n", 2, "напишите «КНБ» без #"),
        ("a:\n  - #новости\n  - б\n", 2, "напишите «новости» без #"),
    ],
)
def test_a_sign_of_comments_that_was_none_is_told(text: str, line: int, says: str) -> None:
    assert refused(text)[0] == line
    assert says in refused(text)[1]


@pytest.mark.parametrize(
    "text",
    [
        "a: один # так\n",
        "a: один #\n",
        "a: один ## так\n",
        "a: #раздел\n  - один\n",
        "#раздел\na: один#1\n",
        "a: 'один #1'\n",
        "a: |\n  один #1 # два\n",
        "a: >- # так\n  один #1\n",
    ],
)
def test_other_comments_and_signs_are_none_of_ours(text: str) -> None:
    assert isinstance(load(text, file="k.yaml"), Mapping)


def test_a_comment_inside_a_folded_text_is_told_on_its_line() -> None:
    line, says = refused("a: >-\n  один,\n  два,   # добавила Аня\n  три\n")

    assert (line, "внутри >- примечаний не бывает" in says) == (3, True)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a:\n  - один\n    -два\n", 3, "дефис без пробела"),
        ("a:\n  - один\n    - два\n", 3, "слились две строки: начните «- » с того же отступа"),
        ("a: один\n  - два\n", 2, "слились две строки"),
        ("a:\n  один\n    два\n  - три\n", 2, "ниже идёт список"),
        ("a:\n  — один\n  — два\n", 2, "длинное тире"),
        ("a:\n  – один\n", 2, "длинное тире"),
        ("a:\n  -один\n  - два\n", 2, "дефис без пробела"),
        ("a:\n  — name: один\n    b: два\n", 2, "длинное тире"),
        ("a:\n  -name: один\n   b: два\n", 2, "дефис без пробела"),
    ],
)
def test_an_item_that_lost_its_hyphen_is_told(text: str, line: int, says: str) -> None:
    assert refused(text)[0] == line
    assert says in refused(text)[1]


@pytest.mark.parametrize(
    "text",
    [
        "a:\n  - один,\n    два\n    три\n",
        "a:\n  - 'один\n    два'\n",
        "a:\n  - >-\n    один\n    два\n",
        "a: один\n  — два\n",
        "a: -5\n",
        "a:\n  - -5 градусов\n  - — Нет, — сказал он\n",
        "a: [один\n  два]\n",
    ],
)
def test_a_text_may_go_on_where_nothing_can_be_lost(text: str) -> None:
    assert isinstance(load(text, file="k.yaml"), Mapping)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("один\n    два", 2),
        ("один,\n    два\n\n    три", 4),
        ("один,\n    два,\n    три", 0),
        ("'один\n    два'", 0),
        (">-\n    один\n    два", 0),
        ("{b: один\n    два}", 0),
    ],
)
def test_lines_of_one_text_that_were_perhaps_two_are_told(text: str, line: int) -> None:
    reader = YamlReader("k.yaml")
    (item,) = items_of(load(f"a:\n  - {text}\n", file="k.yaml").get("a"))
    reader.text(item.get("b") if isinstance(item, Mapping) else item, key="a", at=item)

    assert [problem.line - 1 for problem in reader.problems] == ([line] if line else [])
    assert all("новый пункт начните с «- »" in problem.message for problem in reader.problems)


def test_a_key_twice_in_an_item_may_be_a_lost_hyphen() -> None:
    lost = "если здесь начинается новая запись, поставьте перед ней «- »; если нет, оставьте один"

    assert refused("a:\n  - b: один\n    b: два\n") == (3, f"ключ уже есть в строке 2 — {lost}")
    for text in ("b: один\nb: два\n", "a:\n  - {b: один, b: два}\n", "a:\n  c:\n    b: один\n    b: два\n"):
        assert refused(text)[1].endswith("— оставьте один")


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a:\n\xa0 b: c\n", 2, "неразрывный пробел"),
        ("a:\n  b: c\n  d:\xa0e\n", 3, "неразрывный пробел"),
        ("a:\n  -\xa0один\n", 2, "неразрывный пробел"),
        ("a:\n  \u200bb: c\n", 2, "невидимый знак"),
        ("a:\n  b: „один, два“\n", 2, "кавычки “…” здесь не кавычки"),
    ],
)
def test_a_sign_that_looks_like_another_is_named(text: str, line: int, says: str) -> None:
    assert refused(text)[0] == line
    assert says in refused(text)[1]


def test_signs_inside_a_text_are_left_to_its_reader() -> None:
    assert isinstance(load("a: “Астана” — это\xa0“Победа”\nb: |\n  \xa0один\n", file="k.yaml"), Mapping)
    assert odd_sign("ре\u0301дактор").startswith("знак ударения")
    assert odd_sign("один — два").startswith("длинное тире")
    assert unseen_sign("один — два") == ""
    assert unseen_sign("один\u200b").startswith("невидимый знак")
