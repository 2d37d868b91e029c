"""What the words that met a rule say, and what they must not: on rules of a few words."""

import pytest

from monitor.config.keywords import load_keywords
from monitor.matching.compiler import compile_rules
from monitor.matching.lint import lint
from monitor.matching.matcher import Matcher
from monitor.stories.fact_line import fact_line
from tests.factories import keyword_problems

RULES = """
lists:
  высылка: {ru: "депорт*, выслать, высылка, выдать, выдача", kk: "ұстап беру, депортациялау, бермеу"}
  россия: {ru: "Россия, российский", kk: Ресей}
  казахстан: {ru: "Казахстан, Атырау", kk: "Қазақстан, Атырау"}
  люди: {ru: "активист, врач", kk: "белсенді"}
people: [Заречный]
facts:
  что:
    депортация / депортация / deportation: депорт*, депортациялау
    отказ / бермеу / refusal:
    высылка / шығару / removal: $высылка
  кого:
    активист / белсенді / activist: $люди
    врач / дәрігер / doctor:
  страна:
    Россия / Ресей / Russia: $россия
    Казахстан / Қазақстан / Kazakhstan: $казахстан
  город:
    Атырау / Атырау / Atyrau:
topics:
  t:
    title: т
    any_of:
      - {name: куда, within: text, all: [$высылка, {куда: $россия}, $люди]}
      - {name: где, within: text, all: [$высылка, "$люди, $people", $казахстан]}
      - {name: просто, within: text, all: [$высылка, "$люди, $people"]}
"""
_MATCHER = Matcher(compile_rules(load_keywords(RULES, file="k.yaml")))


def said(text: str) -> str:
    return fact_line(_MATCHER.judge(title="", text=text), "ru")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Активиста выслали в Россию", "Что: высылка · Куда: в Россию · Кто: активист"),
        ("Белсенді Ресейге депортацияланды", "Что: депортация · Куда: в Россию · Кто: активист"),
        ("Врача депортировали", "Что: депортация · Кто: врач"),  # a word's own name before its list's
        ("Заречного выслали", "Что: высылка · Кто: Заречный"),
        ("В Атырау выслали активиста", "Что: высылка · Кто: активист · Где: Атырау"),
        ("Активиста выслали из Атырау", "Что: высылка · Откуда: из Казахстана · Кто: активист"),
        ("Казахстан выслал активиста", "Что: высылка · Кто: активист · Где: Казахстан"),
    ],
)
def test_the_words_say_what_happens(text: str, line: str) -> None:
    assert said(text) == line


@pytest.mark.parametrize(
    "text",
    ["Активисту грозит высылка", "Суд решает, выслать ли активиста", "Белсендіні ұстап беру мәселесі қаралды"],
)
def test_what_may_happen_is_only_spoken_of(text: str) -> None:
    assert said(text).startswith("О чём: высылка")


@pytest.mark.parametrize(
    "text",
    [
        "Активиста не выслали в Россию",
        "Суд отменил высылку активиста в Россию",
        "В выдаче активиста России отказано, адвокат доволен: выдача приостановлена",
        "Белсендіні Ресейге ұстап беруден бас тартты",
        "Белсенді Ресейге депортацияланбайды",
        "Белсендіні Ресейге ұстап беру туралы шешім шыққан жоқ",
    ],
)
def test_what_is_denied_is_not_said(text: str) -> None:
    assert _MATCHER.judge(title="", text=text).topics
    assert said(text) == ""


def test_a_denial_has_a_name_of_its_own() -> None:
    assert said("Белсендіге баспана бермеді") == "Что: отказ"


@pytest.mark.parametrize(
    "text",
    [
        "Активисты сообщили, что врача из Атырау хотят выслать",
        "Белсендінің айтуынша, оны депортациялады",
        "Депортировали журналистку. Раньше писал активист.",
    ],
)
def test_who_only_speaks_or_stands_elsewhere_is_not_named(text: str) -> None:
    assert "Кто: активист" not in said(text)


