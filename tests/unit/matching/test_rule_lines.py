"""What is said of each line of a rule: the list and the line of keywords.yaml, the role, and what a line lacked."""

import pytest

from monitor.config.keywords import load_keywords
from monitor.matching.backtest import KeptArticle
from monitor.matching.compiler import compile_rules
from monitor.matching.explanation import (
    TopicReport,
    add_reasons,
    explain,
    join_lines,
    lack,
    lack_of_post,
    nearest_misses,
    nearly_found,
)
from monitor.matching.matcher import Matcher
from monitor.models.articles import Outcome, Tier, Verdict
from tests.factories import NOW

RULES = """\
lists:
  россия:
    ru: >-
      Россия, РФ,
      Омск
    kk: Ресей, Омбы
  казахстан: {ru: "Казахстан, Астана", kk: Қазақстан}
  страны: Грузия
  отдать: {ru: выдать}
  выдача:
    - $отдать, экстрадиция
    - гражданин $россия
people: [Мовлаев]
never: {ru: гороскоп}
topics:
  extradition:
    title: Экстрадиция
    none: [{откуда: $россия}]
    any_of:
      - name: в Россию
        within: 20
        all:
          - $выдача
          - {куда: $россия}
          - {где: "$казахстан, $страны"}
        none: [роман]
      - name: люди
        tier: review
        all: [$people, "суд, суды"]
  other:
    title: Другое
    any_of:
      - name: по-казахски
        tier: review
        all: [{kk: депортация}, рейс]
"""


def report(text: str, title: str = "", topic: int = 0, rules: str = RULES) -> TopicReport:
    return explain(Matcher(compile_rules(load_keywords(rules, file="k.yaml"))), title=title, text=text)[topic]


def met(text: str, title: str = "") -> list[str]:
    return [line.text for line in report(text, title).lines]


def lacking(text: str, topic: int = 0) -> list[str]:
    return [line.text for line in report(text, topic=topic).nearest[0].lacking]


def test_a_word_is_named_with_its_form_its_role_its_list_and_the_very_line_it_stands_on() -> None:
    assert met("Казахстан выдал Омску блогера.") == [
        "действие: выдал (выдать, $отдать, строка 9)",
        "куда: Омску (Омск, $россия, строка 5)",
        "где: Казахстан ($казахстан, строка 7)",
    ]


def test_a_kazakh_word_is_named_by_its_own_line() -> None:
    assert met("Астана одобрила экстрадицию в Омск.")[0] == "действие: экстрадицию (экстрадиция, $выдача, строка 11)"
    assert met("Астана одобрила экстрадицию Омбыға.")[1] == "куда: Омбыға (Омбы, $россия, строка 6)"


def test_words_of_the_rule_itself_are_of_no_list() -> None:
    assert met("Мовлаева вызвал суд.") == ["действие: Мовлаева (Мовлаев, $people, строка 13)", "суд (строка 29)"]
    assert join_lines(report("Мовлаева вызвал суд.").lines).count(" · ") == 1


def test_a_lacking_line_is_named_as_the_rule_writes_it_with_the_line_of_each_list() -> None:
    assert lacking("Казахстан выдал блогера.") == ["куда: $россия (строка 2)"]
    assert lacking("Выдали в Омск блогера.") == ["где: $казахстан (строка 7), где: $страны (строка 8)"]
    assert lacking("Мовлаев дома.") == ["суд, суды (строка 29)"]


def test_a_word_in_another_role_is_named_with_the_role_it_has() -> None:
    assert lacking("Казахстан выдал блогера из Омска.") == [
        "куда: $россия (строка 2): слово «Омска» стоит здесь в роли «откуда или родом»"
    ]
    assert lack(report("Казахстан выдал блогера из Омска.")).endswith(lacking("Казахстан выдал блогера из Омска.")[0])


def test_a_russian_word_where_a_kazakh_one_is_asked_for() -> None:
    (lacked,) = lacking("Депортация и рейс.", topic=1)
    assert lacked.startswith("действие: по-казахски: депортация (строка 35): слово «Депортация» стоит в русском")


def test_what_forbade_is_named_with_its_line() -> None:
    assert report("Казахстан выдал Омску героя: роман.").forbidding == ("строка 26",)
    never = report("Казахстан выдал Омску гостя.", title="Гороскоп").forbidding
    assert never == ("never — запрет всем правилам, строка 14",)
    assert report("Казахстан выдал Омску из России гостя.").forbidding == ("откуда: $россия, строка 4",)
    assert lack(report("Казахстан выдал Омску героя: роман.")).endswith("«роман» (строка 26)")


def test_what_stands_only_in_the_depth_of_a_text_is_called_so() -> None:
    deep = "Дождь шёл весь день\n" * 40 + "Казахстан выдал Омску блогера."
    nearest = report(deep).nearest[0]

    assert (nearest.name, nearest.lacking) == ("в Россию", ())
    assert nearest.obstacle == "мало: сказано не в заголовке и не в первых 600 знаках"
    twice = report(f"{deep}\nПотом и Астана выдала Омску блогера.")
    assert twice.fired
    assert twice.fired.tier is Tier.REVIEW
    assert lack_of_post(twice) == f"правилу «в Россию» {nearest.obstacle}"


