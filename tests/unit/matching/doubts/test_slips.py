"""One slip in a file that is right otherwise: told once, where it stands, with what to write instead."""

from monitor.config.keywords import load_keywords
from monitor.matching.compiler import compile_checked
from monitor.matching.lint import lint

LISTS = """lists:
  свои: {ru: "вахтёр, сторож"}
  рейсы: {ru: "рейс, поезд", kk: рейс}
  где: {ru: Омск}
  чужие: {ru: "чужие, гость"}
"""
TOPICS = """topics:
  t:
    title: т
    any_of:
      - all: [["побег", $рейсы, $где, $свои, $чужие, $people]]
"""


def told(rule: str = "", *, lists: str = LISTS, people: str = "Мовлаев") -> list[tuple[int, str, str]]:
    file = f"{lists}people:\n  - {people}\n{TOPICS}{rule}"
    keywords = load_keywords(file, file="k.yaml")
    return [(doubt.line, doubt.key, doubt.message) for doubt in lint(keywords, compile_checked(keywords)[0])]


def test_a_file_without_slips_is_not_doubted() -> None:
    assert told() == []


def in_list(russian: str, kazakh: str = "ұшақ") -> list[str]:
    words = f'рейсы: {{ru: "рейс, {russian}", kk: "{kazakh}"}}'
    return [message for _, _, message in told(lists=LISTS.replace('рейсы: {ru: "рейс, поезд", kk: рейс}', words))]


def test_a_comma_lost_in_a_list_is_told_where_the_list_is_written_only() -> None:
    lists = LISTS.replace("ru: Омск", 'ru: "Омск Томск"')
    rules = ["снять с $где, {где: $где}", "сесть в $где, беглец"]
    rule = "".join(f"      - all: [{lines}]\n" for lines in rules) + "counters: [{all: [жить в $где]}]\n"

    ((line, key, message),) = told(rule, lists=lists)

    assert (line, key) == (4, "где")
    assert message.endswith("поставьте запятую: Омск, Томск")
