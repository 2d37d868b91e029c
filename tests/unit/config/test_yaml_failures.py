"""Where the parser of YAML stops: the line on which the mistake is, not that on which it was noticed."""

import pytest

from monitor.config.yaml_reader import load
from monitor.errors import ConfigError


def refused(text: str) -> tuple[int, str]:
    with pytest.raises(ConfigError, match="здесь файл не читается") as caught:
        load(text, file="k.yaml")
    return caught.value.line, caught.value.message


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a:\n  none: [$не наше, {ru: деньги]\n  b: c\n", 2, "открыта скобка «{»"),
        ("a:\n  none: [деньги\n  b: c\n  d: [e]\n", 2, "открыта скобка «[»"),
        ('a:\n  - all:\n    - {ru: "б, в", kk: "г"\n    - $д\n', 3, "открыта скобка «{»"),
        ("a:\n  - all: [б, в\n  - all: [г]\n", 2, "открыта скобка «[»"),
        ("a:\n  none: {ru: деньги", 2, "открыта скобка «{»"),
        ('a:\n  - name: "Голос\n    b: c\n    d: "e: f"\n', 2, "открыта кавычка"),
        ('a:\n  - name: "Голос\n    b: c\n    chat: "@e"\n', 2, "открыта кавычка"),
        ("a:\n  - {ru: 'Голос}\n    b: c\n  - {ru: 'Голос'}\n", 2, "открыта кавычка"),
        ('a:\n  name: "Голос\n  b: c\n', 2, "открыта кавычка"),
        ('a:\n  b: "один\n    два"\n  c: d: e\n', 4, "два двоеточия"),
        ("a:\n  b: [c,", 2, "проверьте отступы"),
        ("a:\n  b: {c: d: e}\n", 2, "два двоеточия"),
    ],
)
def test_what_is_not_closed_is_told_where_it_was_opened(text: str, line: int, says: str) -> None:
    assert refused(text)[0] == line
    assert says in refused(text)[1]


@pytest.mark.parametrize("sign", ["@", "%", "`"])
def test_a_text_that_begins_with_a_sign_of_yaml(sign: str) -> None:
    assert f"текст начинается со служебного знака «{sign}»" in refused(f"a:\n  name: {sign}golos\n")[1]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a:\n  - один\n  -два\n", 3, "дефис без пробела"),
        ("a:\n  b: c\n \xa0d: e\n", 3, "неразрывный пробел"),
        ("a:\n  b: “c: d”\n", 2, "кавычки “…” здесь не кавычки"),
    ],
)
def test_a_sign_that_looks_like_another_is_told_where_it_stands(text: str, line: int, says: str) -> None:
    assert refused(text)[0] == line
    assert says in refused(text)[1]
