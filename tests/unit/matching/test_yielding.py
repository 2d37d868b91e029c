"""`yields_to`: where two topics say the same of one story, one of them gives way, and nothing is lost."""

import pytest

from monitor.config.keywords import load_keywords
from monitor.errors import ConfigError
from monitor.matching.compiler import compile_rules
from monitor.matching.explanation import explain, lack
from monitor.matching.matcher import Matcher
from monitor.models.articles import Tier

RULES = """\
topics:
  extradition:
    title: Выдача
    any_of:
      - {name: выдворение, all: [выдворить, россиянин], yields_to: [рейд]}
      - {name: в Россию, all: [выдворить, {куда: Россия}]}
  rvp:
    title: Бумаги
    any_of:
      - {name: рейд, all: [рейд, россиянин]}
      - {name: проверка, all: [проверка, россиянин]}
"""


def matcher(rules: str = RULES) -> Matcher:
    return Matcher(compile_rules(load_keywords(rules, file="keywords.yaml")))


def shown(text: str, rules: str = RULES) -> list[tuple[str, str]]:
    return [(topic.id, topic.rule) for topic in matcher(rules).judge(title="", text=text).topics]


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("После рейда выдворили россиянина.", [("rvp", "рейд")]),
        ("Россиянина выдворили.", [("extradition", "выдворение")]),
        ("После проверки выдворили россиянина.", [("extradition", "выдворение"), ("rvp", "проверка")]),
        ("После рейда россиянина выдворили в Россию.", [("extradition", "в Россию"), ("rvp", "рейд")]),
        ("После рейда россиянин дома.", [("rvp", "рейд")]),
    ],
    ids=["raid", "alone", "to another rule", "another rule of the topic stays", "nothing to yield"],
)
def test_a_rule_yields_where_another_decides_and_only_there(text: str, topics: list[tuple[str, str]]) -> None:
    assert shown(text) == topics


def test_a_whole_topic_may_be_yielded_to() -> None:
    rules = RULES.replace("yields_to: [рейд]", "yields_to: [rvp]")

    assert shown("После проверки выдворили россиянина.", rules) == [("rvp", "проверка")]


def test_it_yields_only_to_what_is_as_strong() -> None:
    rules = RULES.replace("{name: рейд,", "{name: рейд, tier: review,")

    assert shown("После рейда выдворили россиянина.", rules) == [("extradition", "выдворение")]


@pytest.mark.parametrize(("first", "second"), [("post", "post"), ("post", "review"), ("review", "review")])
def test_of_two_that_yield_to_each_other_one_stays(first: str, second: str) -> None:
    rules = f"""\
topics:
  a: {{title: А, any_of: [{{name: а, tier: {first}, all: [выдворить, россиянин], yields_to: [б]}}]}}
  b: {{title: Б, any_of: [{{name: б, tier: {second}, all: [рейд, россиянин], yields_to: [a]}}]}}
"""
    assert len(shown("После рейда выдворили россиянина.", rules)) == 1


def test_a_muted_rule_takes_no_place() -> None:
    text = "После рейда выдворили россиянина."

    assert [topic.id for topic in matcher().muting([("rvp", "рейд")]).judge(title="", text=text).topics] == [
        "extradition"
    ]


def test_what_gave_way_is_kept_and_explained() -> None:
    text = "После рейда выдворили россиянина."
    verdict = matcher().judge(title="", text=text)
    report, _ = explain(matcher(), title="", text=text)

    assert [topic.rule for topic in verdict.hinted] == ["выдворение"]
    assert report.gives_way
    assert lack(report) == "правило «выдворение» уступает (yields_to): новость идёт под другой темой"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("[рэйд]", "нет такой темы и такого правила — может быть, «рейд»?"),
        ("[в Россию]", "правило уступает другой теме или её правилу, а это своё"),
        ("[extradition]", "правило уступает другой теме или её правилу, а это своё"),
        ("рейд", "здесь нужен список"),
        ("[]", "здесь нужен список"),
        ("[[рейд]]", "здесь нужен один текст"),
    ],
)
def test_a_name_that_nobody_has_is_refused_where_it_stands(written: str, message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load_keywords(RULES.replace("[рейд]}", f"{written}}}"), file="keywords.yaml")

    assert message in refused.value.message
    assert (refused.value.line, refused.value.key) == (5, "yields_to")


def test_a_rule_that_a_word_forbids_decides_nothing_where_another_only_asks() -> None:
    """A rule met in the depth of a text asks; the next was forbidden and published it all the same."""
    rules = """\
topics:
  t:
    title: Т
    any_of:
      - {name: глубоко, all: [выдать, блогер]}
      - {name: запрещено, all: [задержать, актёр], none: роль}
"""
    deep = (
        "Актёра в роли вора задержали.\n" + "Дождь шёл весь день.\n" * 40 + "Блогера выдали.\nПотом выдали ещё блогера."
    )
    judged = matcher(rules).judge(title="", text=deep)

    assert [(topic.rule, topic.tier) for topic in judged.topics] == [("глубоко", Tier.REVIEW)]
