"""`elsewhere`: an article that names another country at its beginning, and ours nowhere, is no news of ours."""

import pytest

from monitor.config.keywords import load_keywords
from monitor.errors import ConfigError
from monitor.matching.compiler import compile_rules
from monitor.matching.explanation import explain, lack
from monitor.matching.matcher import Matcher
from monitor.matching.reading import LEAD

RULES = """\
elsewhere:
  there: [{где: "Бишкек, Турция"}, СБУ]
  here: Казахстан, Алматы
topics:
  papers:
    title: Бумаги
    any_of:
      - {name: отмена, within: text, all: [отменить, регистрация]}
"""
MATCHER = Matcher(compile_rules(load_keywords(RULES, file="keywords.yaml")))


@pytest.mark.parametrize(
    ("title", "text", "fires"),
    [
        ("", "Регистрацию отменили.", True),
        ("", "В Бишкеке регистрацию отменили.", False),
        ("В Бишкеке рейд", "Регистрацию отменили.", False),
        ("СБУ сообщает", "Регистрацию отменили.", False),
        ("", "В Бишкеке и в Алматы регистрацию отменили.", True),
        ("", "Регистрацию отменили тому, кто улетал в Бишкек.", True),
        ("", f"Регистрацию отменили. {'Шёл дождь. ' * (LEAD // 10)} В Бишкеке тоже.", True),
        ("", f"В Бишкеке регистрацию отменили. {'Шёл дождь. ' * (LEAD // 10)} Казахстан следит.", True),
    ],
    ids=["nowhere", "text", "title", "any word", "ours, too", "not where", "deep", "ours deep"],
)
def test_what_happens_there_is_ours_only_if_we_are_named(title: str, text: str, fires: bool) -> None:
    assert bool(MATCHER.judge(title=title, text=text).topics) is fires


def test_the_explanation_names_the_word_and_where_the_file_has_it() -> None:
    (report,) = explain(MATCHER, title="", text="В Бишкеке регистрацию отменили.")

    assert lack(report) == "правилу «отмена» запретило слово «Бишкеке» (где: строка 2)"


@pytest.mark.parametrize(
    ("written", "line", "key"),
    [
        ("elsewhere: Бишкек\n", 1, "elsewhere"),
        ("elsewhere:\n  there: Бишкек\n", 2, "here"),
        ("elsewhere:\n  there: Бишкек\n  here: []\n", 3, "here"),
        ("elsewhere:\n  there: Бишкек\n  here: Алматы\n  hear: Астана\n", 4, "hear"),
    ],
)
def test_both_lines_are_asked_for(written: str, line: int, key: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load_keywords(f"{written}{RULES[RULES.index('topics:') :]}", file="keywords.yaml")

    assert (refused.value.line, refused.value.key) == (line, key)


def test_a_file_without_it_looks_nowhere() -> None:
    rules = RULES[RULES.index("topics:") :]
    matcher = Matcher(compile_rules(load_keywords(rules, file="keywords.yaml")))

    assert matcher.judge(title="", text="В Бишкеке регистрацию отменили.").topics
