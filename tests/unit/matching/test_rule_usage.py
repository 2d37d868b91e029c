"""Rules that the news speak against: never fired, fired at anything, always second."""

from monitor.config.keywords import load_keywords
from monitor.matching.backtest import KeptArticle
from monitor.matching.compiler import compile_rules
from monitor.matching.lint import FEWEST, Usage
from monitor.matching.matcher import Matcher
from monitor.models.articles import Outcome, Verdict
from tests.factories import NOW

RULES = """\
topics:
  sea:
    title: Море
    hashtag: море
    any_of:
      - {name: маяк, all: ["маяк, бакен"]}
      - {name: маяк и лодка, all: [маяк, лодка]}
      - {name: погода, all: ["шторм, штиль"]}
      - {name: киты, all: [кит]}
"""


def doubts(*texts: str, rules: str = RULES) -> list[str]:
    keywords = load_keywords(rules, file="keywords.yaml")
    usage = Usage(keywords, Matcher(compile_rules(keywords)))
    for number, text in enumerate(texts):
        usage.add(
            KeptArticle(
                entry_id=number, feed="Лента", url="", title="", text=text, seen_at=NOW, outcome=Outcome.POSTED,
                verdict=Verdict(),
            )
        )  # fmt: skip
    return [str(doubt) for doubt in usage.doubts(days=30)]


def test_each_kind_is_named_with_its_line() -> None:
    texts = ["Снег."] * FEWEST + ["Штормит: шторм."] * 60 + ["Маяк и лодка."] * 6 + ["Бакен."] * 2

    never, broad, second = sorted(doubts(*texts), key=lambda doubt: "киты" not in doubt)

    assert never.startswith("keywords.yaml:2: sea: ни разу не сработали (568 новостей за 30 дн.): «киты»")
    assert (
        "keywords.yaml:7: sea: правило «маяк и лодка» ничего не добавило: каждый раз (6) раньше срабатывало «маяк»"
        in (broad + second)
    )
    assert "правило «погода» сработало на 11% прочитанного" in broad + second


def test_a_rule_that_decided_once_is_not_covered() -> None:
    texts = ["Снег."] * FEWEST + ["Маяк и лодка."] * 6 + ["Шторм, кит, бакен."]

    (doubt,) = doubts(*texts)

    assert "«маяк и лодка» ничего не добавило" in doubt
    assert f"({FEWEST + 7} новостей за 30 дн.)" in doubt


def test_a_few_news_prove_nothing() -> None:
    assert doubts(*["Шторм."] * (FEWEST - 1)) == []


def test_a_rule_of_the_classifier_is_not_called_idle() -> None:
    rules = RULES.replace("  sea:", "  knb:") + "      - {name: похоже, tier: review, classifier: true}\n"

    (idle,) = doubts(*["Снег."] * FEWEST, rules=rules)

    assert "«киты»" in idle
    assert "похоже" not in idle
