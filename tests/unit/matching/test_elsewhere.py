"""`elsewhere` and `doubt`: what names another country and not ours, or a film, or a general is hardly news of ours."""

import pytest

from monitor.config.keywords import load_keywords
from monitor.errors import ConfigError
from monitor.matching.compiler import compile_rules
from monitor.matching.explanation import explain, lack, lack_of_post
from monitor.matching.matcher import Matcher
from monitor.matching.reading import LEAD
from monitor.models.articles import Tier

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


def matcher_of(rules: str) -> Matcher:
    return Matcher(compile_rules(load_keywords(rules, file="keywords.yaml")))


MATCHER = matcher_of(RULES)


@pytest.mark.parametrize(
    ("title", "text", "tier"),
    [
        ("", "Регистрацию отменили.", Tier.POST),
        ("В Бишкеке рейд", "Регистрацию отменили.", Tier.NONE),
        ("СБУ сообщает", "Регистрацию отменили.", Tier.NONE),
        ("В Бишкеке рейд", "Регистрацию отменили в Алматы.", Tier.POST),
        ("", "В Бишкеке регистрацию отменили.", Tier.REVIEW),
        ("Регистрацию отменили", "В Бишкеке он жил раньше.", Tier.REVIEW),
        ("", "В Бишкеке и в Алматы регистрацию отменили.", Tier.POST),
        ("", "Регистрацию отменили тому, кто улетал в Бишкек.", Tier.POST),
        ("", f"Регистрацию отменили. {'Шёл дождь. ' * (LEAD // 10)} В Бишкеке тоже.", Tier.POST),
        ("", f"В Бишкеке регистрацию отменили. {'Шёл дождь. ' * (LEAD // 10)} Казахстан следит.", Tier.REVIEW),
        ("В Бишкеке рейд", f"Регистрацию отменили. {'Шёл дождь. ' * (LEAD // 10)} Казахстан следит.", Tier.REVIEW),
    ],
    ids=[
        "nowhere",
        "title",
        "any word",
        "title, and ours",
        "lead",
        "title and lead",
        "both",
        "whither",
        "deep",
        "lead, and ours deep",
        "title, and ours deep",
    ],
)
def test_what_happens_there_is_ours_only_if_we_are_named(title: str, text: str, tier: Tier) -> None:
    assert MATCHER.judge(title=title, text=text).tier is tier


def test_the_explanation_names_the_word_and_where_the_file_has_it() -> None:
    (silent,) = explain(MATCHER, title="В Бишкеке рейд", text="Регистрацию отменили.")
    (asked,) = explain(MATCHER, title="", text="В Бишкеке регистрацию отменили.")

    assert lack(silent) == "правилу «отмена» запретило слово «Бишкеке» (где: строка 2)"
    assert lack_of_post(asked) == "правилу «отмена» мало: «Бишкеке» — с таким словом решает редактор"


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
    matcher = matcher_of(RULES[RULES.index("topics:") :])

    assert matcher.judge(title="", text="В Бишкеке регистрацию отменили.").topics


DOUBT = """\
doubt: фильм
topics:
  art:
    title: Люди
    any_of:
      - {name: выдали, all: [выдать, режиссёр]}
      - {name: ищут, tier: review, all: [искать, режиссёр]}
"""


@pytest.mark.parametrize(
    ("title", "text", "tier"),
    [
        ("Выдали режиссёра", "", Tier.POST),
        ("Выдали режиссёра фильма", "", Tier.REVIEW),
        ("Выдали режиссёра", "Он снял фильм.", Tier.POST),
        ("О фильме", "Выдали режиссёра.", Tier.REVIEW),
        ("Ищут режиссёра", "", Tier.REVIEW),
        ("Ищут режиссёра фильма", "", Tier.NONE),
    ],
)
def test_beside_a_doubtful_word_in_the_title_rules_ask_at_most(title: str, text: str, tier: Tier) -> None:
    assert matcher_of(DOUBT).judge(title=title, text=text).tier is tier


def test_the_doubt_is_told() -> None:
    matcher = matcher_of(DOUBT)
    (asked,), (silent,) = (
        explain(matcher, title=title, text="") for title in ("Выдали режиссёра фильма", "Ищут режиссёра фильма")
    )

    assert lack_of_post(asked) == "правилу «выдали» мало: «фильма» — с таким словом решает редактор"
    assert lack(silent) == "правилу «ищут» запретило слово «фильма» (строка 1)"


DOUBT_OF_TOPIC = (
    DOUBT.replace("doubt: фильм\n", "").replace("    title: Люди\n", "    title: Люди\n    doubt: генерал\n")
    + """\
  papers:
    title: Бумаги
    any_of:
      - {name: отмена, all: [отменить, регистрация]}
"""
)


@pytest.mark.parametrize(
    ("title", "text", "tier"),
    [
        ("", "Выдали режиссёра.", Tier.POST),
        ("", "Выдали режиссёра, снявшего генерала.", Tier.REVIEW),
        ("О генерале", "Выдали режиссёра.", Tier.REVIEW),
        ("", "Выдали режиссёра. Генерал молчит.", Tier.POST),
        ("", "Выдали режиссёра, снявшего генерала. Режиссёра выдали ночью.", Tier.POST),
        ("", "Ищут режиссёра.", Tier.REVIEW),
        ("", "Ищут режиссёра, снявшего генерала.", Tier.NONE),
        ("О генерале", "Ищут режиссёра.", Tier.NONE),
        ("О генерале", "Отменили регистрацию.", Tier.POST),
    ],
    ids=[
        "no doubt",
        "sentence",
        "title",
        "another sentence",
        "once without",
        "asks",
        "asks, sentence",
        "asks, title",
        "another topic",
    ],
)
def test_a_topic_doubts_where_its_none_looks(title: str, text: str, tier: Tier) -> None:
    assert matcher_of(DOUBT_OF_TOPIC).judge(title=title, text=text).tier is tier


def test_the_doubt_of_a_topic_is_told() -> None:
    matcher = matcher_of(DOUBT_OF_TOPIC)
    asked, _ = explain(matcher, title="", text="Выдали режиссёра, снявшего генерала.")
    silent, _ = explain(matcher, title="", text="Ищут режиссёра, снявшего генерала.")

    assert lack_of_post(asked) == "правилу «выдали» мало: «генерала» — с таким словом решает редактор"
    assert lack(silent) == "правилу «ищут» запретило слово «генерала» (строка 4)"
