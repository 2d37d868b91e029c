"""What each rule brings, alone and beside others, and what is proposed for one that editors mostly refuse."""

import pytest

from monitor.config.keywords import load_keywords
from monitor.matching.compiler import compile_rules
from monitor.matching.matcher import Matcher
from monitor.matching.rule_scores import FEWEST_DECISIONS, RuleScore, RuleScores

RULES = """\
topics:
  sea:
    title: Море
    hashtag: море
    any_of:
      - {name: маяк, all: ["маяк, бакен"]}
      - {name: у моря, tier: review, all: ["лодка, маяк"]}
      - {name: киты, tier: review, all: [кит]}
"""


@pytest.fixture
def scores() -> RuleScores:
    return RuleScores(Matcher(compile_rules(load_keywords(RULES, file="keywords.yaml"))))


def row(scores: RuleScores, rule: str) -> RuleScore:
    return next(row for row in scores.rows if row.rule == rule)


def decide(scores: RuleScores, text: str, *topics: str, times: int = 1) -> None:
    for _ in range(times):
        scores.add_decision({"id": "1", "title": "", "text": text, "lang": "ru", "topics": list(topics)})


def test_a_rule_is_counted_where_it_decides_and_alone_where_no_other_would(scores: RuleScores) -> None:
    for text in ("Маяк погас.", "Бакен сорвало.", "Лодка вернулась.", "Снег."):
        scores.add_article(title="", text=text)

    counts = {row.rule: (row.fired, row.alone) for row in scores.rows}
    assert counts == {"маяк": (2, 1), "у моря": (1, 1), "киты": (0, 0)}
    assert scores.articles == 4


def test_decisions_count_for_the_rule_that_brought_the_story(scores: RuleScores) -> None:
    decide(scores, "Лодка вернулась.", "sea", times=2)
    decide(scores, "Лодка пропала.", times=3)
    decide(scores, "Лодка или нет.", "maybe", times=9)

    boats = row(scores, "у моря")
    assert (boats.published, boats.rejected, boats.share) == (2, 3, 0.4)
    assert scores.decisions == 5


@pytest.mark.parametrize(
    ("rule", "text", "published", "proposal"),
    [
        ("маяк", "Маяк погас.", 0, "сначала редактору (tier: review): отклонено 9 из 9"),
        ("у моря", "Лодка пропала.", 0, "убрать: вопросов меньше на 9, опубликованное не пропадёт"),
        ("у моря", "Лодка пропала.", 1, "сузить: без него пропало бы опубликованных 1, отклонённых 9"),
        ("киты", "Кит у берега.", 9, ""),
    ],
)
def test_a_rule_mostly_refused_is_proposed_for_less(
    scores: RuleScores, rule: str, text: str, published: int, proposal: str
) -> None:
    decide(scores, text, "sea", times=published)
    decide(scores, text, times=9)

    assert row(scores, rule).proposal(0.3) == proposal


def test_a_few_decisions_propose_nothing(scores: RuleScores) -> None:
    decide(scores, "Кит у берега.", times=FEWEST_DECISIONS - 1)

    assert row(scores, "киты").share is None
    assert row(scores, "киты").proposal(1.0) == ""