def test_a_topic_that_a_stronger_one_hides_is_told_of() -> None:
    rules = RULES + "      - {name: выдача, tier: review, all: [выдать, блогер]}\n"
    hidden = report("Казахстан выдал Омску блогера.", topic=1, rules=rules)

    assert hidden.is_hinted
    assert hidden.fired
    assert (hidden.fired.rule, hidden.fired.tier) == ("выдача", Tier.REVIEW)
    assert lack(hidden) == "правило «выдача» сказало только «редактору», а новость и так идёт в канал"


def test_those_who_are_asked_get_the_grounds_of_each_topic() -> None:
    matcher = Matcher(compile_rules(load_keywords(RULES, file="k.yaml")))
    asked, posted = "Мовлаева вызвал суд.", "Казахстан выдал Омску блогера."
    verdict, sure = (matcher.judge(title="", text=text) for text in (asked, posted))

    reasoned = add_reasons(matcher, verdict, title="", text=asked)

    assert reasoned.grounds == ("действие: Мовлаева (Мовлаев, $people, строка 13) · суд (строка 29)",)
    assert add_reasons(matcher, sure, title="", text=posted) is sure


def test_an_inline_word_is_named_where_its_own_rule_writes_it() -> None:
    rules = "topics:\n  t:\n    title: т\n    any_of:\n" + "".join(
        f"      - name: правило {number}\n        within: title\n        all:\n          - беглец\n          - {word}\n"
        for number, word in enumerate(("таможня", "рейс"))
    )
    fired = report("", title="Беглец на рейсе", rules=rules)

    assert [line.text for line in fired.lines] == ["действие: Беглец (строка 13)", "рейсе (рейс, строка 14)"]


def near(text: str, title: str = "") -> list[tuple[str, str]]:
    matcher = Matcher(compile_rules(load_keywords(RULES, file="k.yaml")))
    return [(miss.rule, miss.lacking) for miss in nearest_misses(matcher, title=title, text=text)]


def test_a_rule_that_lacks_one_line_is_near() -> None:
    assert near("Его выдали в Омск.") == [("в Россию", "где: $казахстан (строка 7), где: $страны (строка 8)")]
    matcher = Matcher(compile_rules(load_keywords(RULES, file="k.yaml")))
    (miss,) = nearest_misses(matcher, title="", text="Его выдали в Омск.")
    assert [(one.text, one.line) for one in miss.wanted] == [("$казахстан", 7), ("$страны", 8)]


@pytest.mark.parametrize(
    "text",
    [
        "Его выдали в Омск, сказали в Астане.",  # nothing is lacking
        "Поезд пришёл в Омск из Казахстана.",  # the act is
        "Его выдали.",  # two lines are
        "Его выдали. " + "Слово. " * 40 + "Поехали в Омск.",  # the others stand too far apart
        "Его выдали в Омск, как в романе.",  # a word speaks against it
        "Слово. " * 120 + "Его выдали в Омск.",  # the article is about something else
    ],
)
def test_a_rule_is_not_near_when_more_is_amiss_than_one_line(text: str) -> None:
    assert near(text) == []


def test_of_what_maintainers_are_asked_only_rules_that_post_are_near() -> None:
    lacking_where = ("в Россию", "где: $казахстан (строка 7), где: $страны (строка 8)")

    assert near("Суд выдал Мовлаева в Омск.") == [lacking_where]
    assert near("Выдали Мовлаева в Омск.") == [lacking_where, ("люди", "суд, суды (строка 29)")]


def test_a_page_of_what_was_nearly_found_says_where_it_goes_on() -> None:
    matcher = Matcher(compile_rules(load_keywords(RULES, file="k.yaml")))
    texts = ("Его выдали в Омск.", "Дождь.", "Её выдали в Омск.", "Дождь.")
    articles = [kept(number, text) for number, text in zip((9, 7, 5, 3), texts, strict=True)]

    first = nearly_found(articles, matcher, most=2, is_over=lambda: False)
    late = nearly_found(
        [kept(number, "Дождь.") for number in range(900, 800, -1)], matcher, most=2, is_over=lambda: True
    )
    rest = nearly_found(articles[3:], matcher, most=2, is_over=lambda: False)

    assert ([one.article.entry_id for one in first.found], first.looked_at, first.before) == ([9, 5], 3, 5)
    assert (late.found, late.looked_at, late.before) == ((), 50, 851)
    assert (rest.found, rest.looked_at, rest.before) == ((), 1, None)


def test_what_everyday_words_bring_near_is_left_out() -> None:
    matcher = Matcher(compile_rules(load_keywords(RULES, file="k.yaml")))
    texts = ["Его выдали в Казахстане.", "Его выдали в Казахстане, а в Омске дождь.", "Его выдали в Омск."]
    daily = [*texts, *["В Казахстане дождь."] * 60]

    found = nearly_found(map(kept, range(99, 0, -1), daily), matcher, most=9, is_over=lambda: False).found

    assert [one.article.text for one in found] == texts[1:], "the second: Омск stands there, in another way"


def kept(number: int, text: str) -> KeptArticle:
    return KeptArticle(
        entry_id=number,
        feed="Лента",
        url="https://news.example/",
        title="",
        text=text,
        seen_at=NOW,
        outcome=Outcome.UNMATCHED,
        verdict=Verdict(),
    )
