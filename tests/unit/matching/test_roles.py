"""Where a word stands in its sentence decides whether it can be the place of what is told."""

import pytest

from monitor.config.keywords import load_keywords
from monitor.matching.compiler import compile_rules
from monitor.matching.matcher import Matcher

RULES = """\
topics:
  escapes:
    title: Побеги
    hashtag: побег
    any_of:
      - {name: выдали, within: text, all: ["выдать, беглец", {где: Казахстан}]}
"""
MATCHER = Matcher(compile_rules(load_keywords(RULES, file="keywords.yaml")))


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("Казахстан выдал его.", True),
        ("Идёт дождь. Казахстан выдал его.", True),
        ("Выдали! Казахстан молчит.", True),
        ("Выдали в Казахстане.", True),
        ("Выдали его по адресу: Казахстан.", False),
        ("Выдали груз, Казахстан.", False),
        ("Выдали в Казахстан.", False),
    ],
)
def test_a_country_is_where_it_acts_also_after_a_full_stop(text: str, fires: bool) -> None:
    assert bool(MATCHER.judge(title="", text=text).topics) is fires
