from monitor.config.keywords import load_keywords
from monitor.matching.compiler import compile_rules
from monitor.matching.explanation import TopicReport, explain, lack, passages
from monitor.matching.matcher import Matcher

RULES = """
topics:
  t:
    title: Т
    any_of:
      - {name: близко, tier: post, all: [беглец, таможня], none: роман}
      - {name: в заголовке, tier: post, all: [поезд, таможня], within: title}
      - {name: далеко, tier: review, all: [беглец, таможня], within: 40}
      - {name: дважды, tier: review, all: ["поезд, рейс", "поезд, вокзал"]}
"""


def report(text: str, title: str = "") -> TopicReport:
    (topic,) = explain(Matcher(compile_rules(load_keywords(RULES, file="k.yaml"))), title=title, text=text)
    return topic


def nearest(text: str, title: str = "") -> list[tuple[str, str]]:
    return [(rule.name, rule.obstacle) for rule in report(text, title).nearest]


def test_a_fired_post_has_nothing_nearer() -> None:
    topic = report("Беглец у таможни.")
    assert topic.fired
    assert (topic.fired.rule, topic.nearest, topic.vetoes) == ("близко", (), ())


def test_for_a_review_the_rules_that_would_have_posted_are_named() -> None:
    topic = report("Беглец скрылся. Таможня молчит.")
    assert topic.fired
    assert topic.fired.rule == "далеко"
    assert [(rule.name, rule.obstacle) for rule in topic.nearest] == [("близко", "слова нужны в одном предложении")]


def test_only_the_rules_that_lacked_least_are_told_and_post_first() -> None:
    assert nearest("Беглец скрылся.") == [
        ("близко", "не хватает: таможня (строка 6)"),
        ("далеко", "не хватает: таможня (строка 8)"),
    ]


def test_one_word_cannot_be_two() -> None:
    assert nearest("Поезд.") == [("дважды", "нужны два разных слова, а «Поезд» одно")]


def test_a_word_elsewhere_is_found_for_the_second_line() -> None:
    (rule,) = report("Поезд. Старый вокзал.").nearest
    assert [line.match and line.match.form for line in rule.lines] == ["Поезд", "вокзал"]
    assert rule.obstacle == "слова нужны в одном предложении"


def test_the_title_may_be_what_is_lacking() -> None:
    assert ("в заголовке", "слова нужны в заголовке") in nearest("Поезд и таможня.")


def test_nothing_found_has_no_nearest_rule() -> None:
    assert report("Погода.").nearest == ()
    assert lack(report("Погода.")) == "не нашлось ни одного слова правил"


def test_a_vetoed_rule_is_told_by_its_veto_only() -> None:
    topic = report("Беглец у таможни: роман.")
    assert [(veto.rule, veto.form) for veto in topic.vetoes] == [("близко", "роман")]
    assert "близко" not in [rule.name for rule in topic.nearest]


def test_long_lines_are_shortened_at_a_comma() -> None:
    words = ", ".join(f"слово{chr(ord('а') + number)}" for number in range(30))
    rules = f"topics: {{t: {{title: т, any_of: [{{name: п, all: [беглец, '{words}']}}]}}}}"
    (topic,) = explain(Matcher(compile_rules(load_keywords(rules, file="k.yaml"))), title="", text="Беглец.")
    assert lack(topic).endswith(", … (строка 1)")
    assert len(lack(topic)) < 150


def test_passages_are_the_deciding_sentences_with_their_words_marked() -> None:
    title, text = "Беглец", "Дождь. Беглец скрылся. Снег. Таможня\u00ad и беглец."
    fired = explain(Matcher(compile_rules(load_keywords(RULES, file="k.yaml"))), title=title, text=text)[0].fired
    assert fired

    deciding = passages(fired.matches, title=title, text=text)

    assert [passage.text for passage in deciding] == ["Таможня\u00ad и беглец."]
    assert [deciding[0].text[start:end] for start, end in deciding[0].marks] == ["Таможня\u00ad", "беглец"]


def test_a_phrase_over_a_line_break_stays_whole() -> None:
    rules = "topics: {t: {title: т, any_of: [{name: п, all: [вид на жительство], within: text}]}}"
    text = "Отобрали вид\nна жительство вчера."
    (topic,) = explain(Matcher(compile_rules(load_keywords(rules, file="k.yaml"))), title="", text=text)
    assert topic.fired

    (passage,) = passages(topic.fired.matches, title="", text=text)

    assert [passage.text[start:end] for start, end in passage.marks] == ["вид\nна жительство"]