def test_where_an_adjective_or_the_next_sentence_stands_nothing_happens() -> None:
    assert "Где" not in said("Выслали активиста. В Казахстане весна.")
    assert "Где" not in said("Атырау пойызымен белсендіні депортациялады")


def of_facts(facts: str) -> str:
    return f"lists: {{л: побег}}\nfacts:\n{facts}\ntopics: {{t: {{title: т, any_of: [{{all: [$л, рейс]}}]}}}}\n"


@pytest.mark.parametrize(
    ("facts", "line", "message"),
    [
        ("  чтто: {побег / қашу / escape: побег}", 3, "может быть, «что»?"),
        ("  что: {побег / қашу / escape: $лл}", 3, "нет списка «$лл»"),
        ("  что:\n    побег / қашу / escape: >-\n      бегство,\n      $лл", 6, "нет списка «$лл»"),
        *(
            (f"  что: {{{name}: побег}}", 3, f"в «{name}» нужны три названия: по-русски / по-казахски / по-английски")
            for name in ("а / б / в / г", "побег / escape", "побег", "побег / / escape")
        ),
        ("  что: {побег / қашу / escape: {ru: побег}}", 3, "без ru и kk"),
        (
            "  что:\n    побег / қашу / escape: побег\n    бегство / жасырыну / flight: побег",
            5,
            "уже названо «побег» (строка 4)",
        ),
        ("  что: побег", 3, "ключ: значение"),
    ],
)
def test_a_mistake_is_named(facts: str, line: int, message: str) -> None:
    (problem,) = keyword_problems(of_facts(facts))
    assert problem.line == line
    assert message in problem.message


@pytest.mark.parametrize(
    ("facts", "doubts"),
    [
        ("  что: {побег / қашу / escape: $л}\n  без пары: рейс", []),
        (
            "  что: {побег / қашу / escape: $л, полёт / ұшу / flight: рейсс}\n  без пары: рейс",
            ["так не написано ни в одном списке"],
        ),
        ("  без пары: $л", ["без казахской пары в facts: «рейс» (строка 4)"]),
    ],
)
def test_a_word_without_a_pair_is_doubted(facts: str, doubts: list[str]) -> None:
    keywords = load_keywords(of_facts(facts), file="k.yaml")
    messages = [doubt.message for doubt in lint(keywords, compile_rules(keywords))]
    assert len(messages) == len(doubts)
    assert all(message.startswith(doubt) for message, doubt in zip(messages, doubts, strict=True))


def test_words_without_a_pair_are_told_after_all_other_doubts() -> None:
    facts = "  что: {полёт / ұшу / flight: рейсс}\n  без пары: рейс"
    keywords = load_keywords(of_facts(facts).replace("$л, рейс", "$л, рейс, 'паром, паром'"), file="k.yaml")
    doubts = lint(keywords, compile_rules(keywords))
    assert [(doubt.line, doubt.message.partition(" ")[0]) for doubt in doubts] == [
        *((5, "«паром»"), (1, "без"), (3, "так"), (5, "без"))
    ]


TWO_RULES = (
    RULES.partition("      - {name: куда")[0]
    + """\
      - {name: просто, within: text, all: [$высылка, "$люди, $people"]}
      - {name: куда, tier: review, within: text, all: [$высылка, {куда: $россия}, $люди]}
"""
)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Активиста выслали в Россию", "Что: высылка · Куда: в Россию · Кто: активист"),
        ("Активиста выслали. Врача депортировали в Россию", "Что: высылка · Кто: активист"),
        ("Активиста выслали из России", "Что: высылка · Кто: активист"),
    ],
    ids=["the same deed", "another deed", "whence"],
)
def test_where_to_the_same_deed_leads_is_said_by_a_rule_that_asks(text: str, line: str) -> None:
    matcher = Matcher(compile_rules(load_keywords(TWO_RULES, file="k.yaml")))

    assert fact_line(matcher.judge(title="", text=text), "ru") == line
